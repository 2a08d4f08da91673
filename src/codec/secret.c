#include "config.h"

#include "codec/secret.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/redact.h"

/* Not a secret: it makes the same value give the same token in every repository. */
static const char token_key[] = "opsdeck-allow";
static const char token_mark[] = "[secret-";
#define TOKEN_HEX 12

#define BASE64_MIN 24  /* shorter runs hide nothing of use */
#define BASE64_DEPTH 2 /* base64 in base64 */
#define RANDOM_MIN 20
#define RANDOM_BITS 4.0 /* of entropy a byte; hex cannot reach it, words hardly */

/* One text, or what base64 in another was. */
struct scan {
	const char *where;
	const char *text; /* as it was given: allowances stand in it */
	size_t len;
	const struct scan *outer; /* the text that it was found in; or NULL */
	int depth;
	struct err *e;
};

static size_t line_of(const char *s, size_t at)
{
	size_t line = 1, i;

	for (i = 0; i < at; i++)
		line += s[i] == '\n';
	return line;
}

static bool holds(const char *s, size_t n, const char *word, size_t len)
{
	return len > 0 && n >= len && memmem(s, n, word, len) != NULL;
}

static bool is_allowed(const struct scan *c, const char *hex)
{
	char *mark = xasprintf(SECRET_ALLOW "%.*s", TOKEN_HEX, hex);
	bool is = false;

	for (; c != NULL && !is; c = c->outer)
		is = holds(c->text, c->len, mark, strlen(mark));
	free(mark);
	return is;
}

/* The text without its allowances and the comment signs before them: they are no part of a value
 * that goes to the end of its line. */
static void without_marks(struct buf *out, const char *s, size_t n)
{
	const size_t mark = strlen(SECRET_ALLOW);
	const char *hit;
	size_t at = 0;

	while (n - at >= mark && (hit = memmem(s + at, n - at, SECRET_ALLOW, mark)) != NULL) {
		buf_add(out, s + at, (size_t)(hit - (s + at)));
		while (out->len > 0 && strchr(" \t#/;-", out->data[out->len - 1]) != NULL)
			out->data[--out->len] = '\0';
		at = (size_t)(hit - s) + mark;
		while (at < n && isxdigit((unsigned char)s[at]))
			at++;
	}
	buf_add(out, s + at, n - at);
}

static int refuse(const struct scan *c, size_t line, const char *what, const char *hex)
{
	return err_set(c->e, ERR_REFUSED,
		"%s, line %zu: looks like a secret (%s) and will not be committed. If it is none, "
		"put this into the text: " SECRET_ALLOW "%.*s",
		c->where, line, what, TOKEN_HEX, hex);
}

/* What redaction would hide. */
static int scan_plain(const struct scan *c, const char *s, size_t n, const char *what)
{
	const struct redact r = {.key = token_key, .key_len = sizeof token_key - 1};
	struct buf out = {0};
	const char *p;
	int rc = 0;

	if (redact_text(&out, &r, s, n)) {
		for (p = out.data; rc == 0 && (p = memmem(p, out.len - (size_t)(p - out.data),
						       token_mark, strlen(token_mark))) != NULL;
			p += strlen(token_mark)) {
			const char *hex = p + strlen(token_mark);
			/* A token that was in the text already hides what it hid. */
			bool known = holds(s, n, p, strlen(token_mark) + TOKEN_HEX);

			if (!known && !is_allowed(c, hex))
				rc = refuse(
					c, line_of(out.data, (size_t)(p - out.data)), what, hex);
		}
	}
	buf_finish(&out);
	return rc;
}

/* ---- split over lines ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '+' || c == '/';
}

/* Skips what continues a string on the next line: quotes, +, backslash, comment and list marks. */
static size_t skip_seam(const char *s, size_t n, size_t at)
{
	while (at < n && (isspace((unsigned char)s[at]) || strchr("\"'+\\#,", s[at]) != NULL))
		at++;
	return at;
}

/* The text with words that a line end splits put together; no name keeps its value, so that only
 * tokens with a form of their own are found. */
static void join_lines(struct buf *out, const char *s, size_t n)
{
	size_t i = 0;

	while (i < n) {
		size_t next = skip_seam(s, n, i);
		bool seam = memchr(s + i, '\n', next - i) != NULL;

		if (next > i) {
			if (!seam || i == 0 || !is_word(s[i - 1]) || next == n || !is_word(s[next]))
				buf_add(out, s + i, next - i);
			i = next;
			continue;
		}
		buf_addc(out, s[i] == '=' || s[i] == ':' ? ' ' : s[i]);
		i++;
	}
}

static int scan_joined(const struct scan *c, const char *s, size_t n)
{
	struct buf joined = {0};
	int rc;

	join_lines(&joined, s, n);
	rc = scan_plain(c, buf_str(&joined), joined.len, "a token split over lines");
	buf_finish(&joined);
	return rc;
}

/* ---- base64 ---- */

static int scan_text(const struct scan *c);

static bool is_base64(char c)
{
	return isalnum((unsigned char)c) || c == '+' || c == '/' || c == '-' || c == '_';
}

static bool is_readable(const struct buf *b)
{
	size_t i, odd = 0;

	for (i = 0; i < b->len; i++)
		odd += !isprint((unsigned char)b->data[i]) && !isspace((unsigned char)b->data[i]);
	return b->len > 0 && odd * 10 <= b->len;
}

