#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/mem.h"
#include "codec/check.h"
#include "codec/fleet.h"
#include "codec/sudoers.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void lines_are_exact(void **state)
{
	static const struct {
		const char *argv, *line; /* NULL: refused */
	} cases[] = {
		{"/usr/bin/id", "luna ALL=(root) NOPASSWD: /usr/bin/id \"\""},
		{"/usr/bin/tar|-cf|-|-C|/etc|sudoers",
			"luna ALL=(root) NOPASSWD: /usr/bin/tar -cf - -C /etc sudoers"},
		{"/bin/x|a,b:c=d", "luna ALL=(root) NOPASSWD: /bin/x a\\,b\\:c\\=d"},
		{"/bin/x|a b", NULL},
		{"/bin/x|a*", NULL},
		{"/bin/x|a?", NULL},
		{"/bin/x|[a]", NULL},
		{"/bin/x|a\\b", NULL},
		{"/bin/x|\"", NULL},
		{"/bin/x|!a", NULL},
		{"/bin/x|#1", NULL},
		{"/bin/x|^a$", NULL},
		{"/bin/x|\xC3\xA9", NULL},
		{"/bin/x||y", NULL},
		{"x", NULL},
		{"/bin/../x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct strs argv = {0};
		struct buf b = {0};
		int rc;

		strs_split(&argv, cases[i].argv, '|');
		rc = sudo_line(&b, "luna", &argv, NULL);
		assert_int_equal(rc, cases[i].line ? 0 : -1);
		if (!rc)
			assert_string_equal(buf_str(&b), cases[i].line);
		buf_finish(&b);
		strs_finish(&argv);
	}
}

/* What one text says of "/usr/bin/systemctl restart nginx.service" by luna, unless argv is given.
 */
static void the_last_line_that_matters_decides(void **state)
{
	static const struct {
		const char *text, *argv;
		enum sudoers_verdict verdict;
		int line;
	} cases[] = {
		{"", NULL, SUDOERS_NONE, 0},
#define EXACT "luna ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx.service\n"
		{EXACT, NULL, SUDOERS_EXACT, 1},
		{"# c\n\n" EXACT, NULL, SUDOERS_EXACT, 3},
		{"luna  ALL = ( root )  NOPASSWD:/usr/bin/systemctl  restart nginx.service # why\n",
			NULL, SUDOERS_EXACT, 1},
		{"luna ALL = (root) NOPASSWD:/usr/bin/systemctl  restart nginx.service # why\n",
			NULL, SUDOERS_EXACT, 1},
		{"luna ALL=(ALL) NOPASSWD: /bin/a, /usr/bin/systemctl restart nginx.service\n",
			NULL, SUDOERS_EXACT, 1},
		{"luna ALL=NOPASSWD: /usr/bin/systemctl \\\n  restart nginx.service\n", NULL,
			SUDOERS_EXACT, 1},
		{"max, luna ALL=NOPASSWD: /usr/bin/systemctl restart nginx.service\n", NULL,
			SUDOERS_EXACT, 1},
		/* another user, host, identity or argument */
		{"lun ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx.service\n", NULL,
			SUDOERS_NONE, 0},
		{"%luna ALL=(root) NOPASSWD: ALL\n", NULL, SUDOERS_NONE, 0},
		{"luna web1=(root) NOPASSWD: /usr/bin/systemctl restart nginx.service\n", NULL,
			SUDOERS_UNSURE, 1},
		{"luna ALL=(max) NOPASSWD: ALL\n", NULL, SUDOERS_NONE, 0},
		{"luna ALL=(root) NOPASSWD: /usr/bin/systemctl restart apache2.service\n", NULL,
			SUDOERS_NONE, 0},
		{"luna ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx.service now\n", NULL,
			SUDOERS_NONE, 0},
		{"luna ALL=(root) NOPASSWD: /usr/bin/systemctl restart\n", NULL, SUDOERS_NONE, 0},
		/* as good as root */
		{"luna ALL=(root) NOPASSWD: ALL\n", NULL, SUDOERS_ROOT, 1},
		{"luna ALL=(ALL:ALL) NOPASSWD: /usr/bin/systemctl\n", NULL, SUDOERS_ROOT, 1},
		{"luna ALL=NOPASSWD: /usr/bin/systemctl restart ngin*.service\n", NULL,
			SUDOERS_ROOT, 1},
		{"luna ALL=NOPASSWD: /usr/bin/systemctl restart *\n", NULL, SUDOERS_ROOT, 1},
		{"luna ALL=NOPASSWD: /usr/bin/\n", NULL, SUDOERS_ROOT, 1},
		{"luna ALL=NOPASSWD: /usr/bin/* restart nginx.service\n", NULL, SUDOERS_ROOT, 1},
		{"luna ALL=NOPASSWD: /usr/bin/systemctl restart php*.service\n", NULL, SUDOERS_NONE,
			0},
		{"luna ALL=NOPASSWD: /usr/bin/install * /etc/nginx/*\n",
			"/usr/bin/install|x|y|/etc/nginx/../shadow", SUDOERS_ROOT, 1},
		/* a password, or no */
		{"luna ALL=(root) /usr/bin/systemctl restart nginx.service\n", NULL, SUDOERS_DENIED,
			1},
		{EXACT "luna ALL=(root) PASSWD: ALL\n", NULL, SUDOERS_DENIED, 2},
		{EXACT "luna ALL=(root) NOPASSWD: !ALL\n", NULL, SUDOERS_DENIED, 2},
		{EXACT "ALL ALL=(ALL) !/usr/bin/systemctl\n", NULL, SUDOERS_DENIED, 2},
		{EXACT "luna ALL=(root) NOPASSWD: ALL, !/bin/systemctl\n", NULL, SUDOERS_DENIED, 2},
		{"luna ALL=(root) NOPASSWD: !ALL\n" EXACT, NULL, SUDOERS_EXACT, 2},
		{"luna ALL=(root) NOPASSWD: ALL\n" EXACT, NULL, SUDOERS_EXACT, 2},
		/* requiretty, wherever it stands */
		{"Defaults requiretty\n" EXACT, NULL, SUDOERS_DENIED, 1},
		{EXACT "Defaults env_reset, requiretty\n", NULL, SUDOERS_DENIED, 2},
		{EXACT "Defaults:luna requiretty\n", NULL, SUDOERS_DENIED, 2},
		{EXACT "Defaults:max requiretty\n", NULL, SUDOERS_EXACT, 1},
		{"Defaults requiretty\nDefaults:luna !requiretty\n" EXACT, NULL, SUDOERS_EXACT, 3},
		/* not understood */
		{EXACT "ADMINS ALL=(ALL) !ALL\n", NULL, SUDOERS_UNSURE, 2},
		{EXACT "#1000 ALL=(ALL) !ALL\n", NULL, SUDOERS_UNSURE, 2},
		{EXACT "#-1 ALL=(ALL) !ALL\n", NULL, SUDOERS_UNSURE, 2},
		{EXACT "#includedir /etc/sudoers.d\n", NULL, SUDOERS_EXACT, 1},
		{EXACT "luna ALL=(root) NOPASSWD: WEB\n", NULL, SUDOERS_UNSURE, 2},
		{EXACT "luna ALL=(root) NOPASSWD: sha256:00 /bin/x\n", NULL, SUDOERS_UNSURE, 2},
		{EXACT "luna ALL=(root) NOPASSWD: /usr/bin/systemctl ^re.*$\n", NULL,
			SUDOERS_UNSURE, 2},
		{EXACT "luna ALL=(root) NOEXEC: NOPASSWD: ALL\n", NULL, SUDOERS_UNSURE, 2},
		/* a comment's last backslash continues nothing */
		{EXACT "# x \\\nluna ALL=(root) NOPASSWD: !ALL\n", NULL, SUDOERS_DENIED, 3},
		/* a bare command and `""` */
		{"luna ALL=(root) NOPASSWD: /usr/bin/id \"\"\n", "/usr/bin/id", SUDOERS_EXACT, 1},
		{"luna ALL=(root) NOPASSWD: /usr/bin/id \"\"\n", "/usr/bin/id|-u", SUDOERS_NONE, 0},
		{"luna ALL=(root) NOPASSWD: /usr/bin/id\n", "/usr/bin/id", SUDOERS_ROOT, 1},
		{"luna ALL=(root) NOPASSWD: /bin/x a\\,b\\:c\\=d\n", "/bin/x|a,b:c=d",
			SUDOERS_EXACT, 1},
	};
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sudoers_answer a = {0};
		struct strs argv = {0};
		const char *words = cases[i].argv;
		bool said;

		strs_split(&argv, words ? words : "/usr/bin/systemctl|restart|nginx.service", '|');
		said = sudoers_allows(&a, cases[i].text, strlen(cases[i].text), "luna", &argv);
		strs_finish(&argv);
		if (a.verdict == cases[i].verdict && a.line == cases[i].line &&
			said == (a.verdict != SUDOERS_NONE))
			continue;
		print_error("%s\ngave %s in line %d\n", cases[i].text,
			sudoers_verdict_name(a.verdict), a.line);
		bad++;
	}
	assert_int_equal(bad, 0);
}

