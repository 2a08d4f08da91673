#include "config.h"

#include "flow/compare_parts.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/safe.h"
#include "base/strs.h"
#include "codec/diff.h"
#include "codec/doc.h"

/* A line reference: one entry a line. "#" at its start begins a comment; " # except: why" behind an
 * entry makes it a pattern (fnmatch(3)) for what may be there or not; " # note: why" is only a
 * note. A "#" that belongs to an entry is written "\#" where it could be taken for one of these. */

static const char except_mark[] = " # except:", note_mark[] = " # note:";

struct ref_line {
	char *text;   /* normalised */
	char *reason; /* behind the mark; or NULL */
	int no;	      /* line in the file */
	bool except;
	bool seen;
};

struct ref_lines {
	struct ref_line *v;
	size_t n, cap;
};

static void ref_line_finish(struct ref_line *line)
{
	free(line->text);
	free(line->reason);
}

static void ref_lines_finish(struct ref_lines *r)
{
	for (size_t i = 0; i < r->n; i++)
		ref_line_finish(&r->v[i]);
	free(r->v);
}

/* Both sides go through this: redacted, and no byte that a file of lines cannot hold. Heap. */
static char *normalise(const struct redact *redact, const char *s, size_t n)
{
	struct buf plain = {0}, safe = {0};

	if (redact)
		redact_text(&plain, redact, s, n);
	else
		buf_add(&plain, s, n);
	safe_text(&safe, buf_str(&plain), plain.len, SAFE_TEXT);
	buf_finish(&plain);
	return buf_take(&safe);
}

/* Where the mark begins, if it is not part of the entry by a backslash. */
static const char *mark_in(const char *line, const char *mark)
{
	return strstr(line, mark);
}

static char *unescape(const char *s, size_t n)
{
	struct buf out = {0};

	for (size_t i = 0; i < n; i++)
		if (s[i] != '\\' || i + 1 == n || s[i + 1] != '#')
			buf_addc(&out, s[i]);
	return buf_take(&out);
}

static size_t trimmed(const char *s, size_t n)
{
	while (n && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\r'))
		n--;
	return n;
}

/* False for a comment or an empty line. */
static bool read_ref_line(
	struct ref_line *out, const struct redact *redact, const char *line, int no)
{
	const char *except = mark_in(line, except_mark), *note = mark_in(line, note_mark);
	const char *end = except && (!note || except < note) ? except : note;
	size_t n = trimmed(line, end ? (size_t)(end - line) : strlen(line));
	char *plain;

	if (!n || line[0] == '#')
		return false;
	plain = unescape(line, n);
	*out = (struct ref_line){.no = no, .except = except && end == except};
	out->text = normalise(redact, plain, strlen(plain));
	if (end) {
		const char *why = strchr(end, ':') + 1;

		why += strspn(why, " \t");
		out->reason = xstrndup(why, trimmed(why, strlen(why)));
	}
	free(plain);
	return true;
}

static void read_ref(
	struct ref_lines *out, const struct redact *redact, const struct compare_file *file)
{
	char *text = xstrndup(file->data, file->len);
	struct strs lines = {0};

	strs_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++) {
		struct ref_line line;

		if (read_ref_line(&line, redact, lines.v[i], (int)i + 1))
			*ARR_ADD(out->v, out->n, out->cap) = line;
	}
	strs_finish(&lines);
	free(text);
}

/* The live set: normalised, sorted, each once. False when it is no list of strings. */
static bool read_live(struct strs *out, const struct redact *redact, const struct doc *live)
{
	struct strs all = {0};
	bool good = doc_kind(live) == DOC_LIST;

	for (size_t i = 0; good && i < doc_len(live); i++) {
		const struct doc *at = doc_at(live, i);

		good = doc_kind(at) == DOC_STRING;
		if (good)
			strs_take(&all, normalise(redact, doc_str(at), doc_str_len(at)));
	}
	strs_sort(&all);
	for (size_t i = 0; good && i < all.n; i++)
		if (all.v[i][0] && (!i || !str_eq(all.v[i], all.v[i - 1])))
			strs_add(out, all.v[i]);
	strs_finish(&all);
	return good;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct ref_line *)a)->text, ((const struct ref_line *)b)->text);
}

/* Nothing to sort in a reference of comments alone: qsort wants no NULL. */
static void sort_ref(struct ref_lines *ref)
{
	if (ref->n)
		qsort(ref->v, ref->n, sizeof *ref->v, by_text);
}

static struct ref_line *find_line(const struct ref_lines *r, const char *text)
{
	struct ref_line key = {.text = (char *)text};

	return r->n ? bsearch(&key, r->v, r->n, sizeof *r->v, by_text) : NULL;
}

static bool excepted(const struct ref_lines *r, const char *text)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].except && !fnmatch(r->v[i].text, text, 0))
			return true;
	return false;
}

