#include "config.h"

#include "flow/record_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/redact.h"
#include "codec/secret.h"
#include "codec/yaml.h"
#include "flow/record.h"

#define SUBJECT_MAX 72

static const char *const trailer_keys[] = {
	"Proposal", "Plan", "Proposed-by", "Approved-by", "Host", "Runbook", "Verified", "Audit"};

/* ---- the message ---- */

/* The key of a line that git would read as a trailer; its length, 0 when it is none. */
static size_t key_length(const char *line, size_t n)
{
	size_t i = 0, end;

	while (i < n && (isalnum((unsigned char)line[i]) || line[i] == '-'))
		i++;
	end = i;
	while (i < n && (line[i] == ' ' || line[i] == '\t'))
		i++;
	return i < n && line[i] == ':' ? end : 0;
}

static bool is_our_trailer(const char *line, size_t n)
{
	size_t blanks = 0, len, i;

	while (blanks < n && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	line += blanks;
	len = key_length(line, n - blanks);
	if (len > 3 && strncasecmp(line + len - 3, "-by", 3) == 0)
		return true;
	for (i = 0; i < sizeof trailer_keys / sizeof trailer_keys[0]; i++) {
		if (len == strlen(trailer_keys[i]) && strncasecmp(line, trailer_keys[i], len) == 0)
			return true;
	}
	return false;
}

/* git am and interpret-trailers end a message at such lines. */
static bool ends_a_message(const char *line, size_t n)
{
	static const char *const marks[] = {"---", "diff ", "Index: "};
	size_t i;

	for (i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		if (n >= strlen(marks[i]) && memcmp(line, marks[i], strlen(marks[i])) == 0)
			return true;
	}
	return false;
}

/* Prose made safe to show, without blank lines around it. Heap. */
static char *safe_prose(const char *text)
{
	struct buf b = {0};
	char *out;
	size_t n;

	while (*text == '\n' || *text == '\r' || *text == ' ')
		text++;
	n = strlen(text);
	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	safe_lines(&b, text, n, SAFE_TEXT);
	out = buf_take(&b);
	return out;
}

static void add_prose(struct buf *out, const char *text)
{
	char *prose = safe_prose(text);
	const char *line = prose;

	while (*line != '\0') {
		size_t n = strcspn(line, "\n");

		if (is_our_trailer(line, n) || ends_a_message(line, n))
			buf_adds(out, "> ");
		buf_add(out, line, n);
		buf_addc(out, '\n');
		line += n + (line[n] == '\n');
	}
	free(prose);
}

static void add_subject(struct buf *out, const char *title)
{
	struct buf b = {0};
	size_t n;

	safe_text(&b, title, strcspn(title, "\n"), SAFE_TEXT);
	n = b.len;
	if (n > SUBJECT_MAX) {
		n = SUBJECT_MAX;
		/* Not in the middle of a character (RFC 3629). */
		while (n > 0 && ((unsigned char)b.data[n] & 0xc0) == 0x80)
			n--;
	}
	if (is_our_trailer(buf_str(&b), n))
		buf_adds(out, "> ");
	buf_add(out, buf_str(&b), n);
	buf_adds(out, "\n\n");
	buf_finish(&b);
}

static void add_trailer(struct buf *out, const char *key, const char *value)
{
	if (str_empty(value))
		return;
	buf_addf(out, "%s: ", key);
	safe_text(out, value, strlen(value), SAFE_TEXT);
	buf_addc(out, '\n');
}

/* A step's output must not keep the commit from being made: what looks like a secret in it gives
 * way. The token says nothing of the value, as whoever reads the repository could try passwords on
 * it. */
static char *without_secrets(const char *s, size_t n)
{
	static const char mark[] = "[secret-";
	const struct redact r = {.key = "", .key_len = 0};
	struct buf b = {0};
	char *p;

	redact_text(&b, &r, s, n);
	if (b.data == NULL || secret_scan("", b.data, b.len, NULL) != 0) {
		buf_finish(&b);
		return xstrdup(n == 0 ? "" : "(left out: it looked like a secret)");
	}
	for (p = strstr(b.data, mark); p != NULL; p = strstr(p + 1, mark)) {
		char *digit;

		for (digit = p + strlen(mark); isxdigit((unsigned char)*digit); digit++)
			*digit = 'x';
	}
	return buf_take(&b);
}

/* What a check said of a host stands in it. */
static void add_verified(struct buf *out, const char *verified)
{
	char *clean = verified ? without_secrets(verified, strlen(verified)) : NULL;

	add_trailer(out, "Verified", clean);
	free(clean);
}

void record_message(struct buf *out, const struct record_spec *spec)
{
	size_t i;

	add_subject(out, spec->title);
	add_prose(out, spec->rationale);
	buf_addc(out, '\n');
	add_trailer(out, "Proposal", spec->proposal);
	add_trailer(out, "Plan", spec->plan);
	add_trailer(out, "Proposed-by", spec->proposed_by);
	add_trailer(out, "Approved-by", spec->approved_by);
	for (i = 0; spec->hosts != NULL && i < spec->hosts->n; i++)
		add_trailer(out, "Host", spec->hosts->v[i]);
	add_trailer(out, "Runbook", spec->runbook);
	add_verified(out, spec->verified);
	add_trailer(out, "Audit", spec->audit);
}

char *record_trailer(const char *message, const char *key)
{
	size_t n = strlen(message), len = strlen(key);
	const char *block, *line;

	while (n > 0 && isspace((unsigned char)message[n - 1]))
		n--;
	block = message;
	for (line = message; (line = memmem(line, n - (size_t)(line - message), "\n\n", 2)) != NULL;
		line++)
		block = line + 2;
	for (line = block; line < message + n;) {
		size_t width = strcspn(line, "\n");

		if (key_length(line, width) == len && strncasecmp(line, key, len) == 0) {
			const char *value = memchr(line, ':', width);

			value++;
			while (*value == ' ')
				value++;
			return xstrndup(value, (size_t)(line + width - value));
		}
		line += width + 1;
	}
	return NULL;
}

/* ---- the record ---- */

static struct doc *clean_copy(const struct doc *d)
{
	struct doc *out;
	char *text;
	size_t i;

	switch (doc_kind(d)) {
	case DOC_STRING:
		text = without_secrets(doc_str(d), doc_str_len(d));
		out = doc_new_str(text);
		free(text);
		return out;
	case DOC_LIST:
		out = doc_new_list();
		for (i = 0; i < doc_len(d); i++)
			doc_push(out, clean_copy(doc_at(d, i)));
		return out;
	case DOC_MAP:
		out = doc_new_map();
		for (i = 0; i < doc_len(d); i++)
			doc_set(out, doc_key(d, i), clean_copy(doc_value(d, i)));
		return out;
	case DOC_NULL:
	case DOC_BOOL:
	case DOC_INT:
	case DOC_REAL:
		break;
	}
	return d == NULL ? doc_new_null() : doc_copy(d);
}

static void set_time(struct doc *d, const char *key, int64_t ms)
{
	char text[TIME_RFC3339];

	if (ms <= 0)
		return;
	time_format(text, ms);
	doc_set_str(d, key, text);
}

static void set_text(struct doc *d, const char *key, const char *value)
{
	if (value != NULL)
		doc_set_str(d, key, value);
}

void record_yaml(struct buf *out, const struct record_spec *spec)
{
	struct doc *d = doc_new_map();
	char *rationale = safe_prose(spec->rationale);

	set_text(d, "proposal", spec->proposal);
	set_text(d, "title", spec->title);
	set_text(d, "state", spec->state);
	set_text(d, "plan", spec->plan);
	set_text(d, "proposed_by", spec->proposed_by);
	set_time(d, "proposed", spec->proposed_ms);
	set_text(d, "approved_by", spec->approved_by);
	set_time(d, "approved", spec->decided_ms);
	if (spec->hosts != NULL)
		doc_set_strs(d, "hosts", spec->hosts);
	set_text(d, "runbook", spec->runbook);
	doc_set_str(d, "rationale", rationale);
	if (spec->verified != NULL) {
		char *clean = without_secrets(spec->verified, strlen(spec->verified));

		doc_set_str(d, "verified", clean);
		free(clean);
	}
	if (spec->proposal_doc != NULL)
		doc_set(d, "change", doc_copy(spec->proposal_doc));
	if (spec->outcome != NULL)
		doc_set(d, "outcome", clean_copy(spec->outcome));
	yaml_write(out, d);
	doc_free(d);
	free(rationale);
}

char *record_path(const struct record_spec *spec)
{
	char text[TIME_RFC3339];

	time_format(text, spec->decided_ms > 0 ? spec->decided_ms : spec->at_ms);
	return xasprintf("changes/%.4s/%s.yml", text, spec->proposal);
}