static void files_are_asked_in_turn(void **state)
{
	static const char *const texts[] = {"Defaults requiretty\n%sudo ALL=(ALL:ALL) ALL\n", EXACT,
		"max ALL=(ALL) ALL\n", "Defaults !requiretty\n"};
	static const bool says[] = {true, true, false, true};
	static const enum sudoers_verdict verdicts[] = {
		SUDOERS_DENIED, SUDOERS_DENIED, SUDOERS_DENIED, SUDOERS_EXACT};
	struct sudoers_answer a = {0};
	struct strs argv = {0};

	(void)state;
	strs_split(&argv, "/usr/bin/systemctl|restart|nginx.service", '|');
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(
			sudoers_allows(&a, texts[i], strlen(texts[i]), "luna", &argv), says[i]);
		assert_int_equal(a.verdict, verdicts[i]);
	}
	strs_finish(&argv);
}

static void a_nul_is_not_trusted(void **state)
{
	static const char text[] = EXACT "max ALL=(ALL) ALL\0luna ALL=!ALL\n";
	struct sudoers_answer a = {0};
	struct strs argv = {0};

	(void)state;
	strs_split(&argv, "/usr/bin/systemctl|restart|nginx.service", '|');
	assert_true(sudoers_allows(&a, text, sizeof text - 1, "luna", &argv));
	assert_int_equal(a.verdict, SUDOERS_UNSURE);
	strs_finish(&argv);
}

