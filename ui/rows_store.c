#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "store/read.h"
#include "ui/rows.h"

#define ROWS_MAX 500 /* of a log: newest; more is on the command line */

static void check_rows(struct list *l, const struct rows_from *from)
{
	const struct snapshot *s = from->snap;

	for (size_t i = 0; i < s->check_count; i++) {
		struct row *r = list_add(l, s->checks[i].name);
		size_t hosts = 0, bad = 0;

		for (size_t k = 0; k < s->finding_count; k++) {
			if (!str_eq(s->findings[k].check, s->checks[i].name))
				continue;
			hosts++;
			bad += s->findings[k].state != FINDING_OK;
			if (finding_state_rank(s->findings[k].state) > finding_state_rank(r->state))
				r->state = s->findings[k].state;
		}
		r->sign = hosts > 0;
		r->name = xstrdup(s->checks[i].name);
		r->text = xstrdup(s->checks[i].title);
		r->right = bad ? xasprintf("%zu of %zu hosts not ok", bad, hosts)
			       : xasprintf("%zu host%s", hosts, hosts == 1 ? "" : "s");
		r->target.kind = xstrdup("check");
		r->target.name = xstrdup(s->checks[i].name);
		r->say = xasprintf("check %s: %s", s->checks[i].name, s->checks[i].title);
	}
}

const struct rows_source rows_checks = {
	.name = "checks",
	.aliases = "check catalogue",
	.title = "Checks",
	.empty = "no check applies",
	.help = "the catalogue in force",
	.rows = check_rows,
};

static void doc_rows(struct list *l, const struct rows_from *from, const char *kind)
{
	struct strs names = {0};
	struct err e;

	if (!from->reader || reader_docs(from->reader, kind, &names, &e) < 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct row *r;

		if (names.v[i][0] == '.') /* .gitkeep */
			continue;
		r = list_add(l, names.v[i]);
		r->name = xstrdup(names.v[i]);
		r->target.kind = xstrdup(kind);
		r->target.name = xstrdup(names.v[i]);
		r->say = xasprintf("%s %s", kind, names.v[i]);
	}
	strs_finish(&names);
}

static void runbook_rows(struct list *l, const struct rows_from *from)
{
	doc_rows(l, from, "runbook");
}

const struct rows_source rows_runbooks = {
	.name = "runbooks",
	.aliases = "runbook r",
	.title = "Runbooks",
	.empty = "the ops repo has no runbook",
	.help = "what to do when something is wrong",
	.rows = runbook_rows,
};

static void memory_rows(struct list *l, const struct rows_from *from)
{
	doc_rows(l, from, "memory");
}

const struct rows_source rows_memory = {
	.name = "memory",
	.aliases = "notes",
	.title = "Memory",
	.empty = "the ops repo has no memory note",
	.help = "what operator and agent noted",
	.rows = memory_rows,
};

static void reference_rows(struct list *l, const struct rows_from *from)
{
	doc_rows(l, from, "reference");
}

const struct rows_source rows_references = {
	.name = "references",
	.aliases = "refs",
	.title = "References",
	.empty = "no reference yet: adopt takes what is live",
	.help = "how things should be, as the accepted commit says",
	.rows = reference_rows,
};

static void log_rows(struct list *l, const struct rows_from *from)
{
	struct commit_row *rows = NULL;
	size_t n = 0;
	struct err e;

	if (!from->reader || reader_log(from->reader, ROWS_MAX, &rows, &n, &e) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		struct row *r = list_add(l, rows[i].id);

		r->name = xstrndup(rows[i].id, 7);
		r->text = xstrdup(rows[i].subject);
		r->right = xstrdup(rows[i].author);
		r->age_ms = rows[i].at_ms;
		r->target.kind = xstrdup("commit");
		r->target.name = xstrdup(rows[i].id);
		r->say = xasprintf("%.7s by %s", rows[i].id, rows[i].author);
	}
	commit_rows_free(rows, n);
}

