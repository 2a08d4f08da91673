/*
 * Which key does what, where: the defaults of the action table, and what keys.yml changed. Knows no
 * terminal.
 */
#ifndef OPSDECK_UI_KEYMAP_H
#define OPSDECK_UI_KEYMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "ui/action.h"

#define KEYMAP_KEYS_MAX 6 /* keys of one action */

struct keymap {
	int32_t keys[DO_COUNT][KEYMAP_KEYS_MAX]; /* 0 ends */
};

void keymap_defaults(struct keymap *m);
/* keys.yml: `action: key` or `action: [key, key]`, `[]` unbinds. On an error the map stays as it
 * was. */
int keymap_read(
	struct keymap *m, const char *text, size_t n, const char *name, struct err *e) WARN_UNUSED;
/* Sentences about keys that two actions want in the same place. */
void keymap_conflicts(const struct keymap *m, struct strs *out);
/* The action of a key within the contexts; DO_COUNT when there is none. Letters of another layout
 * fall back to the key's place. */
enum action_id keymap_find(const struct keymap *m, int32_t key, unsigned contexts);
/* The first key of an action as a word, "" when it has none; for footers. */
void keymap_key(const struct keymap *m, enum action_id a, char *out, size_t size);
/* All of them, blanks between. */
void keymap_keys(const struct keymap *m, enum action_id a, char *out, size_t size);

#endif
