#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/notify.h"
#include "model/snapshot.h"
#include "scratch.h"

/* Transitions of the hosts web1, web2, ...; and how often the hook asked for one. */
struct source {
	int left, given, asked;
	struct loop *loop;
};

static bool next(void *arg, struct transition *out)
{
	struct source *s = arg;

	s->asked++;
	if (!s->left)
		return false;
	s->left--;
	*out = (struct transition){.at_ms = 1700000000000 + s->given,
		.host = xasprintf("web%d", ++s->given),
		.check = xstrdup("disk"),
		.from = FINDING_OK,
		.to = FINDING_WARN,
		.summary = xstrdup("80 % \"full\""),
		.cause = s->given == 1 ? xstrdup("P-7") : NULL};
	return true;
}

struct place {
	char *dir, *file;
	struct loop *loop;
	struct log log;
	struct source source;
	struct notify *notify;
};

/* `hook`: a shell script with $0 the file that it may write to; NULL: a program that is not there.
 */
static void begin(struct place *p, int transitions, const char *hook)
{
	struct strs argv = {0};

	*p = (struct place){.dir = scratch_new(), .log = {.fd = -1, .level = LOG_LEVEL_ERROR}};
	p->file = path_join(p->dir, "told");
	p->loop = loop_new(clock_system());
	p->source = (struct source){.left = transitions, .loop = p->loop};
	strs_add(&argv, hook ? "/bin/sh" : "/nonexistent/hook");
	if (hook) {
		strs_add(&argv, "-c");
		strs_add(&argv, hook);
		strs_add(&argv, p->file);
	}
	p->notify = notify_new(&(struct notify_spec){.loop = p->loop,
		.log = &p->log,
		.argv = &argv,
		.estate = "home",
		.next = next,
		.arg = &p->source});
	strs_finish(&argv);
}

static void end(struct place *p)
{
	notify_free(p->notify);
	loop_free(p->loop);
	scratch_free(p->dir);
	free(p->file);
}

static void each_transition_runs_the_hook_once_in_order(void **state)
{
	struct place p;
	char *text, *line, *stop;
	int n = 0;

	(void)state;
	begin(&p, 3, "cat >>\"$0\"");
	notify_wake(p.notify);
	notify_wake(p.notify); /* news while it runs starts no second one */
	assert_int_equal(p.source.given, 1);
	loop_run(p.loop);
	text = scratch_read(p.dir, "told");
	for (line = text; (stop = strchr(line, '\n')); line = stop + 1) {
		char host[16];
		struct doc *d;
		struct err e;

		assert_int_equal(json_read(&d, line, (size_t)(stop - line), "told", &e), 0);
		snprintf(host, sizeof host, "web%d", ++n);
		assert_string_equal(doc_get_str(d, "host", ""), host);
		assert_string_equal(doc_get_str(d, "estate", ""), "home");
		assert_string_equal(doc_get_str(d, "from", ""), "ok");
		assert_string_equal(doc_get_str(d, "to", ""), "warn");
		assert_string_equal(doc_get_str(d, "summary", ""), "80 % \"full\"");
		assert_string_equal(doc_get_str(d, "cause", "none"), n == 1 ? "P-7" : "none");
		doc_free(d);
	}
	assert_int_equal(n, 3);
	free(text);
	end(&p);
}

static void a_failing_hook_stops_nothing(void **state)
{
	static const char *const hooks[] = {"echo x >>\"$0\"; exit 3", NULL};

	(void)state;
	for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
		struct place p;

		begin(&p, 2, hooks[i]);
		notify_wake(p.notify);
		loop_run(p.loop);
		assert_int_equal(p.source.given, 2);
		assert_int_equal(p.source.left, 0);
		if (hooks[i]) {
			char *text = scratch_read(p.dir, "told");

			assert_string_equal(text, "x\nx\n");
			free(text);
		}
		end(&p);
	}
}

static void what_waits_stays_where_it_is(void **state)
{
	struct place p;

	(void)state;
	begin(&p, 3, "exec sleep 60");
	notify_wake(p.notify);
	assert_int_equal(p.source.left, 2);
	end(&p); /* kills the hook; the two are for the next server */
	assert_int_equal(p.source.left, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_transition_runs_the_hook_once_in_order),
		cmocka_unit_test(a_failing_hook_stops_nothing),
		cmocka_unit_test(what_waits_stays_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
