/*
 * What the files of the writer share: the handle and how a write is bracketed. Knows no table.
 */
#ifndef OPSDECK_STORE_WRITER_H
#define OPSDECK_STORE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "port/db/db.h"
#include "store/write.h"

struct store {
	struct db *db;
	const struct clock *clock;
	char *dir;
	int lock_fd, seq_fd;
	int64_t seq;	      /* after the last commit */
	int64_t changes_mark; /* db_total_changes when the transaction began */
	bool group;	      /* between store_begin and store_commit */
};

/* Begins a write: a transaction of its own, or a savepoint inside a group. */
int write_enter(struct store *s, struct err *e) WARN_UNUSED;
/* Ends it: `rc` 0 commits, else everything since write_enter is undone. Returns -1 unless rc was 0
 * and the commit worked. Raises the sequence only when a row was changed. */
int write_leave(struct store *s, int rc, struct err *e) WARN_UNUSED;

/* Next number of a counter, from 1. Inside a write. */
int write_count(struct store *s, const char *counter, int64_t *out, struct err *e) WARN_UNUSED;
/* store_set inside a write. */
int write_value(struct store *s, const char *key, const char *value, struct err *e) WARN_UNUSED;
/* Takes a finding's metrics into their past. Inside a write. */
int write_series(struct store *s, const struct finding *f, struct err *e) WARN_UNUSED;
/* Works out a host's state from its findings and its error, and notes when it turned. Inside a
 * write; a host that is not there is fine. */
int write_host_state(
	struct store *s, const char *host, int64_t at_ms, bool *changed, struct err *e) WARN_UNUSED;

#endif
