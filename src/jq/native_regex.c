#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "jq/eval_parts.h"
#include "jq/native.h"
#include "jq/regex.h"

/* The letters that jq has; *global whether g is among them. */
static int flags_of(struct run *r, const struct val *flags, unsigned *options, bool *global)
{
	*options = 0;
	*global = false;
	if (flags->kind == VAL_NULL)
		return 0;
	if (flags->kind != VAL_STRING)
		return run_fail(
			r, "%s (%s) is not a string", val_kind_name(flags), run_show(flags));
	for (const char *c = flags->u.string->s; *c; c++) {
		if (*c == 'g')
			*global = true;
		else if (*c == 'i')
			*options |= REGEX_CASELESS;
		else if (*c == 'x')
			*options |= REGEX_EXTENDED;
		else if (*c == 'p')
			*options |= REGEX_DOTALL;
		else if (*c != 's' && *c != 'n')
			return run_fail(r, "%s is not a valid modifier string", flags->u.string->s);
	}
	return 0;
}

/* ---- matches ---- */

/* One search in a text. */
struct search {
	struct run *r;
	const struct regex *re;
	const struct val_string *s;
	const size_t *ends; /* begin and end of each group */
	unsigned groups;    /* with the whole match */
	bool skip_empty;    /* n among the flags */
};

/* 1 found, 0 not, -1 failed. */
static int find(struct search *f, size_t from)
{
	int rc = regexes_match(f->r->regexes, f->re, f->s, from, f->skip_empty, &f->ends);

	if (rc >= 0)
		return rc;
	return run_fail(f->r, "the regular expression takes too long or fails (%d)", rc);
}

