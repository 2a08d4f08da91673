#include "config.h"

#include "server/packet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"

#define ROWS_MAX 20000

/* ---- samples and files, both ways ---- */

static struct doc *put_sample(struct packet_out *w, const struct sample *s)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "check", s->check);
	doc_set_str(d, "command", s->command);
	if (s->item)
		doc_set_str(d, "item", s->item);
	doc_set_str(d, "status", sample_status_name(s->status));
	doc_set_int(d, "exit", s->exit_status);
	doc_set_bool(d, "truncated", s->truncated);
	doc_set_int(d, "at", s->at_ms);
	doc_set_int(d, "took", s->duration_ms);
	if (s->note)
		packet_put(w, d, "note", s->note, strlen(s->note));
	packet_put(w, d, "out", s->out ? s->out : "", s->out ? s->out_len : 0);
	packet_put(w, d, "err", s->err ? s->err : "", s->err ? s->err_len : 0);
	return d;
}

static void put_samples(struct packet_out *w, const struct sample *s, size_t n)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < n; i++)
		doc_push(list, put_sample(w, &s[i]));
	doc_set(w->head, "samples", list);
}

static int get_sample(
	struct sample *s, const struct packet_in *w, const struct doc *d, struct err *e)
{
	const char *out, *error;

	*s = (struct sample){.check = xstrdup(doc_get_str(d, "check", "")),
		.command = xstrdup(doc_get_str(d, "command", "")),
		.item = xstrdup(doc_get_str(d, "item", NULL)),
		.exit_status = (int)doc_get_int(d, "exit", -1),
		.truncated = doc_get_bool(d, "truncated", false),
		.at_ms = doc_get_int(d, "at", 0),
		.duration_ms = doc_get_int(d, "took", 0),
		.note = packet_str(w, d, "note")};
	out = packet_get(w, d, "out", &s->out_len);
	s->out = xmemdup(out ? out : "", s->out_len);
	error = packet_get(w, d, "err", &s->err_len);
	s->err = xmemdup(error ? error : "", s->err_len);
	if (!sample_status_parse(doc_get_str(d, "status", ""), &s->status))
		return err_set(e, ERR_INPUT, "a sample without a status");
	return 0;
}

static int get_samples(struct sample **out, size_t *n, const struct packet_in *w, struct err *e)
{
	const struct doc *list = doc_get(w->head, "samples");

	*n = 0;
	if (doc_len(list) > ROWS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d samples", ROWS_MAX);
	*out = xcalloc(doc_len(list) + 1, sizeof **out);
	for (size_t i = 0; i < doc_len(list); i++) {
		++*n;
		if (get_sample(&(*out)[i], w, doc_at(list, i), e))
			return -1;
	}
	return 0;
}

static void put_files(struct packet_out *w, const char *key, const struct judge_file *f, size_t n)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < n; i++) {
		struct doc *d = doc_new_map();

		packet_put(w, d, "path", f[i].path, strlen(f[i].path));
		packet_put(w, d, "data", f[i].data ? f[i].data : "", f[i].data ? f[i].len : 0);
		doc_push(list, d);
	}
	doc_set(w->head, key, list);
}

static int get_files(struct judge_file **out, size_t *n, const struct packet_in *w, const char *key,
	struct err *e)
{
	const struct doc *list = doc_get(w->head, key);

	*n = 0;
	*out = xcalloc(doc_len(list) + 1, sizeof **out);
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		struct judge_file *f = &(*out)[(*n)++];
		const char *data = packet_get(w, d, "data", &f->len);

		f->path = packet_str(w, d, "path");
		f->data = xmemdup(data ? data : "", f->len);
		if (!f->path)
			return err_set(e, ERR_INPUT, "a file without a path");
	}
	return 0;
}

/* ---- request ---- */

