#include "config.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/safe.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "codec/yaml_plain.h"

#define INDENT 2
/* libyaml reads "key:" only up to 1024 characters; longer keys take the "? key" form. A byte takes
 * up to four in quotes. */
#define KEY_MAX 250

static void write_value(struct buf *out, const struct doc *d, int level);

/* Characters that YAML takes as they are inside a text (libyaml's reader refuses the others); the
 * line breaks of YAML 1.1 beyond '\n' count as not. */
static bool goes_raw(int32_t cp)
{
	if (cp < 0x20 || cp == 0x7F || (cp >= 0x80 && cp < 0xA0))
		return cp == '\t' || cp == '\n';
	if (cp == 0x2028 || cp == 0x2029 || cp == 0xFEFF)
		return false;
	return cp < 0xFFFE || cp > 0xFFFF;
}

static bool all_raw(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		int32_t cp;

		i += safe_decode(s + i, n - i, &cp);
		if (cp < 0 || !goes_raw(cp))
			return false;
	}
	return true;
}

static void write_quoted(struct buf *out, const char *s, size_t n)
{
	buf_addc(out, '"');
	for (size_t i = 0; i < n;) {
		int32_t cp;
		size_t used = safe_decode(s + i, n - i, &cp);

		if (cp < 0)
			buf_adds(out, "\xEF\xBF\xBD");
		else if (cp == '"' || cp == '\\')
			buf_addf(out, "\\%c", (int)cp);
		else if (cp == '\n')
			buf_adds(out, "\\n");
		else if (cp == '\t')
			buf_adds(out, "\\t");
		else if (goes_raw(cp))
			buf_add(out, s + i, used);
		else if (cp > 0xFF)
			buf_addf(out, "\\u%04x", (unsigned)cp);
		else
			buf_addf(out, "\\x%02x", (unsigned)cp);
		i += used;
	}
	buf_addc(out, '"');
}

/* A word that nobody, an editor's YAML 1.1 included, reads as anything but this text. */
static bool goes_plain(const char *s, size_t n)
{
	static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false",
		"null", "Yes", "No", "On", "Off", "True", "False", "Null", "YES", "NO", "ON", "OFF",
		"TRUE", "FALSE", "NULL", NULL};
	static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/";
	static const char rest[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.@+-=() ";

	if (!n || n > 200 || strlen(s) != n || !strchr(first, *s) || strspn(s, rest) != n ||
		s[n - 1] == ' ')
		return false;
	for (size_t i = 0; words[i]; i++) {
		if (!strcmp(words[i], s))
			return false;
	}
	return yaml_plain_kind(s, n) == DOC_STRING;
}

/* Many lines as a literal block; libyaml finds the indent by the first line, which must show it. */
static bool goes_literal(const char *s, size_t n)
{
	return n > 1 && memchr(s, '\n', n) && !strchr(" \t\n", *s) && all_raw(s, n);
}

static void write_indent(struct buf *out, int level)
{
	for (int i = 0; i < INDENT * level; i++)
		buf_addc(out, ' ');
}

static void write_literal(struct buf *out, const char *s, size_t n, int level)
{
	bool ends = s[n - 1] == '\n', blank_end = ends && n > 1 && s[n - 2] == '\n';

	buf_adds(out, blank_end ? "|+\n" : ends ? "|\n" : "|-\n");
	for (size_t i = 0; i < n;) {
		const char *nl = memchr(s + i, '\n', n - i);
		size_t line = nl ? (size_t)(nl - (s + i)) : n - i;

		if (line)
			write_indent(out, level);
		buf_add(out, s + i, line);
		buf_addc(out, '\n');
		i += line + 1;
	}
}

/* `level` is that of the lines of a block below; a scalar ends its own line. */
static void write_string(struct buf *out, const struct doc *d, int level)
{
	const char *s = doc_str(d);
	size_t n = doc_str_len(d);

	if (goes_literal(s, n)) {
		write_literal(out, s, n, level);
		return;
	}
	if (goes_plain(s, n))
		buf_add(out, s, n);
	else
		write_quoted(out, s, n);
	buf_addc(out, '\n');
}

static void write_key(struct buf *out, const char *k, int level)
{
	size_t n = strlen(k);

	if (n > KEY_MAX)
		buf_adds(out, "? ");
	if (goes_plain(k, n))
		buf_add(out, k, n);
	else
		write_quoted(out, k, n);
	if (n > KEY_MAX) {
		buf_addc(out, '\n');
		write_indent(out, level);
	}
	buf_addc(out, ':');
}

/* The first line stands where the writer is; the others are indented. */
static void write_map(struct buf *out, const struct doc *d, int level)
{
	for (size_t i = 0; i < doc_len(d); i++) {
		const struct doc *v = doc_value(d, i);

		if (i)
			write_indent(out, level);
		write_key(out, doc_key(d, i), level);
		if (doc_len(v)) {
			buf_addc(out, '\n');
			write_indent(out, level + 1);
		} else {
			buf_addc(out, ' ');
		}
		write_value(out, v, level + 1);
	}
}

static void write_list(struct buf *out, const struct doc *d, int level)
{
	for (size_t i = 0; i < doc_len(d); i++) {
		if (i)
			write_indent(out, level);
		buf_adds(out, "- ");
		write_value(out, doc_at(d, i), level + 1);
	}
}

static void write_value(struct buf *out, const struct doc *d, int level)
{
	if (doc_kind(d) == DOC_STRING) {
		write_string(out, d, level);
	} else if (doc_kind(d) == DOC_MAP && doc_len(d)) {
		write_map(out, d, level);
	} else if (doc_kind(d) == DOC_LIST && doc_len(d)) {
		write_list(out, d, level);
	} else {
		json_write(out, d); /* null, true, 1, 1.5, [], {} are the same in both */
		buf_addc(out, '\n');
	}
}

void yaml_write(struct buf *out, const struct doc *d)
{
	write_value(out, d, doc_kind(d) == DOC_STRING);
}

/* A name or an address: more than goes_plain, but nothing that a flow collection would end. */
static bool is_name(const char *s, size_t n)
{
	static const char chars[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	return n && *s >= '0' && *s <= '9' && strspn(s, chars) == n && strlen(s) == n &&
	       yaml_plain_kind(s, n) == DOC_STRING;
}

static void write_text(struct buf *out, const char *s, size_t n)
{
	if (goes_plain(s, n) || is_name(s, n))
		buf_add(out, s, n);
	else
		write_quoted(out, s, n);
}

void yaml_write_word(struct buf *out, const char *s)
{
	write_text(out, s, strlen(s));
}

void yaml_write_flow(struct buf *out, const struct doc *d)
{
	bool map = doc_kind(d) == DOC_MAP;

	if (doc_kind(d) == DOC_STRING) {
		write_text(out, doc_str(d), doc_str_len(d));
		return;
	}
	if (!map && doc_kind(d) != DOC_LIST) {
		json_write(out, d);
		return;
	}
	buf_addc(out, map ? '{' : '[');
	for (size_t i = 0; i < doc_len(d); i++) {
		buf_adds(out, i ? ", " : "");
		if (map) {
			yaml_write_word(out, doc_key(d, i));
			buf_adds(out, ": ");
		}
		yaml_write_flow(out, map ? doc_value(d, i) : doc_at(d, i));
	}
	buf_addc(out, map ? '}' : ']');
}
