#include "config.h"

#include "codec/wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "codec/doc.h"
#include "codec/json.h"

/* ---- lines ---- */

void wire_in_finish(struct wire_in *in)
{
	buf_finish(&in->buf);
	*in = (struct wire_in){0};
}

void wire_feed(struct wire_in *in, const void *p, size_t n)
{
	if (in->start) {
		buf_consume(&in->buf, in->start);
		in->scanned -= in->start;
		in->start = 0;
	}
	buf_add(&in->buf, p, n);
}

int wire_line(struct wire_in *in, const char **line, size_t *n, struct err *e)
{
	const char *nl = NULL;
	size_t end;

	if (in->buf.len > in->scanned)
		nl = memchr(in->buf.data + in->scanned, '\n', in->buf.len - in->scanned);
	end = nl ? (size_t)(nl - in->buf.data) : in->buf.len;
	if (end - in->start >= WIRE_MAX || in->buf.overflow)
		return err_set(e, ERR_LIMIT, "a message may have at most %zu bytes", WIRE_MAX);
	in->scanned = end;
	if (!nl)
		return 0;
	*line = in->buf.data + in->start;
	*n = end - in->start;
	in->start = in->scanned = end + 1;
	return 1;
}

/* ---- requests ---- */

void wire_request_finish(struct wire_request *r)
{
	doc_free(r->args);
	*r = (struct wire_request){0};
}

static int read_request(struct wire_request *out, const struct doc *d, struct err *e)
{
	static const char *const known[] = {"id", "request", "args", NULL};
	const char *name = doc_get_str(d, "request", NULL);
	const struct doc *args = doc_get(d, "args");

	if (doc_get_int(d, "id", 0) > 0)
		out->id = doc_get_int(d, "id", 0);
	if (name)
		snprintf(out->name, sizeof out->name, "%s", name);
	if (doc_only_keys(d, "request", "message", known, e))
		return -1;
	if (out->id <= 0)
		return err_set(e, ERR_INPUT, "a request has an `id`, a number from 1");
	if (!name)
		return err_set(e, ERR_INPUT, "a request has a `request`, its name");
	if (args && doc_kind(args) != DOC_MAP)
		return err_set(e, ERR_INPUT, "`args` of a request is an object");
	out->request = request_parse(name);
	out->args = args ? doc_copy(args) : doc_new_map();
	return 0;
}

int wire_read_request(struct wire_request *out, const char *line, size_t n, struct err *e)
{
	struct doc *d;
	int rc;

	*out = (struct wire_request){.request = REQUEST_COUNT};
	if (json_read(&d, line, n, "request", e))
		return -1;
	rc = read_request(out, d, e);
	doc_free(d);
	return rc;
}

/* ---- what the server sends ---- */

void wire_message_finish(struct wire_message *m)
{
	doc_free(m->doc);
	*m = (struct wire_message){0};
}

static int read_message(struct wire_message *out, const struct doc *d, struct err *e)
{
	const struct doc *error = doc_get(d, "error");

	if (doc_get(d, "news")) {
		out->kind = WIRE_NEWS;
		out->id = doc_get_int(d, "news", 0);
		return 0;
	}
	if (doc_kind(doc_get(d, "id")) != DOC_INT)
		return err_set(e, ERR_INPUT, "the server sent a message without an id");
	out->id = doc_get_int(d, "id", 0);
	if (doc_get(d, "progress")) {
		out->kind = WIRE_PROGRESS;
		out->doc = doc_copy(doc_get(d, "progress"));
		return 0;
	}
	if (doc_get_bool(d, "ok", false)) {
		out->kind = WIRE_ANSWER;
		out->doc = doc_get(d, "result") ? doc_copy(doc_get(d, "result")) : doc_new_map();
		return 0;
	}
	out->kind = WIRE_ERROR;
	err_set(&out->error, err_code_parse(doc_get_str(error, "code", "fail")), "%s",
		doc_get_str(error, "message", "the server gave no reason"));
	return 0;
}

int wire_read_message(struct wire_message *out, const char *line, size_t n, struct err *e)
{
	struct doc *d;
	int rc;

	*out = (struct wire_message){0};
	if (json_read(&d, line, n, "answer", e))
		return -1;
	rc = read_message(out, d, e);
	doc_free(d);
	return rc;
}

static void put_doc(struct buf *out, const struct doc *d)
{
	if (d)
		json_write(out, d);
	else
		buf_adds(out, "{}");
}

void wire_put_request(struct buf *out, int64_t id, enum request request, const struct doc *args)
{
	buf_addf(out, "{\"id\":%" PRId64 ",\"request\":\"%s\",\"args\":", id,
		request_table[request].name);
	put_doc(out, args);
	buf_adds(out, "}\n");
}

void wire_put_answer(struct buf *out, int64_t id, const struct doc *result)
{
	buf_addf(out, "{\"id\":%" PRId64 ",\"ok\":true,\"result\":", id);
	put_doc(out, result);
	buf_adds(out, "}\n");
}

void wire_put_error(struct buf *out, int64_t id, const struct err *error)
{
	buf_addf(out,
		"{\"id\":%" PRId64 ",\"ok\":false,\"error\":{\"code\":\"%s\",\"message\":", id,
		err_code_name(error->code));
	json_write_str(out, error->msg, strlen(error->msg));
	buf_adds(out, "}}\n");
}

void wire_put_progress(struct buf *out, int64_t id, const struct doc *progress)
{
	buf_addf(out, "{\"id\":%" PRId64 ",\"progress\":", id);
	put_doc(out, progress);
	buf_adds(out, "}\n");
}

void wire_put_news(struct buf *out, int64_t seq)
{
	buf_addf(out, "{\"news\":%" PRId64 "}\n", seq);
}
