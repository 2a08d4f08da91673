#include "config.h"

#include "flow/parse_kinds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/parse_line.h"

#define SHOWN 300

/* curl's own account of the transfer, `-w "\n%{json}"`: the last line. NULL when it is none. */
static struct doc *trailer(struct line *text)
{
	struct line last = *text;
	struct doc *d = NULL;

	last = line_trim(last.s, last.n);
	while (last.n && last.s[last.n - 1] == '\n')
		last.n--;
	for (size_t i = last.n; i > 0; i--)
		if (last.s[i - 1] == '\n') {
			last = line_after(last, i);
			break;
		}
	if (!line_starts(last, "{") || json_read(&d, last.s, last.n, "curl", NULL))
		return NULL;
	if (!doc_get(d, "http_code") && !doc_get(d, "response_code")) {
		doc_free(d);
		return NULL;
	}
	text->n = (size_t)(last.s - text->s);
	if (text->n)
		text->n--; /* the newline before it */
	return d;
}

/* "HTTP/1.1 200 OK" and the headers of `-i`, up to the blank line; of several (redirects, 100) the
 * last. The code, or -1. */
static int64_t take_headers(struct line *text)
{
	int64_t code = -1;

	while (line_starts(*text, "HTTP/")) {
		const char *s = text->s;
		size_t n = text->n;
		struct line line, first = {0};
		long long v;
		char *digits;

		while (line_next(&s, &n, &line) && line.n)
			first = first.s ? first : line;
		line_word(&first);
		digits = line_text(line_word(&first));
		code = str_int(digits, 100, 999, &v) ? v : -1;
		free(digits);
		*text = (struct line){s, n};
	}
	return code;
}

static void copy(struct doc *out, const char *key, const struct doc *from, const char *theirs)
{
	const struct doc *v = doc_get(from, theirs);

	doc_set(out, key, v ? doc_copy(v) : doc_new_null());
}

/* "curl: (7) Failed to connect ...": on stderr, or among the output where the two were merged. */
static char *curl_says(const char *s, size_t n)
{
	struct line line;

	while (line_next(&s, &n, &line))
		if (line_starts(line, "curl: ("))
			return xstrndup(line.s, line.n < SHOWN ? line.n : SHOWN);
	return NULL;
}

/* When the server's own certificate ends, "Expire date:Dec 24 06:05:35 2027 GMT" (curl 7.88 and
 * later; with GnuTLS "2027-12-24 06:05:35 GMT"), in seconds since the epoch. */
static void put_expiry(struct doc *out, const struct doc *trailer)
{
	static const char key[] = "Expire date:";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *at = strstr(doc_get_str(trailer, "certs", ""), key), *month;
	char name[4] = "", iso[48];
	int y = 0, mon = 0, d = 0, h = 0, m = 0, s = 0;
	int64_t ms;

	doc_set(out, "expires", doc_new_null());
	if (!at)
		return;
	at += strlen(key);
	if (sscanf(at, "%3[A-Za-z] %2d %2d:%2d:%2d %4d", name, &d, &h, &m, &s, &y) == 6 &&
		strlen(name) == 3) {
		month = strstr(months, name);
		mon = month ? (int)(month - months) / 3 + 1 : 0;
	} else {
		sscanf(at, "%4d-%2d-%2d %2d:%2d:%2d", &y, &mon, &d, &h, &m, &s);
	}
	snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02dZ", y, mon, d, h, m, s);
	if (time_parse(iso, &ms))
		doc_set_int(out, "expires", ms / 1000);
}

static void put_error(struct doc *out, const struct doc *trailer, struct line text, const char *err,
	size_t err_len, int exit_status)
{
	const char *msg = doc_get_str(trailer, "errormsg", NULL);
	char *said = NULL;

	if (exit_status)
		said = curl_says(err, err_len);
	if (exit_status && !said && !msg)
		said = curl_says(text.s, text.n);
	if (exit_status && !said && !msg)
		said = xasprintf("curl ended with %d", exit_status);
	doc_set(out, "error", doc_new_str(said ? said : exit_status ? msg : NULL));
	free(said);
}

/* `curl -f` names the code in its message only. */
static void code_from_error(struct doc *d)
{
	static const char words[] = "returned error: ";
	const char *error = doc_get_str(d, "error", NULL);
	const char *at = error ? strstr(error, words) : NULL;
	long long v;
	char *digits;

	if (!at || doc_kind(doc_get(d, "code")) != DOC_NULL)
		return;
	at += strlen(words);
	digits = xstrndup(at, strspn(at, "0123456789"));
	if (str_int(digits, 100, 999, &v))
		doc_set_int(d, "code", v);
	free(digits);
}

/* curl(1), EXIT CODES: of these it says that it asked nobody, for want of a file, a certificate of
 * its own, an option or a right URL. From 124 on it is timeout(1), the shell or a signal that
 * speaks. */
static bool never_asked(int exit_status)
{
	static const unsigned char own[] = {1, 2, 3, 4, 26, 27, 37, 43, 48, 53, 54, 58, 59, 77, 82};

	return exit_status >= 124 || (exit_status > 0 && memchr(own, exit_status, sizeof own));
}

static int fail_unasked(struct doc *d, int exit_status, struct err *e)
{
	const char *error = doc_get_str(d, "error", "");

	if (exit_status == 2 || exit_status == 26)
		err_set(e, ERR_INPUT, "curl's file cannot be read");
	else
		err_set(e, ERR_INPUT, "nothing was asked: %s", error);
	doc_free(d);
	return -1;
}

static struct doc *body_of(struct line text)
{
	struct doc *d = NULL;

	if (!text.n || json_read(&d, text.s, text.n, "body", NULL))
		return doc_new_null();
	return d;
}

int parse_http(struct doc **out, const char *s, size_t n, const char *err, size_t err_len,
	int exit_status, struct err *e)
{
	struct line text = {s, n};
	struct doc *about = trailer(&text), *d = doc_new_map();
	int64_t code = take_headers(&text);
	const char *redirect = doc_get_str(about, "redirect_url", NULL);

	copy(d, "code", about, doc_get(about, "http_code") ? "http_code" : "response_code");
	if (!about && code > 0)
		doc_set_int(d, "code", code);
	copy(d, "seconds", about, "time_total");
	copy(d, "ip", about, "remote_ip");
	copy(d, "type", about, "content_type");
	copy(d, "size", about, "size_download");
	copy(d, "verify", about, "ssl_verify_result");
	put_expiry(d, about);
	doc_set(d, "redirect", doc_new_str(str_empty(redirect) ? NULL : redirect));
	doc_set(d, "text", doc_new_strn(text.s, text.n));
	doc_set(d, "body", body_of(text));
	put_error(d, about, text, err, err_len, exit_status);
	code_from_error(d);
	doc_free(about);
	if (never_asked(exit_status))
		return fail_unasked(d, exit_status, e);
	*out = d;
	return 0;
}
