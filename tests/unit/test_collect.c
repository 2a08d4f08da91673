#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "flow/collect.h"
#include "port/local.h"
#include "port/replay.h"
#include "tests/unit/scratch.h"

#define HOSTS 4

/* A run of a transport that answers when the test says so. */
struct fake_run {
	struct transport_spec spec;
	char *script;
	transport_done_fn *fn;
	void *arg;
	bool open;
};

struct fake {
	struct transport base;
	struct fake_run runs[HOSTS];
	size_t count;
};

struct seen {
	size_t count;
	char *names[HOSTS];
	struct collect_result last;
	bool done;
	struct collect *cancel; /* by the callback */
};

static struct transport_run *fake_start(
	struct transport *t, const struct transport_spec *spec, transport_done_fn *fn, void *arg)
{
	struct fake *f = (struct fake *)t;

	assert_true(f->count < HOSTS);
	f->runs[f->count].spec = *spec;
	f->runs[f->count].script = xstrdup(spec->script);
	f->runs[f->count].fn = fn;
	f->runs[f->count].arg = arg;
	f->runs[f->count].open = true;
	return (struct transport_run *)(void *)&f->runs[f->count++];
}

static void fake_cancel(struct transport_run *run)
{
	((struct fake_run *)(void *)run)->open = false;
}

static const struct transport_ops fake_ops = {.start = fake_start, .cancel = fake_cancel};

static void fake_finish(struct fake *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->runs[i].script);
}

/* Ends run i with what the script would write: "%B" in the text becomes its boundary. */
static void answer(struct fake *f, size_t i, const char *text, bool ended, enum err_code code)
{
	struct transport_result r = {.ended = ended, .connected = true, .started = true};
	const char *boundary = strstr(f->runs[i].script, "printf '\\n");

	assert_non_null(boundary);
	boundary += strlen("printf '\\n");
	for (; *text; text++) {
		if (text[0] == '%' && text[1] == 'B') {
			buf_add(&r.out, boundary, 32);
			text++;
		} else {
			buf_addc(&r.out, *text);
		}
	}
	if (!ended)
		err_set(&r.error, code, "the link broke");
	f->runs[i].open = false;
	f->runs[i].fn(f->runs[i].arg, &r);
	buf_finish(&r.out);
}

static void on_host(void *arg, struct collect_result *r)
{
	struct seen *s = arg;

	s->names[s->count++] = r->host->name;
	samples_free(s->last.samples, s->last.sample_count);
	s->last = *r;
	r->samples = NULL;
	if (s->cancel)
		collect_cancel(s->cancel);
}

static void on_done(void *arg)
{
	((struct seen *)arg)->done = true;
}

static struct check make_check(const char *name, const char *word, const char *argument)
{
	struct check c = {.name = xstrdup(name)};
	struct check_command *cmd = ARR_ADD(c.commands, c.command_count, c.command_cap);

	cmd->name = xstrdup("only");
	strs_add(&cmd->argv, word);
	if (argument)
		strs_add(&cmd->argv, argument);
	cmd->cap = 1000;
	cmd->timeout_ms = 5000;
	return c;
}

static struct host make_host(const char *name, enum transport_kind kind)
{
	return (struct host){.name = xstrdup(name),
		.transport = kind,
		.user = {xstrdup("look"), xstrdup("apply")},
		.params = xstrdup("{\"word\":\"hello\"}"),
		.deadline_ms = 9000};
}

struct world {
	struct loop *loop;
	struct fake fake;
	struct transport *transports[TRANSPORT_KIND_COUNT];
	struct host hosts[HOSTS];
	struct check check;
	const struct check *checks[1];
	struct collect_item items[HOSTS];
	struct seen seen;
};

static struct collect_spec begin(struct world *w, size_t hosts, int width)
{
	static const char *const names[HOSTS] = {"web1", "web2", "web3", "web4"};

