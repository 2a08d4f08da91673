/*
 * One evaluation: what every function of the language is handed. Only for this folder.
 */
#ifndef OPSDECK_JQ_RUN_H
#define OPSDECK_JQ_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jq/node.h"
#include "jq/val.h"

/* Where a result stands in what path() was asked about. */
struct path {
	enum {
		PATH_NONE,  /* nobody asks */
		PATH_KNOWN, /* v is the list of keys */
		PATH_LOST   /* the result is no part of it any more */
	} kind;
	struct val v;
};

/* Takes both. False: no more is wanted, or something failed. */
typedef bool emit_fn(void *arg, struct val v, struct path path);
struct sink {
	emit_fn *fn;
	void *arg;
};

struct closure {
	const struct node *node;
	struct frame *frame;
};

/* One call of a function. */
struct frame {
	struct frame *outer; /* of the function that this one stands in */
	struct closure *args;
	struct val *slots;
};

struct regexes;

#define RUN_DEPTH_MAX 5000
#define RUN_STACK_MAX ((ptrdiff_t)4 << 20)

struct run {
	struct val error; /* when failed */
	bool failed;
	double breaking; /* the label that is left; 0: none */
	double labels;
	int depth;
	const char *stack; /* where it began */
	uint64_t steps, steps_max;
	struct regexes *regexes;
};

/* By the bytes besides the number: a level takes four times as many with a sanitizer, or without
 * optimization. */
static inline bool run_too_deep(const struct run *r)
{
	ptrdiff_t used = r->stack - (const char *)__builtin_frame_address(0);

	return r->depth > RUN_DEPTH_MAX || used > RUN_STACK_MAX;
}

static inline struct path path_none(void)
{
	return (struct path){.kind = PATH_NONE};
}
struct path path_copy(const struct path *p);
void path_free(struct path p);
/* The path of a child. Takes p and key. */
struct path path_push(struct path p, struct val key);
/* For a result that is newly made: nowhere, when somebody asks. Takes p. */
struct path path_lose(struct path p);

/* Raises an error: text, or any value (taken). Always -1. */
int run_fail(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The error, which is none any more. */
struct val run_take_error(struct run *r);
int run_raise(struct run *r, struct val error);
/* A value for a message, cut short. Valid until the next call. */
const char *run_show(const struct val *v);

#endif
