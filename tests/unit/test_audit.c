#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "port/db/db.h"
#include "scratch.h"
#include "store/audit.h"
#include "store/read.h"
#include "store/write.h"

#define ROWS 5

struct place {
	char *dir;
	int64_t now;
	struct clock clock;
	struct store *s;
	struct reader *r;
	struct err e;
};

#define OK(p, call)                                                                                \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			fail_msg("%s", (p)->e.msg);                                                \
	} while (0)

static void add_row(struct place *p, const char *subject)
{
	struct audit_row r = {.who = (char *)"max",
		.uid = 1000,
		.role = (char *)"operator",
		.request = (char *)"approve",
		.subject = (char *)subject,
		.allowed = true,
		.detail = (char *)"{\"plan\":\"abc\"}"};

	p->now += 1000;
	OK(p, store_audit(p->s, &r, &p->e));
	free(r.hash);
}

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof *p);
	size_t i;

	p->dir = scratch_new();
	p->now = INT64_C(1780000000000);
	p->clock = clock_frozen(&p->now);
	OK(p, store_open(&p->s, p->dir, &p->clock, &p->e));
	for (i = 0; i < ROWS; i++)
		add_row(p, i == 0 ? NULL : "P-1");
	OK(p, reader_open(&p->r, p->dir, &p->e));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	reader_close(p->r);
	store_close(p->s);
	scratch_free(p->dir);
	free(p);
	return 0;
}

static void tamper(struct place *p, const char *sql)
{
	char *path = path_join(p->dir, "store.db");
	struct db *d;

	OK(p, db_open(&d, path, DB_WRITE, "the store", &p->e));
	OK(p, db_script(d, sql, &p->e));
	db_close(d);
	free(path);
}

static void a_chain_that_was_left_alone_fits(void **state)
{
	struct place *p = *state;
	int64_t rows, seq;
	char *head, *kept = store_audit_head(p->s);
	struct audit_row *v;
	size_t n;

	OK(p, reader_audit_verify(p->r, &rows, &head, &p->e));
	assert_int_equal(rows, ROWS);
	assert_string_equal(head, kept);
	OK(p, reader_audit(p->r, 3, 10, &v, &n, &p->e));
	assert_int_equal(n, ROWS - 3);
	assert_int_equal(v[0].seq, 4);
	assert_string_equal(v[1].hash, head);
	audit_rows_free(v, n);
	OK(p, reader_audit_find(p->r, head, &seq, &p->e));
	assert_int_equal(seq, ROWS);
	OK(p, reader_audit_find(p->r, "00", &seq, &p->e));
	assert_int_equal(seq, 0);
	free(head);
	free(kept);
}

