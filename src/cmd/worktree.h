/*
 * The operator's own copy of the ops repo, as it stands: nothing in it need be accepted. Writes
 * nothing.
 */
#ifndef OPSDECK_CMD_WORKTREE_H
#define OPSDECK_CMD_WORKTREE_H

#include "base/err.h"

struct cmd;
struct intent;

/* The repo itself where it has a work tree; a server's bare one is read in the operator's clone.
 * NULL when there is none. Heap. */
char *worktree_dir(const struct cmd *c);
int worktree_load(const char *dir, struct intent **out, struct err *e) WARN_UNUSED;

#endif
