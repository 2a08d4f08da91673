#include "config.h"

#include "codec/frame.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#define CAP_DEFAULT ((size_t)64 << 10)
#define NOISE_MAX 512
#define MARK_MAX 96   /* bytes of a marker line behind the boundary */
#define OVERHEAD 8192 /* noise and the first marker */
#define UPTIME_MAX_DIGITS 12
#define AGE_MAX_MS 600000 /* a host's clock moves a sample's time back by no more than that */

/*
 * What the script writes, between the commands' own output, on stdout (with /proc/uptime, which a
 * shell reads without a fork; for durations) and, without it, on stderr:
 *   "\nBOUNDARY s [UPTIME]\n"          it began
 *   "\nBOUNDARY e INDEX STATUS [UPTIME]\n"  a command ended; the next begins here
 *   "\nBOUNDARY a INDEX - [UPTIME]\n"       a command was left out
 * The newline in front is the marker's own: output need not end in one, and keeps its last if it
 * does.
 */
struct result {
	char *check, *command, *item;
	struct buf out[FRAME_STREAM_COUNT];
	int64_t limit_ms; /* as timeout(1) was told; 0 = none */
	int64_t uptime_ms;
	enum sample_status status;
	int exit_status;
};

struct stream {
	struct buf pending; /* may be the beginning of a marker */
	struct buf noise;
	bool began;
	size_t at; /* command whose output this is */
};

struct frame {
	struct result *results;
	size_t count;
	struct stream streams[FRAME_STREAM_COUNT];
	struct buf script;
	struct buf noise;
	char needle[FRAME_BOUNDARY + 1]; /* newline and boundary */
	int64_t begin_uptime_ms, last_uptime_ms;
};

/* ---- writing ---- */

static void write_prologue(struct frame *f, const char *boundary)
{
	/* A login shell's start-up files may have set anything. */
	buf_adds(&f->script, "LC_ALL=C TZ=UTC PATH=/usr/sbin:/usr/bin:/sbin:/bin\n"
			     "export LC_ALL TZ PATH\n"
			     "t=\ncommand -v timeout >/dev/null 2>&1 && t=y\n"
			     "m() {\nu=\n{ read -r u z </proc/uptime; } 2>/dev/null\n");
	buf_addf(&f->script, "printf '\\n%s %%s %%s\\n' \"$1\" \"$u\"\n", boundary);
	buf_addf(&f->script, "printf '\\n%s %%s\\n' \"$1\" >&2\n}\nm s\n", boundary);
}

static void write_command(struct frame *f, const struct frame_command *c, size_t i, bool is_root)
{
	struct buf *s = &f->script;

	if (c->present) {
		buf_adds(s, "if [ -e ");
		shell_quote(s, c->present);
		buf_adds(s, " ]; then\n");
	}
	if (c->timeout_ms > 0)
		buf_addf(s, "${t:+timeout -k 2 %lld} ", (long long)(c->timeout_ms + 999) / 1000);
	if (c->script) {
		buf_adds(s, "/bin/sh -c ");
		shell_quote(s, c->script);
		buf_addc(s, ' ');
		shell_quote(s, c->command);
		if (c->argv && c->argv->n)
			buf_addc(s, ' ');
	} else if (c->sudo && !is_root) {
		buf_adds(s, "sudo -n ");
	}
	if (c->argv)
		shell_quote_argv(s, c->argv);
	buf_addf(s, " </dev/null\nm \"e %zu $?\"\n", i);
	if (c->present)
		buf_addf(s, "else\nm 'a %zu -'\nfi\n", i);
}

struct frame *frame_new(const struct frame_command *commands, size_t n,
	const struct frame_options *options, const char boundary[FRAME_BOUNDARY])
{
	struct frame *f = xcalloc(1, sizeof *f);

	f->results = xcalloc(n ? n : 1, sizeof *f->results);
	f->count = n;
	f->needle[0] = '\n';
	memcpy(f->needle + 1, boundary, FRAME_BOUNDARY);
	f->begin_uptime_ms = f->last_uptime_ms = -1;
	write_prologue(f, boundary);
	for (size_t i = 0; i < n; i++) {
		const struct frame_command *c = &commands[i];
		struct result *r = &f->results[i];

		*r = (struct result){.check = xstrdup(c->check),
			.command = xstrdup(c->command),
			.item = xstrdup(c->item),
			.uptime_ms = -1,
			.limit_ms = (c->timeout_ms + 999) / 1000 * 1000,
			.status = SAMPLE_NOT_MADE};
		buf_init(&r->out[FRAME_OUT], c->cap ? c->cap : CAP_DEFAULT);
		buf_init(&r->out[FRAME_ERR], FRAME_ERR_CAP);
		write_command(f, c, i, options->is_root);
	}
	buf_adds(&f->script, "exit 0\n");
	for (int s = 0; s < FRAME_STREAM_COUNT; s++)
		buf_init(&f->streams[s].noise, NOISE_MAX);
	return f;
}