static int scan_decoded(const struct scan *c, const char *run, size_t n, size_t line)
{
	struct scan inner = {.outer = c, .depth = c->depth + 1, .e = c->e};
	struct buf out = {0};
	int rc = 0;

	if (base64_decode(&out, run, n - n % 4, NULL) == 0 && is_readable(&out)) {
		char *where = xasprintf("%s, line %zu, in base64", c->where, line);

		inner.where = where;
		inner.text = out.data;
		inner.len = out.len;
		rc = scan_text(&inner);
		free(where);
	}
	buf_finish(&out);
	return rc;
}

/* One run of base64, over line ends when it goes on there. Moves *at behind it. */
static void take_run(struct buf *run, const char *s, size_t n, size_t *at)
{
	while (*at < n) {
		size_t next = *at;

		if (is_base64(s[*at])) {
			char c = s[*at];

			buf_addc(run, c == '-' ? '+' : c == '_' ? '/' : c);
			(*at)++;
			continue;
		}
		while (next < n && isspace((unsigned char)s[next]))
			next++;
		if (next == *at || memchr(s + *at, '\n', next - *at) == NULL || next == n ||
			!is_base64(s[next]))
			return;
		*at = next;
	}
}

static int scan_base64(const struct scan *c, const char *s, size_t n)
{
	struct buf run = {0};
	size_t i = 0, skip;
	int rc = 0;

	while (rc == 0 && i < n && c->depth < BASE64_DEPTH) {
		size_t line_at = i;

		if (!is_base64(s[i])) {
			i++;
			continue;
		}
		buf_reset(&run);
		take_run(&run, s, n, &i);
		/* A path or a name before it shifts where it begins. */
		for (skip = 0; rc == 0 && skip < 4 && run.len >= BASE64_MIN + skip; skip++)
			rc = scan_decoded(c, run.data + skip, run.len - skip, line_of(s, line_at));
	}
	buf_finish(&run);
	return rc;
}

/* ---- random words ---- */

static double bits_a_byte(const char *s, size_t n)
{
	size_t count[256] = {0}, i;
	double bits = 0;

	for (i = 0; i < n; i++)
		count[(unsigned char)s[i]]++;
	for (i = 0; i < 256; i++) {
		if (count[i] > 0) {
			double share = (double)count[i] / (double)n;

			bits -= share * log2(share);
		}
	}
	return bits;
}

static bool is_random(const char *s, size_t n)
{
	size_t i, upper = 0, lower = 0, digit = 0, slash = 0;

	for (i = 0; i < n; i++) {
		upper += isupper((unsigned char)s[i]) != 0;
		lower += islower((unsigned char)s[i]) != 0;
		digit += isdigit((unsigned char)s[i]) != 0;
		slash += s[i] == '/';
	}
	/* A public key (RFC 4253, 6.6: length 7 or more of an algorithm's name) and a path are
	 * none. */
	if (n < RANDOM_MIN || strncmp(s, "AAAA", 4) == 0 || s[0] == '/' || slash * 8 > n)
		return false;
	return upper > 1 && lower > 1 && digit > 1 && bits_a_byte(s, n) >= RANDOM_BITS;
}

static bool has_key_word(const char *s, size_t n)
{
	static const char *const words[] = {
		"secret", "token", "passw", "credential", "auth", "key"};
	size_t i, k;

	for (i = 0; i < n; i++) {
		for (k = 0; k < sizeof words / sizeof words[0]; k++) {
			size_t len = strlen(words[k]);

			if (i + len <= n && strncasecmp(s + i, words[k], len) == 0)
				return true;
		}
	}
	return false;
}

static int scan_words(const struct scan *c, const char *s, size_t from, size_t to)
{
	char hex[SHA256_HEX];
	size_t i = from;
	int rc = 0;

	while (rc == 0 && i < to) {
		size_t start = i;

		while (i < to && (is_base64(s[i]) || (s[i] == '=' && i > start)))
			i++;
		if (is_random(s + start, i - start) &&
			(start < 7 || memcmp(s + start - 7, "SHA256:", 7) != 0)) {
			hmac_sha256_hex(hex, token_key, sizeof token_key - 1, s + start, i - start);
			if (!is_allowed(c, hex))
				rc = refuse(c, line_of(s, start),
					"a random word near a word like key or secret", hex);
		}
		if (i == start)
			i++;
	}
	return rc;
}

/* A line counts when it or the line before has a word like `secret`. */
static int scan_random(const struct scan *c, const char *s, size_t n)
{
	bool near_before = false, near;
	size_t from = 0, to;
	int rc = 0;

	while (rc == 0 && from < n) {
		const char *nl = memchr(s + from, '\n', n - from);

		to = nl != NULL ? (size_t)(nl - s) : n;
		/* The lines of a public block say so themselves. */
		near = has_key_word(s + from, to - from) &&
		       !holds(s + from, to - from, "PUBLIC KEY", 10);
		if (near || near_before)
			rc = scan_words(c, s, from, to);
		near_before = near;
		from = to + 1;
	}
	return rc;
}

static int scan_text(const struct scan *c)
{
	struct buf clean = {0};
	const char *s;
	int rc;

	without_marks(&clean, c->text, c->len);
	s = buf_str(&clean);
	rc = scan_plain(c, s, clean.len, "a password, token or key") != 0 ||
			     scan_joined(c, s, clean.len) != 0 || scan_random(c, s, clean.len) != 0
		     ? -1
		     : scan_base64(c, s, clean.len);
	buf_finish(&clean);
	return rc;
}

int secret_scan(const char *where, const char *s, size_t n, struct err *e)
{
	const struct scan c = {.where = where, .text = s, .len = n, .e = e};

	return n == 0 ? 0 : scan_text(&c);
}
