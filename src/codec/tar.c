#include "config.h"

#include "codec/tar.h"

#include <string.h>

#include "base/strs.h"

#define BLOCK ((size_t)512)

/* Where fields stand in a header block (POSIX.1-2008 pax, "ustar Interchange Format"). */
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_LINK = 157,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
};

static const char *const types[TAR_TYPE_COUNT] = {
	[TAR_FILE] = "file",
	[TAR_HARDLINK] = "hardlink",
	[TAR_SYMLINK] = "symlink",
	[TAR_DIR] = "dir",
	[TAR_DEVICE] = "device",
	[TAR_FIFO] = "fifo",
};

/* What extended headers said of the entry that follows. */
struct extra {
	bool path, link, size, uid, gid, mtime;
	int64_t size_value, uid_value, gid_value, mtime_value;
};

const char *tar_type_name(enum tar_type t)
{
	return types[t];
}

void tar_init(struct tar *t, const void *bytes, size_t n)
{
	*t = (struct tar){.bytes = bytes, .len = n};
	buf_init(&t->path, TAR_PATH_MAX);
	buf_init(&t->link, TAR_PATH_MAX);
}

void tar_finish(struct tar *t)
{
	buf_finish(&t->path);
	buf_finish(&t->link);
	*t = (struct tar){0};
}

static int fail(const struct tar *t, struct err *e, const char *why)
{
	return err_set(e, ERR_INPUT, "tar archive, byte %zu: %s", t->at, why);
}

/* Octal digits with blanks or NUL around, or GNU's base 256 (high bit of the first byte). */
static bool number(const char *field, size_t n, int64_t *out)
{
	const unsigned char *f = (const unsigned char *)field;
	int64_t v = 0;
	size_t i = 0;

	if (f[0] & 0x80) {
		v = (f[0] & 0x7F) - (f[0] & 0x40 ? 128 : 0); /* two's complement of 7 bits */
		for (i = 1; i < n; i++) {
			if (v > INT64_MAX >> 9 || v < INT64_MIN >> 9)
				return false;
			v = v * 256 + f[i];
		}
		*out = v;
		return true;
	}
	while (i < n && f[i] == ' ')
		i++;
	for (; i < n && f[i] >= '0' && f[i] <= '7'; i++) {
		if (v > INT64_MAX >> 4)
			return false;
		v = v * 8 + (f[i] - '0');
	}
	while (i < n && (f[i] == ' ' || f[i] == '\0'))
		i++;
	*out = v;
	return i == n;
}

static bool sum_is_right(const char *block)
{
	int64_t want, sum = 0;

	if (!number(block + AT_SUM, 8, &want))
		return false;
	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : (unsigned char)block[i];
	return sum == want;
}

static bool all_zero(const char *block)
{
	for (size_t i = 0; i < BLOCK; i++) {
		if (block[i])
			return false;
	}
	return true;
}

/* A text that must be free of NUL and fit. */
static bool set_text(struct buf *b, const char *s, size_t n)
{
	buf_reset(b);
	buf_add(b, s, n);
	return !b->overflow && !memchr(s, '\0', n);
}

static bool decimal(const char *s, size_t n, int64_t *out)
{
	char text[32];
	const char *dot = memchr(s, '.', n); /* fractions of a second are dropped */
	long long v;

	if (dot)
		n = (size_t)(dot - s);
	if (!n || n >= sizeof text)
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	if (!str_int(text, INT64_MIN, INT64_MAX, &v))
		return false;
	*out = v;
	return true;
}

static bool is_key(const char *key, size_t n, const char *want)
{
	return strlen(want) == n && !memcmp(key, want, n);
}