/* Both sides in one sorted order. */
static void add_diff(struct diff *d, const struct ref_lines *ref, const struct strs *live)
{
	size_t i = 0, k = 0;
	int same = 0;

	while (i < ref->n || k < live->n) {
		int order = i == ref->n	   ? 1
			    : k == live->n ? -1
					   : strcmp(ref->v[i].text, live->v[k]);

		if (i && i < ref->n && str_eq(ref->v[i].text, ref->v[i - 1].text)) {
			i++; /* an entry that stands there twice counts once */
			continue;
		}
		if (order == 0) {
			same++;
			i++;
			k++;
		} else if (order < 0) {
			if (!ref->v[i].except)
				diff_add(d, DIFF_REMOVED, ref->v[i].no, 0, ref->v[i].text,
					strlen(ref->v[i].text));
			i++;
		} else {
			if (!excepted(ref, live->v[k]))
				diff_add(d, DIFF_ADDED, 0, (int)k + 1, live->v[k],
					strlen(live->v[k]));
			k++;
		}
	}
	if (same) {
		char note[48];

		snprintf(note, sizeof note, "%d lines are the same", same);
		diff_add(d, DIFF_NOTE, 0, 0, note, strlen(note));
	}
}

static void say(struct verdict_list *l, const struct diff *d)
{
	struct buf text = {0};
	int named = 0;

	if (d->added)
		buf_addf(&text, "%d not in the reference", d->added);
	if (d->removed)
		buf_addf(&text, "%s%d missing", d->added ? ", " : "", d->removed);
	for (size_t i = 0; i < d->line_count && named < 3; i++) {
		enum diff_kind kind = d->lines[i].kind;

		if (kind != DIFF_ADDED && kind != DIFF_REMOVED)
			continue;
		buf_addf(&text, "%s%c%s", named++ ? "; " : ": ", kind == DIFF_ADDED ? '+' : '-',
			d->lines[i].text);
	}
	verdict_add(l, FINDING_DRIFT, "diff", "%s", buf_str(&text));
	buf_finish(&text);
}

void compare_lines(struct verdict_list *l, const struct compare_input *in, const struct doc *live)
{
	const struct compare_file *file = compare_ref(in, in->name);
	struct ref_lines ref = {0};
	struct strs now = {0};
	struct diff *d;

	if (!read_live(&now, in->redact, live)) {
		verdict_add(l, FINDING_UNKNOWN, "baseline",
			"the check's baseline is not a list of strings");
	} else if (!file) {
		compare_no_reference(l);
	} else {
		char *title = xasprintf("refs: %s", in->name);

		read_ref(&ref, in->redact, file);
		sort_ref(&ref);
		d = diff_new();
		diff_add(d, DIFF_FILE, 0, 0, title, strlen(title));
		add_diff(d, &ref, &now);
		if (d->added || d->removed) {
			say(l, d);
			l->diff = d;
		} else {
			diff_free(d);
		}
		free(title);
	}
	ref_lines_finish(&ref);
	strs_finish(&now);
}

struct doc *compare_lines_entries(const struct compare_input *in)
{
	const struct compare_file *file = compare_ref(in, in->name);
	struct ref_lines ref = {0};
	struct doc *list;

	if (!file)
		return NULL;
	list = doc_new_list();
	read_ref(&ref, in->redact, file);
	for (size_t i = 0; i < ref.n; i++) {
		struct doc *d = doc_new_map();

		doc_set_str(d, "entry", ref.v[i].text);
		doc_set_bool(d, "except", ref.v[i].except);
		doc_set_str(d, "reason", ref.v[i].reason);
		doc_push(list, d);
	}
	ref_lines_finish(&ref);
	return list;
}

/* ---- adopt ---- */

static void add_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '#')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '\n');
}

/* Comments, exceptions and what is still there stay where they stand. */
static void keep_old(struct buf *out, const struct compare_file *file, const struct strs *live)
{
	char *text = xstrndup(file->data, file->len);
	struct strs lines = {0};

	strs_split(&lines, text, '\n');
	for (size_t i = 0; i < lines.n; i++) {
		struct ref_line line = {0};
		bool entry = read_ref_line(&line, NULL, lines.v[i], 0);

		if ((!entry && (lines.v[i][0] || i + 1 < lines.n)) ||
			(entry && (line.except || strs_has(live, line.text))))
			buf_addf(out, "%s\n", lines.v[i]);
		ref_line_finish(&line);
	}
	strs_finish(&lines);
	free(text);
}

int compare_lines_adopt(
	struct buf *out, const struct compare_input *in, const struct doc *live, struct err *e)
{
	const struct compare_file *file = compare_ref(in, in->name);
	struct ref_lines ref = {0};
	struct strs now = {0};

	if (!read_live(&now, NULL, live)) {
		strs_finish(&now);
		return err_set(e, ERR_FAIL, "the check's baseline is not a list of strings");
	}
	if (file) {
		read_ref(&ref, NULL, file);
		sort_ref(&ref);
		keep_old(out, file, &now);
	} else {
		buf_addf(out,
			"# %s: one entry a line. \"ENTRY  # except: why\" may be there or not, * "
			"is "
			"any text.\n",
			in->name);
	}
	for (size_t i = 0; i < now.n; i++)
		if (!find_line(&ref, now.v[i]) && !excepted(&ref, now.v[i]))
			add_escaped(out, now.v[i]);
	ref_lines_finish(&ref);
	strs_finish(&now);
	return 0;
}
