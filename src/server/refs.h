/*
 * The references of one commit, in memory: what a check's live state is held against. Knows no
 * format of theirs.
 */
#ifndef OPSDECK_SERVER_REFS_H
#define OPSDECK_SERVER_REFS_H

#include <stddef.h>

#include "base/err.h"
#include "server/judge.h"

struct refs;
struct repo;
struct strs;

/* All files below refs/ of the commit. One that is too large or no plain file is left out and named
 * in `left_out` ("refs/web1/x: why"). */
int refs_load(struct refs **out, struct repo *repo, const char *commit, struct strs *left_out,
	struct err *e) WARN_UNUSED;
void refs_free(struct refs *r);

/* The files of one check of one host: CHECK, CHECK.except.yml and all below CHECK/, as an array
 * whose contents are borrowed; free the array alone. r NULL gives none. */
struct judge_file *refs_of(const struct refs *r, const char *host, const char *check, size_t *n);

/* All of them, by path below refs/. */
size_t refs_count(const struct refs *r);
const struct judge_file *refs_at(const struct refs *r, size_t i);

#endif
