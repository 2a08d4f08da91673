#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "codec/manifest.h"

static void put(struct manifest *m, const char *path, const char *type, const char *link)
{
	const struct manifest_entry entry = {.path = (char *)path,
		.mode = 0440,
		.uid = 0,
		.gid = 4,
		.type = (char *)type,
		.link = (char *)link};

	manifest_put(m, &entry);
}

static void comes_back_as_it_was_written(void **state)
{
	struct manifest m = {0}, back;
	struct buf text = {0}, again = {0};
	struct err e;

	(void)state;
	put(&m, "etc/with blank and %", "file", NULL);
	put(&m, "etc/a\nb", "file", NULL);
	put(&m, "etc/l", "symlink", "-");
	put(&m, "etc", "dir", NULL);
	manifest_write(&text, &m);
	assert_string_equal(buf_str(&text), "etc 0440 0 4 dir -\netc/a%0Ab 0440 0 4 file -\n"
					    "etc/l 0440 0 4 symlink %2D\n"
					    "etc/with%20blank%20and%20%25 0440 0 4 file -\n");
	assert_int_equal(manifest_read(&back, buf_str(&text), text.len, "MANIFEST", &e), 0);
	manifest_write(&again, &back);
	assert_string_equal(buf_str(&again), buf_str(&text));
	assert_string_equal(manifest_get(&back, "etc/l")->link, "-");
	manifest_remove(&back, "etc/l");
	assert_null(manifest_get(&back, "etc/l"));
	assert_int_equal(back.count, 3);
	manifest_finish(&m);
	manifest_finish(&back);
	buf_finish(&text);
	buf_finish(&again);
}

static void names_the_line_that_is_wrong(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"# c\n\netc 0755 0 0 dir\n", "M:3:1: must be PATH MODE UID GID TYPE LINK"},
		{"etc 9 0 0 dir -\n", "M:1:1: must be PATH"},
		{"etc 0755 -1 0 dir -\n", "M:1:1: must be PATH"},
		{"etc 0755 0 0 door -\n", "M:1:1: must be PATH"},
		{"../etc 0755 0 0 dir -\n", "M:1:1: not a clean relative path"},
		{"/etc 0755 0 0 dir -\n", "M:1:1: not a clean relative path"},
		{"a%2 0755 0 0 dir -\n", "M:1:1: not a clean relative path"},
		{"a%00 0755 0 0 dir -\n", "M:1:1: not a clean relative path"},
		{"a 0755 0 0 dir -\na 0755 0 0 dir -\n", "M:2:1: a stands there twice"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct manifest m;
		struct err e;

		assert_int_equal(
			manifest_read(&m, cases[i].text, strlen(cases[i].text), "M", &e), -1);
		assert_memory_equal(e.msg, cases[i].message, strlen(cases[i].message));
		assert_int_equal(m.count, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back_as_it_was_written),
		cmocka_unit_test(names_the_line_that_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
