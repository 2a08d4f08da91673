#include "config.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include "jq/regex.h"

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "jq/val.h"

#define KEEP 512
#define GROUPS_MAX 64
#define TRIES_MAX 200000 /* of one match: what takes longer is a trap */

struct regex {
	struct val_string *pattern;
	unsigned options;
	pcre2_code *code;
};

struct regexes {
	struct regex kept[KEEP];
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

static void drop(struct regex *k)
{
	if (!k->code)
		return;
	pcre2_code_free(k->code);
	val_free((struct val){.kind = VAL_STRING, .u.string = k->pattern});
	*k = (struct regex){0};
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

static pcre2_code *compile(const struct val_string *pattern, unsigned options, struct buf *why)
{
	uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_DUPNAMES |
			 (options & REGEX_CASELESS ? PCRE2_CASELESS : 0) |
			 (options & REGEX_EXTENDED ? PCRE2_EXTENDED : 0) |
			 (options & REGEX_DOTALL ? PCRE2_DOTALL : 0);
	struct buf plain = {0};
	PCRE2_UCHAR text[128];
	PCRE2_SIZE at;
	pcre2_code *code;
	int error;

	plain_braces(pattern, &plain);
	code = pcre2_compile((PCRE2_SPTR)buf_str(&plain), plain.len, flags, &error, &at, NULL);
	buf_finish(&plain);
	if (!code) {
		pcre2_get_error_message(error, text, sizeof text);
		buf_addf(why, "%s (at offset %zu) is not a valid regex: %s", pattern->s, (size_t)at,
			(char *)text);
	}
	return code;
}

unsigned regex_groups(const struct regex *re)
{
	uint32_t groups = 0;

	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	return groups + 1;
}

const struct regex *regexes_compile(
	struct regexes *r, struct val_string *pattern, unsigned options, struct buf *why)
{
	struct regex *k = &r->kept[(val_hash(pattern) ^ options) % KEEP];

	if (k->code && k->options == options && k->pattern->len == pattern->len &&
		!memcmp(k->pattern->s, pattern->s, pattern->len))
		return k;
	drop(k);
	k->code = compile(pattern, options, why);
	if (!k->code)
		return NULL;
	pattern->refs++;
	k->pattern = pattern;
	k->options = options;
	if (regex_groups(k) <= GROUPS_MAX)
		return k;
	buf_addf(why, "a regular expression of more than %d groups", GROUPS_MAX - 1);
	drop(k);
	return NULL;
}

struct val regex_names(const struct regex *re)
{
	struct val list = val_array(0);
	uint32_t count = 0, size = 0;
	PCRE2_SPTR table = NULL;

	pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &table);
	/* An entry: two bytes with the number, the name and a NUL. */
	for (uint32_t i = 0; table && i < count; i++, table += size)
		list = val_set_at(
			list, (size_t)(table[0] << 8 | table[1]), val_str((const char *)table + 2));
	return list;
}

int regexes_match(struct regexes *r, const struct regex *re, const struct val_string *s,
	size_t from, bool not_empty, const size_t **ends)
{
	int rc = pcre2_match(re->code, (PCRE2_SPTR)s->s, s->len, from,
		not_empty ? PCRE2_NOTEMPTY : 0, r->data, r->limits);

	*ends = pcre2_get_ovector_pointer(r->data);
	return rc >= 0 ? 1 : rc == PCRE2_ERROR_NOMATCH ? 0 : rc;
}
