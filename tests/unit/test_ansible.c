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
#include "codec/ansible.h"

static int read_text(struct found_hosts *f, const char *text, struct err *e)
{
	return ansible_hosts(f, text, strlen(text), "inv", e);
}

/* "name address port user tag,tag" of each, and what was left out. */
static void expect(const char *text, const char *hosts, const char *left)
{
	struct found_hosts f = {0};
	struct buf said = {0};
	struct err e = {0};
	char *out;

	if (read_text(&f, text, &e))
		fail_msg("%s: %s", text, e.msg);
	for (size_t i = 0; i < f.n; i++) {
		out = strs_join(&f.v[i].tags, ",");
		buf_addf(&said, "%s%s %s %d %s %s", i ? ";" : "", f.v[i].name, f.v[i].address,
			f.v[i].port, f.v[i].user ? f.v[i].user : "-", out);
		free(out);
	}
	assert_string_equal(buf_str(&said), hosts);
	out = strs_join(&f.left_out, ";");
	assert_string_equal(out, left);
	free(out);
	buf_finish(&said);
	found_hosts_finish(&f);
}

static void reads_the_ini_form(void **state)
{
	(void)state;
	expect("", "", "");
	expect("; a comment\n# another\n\nweb1\n", "web1 web1 22 - ", "");
	expect("web1 ansible_host=192.0.2.1 ansible_port=2222 ansible_user=max # c\n",
		"web1 192.0.2.1 2222 max ", "");
	expect("web1 ansible_user='max' x=\"a b\" ansible_ssh_port=\"24\"\r\n", "web1 web1 24 max ",
		"");
	expect("[Web]\nweb1:2201\nWEB2\n[db] # the rest\nweb1\n",
		"web1 web1 2201 - web,db;web2 WEB2 22 - web", "");
	expect("[ungrouped]\na\n[w:vars]\nansible_port = 23 # c\n[w]\nb\n[all:vars]\n"
	       "ansible_user=max\n",
		"a a 22 max ;b b 23 max w", "");
}

static void expands_ranges(void **state)
{
	(void)state;
	expect("web[08:10].lan\n",
		"web08.lan web08.lan 22 - ;web09.lan web09.lan 22 - ;web10.lan web10.lan 22 - ",
		"");
	expect("[w]\n[a:c].lan:99\n", "a.lan a.lan 99 - w;b.lan b.lan 99 - w;c.lan c.lan 99 - w",
		"");
	expect("n[1:5:2]\n", "n1 n1 22 - ;n3 n3 22 - ;n5 n5 22 - ", "");
	expect("n[:1][x:y]\n", "n0x n0x 22 - ;n0y n0y 22 - ;n1x n1x 22 - ;n1y n1y 22 - ", "");
	expect("six ansible_host=2001:db8::1\n", "six 2001:db8::1 22 - ", "");
	expect("[2001:db8::1]:22\n", "",
		"inv:1:1: \"[2001:db8::1]\" cannot be a host's name: use a name of a-z, 0-9, '.', "
		"'_' and '-'");
}

/* The host's own, then the deepest group's, then the last by name. */
static void variables_have_an_order(void **state)
{
	(void)state;
	expect("[p:children]\nc\n[c]\nh\n[p:vars]\nansible_port=1\nansible_user=pu\n"
	       "[c:vars]\nansible_port=2\n",
		"h h 2 pu p,c", "");
	expect("[b]\nh\n[a]\nh\n[b:vars]\nansible_port=2\n[a:vars]\nansible_port=1\n",
		"h h 2 - b,a", "");
	expect("[b]\nh ansible_port=3\n[b:vars]\nansible_port=2\n", "h h 3 - b", "");
	expect("[b]\nh ansible_port=3\n[a]\nh\n", "h h 3 - b,a", "");
}

static void reads_the_yaml_form(void **state)
{
	(void)state;
	expect("all:\n  hosts:\n    a: {ansible_host: 192.0.2.1}\n  vars: {ansible_user: max}\n"
	       "  children:\n    web:\n      hosts:\n        w[1:2].lan:\n          ansible_port: "
	       "23\n"
	       "    empty:\n",
		"a 192.0.2.1 22 max ;w1.lan w1.lan 23 max web;w2.lan w2.lan 23 max web", "");
	expect("p:\n  children:\n    c: {hosts: {h: }, vars: {ansible_port: 2}}\n"
	       "  vars: {ansible_port: 1}\n",
		"h h 2 - p,c", "");
	expect("web:\n  hosts: one\n  host: {two: }\n", "one one 22 - web",
		"inv:3:3: host: a group has hosts, children and vars");
	expect("w: {hosts: {a: {ansible_user: !vault x, ansible_host: \"{{ x }}\"}}}\n",
		"a a 22 x w", "");
	expect("{\"_meta\": {\"hostvars\": {\"a\": {\"ansible_port\": 3}}}, \"w\": {\"hosts\": "
	       "[\"a\"]}, \"p\": {\"children\": [\"w\"]}}",
		"a a 3 - w,p", "");
}

