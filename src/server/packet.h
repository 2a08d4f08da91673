/*
 * What server and worker say to each other: frames of a JSON head and blobs of bytes behind it.
 * Both ends distrust what they read. Knows no pipe.
 *
 * A frame: length of the head, length of all blobs (32 bit little endian each), head, blobs. The
 * head's "blobs" lists their lengths in order; elsewhere in the head a blob stands as its number.
 */
#ifndef OPSDECK_SERVER_PACKET_H
#define OPSDECK_SERVER_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "server/judge.h"

struct doc;

#define PACKET_FRAME_MAX ((size_t)96 << 20)

/* A frame being made. */
struct packet_out {
	struct doc *head;
	struct doc *sizes;
	struct buf blobs;
};

void packet_start(struct packet_out *w, const char *what);
/* Adds a blob and stands its number under `key` of `map`; NULL is left out. */
void packet_put(struct packet_out *w, struct doc *map, const char *key, const void *p, size_t n);
/* Appends the frame and frees w. ERR_LIMIT past PACKET_FRAME_MAX. */
int packet_end(struct packet_out *w, struct buf *out, struct err *e) WARN_UNUSED;

/* A frame that was read; blobs point into the bytes it was read from. */
struct packet_in {
	struct doc *head;
	const char *blobs;
	size_t blobs_len;
	size_t *at; /* where each blob begins, one more for the end */
	size_t count;
};

/* Bytes of the first frame in p[0..n): 0 while it is not whole; -1 (ERR_LIMIT) when it never will
 * be. */
int packet_frame(const char *p, size_t n, size_t *len, struct err *e) WARN_UNUSED;
int packet_read(struct packet_in *out, const char *p, size_t len, struct err *e) WARN_UNUSED;
void packet_in_finish(struct packet_in *w);
/* The blob whose number stands under `key`; NULL (and *n 0) when there is none. */
const char *packet_get(
	const struct packet_in *w, const struct doc *map, const char *key, size_t *n);
/* The same as a heap string, NULL when there is none. */
char *packet_str(const struct packet_in *w, const struct doc *map, const char *key);

/* ---- JUDGE and its answer ---- */

int packet_put_request(
	struct buf *out, int64_t id, const struct judge_request *r, struct err *e) WARN_UNUSED;
/* A request that was read; everything is owned here. */
struct packet_request {
	int64_t id;
	struct judge_request r;
	struct sample *samples;
	struct judge_file *refs;
	char *host, *check, *params, *previous;
};
int packet_get_request(
	struct packet_request *out, const struct packet_in *w, struct err *e) WARN_UNUSED;
void packet_request_finish(struct packet_request *r);

int packet_put_answer(
	struct buf *out, int64_t id, const struct judge_answer *a, struct err *e) WARN_UNUSED;
int packet_get_answer(
	struct judge_answer *out, const struct packet_in *w, struct err *e) WARN_UNUSED;

#endif