static void every_kind_of_tampering_shows(void **state)
{
	static const struct {
		const char *sql;
		const char *says;
	} cases[] = {
		{"UPDATE audit SET who='vera' WHERE seq=3", "row 3"},
		{"UPDATE audit SET who=NULL WHERE seq=3", "row 3"},
		{"UPDATE audit SET uid=0 WHERE seq=2", "row 2"},
		{"UPDATE audit SET role='viewer' WHERE seq=1", "row 1"},
		{"UPDATE audit SET request='reject' WHERE seq=5", "row 5"},
		{"UPDATE audit SET subject='' WHERE seq=1", "row 1"},
		{"UPDATE audit SET allowed=0 WHERE seq=4", "row 4"},
		{"UPDATE audit SET at_ms=at_ms+1 WHERE seq=4", "row 4"},
		{"UPDATE audit SET detail='{\"plan\": \"abc\"}' WHERE seq=4", "row 4"},
		{"UPDATE audit SET hash='0'||substr(hash,2)||'x' WHERE seq=5", "row 5"},
		{"DELETE FROM audit WHERE seq=2", "row 2 is missing"},
		{"DELETE FROM audit WHERE seq=1", "row 1 is missing"},
		{"DELETE FROM audit WHERE seq=5", "ends at row 4, 5 were written"},
		{"DELETE FROM audit", "ends at row 0, 5 were written"},
		{"DELETE FROM audit WHERE seq=5; UPDATE counter SET n=4 WHERE name='audit'",
			"not the one that was written"},
		{"UPDATE audit SET seq=seq+100 WHERE seq=3; UPDATE audit SET seq=3 WHERE seq=4;"
		 "UPDATE audit SET seq=4 WHERE seq=103",
			"row 3"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		void *fresh;
		struct place *p;
		int64_t rows;
		char *head;

		set_up(&fresh);
		p = fresh;
		tamper(p, cases[i].sql);
		if (reader_audit_verify(p->r, &rows, &head, &p->e) == 0)
			fail_msg("not noticed: %s", cases[i].sql);
		assert_int_equal(p->e.code, ERR_CONFLICT);
		if (strstr(p->e.msg, cases[i].says) == NULL)
			fail_msg("%s: %s", cases[i].sql, p->e.msg);
		tear_down(&fresh);
	}
}

/* Who cuts the tail and mends the counters too, or puts an older store back, is found by the head
 * that a commit carries. */
static void a_commit_finds_a_chain_that_was_cut_with_care(void **state)
{
	struct place *p = *state;
	char *carried = store_audit_head(p->s), *head;
	int64_t rows, seq;

	tamper(p, "DELETE FROM audit WHERE seq=5; UPDATE counter SET n=4 WHERE name='audit';"
		  "UPDATE meta SET value=(SELECT hash FROM audit WHERE seq=4)"
		  " WHERE name='audit_head'");
	OK(p, reader_audit_verify(p->r, &rows, &head, &p->e));
	assert_int_equal(rows, 4);
	free(head);
	OK(p, reader_audit_find(p->r, carried, &seq, &p->e));
	assert_int_equal(seq, 0);
	free(carried);
}

static void an_empty_chain_fits(void **state)
{
	struct place p = {.dir = scratch_new()};
	int64_t rows;
	char *head;

	(void)state;
	p.clock = clock_frozen(&p.now);
	OK(&p, store_open(&p.s, p.dir, &p.clock, &p.e));
	OK(&p, reader_open(&p.r, p.dir, &p.e));
	OK(&p, reader_audit_verify(p.r, &rows, &head, &p.e));
	assert_int_equal(rows, 0);
	assert_string_equal(head, "");
	free(head);
	reader_close(p.r);
	store_close(p.s);
	scratch_free(p.dir);
}

/* The encoding is a promise to whoever checks a chain with other tools. */
static void the_encoding_is_as_documented(void **state)
{
	const struct audit_row r = {.seq = 2,
		.at_ms = 5,
		.who = (char *)"max",
		.uid = 1000,
		.role = (char *)"operator",
		.request = (char *)"approve",
		.allowed = true,
		.detail = (char *)"{\"a\":1}"};
	struct buf b = {0};
	char hash[SHA256_HEX], want[SHA256_HEX];

	(void)state;
	audit_encode(&b, &r, "ab");
	assert_string_equal(buf_str(&b),
		"{\"allowed\":true,\"at_ms\":5,\"detail\":\"{\\\"a\\\":1}\",\"prev\":\"ab\","
		"\"request\":\"approve\",\"role\":\"operator\",\"seq\":2,\"subject\":null,"
		"\"uid\":1000,\"who\":\"max\"}");
	audit_hash(hash, &r, "ab");
	sha256_hex(want, b.data, b.len);
	assert_string_equal(hash, want);
	buf_finish(&b);
}

static void a_row_that_is_undone_leaves_no_gap(void **state)
{
	struct place *p = *state;
	int64_t rows;
	char *head;

	OK(p, store_begin(p->s, &p->e));
	add_row(p, "P-2");
	store_rollback(p->s);
	add_row(p, "P-3");
	OK(p, reader_audit_verify(p->r, &rows, &head, &p->e));
	assert_int_equal(rows, ROWS + 1);
	free(head);
}

#define AUDIT_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		AUDIT_TEST(a_chain_that_was_left_alone_fits),
		cmocka_unit_test(every_kind_of_tampering_shows),
		AUDIT_TEST(a_commit_finds_a_chain_that_was_cut_with_care),
		cmocka_unit_test(an_empty_chain_fits),
		cmocka_unit_test(the_encoding_is_as_documented),
		AUDIT_TEST(a_row_that_is_undone_leaves_no_gap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
