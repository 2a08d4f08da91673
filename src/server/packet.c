#include "config.h"

#include "server/packet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"

#define HEADER_BYTES 8
#define HEAD_MAX ((size_t)16 << 20)
#define BLOBS_MAX 200000

void packet_start(struct packet_out *w, const char *what)
{
	*w = (struct packet_out){.head = doc_new_map(), .sizes = doc_new_list()};
	buf_init(&w->blobs, PACKET_FRAME_MAX);
	doc_set_str(w->head, "do", what);
}

void packet_put(struct packet_out *w, struct doc *map, const char *key, const void *p, size_t n)
{
	if (!p)
		return;
	doc_set_int(map, key, (int64_t)doc_len(w->sizes));
	doc_push(w->sizes, doc_new_int((int64_t)n));
	buf_add(&w->blobs, p, n);
}

static void put_length(struct buf *out, size_t n)
{
	for (int i = 0; i < 4; i++)
		buf_addc(out, (char)(n >> (8 * i) & 255));
}

static size_t get_length(const char *p)
{
	const unsigned char *b = (const unsigned char *)p;

	return (size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

int packet_end(struct packet_out *w, struct buf *out, struct err *e)
{
	struct buf head = {.max = HEAD_MAX};
	int rc = 0;

	doc_set(w->head, "blobs", w->sizes);
	json_write(&head, w->head);
	if (head.overflow || w->blobs.overflow || doc_len(w->sizes) > BLOBS_MAX ||
		head.len + w->blobs.len + HEADER_BYTES > PACKET_FRAME_MAX) {
		rc = err_set(e, ERR_LIMIT, "more than %zu bytes for the worker", PACKET_FRAME_MAX);
	} else {
		put_length(out, head.len);
		put_length(out, w->blobs.len);
		buf_add(out, head.data, head.len);
		buf_add(out, w->blobs.data ? w->blobs.data : "", w->blobs.len);
		if (out->overflow)
			rc = err_set(e, ERR_LIMIT, "too much for the worker");
	}
	buf_finish(&head);
	buf_finish(&w->blobs);
	doc_free(w->head);
	*w = (struct packet_out){0};
	return rc;
}

int packet_frame(const char *p, size_t n, size_t *len, struct err *e)
{
	size_t head, blobs;

	*len = 0;
	if (n < HEADER_BYTES)
		return 0;
	head = get_length(p);
	blobs = get_length(p + 4);
	if (head > HEAD_MAX || blobs > PACKET_FRAME_MAX ||
		head + blobs + HEADER_BYTES > PACKET_FRAME_MAX)
		return err_set(e, ERR_LIMIT, "a frame of %zu bytes", head + blobs);
	if (n >= HEADER_BYTES + head + blobs)
		*len = HEADER_BYTES + head + blobs;
	return 0;
}

static int read_sizes(struct packet_in *out, struct err *e)
{
	const struct doc *sizes = doc_get(out->head, "blobs");
	size_t at = 0;

	if (doc_kind(out->head) != DOC_MAP || doc_kind(sizes) != DOC_LIST ||
		doc_len(sizes) > BLOBS_MAX)
		return err_set(e, ERR_INPUT, "a frame without a list of blobs");
	out->count = doc_len(sizes);
	out->at = xcalloc(out->count + 1, sizeof *out->at);
	for (size_t i = 0; i < out->count; i++) {
		int64_t n = doc_int(doc_at(sizes, i));

		if (n < 0 || (uint64_t)n > out->blobs_len - at)
			return err_set(e, ERR_INPUT, "a blob that is longer than its frame");
		out->at[i] = at;
		at += (size_t)n;
	}
	out->at[out->count] = at;
	return 0;
}

int packet_read(struct packet_in *out, const char *p, size_t len, struct err *e)
{
	size_t head = get_length(p);

	*out = (struct packet_in){
		.blobs = p + HEADER_BYTES + head, .blobs_len = len - HEADER_BYTES - head};
	if (!json_read(&out->head, p + HEADER_BYTES, head, "frame", e) && !read_sizes(out, e))
		return 0;
	packet_in_finish(out);
	return -1;
}

void packet_in_finish(struct packet_in *w)
{
	doc_free(w->head);
	free(w->at);
	*w = (struct packet_in){0};
}

const char *packet_get(const struct packet_in *w, const struct doc *map, const char *key, size_t *n)
{
	int64_t i = doc_get_int(map, key, -1);

	*n = 0;
	if (i < 0 || (uint64_t)i >= w->count)
		return NULL;
	*n = w->at[i + 1] - w->at[i];
	return w->blobs + w->at[i];
}

char *packet_str(const struct packet_in *w, const struct doc *map, const char *key)
{
	size_t n;
	const char *s = packet_get(w, map, key, &n);

	return s ? xmemdup(s, n) : NULL;
}
