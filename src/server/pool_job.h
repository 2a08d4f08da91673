/*
 * A request on its way through the pool, and lists of them. Knows no worker.
 */
#ifndef OPSDECK_SERVER_POOL_JOB_H
#define OPSDECK_SERVER_POOL_JOB_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "server/judge.h"
#include "server/pool_calls.h"

struct job {
	struct job *next;
	int64_t id;
	char *host, *check;
	char body_hash[SHA256_HEX]; /* of the check as it was in force when it was asked */
	char key[SHA256_HEX];
	int64_t now_ms;
	struct buf frame;
	int tries;  /* workers that ended with it */
	int passed; /* jobs that were taken though they came later */
	pool_judged_fn *fn;
	void *arg;
	struct judge_answer answer; /* once it is settled */
};

/* First in, first out. */
struct job_list {
	struct job *first, *last;
	size_t n;
};

void jobs_push(struct job_list *l, struct job *j);
void jobs_push_front(struct job_list *l, struct job *j);
/* NULL when the list is empty. */
struct job *jobs_pop(struct job_list *l);
/* The first that wants the check of this body hash, as long as that keeps nobody waiting for long:
 * what a check's program needs is then at hand in the processor. The list's first when there is
 * none such. NULL when the list is empty. */
struct job *jobs_take(struct job_list *l, const char *body_hash);
void jobs_finish(struct job_list *l);
void job_free(struct job *j);

#endif
