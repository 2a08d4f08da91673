/*
 * Judging in this very process: the catalogue compiled, samples read, compared and redacted. The
 * worker runs it behind its walls; `check test` runs it on recorded samples. Knows no pipe, no
 * store.
 */
#ifndef OPSDECK_SERVER_JUDGE_H
#define OPSDECK_SERVER_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "model/finding.h"
#include "model/sample.h"

struct host;
struct judge;

/* A file of the reference. Path below refs/HOST/: "ports", "sudoers/MANIFEST",
 * "sudoers/etc/sudoers.d/luna", "sudoers.except.yml". */
struct judge_file {
	char *path;
	char *data;
	size_t len;
};

/* Everything is borrowed for the call that it is given to. */
struct judge_request {
	const char *host;
	const char *check;
	int64_t now_ms;		      /* wall time; $now in programs */
	const char *params;	      /* JSON object (judge_params), or NULL */
	const char *previous;	      /* JSON facts of the finding before ($previous), or NULL */
	const struct sample *samples; /* raw; those of other checks are left out */
	size_t sample_count;
	const struct judge_file *refs; /* those of the check; others are left out */
	size_t ref_count;
	bool adopt;   /* give also the files of a new reference */
	bool explain; /* give also how it came about */
	bool fresh;   /* judge even if nothing changed (the pool's cache is passed by) */
};

struct judge_answer {
	/* Nothing that is judged changed since the last answer for this host and check, and its
	 * valid_until has not come: the finding in the store stands, only its time moves. Then all
	 * below is empty. */
	bool unchanged;
	struct finding finding; /* since_ms and every_ms are left to the caller */
	struct sample *samples; /* redacted; a tar comes as readable text */
	size_t sample_count;
	/* With `adopt`: the reference that would be the live state. RAW, may hold secrets: it goes
	 * to the record stage's secret scan and into git, never into the store or a log. A path of
	 * `drop` is a file of the old reference that the new one has no more. */
	struct judge_file *adopted;
	size_t adopted_count, adopted_cap;
	struct strs drop;
	char *explained;   /* JSON of compare_explain, redacted; or NULL */
	char *adopt_error; /* why there is nothing to adopt; or NULL */
};

void judge_answer_finish(struct judge_answer *a);
void judge_files_free(struct judge_file *f, size_t n);

/* One check of the catalogue, as the worker gets it. */
struct judge_source {
	const char *name;
	const char *body; /* struct check's body */
	const char
		*last_good; /* body that is used when this one's programs do not compile; or NULL */
};

/* `key` makes redaction tokens. Never fails as a whole: for each check that does not compile (or is
 * replaced by its last good version) "NAME: message" is added to problems (two parallel lists:
 * names and messages). */
struct judge *judge_new(const struct judge_source *checks, size_t n, const void *key,
	size_t key_len, struct strs *problem_names, struct strs *problem_texts);
void judge_free(struct judge *j);
/* What is wrong with the samples is a finding, not an error; -1 only for a check that is not in the
 * catalogue or parameters that are no JSON object. */
int judge_run(struct judge *j, const struct judge_request *r, struct judge_answer *out,
	struct err *e) WARN_UNUSED;

/* A host's parameters as programs see them: its `params`, and "sandbox" and "name". JSON, heap. */
char *judge_params(const struct host *h);

#endif
