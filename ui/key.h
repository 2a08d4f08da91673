/*
 * Keys as numbers and as words ("ctrl-x", "shift-tab", "G"). Knows no terminal and no action.
 */
#ifndef OPSDECK_UI_KEY_H
#define OPSDECK_UI_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A key is a code point, or one of these, with modifiers above it. */
#define KEY_SPECIALS(X)                                                                            \
	X(ENTER, "enter")                                                                          \
	X(ESC, "esc")                                                                              \
	X(TAB, "tab")                                                                              \
	X(SHIFT_TAB, "shift-tab")                                                                  \
	X(SPACE, "space")                                                                          \
	X(BACKSPACE, "backspace")                                                                  \
	X(DELETE, "delete")                                                                        \
	X(INSERT, "insert")                                                                        \
	X(UP, "up")                                                                                \
	X(DOWN, "down")                                                                            \
	X(LEFT, "left")                                                                            \
	X(RIGHT, "right")                                                                          \
	X(HOME, "home")                                                                            \
	X(END, "end")                                                                              \
	X(PAGE_UP, "page-up")                                                                      \
	X(PAGE_DOWN, "page-down")

enum {
	KEYCODE_NONE = 0,
	KEYCODE_FIRST = 0x110000, /* above every code point */
#define X(id, name) KEYCODE_##id,
	KEY_SPECIALS(X)
#undef X
		KEYCODE_END_OF_LIST,
	KEY_MOD_CTRL = 0x1000000,
	KEY_MOD_ALT = 0x2000000,
};

/* One word; false when it names no key. A capital letter is itself; "shift-tab" is the only shift.
 */
bool key_parse(const char *word, size_t n, int32_t *key);
#define KEY_NAME_MAX 24
void key_name(char out[KEY_NAME_MAX], int32_t key);
/* The key on the same place of a Latin keyboard, for Cyrillic letters; the key itself otherwise. */
int32_t key_latin(int32_t key);

#endif
