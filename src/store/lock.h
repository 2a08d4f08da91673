/*
 * The files beside the database: the writer's lock, the news sequence, and the folder itself.
 */
#ifndef OPSDECK_STORE_LOCK_H
#define OPSDECK_STORE_LOCK_H

#include <stdint.h>

#include "base/err.h"

#define STORE_DB_NAME "store.db"
#define STORE_LOCK_NAME "store.lock"
#define STORE_SEQ_NAME "store.seq"

/* Makes the folder with mode 2750 (the group may read, new files get its group); one that is there
 * must be this user's own (ERR_REFUSED). */
int lock_folder(const char *dir, struct err *e) WARN_UNUSED;
/* Takes the lock and writes this process's id into it; *fd holds it until it is closed. ERR_BUSY
 * names the holder. */
int lock_take(int *fd, const char *dir, struct err *e) WARN_UNUSED;

/* Opens (makes) the file of the sequence. */
int seq_open(int *fd, const char *dir, struct err *e) WARN_UNUSED;
/* Fixed width at offset 0, so that a reader sees the old or the new number. */
void seq_write(int fd, int64_t seq);
/* -1 when unreadable. */
int64_t seq_read(const char *dir);

#endif
