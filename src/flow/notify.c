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
#define QUEUE_MAX 10000 /* a hook that hangs must not fill the memory */
#define OUTPUT_MAX 2048

struct notify {
	struct loop *loop;
	const struct log *log;
	struct strs argv;
	char *estate;
	struct strs queue; /* JSON texts, oldest first */
	size_t ready;	   /* so many of them are on disk */
	size_t lost;
	struct child *child;
};

struct notify *notify_new(const struct notify_spec *spec)
{
	struct notify *n = xcalloc(1, sizeof *n);

	n->loop = spec->loop;
	n->log = spec->log;
	strs_copy(&n->argv, spec->argv);
	n->estate = xstrdup(spec->estate);
	return n;
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	child_kill(n->child);
	if (n->queue.n)
		log_line(n->log, LOG_LEVEL_WARN, "notify: %zu transitions were not told",
			n->queue.n);
	strs_finish(&n->argv);
	strs_finish(&n->queue);
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

static void run_next(struct notify *n);

static void drop_first(struct notify *n)
{
	free(n->queue.v[0]);
	for (size_t i = 1; i <= n->queue.n; i++) /* the NULL behind the last too */
		n->queue.v[i - 1] = n->queue.v[i];
	n->queue.n--;
}

static void on_end(void *arg, struct child_result *r)
{
	struct notify *n = arg;

	n->child = NULL;
	if (r->timed_out)
		log_line(n->log, LOG_LEVEL_WARN, "notify: %s took longer than %d s", n->argv.v[0],
			DEADLINE_MS / 1000);
	else if (r->exit_status)
		log_line(n->log, LOG_LEVEL_WARN, "notify: %s ended with %d: %s", n->argv.v[0],
			r->exit_status, buf_str(&r->err));
	run_next(n);
}

static void run_next(struct notify *n)
{
	while (!n->child && n->ready) {
		const struct child_spec spec = {.argv = (const char *const *)n->argv.v,
			.input = n->queue.v[0],
			.input_len = strlen(n->queue.v[0]),
			.out_max = OUTPUT_MAX,
			.err_max = OUTPUT_MAX,
			.deadline_ms = DEADLINE_MS};
		struct err e;

		if (child_start(&n->child, n->loop, &spec, on_end, n, &e)) {
			n->child = NULL;
			log_line(n->log, LOG_LEVEL_WARN, "notify: %s", e.msg);
		}
		drop_first(n);
		n->ready--;
	}
}

void notify_add(struct notify *n, const struct transition *t)
{
	if (n->queue.n >= QUEUE_MAX) {
		if (!n->lost++)
			log_line(n->log, LOG_LEVEL_ERROR,
				"notify: %d transitions wait already, further ones are not told",
				QUEUE_MAX);
		return;
	}
	n->lost = 0;
	strs_take(&n->queue, as_json(n, t));
}

void notify_send(struct notify *n)
{
	n->ready = n->queue.n;
	run_next(n);
}

void notify_drop(struct notify *n)
{
	while (n->queue.n > n->ready) {
		free(n->queue.v[--n->queue.n]);
		n->queue.v[n->queue.n] = NULL;
	}
}
