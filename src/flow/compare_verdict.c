#include "config.h"

#include "flow/compare_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"

/* Bounds on a finding: past them the rest is counted, not kept. */
#define SUMMARY_MAX 400
#define SAID_MAX 4
#define TEXT_MAX 400
#define DIFF_LINES_MAX 4000

void verdict_add(
	struct verdict_list *l, enum finding_state state, const char *id, const char *fmt, ...)
{
	struct verdict_line *v = ARR_ADD(l->v, l->n, l->cap);
	va_list ap;

	va_start(ap, fmt);
	*v = (struct verdict_line){state, xvasprintf(fmt, ap), xstrdup(id)};
	va_end(ap);
}

void verdict_list_finish(struct verdict_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].text);
		free(l->v[i].id);
	}
	free(l->v);
	diff_free(l->diff);
	*l = (struct verdict_list){0};
}

void compare_no_reference(struct verdict_list *l)
{
	verdict_add(
		l, FINDING_UNKNOWN, "no-reference", "no reference yet: adopt takes what is there");
	l->condition = CONDITION_NO_REFERENCE;
}

char *compare_one_line(const char *s)
{
	char *line = xstrndup(s ? s : "", s ? strnlen(s, TEXT_MAX) : 0);

	for (char *at = line; *at; at++)
		if (*at == '\n' || *at == '\r' || *at == '\t')
			*at = ' ';
	return line;
}

/* ---- the finding ---- */

static void bound_diff(struct diff *d)
{
	char note[64];

	if (d->line_count <= DIFF_LINES_MAX)
		return;
	snprintf(note, sizeof note, "%zu more lines are not kept", d->line_count - DIFF_LINES_MAX);
	while (d->line_count > DIFF_LINES_MAX)
		free(d->lines[--d->line_count].text);
	diff_add(d, DIFF_NOTE, 0, 0, note, strlen(note));
}

static void take_diff(struct finding *out, struct verdict_list *l)
{
	struct buf text = {0};
	struct doc *d;

	if (!l->diff)
		return;
	out->added = l->diff->added;
	out->removed = l->diff->removed;
	bound_diff(l->diff);
	d = diff_to_doc(l->diff);
	json_write(&text, d);
	out->diff = buf_take(&text);
	doc_free(d);
}

static void take_summary(struct finding *out, const struct verdict_list *l)
{
	struct buf text = {.max = SUMMARY_MAX};
	size_t said = 0, more = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (!l->v[i].text[0])
			continue;
		if (said == SAID_MAX)
			more++;
		else
			buf_addf(&text, "%s%s", said++ ? "; " : "", l->v[i].text);
	}
	if (more)
		buf_addf(&text, "; and %zu more", more);
	if (!said)
		buf_adds(&text, "not ok, and no text says why");
	free(out->summary);
	out->summary = compare_one_line(buf_str(&text));
	buf_finish(&text);
}

static int by_id(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Over what is wrong, not over figures: an acknowledgement belongs to it. */
static void take_fingerprint(struct finding *out, const struct verdict_list *l, const char *check)
{
	const char **ids = xcalloc(l->n + 1, sizeof *ids);
	struct buf text = {0};
	char hex[SHA256_HEX];

	for (size_t i = 0; i < l->n; i++)
		ids[i] = l->v[i].id;
	qsort(ids, l->n, sizeof *ids, by_id);
	buf_addf(&text, "%s\n", check);
	for (size_t i = 0; i < l->n; i++)
		buf_addf(&text, "%s\n", ids[i]);
	for (size_t i = 0; l->diff && i < l->diff->line_count; i++)
		if (l->diff->lines[i].kind != DIFF_SAME)
			buf_addf(&text, "%s %s\n", diff_kind_name(l->diff->lines[i].kind),
				l->diff->lines[i].text);
	sha256_hex(hex, buf_str(&text), text.len);
	out->fingerprint = xstrdup(hex);
	buf_finish(&text);
	free(ids);
}

/* Worst first; equals keep their order (qsort would not). */
static void sort_by_rank(struct verdict_list *l)
{
	for (size_t i = 1; i < l->n; i++)
		for (size_t k = i; k && finding_state_rank(l->v[k - 1].state) <
						finding_state_rank(l->v[k].state);
			k--) {
			struct verdict_line swap = l->v[k];

			l->v[k] = l->v[k - 1];
			l->v[k - 1] = swap;
		}
}

void verdict_conclude(struct finding *out, struct verdict_list *l, const char *check)
{
	out->state = FINDING_OK;
	out->condition = l->condition;
	if (!l->n) {
		if (!out->summary)
			out->summary = xstrdup("ok");
		return;
	}
	sort_by_rank(l);
	out->state = l->v[0].state;
	take_summary(out, l);
	take_fingerprint(out, l, check);
	take_diff(out, l);
}
