#include "config.h"

#include "flow/parse_kinds.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "flow/parse_line.h"
#include "flow/parse_log_time.h"

#define REPEATED "message repeated "
#define TAG_MAX 128

static void put(struct doc *d, const char *key, struct line value)
{
	doc_set(d, key, value.n ? doc_new_strn(value.s, value.n) : doc_new_null());
}

static struct doc *number(struct line digits)
{
	char *text = line_text(digits);
	long long v;
	bool good = str_int(text, 0, INT32_MAX, &v);

	free(text);
	return good ? doc_new_int(v) : doc_new_null();
}

static struct doc *entry(struct line text)
{
	struct doc *d = doc_new_map();

	doc_set(d, "at", doc_new_null());
	doc_set(d, "host", doc_new_null());
	doc_set(d, "tag", doc_new_null());
	doc_set(d, "pid", doc_new_null());
	doc_set(d, "text", doc_new_strn(text.s, text.n));
	doc_set_int(d, "times", 1);
	return d;
}

/* "message repeated 2 times: [ x ]" is x, twice: rsyslog's way to say it. */
static void put_text(struct doc *d, struct line text)
{
	struct line rest = line_after(text, strlen(REPEATED)), digits;
	const struct doc *times;

	if (line_starts(text, REPEATED)) {
		struct doc *n;

		digits = line_word(&rest);
		n = number(digits);
		times = n;
		if (doc_int(times) > 0 && line_starts(rest, "times: [") && line_ends(rest, "]")) {
			rest = line_after(rest, strlen("times: ["));
			text = line_trim(rest.s, rest.n - 1);
			doc_set_int(d, "times", doc_int(times));
		}
		doc_free(n);
	}
	doc_set(d, "text", doc_new_strn(text.s, text.n));
}

/* "sshd[812]:", "sudo:": the tag with its colon, and what follows it. */
static bool take_tag(struct line *l, struct line *tag, struct line *pid)
{
	struct line rest;
	size_t n = 0;

	*pid = (struct line){l->s, 0};
	while (n < l->n && n < TAG_MAX && !strchr("[: \t", l->s[n]))
		n++;
	*tag = (struct line){l->s, n};
	rest = line_after(*l, n);
	/* "postfix/smtpd[7]", and a tag that has brackets itself: "x[a][7]" */
	if (rest.n && *rest.s == '[') {
		size_t close = line_find(rest, ']');

		*pid = (struct line){rest.s + 1, close ? close - 1 : 0};
		rest = line_after(rest, close + 1);
	}
	if (!n || !rest.n || *rest.s != ':')
		return false;
	rest = line_after(rest, 1);
	*l = line_trim(rest.s, rest.n);
	return true;
}

static void put_tag(struct doc *d, struct line tag, struct line pid)
{
	put(d, "tag", tag);
	doc_set(d, "pid", number(pid));
}

/* busybox puts "auth.info" between the host and the tag. */
static struct line without_priority(struct line rest)
{
	static const char *const levels[] = {
		"emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"};
	struct line after = rest, word = line_word(&after);
	size_t dot = line_find(word, '.');

	for (size_t i = 0; dot && dot < word.n && i < sizeof levels / sizeof *levels; i++)
		if (line_is(line_after(word, dot + 1), levels[i]))
			return after;
	return rest;
}

/* HOST TAG[PID]: TEXT; some send no host. */
static void put_message(struct doc *d, struct line rest)
{
	struct line tag, pid, first = rest;

	rest = line_trim(rest.s, rest.n);
	first = rest;
	if (take_tag(&rest, &tag, &pid)) {
		put_tag(d, tag, pid);
	} else {
		put(d, "host", line_word(&first));
		rest = without_priority(first);
		if (take_tag(&rest, &tag, &pid))
			put_tag(d, tag, pid);
	}
	put_text(d, rest);
}

/* "2026-11-22 06:12:01,123 ..." of a program's own log names no host. */
static bool is_own_log(struct line line)
{
	return line.n > 10 && isdigit((unsigned char)*line.s) && line.s[4] == '-' &&
	       line.s[10] == ' ';
}

static struct line or_none(struct line word)
{
	return line_is(word, "-") ? (struct line){word.s, 0} : word;
}

/* The bytes of "[id key=\"v\"][...]" or "-". */
static size_t structured_data(struct line l)
{
	bool quoted = false;
	size_t i;

	if (line_starts(l, "-"))
		return 1;
	for (i = 0; i < l.n; i++) {
		if (quoted && l.s[i] == '\\')
			i++;
		else if (l.s[i] == '"')
			quoted = !quoted;
		else if (!quoted && l.s[i] == ']' && (i + 1 == l.n || l.s[i + 1] != '['))
			return i + 1;
	}
	return l.n;
}

