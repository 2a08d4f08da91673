#include "config.h"

#include "codec/load.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/nearest.h"

#define ARGV_MAX 128
#define WORD_MAX 4096

const struct doc *load_place(const struct doc *map, const char *key)
{
	const struct doc *v = doc_get(map, key);

	return v ? v : map;
}

static int wrong_kind(const struct load *l, const struct doc *v, const char *what, const char *key,
	const char *want)
{
	return doc_err(l->e, l->name, v, "%s in %s must be %s, not %s", key, what, want,
		doc_kind_name(doc_kind(v)));
}

/* Why a text may not be, or NULL. */
static const char *text_fault(const struct doc *v, const struct load_text *t)
{
	const char *s = doc_str(v);
	size_t n = doc_str_len(v);

	if (n > t->max)
		return "is too long";
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 && !(t->lines && (c == '\n' || c == '\t')))
			return t->lines ? "holds a control character"
					: "holds a line break or control character";
		if (c == 0x7F)
			return "holds a control character";
	}
	return NULL;
}

static int one_text(const struct load *l, const struct doc *v, const char *what,
	const struct load_text *t, char **out)
{
	const char *want = t->want ? t->want : "text", *fault;
	char number[32];

	if (doc_kind(v) == DOC_INT) { /* `- 1` where a text is wanted is plain enough */
		snprintf(number, sizeof number, "%" PRId64, doc_int(v));
		if (!t->ok || t->ok(number)) {
			free(*out);
			*out = xstrdup(number);
			return 0;
		}
	}
	if (doc_kind(v) != DOC_STRING)
		return wrong_kind(l, v, what, t->key, want);
	fault = text_fault(v, t);
	if (fault)
		return doc_err(l->e, l->name, v, "%s in %s %s (at most %zu bytes)", t->key, what,
			fault, t->max);
	if (!doc_str_len(v) && t->required)
		return doc_err(
			l->e, l->name, v, "%s in %s is empty: it must be %s", t->key, what, want);
	if (t->ok && !t->ok(doc_str(v)))
		return doc_err(l->e, l->name, v, "%s in %s must be %s, not \"%.64s\"", t->key, what,
			want, doc_str(v));
	free(*out);
	*out = xstrdup(doc_str(v));
	return 0;
}

static int absent(
	const struct load *l, const struct doc *map, const char *what, const struct load_text *t)
{
	if (!t->required)
		return 0;
	return doc_err(l->e, l->name, map, "%s has no %s: add \"%s:\" (%s)", what, t->key, t->key,
		t->want ? t->want : "text");
}

int load_text(const struct load *l, const struct doc *map, const char *what,
	const struct load_text *t, char **out)
{
	const struct doc *v = doc_get(map, t->key);

	if (!v)
		return absent(l, map, what, t);
	return one_text(l, v, what, t, out);
}

int load_texts(const struct load *l, const struct doc *map, const char *what,
	const struct load_text *t, bool unique, struct strs *out)
{
	const struct doc *v = doc_get(map, t->key);
	struct load_text each = *t;
	bool list = doc_kind(v) == DOC_LIST;

	each.required = true; /* an empty element is never meant */
	if (!v)
		return absent(l, map, what, t);
	if (!list && doc_kind(v) != DOC_STRING)
		return wrong_kind(l, v, what, t->key, "a list");
	if (list && !doc_len(v) && t->required)
		return doc_err(l->e, l->name, v, "%s in %s is an empty list", t->key, what);
	for (size_t i = 0; i < (list ? doc_len(v) : 1); i++) {
		const struct doc *item = list ? doc_at(v, i) : v;
		char *text = NULL;

		if (one_text(l, item, what, &each, &text))
			return -1;
		if (unique && strs_has(out, text)) {
			free(text);
			return doc_err(l->e, l->name, item,
				"\"%.64s\" stands twice in %s of %s: remove one", doc_str(item),
				t->key, what);
		}
		strs_take(out, text);
	}
	return 0;
}

int load_bool(
	const struct load *l, const struct doc *map, const char *what, const char *key, bool *out)
{
	const struct doc *v = doc_get(map, key);

	if (!v)
		return 0;
	if (doc_kind(v) != DOC_BOOL)
		return wrong_kind(l, v, what, key, "true or false");
	*out = doc_bool(v);
	return 0;
}

int load_int(const struct load *l, const struct doc *map, const char *what, const char *key,
	int64_t min, int64_t max, int64_t *out)
{
	const struct doc *v = doc_get(map, key);

	if (!v)
		return 0;
	if (doc_kind(v) != DOC_INT || doc_int(v) < min || doc_int(v) > max)
		return doc_err(l->e, l->name, v,
			"%s in %s must be a whole number from %" PRId64 " to %" PRId64, key, what,
			min, max);
	*out = doc_int(v);
	return 0;
}

int load_duration(const struct load *l, const struct doc *map, const char *what, const char *key,
	int64_t min_s, int64_t max_s, int64_t *out)
{
	const struct doc *v = doc_get(map, key);
	int64_t ms = -1;

	if (!v)
		return 0;
	if (doc_kind(v) == DOC_INT && doc_int(v) >= 0 && doc_int(v) <= max_s)
		ms = doc_int(v) * 1000;
	else if (doc_kind(v) == DOC_STRING && !duration_parse(doc_str(v), &ms))
		ms = -1;
	if (ms < min_s * 1000 || ms > max_s * 1000)
		return doc_err(l->e, l->name, v,
			"%s in %s must be a time from %" PRId64 "s to %" PRId64
			"s, written like 30s, 15m or 2h",
			key, what, min_s, max_s);
	*out = ms;
	return 0;
}

