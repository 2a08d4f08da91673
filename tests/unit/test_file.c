#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

/* A folder of its own for each test, which must leave it empty. */
static int setup(void **state)
{
	char *dir = xstrdup("/tmp/opsdeck-test-file.XXXXXX");

	*state = dir;
	umask(077);
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char *dir = *state;
	int rc = rmdir(dir);

	free(dir);
	return rc;
}

static char *in(void **state, const char *name)
{
	return path_join(*state, name);
}

static void drop(char *path)
{
	assert_int_equal(remove(path), 0);
	free(path);
}

static void writes_and_reads_back(void **state)
{
	char *path = in(state, "a");
	struct buf b = {0};
	struct err e;

	assert_int_equal(file_write(path, "x\0y", 3, 0600, &e), 0);
	assert_int_equal(file_read(&b, path, 100, &e), 0);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "x\0y", 3);
	buf_reset(&b);
	assert_int_equal(file_write(path, "", 0, 0600, &e), 0);
	assert_int_equal(file_read(&b, path, 100, &e), 0);
	assert_int_equal(b.len, 0);
	buf_finish(&b);
	drop(path);
}

static void mode_is_exact_whatever_the_umask(void **state)
{
	static const mode_t modes[] = {0600, 0644, 0664, 0440};
	char *path = in(state, "a");
	struct stat st;
	struct err e;

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		assert_int_equal(file_write(path, "x", 1, modes[i], &e), 0);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, modes[i]);
	}
	drop(path);
}

