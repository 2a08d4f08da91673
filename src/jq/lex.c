#include "config.h"

#include "jq/lex.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static bool is_first(char c)
{
	return isalpha((unsigned char)c) || c == '_';
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

int lex_line(const struct lex *l)
{
	int line = 1;

	for (size_t i = 0; i < l->pos && l->text[i]; i++)
		line += l->text[i] == '\n';
	return line;
}

bool lex_is(const struct lex *l, const char *keyword)
{
	return l->kind == LEX_KEYWORD && strlen(keyword) == l->len &&
	       !memcmp(keyword, l->at, l->len);
}

static bool is_keyword(const char *s, size_t n)
{
	static const char *const words[] = {"def", "if", "then", "elif", "else", "end", "as",
		"reduce", "foreach", "try", "catch", "label", "and", "or", "import", "include",
		NULL};

	for (size_t i = 0; words[i]; i++)
		if (strlen(words[i]) == n && !memcmp(words[i], s, n))
			return true;
	return false;
}

static void skip(struct lex *l)
{
	for (;;) {
		while (l->text[l->pos] && strchr(" \t\r\n", l->text[l->pos]))
			l->pos++;
		if (l->text[l->pos] != '#')
			return;
		l->pos += strcspn(l->text + l->pos, "\n");
	}
}

/* A word with `lead` characters before its name. */
static void take_word(struct lex *l, int kind, size_t lead)
{
	l->kind = kind;
	l->pos += lead;
	l->at = l->text + l->pos;
	while (is_word(l->text[l->pos]))
		l->pos++;
	l->len = (size_t)(l->text + l->pos - l->at);
}

static void take_number(struct lex *l)
{
	char *end;

	l->kind = LEX_NUMBER;
	l->at = l->text + l->pos;
	l->number = strtod(l->at, &end);
	l->pos += (size_t)(end - l->at);
	l->len = (size_t)(end - l->at);
}

static void take_sign(struct lex *l)
{
	const char *s = l->text + l->pos;
	size_t n = 1;

	l->at = s;
	l->kind = (unsigned char)s[0];
	if (!strncmp(s, "//=", 3)) {
		l->kind = LEX_SET_ELSE;
		n = 3;
	} else if (!strncmp(s, "//", 2)) {
		l->kind = LEX_ELSE;
		n = 2;
	} else if (!strncmp(s, "..", 2)) {
		l->kind = LEX_RECURSE;
		n = 2;
	} else if (s[0] && strchr("|+-*/%=!<>", s[0]) && s[1] == '=') {
		l->kind = LEX_SET + (unsigned char)s[0];
		n = 2;
	}
	l->len = n;
	l->pos += n;
}

int lex_next(struct lex *l, struct err *e)
{
	const char *s;

	skip(l);
	s = l->text + l->pos;
	if (!*s) {
		l->kind = LEX_END;
		l->at = s;
		l->len = 0;
	} else if (is_first(*s)) {
		take_word(l, LEX_NAME, 0);
		if (is_keyword(l->at, l->len))
			l->kind = LEX_KEYWORD;
	} else if (isdigit((unsigned char)*s) || (*s == '.' && isdigit((unsigned char)s[1]))) {
		take_number(l);
	} else if (*s == '.' && is_first(s[1])) {
		take_word(l, LEX_FIELD, 1);
	} else if (*s == '$' && is_first(s[1])) {
		take_word(l, LEX_VARIABLE, 1);
	} else if (*s == '@' && is_first(s[1])) {
		take_word(l, LEX_FORMAT, 1);
		l->at--;
		l->len++;
	} else if (strchr(".|,:;()[]{}=<>+-*/%?!\"$", *s)) {
		take_sign(l);
	} else {
		return err_set(
			e, ERR_INPUT, "line %d: \"%c\" has no meaning here", lex_line(l), *s);
	}
	return 0;
}

/* ---- strings ---- */

static int hex4(const char *s, uint32_t *out)
{
	*out = 0;
	for (int i = 0; i < 4; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return -1;
		*out = *out * 16 + (uint32_t)(isdigit((unsigned char)s[i])
						      ? s[i] - '0'
						      : (s[i] | 32) - 'a' + 10);
	}
	return 0;
}

/* \uXXXX, after the u; a surrogate without its other half becomes U+FFFD. */
static int unicode(struct lex *l, struct buf *out)
{
	uint32_t c, low;

	if (hex4(l->text + l->pos, &c))
		return -1;
	l->pos += 4;
	if (c >= 0xD800 && c < 0xDC00 && l->text[l->pos] == '\\' && l->text[l->pos + 1] == 'u' &&
		!hex4(l->text + l->pos + 2, &low) && low >= 0xDC00 && low < 0xE000) {
		l->pos += 6;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	}
	buf_add_utf8(out, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
	return 0;
}

static int escape(struct lex *l, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = l->text[l->pos];
	const char *known = c ? strchr(from, c) : NULL;

	if (c == 'u') {
		l->pos++;
		return unicode(l, out);
	}
	if (!known)
		return -1;
	buf_addc(out, to[known - from]);
	l->pos++;
	return 0;
}

int lex_text(struct lex *l, struct buf *out, bool *end, struct err *e)
{
	for (;;) {
		char c = l->text[l->pos];

		if (!c)
			return err_set(
				e, ERR_INPUT, "line %d: a string is not closed", lex_line(l));
		l->pos++;
		if (c == '"') {
			*end = true;
			return 0;
		}
		if (c != '\\') {
			buf_addc(out, c);
		} else if (l->text[l->pos] == '(') {
			l->pos++;
			*end = false;
			return 0;
		} else if (escape(l, out)) {
			return err_set(e, ERR_INPUT, "line %d: \"\\%c\" is no escape in a string",
				lex_line(l), l->text[l->pos]);
		}
	}
}