static void wide_lines_are_found(void **state)
{
	static const char text[] =
		"Defaults env_reset\n"
		"root ALL=(ALL:ALL) ALL\n"
		"luna ALL=(root) NOPASSWD: /usr/bin/systemctl restart php*.service\n"
		"luna ALL=(root) NOPASSWD: /usr/bin/df -PT\n"
		"luna ALL=(root) NOPASSWD: /usr/bin/apt-get -y install *\n"
		"luna ALL=(root) /usr/bin/vim\n"
		"luna ALL=(root) NOPASSWD: !/usr/bin/su\n"
		"luna ALL=(max) NOPASSWD: ALL\n"
		"luna ALL=(root) NOPASSWD: /usr/bin/a \"\", /usr/bin/install x /etc/nginx/*\n"
		"ALL ALL=(ALL) ALL\n";
	static const int expected[] = {3, 5, 6, 9, 10};
	int lines[16];
	size_t n = sudoers_wide_lines(lines, COUNT(lines), text, sizeof text - 1, "luna");

	(void)state;
	assert_int_equal(n, COUNT(expected));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(lines[i], expected[i]);
	assert_int_equal(sudoers_wide_lines(lines, 1, text, sizeof text - 1, "luna"), n);
}

static const char fleet_text[] =
	"estate: x\nhosts:\n  web1:\n    address: a\n    tags: [linux]\n    params: {dir: /etc}\n"
	"    managed: [{path: /etc/sudoers.d/luna, mode: \"0440\"}, {path: /etc/key, secret: "
	"true}]\n"
	"    services: [{unit: nginx.service, may: [restart, reload]}]\n"
	"  nas: {address: b}\n";
static const char check_text[] = "title: t\nabout: a\napplies: {tags: [linux]}\ncommands:\n"
				 "  tree: {argv: [/usr/bin/tar, --numeric-owner, -cf, -, -C, "
				 "\"{dir}\", sudoers], sudo: true, read: tar}\n"
				 "  plain: {argv: [/usr/bin/df], read: lines}\n"
				 "facts: .\nbaseline: {kind: tree, from: tree}\n";

struct estate {
	struct fleet *f;
	struct catalogue *c;
};

