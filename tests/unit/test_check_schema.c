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
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/check.h"
#include "codec/check_keys.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "schema.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static struct doc *schema;
static char *checks;

static struct doc *read_file(const char *path, bool yaml)
{
	struct buf text = {0};
	struct doc *d = NULL;
	struct err e = {0};

	if (file_read(&text, path, (size_t)4 << 20, &e) ||
		(yaml ? yaml_read(&d, buf_str(&text), text.len, path, &e)
		      : json_read(&d, buf_str(&text), text.len, path, &e)))
		fail_msg("%s", e.msg);
	buf_finish(&text);
	return d;
}

static int load(void **state)
{
	const char *src = getenv("OPSDECK_SRCDIR");
	char *path;

	(void)state;
	checks = xasprintf("%s/checks", src ? src : ".");
	path = path_join(checks, "schema.json");
	schema = read_file(path, false);
	free(path);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	doc_free(schema);
	free(checks);
	return 0;
}

static size_t count(const char *const *keys)
{
	size_t n = 0;

	while (keys[n])
		n++;
	return n;
}

/* Neither side knows a key that the other does not. */
static void same_keys(const struct doc *of, const char *const *keys, const char *what)
{
	const struct doc *properties = doc_get(of, "properties");

	for (size_t i = 0; keys[i]; i++)
		if (!doc_get(properties, keys[i]))
			fail_msg("schema.json lacks %s.%s", what, keys[i]);
	if (doc_len(properties) != count(keys))
		fail_msg("schema.json has more keys of %s than the loader", what);
	if (doc_kind(doc_get(of, "additionalProperties")) != DOC_BOOL)
		fail_msg("schema.json lets any key into %s", what);
}

static void schema_and_loader_know_the_same_keys(void **state)
{
	static const struct {
		const char *name;
		const char *const *keys;
	} maps[] = {
		{"applies", check_keys_applies},
		{"command", check_keys_command},
		{"rule", check_keys_rule},
		{"metric", check_keys_metric},
		{"baseline", check_keys_baseline},
		{"detect", check_keys_detect},
		{"detect-param", check_keys_detect_param},
	};
	const struct doc *definitions = doc_get(schema, "definitions");

	(void)state;
	same_keys(schema, check_keys_top, "the check");
	for (size_t i = 0; i < COUNT(maps); i++)
		same_keys(doc_get(definitions, maps[i].name), maps[i].keys, maps[i].name);
}

static void schema_and_loader_know_the_same_kinds(void **state)
{
	const struct doc *definitions = doc_get(schema, "definitions");
	const struct doc *forms = doc_get(doc_get(definitions, "read"), "oneOf");
	const struct doc *words = doc_get(doc_at(forms, 0), "enum");

	(void)state;
	assert_int_equal(doc_len(words), READ_KIND_COUNT);
	assert_int_equal(doc_len(forms), READ_KIND_COUNT + 1);
	for (int i = 0; i < READ_KIND_COUNT; i++) {
		const char *name = read_kind_name((enum read_kind)i);
		char *of = xasprintf("read-%s", name);

		assert_string_equal(doc_str(doc_at(words, (size_t)i)), name);
		same_keys(doc_get(definitions, of), check_keys_read((enum read_kind)i), of);
		free(of);
	}
}

static void every_shipped_check_fits(void **state)
{
	struct strs names = {0};
	struct err e = {0};
	size_t n = 0;
	int bad = 0;

	(void)state;
	if (dir_list(&names, checks, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < names.n; i++) {
		char *path = xasprintf("%s/%s/check.yml", checks, names.v[i]);
		struct buf why = {0};
		struct doc *d = NULL;

		if (file_exists(path)) {
			n++;
			d = read_file(path, true);
			if (!schema_fits(schema, d, &why))
				print_error("%s:\n%s", path, buf_str(&why)), bad++;
		}
		doc_free(d);
		buf_finish(&why);
		free(path);
	}
	strs_finish(&names);
	assert_true(n > 5);
	assert_int_equal(bad, 0);
}

#define HEAD "title: t\nabout: a\napplies: everywhere\n"
#define TAIL "facts: .\nrules: [{when: ., state: crit, say: .}]\n"

static int no_file(void *arg, const char *file, struct buf *out, struct err *e)
{
	(void)arg;
	(void)file;
	(void)out;
	return err_set(e, ERR_MISSING, "none");
}

/* What an editor would mark, the loader refuses, and the other way round. */
static void both_refuse_the_same(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{HEAD "commands: {x: {argv: [/b], read: lines}}\n" TAIL, true},
		{HEAD "commands: {x: {argv: [/b], read: {kind: table, columns: [a]}}}\n" TAIL,
			true},
		{HEAD "commands: {x: {argv: [/b], read: lines, exits: any}}\n" TAIL, true},
		{HEAD "commands: {x: {argv: [/b], read: lines, timeout: 5}}\n" TAIL, true},
		{HEAD "commands: {x: {argv: [/b], read: lines, reads: a}}\n" TAIL, true},
		{HEAD "commands: {x: {argv: [/b], read: tabel}}\n" TAIL, false},
		{HEAD "commands: {x: {argv: [/b]}}\n" TAIL, false},
		{HEAD "commands: {X: {argv: [/b], read: lines}}\n" TAIL, false},
		{HEAD "commands: {x: {argv: [/b], read: {kind: lines, blocks: true}}}\n" TAIL,
			false},
		{HEAD "commands: {x: {argv: [/b], read: lines, sudo: 1}}\n" TAIL, false},
		{HEAD "commands: {x: {argv: [/b], read: lines, timeout: soon}}\n" TAIL, false},
		{HEAD "commands: {}\n" TAIL, false},
		{HEAD "list: 6\ncommands: {x: {argv: [/b], read: lines}}\n" TAIL, false},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\nfacts: .\nrules: [{when: ., "
		      "state: bad, say: .}]\n",
			false},
		{HEAD "commands: {x: {argv: [/b], read: lines}}\ndetect: {}\n" TAIL, false},
		{"title: t\napplies: everywhere\ncommands: {x: {argv: [/b], read: lines}}\n" TAIL,
			false},
		{HEAD "titel: t\ncommands: {x: {argv: [/b], read: lines}}\n" TAIL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *text = cases[i].text;
		struct buf why = {0};
		struct check c;
		struct doc *d;
		struct err e = {0};
		bool taken = !check_read(&c, "t", text, strlen(text), "c.yml", no_file, NULL, &e);

		assert_int_equal(yaml_read(&d, text, strlen(text), "c.yml", NULL), 0);
		if (taken != cases[i].good)
			fail_msg("the loader: %s%s", text, e.msg);
		if (schema_fits(schema, d, &why) != cases[i].good)
			fail_msg("the schema: %s%s", text, buf_str(&why));
		if (taken)
			check_finish(&c);
		doc_free(d);
		buf_finish(&why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schema_and_loader_know_the_same_keys),
		cmocka_unit_test(schema_and_loader_know_the_same_kinds),
		cmocka_unit_test(every_shipped_check_fits),
		cmocka_unit_test(both_refuse_the_same),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
