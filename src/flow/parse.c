#include "config.h"

#include "flow/parse.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/sudoers_read.h"
#include "codec/xml.h"
#include "codec/yaml.h"
#include "flow/parse_kinds.h"
#include "model/check.h"

#define WHY_MAX 300
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND 127
#define NAGIOS_EXIT_MAX 3

void parsed_finish(struct parsed *p)
{
	doc_free(p->value);
	doc_free(p->raw);
	free(p->why);
	free(p->out);
	free(p->err);
	*p = (struct parsed){0};
}

/* ---- why it could not be made ---- */

static bool has(const char *text, const char *word)
{
	return strstr(text, word) != NULL;
}

/* What sudo (1.9) and sudo-rs (0.2) say when no line of sudoers covers the command. */
static bool sudo_refused(const char *err)
{
	static const char *const words[] = {"a password is required", "a terminal is required",
		"you must have a tty", "is not allowed to execute", "is not in the sudoers file",
		"may not run sudo", "I'm afraid I can't do that",
		"interactive authentication is required", NULL};

	for (size_t i = 0; words[i]; i++)
		if (has(err, words[i]))
			return true;
	return false;
}

/* The first line that says something; sudo's remark on a host name that does not resolve is none.
 */
static char *first_line(const char *text, const char *otherwise)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		while (n && isspace((unsigned char)*text)) {
			text++;
			n--;
		}
		if (n && !str_starts(text, "sudo: unable to resolve host"))
			return xstrndup(text, n < WHY_MAX ? n : WHY_MAX);
		text += n;
		text += *text == '\n';
	}
	return xstrdup(otherwise);
}

static void fail(struct parsed *out, enum parse_state state, char *why)
{
	out->state = state;
	free(out->why);
	out->why = why;
}

static bool exit_is_expected(const struct doc *command, const struct sample *s, enum read_kind kind)
{
	const struct doc *exits = doc_get(command, "exits");

	if (str_eq(doc_str(exits), "any") || (!exits && kind == READ_EXIT))
		return true;
	if (!exits && kind == READ_NAGIOS)
		return s->exit_status >= 0 && s->exit_status <= NAGIOS_EXIT_MAX;
	for (size_t i = 0; i < doc_len(exits); i++)
		if (doc_int(doc_at(exits, i)) == s->exit_status)
			return true;
	return !exits && s->exit_status == 0;
}

/* The command never came to its own end. */
static bool not_ended(struct parsed *out, const struct sample *s)
{
	switch (s->status) {
	case SAMPLE_RAN:
		return false;
	case SAMPLE_ABSENT:
		out->state = PARSE_ABSENT;
		return true;
	case SAMPLE_TIMEOUT:
		fail(out, PARSE_FAILED, xstrdup(s->note ? s->note : "ran into its time limit"));
		return true;
	case SAMPLE_CUT:
		fail(out, PARSE_FAILED, xstrdup(s->note ? s->note : "was cut off before its end"));
		return true;
	case SAMPLE_NOT_MADE:
	case SAMPLE_STATUS_COUNT:
		break;
	}
	fail(out, PARSE_FAILED, xstrdup(s->note ? s->note : "was not run"));
	return true;
}

/* It ended, but with nothing that could be read. */
static bool unusable(
	struct parsed *out, const struct doc *command, const struct sample *s, enum read_kind kind)
{
	if (doc_get_bool(command, "sudo", false) && s->exit_status && sudo_refused(out->err)) {
		fail(out, PARSE_SUDO_MISSING, first_line(out->err, "sudo refused"));
	} else if (s->truncated) {
		fail(out, PARSE_FAILED,
			xasprintf("printed more than the limit of %zu bytes", s->out_len));
	} else if (s->exit_status == EXIT_NOT_FOUND) {
		fail(out, PARSE_FAILED, first_line(out->err, "is not installed"));
	} else if (s->exit_status == EXIT_NOT_EXECUTABLE) {
		fail(out, PARSE_FAILED, first_line(out->err, "cannot be executed"));
	} else if (!exit_is_expected(command, s, kind)) {
		char *said = first_line(out->err, "");

		if (!*said && kind != READ_TAR) {
			free(said);
			said = first_line(out->out, "");
		}
		fail(out, PARSE_FAILED,
			xasprintf("exit status %d%s%s", s->exit_status, *said ? ": " : "", said));
		free(said);
	} else {
		return false;
	}
	return true;
}

/* ---- reading ---- */

static struct doc *exit_value(const struct parsed *p, const struct sample *s)
{
	struct doc *d = doc_new_map();
	char *text = first_line(p->out, "");

	doc_set_int(d, "exit", s->exit_status);
	doc_set_str(d, "text", text);
	free(text);
	return d;
}

static bool is_empty(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isspace((unsigned char)s[i]))
			return false;
	return true;
}

