#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "ui/key.h"
#include "ui/keyin.h"
#include "ui/keymap.h"

struct got {
	char keys[256]; /* names, blanks between */
	char paste[64];
	int pastes;
};

static void key(void *arg, int32_t k)
{
	struct got *g = arg;
	char name[KEY_NAME_MAX];
	size_t n = strlen(g->keys);

	key_name(name, k);
	snprintf(g->keys + n, sizeof g->keys - n, "%s%s", n ? " " : "", name);
}

static void paste(void *arg, const char *text, size_t n)
{
	struct got *g = arg;

	g->pastes++;
	snprintf(g->paste, sizeof g->paste, "%.*s", (int)n, text);
}

static void bytes_become_keys(void **state)
{
	static const struct {
		const char *bytes, *keys;
	} cases[] = {
		{"aG?", "a G ?"},
		{"\033[A\033OB\033[1;5C", "up down right"},
		{"\033[5~\033[6~\033[3~\033[H\033[4~", "page-up page-down delete home end"},
		{"\r\t \177\001", "enter tab space backspace ctrl-a"},
		{"\033[Z", "shift-tab"},
		{"\033a", "alt-a"},
		{"\xd0\xb9", "й"},
		/* Sequences that nobody knows say nothing: none of their letters runs. */
		{"\033[?62;22cq", "q"},
		{"\033[[Aq", "q"},
		{"\033]52;c;aGk=\007q", "q"},
		{"\033P+q544e\033\\q", "q"},
		{"\033[<0;10;10Mq", "q"},
		{"\xff\xfeq", "q"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct got g = {{0}, {0}, 0};
		struct keyin_handlers to = {key, paste, &g};
		struct keyin k = {0};

		/* One byte at a time: a slow link changes nothing. */
		for (const char *p = cases[i].bytes; *p; p++)
			keyin_bytes(&k, p, 1, &to);
		assert_string_equal(g.keys, cases[i].keys);
		keyin_finish(&k);
	}
}

static void a_lone_escape_is_a_key_after_a_while(void **state)
{
	struct got g = {{0}, {0}, 0};
	struct keyin_handlers to = {key, paste, &g};
	struct keyin k = {0};

	(void)state;
	keyin_bytes(&k, "\033", 1, &to);
	assert_string_equal(g.keys, "");
	assert_true(keyin_wait_ms(&k) > 0 && keyin_wait_ms(&k) <= 25);
	keyin_timeout(&k, &to);
	assert_string_equal(g.keys, "esc");
	assert_int_equal(keyin_wait_ms(&k), 0);
	/* A string that never ends does not swallow the keyboard for ever. */
	keyin_bytes(&k, "\033]0;x", 5, &to);
	assert_true(keyin_wait_ms(&k) > 0);
	keyin_timeout(&k, &to);
	keyin_bytes(&k, "q", 1, &to);
	assert_string_equal(g.keys, "esc q");
	keyin_finish(&k);
}

static void pasted_text_never_runs_keys(void **state)
{
	struct got g = {{0}, {0}, 0};
	struct keyin_handlers to = {key, paste, &g};
	struct keyin k = {0};
	static const char bytes[] = "\033[200~A\ryq\033[A\033[201~j";

	(void)state;
	keyin_bytes(&k, bytes, sizeof bytes - 1, &to);
	assert_int_equal(g.pastes, 1);
	assert_string_equal(g.paste, "A\ryq\033[A");
	assert_string_equal(g.keys, "j");
	keyin_finish(&k);
}

static void a_huge_paste_is_bounded(void **state)
{
	struct got g = {{0}, {0}, 0};
	struct keyin_handlers to = {key, paste, &g};
	struct keyin k = {0};
	char block[1024];

	(void)state;
	memset(block, 'q', sizeof block);
	keyin_bytes(&k, "\033[200~", 6, &to);
	for (int i = 0; i < 200; i++)
		keyin_bytes(&k, block, sizeof block, &to);
	assert_true(k.paste.len <= KEYIN_PASTE_MAX);
	keyin_bytes(&k, "\033[201~", 6, &to);
	assert_int_equal(g.pastes, 1);
	assert_string_equal(g.keys, "");
	keyin_finish(&k);
}

static void names_of_keys_read_back(void **state)
{
	static const char *const names[] = {"a", "G", "ctrl-x", "alt-enter", "shift-tab", "page-up",
		"space", "esc", "?", "ctrl-space"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char name[KEY_NAME_MAX];
		int32_t k;

		assert_true(key_parse(names[i], strlen(names[i]), &k));
		key_name(name, k);
		assert_string_equal(name, names[i]);
	}
	for (size_t i = 0; i < 3; i++) {
		static const char *const wrong[] = {"", "ctrl-", "banana"};
		int32_t k;

		assert_false(key_parse(wrong[i], strlen(wrong[i]), &k));
	}
}

static void the_default_keys_do_not_collide(void **state)
{
	struct keymap m;
	struct strs conflicts = {0};

	(void)state;
	keymap_defaults(&m);
	keymap_conflicts(&m, &conflicts);
	if (conflicts.n)
		print_error("%s\n", conflicts.v[0]);
	assert_int_equal(conflicts.n, 0);
	strs_finish(&conflicts);
}

/* Closed world: every action has keys that parse, a help line and a place where it works. */
static void every_action_is_complete(void **state)
{
	struct keymap m;

	(void)state;
	keymap_defaults(&m);
	for (int i = 0; i < DO_COUNT; i++) {
		struct strs words = {0};
		size_t keys = 0;

		strs_split(&words, action_table[i].keys, ' ');
		while (keys < KEYMAP_KEYS_MAX && m.keys[i][keys])
			keys++;
		assert_int_equal(keys, words.n);
		assert_true(keys > 0);
		assert_true(strlen(action_table[i].help) > 5);
		assert_true(action_table[i].contexts != 0);
		assert_int_equal(action_parse_name(action_table[i].name), i);
		strs_finish(&words);
	}
}

/* Closed world: a screen script uses every action. */
static void every_action_is_scripted(void **state)
{
	const char *src = getenv("OPSDECK_SRCDIR");
	char *dir = xasprintf("%s/tests/screens", src ? src : ".");
	struct strs names = {0}, lines = {0};
	struct err e;

	(void)state;
	assert_int_equal(dir_list(&names, dir, &e), 0);
	for (size_t i = 0; i < names.n; i++) {
		struct buf text = {0};
		char *path = path_join(dir, names.v[i]);

		if (str_ends(path, ".script")) {
			assert_int_equal(file_read(&text, path, 1 << 20, &e), 0);
			strs_split(&lines, buf_str(&text), '\n');
		}
		buf_finish(&text);
		free(path);
	}
	for (int i = 0; i < DO_COUNT; i++) {
		if (!strs_has(&lines, action_table[i].name))
			fail_msg("no script uses %s", action_table[i].name);
	}
	strs_finish(&names);
	strs_finish(&lines);
	free(dir);
}

static void keys_can_be_changed(void **state)
{
	struct keymap m;
	struct strs conflicts = {0};
	struct err e;
	static const char good[] = "quit: [ctrl-q, x]\nraw: []\n";
	static const char clash[] = "quit: j\n";
	static const char *const bad[] = {"fly: x\n", "quit: banana\n", "quit: 7\n", "- quit\n"};
	int32_t x;

	(void)state;
	keymap_defaults(&m);
	assert_int_equal(keymap_read(&m, good, sizeof good - 1, "keys.yml", &e), 0);
	assert_true(key_parse("x", 1, &x));
	assert_int_equal(keymap_find(&m, x, IN_ANY), DO_QUIT);
	assert_int_equal(keymap_find(&m, 'q', IN_ANY), DO_COUNT);
	assert_int_equal(keymap_find(&m, 'w', IN_FINDING), DO_COUNT);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(keymap_read(&m, bad[i], strlen(bad[i]), "keys.yml", &e), -1);
		assert_int_equal(strncmp(e.msg, "keys.yml:1:", 11), 0);
		assert_int_equal(keymap_find(&m, x, IN_ANY), DO_QUIT);
	}
	assert_int_equal(keymap_read(&m, clash, sizeof clash - 1, "keys.yml", &e), 0);
	keymap_conflicts(&m, &conflicts);
	assert_true(conflicts.n > 0);
	strs_finish(&conflicts);
}

