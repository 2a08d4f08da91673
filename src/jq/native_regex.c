#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "jq/eval_parts.h"
#include "jq/native.h"
#include "jq/regex.h"

/* Regular expressions are PCRE2's, which in all that checks use are those of jq (Oniguruma with
 * Perl's syntax): `^` and `$` are the ends of the text. Each is compiled once and kept. Oniguruma
 * itself cannot be linked: its library brings a regcomp() that would take the place of libc's. */

#define KEEP 512
#define GROUPS_MAX 64
#define TRIES_MAX 200000 /* of one match: what takes longer is a trap */

struct kept {
	struct val_string *pattern;
	uint32_t options;
	pcre2_code *code;
};

struct regexes {
	struct kept kept[KEEP];
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

struct regexes *regexes_new(void)
{
	struct regexes *r = xcalloc(1, sizeof *r);

	r->data = pcre2_match_data_create(GROUPS_MAX, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (!r->data || !r->limits)
		abort();
	pcre2_set_match_limit(r->limits, TRIES_MAX);
	pcre2_set_heap_limit(r->limits, 16 * 1024);
	return r;
}

static void drop(struct kept *k)
{
	if (!k->code)
		return;
	pcre2_code_free(k->code);
	val_free((struct val){.kind = VAL_STRING, .u.string = k->pattern});
	*k = (struct kept){0};
}

void regexes_free(struct regexes *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < KEEP; i++)
		drop(&r->kept[i]);
	pcre2_match_data_free(r->data);
	pcre2_match_context_free(r->limits);
	free(r);
}

/* `{,N}` is plain text to jq, and to PCRE2 until 10.42; from 10.43 it would repeat. */
static void plain_braces(const struct val_string *pattern, struct buf *out)
{
	for (size_t i = 0; i < pattern->len; i++) {
		if (pattern->s[i] == '{' && pattern->s[i + 1] == ',')
			buf_addc(out, '\\');
		buf_addc(out, pattern->s[i]);
		if (pattern->s[i] == '\\' && i + 1 < pattern->len)
			buf_addc(out, pattern->s[++i]);
	}
}

static pcre2_code *compiled(struct run *r, struct val_string *pattern, uint32_t options)
{
	struct kept *k = &r->regexes->kept[(val_hash(pattern) ^ options) % KEEP];
	PCRE2_UCHAR text[128];
	struct buf plain = {0};
	PCRE2_SIZE at;
	int error;

	if (k->code && k->options == options && k->pattern->len == pattern->len &&
		!memcmp(k->pattern->s, pattern->s, pattern->len))
		return k->code;
	drop(k);
	plain_braces(pattern, &plain);
	k->code = pcre2_compile(
		(PCRE2_SPTR)buf_str(&plain), plain.len, options, &error, &at, NULL);
	buf_finish(&plain);
	if (!k->code) {
		pcre2_get_error_message(error, text, sizeof text);
		run_fail(r, "%s (at offset %zu) is not a valid regex: %s", pattern->s, (size_t)at,
			(char *)text);
		return NULL;
	}
	pattern->refs++;
	k->pattern = pattern;
	k->options = options;
	return k->code;
}

/* The letters that jq has; *global whether g is among them. */
static int flags_of(struct run *r, const struct val *flags, uint32_t *options, bool *global)
{
	*options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_DUPNAMES;
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
			*options |= PCRE2_CASELESS;
		else if (*c == 'x')
			*options |= PCRE2_EXTENDED;
		else if (*c == 'p')
			*options |= PCRE2_DOTALL;
		else if (*c != 's' && *c != 'n')
			return run_fail(r, "%s is not a valid modifier string", flags->u.string->s);
	}
	return 0;
}

/* ---- matches ---- */

/* One search in a text. */
struct search {
	struct run *r;
	pcre2_code *code;
	const struct val_string *s;
	const PCRE2_SIZE *ends; /* begin and end of each group */
	uint32_t groups;	/* with the whole match */
	bool skip_empty;	/* n among the flags */
};

/* 1 found, 0 not, -1 failed. */
static int find(struct search *f, size_t from)
{
	struct regexes *kept = f->r->regexes;
	int rc = pcre2_match(f->code, (PCRE2_SPTR)f->s->s, f->s->len, from,
		f->skip_empty ? PCRE2_NOTEMPTY : 0, kept->data, kept->limits);

	f->ends = pcre2_get_ovector_pointer(kept->data);
	if (rc >= 0)
		return 1;
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
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
static struct val group(const struct search *f, uint32_t i, struct val name)
{
	PCRE2_SIZE from = f->ends[2 * i], to = f->ends[2 * i + 1];
	bool there = from != PCRE2_UNSET && to >= from;
	struct val g = val_object();

	g = val_set_str(g, "offset", val_number(there ? characters(f->s->s, from) : -1));
	g = val_set_str(g, "length", val_number(there ? characters(f->s->s + from, to - from) : 0));
	g = val_set_str(g, "string", there ? val_strn(f->s->s + from, to - from) : val_null());
	return val_set_str(g, "name", name);
}

/* By group number. */
static struct val names_of(const pcre2_code *code)
{
	struct val list = val_array(0);
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
	/* An entry: two bytes with the number, the name and a NUL. */
	for (uint32_t i = 0; table && i < count; i++, table += size)
		list = val_set_at(
			list, (size_t)(table[0] << 8 | table[1]), val_str((const char *)table + 2));
	return list;
}

static struct val name_at(const struct val *names, uint32_t i)
{
	return i < val_len(names) ? val_copy(val_at(names, i)) : val_null();
}

static struct val match_value(const struct search *f, const struct val *names)
{
	struct val captures = val_array(0), m = val_object();
	PCRE2_SIZE from = f->ends[0], to = f->ends[1] < from ? from : f->ends[1];

	for (uint32_t i = 1; i < f->groups; i++)
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
	uint32_t options;

	if (in->kind != VAL_STRING)
		return run_fail(r, "%s (%s) cannot be matched, as it is not a string",
			val_kind_name(in), run_show(in));
	if (re->kind != VAL_STRING)
		return run_fail(r, "%s (%s) is not a string", val_kind_name(re), run_show(re));
	if (flags_of(r, flags, &options, global))
		return -1;
	*f = (struct search){.r = r,
		.code = compiled(r, re->u.string, options),
		.s = in->u.string,
		.skip_empty = flags->kind == VAL_STRING && strchr(flags->u.string->s, 'n')};
	if (!f->code)
		return -1;
	pcre2_pattern_info(f->code, PCRE2_INFO_CAPTURECOUNT, &f->groups);
	if (++f->groups > GROUPS_MAX)
		return run_fail(r, "a regular expression of more than %d groups", GROUPS_MAX - 1);
	return 0;
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
	names = names_of(f.code);
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
