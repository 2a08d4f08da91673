/*
 * The messages on the server's socket: one JSON object a line. Builds and reads them; knows no
 * connection and no request's meaning.
 */
#ifndef OPSDECK_CODEC_WIRE_H
#define OPSDECK_CODEC_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/request.h"

struct doc;

#define WIRE_PROTOCOL 1
#define WIRE_MAX ((size_t)1 << 20) /* bytes of a line, newline included */

/* Bytes that came, cut into lines. {0} is empty. */
struct wire_in {
	struct buf buf;
	size_t start;	/* of the line that is not complete yet */
	size_t scanned; /* no newline between start and here */
};

void wire_in_finish(struct wire_in *in);
/* Also frees what earlier lines used: the lines that were taken are gone afterwards. */
void wire_feed(struct wire_in *in, const void *p, size_t n);
/* 1: a line without its newline, borrowed until the next feed. 0: none is complete. -1: ERR_LIMIT,
 * the line is longer than WIRE_MAX and nothing after it can be trusted. */
int wire_line(struct wire_in *in, const char **line, size_t *n, struct err *e) WARN_UNUSED;

struct wire_request {
	int64_t id;	      /* 0 when the line had none that could be read */
	enum request request; /* REQUEST_COUNT when the name is unknown */
	char name[32];	      /* as it was sent, cut: make safe before showing */
	struct doc *args;     /* a map, never NULL on success */
};

/* Hostile input. On failure id and name are still filled as far as they could be read. */
int wire_read_request(
	struct wire_request *out, const char *line, size_t n, struct err *e) WARN_UNUSED;
void wire_request_finish(struct wire_request *r);

enum wire_kind { WIRE_ANSWER, WIRE_ERROR, WIRE_PROGRESS, WIRE_NEWS };

struct wire_message {
	enum wire_kind kind;
	int64_t id;	  /* of the request; of WIRE_NEWS the sequence number */
	struct doc *doc;  /* result or progress; owned */
	struct err error; /* WIRE_ERROR */
};

int wire_read_message(
	struct wire_message *out, const char *line, size_t n, struct err *e) WARN_UNUSED;
void wire_message_finish(struct wire_message *m);

/* Each appends one line. Docs are borrowed; NULL stands for {}. */
void wire_put_request(struct buf *out, int64_t id, enum request request, const struct doc *args);
void wire_put_answer(struct buf *out, int64_t id, const struct doc *result);
void wire_put_error(struct buf *out, int64_t id, const struct err *error);
void wire_put_progress(struct buf *out, int64_t id, const struct doc *progress);
void wire_put_news(struct buf *out, int64_t seq);

#endif
