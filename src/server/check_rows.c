#include "config.h"

#include "server/check_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/strs.h"
#include "server/check_expect.h"
#include "server/check_trial.h"

#define SAMPLE_MAX ((size_t)8 << 20)

struct counts {
	int rows, read, agree, differ, reasoned, unreasoned, skipped, broken;
};

struct run {
	FILE *out;
	const char *samples; /* the folder */
	bool named;	     /* only some checks: rows of others are no matter */
	struct trials trials;
	struct expect_rows rows;
	struct unread_list unread;
	struct counts counts;
};

static void say(struct run *r, const struct expect_row *row, const char *text)
{
	struct buf safe = {0};

	safe_text(&safe, text, strlen(text), SAFE_TEXT);
	fprintf(r->out, "%s: %s\n", row->path, buf_str(&safe));
	buf_finish(&safe);
}

/* ---- against what is right ---- */

/* crit > warn > drift > unknown > ok */
static int rank(enum finding_state s)
{
	switch (s) {
	case FINDING_CRIT:
		return 4;
	case FINDING_WARN:
		return 3;
	case FINDING_DRIFT:
		return 2;
	case FINDING_UNKNOWN:
	case FINDING_UNREACHABLE:
		return 1;
	case FINDING_OK:
	case FINDING_STATE_COUNT:
		break;
	}
	return 0;
}

static bool contains(const char *text, const char *part)
{
	return text && strstr(text, part) != NULL;
}

/* What the tool said: in the finding, or in what is kept of its output. */
static bool said(const struct trial *v, const char *part)
{
	const struct finding *f = &v->answer.finding;

	if (contains(f->summary, part) || contains(f->facts, part))
		return true;
	for (size_t i = 0; i < f->item_count; i++)
		if (contains(f->items[i].text, part) || contains(f->items[i].name, part))
			return true;
	for (size_t i = 0; i < v->answer.sample_count; i++)
		if (contains(v->answer.samples[i].out, part) ||
			contains(v->answer.samples[i].err, part))
			return true;
	return false;
}

static const struct doc *fact_of(const struct trial *v, const char *name)
{
	const struct doc *named = facts_find(v->named, name);

	return named ? named : facts_find(v->facts, name);
}

/* One of the checks has it right. */
static bool fact_agrees(const struct trial *v, size_t n, const struct fact *f)
{
	bool anywhere = false;

	for (size_t i = 0; i < n; i++) {
		const struct doc *got = fact_of(&v[i], f->name);

		if (str_eq(f->name, "error") ? said(&v[i], f->value)
					     : got && facts_same(f->value, got))
			return true;
		anywhere = anywhere || got;
	}
	return !anywhere && str_eq(f->value, "absent");
}

static bool compare_fact(struct run *r, const struct expect_row *row, const struct trial *v,
	size_t n, const struct fact *f)
{
	struct buf text = {0};

	if (fact_agrees(v, n, f))
		return true;
	buf_addf(&text, "fact %s: expected \"%s\"", f->name, f->value);
	for (size_t i = 0; i < n && !str_eq(f->name, "error"); i++) {
		buf_addf(&text, ", %s gives ", v[i].check->name);
		if (fact_of(&v[i], f->name))
			facts_show(&text, fact_of(&v[i], f->name));
		else
			buf_adds(&text, "none");
	}
	say(r, row, buf_str(&text));
	buf_finish(&text);
	return false;
}

static bool compare_state(
	struct run *r, const struct expect_row *row, const struct trial *v, size_t n)
{
	const struct finding *worst = &v[0].answer.finding;
	struct buf text = {0};
	bool fits;

	for (size_t i = 1; i < n; i++)
		if (rank(v[i].answer.finding.state) > rank(worst->state))
			worst = &v[i].answer.finding;
	fits = expect_fits(row, worst->state);
	buf_addf(&text, "%sexpected %s, %s says %s: %s", fits ? "ok: " : "", row->expect_text,
		worst->check, finding_state_name(worst->state), worst->summary);
	if (!fits || r->named)
		say(r, row, buf_str(&text));
	buf_finish(&text);
	return fits;
}

