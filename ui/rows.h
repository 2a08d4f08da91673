/*
 * Rows out of a snapshot: what each list and each pane of the home view shows. Reads the store only
 * for lists that a snapshot does not hold. Knows no screen.
 */
#ifndef OPSDECK_UI_ROWS_H
#define OPSDECK_UI_ROWS_H

#include "model/snapshot.h"
#include "ui/list.h"

struct reader;

struct rows_from {
	const struct snapshot *snap; /* never NULL */
	struct reader *reader;	     /* may be NULL: no store yet */
	const struct target *about;  /* narrows a list to a host or a check; may be NULL */
	int64_t now_ms;
};

/* A list that can be asked for by name. */
struct rows_source {
	const char *name;    /* ":fleet" */
	const char *aliases; /* words, blanks between */
	const char *title;
	const char *empty; /* said when there is nothing */
	const char *help;
	void (*rows)(struct list *l, const struct rows_from *from);
	/* What stands on the right of the title; *bad when something in it is wrong. NULL: the
	 * count. */
	void (*title_right)(const struct rows_from *from, char *out, size_t size, bool *bad);
};

extern const struct rows_source rows_fleet, rows_drift, rows_quorum, rows_backups, rows_containers,
	rows_proposals, rows_findings, rows_checks, rows_runbooks, rows_memory, rows_references,
	rows_log, rows_audit, rows_history;

/* All of them, NULL-terminated. */
extern const struct rows_source *const rows_sources[];
/* By name or alias; NULL when there is none. */
const struct rows_source *rows_source_find(const char *name);

/* What a condition is called; NULL for none. */
const char *rows_condition(enum finding_condition c);
/* What stands in its row: the summary, unless that is of a time too long ago to be said as if now.
 */
const char *rows_words(const struct finding *f, int64_t now_ms);
/* What a finding counts as now: one that was ok, but was not looked at for long, is unknown. */
enum finding_state rows_state(const struct finding *f, enum finding_state state, int64_t now_ms);

/* Fills an empty list and settles its cursor. */
void rows_fill(struct list *l, const struct rows_source *source, const struct rows_from *from);

#endif