static bool bytes_parse(const char *s, long long max, long long *out)
{
	char number[24];
	size_t n = strlen(s);
	long long unit = 1;

	if (!n || n >= sizeof number)
		return false;
	if (s[n - 1] == 'K')
		unit = 1024;
	else if (s[n - 1] == 'M')
		unit = 1024 * 1024;
	snprintf(number, sizeof number, "%.*s", (int)(unit > 1 ? n - 1 : n), s);
	if (!str_int(number, 1, max / unit, out))
		return false;
	*out *= unit;
	return true;
}

int load_bytes(const struct load *l, const struct doc *map, const char *what, const char *key,
	size_t max, size_t *out)
{
	const struct doc *v = doc_get(map, key);
	long long n = 0;

	if (!v)
		return 0;
	if (doc_kind(v) == DOC_INT && doc_int(v) <= (int64_t)max)
		n = doc_int(v);
	else if (doc_kind(v) == DOC_STRING && !bytes_parse(doc_str(v), (long long)max, &n))
		n = 0;
	if (n < 1)
		return doc_err(l->e, l->name, v,
			"%s in %s must be a size from 1 to %zu bytes, written like 64K or 1M", key,
			what, max);
	*out = (size_t)n;
	return 0;
}

int load_mode(const struct load *l, const struct doc *map, const char *what, unsigned *out)
{
	const struct doc *v = doc_get(map, "mode");
	const char *s = doc_str(v);
	size_t n = doc_str_len(v);

	if (!v)
		return 0;
	if (!s || n < 3 || n > 4 || strspn(s, "01234567") != n || (n == 4 && *s != '0'))
		return doc_err(l->e, l->name, v,
			"mode in %s must be permission bits in octal and in quotes, like \"0644\", "
			"without set-id or sticky bits",
			what);
	*out = (unsigned)strtoul(s, NULL, 8);
	return 0;
}

int load_argv(const struct load *l, const struct doc *map, const char *what, const char *key,
	struct strs *out)
{
	const struct doc *v = doc_get(map, key);

	if (doc_kind(v) != DOC_LIST || !doc_len(v) || doc_len(v) > ARGV_MAX)
		return doc_err(l->e, l->name, load_place(map, key),
			"%s in %s must be a list of 1 to %d words, like [/usr/bin/df, -PT]: never "
			"a shell line",
			key, what, ARGV_MAX);
	for (size_t i = 0; i < doc_len(v); i++) {
		const struct load_text word = {.key = key, .max = WORD_MAX};
		char *text = NULL;

		if (one_text(l, doc_at(v, i), what, &word, &text))
			return -1;
		strs_take(out, text);
	}
	if (!path_is_clean_absolute(out->v[0]))
		return doc_err(l->e, l->name, doc_at(v, 0),
			"the first word of %s in %s must be an absolute path, like /usr/bin/df, "
			"not \"%.64s\"",
			key, what, out->v[0]);
	return 0;
}

int load_list(const struct load *l, const struct doc *map, const char *what, const char *key,
	const struct doc **out)
{
	const struct doc *v = doc_get(map, key);

	*out = NULL;
	if (!v)
		return 0;
	if (doc_kind(v) != DOC_LIST)
		return wrong_kind(l, v, what, key, "a list");
	*out = v;
	return 0;
}

static char *choices(const char *const *words)
{
	struct strs s = {0};
	char *text;

	for (; *words; words++)
		strs_add(&s, *words);
	text = strs_join(&s, ", ");
	strs_finish(&s);
	return text;
}

int load_choice(const struct load *l, const struct doc *map, const char *what, const char *key,
	const char *const *words, int *out)
{
	const struct doc *v = doc_get(map, key);
	const char *s = doc_str(v), *near;
	char *all;

	if (!v)
		return 0;
	for (int i = 0; s && words[i]; i++) {
		if (str_eq(words[i], s)) {
			*out = i;
			return 0;
		}
	}
	near = s ? nearest(s, words) : NULL;
	all = choices(words);
	if (near)
		doc_err(l->e, l->name, v, "%s in %s is \"%.64s\": did you mean \"%s\"? (one of %s)",
			key, what, s, near, all);
	else
		doc_err(l->e, l->name, v, "%s in %s must be one of %s", key, what, all);
	free(all);
	return -1;
}

bool load_is_login(const char *s)
{
	static const char rest[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";
	size_t n = strlen(s);

	return n && n <= 32 && *s != '-' && !(*s >= '0' && *s <= '9') && strspn(s, rest) == n;
}

bool load_is_owner(const char *s)
{
	long long id;

	return load_is_login(s) || str_int(s, 0, 4294967294LL, &id);
}

bool load_is_unit(const char *s)
{
	static const char chars[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:_.@-";
	static const char *const kinds[] = {".service", ".socket", ".timer", ".path", ".target"};
	size_t n = strlen(s);

	if (n > 200 || strspn(s, chars) != n || *s == '-' || *s == '.')
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (str_ends(s, kinds[i]) && n > strlen(kinds[i]))
			return true;
	}
	return false;
}
