/*
 * What server and worker say to each other: frames of numbers and bytes, in an order that both
 * know. Both ends distrust what they read. Knows no pipe.
 *
 * A frame: the length of the rest (32 bit), what it is (8 bit), fields. A number is 8 bytes; bytes
 * are their length (32 bit, all ones for none), themselves and a NUL, so that a string can be used
 * where it stands. All in the machine's own order: one program talks to itself.
 */
#ifndef OPSDECK_SERVER_PACKET_H
#define OPSDECK_SERVER_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "server/judge.h"

#define PACKET_FRAME_MAX ((size_t)96 << 20)

enum packet_kind { PACKET_LOAD, PACKET_LOADED, PACKET_JUDGE, PACKET_JUDGED, PACKET_KIND_COUNT };

/* ---- writing ---- */

/* A frame being made at the end of a buffer. */
struct packet_out {
	struct buf *out;
	size_t start;
};

struct packet_out packet_start(struct buf *out, enum packet_kind kind);
void packet_put_int(struct packet_out *w, int64_t v);
void packet_put_real(struct packet_out *w, double v);
void packet_put(struct packet_out *w, const void *p, size_t n); /* p NULL: none */
void packet_put_str(struct packet_out *w, const char *s);	/* NULL: none */
void packet_put_strs(struct packet_out *w, const struct strs *s);
/* ERR_LIMIT past PACKET_FRAME_MAX or the buffer's maximum: then nothing was added. */
int packet_end(struct packet_out *w, struct err *e) WARN_UNUSED;

/* ---- reading ---- */

/* A frame being read. What does not fit sets `bad`, and all that is got from then on is 0, NULL or
 * empty. */
struct packet_in {
	enum packet_kind kind;
	const char *at, *end;
	bool bad;
};

/* Bytes of the first frame in p[0..n): 0 while it is not whole; -1 (ERR_LIMIT) when it never will
 * be. */
int packet_frame(const char *p, size_t n, size_t *len, struct err *e) WARN_UNUSED;
int packet_read(struct packet_in *out, const char *p, size_t len, struct err *e) WARN_UNUSED;
int64_t packet_get_int(struct packet_in *in);
bool packet_get_bool(struct packet_in *in);
double packet_get_real(struct packet_in *in);
/* From 0 to below `count`. */
int packet_get_enum(struct packet_in *in, int count);
/* A number of things that follow, each at least one byte long. */
size_t packet_get_count(struct packet_in *in, size_t max);
/* Borrowed from the frame; NULL (and *n 0) when there is none. */
const char *packet_get(struct packet_in *in, size_t *n);
const char *packet_get_str(struct packet_in *in);
/* The same, "" when there is none. */
const char *packet_get_text(struct packet_in *in);
void packet_get_strs(struct packet_in *in, struct strs *out);
/* All of it was read, and it was good. */
int packet_done(const struct packet_in *in, struct err *e) WARN_UNUSED;

/* ---- JUDGE and its answer ---- */

/* Only the check's own samples go. */
int packet_put_request(
	struct buf *out, int64_t id, const struct judge_request *r, struct err *e) WARN_UNUSED;
/* A request that was read: its texts stand in the frame. */
struct packet_request {
	int64_t id;
	struct judge_request r;
	struct sample *samples;
	struct judge_file *refs;
};
int packet_get_request(struct packet_request *out, struct packet_in *in, struct err *e) WARN_UNUSED;
void packet_request_finish(struct packet_request *r);

int packet_put_answer(
	struct buf *out, int64_t id, const struct judge_answer *a, struct err *e) WARN_UNUSED;
/* The answer owns what is in it. */
int packet_get_answer(
	struct judge_answer *out, int64_t *id, struct packet_in *in, struct err *e) WARN_UNUSED;

#endif
