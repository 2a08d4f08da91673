#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "codec/fleet.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char whole[] = "estate: homelab\n"
			    "sweep: {every: 2m, width: 8, deadline: 20s}\n"
			    "identities: {look: watcher}\n"
			    "groups: {dns: [nas, web1], empty: []}\n"
			    "hosts:\n"
			    "  web1:\n"
			    "    address: 192.0.2.11\n"
			    "    port: 2222\n"
			    "    tags: [linux, web]\n"
			    "    params: {sandbox: /x, n: 3}\n"
			    "    managed:\n"
			    "      - {path: /etc/sudoers.d/luna, mode: \"0440\", check: sudoers}\n"
			    "      - {path: /etc/x, owner: max, group: \"4\", secret: true}\n"
			    "    services: [{unit: nginx.service, may: [restart, reload]}]\n"
			    "    without: [containers]\n"
			    "    apply: fixer\n"
			    "    deadline: 5s\n"
			    "  here: {transport: local, sandbox: /home/max/sandbox}\n"
			    "  nas: {address: nas.example}\n"
			    "  old: {transport: replay, replay: samples/old}\n";

static void reads_a_whole_fleet(void **state)
{
	struct fleet *f;
	struct err e = {0};
	const struct host *h;

	(void)state;
	if (fleet_read(&f, whole, sizeof whole - 1, "fleet.yml", &e))
		fail_msg("%s", e.msg);
	assert_string_equal(f->estate, "homelab");
	assert_int_equal(f->sweep_every_ms, 120000);
	assert_int_equal(f->width, 8);
	assert_int_equal(f->host_count, 4);
	assert_string_equal(f->hosts[0].name, "web1");
	assert_int_equal(f->groups.n, 2);
	h = fleet_host(f, "web1");
	assert_int_equal(h->port, 2222);
	assert_string_equal(h->address, "192.0.2.11");
	assert_string_equal(h->user[IDENTITY_LOOK], "watcher");
	assert_string_equal(h->user[IDENTITY_APPLY], "fixer");
	assert_string_equal(h->params, "{\"sandbox\":\"/x\",\"n\":3}");
	assert_int_equal(h->deadline_ms, 5000);
	assert_true(host_in_group(h, "dns"));
	assert_int_equal(h->managed_count, 2);
	assert_int_equal(h->managed[0].mode, 0440);
	assert_string_equal(h->managed[0].owner, "root");
	assert_string_equal(h->managed[0].check, "sudoers");
	assert_string_equal(h->managed[1].group, "4");
	assert_int_equal(h->managed[1].mode, 0644);
	assert_true(h->managed[1].secret);
	assert_true(host_service(h, "nginx.service")->reload);
	assert_true(strs_has(&h->without, "containers"));
	h = fleet_host(f, "here");
	assert_int_equal(h->transport, TRANSPORT_LOCAL);
	assert_string_equal(h->address, "");
	assert_string_equal(h->sandbox, "/home/max/sandbox");
	assert_string_equal(h->user[IDENTITY_APPLY], "opsdeck-apply");
	assert_string_equal(h->params, "{}");
	assert_int_equal(h->deadline_ms, 20000);
	assert_int_equal(fleet_host(f, "nas")->port, 22);
	fleet_free(f);
}

/* The head that makes a text with one broken host. */
#define HOST(fields) "estate: x\nhosts:\n  web1: {address: a, " fields "}\n"