static struct estate estate(void)
{
	struct estate s = {.c = xcalloc(1, sizeof *s.c)};
	struct err e = {0};

	if (fleet_read(&s.f, fleet_text, sizeof fleet_text - 1, "f", &e) ||
		check_read(ARR_ADD(s.c->checks, s.c->check_count, s.c->check_cap), "sudoers",
			check_text, sizeof check_text - 1, "c", NULL, NULL, &e))
		fail_msg("%s", e.msg);
	return s;
}

static void estate_finish(struct estate *s)
{
	fleet_free(s->f);
	catalogue_free(s->c);
}

static void a_host_gets_the_smallest_file(void **state)
{
	static const char body[] = "Defaults:opsdeck-look env_reset, !use_pty\n"
				   "Defaults:opsdeck-apply env_reset, !use_pty\n"
				   "\n"
				   "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/tar --numeric-owner "
				   "-cf - -C /etc sudoers\n"
				   "opsdeck-look ALL=(root) NOPASSWD: /usr/bin/tar --numeric-owner "
				   "-cf - -C /etc/sudoers.d luna\n"
				   "\n"
				   "opsdeck-apply ALL=(root) NOPASSWD: /usr/bin/install -o root -g "
				   "root -m 0440 -T /dev/stdin "
				   "/etc/sudoers.d/.luna.opsdeck\n";
	struct estate s = estate();
	struct buf b = {0};
	struct err e = {0};
	struct strs lines = {0};

	(void)state;
	assert_int_equal(sudoers_render(&b, s.f, s.c, fleet_host(s.f, "web1"), &e), 0);
	assert_non_null(strstr(buf_str(&b), body));
	assert_non_null(strstr(buf_str(&b),
		"\nopsdeck-apply ALL=(root) NOPASSWD: /usr/bin/systemctl reload nginx.service\n"));
	assert_non_null(strstr(buf_str(&b), "\nopsdeck-apply ALL=(root) NOPASSWD: /usr/bin/tar "
					    "--numeric-owner -cf - -C /etc key\n"));
	assert_null(strstr(buf_str(&b), "/usr/bin/df"));
	assert_int_equal(sudo_lines_for_host(&lines, s.f, s.c, fleet_host(s.f, "nas"), &e), 0);
	assert_int_equal(lines.n, 0);
	buf_finish(&b);
	strs_finish(&lines);
	estate_finish(&s);
}

/* Every line that is printed allows exactly its own command, by this reader's own judgement. */
static void each_item_has_its_line(void **state)
{
	static char name[] = "t", command[] = "smartctl", each[] = "disks", look[] = "look";
	static char params[] =
		"{\"disks\":[{\"name\":\"/dev/sda\",\"type\":\"sat\"},\"/dev/sdb\"]}";
	struct check_command cmd = {.name = command, .each = each, .sudo = true};
	struct check c = {.name = name, .commands = &cmd, .command_count = 1};
	struct host h = {.name = name, .params = params, .user = {look, look}};
	struct strs lines = {0};
	struct err e = {0};

	(void)state;
	strs_split(&cmd.argv, "/usr/sbin/smartctl -d {each.type|auto} {each}", ' ');
	assert_int_equal(sudo_lines_for_check(&lines, &c, &h, &e), 0);
	assert_int_equal(lines.n, 2);
	assert_string_equal(
		lines.v[0], "look ALL=(root) NOPASSWD: /usr/sbin/smartctl -d sat /dev/sda");
	assert_string_equal(
		lines.v[1], "look ALL=(root) NOPASSWD: /usr/sbin/smartctl -d auto /dev/sdb");
	strs_finish(&lines);
	/* A word that would reach further than the item is refused. */
	h.params = (char *)"{\"disks\":[\"/dev/sd*\"]}";
	assert_int_equal(sudo_lines_for_check(&lines, &c, &h, &e), -1);
	assert_non_null(strstr(e.msg, "cannot stand in an exact sudoers line"));
	strs_finish(&lines);
	strs_finish(&cmd.argv);
}

