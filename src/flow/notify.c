#include "config.h"

#include "flow/notify.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "model/snapshot.h"

#define DEADLINE_MS 30000
#define OUTPUT_MAX 2048

struct notify {
	struct notify_spec spec;
	struct strs argv;
	char *estate;
	struct child *child;
};

struct notify *notify_new(const struct notify_spec *spec)
{
	struct notify *n = xcalloc(1, sizeof *n);

	n->spec = *spec;
	strs_copy(&n->argv, spec->argv);
	n->estate = xstrdup(spec->estate);
	return n;
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	child_kill(n->child);
	strs_finish(&n->argv);
	free(n->estate);
	free(n);
}

/* opsdeck.1 documents these keys. */
static char *as_json(const struct notify *n, const struct transition *t)
{
	struct doc *d = doc_new_map();
	struct buf text = {0};
	char at[TIME_RFC3339];

	time_format(at, t->at_ms);
	doc_set_str(d, "estate", n->estate);
	doc_set_str(d, "at", at);
	doc_set_str(d, "host", t->host);
	doc_set_str(d, "check", t->check);
	doc_set_str(d, "from", finding_state_name(t->from));
	doc_set_str(d, "to", finding_state_name(t->to));
	doc_set_str(d, "summary", t->summary);
	doc_set_str(d, "cause", t->cause);
	json_write(&text, d);
	buf_addc(&text, '\n');
	doc_free(d);
	return buf_take(&text);
}

static void on_end(void *arg, struct child_result *r)
{
	struct notify *n = arg;

	n->child = NULL;
	if (r->timed_out)
		log_line(n->spec.log, LOG_LEVEL_WARN, "notify: %s took longer than %d s",
			n->argv.v[0], DEADLINE_MS / 1000);
	else if (r->exit_status)
		log_line(n->spec.log, LOG_LEVEL_WARN, "notify: %s ended with %d: %s", n->argv.v[0],
			r->exit_status, buf_str(&r->err));
	notify_wake(n);
}

static void run(struct notify *n, const struct transition *t)
{
	char *text = as_json(n, t);
	const struct child_spec spec = {.argv = (const char *const *)n->argv.v,
		.input = text,
		.input_len = strlen(text),
		.out_max = OUTPUT_MAX,
		.err_max = OUTPUT_MAX,
		.deadline_ms = DEADLINE_MS};
	struct err e;

	if (child_start(&n->child, n->spec.loop, &spec, on_end, n, &e)) {
		n->child = NULL;
		log_line(n->spec.log, LOG_LEVEL_WARN, "notify: %s", e.msg);
	}
	free(text);
}

void notify_wake(struct notify *n)
{
	struct transition t;

	while (!n->child && n->spec.next(n->spec.arg, &t)) {
		run(n, &t);
		free(t.host);
		free(t.check);
		free(t.summary);
		free(t.cause);
	}
}
