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
#include "codec/tar.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define BLOCK 512

static void pad(struct buf *b)
{
	while (b->len % BLOCK)
		buf_addc(b, '\0');
}

static void zeros(struct buf *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_addc(b, '\0');
}

static void seal(char *block)
{
	unsigned sum = 0;

	memset(block + 148, ' ', 8);
	for (int i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06o", sum);
}

/* One ustar entry with its data. */
static void add(
	struct buf *b, char type, const char *name, const char *link, const char *data, size_t n)
{
	char h[BLOCK] = {0};

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0640u);
	snprintf(h + 108, 8, "%07o", 1000u);
	snprintf(h + 116, 8, "%07o", 4u);
	snprintf(h + 124, 12, "%011o", (unsigned)n & 0xFFFFFFu);
	snprintf(h + 136, 12, "%011o", 1700000000u);
	h[156] = type;
	snprintf(h + 157, 100, "%s", link);
	memcpy(h + 257,
		"ustar\0"
		"00",
		8);
	seal(h);
	buf_add(b, h, BLOCK);
	buf_add(b, data, n);
	pad(b);
}

static void end(struct buf *b)
{
	zeros(b, (size_t)2 * BLOCK);
}

static void reads_the_kinds(void **state)
{
	static const char pax[] = "17 path=long/one\n14 uid=123456\n23 mtime=1700000001.25\n";
	static const struct {
		const char *path, *link, *data;
		enum tar_type type;
		int64_t uid, mtime_s;
	} expected[] = {
		{"d", NULL, NULL, TAR_DIR, 1000, 1700000000},
		{"d/f", NULL, "hello\n", TAR_FILE, 1000, 1700000000},
		{"d/l", "../x", NULL, TAR_SYMLINK, 1000, 1700000000},
		{"d/h", "d/f", NULL, TAR_HARDLINK, 1000, 1700000000},
		{"p", NULL, NULL, TAR_FIFO, 1000, 1700000000},
		{"null", NULL, NULL, TAR_DEVICE, 1000, 1700000000},
		{"long/one", NULL, "x", TAR_FILE, 123456, 1700000001},
		{"gnu/name", "gnu/link", NULL, TAR_SYMLINK, 1000, 1700000000},
		{"plain", NULL, "", TAR_FILE, 1000, 1700000000},
	};
	struct buf b = {0};
	struct tar t;
	struct tar_entry entry;
	struct err e = {0};

	(void)state;
	add(&b, '5', "d/", "", "", 0);
	add(&b, '0', "d/f", "", "hello\n", 6);
	add(&b, '2', "d/l", "../x", "", 0);
	add(&b, '1', "d/h", "d/f", "", 0);
	add(&b, '6', "p", "", "", 0);
	add(&b, '3', "null", "", "", 0);
	add(&b, 'x', "PaxHeaders/f", "", pax, sizeof pax - 1);
	add(&b, '0', "short", "", "x", 1);
	add(&b, 'L', "././@LongLink", "", "gnu/name", 9);
	add(&b, 'K', "././@LongLink", "", "gnu/link", 9);
	add(&b, '2', "cut", "cut", "", 0);
	add(&b, '0', "plain", "", "", 0);
	end(&b);
	tar_init(&t, b.data, b.len);
	for (size_t i = 0; i < COUNT(expected); i++) {
		if (tar_next(&t, &entry, &e) != 1)
			fail_msg("%zu: %s", i, e.msg);
		assert_string_equal(entry.path, expected[i].path);
		assert_int_equal(entry.type, expected[i].type);
		assert_int_equal(entry.uid, expected[i].uid);
		assert_int_equal(entry.gid, 4);
		assert_int_equal(entry.mode, 0640);
		assert_int_equal(entry.mtime_s, expected[i].mtime_s);
		assert_int_equal(!entry.link, !expected[i].link);
		if (entry.link)
			assert_string_equal(entry.link, expected[i].link);
		if (expected[i].data) {
			assert_int_equal(entry.size, strlen(expected[i].data));
			assert_memory_equal(entry.data, expected[i].data, entry.size);
		}
	}
	assert_int_equal(tar_next(&t, &entry, &e), 0);
	tar_finish(&t);
	buf_finish(&b);
}