static struct doc *empty_value(enum read_kind kind, const struct doc *options)
{
	bool map = kind == READ_INI ||
		   (kind == READ_FIELDS && !doc_get_bool(options, "blocks", false));

	return map ? doc_new_map() : doc_new_list();
}

static int read_text(struct parsed *out, enum read_kind kind, const struct doc *options,
	const struct sample *s, struct err *e)
{
	switch (kind) {
	case READ_FIELDS:
		return parse_fields(&out->value, out->out, out->out_len, options, e);
	case READ_TABLE:
		return parse_table(&out->value, out->out, out->out_len, options, e);
	case READ_LINES:
		return parse_lines(&out->value, out->out, out->out_len, e);
	case READ_JSON:
		return parse_json(&out->value, out->out, out->out_len, options, s->command, e);
	case READ_JSON_LINES:
		return parse_json_lines(
			&out->value, out->out, out->out_len, options, s->command, e);
	case READ_NAGIOS:
		return parse_nagios(&out->value, out->out, out->out_len, s->exit_status, e);
	case READ_EXIT:
		out->value = exit_value(out, s);
		return 0;
	case READ_DIG:
		return parse_dig(&out->value, out->out, out->out_len, e);
	case READ_HTTP:
		return parse_http(&out->value, out->out, out->out_len, out->err, out->err_len,
			s->exit_status, e);
	case READ_LOG:
		return parse_log(&out->value, out->out, out->out_len, s->at_ms, e);
	case READ_SECTIONS:
		return parse_sections(&out->value, out->out, out->out_len, options, e);
	case READ_INI:
		return parse_ini(&out->value, out->out, out->out_len, e);
	case READ_XML:
		return xml_read(&out->value, out->out, out->out_len, s->command, e);
	case READ_YAML:
		return yaml_read_foreign(&out->value, out->out, out->out_len, s->command, e);
	case READ_OPENMETRICS:
		return parse_openmetrics(&out->value, out->out, out->out_len, options, e);
	case READ_SUDOERS:
		return sudoers_read(&out->value, out->out, out->out_len, e);
	case READ_TAR:
	case READ_KIND_COUNT:
		break;
	}
	return err_set(e, ERR_INPUT, "no such kind of reading");
}

/* A health endpoint answers with its status alone. */
static bool may_print_nothing(enum read_kind kind)
{
	return kind == READ_TAR || kind == READ_EXIT || kind == READ_HTTP;
}

static void read_value(
	struct parsed *out, const struct doc *command, enum read_kind kind, const struct sample *s)
{
	const struct doc *options = parse_options(command);
	struct err e = {0};

	if (!may_print_nothing(kind) && is_empty(out->out, out->out_len)) {
		if (doc_get_bool(options, "empty", false))
			out->value = empty_value(kind, options);
		else
			fail(out, PARSE_FAILED, first_line(out->err, "printed nothing"));
		return;
	}
	if (kind != READ_TAR && read_text(out, kind, options, s, &e))
		fail(out, PARSE_FAILED, xasprintf("cannot be read: %s", e.msg));
}

static void redact_into(char **out, size_t *len, const struct redact *r, const char *s, size_t n)
{
	struct buf b = {0};

	/* A byte order mark tells nothing, and would hide the first word. */
	if (n >= 3 && !memcmp(s, "\xEF\xBB\xBF", 3)) {
		s += 3;
		n -= 3;
	}
	redact_text(&b, r, s ? s : "", s ? n : 0);
	*len = b.len;
	*out = buf_take(&b);
}

/* A tar is read first: only what its text entries say can be redacted. */
static void open_tar(struct parsed *out, const struct doc *options, const struct redact *redact,
	const struct sample *s)
{
	struct buf text = {0};
	struct err e = {0};

	if (s->status == SAMPLE_RAN && !s->truncated && s->exit_status == 0 &&
		parse_tar(&out->value, &out->raw, &text, s->out ? s->out : "", s->out_len, options,
			redact, &e))
		fail(out, PARSE_FAILED, xasprintf("cannot be read: %s", e.msg));
	out->out_len = text.len;
	out->out = buf_take(&text);
}

void parse_sample(struct parsed *out, const struct doc *command, const struct sample *s,
	const struct redact *redact)
{
	enum read_kind kind;

	*out = (struct parsed){0};
	if (!read_kind_parse(parse_kind(command), &kind))
		kind = READ_LINES;
	redact_into(&out->err, &out->err_len, redact, s->err, s->err_len);
	if (kind == READ_TAR)
		open_tar(out, parse_options(command), redact, s);
	else
		redact_into(&out->out, &out->out_len, redact, s->out, s->out_len);
	if (out->state == PARSE_READ && !not_ended(out, s) && !unusable(out, command, s, kind))
		read_value(out, command, kind, s);
	if (out->state != PARSE_READ) {
		doc_free(out->value);
		doc_free(out->raw);
		out->value = out->raw = NULL;
	}
}