const struct rows_source rows_log = {
	.name = "log",
	.aliases = "commits git",
	.title = "Log",
	.empty = "no commit",
	.help = "commits of the ops repo",
	.rows = log_rows,
};

/* The store gives them oldest first: finds where the last ROWS_MAX begin. */
static int64_t last_rows(struct reader *reader)
{
	int64_t last = 0;

	for (;;) {
		struct audit_row *rows = NULL;
		size_t n = 0;
		struct err e;

		if (reader_audit(reader, last, ROWS_MAX, &rows, &n, &e) < 0 || !n)
			break;
		last = rows[n - 1].seq;
		audit_rows_free(rows, n);
		if (n < ROWS_MAX)
			break;
	}
	return last > ROWS_MAX ? last - ROWS_MAX : 0;
}

static void audit_rows(struct list *l, const struct rows_from *from)
{
	struct audit_row *rows = NULL;
	size_t n = 0;
	struct err e;

	if (!from->reader ||
		reader_audit(from->reader, last_rows(from->reader), ROWS_MAX, &rows, &n, &e) < 0)
		return;
	for (size_t i = n; i-- > 0;) {
		char *key = xasprintf("%lld", (long long)rows[i].seq), when[TIME_RFC3339];
		struct row *r = list_add(l, key);

		r->name = key;
		r->sign = !rows[i].allowed;
		r->state = rows[i].allowed ? FINDING_OK : FINDING_CRIT;
		r->text = xasprintf("%s (%s) %s %s", rows[i].who ? rows[i].who : "?",
			rows[i].role ? rows[i].role : "?", rows[i].request ? rows[i].request : "",
			rows[i].subject ? rows[i].subject : "");
		r->right = xstrdup(rows[i].allowed ? "" : "refused");
		r->age_ms = rows[i].at_ms;
		time_format(when, rows[i].at_ms);
		r->say = xasprintf("%s  %s", when, rows[i].detail ? rows[i].detail : "");
		if (rows[i].subject && snapshot_proposal(from->snap, rows[i].subject))
			r->target.proposal = xstrdup(rows[i].subject);
	}
	audit_rows_free(rows, n);
}

const struct rows_source rows_audit = {
	.name = "audit",
	.aliases = "au",
	.title = "Audit",
	.empty = "no request was made yet",
	.help = "who asked for what, chained by hash",
	.rows = audit_rows,
};

static void history_rows(struct list *l, const struct rows_from *from)
{
	const char *host = from->about ? from->about->host : NULL;
	const char *check = from->about ? from->about->check : NULL;
	struct transition *rows = NULL;
	size_t n = 0;
	struct err e;

	if (!from->reader ||
		reader_transitions(from->reader, host, check, ROWS_MAX, &rows, &n, &e) < 0)
		return;
	for (size_t i = 0; i < n; i++) {
		char *key = xasprintf(
			"%lld/%s/%s", (long long)rows[i].at_ms, rows[i].host, rows[i].check);
		struct row *r = list_add(l, key);

		free(key);
		r->sign = true;
		r->state = rows[i].to;
		r->name = xasprintf("%s  %s", rows[i].host, rows[i].check ? rows[i].check : "");
		r->text = xasprintf("%s → %s  %s", finding_state_name(rows[i].from),
			finding_state_name(rows[i].to), rows[i].summary ? rows[i].summary : "");
		r->right = xstrdup(rows[i].cause);
		r->age_ms = rows[i].at_ms;
		r->target.host = xstrdup(rows[i].host);
		r->target.check = xstrdup(rows[i].check);
		r->say = xasprintf("%s", rows[i].summary ? rows[i].summary : "");
	}
	transitions_free(rows, n);
}

const struct rows_source rows_history = {
	.name = "history",
	.aliases = "events ev transitions",
	.title = "History",
	.empty = "nothing changed its state yet",
	.help = "what turned, newest first",
	.rows = history_rows,
};
