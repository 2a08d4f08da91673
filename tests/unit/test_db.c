#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "port/db/db.h"
#include "scratch.h"

struct place {
	char *dir, *path;
	struct db *db;
};

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof *p);
	struct err e = {0};

	p->dir = scratch_new();
	p->path = path_join(p->dir, "x.db");
	if (db_open(&p->db, p->path, DB_WRITE, "the test file", &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(
		db_script(p->db, "CREATE TABLE t(a INTEGER, b TEXT, c BLOB, d REAL)", &e), 0);
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	db_close(p->db);
	scratch_free(p->dir);
	free(p->path);
	free(p);
	return 0;
}

static int64_t count(struct db *d)
{
	struct err e = {0};
	int64_t n;

	assert_int_equal(db_one_int(&n, -1, d, "SELECT count(*) FROM t", DB_NONE, &e), 0);
	return n;
}

static void binds_and_reads_every_kind(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct db_rows *q;

	assert_int_equal(db_run(p->db, "INSERT INTO t VALUES(?,?,?,?)",
				 DB_ARGS(db_int(INT64_MIN), db_text("it's"), db_blob("\0x", 2),
					 db_real(1.5)),
				 &e),
		0);
	assert_int_equal(db_run(p->db, "INSERT INTO t VALUES(?,?,?,?)",
				 DB_ARGS(db_int(1), db_text(NULL), db_blob("", 0), db_real(0)), &e),
		0);
	assert_int_equal(
		db_query(&q, p->db, "SELECT a, b, c, d FROM t ORDER BY a", DB_NONE, &e), 0);
	assert_int_equal(db_next(q, &e), 1);
	assert_true(db_col_int(q, 0) == INT64_MIN);
	assert_string_equal(db_col_text(q, 1), "it's");
	assert_int_equal(db_col_len(q, 2), 2);
	assert_true(db_col_real(q, 3) == 1.5);
	assert_int_equal(db_next(q, &e), 1);
	assert_true(db_col_null(q, 1));
	assert_null(db_col_dup(q, 1));
	assert_false(db_col_null(q, 2));
	assert_int_equal(db_next(q, &e), 0);
	db_end(q);
}

static void a_query_inside_itself_works(void **state)
{
	struct place *p = *state;
	static const char sql[] = "SELECT a FROM t ORDER BY a";
	struct err e = {0};
	struct db_rows *q, *inner;

	assert_int_equal(db_script(p->db, "INSERT INTO t(a) VALUES(1),(2)", &e), 0);
	assert_int_equal(db_query(&q, p->db, sql, DB_NONE, &e), 0);
	assert_int_equal(db_next(q, &e), 1);
	assert_int_equal(db_query(&inner, p->db, sql, DB_NONE, &e), 0);
	assert_int_equal(db_next(inner, &e), 1);
	assert_int_equal(db_next(inner, &e), 1);
	assert_int_equal(db_col_int(inner, 0), 2);
	assert_int_equal(db_col_int(q, 0), 1);
	db_end(inner);
	db_end(q);
}

static void a_reader_makes_nothing_and_writes_nothing(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct db *r;
	char *none = path_join(p->dir, "none.db");

	assert_int_equal(db_open(&r, none, DB_READ, "the test file", &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_false(file_exists(none));
	free(none);
	assert_int_equal(db_open(&r, p->path, DB_READ, "the test file", &e), 0);
	assert_int_equal(db_run(r, "INSERT INTO t(a) VALUES(1)", DB_NONE, &e), -1);
	assert_int_equal(count(r), 0);
	db_close(r);
}

static void a_held_file_names_the_process(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	int ready[2];
	char byte, who[32];
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		struct db *d;

		if (db_open(&d, p->path, DB_WRITE, "the test file", NULL) == 0 &&
			db_begin(d, NULL) == 0 && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(db_begin(p->db, &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	snprintf(who, sizeof who, "process %ld (", (long)pid);
	assert_non_null(strstr(e.msg, who));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(db_begin(p->db, &e), 0);
	db_rollback(p->db);
	close(ready[0]);
	close(ready[1]);
}

static void keeps_wal_and_modes(void **state)
{
	struct place *p = *state;
	static const char *const tails[] = {"", "-wal", "-shm"};
	struct stat st;
	struct err e = {0};
	size_t i;

	assert_int_equal(db_script(p->db, "INSERT INTO t(a) VALUES(1)", &e), 0);
	db_close(p->db);
	p->db = NULL;
	for (i = 0; i < 3; i++) {
		char *path = xasprintf("%s%s", p->path, tails[i]);

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0640);
		if (i == 1)
			assert_int_equal(st.st_size, 0);
		free(path);
	}
}

static void damage_says_what_to_do(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	char *path = path_join(p->dir, "bad.db");
	struct db *d;

	scratch_write(
		p->dir, "bad.db", "this is no database at all, and longer than a header of one");
	assert_int_equal(db_open(&d, path, DB_WRITE, "the store", &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.msg, "the store is damaged"));
	assert_non_null(strstr(e.msg, "Move it away"));
	free(path);
}

static void a_replaced_file_is_noticed(void **state)
{
	struct place *p = *state;

	assert_true(db_is_current(p->db));
	assert_int_equal(unlink(p->path), 0);
	assert_false(db_is_current(p->db));
	scratch_write(p->dir, "x.db", "");
	assert_false(db_is_current(p->db));
}

static void a_full_file_is_a_limit_and_undone(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	char *big = xcalloc(1, 400000);

	memset(big, 'x', 399999);
	assert_int_equal(db_script(p->db, "PRAGMA max_page_count=20", &e), 0);
	assert_int_equal(db_begin(p->db, &e), 0);
	assert_int_equal(
		db_run(p->db, "INSERT INTO t(b) VALUES(?)", DB_ARGS(db_text(big)), &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_non_null(strstr(e.msg, "no space left"));
	db_rollback(p->db);
	assert_int_equal(count(p->db), 0);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(binds_and_reads_every_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_query_inside_itself_works, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_reader_makes_nothing_and_writes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_held_file_names_the_process, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keeps_wal_and_modes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(damage_says_what_to_do, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_replaced_file_is_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_full_file_is_a_limit_and_undone, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
