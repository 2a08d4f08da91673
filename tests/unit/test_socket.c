#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/wire.h"
#include "server/core.h"
#include "server/socket.h"

/* The gate over the real socket code: connections are socket pairs, handlers only count. */

struct audited {
	char *request;
	enum role role;
	bool allowed;
};

struct fixture {
	struct server_core core;
	struct socket_server *server;
	struct audited *audit;
	size_t audit_count, audit_cap;
	bool audit_fails;
	bool idle;
};

static struct fixture *now; /* the audit callback has no argument of its own */
static int handled[REQUEST_COUNT];
static struct req *kept;

static void answer(struct server_core *core, struct req *r)
{
	struct doc *d = doc_new_map();

	(void)core;
	handled[r->request]++;
	doc_set_str(d, "request", request_table[r->request].name);
	req_answer(r, d);
}

static void keep(struct server_core *core, struct req *r)
{
	(void)core;
	kept = r;
}

static void news(struct server_core *core, struct req *r)
{
	(void)core;
	handled[REQUEST_NEWS]++;
	socket_want_news(r);
}

static req_handler *handlers[REQUEST_COUNT];

static int audit(struct server_core *core, const struct req *r, const char *what,
	const char *subject, bool allowed, struct doc *detail, struct err *e)
{
	struct audited *a;

	(void)core;
	(void)subject;
	doc_free(detail);
	if (now->audit_fails)
		return err_set(e, ERR_FAIL, "disk full");
	a = ARR_ADD(now->audit, now->audit_count, now->audit_cap);
	*a = (struct audited){.request = xstrdup(what), .role = r->role, .allowed = allowed};
	return 0;
}

static void on_idle(void *arg, bool idle)
{
	((struct fixture *)arg)->idle = idle;
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);

	for (int i = 0; i < REQUEST_COUNT; i++)
		handlers[i] = answer;
	handlers[REQUEST_NEWS] = news;
	memset(handled, 0, sizeof handled);
	kept = NULL;
	f->core.clock = clock_system();
	f->core.loop = loop_new(f->core.clock);
	f->server = socket_server_new(&(struct socket_spec){.core = &f->core,
		.handlers = handlers,
		.listen_fd = -1,
		.audit = audit,
		.idle = on_idle,
		.arg = f});
	now = f;
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	socket_server_free(f->server);
	loop_free(f->core.loop);
	for (size_t i = 0; i < f->audit_count; i++)
		free(f->audit[i].request);
	free(f->audit);
	free(f);
	return 0;
}

static int join_uid(struct fixture *f, enum role role, long uid)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	socket_adopt(f->server, pair[0], role, uid, "max");
	return pair[1];
}

static int join(struct fixture *f, enum role role)
{
	return join_uid(f, role, 1000);
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

/* Turns the loop until nothing is left to do at once. */
static void turn(struct fixture *f)
{
	for (int i = 0; i < 40; i++)
		loop_step(f->core.loop, 0);
}

/* What came, as text; "EOF" when nothing did and the other end is gone. Heap. */
static char *hear(struct fixture *f, int fd)
{
	struct buf all = {0};
	char chunk[4096];
	ssize_t n;

	turn(f);
	while ((n = recv(fd, chunk, sizeof chunk, 0)) > 0)
		buf_add(&all, chunk, (size_t)n);
	if (n == 0 || (n < 0 && errno != EAGAIN))
		buf_adds(&all, "EOF");
	return buf_take(&all);
}

static void expect(struct fixture *f, int fd, const char *text)
{
	char *got = hear(f, fd);

	if (!strstr(got, text))
		fail_msg("expected \"%s\" in \"%s\"", text, got);
	free(got);
}

/* ---- roles ---- */

/* Who may send what, once more and apart from the program's own table: loosening that one must be
 * done here too. */
static const struct {
	const char *request;
	const char *roles; /* v, a, o */
	bool audited;
} matrix[] = {
	{"hello", "vao", false},
	{"news", "vao", false},
	{"sweep", "ao", true},
	{"check-run", "ao", true},
	{"scan", "o", true},
	{"propose", "ao", true},
	{"withdraw", "ao", true},
	{"review", "o", true},
	{"approve", "o", true},
	{"reject", "o", true},
	{"reconcile", "o", true},
	{"commit", "o", true},
	{"adopt", "o", true},
	{"trust", "o", true},
	{"incoming", "vao", false},
	{"accept", "o", true},
	{"audit-verify", "vao", false},
	{"info", "vao", false},
	{"stop", "o", true},
};

static void each_role_sends_each_request(void **state)
{
	static const char letters[ROLE_COUNT] = {
		[ROLE_NONE] = '-', [ROLE_VIEWER] = 'v', [ROLE_AGENT] = 'a', [ROLE_OPERATOR] = 'o'};
	struct fixture *f = *state;

	assert_int_equal(sizeof matrix / sizeof *matrix, REQUEST_COUNT);
	for (size_t i = 0; i < REQUEST_COUNT; i++)
		for (int role = 0; role < ROLE_COUNT; role++) {
			enum request request = request_parse(matrix[i].request);
			bool may = strchr(matrix[i].roles, letters[role]);
			size_t rows = f->audit_count;
			char line[96];
			int fd = join(f, (enum role)role), before;

			assert_int_not_equal(request, REQUEST_COUNT);
			before = handled[request];
			snprintf(line, sizeof line, "{\"id\":7,\"request\":\"%s\"}\n",
				matrix[i].request);
			say(fd, line);
			expect(f, fd, may ? "{\"id\":7,\"ok\":true" : "\"code\":\"refused\"");
			assert_int_equal(handled[request], before + may);
			assert_int_equal(f->audit_count, rows + (!may || matrix[i].audited));
			if (f->audit_count > rows) {
				assert_string_equal(f->audit[rows].request, matrix[i].request);
				assert_int_equal(f->audit[rows].allowed, may);
				assert_int_equal(f->audit[rows].role, role);
			}
			close(fd);
			turn(f);
		}
}

static void what_cannot_be_audited_is_not_done(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_OPERATOR);

	f->audit_fails = true;
	say(fd, "{\"id\":1,\"request\":\"approve\"}\n");
	expect(f, fd, "cannot be audited: disk full");
	assert_int_equal(handled[REQUEST_APPROVE], 0);
	close(fd);
}