static void leaves_out_what_is_no_host(void **state)
{
	struct found_hosts f = {0};
	struct err e = {0};

	(void)state;
	expect("localhost\nh ansible_connection=local\nw ansible_connection=winrm\n", "",
		"inv:1:1: localhost: is this machine;inv:2:1: h: is this machine;"
		"inv:3:1: w: connection winrm: opsdeck speaks SSH");
	assert_int_equal(read_text(&f,
				 "h ansible_user=root ansible_host='{{ x }}' "
				 "ansible_ssh_common_args='-o ProxyJump=b'\n",
				 &e),
		0);
	assert_string_equal(f.v[0].address, "h");
	assert_int_equal(f.v[0].notes.n, 3);
	found_hosts_finish(&f);
}

static void mistakes_have_a_place(void **state)
{
	static const char *const cases[][2] = {
		{"a\n[web\n", "inv:2:1: the bracket is not closed"},
		{"[]\n", "inv:1:1: a section is [GROUP], [GROUP:children] or [GROUP:vars]"},
		{"[a:b]\n", "inv:1:1: a section is [GROUP], [GROUP:children] or [GROUP:vars]"},
		{"[a] x\n", "inv:1:5: nothing stands behind a section's bracket"},
		{"a b\n", "inv:1:3: \"b\" is no KEY=VALUE"},
		{"a b='c\n", "inv:1:3: a quote is not closed"},
		{"[a:vars]\n  b\n", "inv:2:3: \"b\" is no KEY=VALUE"},
		{"[a:children]\nb c\n", "inv:2:3: one group a line"},
		{"[a:children]\nb\n[b:children]\na\n",
			"inv:4:1: the group a would be a child of itself through b"},
		{"[a:children]\na\n", "inv:2:1: the group a would be a child of itself through a"},
		{"[a:children]\nall\n",
			"inv:2:1: the group all would be a child of itself through a"},
		{"[a group]\n", "inv:1:1: a section is [GROUP], [GROUP:children] or [GROUP:vars]"},
		{"x[1:2\n", "inv:1:2: the bracket is not closed"},
		{"x[1]\n", "inv:1:2: a range has a beginning and an end: [01:10] or [a:c]"},
		{" x[2:1]\n", "inv:1:3: a range that ends before it begins"},
		{"x[a:9]\n",
			"inv:1:2: a range goes from number to number or from letter to letter"},
		{"x[01:100]\n",
			"inv:1:2: both ends of a range that begins with 0 are equally long"},
		{"x[1:2:0]\n", "inv:1:2: the step of a range is a number above 0"},
		{"x[1:999999999]\n", "inv:1:2: more than 5000 hosts"},
		{"x[1:99][1:99]\n", "inv:1:8: more than 5000 hosts"},
		{"x[1:99999999999999999999]\n",
			"inv:1:2: a range goes from number to number or from letter to letter"},
		{"#!/bin/sh\n",
			"inv:1:1: this is a script: give a file that `ansible-inventory --list "
			"--yaml` wrote"},
		{"---\n- hosts: all\n", "inv:2:1: an inventory is a map of groups, not a list"},
		{"all:\n  hosts: [1]\n", "inv:2:10: hosts must be a map, not a list"},
		{"all:\n  children: 5\n", "inv:2:13: children must be a map, not a number"},
		{"all: {hosts: {a: [x]}}\nb:\n",
			"inv:1:18: the variables of a host must be a map, not a list"},
		{"all:\n  hosts: {a\n",
			"inv:3:1: did not find expected ',' or '}' (while parsing a flow mapping "
			"that began in line 2)"},
	};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct found_hosts f = {0};

		if (!read_text(&f, cases[i][0], &e))
			fail_msg("%s is taken", cases[i][0]);
		assert_string_equal(e.msg, cases[i][1]);
		found_hosts_finish(&f);
	}
}

/* Many lines, many groups, and a chain of them: limits, and no loop without end. */
static void is_bounded(void **state)
{
	struct found_hosts f = {0};
	struct buf text = {0};
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 25000; i++)
		buf_adds(&text, "a\n");
	assert_int_equal(read_text(&f, buf_str(&text), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_reset(&text);
	for (int i = 0; i < 2000; i++)
		buf_addf(&text, "[g%d]\n", i);
	assert_int_equal(read_text(&f, buf_str(&text), &e), -1);
	assert_string_equal(e.msg, "inv:1000:1: more than 1000 groups");
	buf_reset(&text);
	for (int i = 0; i < 900; i++)
		buf_addf(&text, "[g%d:children]\ng%d\n", i, i + 1);
	buf_adds(&text, "[g900]\nh\n[g0:vars]\nansible_port=9\n");
	assert_int_equal(read_text(&f, buf_str(&text), &e), 0);
	assert_int_equal(f.v[0].port, 9);
	assert_int_equal(f.v[0].tags.n, 901);
	buf_finish(&text);
	found_hosts_finish(&f);
	assert_int_equal(ansible_hosts(&f, "a\0b\n", 4, "inv", &e), -1);
	assert_string_equal(e.msg, "inv:1:1: a NUL byte: this is no text");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_ini_form),
		cmocka_unit_test(expands_ranges),
		cmocka_unit_test(variables_have_an_order),
		cmocka_unit_test(reads_the_yaml_form),
		cmocka_unit_test(leaves_out_what_is_no_host),
		cmocka_unit_test(mistakes_have_a_place),
		cmocka_unit_test(is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