	*w = (struct world){.loop = loop_new(clock_system()), .fake = {.base.ops = &fake_ops}};
	w->transports[TRANSPORT_LIBSSH2] = &w->fake.base;
	w->check = make_check("disk", "/bin/echo", "{word}");
	w->checks[0] = &w->check;
	for (size_t i = 0; i < hosts; i++) {
		w->hosts[i] = make_host(names[i], TRANSPORT_LIBSSH2);
		w->items[i] = (struct collect_item){&w->hosts[i], w->checks, 1};
	}
	return (struct collect_spec){.loop = w->loop,
		.clock = clock_system(),
		.transports = w->transports,
		.width = width,
		.items = w->items,
		.item_count = hosts,
		.on_host = on_host,
		.on_done = on_done,
		.arg = &w->seen};
}

static void end(struct world *w)
{
	for (size_t i = 0; i < HOSTS; i++)
		host_finish(&w->hosts[i]);
	samples_free(w->seen.last.samples, w->seen.last.sample_count);
	check_finish(&w->check);
	fake_finish(&w->fake);
	loop_free(w->loop);
}

#define ALL_FINE "\n%B s 1.00\nhello\n\n%B e 0 0 1.50\n"

static void width_is_kept_and_hosts_come_as_they_end(void **state)
{
	struct world w;
	struct collect_spec spec = begin(&w, 4, 2);

	(void)state;
	collect_start(&spec);
	assert_int_equal(w.fake.count, 2);
	assert_int_equal(w.fake.runs[0].spec.deadline_ms, 9000);
	assert_int_equal(w.fake.runs[0].spec.identity, IDENTITY_LOOK);
	assert_non_null(strstr(w.fake.runs[0].script, "/bin/echo hello </dev/null"));
	answer(&w.fake, 1, ALL_FINE, true, ERR_NONE);
	assert_int_equal(w.fake.count, 3);
	assert_string_equal(w.seen.names[0], "web2");
	assert_true(w.seen.last.reachable && w.seen.last.asked);
	assert_int_equal(w.seen.last.error.code, ERR_NONE);
	assert_int_equal(w.seen.last.sample_count, 1);
	assert_int_equal(w.seen.last.samples[0].status, SAMPLE_RAN);
	assert_string_equal(w.seen.last.samples[0].out, "hello\n");
	assert_int_equal(w.seen.last.samples[0].duration_ms, 500);
	answer(&w.fake, 0, ALL_FINE, true, ERR_NONE);
	answer(&w.fake, 2, ALL_FINE, true, ERR_NONE);
	assert_false(w.seen.done);
	answer(&w.fake, 3, ALL_FINE, true, ERR_NONE);
	assert_true(w.seen.done);
	assert_int_equal(w.seen.count, 4);
	end(&w);
}

