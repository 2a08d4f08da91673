#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/strs.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "codec/finding.h"
#include "model/snapshot.h"
#include "store/read.h"

/* Worst first; equals as they stand in the fleet. */
static int by_rank(const void *pa, const void *pb)
{
	const struct finding *const *a = pa, *const *b = pb;
	int ra = finding_state_rank((*a)->state), rb = finding_state_rank((*b)->state);

	if (ra != rb)
		return rb - ra;
	return *a < *b ? -1 : *a > *b;
}

static bool wanted(const struct cmd *c, const struct finding *f, enum finding_state state)
{
	const char *host = c->option[OPTION_HOST], *check = c->option[OPTION_CHECK];

	return (!host || str_eq(host, f->host)) && (!check || str_eq(check, f->check)) &&
	       (state == FINDING_STATE_COUNT || state == f->state);
}

/* What mends a condition; the summary says what it is. */
static void print_next(const struct finding **list, size_t n)
{
	static const char *const next[CONDITION_COUNT] = {
		[CONDITION_NOT_LOOKED] = "not looked at yet: opsdeck sweep",
		[CONDITION_NO_REFERENCE] = "no reference yet: opsdeck adopt",
		[CONDITION_SUDO_MISSING] = "needs its sudo line: opsdeck sudoers --all --script "
					   "prints an installer to read and run as root",
	};

	for (int c = 0; c < CONDITION_COUNT; c++)
		for (size_t i = 0; i < n && next[c]; i++)
			if (list[i]->condition == (enum finding_condition)c) {
				out_note("%s", next[c]);
				break;
			}
}

static void print(const struct finding **list, size_t n)
{
	struct out_table t = {.columns = 5};
	char age[16];

	for (size_t i = 0; i < n; i++)
		out_row(&t, (const char *[]){list[i]->host, list[i]->check,
				    finding_state_name(list[i]->state),
				    out_age(age, sizeof age, list[i]->since_ms), list[i]->summary});
	out_table_end(&t);
	print_next(list, n);
}

static void print_json(const struct finding **list, size_t n)
{
	struct doc *d = doc_new_map(), *findings = doc_new_list();

	for (size_t i = 0; i < n; i++)
		doc_push(findings, finding_to_doc(list[i], false));
	doc_set(d, "findings", findings);
	out_json(d);
	doc_free(d);
}

static void show(const struct cmd *c, const struct snapshot *s, enum finding_state state)
{
	const struct finding **list = xcalloc(s->finding_count + 1, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < s->finding_count; i++)
		if (wanted(c, &s->findings[i], state))
			list[n++] = &s->findings[i];
	qsort(list, n, sizeof *list, by_rank);
	if (cmd_json(c))
		print_json(list, n);
	else
		print(list, n);
	free(list);
}

int cmd_findings(struct cmd *c, struct err *e)
{
	const char *only = c->option[OPTION_STATE_IS];
	enum finding_state state = FINDING_STATE_COUNT;
	struct reader *r;
	struct snapshot *s;
	int rc;

	if (only && !finding_state_parse(only, &state))
		return err_set(e, ERR_INPUT,
			"--only wants ok, drift, warn, crit, unknown or unreachable, not %s", only);
	if (cmd_reader(c, &r, e))
		return -1;
	rc = reader_snapshot(r, &s, e);
	reader_close(r);
	if (rc)
		return -1;
	show(c, s, state);
	snapshot_free(s);
	return 0;
}
