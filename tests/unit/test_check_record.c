#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "cmd/check_record.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "server/check_sample.h"

/* What the server answers for one check with a plain command, an `each` and one that is not there.
 */
static const char answer[] =
	"{\"params\": {\"disks\": [\"sda\", \"sdb c\"]}, \"samples\": ["
	"{\"command\": \"list\", \"status\": \"ran\", \"exit\": 0, \"stdout\": \"sda\\nsdb\\n\", "
	"\"stderr\": \"\","
	" \"truncated\": false, \"at\": \"2026-11-22T01:00:00Z\", \"note\": null},"
	"{\"command\": \"state sda\", \"item\": \"sda\", \"status\": \"ran\", \"exit\": 4, "
	"\"stdout\": \"bad: # 1\","
	" \"stderr\": \"warm\\n\"},"
	"{\"command\": \"state sdb c\", \"item\": \"sdb c\", \"status\": \"timeout\", \"exit\": 0, "
	"\"stdout\": \"\","
	" \"truncated\": true, \"note\": \"ran into its time limit\"},"
	"{\"command\": \"other\", \"status\": \"absent\", \"exit\": 0, \"stdout\": \"\", "
	"\"stderr\": \"\"}]}";

static void a_look_reads_back_as_the_sample_it_was(void **state)
{
	struct doc *result, *record, *yaml;
	struct check_sample s;
	struct buf text = {0};
	struct err e;

	(void)state;
	assert_int_equal(json_read(&result, answer, strlen(answer), "answer", &e), 0);
	record = check_record(result, "web1");
	yaml_write(&text, record);
	assert_int_equal(yaml_read(&yaml, buf_str(&text), text.len, "x.yml", &e), 0);
	assert_string_equal(doc_get_str(yaml, "about", ""), "web1");
	assert_string_equal(doc_get_str(yaml, "origin", ""), "made");
	assert_int_equal(check_sample_read(&s, "disks", yaml, "x.yml", &e), 0);
	assert_int_equal(s.request.now_ms, 1795309200000);
	assert_string_equal(s.params, "{\"disks\":[\"sda\",\"sdb c\"]}");
	assert_int_equal(s.request.sample_count, 4);
	assert_string_equal(s.samples[0].command, "list");
	assert_string_equal(s.samples[0].out, "sda\nsdb\n");
	assert_null(s.samples[0].item);
	assert_string_equal(s.samples[1].command, "state");
	assert_string_equal(s.samples[1].item, "sda");
	assert_int_equal(s.samples[1].exit_status, 4);
	assert_string_equal(s.samples[1].out, "bad: # 1");
	assert_string_equal(s.samples[1].err, "warm\n");
	assert_string_equal(s.samples[2].command, "state");
	assert_string_equal(s.samples[2].item, "sdb c");
	assert_int_equal(s.samples[2].status, SAMPLE_TIMEOUT);
	assert_true(s.samples[2].truncated);
	assert_string_equal(s.samples[2].note, "ran into its time limit");
	assert_int_equal(s.samples[3].status, SAMPLE_ABSENT);
	check_sample_finish(&s);
	buf_finish(&text);
	doc_free(yaml);
	doc_free(record);
	doc_free(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_look_reads_back_as_the_sample_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