static void refusals_end_a_connection_at_last(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_AGENT);

	for (int i = 0; i < 100; i++)
		say(fd, "{\"id\":1,\"request\":\"approve\"}\n");
	expect(f, fd, "EOF");
	assert_true(f->audit_count < 100);
	assert_int_equal(handled[REQUEST_APPROVE], 0);
	close(fd);
}

/* ---- hostile bytes ---- */

static void garbage_ends_its_connection_only(void **state)
{
	static const char *const lines[] = {
		"garbage\n",
		"\n",
		"{\"id\":1,\"request\":\n",
		"[1,2]\n",
		"{\"request\":\"hello\"}\n",
		"{\"id\":\"x\",\"request\":\"hello\"}\n",
		"{\"id\":-1,\"request\":\"hello\"}\n",
		"\xff\xfe\n",
	};
	struct fixture *f = *state;
	int good = join(f, ROLE_VIEWER);

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		int bad = join(f, ROLE_OPERATOR);
		char *got;

		say(bad, lines[i]);
		got = hear(f, bad);
		assert_non_null(strstr(got, "\"ok\":false"));
		assert_non_null(strstr(got, "EOF"));
		free(got);
		close(bad);
	}
	say(good, "{\"id\":3,\"request\":\"hello\",\"args\":{}}\n");
	expect(f, good, "{\"id\":3,\"ok\":true");
	close(good);
}

static void a_wrong_request_is_told_and_forgiven(void **state)
{
	static const struct {
		const char *line, *answer;
	} cases[] = {
		{"{\"id\":1,\"request\":\"fly\"}\n", "no request `fly`"},
		{"{\"id\":1,\"request\":\"f\\u202ely\"}\n", "f<U+202E>ly"},
		{"{\"id\":1,\"request\":\"hello\",\"args\":[]}\n", "is an object"},
		{"{\"id\":1,\"request\":\"hello\",\"argz\":{}}\n", "argz"},
		{"{\"id\":1}\n", "its name"},
	};
	struct fixture *f = *state;
	int fd = join(f, ROLE_VIEWER);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		say(fd, cases[i].line);
		expect(f, fd, cases[i].answer);
	}
	say(fd, "{\"id\":9,\"request\":\"hello\"}\n");
	expect(f, fd, "{\"id\":9,\"ok\":true");
	close(fd);
}

static void a_line_without_end_is_cut(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_OPERATOR);
	char chunk[8192];
	size_t sent = 0;

	memset(chunk, 'x', sizeof chunk);
	while (sent < 2 * WIRE_MAX) {
		ssize_t n = send(fd, chunk, sizeof chunk, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			break;
		if (n > 0)
			sent += (size_t)n;
		loop_step(f->core.loop, 0);
	}
	assert_true(sent < 2 * WIRE_MAX);
	expect(f, fd, "\"code\":\"limit\"");
	close(fd);
}

static void bytes_may_come_one_by_one(void **state)
{
	static const char line[] = "{\"id\":5,\"request\":\"hello\"}\n";
	struct fixture *f = *state;
	int slow = join(f, ROLE_VIEWER), other = join(f, ROLE_VIEWER);

	for (size_t i = 0; i + 1 < sizeof line; i++) {
		assert_int_equal(send(slow, line + i, 1, 0), 1);
		turn(f);
	}
	say(other, "{\"id\":6,\"request\":\"hello\"}\n");
	expect(f, other, "{\"id\":6,\"ok\":true");
	expect(f, slow, "{\"id\":5,\"ok\":true");
	close(slow);
	close(other);
}

