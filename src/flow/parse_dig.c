#include "config.h"

#include "flow/parse_kinds.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/parse_dig_record.h"

/* What dig(1) and kdig print: full, +noall +answer, +short, +yaml and zone transfers, also for
 * several questions in one output. */

enum section { SECTION_NONE, SECTION_ANSWER, SECTION_AUTHORITY, SECTION_OTHER, SECTION_ERROR };

struct reading {
	struct doc *replies;
	/* Borrowed from replies. */
	struct doc *now, *records, *authority;
	enum section section;
	bool yaml;
	char *asked;	   /* server named on the command line, as the banner tells it; or NULL */
	struct buf record; /* a record in brackets that goes on in the next line */
	int64_t sent_ms;
	size_t rows;
};

static struct doc *reply(struct reading *r)
{
	struct doc *d = doc_new_map();

	r->records = doc_new_list();
	r->authority = doc_new_list();
	doc_set(d, "records", r->records);
	doc_set(d, "authority", r->authority);
	if (r->asked)
		doc_set_str(d, "asked", r->asked);
	doc_push(r->replies, d);
	r->now = d;
	r->sent_ms = -1;
	r->section = SECTION_NONE;
	return d;
}

static struct doc *current(struct reading *r)
{
	return r->now ? r->now : reply(r);
}

static void put(struct doc *d, const char *key, const char *s, size_t n)
{
	doc_set(d, key, doc_new_strn(s, n));
}

/* ---- records ---- */

static void add_record(struct reading *r, const char *s)
{
	if (r->section == SECTION_OTHER || r->rows == PARSE_ROWS_MAX)
		return;
	r->rows++;
	current(r);
	doc_push(r->section == SECTION_AUTHORITY ? r->authority : r->records, dig_record(s));
}

/* +multiline puts brackets around data of several lines, and remarks behind a semicolon. */
static bool in_brackets(struct reading *r, char *line)
{
	size_t n = strlen(line);
	bool opens = !r->record.len && n > 2 && str_ends(line, " (");
	char *remark;

	if (!opens && !r->record.len)
		return false;
	remark = opens ? NULL : strstr(line, " ;");
	if (remark)
		*remark = '\0';
	n = strlen(line);
	buf_add(&r->record, line, opens ? n - 1 : n);
	if (!opens && strchr(line, ')')) {
		char *whole = buf_take(&r->record), *to = whole;

		for (char *s = whole; *s; s++)
			if (*s != ')' &&
				!(isspace((unsigned char)*s) && to > whole && to[-1] == ' '))
				*to++ = isspace((unsigned char)*s) ? ' ' : *s;
		while (to > whole && to[-1] == ' ')
			to--;
		*to = '\0';
		add_record(r, whole);
		free(whole);
	} else if (!opens) {
		buf_addc(&r->record, ' ');
	}
	return true;
}

/* ---- plain ---- */

static void set_error(struct reading *r, const char *text)
{
	/* What came before it ended; a question that got no answer has no header of its own. */
	if (!r->now || doc_get(r->now, "status") || doc_get(r->now, "error"))
		reply(r);
	doc_set_str(r->now, "error", text);
	r->now = NULL;
	/* The packet follows in hexadecimal. */
	if (strstr(text, "bad packet"))
		r->section = SECTION_OTHER;
}

static void header(struct reading *r, const char *line)
{
	const char *status = strstr(line, "status: ");

	reply(r);
	if (status)
		put(r->now, "status", status + 8, strcspn(status + 8, ",; "));
}

/* "flags: qr aa rd ra; QUERY: 1, ..." and YAML's "flags: qr aa rd ra" */
static void set_flags(struct doc *reply, const char *s)
{
	struct doc *list = doc_new_list();
	const char *w;
	char *text = xstrndup(s, strcspn(s, ";"));
	const char *at = text;
	size_t n;

	while ((w = dig_word(&at, &n)) && doc_len(list) < PARSE_COLUMNS_MAX)
		doc_push(list, doc_new_strn(w, n));
	doc_set(reply, "flags", list);
	free(text);
}

/* "127.0.0.1#53(name) (UDP)" */
static void set_server(struct doc *reply, const char *s)
{
	size_t n = strcspn(s, "#( ");

	put(reply, "server", s, n);
	if (s[n] == '#')
		doc_set_int(reply, "port", strtol(s + n + 1, NULL, 10));
}

static void set_question(struct doc *reply, const char *s)
{
	struct doc *d = doc_new_map();
	size_t n;
	const char *w = dig_word(&s, &n);

	if (w)
		put(d, "name", w, n);
	while ((w = dig_word(&s, &n)) && dig_is_class(w, n))
		;
	if (w)
		put(d, "type", w, n);
	doc_set(reply, "question", d);
}

static bool is_failure(const char *s)
{
	static const char *const words[] = {"no servers could be reached", "connection timed out",
		"Transfer failed", "no response from", "bad packet", "failed to query", NULL};

	for (size_t i = 0; words[i]; i++)
		if (strstr(s, words[i]))
			return true;
	return false;
}

static void banner(struct reading *r, const char *line)
{
	const char *at = strstr(line, " @");

	free(r->asked);
	r->asked = at ? xstrndup(at + 2, strcspn(at + 2, " #")) : NULL;
}