static double characters(const char *s, size_t n)
{
	int count = 0;

	for (size_t i = 0; i < n; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

/* {offset, length, string, name}: offset -1 and null where the group took no part. */
static struct val group(const struct search *f, unsigned i, struct val name)
{
	size_t from = f->ends[2 * i], to = f->ends[2 * i + 1];
	bool there = from != REGEX_UNSET && to >= from;
	struct val g = val_object();

	g = val_set_str(g, "offset", val_number(there ? characters(f->s->s, from) : -1));
	g = val_set_str(g, "length", val_number(there ? characters(f->s->s + from, to - from) : 0));
	g = val_set_str(g, "string", there ? val_strn(f->s->s + from, to - from) : val_null());
	return val_set_str(g, "name", name);
}

static struct val name_at(const struct val *names, unsigned i)
{
	return i < val_len(names) ? val_copy(val_at(names, i)) : val_null();
}

static struct val match_value(const struct search *f, const struct val *names)
{
	struct val captures = val_array(0), m = val_object();
	size_t from = f->ends[0], to = f->ends[1] < from ? from : f->ends[1];

	for (unsigned i = 1; i < f->groups; i++)
		captures = val_push(captures, group(f, i, name_at(names, i)));
	m = val_set_str(m, "offset", val_number(characters(f->s->s, from)));
	m = val_set_str(m, "length", val_number(characters(f->s->s + from, to - from)));
	m = val_set_str(m, "string", val_strn(f->s->s + from, to - from));
	return val_set_str(m, "captures", captures);
}

/* Where the next search begins: behind an empty match one character further. */
static size_t next_from(const struct search *f)
{
	size_t end = f->ends[1];

	if (f->ends[1] > f->ends[0])
		return end;
	end++;
	while (end < f->s->len && ((unsigned char)f->s->s[end] & 0xC0) == 0x80)
		end++;
	return end;
}

static int search_start(struct search *f, struct run *r, const struct val *in, const struct val *re,
	const struct val *flags, bool *global)
{
	struct buf why = {0};
	unsigned options;

	if (in->kind != VAL_STRING)
		return run_fail(r, "%s (%s) cannot be matched, as it is not a string",
			val_kind_name(in), run_show(in));
	if (re->kind != VAL_STRING)
		return run_fail(r, "%s (%s) is not a string", val_kind_name(re), run_show(re));
	if (flags_of(r, flags, &options, global))
		return -1;
	*f = (struct search){.r = r,
		.re = regexes_compile(r->regexes, re->u.string, options, &why),
		.s = in->u.string,
		.skip_empty = flags->kind == VAL_STRING && strchr(flags->u.string->s, 'n')};
	if (f->re)
		f->groups = regex_groups(f->re);
	else
		run_fail(r, "%s", buf_str(&why));
	buf_finish(&why);
	return f->re ? 0 : -1;
}

/* Every match (the first alone unless global) as a list. */
static int matches(struct run *r, const struct val *in, const struct val *re,
	const struct val *flags, bool always_global, struct val *out)
{
	struct search f;
	struct val names, list;
	size_t from = 0;
	bool global;
	int found = 0;

	if (search_start(&f, r, in, re, flags, &global))
		return -1;
	names = regex_names(f.re);
	list = val_array(0);
	while (from <= f.s->len && (found = find(&f, from)) > 0) {
		list = val_push(list, match_value(&f, &names));
		if (!global && !always_global)
			break;
		from = next_from(&f);
	}
	val_free(names);
	if (found < 0) {
		val_free(list);
		return -1;
	}
	*out = list;
	return 0;
}

/* The functions' arguments: a regex with flags, or a list of both. */
static void unpack(struct val *re, struct val *flags)
{
	struct val list = *re;

	if (list.kind != VAL_ARRAY)
		return;
	*re = val_len(&list) > 0 ? val_copy(val_at(&list, 0)) : val_null();
	if (flags->kind == VAL_NULL && val_len(&list) > 1)
		*flags = val_copy(val_at(&list, 1));
	val_free(list);
}

static int finish(struct val in, struct val re, struct val flags, int rc)
{
	val_free(in);
	val_free(re);
	val_free(flags);
	return rc;
}

static int test(struct run *r, struct val in, struct val re, struct val flags, struct val *out)
{
	struct search f;
	bool global;
	int found;

	unpack(&re, &flags);
	if (search_start(&f, r, &in, &re, &flags, &global))
		return finish(in, re, flags, -1);
	found = find(&f, 0);
	*out = val_bool(found > 0);
	return finish(in, re, flags, found < 0 ? -1 : 0);
}

static int all_matches(
	struct run *r, struct val in, struct val re, struct val flags, bool global, struct val *out)
{
	int rc;

	unpack(&re, &flags);
	rc = matches(r, &in, &re, &flags, global, out);
	return finish(in, re, flags, rc);
}

static int test1(struct run *r, struct val in, struct val *args, struct val *out)
{
	return test(r, in, args[0], val_null(), out);
}

static int test2(struct run *r, struct val in, struct val *args, struct val *out)
{
	return test(r, in, args[0], args[1], out);
}

static int match_list(struct run *r, struct val in, struct val *args, struct val *out)
{
	return all_matches(r, in, args[0], args[1], false, out);
}

static int match_list_all(struct run *r, struct val in, struct val *args, struct val *out)
{
	return all_matches(r, in, args[0], args[1], true, out);
}

/* The parts of a text between the matches. */
static int split2(struct run *r, struct val in, struct val *args, struct val *out)
{
	struct search f;
	struct val list = val_array(0);
	size_t from = 0, rest = 0;
	bool global;
	int found = 0;

	if (search_start(&f, r, &in, &args[0], &args[1], &global)) {
		val_free(list);
		return finish(in, args[0], args[1], -1);
	}
	while (from <= f.s->len && (found = find(&f, from)) > 0) {
		list = val_push(list, val_strn(f.s->s + rest, f.ends[0] - rest));
		rest = f.ends[1];
		from = next_from(&f);
	}
	list = val_push(list, val_strn(f.s->s + rest, f.s->len - rest));
	if (found < 0)
		val_free(list);
	else
		*out = list;
	return finish(in, args[0], args[1], found < 0 ? -1 : 0);
}

/* The named groups of a match as an object. */
static int capture_object(struct run *r, struct val in, struct val *args, struct val *out)
{
	const struct val *captures = in.kind == VAL_OBJECT ? val_get_str(&in, "captures") : NULL;
	struct val object = val_object();

	(void)r;
	(void)args;
	for (size_t i = 0; captures && i < val_len(captures); i++) {
		const struct val *name = val_get_str(val_at(captures, i), "name");

		if (name->kind == VAL_STRING)
			object = val_set(object, name->u.string,
				val_copy(val_get_str(val_at(captures, i), "string")));
	}
	val_free(in);
	*out = object;
	return 0;
}

const struct native native_regex[] = {
	{"test", 1, test1, NULL},
	{"test", 2, test2, NULL},
	{"_matches", 2, match_list, NULL},
	{"_matches_all", 2, match_list_all, NULL},
	{"_captured", 0, capture_object, NULL},
	{"split", 2, split2, NULL},
	{NULL, 0, NULL, NULL},
};
