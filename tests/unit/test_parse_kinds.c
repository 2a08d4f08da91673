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
#include "base/clock.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "flow/parse.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

struct read_case {
	const char *command, *out, *value; /* value NULL: cannot be read, `why` says it */
	const char *why;
	int exit_status;
	const char *err;
};

static void parse(struct parsed *p, const struct read_case *c, const char *out, size_t n)
{
	const char *err = c->err ? c->err : "";
	struct sample s = {.check = (char *)"t",
		.command = (char *)"c",
		.exit_status = c->exit_status,
		.out = (char *)out,
		.out_len = n,
		.err = (char *)err,
		.err_len = strlen(err)};
	struct doc *d = NULL;
	struct err e;

	if (!time_parse("2026-11-22T01:00:00Z", &s.at_ms) ||
		yaml_read(&d, c->command, strlen(c->command), "check.yml", &e) ||
		parse_check_options(d, "check.yml", &e))
		fail_msg("%s: %s", c->command, e.msg);
	parse_sample(p, d, &s, NULL);
	doc_free(d);
}

/* Whatever the cut, reading ends; what is left of it is a copy so that a reader past its end shows.
 */
static void cut_everywhere(const struct read_case *c)
{
	for (size_t n = 0; n < strlen(c->out); n++) {
		char *part = xmemdup(c->out, n);
		struct parsed p;

		parse(&p, c, part, n);
		assert_int_equal(p.state == PARSE_READ, p.value != NULL);
		parsed_finish(&p);
		free(part);
	}
}

static void run(const struct read_case *cases, size_t n)
{
	int bad = 0;

	for (size_t i = 0; i < n; i++) {
		const struct read_case *c = &cases[i];
		struct buf text = {0};
		struct parsed p;

		parse(&p, c, c->out, strlen(c->out));
		if (p.value)
			json_write(&text, p.value);
		if (c->value ? strcmp(buf_str(&text), c->value) != 0
			     : p.state != PARSE_FAILED || !strstr(p.why, c->why)) {
			print_error("%s\n%s\ngave: %s\nwant: %s\n", c->command, c->out,
				p.value ? buf_str(&text) : p.why, c->value ? c->value : c->why);
			bad++;
		}
		buf_finish(&text);
		parsed_finish(&p);
		cut_everywhere(c);
	}
	assert_int_equal(bad, 0);
}