static void other_layouts_fall_back_to_the_place(void **state)
{
	struct keymap m;

	(void)state;
	keymap_defaults(&m);
	assert_int_equal(keymap_find(&m, 0x439, IN_ANY), DO_QUIT);	 /* й is on q */
	assert_int_equal(keymap_find(&m, 0x424, IN_REVIEW), DO_APPROVE); /* Ф is on A */
}

/* What an approval is opened with is not what confirms it, and Enter confirms nothing. */
static void the_opener_never_confirms(void **state)
{
	struct keymap m;

	(void)state;
	keymap_defaults(&m);
	for (size_t i = 0; i < KEYMAP_KEYS_MAX && m.keys[DO_CONFIRM][i]; i++) {
		assert_int_not_equal(m.keys[DO_CONFIRM][i], KEYCODE_ENTER);
		assert_int_equal(
			keymap_find(&m, m.keys[DO_CONFIRM][i], IN_REVIEW | IN_ANY), DO_COUNT);
	}
	assert_int_equal(keymap_find(&m, KEYCODE_ENTER, IN_DIALOG), DO_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_keys),
		cmocka_unit_test(a_lone_escape_is_a_key_after_a_while),
		cmocka_unit_test(pasted_text_never_runs_keys),
		cmocka_unit_test(a_huge_paste_is_bounded),
		cmocka_unit_test(names_of_keys_read_back),
		cmocka_unit_test(the_default_keys_do_not_collide),
		cmocka_unit_test(every_action_is_complete),
		cmocka_unit_test(every_action_is_scripted),
		cmocka_unit_test(keys_can_be_changed),
		cmocka_unit_test(other_layouts_fall_back_to_the_place),
		cmocka_unit_test(the_opener_never_confirms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
