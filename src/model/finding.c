#include "config.h"

#include "model/finding.h"

#include <stdlib.h>

#include "model/names.h"

/* A finding that was not looked at for this many of its intervals is stale. */
#define STALE_INTERVALS 3

static const char *const states[FINDING_STATE_COUNT] = {
	[FINDING_OK] = "ok",
	[FINDING_DRIFT] = "drift",
	[FINDING_WARN] = "warn",
	[FINDING_CRIT] = "crit",
	[FINDING_UNKNOWN] = "unknown",
	[FINDING_UNREACHABLE] = "unreachable",
};

static const int ranks[FINDING_STATE_COUNT] = {
	[FINDING_OK] = 0,
	[FINDING_UNKNOWN] = 1,
	[FINDING_DRIFT] = 2,
	[FINDING_WARN] = 3,
	[FINDING_UNREACHABLE] = 4,
	[FINDING_CRIT] = 5,
};

static const char *const signs[2][FINDING_STATE_COUNT] = {
	{
		[FINDING_OK] = "●",
		[FINDING_DRIFT] = "≠",
		[FINDING_WARN] = "▲",
		[FINDING_CRIT] = "✖",
		[FINDING_UNKNOWN] = "?",
		[FINDING_UNREACHABLE] = "⊘",
	},
	{
		[FINDING_OK] = ".",
		[FINDING_DRIFT] = "~",
		[FINDING_WARN] = "!",
		[FINDING_CRIT] = "X",
		[FINDING_UNKNOWN] = "?",
		[FINDING_UNREACHABLE] = "#",
	},
};

static const char *const conditions[CONDITION_COUNT] = {
	[CONDITION_NONE] = "none",
	[CONDITION_NOT_LOOKED] = "not-looked",
	[CONDITION_NO_REFERENCE] = "no-reference",
	[CONDITION_SUDO_MISSING] = "sudo-missing",
};

void finding_finish(struct finding *f)
{
	free(f->host);
	free(f->check);
	free(f->summary);
	for (size_t i = 0; i < f->metric_count; i++) {
		free(f->metrics[i].name);
		free(f->metrics[i].unit);
	}
	free(f->metrics);
	for (size_t i = 0; i < f->item_count; i++) {
		free(f->items[i].name);
		free(f->items[i].text);
	}
	free(f->items);
	free(f->facts);
	free(f->diff);
	free(f->fingerprint);
	*f = (struct finding){0};
}

void findings_free(struct finding *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		finding_finish(&f[i]);
	free(f);
}

const char *finding_state_name(enum finding_state s)
{
	return states[s];
}

bool finding_state_parse(const char *s, enum finding_state *out)
{
	int i;

	if (!names_find(states, FINDING_STATE_COUNT, s, &i))
		return false;
	*out = (enum finding_state)i;
	return true;
}

int finding_state_rank(enum finding_state s)
{
	return ranks[s];
}

const char *finding_state_sign(enum finding_state s, bool ascii)
{
	return signs[ascii][s];
}

const char *finding_condition_name(enum finding_condition c)
{
	return conditions[c];
}

bool finding_condition_parse(const char *s, enum finding_condition *out)
{
	int i;

	if (!names_find(conditions, CONDITION_COUNT, s, &i))
		return false;
	*out = (enum finding_condition)i;
	return true;
}

bool finding_is_stale(const struct finding *f, int64_t now_ms)
{
	if (f->every_ms <= 0 || f->at_ms <= 0)
		return false; /* never looked at is a condition of its own */
	return now_ms - f->at_ms > STALE_INTERVALS * f->every_ms;
}