static void columns_begin_where_the_header_does(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: {kind: table, separator: columns}",
			"CONTAINER ID   IMAGE     STATUS\n"
			"4e0f1c2d3b4a   web:1     Up 2 hours\n"
			"5a                       Exited (1)\n",
			"[{\"CONTAINER ID\":\"4e0f1c2d3b4a\",\"IMAGE\":\"web:1\",\"STATUS\":\"Up 2 "
			"hours\"},{\"CONTAINER ID\":\"5a\",\"IMAGE\":\"\",\"STATUS\":\"Exited "
			"(1)\"}]"},
		/* Figures stand to the right of their column. */
		{.command = "read: {kind: table, separator: columns}",
			"NAME     SIZE  USED\na       12345   1 %\n",
			"[{\"NAME\":\"a\",\"SIZE\":\"12345\",\"USED\":\"1 %\"}]"},
		/* Columns are of characters, not of bytes. */
		{.command = "read: {kind: table, separator: columns}",
			"UNIT   STATE\n\xe2\x97\x8f a.b  on\n",
			"[{\"UNIT\":\"\xe2\x97\x8f a.b\",\"STATE\":\"on\"}]"},
		{.command = "read: {kind: table, separator: columns, columns: [NEXT, GONE, UNIT]}",
			"NEXT                LEFT UNIT\nSun 2026-11-22 1:00 5min a.timer\n",
			"[{\"NEXT\":\"Sun 2026-11-22 1:00 5min\",\"UNIT\":\"a.timer\"}]"},
		{.command = "read: {kind: table, separator: columns}",
			"A B\n1 2\n",
			"[{\"A\":\"1\",\"B\":\"2\"}]"},
		{.command = "read: {kind: table, separator: columns, columns: [X]}",
			"A B\n1 2\n",
			NULL,
			"the header has none of the columns"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

static void json_stands_among_noise(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: {kind: json, noise: true}",
			"WARNING: old\n{\"a\": [\n1,\n\"}\"]}\nbye\n",
			"{\"a\":[1,\"}\"]}"},
		{.command = "read: {kind: json, noise: true}", "[warning] old\n [1]\n", "[1]"},
		{.command = "read: {kind: json, noise: true}",
			"Fatal: wrong password\nmore\n",
			NULL,
			"no JSON: Fatal: wrong password"},
		{.command = "read: {kind: json, noise: true}", "x\n{\"a\": 1", NULL, "cut short"},
		{.command = "read: {kind: json, noise: true}", "{\"a\": 1}", "{\"a\":1}"},
		{.command = "read: {kind: json, noise: true}", "\xEF\xBB\xBF[\n{}\n]\n", "[{}]"},
		/* A part of what was cut is not the whole. */
		{.command = "read: {kind: json, noise: true}",
			"[\n {\"a\": 1},\n {",
			NULL,
			"cut short"},
		{.command = "read: {kind: json, noise: true}",
			"said: {\n \"a\":\n {\"b\": 1}\n}\n",
			NULL,
			"no JSON: said: {"},
		{.command = "read: {kind: json, noise: true}",
			"{\"report\": [\n  WARNING: a disk is \"gone\nFile left open\n{\"vg\": "
			"[]}\n]}\n",
			"{\"report\":[{\"vg\":[]}]}"},
		{.command = "read: {kind: json, noise: true}",
			"{\"a\": [\nNo 1\n",
			NULL,
			"cut short"},
		{.command = "read: {kind: json, noise: true}", "7", "7"},
		{.command = "read: json", "x\n{}", NULL, "cannot be read"},
		{.command = "read: {kind: json-lines, noise: true}",
			"x\n{\"a\":1}\n[y] z\n[2]\n",
			"[{\"a\":1},[2]]"},
		{.command = "read: {kind: json-lines, noise: true}",
			"{\"a\":1}\n{\"a\":",
			NULL,
			"line 2"},
		{.command = "read: {kind: json-lines, noise: true}",
			"cannot connect\n",
			NULL,
			"no JSON: cannot connect"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

#define ENTRY(at, host, tag, pid, text, times)                                                     \
	"{\"at\":" at ",\"host\":" host ",\"tag\":" tag ",\"pid\":" pid ",\"text\":" text          \
	",\"times\":" times "}"

static void reads_each_form_of_a_log(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: log",
			"2026-11-22T00:35:12.500000+01:00 web1 sshd[812]: Accepted x\n",
			"[" ENTRY("1795304112.5", "\"web1\"", "\"sshd\"", "812", "\"Accepted x\"",
				"1") "]"},
		/* The year is not said: last year's December. */
		{.command = "read: log",
			"Dec  3 01:00:00 web1 sudo:   vera : x\n",
			"[" ENTRY("1764723600.0", "\"web1\"", "\"sudo\"", "null", "\"vera : x\"",
				"1") "]"},
		{.command = "read: log",
			"<34>Nov 22 00:00:00 web1 postfix/smtpd[7]: m\n",
			"[" ENTRY("1795305600.0", "\"web1\"", "\"postfix/smtpd\"", "7", "\"m\"",
				"1") "]"},
		/* As busybox writes it. */
		{.command = "read: log",
			"Nov 22 00:00:00 web1 auth.info sshd[7]: m\n",
			"[" ENTRY("1795305600.0", "\"web1\"", "\"sshd\"", "7", "\"m\"", "1") "]"},
		{.command = "read: log",
			"Nov 22 00:00:00 filterlog[9]: 5,,\n",
			"[" ENTRY(
				"1795305600.0", "null", "\"filterlog\"", "9", "\"5,,\"", "1") "]"},
		{.command = "read: log",
			"<165>1 2026-11-22T00:00:00.25Z gw app - ID47 [a b=\"]\"][c] "
			"\xef\xbb\xbftext "
			"x\n",
			"[" ENTRY("1795305600.25", "\"gw\"", "\"app\"", "null", "\"text x\"",
				"1") "]"},
		{.command = "read: log",
			"<13>1 - - - - - - m\n",
			"[" ENTRY("null", "null", "null", "null", "\"m\"", "1") "]"},
		{.command = "read: log",
			"2026-11-22T00:00:00Z h sshd[1]: message repeated 3 times: [ Failed x]\n",
			"[" ENTRY(
				"1795305600.0", "\"h\"", "\"sshd\"", "1", "\"Failed x\"", "3") "]"},
		{.command = "read: log",
			"2026-11-22T00:00:00+0000 h kernel: a\nSun 2026-11-22 00:00:00 UTC h x[2]: "
			"b\n"
			"1795305600.500000 h x[2]: c\n-- Boot 0 --\n  more\n",
			"[" ENTRY("1795305600.0", "\"h\"", "\"kernel\"", "null", "\"a\"",
				"1") "," ENTRY("1795305600.0", "\"h\"", "\"x\"", "2", "\"b\"",
				"1") "," ENTRY("1795305600.5", "\"h\"", "\"x\"", "2", "\"c\"",
				"1") "," ENTRY("null", "null", "null", "null", "\"-- Boot 0 --\"",
				"1") "," ENTRY("null", "null", "null", "null", "\"  more\"",
				"1") "]"},
		/* The time was lost on the way. */
		{.command = "read: log",
			"web1 sshd[812]: m\nTraceback in x: y\nat f[int]: y\n",
			"[" ENTRY("null", "\"web1\"", "\"sshd\"", "812", "\"m\"", "1") "," ENTRY(
				"null", "null", "null", "null", "\"Traceback in x: y\"",
				"1") "," ENTRY("null", "null", "null", "null", "\"at f[int]: y\"",
				"1") "]"},
		{.command = "read: log",
			"2026-11-22 00:00:01,500 INFO All done\n",
			"[" ENTRY("1795305601.5", "null", "null", "null", "\"INFO All done\"",
				"1") "]"},
		{.command = "read: log",
			"{\"__REALTIME_TIMESTAMP\":\"1795305600250000\",\"_HOSTNAME\":\"h\","
			"\"SYSLOG_IDENTIFIER\":\"sshd\",\"_PID\":\"9\",\"MESSAGE\":\"m\"}\n"
			"{\"__REALTIME_TIMESTAMP\":\"1795305600000000\",\"_COMM\":\"c\","
			"\"MESSAGE\":"
			"[104,105,7]}\n",
			"[" ENTRY("1795305600.25", "\"h\"", "\"sshd\"", "9", "\"m\"",
				"1") "," ENTRY("1795305600.0", "null", "\"c\"", "null", "\"hi?\"",
				"1") "]"},
		{.command = "read: log",
			"Feb 31 00:00:00 h x: y\nFoo 1 00:00:00 h x: y\n",
			"[" ENTRY("1772496000.0", "\"h\"", "\"x\"", "null", "\"y\"", "1") "," ENTRY(
				"null", "null", "null", "null", "\"Foo 1 00:00:00 h x: y\"",
				"1") "]"},
		{.command = "read: log",
			"a\n\nb\n",
			"[" ENTRY("null", "null", "null", "null", "\"a\"", "1") "," ENTRY("null",
				"null", "null", "null", "\"\"",
				"1") "," ENTRY("null", "null", "null", "null", "\"b\"", "1") "]"},
		{.command = "read: {kind: log, empty: true}", "", "[]"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

#define HTTP(code, seconds, ip, type, size, verify, redirect, text, body, error)                   \
	"{\"code\":" code ",\"seconds\":" seconds ",\"ip\":" ip ",\"type\":" type                  \
	",\"size\":" size ",\"verify\":" verify ",\"expires\":null,\"redirect\":" redirect         \
	",\"text\":" text ",\"body\":" body ",\"error\":" error "}"

static void reads_what_curl_gives(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: http",
			"{\"status\":\"ok\"}\n"
			"{\"http_code\":200,\"time_total\":0.25,\"remote_ip\":\"192.0.2.1\","
			"\"content_type\":\"application/json\",\"size_download\":15,"
			"\"ssl_verify_result\":0,\"redirect_url\":null,\"errormsg\":null}",
			HTTP("200", "0.25", "\"192.0.2.1\"", "\"application/json\"", "15", "0",
				"null", "\"{\\\"status\\\":\\\"ok\\\"}\"", "{\"status\":\"ok\"}",
				"null")},
		{.command = "read: http",
			"pong",
			HTTP("null", "null", "null", "null", "null", "null", "null", "\"pong\"",
				"null", "null")},
		{.command = "read: http",
			"",
			HTTP("null", "null", "null", "null", "null", "null", "null", "\"\"", "null",
				"null")},
		{.command = "{read: http, exits: any}",
			"\n{\"http_code\":0,\"errormsg\":\"Failed to connect\"}",
			HTTP("0", "null", "null", "null", "null", "null", "null", "\"\"", "null",
				"\"Failed to connect\""),
			NULL,
			7},
		{.command = "{read: http, exits: any}",
			"",
			HTTP("null", "null", "null", "null", "null", "null", "null", "\"\"", "null",
				"\"curl: (7) Failed to connect\""),
			NULL,
			7,
			"curl: (7) Failed to connect\n"},
		{.command = "{read: http, exits: any}",
			"curl: (22) The requested URL returned error: 404\n",
			HTTP("404", "null", "null", "null", "null", "null", "null",
				"\"curl: (22) The requested URL returned error: 404\\n\"", "null",
				"\"curl: (22) The requested URL returned error: 404\""),
			NULL,
			22},
		{.command = "read: http",
			"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\nHTTP/2 204 \r\n\r\n",
			HTTP("204", "null", "null", "null", "null", "null", "null", "\"\"", "null",
				"null")},
		{.command = "read: http",
			"{\"http_code\":204,\"certs\":\"Subject:CN = a\\nExpire date:Dec  4 "
			"06:05:35 2027 GMT\\n"
			"Subject:CN = b\\nExpire date:Jan  1 00:00:00 2030 GMT\\n\"}",
			"{\"code\":204,\"seconds\":null,\"ip\":null,\"type\":null,\"size\":null,"
			"\"verify\":null,"
			"\"expires\":1827900335,\"redirect\":null,\"text\":\"\",\"body\":null,"
			"\"error\":null}"},
		{.command = "read: http",
			"{\"http_code\":204,\"certs\":\"Expire date:2027-12-04 06:05:35 GMT\\n\"}",
			"{\"code\":204,\"seconds\":null,\"ip\":null,\"type\":null,\"size\":null,"
			"\"verify\":null,"
			"\"expires\":1827900335,\"redirect\":null,\"text\":\"\",\"body\":null,"
			"\"error\":null}"},
		{.command = "read: http", "x", NULL, "exit status 7: no route", 7, "no route"},
		{.command = "{read: http, exits: any}",
			"",
			NULL,
			"curl's file cannot be read",
			26,
			"curl: cannot read config from '/x'\n"},
		{.command = "{read: http, exits: any}",
			"",
			NULL,
			"nothing was asked: curl: (3) URL using bad/illegal format",
			3,
			"curl: (3) URL using bad/illegal format\n"},
		{.command = "{read: http, exits: any}",
			"",
			NULL,
			"nothing was asked: curl ended with 137",
			137},
	};

	(void)state;
	run(cases, COUNT(cases));
}

static void reads_sections_and_settings(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: sections",
			"x\n<<<df:sep(0)>>>\na b\n\n<<<mem>>>\n",
			"[{\"name\":\"\",\"lines\":[\"x\"]},{\"name\":\"df:sep(0)\",\"lines\":[\"a "
			"b\"]},{\"name\":\"mem\",\"lines\":[]}]"},
		{.command = "read: {kind: sections, start: '==> ', end: ' <=='}",
			"==> /etc/crontab <==\n1 * * * * root x\n",
			"[{\"name\":\"/etc/crontab\",\"lines\":[\"1 * * * * root x\"]}]"},
		{.command = "read: ini",
			"top=1\n# c\n[a b]\nx = 1 = 2\ny: z\nflag\nlong = 1\n  "
			"2\n[p]\nk=1\nk=2\n[p]\n"
			"\tk=3\n",
			"{\"\":{\"top\":\"1\"},\"a b\":{\"x\":\"1 = "
			"2\",\"y\":\"z\",\"flag\":\"\",\"long\":\"1\\n2\"},"
			"\"p\":[{\"k\":[\"1\",\"2\"]},{\"k\":\"3\"}]}"},
		{.command = "read: ini", "# nothing\n", NULL, "no \"key = value\""},
		{.command = "read: {kind: ini, empty: true}", "", "{}"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

static void reads_xml(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: xml",
			"<?xml version=\"1.0\"?>\n<a x=\"1\">\n t <b/>u<b y='&lt;'>v &amp; "
			"w</b>\n</a>",
			"{\"name\":\"a\",\"attrs\":{\"x\":\"1\"},\"text\":\"t "
			"u\",\"children\":[{\"name\":\"b\",\"attrs\":{},\"text\":\"\",\"children\":"
			"[]},"
			"{\"name\":\"b\",\"attrs\":{\"y\":\"<\"},\"text\":\"v & "
			"w\",\"children\":[]}]}"},
		{.command = "read: xml", "<a><b></a>", NULL, "c:1:"},
		{.command = "read: xml",
			"<!DOCTYPE a [<!ENTITY x \"xx\">]><a>&x;</a>",
			NULL,
			"entities of its own"},
		{.command = "read: xml", "<a/><b/>", NULL, "cannot be read"},
		{.command = "read: xml", "no", NULL, "cannot be read"},
	};
	struct read_case deep = {"read: xml", NULL, NULL, "deeper than 64", 0, NULL};
	struct buf b = {0};

	(void)state;
	run(cases, COUNT(cases));
	for (int i = 0; i < 65; i++)
		buf_adds(&b, "<a>");
	deep.out = buf_str(&b);
	run(&deep, 1);
	buf_finish(&b);
}

