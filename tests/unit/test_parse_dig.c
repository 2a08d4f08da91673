#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "flow/parse.h"

static const struct redact redact = {"key", 3};

static struct parsed parse(const char *out, size_t n)
{
	static const char command[] = "{read: {kind: dig, empty: true}, exits: any}";
	const struct sample s = {.check = (char *)"t",
		.command = (char *)"c",
		.out = (char *)out,
		.out_len = n,
		.err = (char *)""};
	struct doc *d = NULL;
	struct parsed p;
	struct err e;

	assert_int_equal(yaml_read(&d, command, strlen(command), "check.yml", &e), 0);
	assert_int_equal(parse_check_options(d, "check.yml", &e), 0);
	parse_sample(&p, d, &s, &redact);
	doc_free(d);
	return p;
}

static void gives(const char *out, const char *value)
{
	struct parsed p = parse(out, strlen(out));
	struct buf text = {0};

	assert_int_equal(p.state, PARSE_READ);
	json_write(&text, p.value);
	assert_string_equal(buf_str(&text), value);
	buf_finish(&text);
	parsed_finish(&p);
}

#define BANNER                                                                                     \
	"\n; <<>> DiG 9.18.49-1~deb12u3-Debian <<>> @192.0.2.53 -p 5300 nas.home.example A\n"      \
	"; (1 server found)\n;; global options: +cmd\n"
#define HEADER(STATUS) ";; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: " STATUS ", id: 1\n"
#define NO_ANSWER "\"records\":[],\"authority\":[]"

static void reads_plain_output(void **state)
{
	(void)state;
	gives(BANNER HEADER("NOERROR") ";; flags: qr aa rd ra; QUERY: 1, ANSWER: 2\n\n"
				       ";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: "
				       "1232\n; COOKIE: 1 (good)\n"
				       ";; QUESTION SECTION:\n;nas.home.example.\t\tIN\tA\n\n;; "
				       "ANSWER SECTION:\n"
				       "nas.home.example.\t3600\tIN\tCNAME\tn.home.example.\nn."
				       "home.example. IN A 192.0.2.10\n\n"
				       ";; ADDITIONAL SECTION:\nns.home.example. 1 IN A "
				       "192.0.2.1\n\n;; Query time: 53 msec\n"
				       ";; SERVER: 192.0.2.53#5300(192.0.2.53) (UDP)\n;; WHEN: Sun "
				       "Nov 22 06:05:39 UTC 2026\n",
		"[{\"records\":[{\"ttl\":3600,\"class\":\"IN\",\"name\":\"nas.home.example.\","
		"\"type\":\"CNAME\","
		"\"data\":\"n.home.example.\"},{\"class\":\"IN\",\"name\":\"n.home.example.\","
		"\"type\":\"A\","
		"\"data\":\"192.0.2.10\"}],\"authority\":[],\"asked\":\"192.0.2.53\",\"status\":"
		"\"NOERROR\","
		"\"flags\":[\"qr\",\"aa\",\"rd\",\"ra\"],\"question\":{\"name\":\"nas.home.example."
		"\","
		"\"type\":\"A\"},\"ms\":53,\"server\":\"192.0.2.53\",\"port\":5300}]");
	gives(HEADER("NXDOMAIN") ";; AUTHORITY SECTION:\nhome.example. 300 IN SOA a. b. 1 2 3 4 "
				 "5\n" HEADER("SERVFAIL"),
		"[{\"records\":[],\"authority\":[{\"ttl\":300,\"class\":\"IN\",\"name\":\"home."
		"example.\","
		"\"type\":\"SOA\",\"data\":\"a. b. 1 2 3 4 5\"}],\"status\":\"NXDOMAIN\"},"
		"{" NO_ANSWER ",\"status\":\"SERVFAIL\"}]");
	gives(";; ->>HEADER<<- opcode: QUERY; status: REFUSED; id: 5\n",
		"[{" NO_ANSWER ",\"status\":\"REFUSED\"}]");
}

/* +qr: the query stands before its reply, or before the error. */
static void leaves_queries_out(void **state)
{
	(void)state;
	gives(BANNER ";; Sending:\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n"
		     ";; flags: rd ad; QUERY: 1, ANSWER: 0\n;; QUESTION SECTION:\n"
		     ";nas.home.example.\t\tIN\tA\n\n;; QUERY SIZE: 54\n\n" HEADER(
			     "SERVFAIL") ";; flags: qr rd ra; QUERY: 1, ANSWER: 0\n",
		"[{" NO_ANSWER ",\"asked\":\"192.0.2.53\",\"status\":\"SERVFAIL\","
		"\"flags\":[\"qr\",\"rd\",\"ra\"]}]");
	gives("- type: MESSAGE\n  message:\n    response_message_data:\n"
	      "      status: NOERROR\n      flags: rd ad\n"
	      ";; no servers could be reached\n",
		"[{" NO_ANSWER ",\"error\":\"no servers could be reached\"}]");
}

