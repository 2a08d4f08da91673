#include "config.h"

#include "codec/finding.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "model/finding.h"
#include "model/sample.h"
#include "model/snapshot.h"

struct doc *time_to_doc(long long ms)
{
	char text[TIME_RFC3339];

	if (!ms)
		return doc_new_null();
	time_format(text, ms);
	return doc_new_str(text);
}

static struct doc *items_doc(const struct finding *f)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < f->item_count; i++) {
		struct doc *d = doc_new_map();

		doc_set_str(d, "name", f->items[i].name);
		doc_set_str(d, "state", finding_state_name(f->items[i].state));
		doc_set_str(d, "text", f->items[i].text);
		doc_push(list, d);
	}
	return list;
}

static struct doc *metrics_doc(const struct finding *f)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < f->metric_count; i++) {
		struct doc *d = doc_new_map();

		doc_set_str(d, "name", f->metrics[i].name);
		doc_set_str(d, "unit", f->metrics[i].unit);
		doc_set(d, "value", doc_new_real(f->metrics[i].value));
		doc_push(list, d);
	}
	return list;
}

/* JSON text as a value; null when there is none. */
static struct doc *embedded(const char *json)
{
	struct doc *d;
	struct err e;

	if (!json || json_read(&d, json, strlen(json), "value", &e))
		return doc_new_null();
	return d;
}

struct doc *finding_to_doc(const struct finding *f, bool whole)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "host", f->host);
	doc_set_str(d, "check", f->check);
	doc_set_str(d, "state", finding_state_name(f->state));
	doc_set_str(d, "condition", finding_condition_name(f->condition));
	doc_set_str(d, "summary", f->summary);
	doc_set(d, "at", time_to_doc(f->at_ms));
	doc_set(d, "since", time_to_doc(f->since_ms));
	doc_set_int(d, "every_seconds", f->every_ms / 1000);
	doc_set_int(d, "added", f->added);
	doc_set_int(d, "removed", f->removed);
	doc_set_str(d, "fingerprint", f->fingerprint);
	doc_set(d, "items", items_doc(f));
	doc_set(d, "metrics", metrics_doc(f));
	if (whole) {
		doc_set(d, "facts", embedded(f->facts));
		doc_set(d, "diff", embedded(f->diff));
	}
	return d;
}

struct doc *sample_to_doc(const struct sample *s, size_t max)
{
	struct doc *d = doc_new_map();
	size_t out = s->out_len < max ? s->out_len : max;
	size_t err = s->err_len < max ? s->err_len : max;

	doc_set_str(d, "check", s->check);
	doc_set_str(d, "command", s->command);
	if (s->item)
		doc_set_str(d, "item", s->item);
	doc_set_str(d, "status", sample_status_name(s->status));
	doc_set_int(d, "exit", s->exit_status);
	doc_set(d, "stdout", doc_new_strn(s->out ? s->out : "", s->out ? out : 0));
	doc_set(d, "stderr", doc_new_strn(s->err ? s->err : "", s->err ? err : 0));
	doc_set_bool(d, "truncated", s->truncated || out < s->out_len || err < s->err_len);
	doc_set(d, "at", time_to_doc(s->at_ms));
	doc_set_int(d, "duration_ms", s->duration_ms);
	doc_set_str(d, "note", s->note);
	return d;
}

struct doc *transition_to_doc(const struct transition *t)
{
	struct doc *d = doc_new_map();

	doc_set(d, "at", time_to_doc(t->at_ms));
	doc_set_str(d, "host", t->host);
	doc_set_str(d, "check", t->check);
	doc_set_str(d, "from", finding_state_name(t->from));
	doc_set_str(d, "to", finding_state_name(t->to));
	doc_set_str(d, "summary", t->summary);
	doc_set_str(d, "cause", t->cause);
	return d;
}