static void reads_the_yaml_of_others(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: yaml",
			"a: &x {b: 1}\nc: *x\nd: {<<: *x, e: 2}\n",
			"{\"a\":{\"b\":1},\"c\":{\"b\":1},\"d\":{\"b\":1,\"e\":2}}"},
		{.command = "read: yaml",
			"at: !!timestamp 2026-11-22T00:00:00Z\na: 1\na: 2\n",
			"{\"at\":\"2026-11-22T00:00:00Z\",\"a\":2}"},
		{.command = "read: yaml", "a: 1\n---\nb: 2\n", "[{\"a\":1},{\"b\":2}]"},
		{.command = "read: yaml", "a: *x\n", NULL, "an alias of nothing"},
		{.command = "read: yaml", "a: [\n", NULL, "cannot be read"},
		{.command = "read: yaml",
			"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
			"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d "
			"[*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
			"e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: "
			"[*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
			NULL,
			"more than 200000 values"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

static void reads_metrics(void **state)
{
	static const char text[] =
		"# HELP a b\n# TYPE a gauge\na 1\n"
		"b{x=\"1\",y=\"q\\\"\\n\\\\\"} 2.5e3 1795305600\nc NaN\nd +Inf\n";
	static const struct read_case cases[] = {
		{.command = "read: {kind: openmetrics, names: [a, b]}",
			text,
			"[{\"name\":\"a\",\"labels\":{},\"value\":1.0},{\"name\":\"b\",\"labels\":{"
			"\"x\":\"1\",\"y\":\"q\\\"\\n\\\\\"},\"value\":2500.0}]"},
		{.command = "read: {kind: openmetrics, names: [c, d]}",
			text,
			"[{\"name\":\"c\",\"labels\":{},\"value\":null},{\"name\":\"d\",\"labels\":"
			"{},"
			"\"value\":1.7976931348623157e+308}]"},
		{.command = "read: openmetrics", "<html>\n", NULL, "line 1 is no metric"},
		{.command = "read: openmetrics", "page not found\n", NULL, "line 1 is no metric"},
		{.command = "read: openmetrics", "# EOF\n", NULL, "no metric in the output"},
		{.command = "read: openmetrics", "a{b=\"c} 1\n", NULL, "line 1 is no metric"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

static void reads_sudoers(void **state)
{
	static const struct read_case cases[] = {
		{.command = "read: sudoers",
			"# c\nDefaults:luna !visiblepw, env_keep += \"A B\"\n"
			"User_Alias OPS = luna, \\  \n  vera : OTHER = x\n@includedir "
			"/etc/sudoers.d\n",
			"[{\"kind\":\"defaults\",\"line\":2,\"scope\":\":luna\",\"settings\":[{"
			"\"name\":"
			"\"visiblepw\",\"op\":\"!\",\"value\":null},{\"name\":\"env_keep\",\"op\":"
			"\"+=\","
			"\"value\":\"A B\"}]},"
			"{\"kind\":\"alias\",\"line\":3,\"type\":\"User_Alias\",\"name\":\"OPS\","
			"\"members\":[\"luna\",\"vera\"]},"
			"{\"kind\":\"alias\",\"line\":3,\"type\":\"User_Alias\",\"name\":\"OTHER\","
			"\"members\":[\"x\"]},"
			"{\"kind\":\"include\",\"line\":5,\"directory\":true,\"path\":\"/etc/"
			"sudoers.d\"}]"},
		{.command = "read: sudoers",
			"luna,%ops ALL=(root:root) NOPASSWD:/bin/a -x\\,y, PASSWD: !/bin/b\n",
			"[{\"kind\":\"rule\",\"line\":1,\"users\":[\"luna\",\"%ops\"],\"hosts\":["
			"\"ALL\"],"
			"\"commands\":["
			"{\"command\":\"/bin/"
			"a\",\"args\":\"-x,y\",\"negated\":false,\"runas\":\"root:root\",\"tags\":["
			"\"NOPASSWD\"],\"nopasswd\":true},"
			"{\"command\":\"/bin/"
			"b\",\"args\":null,\"negated\":true,\"runas\":\"root:root\",\"tags\":["
			"\"NOPASSWD\",\"PASSWD\"],\"nopasswd\":false}]}]"},
		{.command = "read: sudoers",
			"a A = ALL : B = /x \"\"\n#1000 ALL = ALL\nwhat\n",
			"[{\"kind\":\"rule\",\"line\":1,\"users\":[\"a\"],\"hosts\":[\"A\"],"
			"\"commands\":[{"
			"\"command\":\"ALL\",\"args\":null,\"negated\":false,\"runas\":null,"
			"\"tags\":[],"
			"\"nopasswd\":false}]},"
			"{\"kind\":\"rule\",\"line\":1,\"users\":[\"a\"],\"hosts\":[\"B\"],"
			"\"commands\":[{"
			"\"command\":\"/"
			"x\",\"args\":\"\\\"\\\"\",\"negated\":false,\"runas\":null,\"tags\":[],"
			"\"nopasswd\":false}]},"
			"{\"kind\":\"rule\",\"line\":2,\"users\":[\"#1000\"],\"hosts\":[\"ALL\"],"
			"\"commands\":[{\"command\":\"ALL\",\"args\":null,\"negated\":false,"
			"\"runas\":"
			"null,\"tags\":[],\"nopasswd\":false}]},"
			"{\"kind\":\"unknown\",\"line\":3,\"text\":\"what\"}]"},
	};

	(void)state;
	run(cases, COUNT(cases));
}

/* One ustar entry of a regular file. */
static void add_tar(struct buf *out, const char *path, const char *text)
{
	char block[512] = {0};
	unsigned sum = 0;
	size_t n = strlen(text);

	memcpy(block, path, strlen(path));
	snprintf(block + 100, 8, "%07o", 0600);
	snprintf(block + 108, 8, "%07o", 0);
	snprintf(block + 116, 8, "%07o", 0);
	snprintf(block + 124, 12, "%011o", (unsigned)n);
	snprintf(block + 136, 12, "%011o", 0);
	memset(block + 148, ' ', 8);
	block[156] = '0';
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof block; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
	buf_add(out, block, sizeof block);
	buf_add(out, text, n);
	memset(block, 0, sizeof block);
	buf_add(out, block, (512 - n % 512) % 512);
}

static void a_tar_gives_what_its_yaml_says(void **state)
{
	static const struct read_case c = {.command = "read: {kind: tar, yaml: true}"};
	struct buf tar = {0}, text = {0};
	char end[1024] = {0};
	struct parsed p;

	(void)state;
	add_tar(&tar, "a/compose.yml", "x: &y {b: 1}\nz: *y\n");
	add_tar(&tar, "b.yaml", "[");
	add_tar(&tar, "c.txt", "x: 1");
	buf_add(&tar, end, sizeof end);
	parse(&p, &c, tar.data, tar.len);
	if (p.state != PARSE_READ)
		fail_msg("%s", p.why);
	json_write(&text, doc_get(doc_at(p.value, 0), "value"));
	assert_string_equal(buf_str(&text), "{\"x\":{\"b\":1},\"z\":{\"b\":1}}");
	assert_int_equal(doc_kind(doc_get(doc_at(p.value, 1), "value")), DOC_NULL);
	assert_non_null(strstr(doc_get_str(doc_at(p.value, 1), "error", ""), "b.yaml:"));
	assert_null(doc_get(doc_at(p.value, 2), "value"));
	assert_null(doc_get(doc_at(p.raw, 0), "value"));
	parsed_finish(&p);
	buf_finish(&text);
	buf_finish(&tar);
}

static void options_are_checked(void **state)
{
	static const struct {
		const char *command, *message;
	} cases[] = {
		{.command = "read: {kind: openmetrics, names: []}",
			"names must be a list of metrics"},
		{.command = "read: {kind: openmetrics, names: ['']}", "a metric needs a name"},
		{.command = "read: {kind: sections, start: 1}", "start must be a text"},
		{.command = "read: {kind: table, separator: ''}", "separator must be a text"},
		{.command = "read: {kind: log, names: [a]}", "unknown key \"names\" in read"},
		{.command = "read: nothing", "read must be one of fields, table, lines"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct doc *d = NULL;
		struct err e;

		assert_int_equal(
			yaml_read(&d, cases[i].command, strlen(cases[i].command), "c.yml", &e), 0);
		assert_int_equal(parse_check_options(d, "c.yml", &e), -1);
		if (!strstr(e.msg, cases[i].message))
			fail_msg("%s: %s", cases[i].command, e.msg);
		doc_free(d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_begin_where_the_header_does),
		cmocka_unit_test(json_stands_among_noise),
		cmocka_unit_test(reads_each_form_of_a_log),
		cmocka_unit_test(reads_what_curl_gives),
		cmocka_unit_test(reads_sections_and_settings),
		cmocka_unit_test(reads_xml),
		cmocka_unit_test(reads_the_yaml_of_others),
		cmocka_unit_test(reads_metrics),
		cmocka_unit_test(reads_sudoers),
		cmocka_unit_test(a_tar_gives_what_its_yaml_says),
		cmocka_unit_test(options_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
