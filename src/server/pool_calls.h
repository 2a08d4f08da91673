/*
 * Whom the pool calls. Knows no pool.
 */
#ifndef OPSDECK_SERVER_POOL_CALLS_H
#define OPSDECK_SERVER_POOL_CALLS_H

#include "base/err.h"

struct judge_answer;
struct strs;

/* Problems: checks whose programs do not compile, by name, and what is wrong. Such a check stays in
 * force as it last compiled in this pool, or gives unknown when it never did. `error`: no worker
 * could be started with the catalogue; the one before stays in force. */
typedef void pool_loaded_fn(
	void *arg, const struct strs *names, const struct strs *texts, const struct err *error);

/* `a` is the pool's until fn returns: take what is to be kept (and leave {0} there). */
typedef void pool_judged_fn(void *arg, struct judge_answer *a);

#endif