static void reads_output_without_headers(void **state)
{
	(void)state;
	gives("192.0.2.20\n2001:db8::1\nnas.home.example.\n\"a b\" \"c\"\n",
		"[{\"records\":[{\"type\":\"A\",\"data\":\"192.0.2.20\"},"
		"{\"type\":\"AAAA\",\"data\":\"2001:db8::1\"},{\"data\":\"nas.home.example.\"},"
		"{\"type\":\"TXT\",\"data\":\"\\\"a b\\\" \\\"c\\\"\"}],\"authority\":[]}]");
	gives("a.example.\t5\tIN\tTXT\t\"; ls\"\na.example. 5 IN SOA n. m. (\n\t\t7   ; "
	      "serial\n\t\t8 ; refresh (2 hours)\n"
	      "\t\t)\nb. 5 CH TXT \"x\"\n",
		"[{\"records\":[{\"ttl\":5,\"class\":\"IN\",\"name\":\"a.example.\",\"type\":"
		"\"TXT\","
		"\"data\":\"\\\"; "
		"ls\\\"\"},{\"ttl\":5,\"class\":\"IN\",\"name\":\"a.example.\",\"type\":\"SOA\","
		"\"data\":\"n. m. 7 "
		"8\"},{\"ttl\":5,\"class\":\"CH\",\"name\":\"b.\",\"type\":\"TXT\",\"data\":"
		"\"\\\"x\\\"\"}],"
		"\"authority\":[]}]");
	gives("", "[]");
}

static void reads_yaml(void **state)
{
	(void)state;
	gives("- type: MESSAGE\n  message:\n    type: RECURSIVE_RESPONSE\n"
	      "    query_time: !!timestamp 2026-11-22T00:42:05.960Z\n"
	      "    response_time: !!timestamp 2026-11-22T00:42:05.967Z\n"
	      "    response_address: \"192.0.2.53\"\n    response_port: 5300\n"
	      "    response_message_data:\n      opcode: QUERY\n      status: NOERROR\n"
	      "      flags: qr aa\n      OPT_PSEUDOSECTION:\n        EDNS:\n          flags: do\n"
	      "      QUESTION_SECTION:\n        - 'nas.home.example. IN TXT'\n      "
	      "ANSWER_SECTION:\n"
	      "        - 'nas.home.example. 3600 IN TXT \"it''s\"'\n        - nas.home.example. 1 "
	      "IN A 192.0.2.1\n",
		"[{\"records\":[{\"ttl\":3600,\"class\":\"IN\",\"name\":\"nas.home.example.\","
		"\"type\":\"TXT\","
		"\"data\":\"\\\"it's\\\"\"},{\"ttl\":1,\"class\":\"IN\",\"name\":\"nas.home."
		"example.\",\"type\":\"A\","
		"\"data\":\"192.0.2.1\"}],\"authority\":[],\"ms\":7,\"server\":\"192.0.2.53\","
		"\"port\":5300,"
		"\"status\":\"NOERROR\",\"flags\":[\"qr\",\"aa\"],"
		"\"question\":{\"name\":\"nas.home.example.\",\"type\":\"TXT\"}}]");
	gives(BANNER "- type: DIG_ERROR\n  message: |\n    no servers could be reached\n",
		"[{" NO_ANSWER
		",\"asked\":\"192.0.2.53\",\"error\":\"no servers could be reached\"}]");
}

static void tells_failures(void **state)
{
	(void)state;
	gives(";; communications error to 192.0.2.53#5300: connection refused\n" BANNER
	      ";; no servers could be reached\n",
		"[{" NO_ANSWER
		",\"asked\":\"192.0.2.53\",\"error\":\"no servers could be reached\"}]");
	gives(";; connection timed out; no servers could be reached\n192.0.2.1\n",
		"[{" NO_ANSWER ",\"error\":\"connection timed out; no servers could be reached\"},"
		"{\"records\":[{\"type\":\"A\",\"data\":\"192.0.2.1\"}],\"authority\":[]}]");
	gives("; Transfer failed.\n", "[{" NO_ANSWER ",\"error\":\"Transfer failed.\"}]");
	gives(HEADER("NOERROR") ";; Got bad packet: FORMERR\n12 bytes\n0c 0d\n",
		"[{" NO_ANSWER ",\"status\":\"NOERROR\"},{" NO_ANSWER
		",\"error\":\"Got bad packet: FORMERR\"}]");
}

static void refuses_what_is_no_reply(void **state)
{
	struct parsed p = parse("; nothing\n", 10);

	(void)state;
	assert_int_equal(p.state, PARSE_FAILED);
	parsed_finish(&p);
}

/* A sample cut at every byte is read or refused. */
static void takes_a_cut_sample(void **state)
{
	static const char whole[] =
		BANNER HEADER("NOERROR") ";; flags: qr; QUERY: 1\n;; ANSWER SECTION:\n"
					 "a. 5 IN SOA n. m. (\n 7 ; s\n )\n- type: MESSAGE\n  "
					 "flags: qr\n  status: 'x'\n"
					 "  ANSWER_SECTION:\n    - 'a. 1 IN A 192.0.2.1'\n- type: "
					 "DIG_ERROR\n  message: |\n    gone\n";

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		struct parsed p = parse(whole, n);

		parsed_finish(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_plain_output),
		cmocka_unit_test(leaves_queries_out),
		cmocka_unit_test(reads_output_without_headers),
		cmocka_unit_test(reads_yaml),
		cmocka_unit_test(tells_failures),
		cmocka_unit_test(refuses_what_is_no_reply),
		cmocka_unit_test(takes_a_cut_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
