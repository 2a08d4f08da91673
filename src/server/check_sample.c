#include "config.h"

#include "server/check_sample.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"

#define HOST "web1"

static char *json_text(const struct doc *d)
{
	struct buf text = {0};

	if (doc_kind(d) == DOC_NULL)
		return NULL;
	json_write(&text, d);
	return buf_take(&text);
}

/* Base64 may be broken into lines here, for people's sake. */
static int decode(struct sample *s, const char *text, const char *name, struct err *e)
{
	struct buf plain = {0}, bytes = {0};
	int rc;

	for (; *text; text++)
		if (!isspace((unsigned char)*text))
			buf_addc(&plain, *text);
	rc = base64_decode(&bytes, buf_str(&plain), plain.len, e);
	if (rc)
		err_prefix(e, "%s", name);
	s->out_len = bytes.len;
	s->out = buf_take(&bytes);
	buf_finish(&plain);
	return rc;
}

struct source {
	const char *check, *name; /* of the file, for messages */
	int64_t now_ms;
};

static int read_sample(struct sample *s, const struct source *src, const char *command,
	const struct doc *d, struct err *e)
{
	static const char *const known[] = {"name", "status", "exit", "stdout", "stdout_base64",
		"stderr", "truncated", "note", NULL};
	const char *base64 = doc_get_str(d, "stdout_base64", NULL);
	const struct doc *out = doc_get(d, "stdout"), *err = doc_get(d, "stderr");

	*s = (struct sample){.check = xstrdup(src->check),
		.command = xstrdup(command),
		.item = xstrdup(doc_get_str(d, "name", NULL)),
		.exit_status = (int)doc_get_int(d, "exit", 0),
		.truncated = doc_get_bool(d, "truncated", false),
		.note = xstrdup(doc_get_str(d, "note", NULL)),
		.err = xmemdup(doc_str(err) ? doc_str(err) : "", doc_str_len(err)),
		.err_len = doc_str_len(err),
		.at_ms = src->now_ms};
	if (doc_only_keys(d, src->name, "sample", known, e))
		return -1;
	if (!sample_status_parse(doc_get_str(d, "status", "ran"), &s->status))
		return doc_err(e, src->name, d, "no such status of a sample");
	if (base64)
		return decode(s, base64, src->name, e);
	s->out = xmemdup(doc_str(out) ? doc_str(out) : "", doc_str_len(out));
	s->out_len = doc_str_len(out);
	return 0;
}

/* `each: [{name: ITEM, ...}]`: a sample for each item. */
static int read_items(struct check_sample *out, const struct source *src, const char *command,
	const struct doc *list, struct err *e)
{
	struct judge_request *r = &out->request;

	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);

		if (!doc_get_str(d, "name", NULL))
			return doc_err(e, src->name, d, "an item of each needs a name");
		if (read_sample(&out->samples[r->sample_count++], src, command, d, e))
			return -1;
	}
	return 0;
}

static size_t count_samples(const struct doc *d)
{
	size_t n = 0;

	for (size_t i = 0; i < doc_len(d); i++) {
		const struct doc *each = doc_get(doc_value(d, i), "each");

		n += each ? doc_len(each) : 1;
	}
	return n;
}

static int read_samples(
	struct check_sample *out, const struct source *src, const struct doc *d, struct err *e)
{
	static const char *const each_only[] = {"each", NULL};
	struct judge_request *r = &out->request;

	out->samples = xcalloc(count_samples(d) + 1, sizeof *out->samples);
	r->samples = out->samples;
	for (size_t i = 0; i < doc_len(d); i++) {
		const struct doc *one = doc_value(d, i), *each = doc_get(one, "each");

		if (!each) {
			if (read_sample(
				    &out->samples[r->sample_count++], src, doc_key(d, i), one, e))
				return -1;
		} else if (doc_only_keys(one, src->name, "samples of each", each_only, e) ||
			   read_items(out, src, doc_key(d, i), each, e)) {
			return -1;
		}
	}
	return 0;
}

static void read_refs(struct check_sample *out, const struct doc *d)
{
	out->refs = xcalloc(doc_len(d) + 1, sizeof *out->refs);
	for (size_t i = 0; i < doc_len(d); i++) {
		const struct doc *text = doc_value(d, i);

		out->refs[i] = (struct judge_file){xstrdup(doc_key(d, i)),
			xmemdup(doc_str(text) ? doc_str(text) : "", doc_str_len(text)),
			doc_str_len(text)};
	}
	out->request.refs = out->refs;
	out->request.ref_count = doc_len(d);
}

int check_sample_read(struct check_sample *out, const char *check, const struct doc *yaml,
	const char *name, struct err *e)
{
	static const char *const known[] = {"about", "origin", "now", "params", "previous",
		"samples", "reference", "secrets", NULL};
	const char *origin = doc_get_str(yaml, "origin", "made");
	const struct doc *secrets = doc_get(yaml, "secrets");
	const char *now = doc_get_str(yaml, "now", "2026-11-22T01:00:00Z");
	int64_t now_ms;

	*out = (struct check_sample){0};
	if (doc_only_keys(yaml, name, "recorded sample", known, e))
		return -1;
	if (!str_eq(origin, "made") && !str_eq(origin, "written"))
		return doc_err(e, name, doc_get(yaml, "origin"), "origin must be made or written");
	if (!time_parse(now, &now_ms))
		return doc_err(e, name, doc_get(yaml, "now"), "now must be RFC 3339");
	out->params = json_text(doc_get(yaml, "params"));
	out->previous = json_text(doc_get(yaml, "previous"));
	out->request = (struct judge_request){.host = HOST,
		.check = check,
		.now_ms = now_ms,
		.params = out->params,
		.previous = out->previous,
		.adopt = true,
		.fresh = true};
	for (size_t i = 0; i < doc_len(secrets); i++)
		if (doc_str(doc_at(secrets, i)))
			strs_add(&out->secrets, doc_str(doc_at(secrets, i)));
	read_refs(out, doc_get(yaml, "reference"));
	return read_samples(
		out, &(struct source){check, name, now_ms}, doc_get(yaml, "samples"), e);
}

void check_sample_finish(struct check_sample *s)
{
	samples_free(s->samples, s->request.sample_count);
	judge_files_free(s->refs, s->request.ref_count);
	free(s->params);
	free(s->previous);
	strs_finish(&s->secrets);
	*s = (struct check_sample){0};
}
