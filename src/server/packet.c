#include "config.h"

#include "server/packet.h"

#include <string.h>

#include "base/strs.h"

#define LENGTH_BYTES sizeof(uint32_t)
#define HEADER_BYTES (LENGTH_BYTES + 1)
#define NONE UINT32_MAX
#define STRS_MAX 200000

/* ---- writing ---- */

static void put_length(struct packet_out *w, uint32_t n)
{
	buf_add(w->out, &n, sizeof n);
}

struct packet_out packet_start(struct buf *out, enum packet_kind kind)
{
	struct packet_out w = {out, out->len};

	put_length(&w, 0);
	buf_addc(out, (char)kind);
	return w;
}

void packet_put_int(struct packet_out *w, int64_t v)
{
	buf_add(w->out, &v, sizeof v);
}

void packet_put_real(struct packet_out *w, double v)
{
	buf_add(w->out, &v, sizeof v);
}

void packet_put(struct packet_out *w, const void *p, size_t n)
{
	if (!p) {
		put_length(w, NONE);
		return;
	}
	if (n > PACKET_FRAME_MAX) {
		w->out->overflow = true;
		return;
	}
	put_length(w, (uint32_t)n);
	buf_add(w->out, p, n);
	buf_addc(w->out, '\0');
}

void packet_put_str(struct packet_out *w, const char *s)
{
	packet_put(w, s, s ? strlen(s) : 0);
}

void packet_put_strs(struct packet_out *w, const struct strs *s)
{
	packet_put_int(w, (int64_t)s->n);
	for (size_t i = 0; i < s->n; i++)
		packet_put_str(w, s->v[i]);
}

int packet_end(struct packet_out *w, struct err *e)
{
	size_t len = w->out->len - w->start - LENGTH_BYTES;
	uint32_t n = (uint32_t)len;

	if (w->out->overflow || len > PACKET_FRAME_MAX - LENGTH_BYTES) {
		w->out->overflow = false;
		w->out->len = w->start;
		return err_set(
			e, ERR_LIMIT, "more than %zu bytes for the worker", PACKET_FRAME_MAX);
	}
	memcpy(w->out->data + w->start, &n, sizeof n);
	return 0;
}

/* ---- reading ---- */

int packet_frame(const char *p, size_t n, size_t *len, struct err *e)
{
	uint32_t rest;

	*len = 0;
	if (n < HEADER_BYTES)
		return 0;
	memcpy(&rest, p, sizeof rest);
	if (!rest || rest > PACKET_FRAME_MAX - LENGTH_BYTES)
		return err_set(e, ERR_LIMIT, "a frame of %zu bytes", (size_t)rest);
	if (n >= LENGTH_BYTES + rest)
		*len = LENGTH_BYTES + rest;
	return 0;
}

int packet_read(struct packet_in *out, const char *p, size_t len, struct err *e)
{
	*out = (struct packet_in){.at = p + HEADER_BYTES, .end = p + len};
	if (len < HEADER_BYTES || (unsigned char)p[LENGTH_BYTES] >= PACKET_KIND_COUNT)
		return err_set(e, ERR_INPUT, "a frame of no known kind");
	out->kind = (enum packet_kind)p[LENGTH_BYTES];
	return 0;
}

static bool take(struct packet_in *in, void *out, size_t n)
{
	memset(out, 0, n);
	if (in->bad || (size_t)(in->end - in->at) < n) {
		in->bad = true;
		return false;
	}
	memcpy(out, in->at, n);
	in->at += n;
	return true;
}

int64_t packet_get_int(struct packet_in *in)
{
	int64_t v;

	take(in, &v, sizeof v);
	return v;
}

bool packet_get_bool(struct packet_in *in)
{
	return packet_get_int(in) != 0;
}

double packet_get_real(struct packet_in *in)
{
	double v;

	take(in, &v, sizeof v);
	return v;
}

int packet_get_enum(struct packet_in *in, int count)
{
	int64_t v = packet_get_int(in);

	if (v >= 0 && v < count)
		return (int)v;
	in->bad = true;
	return 0;
}

size_t packet_get_count(struct packet_in *in, size_t max)
{
	int64_t n = packet_get_int(in);

	if (n >= 0 && (uint64_t)n <= max && n <= in->end - in->at)
		return (size_t)n;
	in->bad = true;
	return 0;
}

const char *packet_get(struct packet_in *in, size_t *n)
{
	const char *p;
	uint32_t len;

	*n = 0;
	if (!take(in, &len, sizeof len) || len == NONE)
		return NULL;
	p = in->at;
	if ((size_t)(in->end - p) <= len || p[len]) {
		in->bad = true;
		return NULL;
	}
	in->at += (size_t)len + 1;
	*n = len;
	return p;
}

const char *packet_get_str(struct packet_in *in)
{
	size_t n;

	return packet_get(in, &n);
}

const char *packet_get_text(struct packet_in *in)
{
	const char *s = packet_get_str(in);

	return s ? s : "";
}

void packet_get_strs(struct packet_in *in, struct strs *out)
{
	size_t n = packet_get_count(in, STRS_MAX);

	for (size_t i = 0; i < n && !in->bad; i++)
		strs_add(out, packet_get_text(in));
}

int packet_done(const struct packet_in *in, struct err *e)
{
	if (in->bad || in->at != in->end)
		return err_set(e, ERR_INPUT, "a frame that is not what it says");
	return 0;
}
