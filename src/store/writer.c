#include "config.h"

#include "store/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "store/lock.h"
#include "store/schema.h"

/* A new store's sequence starts at the time of its making, so that it never repeats an older
 * store's. */
static int load_seq(struct store *s, struct err *e)
{
	if (db_run(s->db, "INSERT OR IGNORE INTO counter(name, n) VALUES('seq', ?)",
		    DB_ARGS(db_int(clock_wall(s->clock))), e) != 0)
		return -1;
	return db_one_int(&s->seq, 0, s->db, "SELECT n FROM counter WHERE name='seq'", DB_NONE, e);
}

/* A sweep that a dead server began goes on no more. */
static int close_sweeps(struct store *s, struct err *e)
{
	return db_run(s->db, "UPDATE sweep SET ended_ms=max(started_ms, ?) WHERE ended_ms=0",
		DB_ARGS(db_int(clock_wall(s->clock))), e);
}

static int open_db(struct store *s, struct err *e)
{
	char *path = path_join(s->dir, STORE_DB_NAME);
	int rc = db_open(&s->db, path, DB_WRITE, "the store", e);

	free(path);
	if (rc != 0 || schema_migrate(s->db, e) != 0 || load_seq(s, e) != 0)
		return -1;
	return close_sweeps(s, e);
}

int store_open(struct store **out, const char *dir, const struct clock *clock, struct err *e)
{
	struct store *s = xcalloc(1, sizeof *s);

	*out = NULL;
	s->clock = clock;
	s->dir = xstrdup(dir);
	s->lock_fd = s->seq_fd = -1;
	if (lock_folder(dir, e) != 0 || lock_take(&s->lock_fd, dir, e) != 0 || open_db(s, e) != 0 ||
		seq_open(&s->seq_fd, dir, e) != 0) {
		store_close(s);
		return -1;
	}
	seq_write(s->seq_fd, s->seq);
	*out = s;
	return 0;
}

void store_close(struct store *s)
{
	if (s == NULL)
		return;
	if (s->db != NULL)
		db_rollback(s->db);
	db_close(s->db);
	if (s->seq_fd >= 0)
		close(s->seq_fd);
	/* Last: the lock goes with it. */
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->dir);
	free(s);
}

int64_t store_seq(const struct store *s)
{
	return s->seq;
}

static int begin(struct store *s, struct err *e)
{
	if (!db_is_current(s->db))
		return err_set(e, ERR_FAIL,
			"the store at %s was deleted or replaced under the running server: start "
			"the server again",
			s->dir);
	if (db_begin(s->db, e) != 0)
		return -1;
	s->changes_mark = db_total_changes(s->db);
	return 0;
}

static int commit(struct store *s, struct err *e)
{
	if (!db_in_transaction(s->db))
		return err_set(e, ERR_FAIL,
			"the store undid the transaction after an earlier error: %s", s->dir);
	if (db_total_changes(s->db) == s->changes_mark) {
		db_rollback(s->db);
		return 0;
	}
	if (db_run(s->db, "UPDATE counter SET n=? WHERE name='seq'", DB_ARGS(db_int(s->seq + 1)),
		    e) != 0) {
		db_rollback(s->db);
		return -1;
	}
	if (db_commit(s->db, e) != 0)
		return -1;
	s->seq++;
	seq_write(s->seq_fd, s->seq);
	return 0;
}

int store_begin(struct store *s, struct err *e)
{
	if (s->group)
		return err_set(e, ERR_FAIL, "the store is in a group of writes already");
	if (begin(s, e) != 0)
		return -1;
	s->group = true;
	return 0;
}

int store_commit(struct store *s, struct err *e)
{
	if (!s->group)
		return err_set(e, ERR_FAIL, "the store is in no group of writes");
	s->group = false;
	return commit(s, e);
}

void store_rollback(struct store *s)
{
	s->group = false;
	db_rollback(s->db);
}

int write_enter(struct store *s, struct err *e)
{
	if (!s->group)
		return begin(s, e);
	if (!db_in_transaction(s->db))
		return err_set(e, ERR_FAIL,
			"the store undid the group of writes after an earlier error: %s", s->dir);
	return db_run(s->db, "SAVEPOINT one", DB_NONE, e);
}

int write_leave(struct store *s, int rc, struct err *e)
{
	struct err ignored;

	if (!s->group && rc == 0)
		return commit(s, e);
	if (!s->group) {
		db_rollback(s->db);
		return -1;
	}
	if (rc == 0)
		return db_run(s->db, "RELEASE one", DB_NONE, e);
	/* A full disk has undone the whole transaction already; store_commit says so. */
	if (db_in_transaction(s->db) && db_run(s->db, "ROLLBACK TO one", DB_NONE, &ignored) == 0)
		rc = db_run(s->db, "RELEASE one", DB_NONE, &ignored);
	(void)rc;
	return -1;
}

int write_count(struct store *s, const char *counter, int64_t *out, struct err *e)
{
	if (db_run(s->db,
		    "INSERT INTO counter(name, n) VALUES(?, 1)"
		    " ON CONFLICT(name) DO UPDATE SET n=n+1",
		    DB_ARGS(db_text(counter)), e) != 0)
		return -1;
	return db_one_int(
		out, 0, s->db, "SELECT n FROM counter WHERE name=?", DB_ARGS(db_text(counter)), e);
}

int write_value(struct store *s, const char *key, const char *value, struct err *e)
{
	if (value == NULL)
		return db_run(s->db, "DELETE FROM meta WHERE name=?", DB_ARGS(db_text(key)), e);
	return db_run(s->db,
		"INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name)"
		" DO UPDATE SET value=?2 WHERE value<>?2",
		DB_ARGS(db_text(key), db_text(value)), e);
}

int store_set(struct store *s, const char *key, const char *value, struct err *e)
{
	if (write_enter(s, e) != 0)
		return -1;
	return write_leave(s, write_value(s, key, value, e), e);
}

char *store_get(struct store *s, const char *key)
{
	char *value;

	if (db_one_text(&value, s->db, "SELECT value FROM meta WHERE name=?", DB_ARGS(db_text(key)),
		    NULL) != 0)
		return NULL;
	return value;
}