static void names_every_mistake(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "fleet.yml:1:1: the fleet must be a map"},
		{"[]", "fleet.yml:1:1: the fleet must be a map of keys and values, not a list"},
		{"hosts: {a: {address: a}}\n",
			"fleet.yml:1:1: the fleet has no estate: add \"estate:\""},
		{"estate: x\n", "fleet.yml:1:1: hosts must be a map"},
		{"estate: x\nhosts: {}\n", "fleet.yml:2:8: hosts must be a map"},
		{"estate: x\nhost: {}\n",
			"fleet.yml:2:1: unknown key \"host\" in the fleet: did you "
			"mean \"hosts\"?"},
		{"estate: [x]\nhosts: {}\n", "fleet.yml:1:9: estate in the fleet must be the name"},
		{"estate: x\nhosts:\n  Web 1: {address: a}\n",
			"fleet.yml:3:3: \"Web 1\" cannot be a host's name"},
		{"estate: x\nhosts:\n  web1: {address: a}\n  web1: {address: b}\n",
			"fleet.yml:4:3: \"web1\" stands twice (first in line 3): remove one"},
		{"estate: x\nhosts:\n  web1: a\n", "fleet.yml:3:9: host web1 must be a map"},
		{"estate: x\nhosts:\n  web1: {}\n", "fleet.yml:3:9: host web1 has no address: add"},
		{HOST("adress: b"),
			"fleet.yml:3:22: unknown key \"adress\" in host web1: did you mean "
			"\"address\"?"},
		{HOST("port: 0"),
			"fleet.yml:3:28: port in host web1 must be a whole number from 1 to 65535"},
		{HOST("port: \"22\""), "fleet.yml:3:28: port in host web1 must be a whole number"},
		{HOST("port: 65536"), "fleet.yml:3:28: port in host web1 must be a whole number"},
		{HOST("transport: libssh"),
			"fleet.yml:3:33: transport in host web1 is \"libssh\": did you "
			"mean \"libssh2\"?"},
		{HOST("transport: local"),
			"fleet.yml:3:19: host web1 is local: remove its address"},
		{HOST("sandbox: /x"), "fleet.yml:3:31: sandbox in host web1 goes only with"},
		{HOST("replay: x"), "fleet.yml:3:30: replay in host web1 goes only with"},
		{HOST("tags: [a, a]"), "fleet.yml:3:32: \"a\" stands twice in tags of host web1"},
		{HOST("tags: [A]"), "fleet.yml:3:29: tags in host web1 must be a name"},
		{HOST("tags: {a: b}"),
			"fleet.yml:3:28: tags in host web1 must be a list, not a map"},
		{HOST("params: [1]"), "fleet.yml:3:30: params of host web1 must be a map"},
		{HOST("look: \"a b\""), "fleet.yml:3:28: look in host web1 must be a login name"},
		{HOST("deadline: soon"), "fleet.yml:3:32: deadline in host web1 must be a time"},
		{HOST("managed: [{}]"), "fleet.yml:3:32: managed of host web1 has no path: add"},
		{HOST("managed: [{path: etc/x}]"),
			"fleet.yml:3:39: path in managed of host web1 must be"},
		{HOST("managed: [{path: /etc/../x}]"), "fleet.yml:3:39: path in managed"},
		{HOST("managed: [{path: /etc/a b}]"), "fleet.yml:3:39: path in managed"},
		{HOST("managed: [{path: /etc/x*}]"), "fleet.yml:3:39: path in managed"},
		{HOST("managed: [{path: /etc/-x}]"), "fleet.yml:3:39: path in managed"},
		{HOST("managed: [{path: /x, mode: 440}]"),
			"fleet.yml:3:49: mode in managed of host web1 "
			"must be permission bits in octal and in quotes"},
		{HOST("managed: [{path: /x, mode: \"4755\"}]"), "fleet.yml:3:49: mode"},
		{HOST("managed: [{path: /x, owner: \"a:b\"}]"), "fleet.yml:3:50: owner"},
		{HOST("managed: [{path: /x}, {path: /x}]"), "fleet.yml:3:51: /x stands twice"},
		{HOST("services: [{unit: nginx}]"),
			"fleet.yml:3:40: unit in services of host web1 must be"},
		{HOST("services: [{unit: a.service}]"),
			"fleet.yml:3:33: services of host web1 has no may"},
		{HOST("services: [{unit: a.service, may: [stop]}]"),
			"fleet.yml:3:56: may in services of "
			"host web1 can hold restart and reload"},
		{"estate: x\ngroups: {g: [nas]}\nhosts: {a: {address: a}}\n",
			"fleet.yml:2:14: group g names \"nas\", which is no host here"},
		{"estate: x\ngroups: {g: [a, a]}\nhosts: {a: {address: a}}\n",
			"fleet.yml:2:17: \"a\" stands twice"},
		{"estate: x\ngroups: [g]\nhosts: {a: {address: a}}\n",
			"fleet.yml:2:9: groups must be a map"},
		{"estate: x\nsweep: {every: 1s}\nhosts: {a: {address: a}}\n",
			"fleet.yml:2:16: every in sweep must be a time from 5s"},
		{"estate: x\nidentities: {lok: a}\nhosts: {a: {address: a}}\n",
			"fleet.yml:2:14: unknown key \"lok\" in identities: did you mean "
			"\"look\"?"},
		{"estate: x\nhosts:\n  web1: {address: -oProxyCommand=x}\n",
			"fleet.yml:3:19: address in host web1 must be a name or address"},
	};
	int bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fleet *f;
		struct err e = {0};
		const char *want = cases[i].message;

		if (!fleet_read(&f, cases[i].text, strlen(cases[i].text), "fleet.yml", &e))
			fail_msg("taken: %s", cases[i].text);
		assert_null(f);
		assert_int_equal(e.code, ERR_INPUT);
		if (strncmp(e.msg, want, strlen(want)))
			print_error("%s\ngave: %s\nwant: %s\n", cases[i].text, e.msg, want), bad++;
	}
	assert_int_equal(bad, 0);
}

static void holds_checks_against_the_catalogue(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"hosts: {a: {without: [ports], managed: [{path: /x, check: ports}]}}", NULL},
		{"hosts: {a: {without: [port]}}", "f:1:23: host a names the check \"port\""},
		{"hosts: {a: {managed: [{check: x}]}}", "f:1:31: host a names the check \"x\""},
	};
	struct catalogue *c = xcalloc(1, sizeof *c);

	(void)state;
	ARR_ADD(c->checks, c->check_count, c->check_cap)->name = xstrdup("ports");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct err e = {0};
		int rc = fleet_read_checks(cases[i].text, strlen(cases[i].text), "f", c, &e);

		assert_int_equal(rc, cases[i].message ? -1 : 0);
		if (cases[i].message)
			assert_memory_equal(e.msg, cases[i].message, strlen(cases[i].message));
	}
	catalogue_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_whole_fleet),
		cmocka_unit_test(names_every_mistake),
		cmocka_unit_test(holds_checks_against_the_catalogue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