static void many_lines_at_once_are_all_answered(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_VIEWER);
	struct buf all = {0};

	for (int i = 1; i <= 50; i++)
		buf_addf(&all, "{\"id\":%d,\"request\":\"hello\"}\n", i);
	say(fd, all.data);
	buf_finish(&all);
	expect(f, fd, "{\"id\":50,\"ok\":true");
	assert_int_equal(handled[REQUEST_HELLO], 50);
	close(fd);
}

static void big_answer(struct server_core *core, struct req *r)
{
	struct doc *d = doc_new_map();
	char *text = xmalloc(WIRE_MAX + 1);

	(void)core;
	memset(text, 'x', WIRE_MAX);
	text[WIRE_MAX] = '\0';
	doc_set_str(d, "text", text);
	free(text);
	req_answer(r, d);
}

static void an_answer_that_is_too_large_becomes_an_error(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_VIEWER);

	handlers[REQUEST_INFO] = big_answer;
	say(fd, "{\"id\":1,\"request\":\"info\"}\n");
	expect(f, fd, "\"code\":\"limit\"");
	close(fd);
}

static void who_does_not_read_is_let_go(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_VIEWER);
	struct doc *d = doc_new_map();
	char *text = xmalloc(WIRE_MAX / 2 + 1);

	memset(text, 'x', WIRE_MAX / 2);
	text[WIRE_MAX / 2] = '\0';
	doc_set_str(d, "text", text);
	free(text);
	handlers[REQUEST_INFO] = keep;
	for (int i = 1; i <= 64 && socket_client_count(f->server); i++) {
		say(fd, "{\"id\":1,\"request\":\"info\"}\n");
		turn(f);
		if (kept)
			req_answer(kept, doc_copy(d));
		kept = NULL;
	}
	doc_free(d);
	assert_int_equal(socket_client_count(f->server), 0);
	assert_true(f->idle);
	close(fd);
}

/* ---- lives ---- */

static void an_answer_after_its_client_left_goes_nowhere(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_OPERATOR);

	handlers[REQUEST_SWEEP] = keep;
	say(fd, "{\"id\":1,\"request\":\"sweep\"}\n");
	turn(f);
	assert_non_null(kept);
	close(fd);
	turn(f);
	assert_int_equal(socket_client_count(f->server), 0);
	assert_null(kept->conn);
	req_progress(kept, doc_new_map());
	req_answer(kept, NULL);
}

static void progress_comes_before_the_answer(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_OPERATOR);
	struct doc *d = doc_new_map();

	handlers[REQUEST_APPROVE] = keep;
	say(fd, "{\"id\":4,\"request\":\"approve\"}\n");
	turn(f);
	doc_set_int(d, "step", 1);
	req_progress(kept, d);
	req_answer(kept, NULL);
	expect(f, fd,
		"{\"id\":4,\"progress\":{\"step\":1}}\n{\"id\":4,\"ok\":true,\"result\":{}}\n");
	close(fd);
}

static void open_requests_are_bounded(void **state)
{
	struct fixture *f = *state;
	int fd = join(f, ROLE_OPERATOR);

	handlers[REQUEST_SWEEP] = keep;
	for (int i = 0; i < 20; i++)
		say(fd, "{\"id\":1,\"request\":\"sweep\"}\n");
	expect(f, fd, "\"code\":\"busy\"");
	close(fd);
}

static void news_come_once_a_change_to_who_asked(void **state)
{
	struct fixture *f = *state;
	int asks = join(f, ROLE_VIEWER), other = join(f, ROLE_VIEWER);
	char *got;

	say(asks, "{\"id\":1,\"request\":\"news\"}\n");
	expect(f, asks, "{\"id\":1,\"ok\":true");
	socket_news(f->server, 41);
	socket_news(f->server, 41);
	got = hear(f, asks);
	assert_string_equal(got, "{\"news\":41}\n");
	free(got);
	got = hear(f, other);
	assert_string_equal(got, "");
	free(got);
	close(asks);
	close(other);
}

static void idle_is_told(void **state)
{
	struct fixture *f = *state;
	int a = join(f, ROLE_VIEWER), b = join(f, ROLE_VIEWER);

	assert_false(f->idle);
	close(a);
	turn(f);
	assert_false(f->idle);
	close(b);
	turn(f);
	assert_true(f->idle);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_role_sends_each_request),
		TEST(what_cannot_be_audited_is_not_done),
		TEST(refusals_end_a_connection_at_last),
		TEST(garbage_ends_its_connection_only),
		TEST(a_wrong_request_is_told_and_forgiven),
		TEST(a_line_without_end_is_cut),
		TEST(bytes_may_come_one_by_one),
		TEST(many_lines_at_once_are_all_answered),
		TEST(an_answer_that_is_too_large_becomes_an_error),
		TEST(who_does_not_read_is_let_go),
		TEST(an_answer_after_its_client_left_goes_nowhere),
		TEST(progress_comes_before_the_answer),
		TEST(open_requests_are_bounded),
		TEST(news_come_once_a_change_to_who_asked),
		TEST(idle_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
