#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "ui/theme.h"

static char *themes_dir(void)
{
	const char *src = getenv("OPSDECK_SRCDIR");

	return xasprintf("%s/themes", src ? src : ".");
}

/* Closed world: every theme that ships has every role. */
static void every_theme_is_complete(void **state)
{
	char *dir = themes_dir();
	struct strs names = {0};
	struct err e;
	size_t themes = 0;

	(void)state;
	assert_int_equal(dir_list(&names, dir, &e), 0);
	for (size_t i = 0; i < names.n; i++) {
		struct buf text = {0};
		struct theme t;
		char *path, *name;

		if (!str_ends(names.v[i], ".yml"))
			continue;
		themes++;
		path = path_join(dir, names.v[i]);
		assert_int_equal(file_read(&text, path, 1 << 20, &e), 0);
		e.msg[0] = '\0';
		if (theme_read(&t, buf_str(&text), text.len, names.v[i], &e) < 0)
			fail_msg("%s", e.msg);
		name = xasprintf("%s.yml", t.name);
		assert_string_equal(name, names.v[i]);
		free(name);
		free(path);
		buf_finish(&text);
	}
	assert_true(themes >= 2);
	strs_finish(&names);
	free(dir);
}

static void broken_themes_name_the_place(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{"name: x\n", "roles"},
		{"name: x\nroles: {text: {fg: default}}\n", "missing"},
		{"name: x\nroles: {banana: {fg: default}}\n", "banana"},
		{"name: x\ncolours: {}\nroles: {}\n", "colours"},
		{"name: x\nroles: {text: {fg: red}}\n", "not a colour"},
		{"- a\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct theme t, was;
		struct err e;

		theme_plain(&t);
		was = t;
		assert_int_equal(
			theme_read(&t, cases[i].text, strlen(cases[i].text), "x.yml", &e), -1);
		assert_int_equal(strncmp(e.msg, "x.yml:", 6), 0);
		assert_non_null(strstr(e.msg, cases[i].says));
		assert_memory_equal(&t, &was, sizeof t); /* the good one stays */
	}
}

static void colours_have_neighbours(void **state)
{
	(void)state;
	assert_int_equal(colour_256(0x000000), 16);
	assert_int_equal(colour_256(0xffffff), 231);
	assert_int_equal(colour_256(0xff0000), 196);
	assert_int_equal(colour_256(0x080808), 232);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_theme_is_complete),
		cmocka_unit_test(broken_themes_name_the_place),
		cmocka_unit_test(colours_have_neighbours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