int packet_put_request(struct buf *out, int64_t id, const struct judge_request *r, struct err *e)
{
	struct packet_out w;

	packet_start(&w, "judge");
	doc_set_int(w.head, "id", id);
	doc_set_str(w.head, "host", r->host);
	doc_set_str(w.head, "check", r->check);
	doc_set_int(w.head, "now", r->now_ms);
	doc_set_bool(w.head, "adopt", r->adopt);
	doc_set_bool(w.head, "explain", r->explain);
	if (r->params)
		packet_put(&w, w.head, "params", r->params, strlen(r->params));
	if (r->previous)
		packet_put(&w, w.head, "previous", r->previous, strlen(r->previous));
	put_samples(&w, r->samples, r->sample_count);
	put_files(&w, "refs", r->refs, r->ref_count);
	return packet_end(&w, out, e);
}

int packet_get_request(struct packet_request *out, const struct packet_in *w, struct err *e)
{
	size_t samples = 0, refs = 0;
	int rc;

	*out = (struct packet_request){.id = doc_get_int(w->head, "id", -1),
		.host = xstrdup(doc_get_str(w->head, "host", "")),
		.check = xstrdup(doc_get_str(w->head, "check", "")),
		.params = packet_str(w, w->head, "params"),
		.previous = packet_str(w, w->head, "previous")};
	rc = get_samples(&out->samples, &samples, w, e);
	if (!rc)
		rc = get_files(&out->refs, &refs, w, "refs", e);
	out->r = (struct judge_request){.host = out->host,
		.check = out->check,
		.now_ms = doc_get_int(w->head, "now", 0),
		.params = out->params,
		.previous = out->previous,
		.samples = out->samples,
		.sample_count = samples,
		.refs = out->refs,
		.ref_count = refs,
		.adopt = doc_get_bool(w->head, "adopt", false),
		.explain = doc_get_bool(w->head, "explain", false)};
	if (rc)
		packet_request_finish(out);
	return rc;
}

void packet_request_finish(struct packet_request *r)
{
	samples_free(r->samples, r->r.sample_count);
	judge_files_free(r->refs, r->r.ref_count);
	free(r->host);
	free(r->check);
	free(r->params);
	free(r->previous);
	*r = (struct packet_request){0};
}

/* ---- answer ---- */

static void put_rows(struct doc *d, const struct finding *f)
{
	struct doc *items = doc_new_list(), *metrics = doc_new_list();

	for (size_t i = 0; i < f->item_count; i++) {
		struct doc *row = doc_new_map();

		doc_set_str(row, "name", f->items[i].name);
		doc_set_str(row, "state", finding_state_name(f->items[i].state));
		doc_set_str(row, "text", f->items[i].text);
		doc_push(items, row);
	}
	for (size_t i = 0; i < f->metric_count; i++) {
		struct doc *row = doc_new_map();

		doc_set_str(row, "name", f->metrics[i].name);
		doc_set_str(row, "unit", f->metrics[i].unit);
		doc_set(row, "value", doc_new_real(f->metrics[i].value));
		if (f->metrics[i].full > 0)
			doc_set(row, "full", doc_new_real(f->metrics[i].full));
		doc_push(metrics, row);
	}
	doc_set(d, "items", items);
	doc_set(d, "metrics", metrics);
}

static void put_finding(struct packet_out *w, const struct finding *f)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "host", f->host);
	doc_set_str(d, "check", f->check);
	doc_set_str(d, "state", finding_state_name(f->state));
	doc_set_str(d, "condition", finding_condition_name(f->condition));
	doc_set_str(d, "summary", f->summary);
	doc_set_str(d, "fingerprint", f->fingerprint);
	doc_set_int(d, "added", f->added);
	doc_set_int(d, "removed", f->removed);
	doc_set_int(d, "at", f->at_ms);
	doc_set_int(d, "until", f->valid_until_ms);
	if (f->facts)
		packet_put(w, d, "facts", f->facts, strlen(f->facts));
	if (f->diff)
		packet_put(w, d, "diff", f->diff, strlen(f->diff));
	put_rows(d, f);
	doc_set(w->head, "finding", d);
}