static void replaces_by_a_new_file(void **state)
{
	char *path = in(state, "a"), *link_path = in(state, "link"), *old = in(state, "old");
	struct buf b = {0};
	struct stat st;
	struct err e;

	assert_int_equal(file_write(path, "one", 3, 0600, &e), 0);
	assert_int_equal(link(path, old), 0);
	assert_int_equal(symlink("a", link_path), 0);
	assert_int_equal(file_write(path, "two", 3, 0600, &e), 0);
	assert_int_equal(file_read(&b, old, 100, &e), 0);
	assert_string_equal(buf_str(&b), "one"); /* whoever had it open keeps a whole file */
	assert_int_equal(file_write(link_path, "three", 5, 0600, &e), 0);
	assert_int_equal(lstat(link_path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	buf_reset(&b);
	assert_int_equal(file_read(&b, path, 100, &e), 0);
	assert_string_equal(buf_str(&b), "two");
	buf_finish(&b);
	drop(path);
	drop(link_path);
	drop(old);
}

static void a_failed_write_leaves_nothing(void **state)
{
	char *missing = in(state, "no/a"), *dir = in(state, "dir");
	struct err e = {0};

	assert_int_equal(file_write(missing, "x", 1, 0600, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_int_equal(file_write(dir, "x", 1, 0600, &e), -1); /* rename over a folder */
	assert_non_null(strstr(e.msg, "in place"));
	free(missing);
	drop(dir); /* teardown fails were a temporary file left */
}

static void reading_has_a_limit(void **state)
{
	char *path = in(state, "a");
	struct buf b = {0};
	struct err e = {0};

	assert_int_equal(file_write(path, "12345", 5, 0600, &e), 0);
	assert_int_equal(file_read(&b, path, 5, &e), 0);
	buf_reset(&b);
	assert_int_equal(file_read(&b, path, 4, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_finish(&b);
	drop(path);
}

static void a_file_that_lies_about_its_size_is_read_whole(void **state)
{
	struct buf b = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(file_read(&b, "/proc/self/status", 1 << 20, &e), 0); /* st_size is 0 */
	assert_non_null(strstr(buf_str(&b), "Pid:"));
	buf_finish(&b);
}

static void reads_regular_files_only(void **state)
{
	char *fifo = in(state, "fifo"), *none = in(state, "none");
	struct buf b = {0};
	struct err e = {0};

	assert_int_equal(file_read(&b, none, 5, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(file_read(&b, *state, 5, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(file_read(&b, fifo, 5, &e), -1); /* and does not wait for a writer */
	assert_int_equal(e.code, ERR_INPUT);
	buf_finish(&b);
	free(none);
	drop(fifo);
}

static void makes_folders_in_folders(void **state)
{
	char *a = in(state, "a"), *ab = in(state, "a/b"), *abc = in(state, "a/b/c/");
	char *file = in(state, "f"), *below = in(state, "f/x");
	struct err e = {0};

	assert_int_equal(dir_make(abc, 0700, &e), 0);
	assert_int_equal(dir_make(abc, 0700, &e), 0);
	assert_true(file_is_dir(ab));
	assert_true(file_exists(abc));
	assert_int_equal(file_write(file, "", 0, 0600, &e), 0);
	assert_int_equal(dir_make(file, 0700, &e), -1);
	assert_int_equal(dir_make(below, 0700, &e), -1);
	assert_true(file_exists(file));
	assert_false(file_is_dir(file));
	assert_false(file_exists(below));
	drop(abc);
	drop(ab);
	drop(a);
	drop(file);
	free(below);
}

static void lists_names_sorted(void **state)
{
	static const char *const names[] = {"b", ".hidden", "a", "B"};
	char *none = in(state, "none");
	struct strs list = {0};
	struct err e = {0};
	char *joined;

	for (size_t i = 0; i < 4; i++) {
		char *path = in(state, names[i]);

		assert_int_equal(file_write(path, "", 0, 0600, &e), 0);
		free(path);
	}
	assert_int_equal(dir_list(&list, *state, &e), 0);
	joined = strs_join(&list, " ");
	assert_string_equal(joined, ".hidden B a b");
	for (size_t i = 0; i < 4; i++)
		drop(in(state, names[i]));
	assert_int_equal(dir_list(&list, none, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	strs_finish(&list);
	free(joined);
	free(none);
}

static void takes_paths_apart(void **state)
{
	static const struct {
		const char *path, *dir, *base;
	} cases[] = {
		{"/a/b", "/a", "b"},
		{"/a", "/", "a"},
		{"a/b/c", "a/b", "c"},
		{"a", ".", "a"},
		{"/", "/", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *dir = path_dir(cases[i].path);

		assert_string_equal(dir, cases[i].dir);
		assert_string_equal(path_base(cases[i].path), cases[i].base);
		free(dir);
	}
}

static void joins_with_one_slash(void **state)
{
	static const struct {
		const char *a, *b, *joined;
	} cases[] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *joined = path_join(cases[i].a, cases[i].b);

		assert_string_equal(joined, cases[i].joined);
		free(joined);
	}
}

static void clean_paths_never_leave_their_root(void **state)
{
	static const struct {
		const char *path;
		int relative; /* clean as it is, and with a slash before it */
	} cases[] = {
		{"a", 1},
		{"a/b.c/d", 1},
		{".a", 1},
		{"..a", 1},
		{"...", 1},
		{"a b", 1},
		{"\xc3\xa4", 1},
		{"", 0},
		{".", 0},
		{"..", 0},
		{"a/..", 0},
		{"../a", 0},
		{"a/../b", 0},
		{"a/./b", 0},
		{"a//b", 0},
		{"a/", 0},
		{"/a", 0},
		{"a\nb", 0},
		{"a\x7f", 0},
		{"\x1b[2J", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *absolute = xasprintf("/%s", cases[i].path);

		assert_int_equal(path_is_clean_relative(cases[i].path), cases[i].relative);
		assert_int_equal(path_is_clean_absolute(absolute), cases[i].relative);
		free(absolute);
	}
	assert_false(path_is_clean_absolute("a"));
	assert_false(path_is_clean_absolute(NULL));
	assert_false(path_is_clean_relative(NULL));
}

static void clean_paths_have_a_length(void **state)
{
	char path[1026];

	(void)state;
	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[1025] = '\0';
	assert_false(path_is_clean_absolute(path));
	path[1024] = '\0';
	assert_true(path_is_clean_absolute(path));
}

static void names_are_plain(void **state)
{
	static const struct {
		const char *name;
		int valid;
	} cases[] = {
		{"web1", 1},
		{"0", 1},
		{"a.b_c-d", 1},
		{"a123456789012345678901234567890123456789012345678901234567890123", 1}, /* 64 */
		{"a1234567890123456789012345678901234567890123456789012345678901234", 0},
		{"", 0},
		{NULL, 0},
		{"-a", 0},
		{".a", 0},
		{"_a", 0},
		{"A", 0},
		{"a/b", 0},
		{"a b", 0},
		{"a\n", 0},
		{"\xc3\xa4", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(name_is_valid(cases[i].name), cases[i].valid);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(writes_and_reads_back),
		TEST(mode_is_exact_whatever_the_umask),
		TEST(replaces_by_a_new_file),
		TEST(a_failed_write_leaves_nothing),
		TEST(reading_has_a_limit),
		TEST(a_file_that_lies_about_its_size_is_read_whole),
		TEST(reads_regular_files_only),
		TEST(makes_folders_in_folders),
		TEST(lists_names_sorted),
		cmocka_unit_test(takes_paths_apart),
		cmocka_unit_test(joins_with_one_slash),
		cmocka_unit_test(clean_paths_never_leave_their_root),
		cmocka_unit_test(clean_paths_have_a_length),
		cmocka_unit_test(names_are_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
