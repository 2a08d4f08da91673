#include "config.h"

#include "base/safe.h"
#include "jq/native.h"

/* What checks do with nearly every line. Each could be said in the language, and is for libjq
 * (tests/jq/libjq_program.c), so that both are held to the same; here they take a tenth of it. */

/* What \s is in a regular expression. */
static bool is_space(int32_t cp)
{
	if (cp < 0x80)
		return cp == ' ' || (cp >= '\t' && cp <= '\r');
	return cp == 0x85 || cp == 0xA0 || cp == 0x1680 || cp == 0x180E ||
	       (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
	       cp == 0x205F || cp == 0x3000;
}

/* Where the run of spaces, or of anything else, that begins at `at` ends. */
static size_t run_end(const struct val_string *s, size_t at, bool spaces)
{
	while (at < s->len) {
		int32_t cp = (unsigned char)s->s[at];
		size_t used = cp < 0x80 ? 1 : safe_decode(s->s + at, s->len - at, &cp);

		if (is_space(cp) != spaces)
			break;
		at += used;
	}
	return at;
}

static int words(struct run *r, struct val in, struct val *args, struct val *out)
{
	const struct val_string *s = in.u.string;
	struct val list;

	if (in.kind != VAL_STRING)
		return native_refuse(r, in, args, 0,
			"%s (%s) cannot be matched, as it is not a string", val_kind_name(&in),
			run_show(&in));
	list = val_array(0);
	for (size_t at = run_end(s, 0, true), end; at < s->len; at = run_end(s, end, true)) {
		end = run_end(s, at, false);
		list = val_push(list, val_strn(s->s + at, end - at));
	}
	val_free(in);
	*out = list;
	return 0;
}

static int trim(struct run *r, struct val in, struct val *args, struct val *out)
{
	const struct val_string *s = in.u.string;
	size_t from, at, to;

	(void)r;
	(void)args;
	*out = in;
	if (in.kind != VAL_STRING)
		return 0;
	from = to = run_end(s, 0, true);
	for (at = from; at < s->len; at = run_end(s, to, true))
		to = run_end(s, at, false);
	if (!from && to == s->len)
		return 0;
	*out = val_strn(s->s + from, to - from);
	val_free(in);
	return 0;
}

static int lines(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct val by;

	(void)r;
	(void)args;
	*out = in;
	if (in.kind != VAL_STRING)
		return 0;
	by = val_str("\n");
	*out = native_split(&in, &by);
	val_free(by);
	val_free(in);
	return 0;
}

static int list(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	(void)args;
	*out = in;
	if (in.kind != VAL_ARRAY)
		*out = in.kind == VAL_NULL ? val_array(0) : val_push(val_array(1), in);
	return 0;
}

static int num(struct run *r, struct val in, struct val *args, struct val *out)
{
	if (!native_tonumber(r, in, args, out))
		return 0;
	val_free(run_take_error(r));
	*out = val_null();
	return 0;
}

static int holds(struct run *r, struct val in, struct val *args, struct val *out)
{
	bool found = false;

	if (in.kind == VAL_ARRAY) {
		for (size_t i = 0; i < val_len(&in) && !found; i++)
			found = val_equal(val_at(&in, i), &args[0]);
	} else if (in.kind == VAL_OBJECT) {
		for (size_t i = 0; i < in.u.object->n && !found; i++)
			found = val_equal(&in.u.object->pairs[i].v, &args[0]);
	} else if (in.kind == VAL_NULL) {
		return native_refuse(r, in, args, 1, "Cannot iterate over null");
	} else {
		return native_refuse(r, in, args, 1, "Cannot iterate over %s (%s)",
			val_kind_name(&in), run_show(&in));
	}
	val_free(in);
	val_free(args[0]);
	*out = val_bool(found);
	return 0;
}

const struct native native_words[] = {
	{"words", 0, words, NULL},
	{"trim", 0, trim, NULL},
	{"lines", 0, lines, NULL},
	{"list", 0, list, NULL},
	{"num", 0, num, NULL},
	{"holds", 1, holds, NULL},
	{NULL, 0, NULL, NULL},
};
