/*
 * What is built into the language and not written in it. Only for this folder.
 */
#ifndef OPSDECK_JQ_NATIVE_H
#define OPSDECK_JQ_NATIVE_H

#include <stddef.h>

#include "jq/run.h"
#include "jq/val.h"

/* Takes `in` and args; -1 with run_fail. */
typedef int native_value_fn(struct run *r, struct val in, struct val *args, struct val *out);
/* Evaluates its arguments itself; takes `in` and `path`. As eval(). */
typedef bool native_special_fn(struct run *r, const struct node *n, struct frame *f, struct val in,
	struct path path, struct sink out);

struct native {
	const char *name;
	size_t arity;
	native_value_fn *value; /* or */
	native_special_fn *special;
};

/* NULL when there is none. */
const struct native *native_find(const char *name, size_t len, size_t arity);

/* The tables, each ended by a NULL name; one a file. */
extern const struct native native_lists[], native_objects[], native_texts[], native_regex[],
	native_numbers[], native_times[], native_paths[], native_loops[], native_order[],
	native_some[], native_words[];

/* For the tables: what a function takes is freed, with run_fail. Always -1. */
int native_refuse(struct run *r, struct val in, struct val *args, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

/* @text, @json, @csv ...; takes v. -1 with run_fail. */
int native_format(struct run *r, const char *format, struct val v, struct val *out);
/* A value function: the number that a text is. */
int native_tonumber(struct run *r, struct val in, struct val *args, struct val *out);
/* a op b, as arithmetic and comparison have it; takes both. */
int native_binary(struct run *r, int op, struct val a, struct val b, struct val *out);
/* The parts of a text between `by`; of an empty text none. */
struct val native_split(const struct val *text, const struct val *by);
/* a[k], and with a path's rules what is not there is null; takes both. */
int native_index(struct run *r, struct val a, struct val k, struct val *out);
int native_no_index(struct run *r, struct val a, struct val k); /* always -1 */
bool native_is_slice(const struct val *key);			/* {start, end}, as paths have it */
/* Both ends within 0..n, from <= to. */
void native_clamp(
	const struct val *from, const struct val *to, size_t n, size_t *start, size_t *end);
int native_slice(struct run *r, struct val a, struct val from, struct val to, struct val *out);
int native_getpath(struct run *r, struct val v, const struct val *path, struct val *out);
int native_setpath(struct run *r, struct val v, const struct val *path, size_t at, struct val to,
	struct val *out);
int native_delpaths(struct run *r, struct val v, struct val paths, struct val *out);

#endif
