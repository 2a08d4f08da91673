#include "config.h"

#include "port/replay.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"

#define FILE_MAX ((size_t)64 << 20)

struct replay {
	struct transport base;
	struct loop *loop;
	struct transport_run *runs;
};

struct transport_run {
	struct replay *replay;
	struct transport_run *next, *prev;
	struct loop_timer *timer;
	transport_done_fn *fn;
	void *arg;
};

/* ---- the transport, which refuses ---- */

static void run_free(struct transport_run *r)
{
	if (r->prev)
		r->prev->next = r->next;
	else
		r->replay->runs = r->next;
	if (r->next)
		r->next->prev = r->prev;
	free(r);
}

static void on_time(void *arg)
{
	struct transport_run *r = arg;
	struct transport_result result = {0};
	transport_done_fn *fn = r->fn;
	void *fn_arg = r->arg;

	run_free(r);
	err_set(&result.error, ERR_REFUSED, "recorded hosts run nothing");
	fn(fn_arg, &result);
}

static struct transport_run *start(
	struct transport *t, const struct transport_spec *spec, transport_done_fn *fn, void *arg)
{
	struct replay *p = (struct replay *)t;
	struct transport_run *r = xcalloc(1, sizeof *r);

	(void)spec;
	*r = (struct transport_run){.replay = p, .next = p->runs, .fn = fn, .arg = arg};
	if (p->runs)
		p->runs->prev = r;
	p->runs = r;
	r->timer = loop_timer_add(p->loop, 0, on_time, r);
	return r;
}

static void cancel(struct transport_run *r)
{
	loop_timer_del(r->timer);
	run_free(r);
}

static void forget(struct transport *t, const char *host)
{
	(void)t;
	(void)host;
}

static void free_replay(struct transport *t)
{
	struct replay *p = (struct replay *)t;

	while (p->runs)
		cancel(p->runs);
	free(p);
}

struct transport *replay_transport_new(struct loop *loop)
{
	static const struct transport_ops ops = {
		.start = start, .cancel = cancel, .forget = forget, .free = free_replay};
	struct replay *p = xcalloc(1, sizeof *p);

	p->base.ops = &ops;
	p->loop = loop;
	return &p->base;
}

/* ---- recorded samples ---- */

int replay_reach(const char *folder, struct err *e)
{
	struct buf reason = {0};
	char *path;
	int rc = 0;

	if (!folder || !file_is_dir(folder))
		return err_set(e, ERR_UNREACHABLE, "no recorded samples in %s",
			folder ? folder : "(no folder named)");
	path = path_join(folder, "unreachable");
	if (file_exists(path)) {
		if (file_read(&reason, path, ERR_MSG_MAX, e))
			buf_reset(&reason);
		rc = err_set(e, ERR_UNREACHABLE, "%.*s", (int)strcspn(buf_str(&reason), "\n"),
			buf_str(&reason));
	}
	buf_finish(&reason);
	free(path);
	return rc;
}

static bool read_part(struct buf *out, const char *folder, const char *stem, const char *ending)
{
	char *name = xasprintf("%s.%s", stem, ending);
	char *path = path_join(folder, name);
	bool found = !file_read(out, path, FILE_MAX, NULL);

	free(path);
	free(name);
	return found;
}

/* "CHECK.COMMAND", and "@ITEM" of `each:`. */
static char *stem_of(const char *check, const char *command, const char *item)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	struct buf b = {0};

	buf_addf(&b, "%s.%s%s", check, command, item ? "@" : "");
	for (; item && *item; item++) {
		if (strchr(plain, *item))
			buf_addc(&b, *item);
		else
			buf_addf(&b, "%%%02X", (unsigned char)*item);
	}
	return buf_take(&b);
}

static void read_status(struct sample *s, const char *text)
{
	char word[16];
	long long status = 0;
	size_t n = strcspn(text, " \r\n");

	if (n >= sizeof word)
		n = sizeof word - 1;
	memcpy(word, text, n);
	word[n] = '\0';
	s->status = SAMPLE_RAN;
	if (str_eq(word, "absent"))
		s->status = SAMPLE_ABSENT;
	else if (str_eq(word, "timeout"))
		s->status = SAMPLE_TIMEOUT;
	else if (n && !str_int(word, 0, 255, &status))
		s->status = SAMPLE_NOT_MADE;
	s->exit_status = (int)status;
	if (s->status == SAMPLE_NOT_MADE)
		s->note = xasprintf("the recorded status \"%s\" is none", word);
}

void replay_sample(struct sample *out, const char *folder, const char *check, const char *command,
	const char *item, size_t cap, int64_t now_ms)
{
	struct buf text = {0}, err = {0}, status = {0};
	char *stem = stem_of(check, command, item);
	bool found = read_part(&text, folder, stem, "out");

	found |= read_part(&err, folder, stem, "err");
	found |= read_part(&status, folder, stem, "rc");
	*out = (struct sample){.check = xstrdup(check),
		.command = xstrdup(command),
		.item = xstrdup(item),
		.at_ms = now_ms};
	if (found) {
		read_status(out, buf_str(&status));
	} else {
		out->status = SAMPLE_NOT_MADE;
		out->note = xasprintf("nothing recorded for %s", stem);
	}
	out->truncated = cap && text.len > cap;
	if (out->truncated)
		text.data[text.len = cap] = '\0';
	out->out_len = text.len;
	out->out = buf_take(&text);
	out->err_len = err.len;
	out->err = buf_take(&err);
	buf_finish(&status);
	free(stem);
}