static void what_is_written_is_what_is_allowed(void **state)
{
	struct estate s = estate();
	const struct host *h = fleet_host(s.f, "web1");
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(sudoers_render(&b, s.f, s.c, h, &e), 0);
	for (size_t i = 0; i < h->managed_count; i++) {
		for (int a = 0; a < MANAGED_ACT_COUNT; a++) {
			enum identity id = managed_identity(&h->managed[i], (enum managed_act)a);
			struct sudoers_answer yes = {0}, no = {0};
			struct strs argv = {0};

			managed_argv(&argv, &h->managed[i], (enum managed_act)a);
			sudoers_allows(&yes, buf_str(&b), b.len, h->user[id], &argv);
			assert_int_equal(yes.verdict, SUDOERS_EXACT);
			strs_add(&argv, "more");
			sudoers_allows(&no, buf_str(&b), b.len, h->user[id], &argv);
			assert_int_equal(no.verdict, SUDOERS_NONE);
			strs_finish(&argv);
		}
	}
	assert_int_equal(
		sudoers_wide_lines(NULL, 0, buf_str(&b), b.len, h->user[IDENTITY_APPLY]), 0);
	buf_finish(&b);
	estate_finish(&s);
}

/* Runs a program on the text in a file; skipped where there is no such program. */
static void accepted_by(const char *const *argv, size_t file_at, const struct buf *text)
{
	const char *words[8] = {0};
	char path[] = "/tmp/opsdeck-test-XXXXXX";
	struct child_result r;
	struct err e = {0};
	int fd;

	if (access(argv[0], X_OK))
		skip();
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text->data, text->len), text->len);
	close(fd);
	for (size_t i = 0; argv[i]; i++)
		words[i] = argv[i];
	words[file_at] = path;
	if (child_run(
		    &r, &(struct child_spec){.argv = words, .out_max = 4096, .err_max = 4096}, &e))
		fail_msg("%s", e.msg);
	unlink(path);
	if (r.exit_status)
		fail_msg("%s%s", buf_str(&r.out), buf_str(&r.err));
	child_result_finish(&r);
}

static void visudo_takes_it(void **state)
{
	static const char *const argv[] = {"/usr/sbin/visudo", "-cf", "", NULL};
	struct estate s = estate();
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(sudoers_render(&b, s.f, s.c, fleet_host(s.f, "web1"), &e), 0);
	estate_finish(&s);
	accepted_by(argv, 2, &b);
	buf_finish(&b);
}

static void the_shell_takes_the_script(void **state)
{
	static const char *const parse[] = {"/bin/sh", "-n", "", NULL};
	struct estate s = estate();
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(sudoers_render_script(&b, s.f, s.c, &e), 0);
	estate_finish(&s);
	assert_non_null(strstr(buf_str(&b), "\nweb1)\n"));
	assert_null(strstr(buf_str(&b), "\nnas)\n"));
	assert_non_null(strstr(buf_str(&b), "echo \"hosts: web1\""));
	accepted_by(parse, 2, &b);
	buf_finish(&b);
}

static void drop_ins_have_the_last_word(void **state)
{
	static const struct {
		const char *text;
		bool last;
	} rows[] = {
		{"root ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n", true},
		{"#includedir  /etc/sudoers.d  \n\n# the end\n", true},
		{"  @includedir /etc/sudoers.d", true},
		{"root ALL=(ALL) ALL\n", false},
		{"", false},
		{"@includedir /etc/sudoers.d\nopsdeck-apply ALL=(ALL) !ALL\n", false},
		{"@includedir /etc/sudoers.d\n#1000 ALL=(ALL) !ALL\n", false},
		{"@includedir /etc/sudoers.d2\n", false},
		{"@includedir /etc/sudoers.d\n@include /etc/other\n", false},
		{"# @includedir /etc/sudoers.d\n", false},
		{"@includedir\n/etc/sudoers.d\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (sudoers_drop_ins_last(rows[i].text) != rows[i].last)
			fail_msg("row %zu: %s", i, rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_exact),
		cmocka_unit_test(the_last_line_that_matters_decides),
		cmocka_unit_test(files_are_asked_in_turn),
		cmocka_unit_test(a_nul_is_not_trusted),
		cmocka_unit_test(wide_lines_are_found),
		cmocka_unit_test(a_host_gets_the_smallest_file),
		cmocka_unit_test(each_item_has_its_line),
		cmocka_unit_test(what_is_written_is_what_is_allowed),
		cmocka_unit_test(drop_ins_have_the_last_word),
		cmocka_unit_test(visudo_takes_it),
		cmocka_unit_test(the_shell_takes_the_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