static void empty_input_is_an_end(void **state)
{
	struct tar_entry entry;
	struct tar t;

	(void)state;
	tar_init(&t, NULL, 0);
	assert_int_equal(tar_next(&t, &entry, NULL), 0);
	tar_finish(&t);
}

/* Everything but the whole archive is cut short, wherever the cut is. */
static void a_cut_is_seen_at_every_length(void **state)
{
	struct buf b = {0};

	(void)state;
	add(&b, '0', "f", "", "hello", 5);
	add(&b, '0', "g", "", "", 0);
	end(&b);
	for (size_t n = 1; n < b.len - (size_t)BLOCK; n++) {
		struct tar_entry entry;
		struct err e = {0};
		struct tar t;
		int got;

		tar_init(&t, b.data, n);
		while ((got = tar_next(&t, &entry, &e)) > 0)
			;
		assert_int_equal(got, -1);
		assert_int_equal(e.code, ERR_INPUT);
		tar_finish(&t);
	}
	buf_finish(&b);
}

static void damaged_archives_are_refused(void **state)
{
	static const struct {
		char type;
		const char *data;
		const char *message;
	} cases[] = {
		{'S', "", "tar archive, byte 0: an entry of a kind that is not read"},
		{'x', "9 path=a", "tar archive, byte 0: a damaged pax record"},
		{'x', "99999999 path=a\n", "tar archive, byte 0: a damaged pax record"},
		{'x', "0 path=a\n", "tar archive, byte 0: a damaged pax record"},
		{'x', "7 path\n", "tar archive, byte 0: a pax record without a value"},
		{'x', "13 size=1e99\n", "tar archive, byte 0: a pax record whose number is none"},
		{'x', "22 GNU.sparse.major=1\n", "tar archive, byte 0: a sparse file"},
		{'x', "11 size=-1\n", "tar archive, byte 1024: the archive is cut short"},
		{'x', "14 size=99999\n", "tar archive, byte 1024: the archive is cut short"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tar_entry entry;
		struct buf b = {0};
		struct err e = {0};
		struct tar t;

		add(&b, cases[i].type, "a", "", cases[i].data, strlen(cases[i].data));
		add(&b, '0', "f", "", "", 0);
		end(&b);
		tar_init(&t, b.data, b.len);
		assert_int_equal(tar_next(&t, &entry, &e), -1);
		if (strncmp(e.msg, cases[i].message, strlen(cases[i].message)))
			fail_msg("%s: %s", cases[i].data, e.msg);
		tar_finish(&t);
		buf_finish(&b);
	}
}

static void a_wrong_checksum_is_no_tar(void **state)
{
	struct tar_entry entry;
	struct buf b = {0};
	struct err e = {0};
	struct tar t;

	(void)state;
	add(&b, '0', "f", "", "", 0);
	end(&b);
	b.data[0] = 'g';
	tar_init(&t, b.data, b.len);
	assert_int_equal(tar_next(&t, &entry, &e), -1);
	assert_string_equal(e.msg, "tar archive, byte 0: not a tar header (its checksum is wrong)");
	tar_finish(&t);
	buf_finish(&b);
}

/* GNU tar writes numbers that do not fit in octal as base 256. */
static void large_numbers_are_read(void **state)
{
	struct tar_entry entry;
	struct buf b = {0};
	struct err e = {0};
	struct tar t;

	(void)state;
	add(&b, '0', "f", "", "", 0);
	memcpy(b.data + 108, "\x80\0\0\0\x12\x34\x56\x78", 8);
	memset(b.data + 136, 0xFF, 12); /* mtime -1 */
	seal(b.data);
	end(&b);
	tar_init(&t, b.data, b.len);
	assert_int_equal(tar_next(&t, &entry, &e), 1);
	assert_int_equal(entry.uid, 0x12345678);
	assert_int_equal(entry.mtime_s, -1);
	tar_finish(&t);
	buf_finish(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_kinds),
		cmocka_unit_test(empty_input_is_an_end),
		cmocka_unit_test(a_cut_is_seen_at_every_length),
		cmocka_unit_test(damaged_archives_are_refused),
		cmocka_unit_test(a_wrong_checksum_is_no_tar),
		cmocka_unit_test(large_numbers_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
