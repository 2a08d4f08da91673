/*
 * The judgement on one check of one host. Plain data; ages and staleness are computed by readers
 * from the times here.
 */
#ifndef OPSDECK_MODEL_FINDING_H
#define OPSDECK_MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum finding_state {
	FINDING_OK,
	FINDING_DRIFT,
	FINDING_WARN,
	FINDING_CRIT,
	FINDING_UNKNOWN,
	FINDING_UNREACHABLE,
	FINDING_STATE_COUNT
};

/* Conditions that are one row for all the hosts that share them, with the key that mends them. */
enum finding_condition {
	CONDITION_NONE,
	CONDITION_NOT_LOOKED,	/* no sweep has reached it yet */
	CONDITION_NO_REFERENCE, /* mend: adopt */
	CONDITION_SUDO_MISSING, /* mend: opsdeck sudoers HOST */
	CONDITION_COUNT
};

struct metric {
	char *name;
	char *unit; /* "bytes", "seconds", "ratio", "count", "celsius" */
	double value;
	double full; /* the value at which it is full; 0 = it has none */
};

/* A row of a finding: one container, one repository, one node, one file system. */
struct finding_item {
	char *name;
	enum finding_state state;
	char *text;
};

struct finding {
	char *host;
	char *check;
	enum finding_state state;
	enum finding_condition condition;
	char *summary; /* one line */
	struct metric *metrics;
	size_t metric_count, metric_cap;
	struct finding_item *items;
	size_t item_count, item_cap;
	char *facts;	    /* JSON, redacted */
	char *diff;	    /* JSON of struct diff (codec/diff.h), redacted; NULL without drift */
	int added, removed; /* lines of the diff */
	char *fingerprint;  /* stable id of what is wrong (hex); acknowledgements belong to it */
	int64_t at_ms;	    /* when the sample was taken */
	int64_t since_ms;   /* since when it is in this state */
	int64_t valid_until_ms; /* judge again then even if nothing changed; 0 = never */
	int64_t every_ms;	/* how often it is looked at; stale past 3 times that */
};

void finding_finish(struct finding *f);
void findings_free(struct finding *f, size_t n);

/* "ok", "drift", ... */
const char *finding_state_name(enum finding_state s);
bool finding_state_parse(const char *s, enum finding_state *out);
/* 0 = best. crit > unreachable > warn > drift > unknown > ok. */
int finding_state_rank(enum finding_state s);
/* The sign shown beside the word: "●" "≠" "▲" "✖" "?" "⊘", or ". ~ ! X ? #" in ASCII. */
const char *finding_state_sign(enum finding_state s, bool ascii);
const char *finding_condition_name(enum finding_condition c);
bool finding_condition_parse(const char *s, enum finding_condition *out);
bool finding_is_stale(const struct finding *f, int64_t now_ms);

#endif
