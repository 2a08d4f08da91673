#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/sshconfig.h"

/* Files that Include finds: "a", "b"; "loop" includes itself twice. */
static int include(
	void *arg, const char *pattern, struct strs *names, struct strs *texts, struct err *e)
{
	static const char *const files[][2] = {{"a", "Host one\n Port 2201\n"},
		{"b", "User bea\nHost two\n HostName two.example.org\n"},
		{"loop", "Include loop loop\n"}};

	(void)arg;
	(void)e;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (str_eq(files[i][0], pattern)) {
			strs_add(names, files[i][0]);
			strs_add(texts, files[i][1]);
		}
	return 0;
}

static int read_text(struct found_hosts *f, const char *text, struct err *e)
{
	return ssh_config_hosts(f, text, strlen(text), "config", include, NULL, e);
}

/* "name address port user" of each, and what was left out. */
static void expect(const char *text, const char *hosts, const char *left)
{
	struct found_hosts f = {0};
	struct buf said = {0};
	struct err e = {0};
	char *out;

	if (read_text(&f, text, &e))
		fail_msg("%s: %s", text, e.msg);
	for (size_t i = 0; i < f.n; i++)
		buf_addf(&said, "%s%s %s %d %s", i ? ";" : "", f.v[i].name, f.v[i].address,
			f.v[i].port, f.v[i].user ? f.v[i].user : "-");
	assert_string_equal(buf_str(&said), hosts);
	out = strs_join(&f.left_out, ";");
	assert_string_equal(out, left);
	free(out);
	buf_finish(&said);
	found_hosts_finish(&f);
}

static void takes_names_without_wildcards(void **state)
{
	(void)state;
	expect("", "", "");
	expect("# only\n\n  # comments\n", "", "");
	expect("Host web1\n", "web1 web1 22 -", "");
	expect("Host web1 web2 *.lan !bad\n", "web1 web1 22 -;web2 web2 22 -", "");
	expect("Host Web1\r\n  Port 2222\r\n", "web1 Web1 2222 -", "");
	expect("Host a\nHost a\n", "a a 22 -", "");
	expect("HOST=a\nhostname = \"10.0.0.1\"\nUSER 'max' # me\n", "a 10.0.0.1 22 max", "");
	expect("Host a\n HostName [2001:db8::1]\n", "a 2001:db8::1 22 -", "");
	expect("Host a\n HostName %h,%%lan\n", "",
		"config:1:1: a: \"a,%lan\" is no name or "
		"address");
}

static void the_first_value_counts(void **state)
{
	(void)state;
	expect("Host a b\n User one\nHost b\n User two\n Port 7\nHost *\n Port 8\n User three\n",
		"a a 8 one;b b 7 one", "");
	expect("Port 9\nHost a\n Port 10\n", "a a 9 -", "");
	expect("Host a b\nHost * !b\n Port 4\n", "a a 4 -;b b 22 -", "");
	expect("Host a\nMatch all\n Port 5\n", "a a 5 -", "");
	expect("Host a\nMatch host a\n Port 5\nHost a\n Port 6\n", "a a 6 -",
		"config:2:1: this Match block is passed over");
}

static void includes_count_where_they_stand(void **state)
{
	(void)state;
	expect("Include a none\nHost *\n User max\n", "one one 2201 max", "");
	expect("Host two\n Include b\n Port 3\n", "two two.example.org 3 bea", "");
	expect("Host x\n Include b\n Port 3\nHost y\n", "x x 3 bea;two two 22 -;y y 22 -", "");
}

static void leaves_out_what_is_no_host(void **state)
{
	struct found_hosts f = {0};
	struct err e = {0};

	(void)state;
	expect("Host example.org\n User git\nHost a\n", "a a 22 -",
		"config:1:1: example.org: the login git is for repositories, it runs no commands");
	expect("Host a\n Port 70000\n", "", "config:1:1: a: \"70000\" is no port");
	expect("Host A\nHost a\n", "a A 22 -", "config:2:1: a stands there twice");
	expect("  Host a,b\n", "",
		"config:1:3: \"a,b\" cannot be a host's name: use a name of a-z, 0-9, '.', '_' and "
		"'-'");
	assert_int_equal(
		read_text(&f, "Host a\n User root\n ProxyJump b\n ProxyCommand none\n", &e), 0);
	assert_null(f.v[0].user);
	assert_int_equal(f.v[0].notes.n, 2);
	assert_non_null(strstr(f.v[0].notes.v[1], "ProxyJump b"));
	found_hosts_finish(&f);
}

static void mistakes_have_a_place(void **state)
{
	static const char *const cases[][2] = {
		{"Host a\n  HostName\n", "config:2:3: HostName has no value"},
		{"Host \"a\n", "config:1:1: a quote is not closed"},
		{"\n [web]\n", "config:2:2: \"[web]\" is no keyword of ssh_config"},
		{"Include loop\n", "loop:1:1: Include is nested deeper than 16: a loop?"},
		{"all:\n  hosts:\n", "config:1:1: \"all:\" is no keyword of ssh_config"},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct found_hosts f = {0};

		assert_int_equal(read_text(&f, cases[i][0], &e), -1);
		assert_string_equal(e.msg, cases[i][1]);
		found_hosts_finish(&f);
	}
}

static void is_bounded(void **state)
{
	struct found_hosts f = {0};
	struct buf text = {0};
	struct err e = {0};

	(void)state;
	for (int i = 0; i <= FOUND_HOSTS_MAX; i++)
		buf_addf(&text, "Host h%d\n", i);
	assert_int_equal(read_text(&f, buf_str(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	found_hosts_finish(&f);
	assert_int_equal(ssh_config_hosts(&f, "Host a\0b\n", 9, "config", NULL, NULL, &e), -1);
	assert_string_equal(e.msg, "config:1:1: a NUL byte: this is no text");
	buf_finish(&text);
}

static void writes_entries_of_fleet_yml(void **state)
{
	struct found_hosts f = {0};
	struct buf out = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(read_text(&f,
				 "Host no\n HostName 192.0.2.1\nHost 10\n HostName ::1\n Port 24\n"
				 " ProxyJump x\x1b[2J\n User max\n",
				 &e),
		0);
	strs_add(&f.v[0].tags, "linux");
	strs_add(&f.v[0].tags, "off");
	found_hosts_text(&out, &f, 2);
	assert_string_equal(buf_str(&out),
		"  \"no\":\n    address: 192.0.2.1\n    tags: [linux, \"off\"]\n"
		"  \"10\":\n"
		"    # ProxyJump x<U+001B>[2J is not taken over: opsdeck connects directly\n"
		"    address: \"::1\"\n    port: 24\n    look: max\n");
	assert_true(found_drop(&f, "no"));
	assert_false(found_drop(&f, "no"));
	assert_string_equal(f.v[0].name, "10");
	buf_finish(&out);
	found_hosts_finish(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_names_without_wildcards),
		cmocka_unit_test(the_first_value_counts),
		cmocka_unit_test(includes_count_where_they_stand),
		cmocka_unit_test(leaves_out_what_is_no_host),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(writes_entries_of_fleet_yml),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