int packet_put_answer(struct buf *out, int64_t id, const struct judge_answer *a, struct err *e)
{
	struct packet_out w;

	packet_start(&w, "judged");
	doc_set_int(w.head, "id", id);
	put_finding(&w, &a->finding);
	put_samples(&w, a->samples, a->sample_count);
	put_files(&w, "adopted", a->adopted, a->adopted_count);
	doc_set_strs(w.head, "drop", &a->drop);
	if (a->explained)
		packet_put(&w, w.head, "explained", a->explained, strlen(a->explained));
	if (a->adopt_error)
		doc_set_str(w.head, "adopt_error", a->adopt_error);
	return packet_end(&w, out, e);
}

static void get_rows(struct finding *f, const struct doc *d)
{
	const struct doc *items = doc_get(d, "items"), *metrics = doc_get(d, "metrics");

	for (size_t i = 0; i < doc_len(items) && i < ROWS_MAX; i++) {
		const struct doc *at = doc_at(items, i);
		struct finding_item *item = ARR_ADD(f->items, f->item_count, f->item_cap);

		item->name = xstrdup(doc_get_str(at, "name", ""));
		item->text = xstrdup(doc_get_str(at, "text", ""));
		if (!finding_state_parse(doc_get_str(at, "state", ""), &item->state))
			item->state = FINDING_UNKNOWN;
	}
	for (size_t i = 0; i < doc_len(metrics) && i < ROWS_MAX; i++) {
		const struct doc *at = doc_at(metrics, i);
		struct metric *m = ARR_ADD(f->metrics, f->metric_count, f->metric_cap);

		*m = (struct metric){xstrdup(doc_get_str(at, "name", "")),
			xstrdup(doc_get_str(at, "unit", "")), doc_real(doc_get(at, "value")),
			doc_real(doc_get(at, "full"))};
	}
}

static int get_finding(
	struct finding *f, const struct packet_in *w, const struct doc *d, struct err *e)
{
	*f = (struct finding){.host = xstrdup(doc_get_str(d, "host", "")),
		.check = xstrdup(doc_get_str(d, "check", "")),
		.summary = xstrdup(doc_get_str(d, "summary", "")),
		.fingerprint = xstrdup(doc_get_str(d, "fingerprint", NULL)),
		.facts = packet_str(w, d, "facts"),
		.diff = packet_str(w, d, "diff"),
		.added = (int)doc_get_int(d, "added", 0),
		.removed = (int)doc_get_int(d, "removed", 0),
		.at_ms = doc_get_int(d, "at", 0),
		.valid_until_ms = doc_get_int(d, "until", 0)};
	get_rows(f, d);
	if (!finding_state_parse(doc_get_str(d, "state", ""), &f->state) ||
		!finding_condition_parse(doc_get_str(d, "condition", ""), &f->condition))
		return err_set(e, ERR_INPUT, "a finding without a state");
	return 0;
}

int packet_get_answer(struct judge_answer *out, const struct packet_in *w, struct err *e)
{
	const struct doc *drop = doc_get(w->head, "drop");
	int rc;

	*out = (struct judge_answer){0};
	rc = get_finding(&out->finding, w, doc_get(w->head, "finding"), e);
	if (!rc)
		rc = get_samples(&out->samples, &out->sample_count, w, e);
	if (!rc)
		rc = get_files(&out->adopted, &out->adopted_count, w, "adopted", e);
	for (size_t i = 0; !rc && i < doc_len(drop); i++)
		if (doc_str(doc_at(drop, i)))
			strs_add(&out->drop, doc_str(doc_at(drop, i)));
	out->adopted_cap = out->adopted_count;
	out->explained = packet_str(w, w->head, "explained");
	out->adopt_error = xstrdup(doc_get_str(w->head, "adopt_error", NULL));
	if (rc)
		judge_answer_finish(out);
	return rc;
}