static void compare_row(
	struct run *r, const struct expect_row *row, const struct trial *v, size_t n)
{
	bool agree = compare_state(r, row, v, n);

	for (size_t i = 0; i < row->facts.n; i++)
		agree = compare_fact(r, row, v, n, &row->facts.v[i]) && agree;
	r->counts.agree += agree;
	r->counts.differ += !agree;
}

/* ---- rows ---- */

static void not_read(struct run *r, const struct expect_row *row, const char *part)
{
	const char *why = unread_why(&r->unread, row->plain);
	char *text;

	if (r->named)
		return;
	if (why)
		text = xasprintf("not read (%s): %s", row->command, why);
	else
		text = xasprintf("not read (%s), and no reason given%s%s", row->command,
			part ? ": " : "", part ? part : "");
	r->counts.reasoned += why != NULL;
	r->counts.unreasoned += why == NULL;
	say(r, row, text);
	free(text);
}

static void broken(struct run *r, const struct expect_row *row, const struct err *e)
{
	r->counts.broken++;
	say(r, row, e->msg);
}

/* Every check that has what it needs judges the row. */
static void run_row(struct run *r, const struct expect_row *row)
{
	struct trial *v = xcalloc(r->trials.n + 1, sizeof *v);
	char *path = path_join(r->samples, row->path), *part = NULL;
	struct buf text = {0};
	struct err e = {0};
	bool bad = file_read(&text, path, SAMPLE_MAX, &e) != 0;
	size_t n = 0;

	for (size_t i = 0; !bad && i < r->trials.n; i++) {
		const char *missing;
		enum trial_match m = trial_match(&r->trials.checks[i], row->plain, &missing);

		if (m == TRIAL_PART && !part)
			part = xasprintf("%s needs %s too", r->trials.checks[i].name, missing);
		if (m != TRIAL_READS)
			continue;
		e = (struct err){0};
		bad = trial_judge(&r->trials, &v[n++], i, row, &text, &e) != 0;
		if (bad)
			err_prefix(&e, "%s", r->trials.checks[i].name);
	}
	if (bad)
		broken(r, row, &e);
	else if (!n)
		not_read(r, row, part);
	else
		compare_row(r, row, v, n);
	r->counts.read += n > 0;
	for (size_t i = 0; i < n; i++)
		trial_finish(&v[i]);
	buf_finish(&text);
	free(part);
	free(path);
	free(v);
}

static void run_rows(struct run *r)
{
	struct counts *c = &r->counts;

	for (size_t i = 0; i < r->rows.n; i++) {
		c->rows++;
		if (r->rows.v[i].expect & EXPECT_SKIP)
			c->skipped++;
		else
			run_row(r, &r->rows.v[i]);
	}
	fprintf(r->out,
		"%d rows: %d read, of which %d agree and %d differ; %d not read with a reason, %d "
		"without; %d to be skipped\n",
		c->rows, c->read, c->agree, c->differ, c->reasoned, c->unreasoned, c->skipped);
}

static void run_finish(struct run *r)
{
	trials_finish(&r->trials);
	expect_finish(&r->rows);
	unread_finish(&r->unread);
}

int check_rows_main(const struct strs *names, const char *dir, const char *samples, FILE *out)
{
	struct run r = {.out = out, .samples = samples, .named = names && names->n};
	char *unread = path_join(dir, "unread.yml");
	struct err e = {0};
	int status = 2;

	if (expect_read(&r.rows, samples, &e) || unread_read(&r.unread, unread, &e) ||
		trials_load(&r.trials, names, dir, r.rows.now_ms, &e)) {
		fprintf(out, "%s\n", e.msg);
	} else {
		run_rows(&r);
		status = r.counts.broken ? 2 : r.counts.differ || r.counts.unreasoned ? 1 : 0;
	}
	run_finish(&r);
	free(unread);
	return status;
}