static int pax_record(struct tar *t, struct extra *x, const char *key, size_t keylen,
	const char *value, size_t n, struct err *e)
{
	const struct {
		const char *key;
		bool *set;
		int64_t *to;
	} numbers[] = {
		{"size", &x->size, &x->size_value},
		{"uid", &x->uid, &x->uid_value},
		{"gid", &x->gid, &x->gid_value},
		{"mtime", &x->mtime, &x->mtime_value},
	};

	if (keylen >= 10 && !memcmp(key, "GNU.sparse", 10))
		return fail(t, e, "a sparse file: this reader takes whole files only");
	if (is_key(key, keylen, "path")) {
		x->path = true;
		return set_text(&t->path, value, n) ? 0 : fail(t, e, "a path that is too long");
	}
	if (is_key(key, keylen, "linkpath")) {
		x->link = true;
		return set_text(&t->link, value, n) ? 0 : fail(t, e, "a link that is too long");
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		if (!is_key(key, keylen, numbers[i].key))
			continue;
		*numbers[i].set = true;
		if (!decimal(value, n, numbers[i].to))
			return fail(t, e, "a pax record whose number is none");
	}
	return 0;
}

/* "LENGTH KEY=VALUE\n", one after the other. */
static int pax_records(struct tar *t, struct extra *x, const char *p, size_t n, struct err *e)
{
	while (n) {
		size_t digits = 0, len = 0, key;
		const char *equals;

		while (digits < n && digits < 8 && p[digits] >= '0' && p[digits] <= '9')
			len = len * 10 + (size_t)(p[digits++] - '0');
		if (!digits || digits >= n || p[digits] != ' ' || len > n || len < digits + 4 ||
			p[len - 1] != '\n')
			return fail(t, e, "a damaged pax record");
		key = digits + 1;
		equals = memchr(p + key, '=', len - key);
		if (!equals)
			return fail(t, e, "a pax record without a value");
		if (pax_record(t, x, p + key, (size_t)(equals - (p + key)), equals + 1,
			    (size_t)(p + len - 1 - (equals + 1)), e))
			return -1;
		p += len;
		n -= len;
	}
	return 0;
}

/* A text field that a NUL may end. */
static size_t field_len(const char *field, size_t max)
{
	const char *nul = memchr(field, '\0', max);

	return nul ? (size_t)(nul - field) : max;
}

static int take_names(struct tar *t, const char *block, const struct extra *x, struct err *e)
{
	bool posix = !memcmp(block + AT_MAGIC, "ustar\0", 6);

	if (!x->path) {
		buf_reset(&t->path);
		if (posix && block[AT_PREFIX]) {
			buf_add(&t->path, block + AT_PREFIX, field_len(block + AT_PREFIX, 155));
			buf_addc(&t->path, '/');
		}
		buf_add(&t->path, block + AT_NAME, field_len(block + AT_NAME, 100));
	}
	if (!x->link) {
		buf_reset(&t->link);
		buf_add(&t->link, block + AT_LINK, field_len(block + AT_LINK, 100));
	}
	while (t->path.len > 1 && t->path.data[t->path.len - 1] == '/')
		t->path.data[--t->path.len] = '\0';
	return t->path.len ? 0 : fail(t, e, "an entry without a name");
}

static int take_type(const struct tar *t, const char *block, enum tar_type *out, struct err *e)
{
	size_t n = field_len(block + AT_NAME, 100);

	switch (block[AT_TYPE]) {
	case '0':
	case '\0':
	case '7':
		/* Before POSIX a directory was a file whose name ends in a slash. */
		*out = n && block[AT_NAME + n - 1] == '/' ? TAR_DIR : TAR_FILE;
		return 0;
	case '1':
		*out = TAR_HARDLINK;
		return 0;
	case '2':
		*out = TAR_SYMLINK;
		return 0;
	case '3':
	case '4':
		*out = TAR_DEVICE;
		return 0;
	case '5':
		*out = TAR_DIR;
		return 0;
	case '6':
		*out = TAR_FIFO;
		return 0;
	default:
		return fail(
			t, e, "an entry of a kind that is not read (sparse, multi-volume, ...)");
	}
}

