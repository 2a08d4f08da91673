#include "config.h"

#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "codec/doc.h"
#include "codec/yaml.h"
#include "ui/key.h"

/* Adds one key; false when the action has no room for it. */
static bool add_key(int32_t *keys, int32_t key)
{
	for (size_t i = 0; i < KEYMAP_KEYS_MAX; i++) {
		if (keys[i])
			continue;
		keys[i] = key;
		return true;
	}
	return false;
}

static void add_words(int32_t *keys, const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " ");
		int32_t key;

		if (key_parse(words, n, &key))
			add_key(keys, key);
		words += n;
		words += strspn(words, " ");
	}
}

void keymap_defaults(struct keymap *m)
{
	memset(m, 0, sizeof *m);
	for (int i = 0; i < DO_COUNT; i++)
		add_words(m->keys[i], action_table[i].keys);
}

static int read_key(int32_t *keys, const struct doc *d, const char *name, struct err *e)
{
	const char *word = doc_str(d);
	int32_t key;

	if (!word || !key_parse(word, strlen(word), &key))
		return doc_err(
			e, name, d, "not a key: write \"x\", \"ctrl-x\", \"enter\", \"page-up\"");
	if (!add_key(keys, key))
		return doc_err(e, name, d, "more than %d keys for one action", KEYMAP_KEYS_MAX);
	return 0;
}

static int read_action(
	struct keymap *m, const struct doc *map, size_t i, const char *name, struct err *e)
{
	const struct doc *v = doc_value(map, i);
	enum action_id a = action_parse_name(doc_key(map, i));

	if (a == DO_COUNT)
		return doc_err(e, name, v, "there is no action \"%s\" (see ? in the cockpit)",
			doc_key(map, i));
	memset(m->keys[a], 0, sizeof m->keys[a]);
	if (doc_kind(v) != DOC_LIST)
		return read_key(m->keys[a], v, name, e);
	for (size_t k = 0; k < doc_len(v); k++) {
		if (read_key(m->keys[a], doc_at(v, k), name, e) < 0)
			return -1;
	}
	return 0;
}

int keymap_read(struct keymap *m, const char *text, size_t n, const char *name, struct err *e)
{
	struct keymap now = *m;
	struct doc *d = NULL;
	int rc = 0;

	if (yaml_read(&d, text, n, name, e) < 0)
		return -1;
	if (doc_kind(d) != DOC_MAP && doc_kind(d) != DOC_NULL)
		rc = doc_err(e, name, d, "must be a map of actions to keys");
	for (size_t i = 0; rc == 0 && i < doc_len(d); i++)
		rc = read_action(&now, d, i, name, e);
	if (rc == 0)
		*m = now;
	doc_free(d);
	return rc;
}

static bool has_key(const int32_t *keys, int32_t key)
{
	for (size_t i = 0; i < KEYMAP_KEYS_MAX && keys[i]; i++) {
		if (keys[i] == key)
			return true;
	}
	return false;
}

/* Two actions meet where they share a context; what works everywhere meets everything but dialogs.
 */
static bool meet(unsigned a, unsigned b)
{
	const unsigned dialogs = IN_DIALOG | IN_APPROVE;

	if ((a & IN_ANY) && (b & ~dialogs))
		return true;
	if ((b & IN_ANY) && (a & ~dialogs))
		return true;
	return (a & b) != 0 || ((a & dialogs) && (b & dialogs));
}

void keymap_conflicts(const struct keymap *m, struct strs *out)
{
	for (int a = 0; a < DO_COUNT; a++) {
		for (int b = a + 1; b < DO_COUNT; b++) {
			if (!meet(action_table[a].contexts, action_table[b].contexts))
				continue;
			for (size_t i = 0; i < KEYMAP_KEYS_MAX && m->keys[a][i]; i++) {
				char word[KEY_NAME_MAX];

				if (!has_key(m->keys[b], m->keys[a][i]))
					continue;
				key_name(word, m->keys[a][i]);
				strs_addf(out, "key %s: both %s and %s want it; %s gets it", word,
					action_table[a].name, action_table[b].name,
					action_table[a].name);
			}
		}
	}
}

static enum action_id find(const struct keymap *m, int32_t key, unsigned contexts)
{
	for (int a = 0; a < DO_COUNT; a++) {
		if ((action_table[a].contexts & contexts) && has_key(m->keys[a], key))
			return (enum action_id)a;
	}
	return DO_COUNT;
}

enum action_id keymap_find(const struct keymap *m, int32_t key, unsigned contexts)
{
	enum action_id a = find(m, key, contexts);

	if (a == DO_COUNT && key_latin(key) != key)
		a = find(m, key_latin(key), contexts);
	return a;
}

void keymap_key(const struct keymap *m, enum action_id a, char *out, size_t size)
{
	char word[KEY_NAME_MAX] = "";

	if (m->keys[a][0] == KEYCODE_ENTER)
		snprintf(word, sizeof word, "⏎");
	else if (m->keys[a][0])
		key_name(word, m->keys[a][0]);
	snprintf(out, size, "%s", word);
}

void keymap_keys(const struct keymap *m, enum action_id a, char *out, size_t size)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < KEYMAP_KEYS_MAX && m->keys[a][i]; i++) {
		char word[KEY_NAME_MAX];
		int wrote;

		key_name(word, m->keys[a][i]);
		wrote = snprintf(out + n, size - n, "%s%s", i ? " " : "", word);
		if (wrote < 0 || (size_t)wrote >= size - n)
			return;
		n += (size_t)wrote;
	}
}