void frame_free(struct frame *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++) {
		free(f->results[i].check);
		free(f->results[i].command);
		free(f->results[i].item);
		for (int s = 0; s < FRAME_STREAM_COUNT; s++)
			buf_finish(&f->results[i].out[s]);
	}
	for (int s = 0; s < FRAME_STREAM_COUNT; s++) {
		buf_finish(&f->streams[s].pending);
		buf_finish(&f->streams[s].noise);
	}
	free(f->results);
	buf_finish(&f->script);
	buf_finish(&f->noise);
	free(f);
}

const char *frame_script(const struct frame *f)
{
	return buf_str(&f->script);
}

size_t frame_stream_max(const struct frame *f, enum frame_stream s)
{
	size_t sum = OVERHEAD;

	for (size_t i = 0; i < f->count; i++)
		sum += f->results[i].out[s].max + sizeof f->needle + MARK_MAX;
	return sum;
}

/* ---- reading ---- */

static void keep(struct frame *f, enum frame_stream s, const char *p, size_t n)
{
	struct stream *st = &f->streams[s];

	if (!st->began)
		buf_add(&st->noise, p, n);
	else if (st->at < f->count)
		buf_add(&f->results[st->at].out[s], p, n);
}

/* "12345.67" to milliseconds; -1 when it is not that. */
static int64_t read_uptime(const char *p, const char *end)
{
	int64_t ms = 0;
	int digits = 0, decimals = -1;

	for (; p < end; p++) {
		if (*p == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (*p < '0' || *p > '9' || ++digits > UPTIME_MAX_DIGITS || decimals == 3)
			return -1;
		ms = ms * 10 + (*p - '0');
		decimals += decimals >= 0;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
		ms *= 10;
	return digits ? ms : -1;
}

/* A decimal number up to `max`, moving *p behind it and behind one blank. */
static bool read_number(const char **p, const char *end, size_t max, size_t *out)
{
	const char *start = *p;
	size_t v = 0;

	for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
		v = v * 10 + (size_t)(**p - '0');
		if (v > max)
			return false;
	}
	if (*p == start)
		return false;
	if (*p < end && *(*p)++ != ' ')
		return false;
	*out = v;
	return true;
}

static bool mark_begin(struct frame *f, struct stream *st, const char *p, const char *end)
{
	if (st->began)
		return false;
	st->began = true;
	if (st == &f->streams[FRAME_OUT])
		f->begin_uptime_ms = f->last_uptime_ms = read_uptime(p, end);
	return true;
}

static bool mark_end(
	struct frame *f, struct stream *st, bool absent, const char *p, const char *end)
{
	struct result *r;
	size_t index, status = 0;

	if (!st->began || st->at >= f->count)
		return false;
	if (!read_number(&p, end, f->count, &index) || index != st->at)
		return false;
	if (absent) {
		if (p >= end || *p++ != '-' || (p < end && *p++ != ' '))
			return false;
	} else if (!read_number(&p, end, 255, &status)) {
		return false;
	}
	r = &f->results[st->at++];
	if (st != &f->streams[FRAME_OUT])
		return true;
	r->status = absent ? SAMPLE_ABSENT : SAMPLE_RAN;
	r->exit_status = (int)status;
	r->uptime_ms = read_uptime(p, end);
	if (r->uptime_ms >= 0)
		f->last_uptime_ms = r->uptime_ms;
	return true;
}

/* The rest of a line behind " " after the boundary. False: it is no marker, but output. */
static bool read_mark(struct frame *f, struct stream *st, const char *p, const char *end)
{
	char kind;

	if (end - p < 2 || *p != ' ')
		return false;
	kind = p[1];
	p += 2;
	if (p < end && *p++ != ' ')
		return false;
	if (kind == 's')
		return mark_begin(f, st, p, end);
	return (kind == 'e' || kind == 'a') && mark_end(f, st, kind == 'a', p, end);
}

/* Takes what is sure off the front of `pending`; false when more bytes are needed. */
static bool advance(struct frame *f, enum frame_stream s)
{
	struct stream *st = &f->streams[s];
	const size_t needle_len = FRAME_BOUNDARY; /* newline and 32 digits */
	const char *data = st->pending.data;
	size_t len = st->pending.len;
	const char *found, *rest, *eol;
	size_t before;

	if (len < needle_len)
		return false;
	found = memmem(data, len, f->needle, needle_len);
	before = found ? (size_t)(found - data) : len - needle_len + 1;
	keep(f, s, data, before);
	buf_consume(&st->pending, before);
	if (!found)
		return false;
	rest = st->pending.data + needle_len;
	len = st->pending.len - needle_len;
	eol = memchr(rest, '\n', len < MARK_MAX ? len : MARK_MAX);
	if (!eol && len < MARK_MAX)
		return false;
	if (eol && read_mark(f, st, rest, eol)) {
		buf_consume(&st->pending, (size_t)(eol + 1 - st->pending.data));
	} else {
		keep(f, s, st->pending.data, 1);
		buf_consume(&st->pending, 1);
	}
	return true;
}

void frame_feed(struct frame *f, enum frame_stream s, const char *p, size_t n)
{
	/* Small pieces: taking a marker off the front moves what lies behind it. */
	while (n) {
		size_t part = n < 4096 ? n : 4096;

		buf_add(&f->streams[s].pending, p, part);
		while (advance(f, s))
			continue;
		p += part;
		n -= part;
	}
}

bool frame_began(const struct frame *f)
{
	return f->streams[FRAME_OUT].began;
}

bool frame_complete(const struct frame *f)
{
	return frame_began(f) && f->streams[FRAME_OUT].at == f->count;
}

static void flush_pending(struct frame *f)
{
	for (int s = 0; s < FRAME_STREAM_COUNT; s++) {
		struct buf *pending = &f->streams[s].pending;

		keep(f, (enum frame_stream)s, buf_str(pending), pending->len);
		buf_reset(pending);
	}
}

const char *frame_noise(struct frame *f)
{
	if (!frame_began(f))
		flush_pending(f);
	buf_reset(&f->noise);
	for (int s = FRAME_STREAM_COUNT - 1; s >= 0; s--)
		buf_add(&f->noise, buf_str(&f->streams[s].noise), f->streams[s].noise.len);
	return buf_str(&f->noise);
}

/* ---- samples ---- */

static void time_sample(struct sample *out, const struct frame *f, size_t i, int64_t now_ms)
{
	const struct result *r = &f->results[i];
	int64_t before = i ? f->results[i - 1].uptime_ms : f->begin_uptime_ms;
	int64_t ago = f->last_uptime_ms - r->uptime_ms;

	out->at_ms = now_ms;
	if (r->uptime_ms < 0)
		return;
	if (ago > 0)
		out->at_ms -= ago < AGE_MAX_MS ? ago : AGE_MAX_MS;
	if (before >= 0 && r->uptime_ms > before)
		out->duration_ms = r->uptime_ms - before;
}

/* timeout(1) ends with 124, or 137 when it had to kill; the time it took tells that from a command
 * that ends so by itself. Uptime counts hundredths. */
static bool timed_out(const struct result *r, const struct sample *s)
{
	if (!r->limit_ms || (r->exit_status != 124 && r->exit_status != 137))
		return false;
	return r->uptime_ms < 0 || s->duration_ms >= r->limit_ms - 50;
}

static void take_sample(
	struct sample *out, struct frame *f, size_t i, int64_t now_ms, const char *why)
{
	struct result *r = &f->results[i];
	bool begun = frame_began(f) && i == f->streams[FRAME_OUT].at;

	*out = (struct sample){.check = r->check, .command = r->command, .item = r->item};
	r->check = r->command = r->item = NULL;
	out->status = begun ? SAMPLE_CUT : r->status;
	out->exit_status = r->exit_status;
	out->truncated = r->out[FRAME_OUT].overflow || r->out[FRAME_ERR].overflow;
	out->out_len = r->out[FRAME_OUT].len;
	out->err_len = r->out[FRAME_ERR].len;
	out->out = buf_take(&r->out[FRAME_OUT]);
	out->err = buf_take(&r->out[FRAME_ERR]);
	time_sample(out, f, i, now_ms);
	if (out->status == SAMPLE_RAN && timed_out(r, out))
		out->status = SAMPLE_TIMEOUT;
	if (out->status == SAMPLE_CUT || out->status == SAMPLE_NOT_MADE)
		out->note = xstrdup(why);
}

struct sample *frame_take(struct frame *f, int64_t now_ms, const char *why, size_t *count)
{
	struct sample *samples = xcalloc(f->count ? f->count : 1, sizeof *samples);

	flush_pending(f);
	for (size_t i = 0; i < f->count; i++)
		take_sample(&samples[i], f, i, now_ms, why);
	*count = f->count;
	return samples;
}