static void what_came_before_a_cut_counts(void **state)
{
	static const struct {
		const char *text;
		bool ended, reachable;
		enum err_code code;
		enum sample_status status;
		const char *says;
	} cases[] = {
		{"", false, false, ERR_TIMEOUT, SAMPLE_NOT_MADE, "the link broke"},
		{"\n%B s 1.00\nhel", false, true, ERR_TIMEOUT, SAMPLE_CUT, "the link broke"},
		{ALL_FINE, false, true, ERR_UNREACHABLE, SAMPLE_RAN, "the link broke"},
		{"This account is \033[1mclosed\n", true, false, ERR_UNREACHABLE, SAMPLE_NOT_MADE,
			"runs no script (no shell, or a forced command); it ended with 0: "
			"This account is <U+001B>[1mclosed"},
		{"\n%B s 1.00\nhel", true, true, ERR_FAIL, SAMPLE_CUT, "ended early"},
		{"Welcome\n" ALL_FINE "bye\n", true, true, ERR_NONE, SAMPLE_RAN, ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct world w;
		struct collect_spec spec = begin(&w, 1, 2);

		collect_start(&spec);
		answer(&w.fake, 0, cases[i].text, cases[i].ended, cases[i].code);
		assert_int_equal(w.seen.last.reachable, cases[i].reachable);
		assert_int_equal(w.seen.last.error.code, cases[i].code);
		assert_int_equal(w.seen.last.samples[0].status, cases[i].status);
		if (!strstr(w.seen.last.error.msg, cases[i].says))
			fail_msg("%s", w.seen.last.error.msg);
		end(&w);
	}
}

static void missing_parameters_and_transports_are_told(void **state)
{
	struct world w;
	struct collect_spec spec = begin(&w, 2, 4);

	(void)state;
	free(w.hosts[0].params);
	w.hosts[0].params = xstrdup("{}");
	w.hosts[1].transport = TRANSPORT_OPENSSH;
	collect_start(&spec);
	assert_int_equal(w.fake.count, 1);
	assert_int_equal(w.seen.count, 0);
	answer(&w.fake, 0, "\n%B s 1.00\n", true, ERR_NONE);
	assert_true(w.seen.last.reachable);
	assert_int_equal(w.seen.last.samples[0].status, SAMPLE_NOT_MADE);
	assert_non_null(strstr(w.seen.last.samples[0].note, "word"));
	loop_run(w.loop);
	assert_true(w.seen.done);
	assert_false(w.seen.last.reachable);
	assert_non_null(strstr(w.seen.last.error.msg, "openssh is not built in"));
	assert_int_equal(w.seen.last.samples[0].status, SAMPLE_NOT_MADE);
	end(&w);
}

static void each_item_is_a_command(void **state)
{
	struct world w;
	struct collect_spec spec = begin(&w, 1, 1);
	struct transport *local = local_transport_new(&(struct local_config){.loop = w.loop});

	(void)state;
	w.transports[TRANSPORT_LOCAL] = local;
	w.hosts[0].transport = TRANSPORT_LOCAL;
	free(w.hosts[0].params);
	w.hosts[0].params = xstrdup("{\"dirs\":[\"a\",\"b\"]}");
	check_finish(&w.check);
	w.check = make_check("say", "/bin/echo", "<{each}>");
	w.check.commands[0].each = xstrdup("dirs");
	collect_start(&spec);
	loop_run(w.loop);
	assert_int_equal(w.seen.last.sample_count, 2);
	assert_string_equal(w.seen.last.samples[0].item, "a");
	assert_string_equal(w.seen.last.samples[0].out, "<a>\n");
	assert_string_equal(w.seen.last.samples[1].item, "b");
	assert_string_equal(w.seen.last.samples[1].out, "<b>\n");
	free(w.hosts[0].params);
	w.hosts[0].params = xstrdup("{\"dirs\":\"a\"}");
	w.seen.count = 0;
	collect_start(&spec);
	loop_run(w.loop);
	assert_int_equal(w.seen.last.sample_count, 1);
	assert_null(w.seen.last.samples[0].item);
	assert_non_null(strstr(w.seen.last.samples[0].note, "must be a list"));
	local->ops->free(local);
	end(&w);
}

static void cancelling_ends_every_run(void **state)
{
	struct world w;
	struct collect_spec spec = begin(&w, 3, 3);
	struct collect *c = collect_start(&spec);

	(void)state;
	collect_cancel(c);
	for (size_t i = 0; i < 3; i++)
		assert_false(w.fake.runs[i].open);
	assert_int_equal(w.seen.count, 0);
	end(&w);

	spec = begin(&w, 3, 3);
	w.seen.cancel = collect_start(&spec);
	answer(&w.fake, 1, ALL_FINE, true, ERR_NONE);
	assert_false(w.fake.runs[0].open || w.fake.runs[2].open);
	assert_int_equal(w.seen.count, 1);
	assert_false(w.seen.done);
	end(&w);
}

static void local_and_bastion_commands_run_here(void **state)
{
	struct world w;
	struct collect_spec spec = begin(&w, 2, 2);
	struct transport *local = local_transport_new(&(struct local_config){.loop = w.loop});

	(void)state;
	w.transports[TRANSPORT_LOCAL] = local;
	w.hosts[0].transport = TRANSPORT_LOCAL;
	spec.item_count = 1;
	collect_start(&spec);
	loop_run(w.loop);
	assert_true(w.seen.last.reachable && w.seen.done);
	assert_string_equal(w.seen.last.samples[0].out, "hello\n");

	w.seen.done = false;
	w.check.on_bastion = true;
	spec.items = &w.items[1];
	collect_start(&spec);
	loop_run(w.loop);
	assert_true(w.seen.done);
	assert_false(w.seen.last.asked);
	assert_int_equal(w.fake.count, 0);
	assert_string_equal(w.seen.last.samples[0].out, "hello\n");
	local->ops->free(local);
	end(&w);
}

static void an_endless_local_command_is_cut(void **state)
{
	struct world w;
	struct collect_spec spec = begin(&w, 1, 1);
	struct transport *local = local_transport_new(&(struct local_config){.loop = w.loop});

	(void)state;
	w.transports[TRANSPORT_LOCAL] = local;
	w.hosts[0].transport = TRANSPORT_LOCAL;
	check_finish(&w.check);
	w.check = make_check("flood", "/usr/bin/yes", NULL);
	collect_start(&spec);
	loop_run(w.loop);
	assert_int_equal(w.seen.last.error.code, ERR_LIMIT);
	assert_true(w.seen.last.reachable);
	assert_int_equal(w.seen.last.samples[0].status, SAMPLE_CUT);
	assert_true(w.seen.last.samples[0].truncated);
	assert_int_equal(w.seen.last.samples[0].out_len, 1000);
	local->ops->free(local);
	end(&w);
}

static void write_in(const char *folder, const char *name, const char *text)
{
	char *path = path_join(folder, name);
	struct err e;

	assert_int_equal(file_write(path, text, strlen(text), 0600, &e), 0);
	free(path);
}

static void recorded_hosts_are_read(void **state)
{
	static const struct {
		const char *rc;
		enum sample_status status;
		int exit_status;
	} cases[] = {
		{"3\n", SAMPLE_RAN, 3},
		{"absent\n", SAMPLE_ABSENT, 0},
		{"timeout", SAMPLE_TIMEOUT, 0},
		{"junk", SAMPLE_NOT_MADE, 0},
	};
	struct world w;
	struct collect_spec spec = begin(&w, 1, 1);
	char *folder = scratch_new();

	(void)state;
	w.hosts[0].transport = TRANSPORT_REPLAY;
	w.hosts[0].replay = folder;
	collect_start(&spec);
	loop_run(w.loop);
	assert_true(w.seen.last.reachable);
	assert_string_equal(w.seen.last.samples[0].note, "nothing recorded for disk.only");
	write_in(folder, "disk.only.out", "recorded\n");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		write_in(folder, "disk.only.rc", cases[i].rc);
		collect_start(&spec);
		w.seen.count = 0;
		loop_run(w.loop);
		assert_int_equal(w.seen.last.samples[0].status, cases[i].status);
		assert_int_equal(w.seen.last.samples[0].exit_status, cases[i].exit_status);
		assert_string_equal(w.seen.last.samples[0].out, "recorded\n");
	}
	free(w.hosts[0].params);
	w.hosts[0].params = xstrdup("{\"dirs\":[\"/srv/x\"]}");
	w.check.commands[0].each = xstrdup("dirs");
	write_in(folder, "disk.only@%2Fsrv%2Fx.out", "one\n");
	collect_start(&spec);
	w.seen.count = 0;
	loop_run(w.loop);
	assert_string_equal(w.seen.last.samples[0].item, "/srv/x");
	assert_string_equal(w.seen.last.samples[0].out, "one\n");
	write_in(folder, "unreachable", "no route\nto host");
	collect_start(&spec);
	w.seen.count = 0;
	loop_run(w.loop);
	assert_false(w.seen.last.reachable);
	assert_string_equal(w.seen.last.error.msg, "no route");
	w.hosts[0].replay = NULL;
	scratch_free(folder);
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(width_is_kept_and_hosts_come_as_they_end),
		cmocka_unit_test(what_came_before_a_cut_counts),
		cmocka_unit_test(missing_parameters_and_transports_are_told),
		cmocka_unit_test(each_item_is_a_command),
		cmocka_unit_test(cancelling_ends_every_run),
		cmocka_unit_test(local_and_bastion_commands_run_here),
		cmocka_unit_test(an_endless_local_command_is_cut),
		cmocka_unit_test(recorded_hosts_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