static void section(struct reading *r, const char *name)
{
	r->section = str_starts(name, "ANSWER")	     ? SECTION_ANSWER
		     : str_starts(name, "AUTHORITY") ? SECTION_AUTHORITY
						     : SECTION_OTHER;
}

static void remark(struct reading *r, const char *line)
{
	const char *text = line + strspn(line, "; ");

	if (str_starts(text, "<<>>"))
		banner(r, line);
	else if (str_starts(text, "->>HEADER<<-"))
		header(r, text);
	else if (is_failure(text))
		set_error(r, text);
	else if (str_starts(text, "flags: "))
		set_flags(current(r), text + 7);
	else if (str_ends(text, " SECTION:"))
		section(r, text);
	else if (str_starts(text, "Query time: "))
		doc_set_int(current(r), "ms", strtol(text + 12, NULL, 10));
	else if (str_starts(text, "SERVER: "))
		set_server(current(r), text + 8);
	else if (line[1] != ';' && line[1] != ' ' && r->now && !doc_get(r->now, "question"))
		set_question(r->now, text);
}

/* ---- +yaml ---- */

/* A scalar without its quotes; writes into s. */
static char *unquote(char *s)
{
	char quote = *s, *to = s;
	size_t n = strlen(s);

	if (n < 2 || (quote != '\'' && quote != '"') || s[n - 1] != quote)
		return s;
	s[n - 1] = '\0';
	for (char *from = s + 1; *from; from++) {
		if ((quote == '\'' && from[0] == '\'' && from[1] == '\'') ||
			(quote == '"' && *from == '\\' && from[1]))
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return s;
}

static int64_t yaml_time(const char *s)
{
	const char *text = strrchr(s, ' ');
	int64_t ms;

	return time_parse(text ? text + 1 : s, &ms) ? ms : -1;
}

static void yaml_key(struct reading *r, char *line)
{
	struct doc *d = current(r);
	char *value = strstr(line, ": ");

	if (str_ends(line, "_SECTION:")) {
		section(r, line);
		return;
	}
	if (!value)
		return;
	*value = '\0';
	value = unquote(value + 2);
	if (str_eq(line, "status"))
		doc_set_str(d, "status", value);
	else if (str_eq(line, "flags") && !doc_get(d, "flags"))
		set_flags(d, value);
	else if (str_eq(line, "response_address"))
		doc_set_str(d, "server", value);
	else if (str_eq(line, "response_port"))
		doc_set_int(d, "port", strtol(value, NULL, 10));
	else if (str_eq(line, "query_time"))
		r->sent_ms = yaml_time(value);
	else if (str_eq(line, "response_time") && r->sent_ms >= 0 && yaml_time(value) >= 0)
		doc_set_int(d, "ms", yaml_time(value) - r->sent_ms);
}

static void yaml_line(struct reading *r, char *line)
{
	if (str_eq(line, "- type: MESSAGE")) {
		reply(r);
	} else if (str_eq(line, "- type: DIG_ERROR")) {
		r->now = NULL;
		r->section = SECTION_ERROR;
	} else if (r->section == SECTION_ERROR) {
		if (!str_starts(line, "message:"))
			set_error(r, line);
	} else if (str_starts(line, "- ") && r->section != SECTION_NONE) {
		line = unquote(line + 2);
		if (r->section == SECTION_OTHER && !doc_get(current(r), "question"))
			set_question(r->now, line);
		else
			add_record(r, line);
	} else {
		yaml_key(r, line);
	}
}

/* ---- */

static void read_line(struct reading *r, char *line)
{
	size_t n;

	line += strspn(line, " \t");
	n = strlen(line);
	while (n && isspace((unsigned char)line[n - 1]))
		line[--n] = '\0';
	if (!n)
		return;
	if (str_starts(line, "- type: "))
		r->yaml = true;
	if (in_brackets(r, line))
		return;
	if (*line == ';')
		remark(r, line);
	else if (r->yaml)
		yaml_line(r, line);
	else
		add_record(r, line);
}

/* +qr prints the query before its reply: the one of the two without the flag qr. */
static bool is_query(const struct doc *message)
{
	const struct doc *flags = doc_get(message, "flags");

	for (size_t i = 0; i < doc_len(flags); i++)
		if (str_eq(doc_str(doc_at(flags, i)), "qr"))
			return false;
	return flags != NULL;
}

static struct doc *without_queries(struct doc *messages)
{
	struct doc *replies = doc_new_list();

	for (size_t i = 0; i < doc_len(messages); i++)
		if (!is_query(doc_at(messages, i)))
			doc_push(replies, doc_share(doc_at(messages, i)));
	doc_free(messages);
	return replies;
}

int parse_dig(struct doc **out, const char *s, size_t n, struct err *e)
{
	struct reading r = {.replies = doc_new_list(), .sent_ms = -1};
	char *text = xstrndup(s, n), *line = text, *next;

	*out = NULL;
	for (; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		read_line(&r, line);
	}
	buf_finish(&r.record);
	r.replies = without_queries(r.replies);
	free(r.asked);
	free(text);
	if (r.rows == PARSE_ROWS_MAX || !doc_len(r.replies)) {
		doc_free(r.replies);
		return err_set(e, ERR_INPUT,
			r.rows ? "more records than can be held" : "no reply of dig is in it");
	}
	*out = r.replies;
	return 0;
}
