#include "config.h"

#include "server/check_expect.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml.h"
#include "server/check_reads.h"

#define EXPECT_FILE "EXPECT.tsv"
#define FILE_MAX ((size_t)4 << 20)
#define COLUMNS_MIN 4
#define NOW "now = "

enum column { COLUMN_PATH, COLUMN_COMMAND, COLUMN_STATUS, COLUMN_EXPECT, COLUMN_FACTS };

static const struct {
	const char *word;
	unsigned bits;
} words[] = {
	{"ok", EXPECT_OK},
	{"bad", EXPECT_BAD},
	{"unknown", EXPECT_UNKNOWN},
	{"facts", EXPECT_FACTS},
	{"skip", EXPECT_SKIP},
};

/* "ok|bad" */
static bool read_expect(unsigned *out, const char *text)
{
	struct strs parts = {0};

	*out = 0;
	strs_split(&parts, text, '|');
	for (size_t i = 0; i < parts.n; i++) {
		unsigned bits = 0;

		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (str_eq(words[k].word, parts.v[i]))
				bits = words[k].bits;
		if (!bits)
			*out = 0;
		if (!bits)
			break;
		*out |= bits;
	}
	strs_finish(&parts);
	return *out != 0;
}

/* "# path command ... now = 2026-11-22T01:00:00Z; ..." */
static bool read_now(int64_t *out, const char *header)
{
	const char *at = strstr(header, NOW);
	char *text;
	bool good;

	if (!at)
		return true;
	at += strlen(NOW);
	text = xstrndup(at, strcspn(at, " ;,)\t"));
	good = time_parse(text, out);
	free(text);
	return good;
}

static int read_row(struct expect_rows *out, const struct strs *cells, int line, const char *name,
	struct err *e)
{
	struct expect_row *row;
	long long status = 0;
	unsigned expect;

	if (cells->n < COLUMNS_MIN)
		return err_set(
			e, ERR_INPUT, "%s:%d: fewer than %d columns", name, line, COLUMNS_MIN);
	if (!read_expect(&expect, cells->v[COLUMN_EXPECT]))
		return err_set(e, ERR_INPUT, "%s:%d: \"%.32s\" is nothing that can be expected",
			name, line, cells->v[COLUMN_EXPECT]);
	if (!str_eq(cells->v[COLUMN_STATUS], "?") &&
		!str_int(cells->v[COLUMN_STATUS], 0, 255, &status))
		return err_set(e, ERR_INPUT, "%s:%d: \"%.32s\" is no exit status", name, line,
			cells->v[COLUMN_STATUS]);
	row = ARR_ADD(out->v, out->n, out->cap);
	*row = (struct expect_row){.path = xstrdup(cells->v[COLUMN_PATH]),
		.command = xstrdup(cells->v[COLUMN_COMMAND]),
		.plain = command_line_plain(cells->v[COLUMN_COMMAND]),
		.exit_status = (int)status,
		.expect = expect,
		.expect_text = xstrdup(cells->v[COLUMN_EXPECT]),
		.line = line};
	facts_read(&row->facts, cells->n > COLUMN_FACTS ? cells->v[COLUMN_FACTS] : "");
	return 0;
}

static int read_line(
	struct expect_rows *out, const char *text, int line, const char *name, struct err *e)
{
	struct strs cells = {0};
	int rc;

	if (!*text)
		return 0;
	if (*text == '#')
		return read_now(&out->now_ms, text)
			       ? 0
			       : err_set(e, ERR_INPUT, "%s:%d: now must be RFC 3339", name, line);
	strs_split(&cells, text, '\t');
	rc = read_row(out, &cells, line, name, e);
	strs_finish(&cells);
	return rc;
}

int expect_read(struct expect_rows *out, const char *dir, struct err *e)
{
	char *path = path_join(dir, EXPECT_FILE);
	struct strs lines = {0};
	struct buf text = {0};
	int rc = file_read(&text, path, FILE_MAX, e);

	*out = (struct expect_rows){0};
	strs_split(&lines, buf_str(&text), '\n');
	for (size_t i = 0; !rc && i < lines.n; i++)
		rc = read_line(out, lines.v[i], (int)i + 1, EXPECT_FILE, e);
	if (!rc && !out->n)
		rc = err_set(e, ERR_INPUT, "%s has no rows", path);
	/* At the epoch nothing would be old yet, and so nothing wrong. */
	if (!out->now_ms)
		out->now_ms = clock_wall(clock_system());
	strs_finish(&lines);
	buf_finish(&text);
	free(path);
	if (rc)
		expect_finish(out);
	return rc;
}

void expect_finish(struct expect_rows *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free(r->v[i].path);
		free(r->v[i].command);
		free(r->v[i].plain);
		free(r->v[i].expect_text);
		facts_finish(&r->v[i].facts);
	}
	free(r->v);
	*r = (struct expect_rows){0};
}

bool expect_fits(const struct expect_row *row, enum finding_state state)
{
	unsigned is = state == FINDING_OK	 ? EXPECT_OK | EXPECT_FACTS
		      : state == FINDING_UNKNOWN ? EXPECT_UNKNOWN
						 : EXPECT_BAD | EXPECT_FACTS;

	return (row->expect & is) != 0;
}

/* ---- what no check reads ---- */

static int add_reason(struct unread_list *out, const struct doc *d, const char *path, struct err *e)
{
	static const char *const keys[] = {"command", "reason", NULL};
	const char *command = doc_get_str(d, "command", ""), *reason = doc_get_str(d, "reason", "");
	struct unread_reason *r;

	if (doc_only_keys(d, path, "a reason", keys, e))
		return -1;
	if (!*command || !*reason)
		return doc_err(e, path, d, "a command and a reason are needed");
	if (out->n && strcmp(out->v[out->n - 1].command, command) >= 0)
		return doc_err(e, path, d,
			"\"%.64s\" stands twice or out of order: sort by command", command);
	r = ARR_ADD(out->v, out->n, out->cap);
	*r = (struct unread_reason){xstrdup(command), xstrdup(reason)};
	return 0;
}

int unread_read(struct unread_list *out, const char *path, struct err *e)
{
	struct buf text = {0};
	struct doc *list = NULL;
	int rc;

	*out = (struct unread_list){0};
	if (!file_exists(path))
		return 0;
	rc = file_read(&text, path, FILE_MAX, e);
	if (!rc)
		rc = yaml_read(&list, buf_str(&text), text.len, path, e);
	for (size_t i = 0; !rc && i < doc_len(list); i++)
		rc = add_reason(out, doc_at(list, i), path, e);
	doc_free(list);
	buf_finish(&text);
	if (rc)
		unread_finish(out);
	return rc;
}

void unread_finish(struct unread_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].command);
		free(l->v[i].reason);
	}
	free(l->v);
	*l = (struct unread_list){0};
}

const char *unread_why(const struct unread_list *l, const char *plain)
{
	const struct unread_reason *best = NULL;

	for (size_t i = 0; i < l->n; i++)
		if (pattern_fits(l->v[i].command, plain) &&
			(!best || strlen(l->v[i].command) > strlen(best->command)))
			best = &l->v[i];
	return best ? best->reason : NULL;
}