/* The size of the data behind a header, held against what is there. */
static int take_size(
	const struct tar *t, const char *block, const struct extra *x, size_t *out, struct err *e)
{
	size_t room = t->len - t->at - BLOCK;
	int64_t size;

	if (!number(block + AT_SIZE, 12, &size))
		return fail(t, e, "a size that is no number");
	if (x && x->size)
		size = x->size_value;
	if (size < 0 || (uint64_t)size > room)
		return fail(t, e, "the archive is cut short");
	*out = (size_t)size;
	return 0;
}

static size_t padded(size_t n)
{
	return (n + BLOCK - 1) / BLOCK * BLOCK;
}

static void step_over(struct tar *t, size_t size)
{
	size_t n = BLOCK + padded(size);

	t->at = n > t->len - t->at ? t->len : t->at + n;
}

/* Extended headers ('x', 'L', 'K') add to the entry that follows; 'g' is for all and says nothing
 * that is read here. 1: it was one; 0: it is an entry. */
static int extended(struct tar *t, const char *block, struct extra *x, struct err *e)
{
	const char *data = block + BLOCK;
	char type = block[AT_TYPE];
	size_t size = 0;

	if (!strchr("xgLK", type) || !type)
		return 0;
	if (take_size(t, block, NULL, &size, e))
		return -1;
	if (type == 'x' && pax_records(t, x, data, size, e))
		return -1;
	if (type == 'L' || type == 'K') {
		size_t n = field_len(data, size); /* a NUL ends it */

		if (!set_text(type == 'L' ? &t->path : &t->link, data, n))
			return fail(t, e, "a name that is too long");
		*(type == 'L' ? &x->path : &x->link) = true;
	}
	step_over(t, size);
	return 1;
}

static int take_numbers(const struct tar *t, const char *block, const struct extra *x,
	struct tar_entry *out, struct err *e)
{
	int64_t mode;

	if (!number(block + AT_MODE, 8, &mode) || !number(block + AT_UID, 8, &out->uid) ||
		!number(block + AT_GID, 8, &out->gid) ||
		!number(block + AT_MTIME, 12, &out->mtime_s))
		return fail(t, e, "a header field that is no number");
	out->mode = (unsigned)mode & 07777u;
	if (x->uid)
		out->uid = x->uid_value;
	if (x->gid)
		out->gid = x->gid_value;
	if (x->mtime)
		out->mtime_s = x->mtime_value;
	return 0;
}

static int entry(struct tar *t, const char *block, const struct extra *x, struct tar_entry *out,
	struct err *e)
{
	size_t size = 0;

	*out = (struct tar_entry){0};
	if (take_names(t, block, x, e) || take_type(t, block, &out->type, e) ||
		take_numbers(t, block, x, out, e))
		return -1;
	/* Only files have data; what other kinds say of a size is no length (pax, hard links). */
	if (out->type != TAR_FILE)
		size = 0;
	else if (take_size(t, block, x, &size, e))
		return -1;
	out->path = buf_str(&t->path);
	if (out->type == TAR_SYMLINK || out->type == TAR_HARDLINK)
		out->link = buf_str(&t->link);
	if (out->type == TAR_FILE) {
		out->data = block + BLOCK;
		out->size = size;
	}
	step_over(t, size);
	return 1;
}

int tar_next(struct tar *t, struct tar_entry *out, struct err *e)
{
	struct extra x = {0};

	for (;;) {
		const char *block;
		int got;

		if (!t->len)
			return 0;
		if (t->len - t->at < BLOCK)
			return fail(t, e, "the archive is cut short");
		block = t->bytes + t->at;
		if (all_zero(block))
			return x.path || x.link ? fail(t, e, "a name without an entry") : 0;
		if (!sum_is_right(block))
			return fail(t, e, "not a tar header (its checksum is wrong)");
		if (++t->entries > TAR_ENTRIES_MAX)
			return fail(t, e, "too many entries");
		got = extended(t, block, &x, e);
		if (got < 0)
			return -1;
		if (!got)
			return entry(t, block, &x, out, e);
	}
}