/* RFC 5424 behind its "<PRI>1 ": TIME HOST APP PROCID MSGID DATA TEXT. */
static bool put_5424(struct doc *d, struct line rest, int64_t now_s)
{
	double at = 0;

	if (line_starts(rest, "- "))
		rest = line_after(rest, 1);
	else if (!log_time_take(&rest, now_s, &at))
		return false;
	rest = line_trim(rest.s, rest.n);
	doc_set(d, "at", at > 0 ? doc_new_real(at) : doc_new_null());
	put(d, "host", or_none(line_word(&rest)));
	put(d, "tag", or_none(line_word(&rest)));
	doc_set(d, "pid", number(line_word(&rest)));
	line_word(&rest);
	rest = line_after(rest, structured_data(rest));
	rest = line_trim(rest.s, rest.n);
	if (line_starts(rest, "\xef\xbb\xbf"))
		rest = line_after(rest, 3);
	put_text(d, rest);
	return true;
}

/* "<34>": true when there is one. */
static bool take_priority(struct line *l)
{
	size_t n = line_find(*l, '>');

	if (!line_starts(*l, "<") || n < 2 || n > 4 || n == l->n)
		return false;
	for (size_t i = 1; i < n; i++)
		if (!isdigit((unsigned char)l->s[i]))
			return false;
	*l = line_after(*l, n + 1);
	return true;
}

/* "web1 sshd[812]: ...", a line that lost its time. */
static bool take_undated(struct line *l, struct line *host, struct line *tag, struct line *pid)
{
	struct line rest = *l;

	*host = line_word(&rest);
	if (line_find(*host, ':') < host->n || !take_tag(&rest, tag, pid) || !pid->n)
		return false;
	for (size_t i = 0; i < pid->n; i++)
		if (!isdigit((unsigned char)pid->s[i]))
			return false;
	*l = rest;
	return true;
}

static void put_undated(struct doc *d, struct line rest)
{
	struct line host, tag, pid;

	if (!take_undated(&rest, &host, &tag, &pid))
		return;
	put(d, "host", host);
	put_tag(d, tag, pid);
	put_text(d, rest);
}

static struct doc *text_entry(struct line line, int64_t now_s)
{
	struct doc *d = entry(line);
	struct line rest = line;
	double at;

	if (take_priority(&rest) && line_starts(rest, "1 ") &&
		put_5424(d, line_after(rest, 2), now_s))
		return d;
	if (!log_time_take(&rest, now_s, &at)) {
		put_undated(d, rest);
		return d;
	}
	doc_set(d, "at", doc_new_real(at));
	if (is_own_log(line))
		put_text(d, line_trim(rest.s, rest.n));
	else
		put_message(d, rest);
	return d;
}

/* ---- journalctl -o json ---- */

/* MESSAGE is a text, or a list of bytes when it is not UTF-8. */
static void put_journal_text(struct doc *d, const struct doc *message)
{
	struct buf text = {0};

	for (size_t i = 0; doc_kind(message) == DOC_LIST && i < doc_len(message); i++) {
		int64_t c = doc_int(doc_at(message, i));

		buf_addc(&text, c >= ' ' && c < 127 ? (char)c : '?');
	}
	if (doc_str(message))
		buf_add(&text, doc_str(message), doc_str_len(message));
	put_text(d, (struct line){buf_str(&text), text.len});
	buf_finish(&text);
}

static const char *first_of(const struct doc *j, const char *a, const char *b)
{
	return doc_get_str(j, a, doc_get_str(j, b, NULL));
}

static struct doc *journal_entry(const struct doc *j)
{
	struct doc *d = entry((struct line){"", 0});
	const char *pid = first_of(j, "_PID", "SYSLOG_PID");
	const char *at = first_of(j, "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP");
	long long us;

	if (at && str_int(at, 0, INT64_MAX, &us))
		doc_set(d, "at", doc_new_real((double)us / 1e6));
	doc_set(d, "host", doc_new_str(doc_get_str(j, "_HOSTNAME", NULL)));
	doc_set(d, "tag", doc_new_str(first_of(j, "SYSLOG_IDENTIFIER", "_COMM")));
	if (pid)
		doc_set(d, "pid", number((struct line){pid, strlen(pid)}));
	put_journal_text(d, doc_get(j, "MESSAGE"));
	return d;
}

int parse_log(struct doc **out, const char *s, size_t n, int64_t now_ms, struct err *e)
{
	struct line line;
	int rc = 0;

	*out = doc_new_list();
	while (!rc && line_next(&s, &n, &line)) {
		struct doc *j = NULL;

		if (doc_len(*out) == PARSE_ROWS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d lines", PARSE_ROWS_MAX);
		else if (*line.s == '{' && !json_read_foreign(&j, line.s, line.n, "journal", NULL))
			doc_push(*out, journal_entry(j));
		else
			doc_push(*out, text_entry(line, now_ms / 1000));
		doc_free(j);
	}
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
