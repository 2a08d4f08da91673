#include "config.h"

#include "codec/manifest.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"

#define FIELDS 6
#define ENTRIES_MAX 100000

bool manifest_path_ok(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (!n || (path[0] == '.' && (n == 1 || (n == 2 && path[1] == '.'))))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

static void entry_finish(struct manifest_entry *e)
{
	free(e->path);
	free(e->type);
	free(e->link);
}

void manifest_finish(struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++)
		entry_finish(&m->entries[i]);
	free(m->entries);
	*m = (struct manifest){0};
}

/* The place of path, or where it would go. */
static bool place_of(const struct manifest *m, const char *path, size_t *at)
{
	size_t from = 0, to = m->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int order = strcmp(m->entries[mid].path, path);

		if (!order) {
			*at = mid;
			return true;
		}
		if (order < 0)
			from = mid + 1;
		else
			to = mid;
	}
	*at = from;
	return false;
}

const struct manifest_entry *manifest_get(const struct manifest *m, const char *path)
{
	size_t at;

	return place_of(m, path, &at) ? &m->entries[at] : NULL;
}

void manifest_put(struct manifest *m, const struct manifest_entry *entry)
{
	struct manifest_entry copy = *entry;
	size_t at;

	copy.path = xstrdup(entry->path);
	copy.type = xstrdup(entry->type);
	copy.link = xstrdup(entry->link);
	if (place_of(m, entry->path, &at)) {
		entry_finish(&m->entries[at]);
	} else {
		(void)ARR_ADD(m->entries, m->count, m->cap);
		memmove(m->entries + at + 1, m->entries + at,
			(m->count - 1 - at) * sizeof *m->entries);
	}
	m->entries[at] = copy;
}

void manifest_remove(struct manifest *m, const char *path)
{
	size_t at;

	if (!place_of(m, path, &at))
		return;
	entry_finish(&m->entries[at]);
	m->count--;
	memmove(m->entries + at, m->entries + at + 1, (m->count - at) * sizeof *m->entries);
}

/* ---- text ---- */

static void add_escaped(struct buf *out, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c > 0x20 && c < 0x7f && c != '%')
			buf_addc(out, *s);
		else
			buf_addf(out, "%%%02X", c);
	}
}

void manifest_write(struct buf *out, const struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_entry *e = &m->entries[i];

		add_escaped(out, e->path);
		buf_addf(out, " %04o %lld %lld %s ", e->mode, (long long)e->uid, (long long)e->gid,
			e->type);
		if (str_empty(e->link))
			buf_addc(out, '-');
		else if (str_eq(e->link, "-"))
			buf_adds(out, "%2D");
		else
			add_escaped(out, e->link);
		buf_addc(out, '\n');
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Heap; NULL when it is not written as it should be. */
static char *unescape(const char *s)
{
	struct buf out = {0};

	for (; *s; s++) {
		int high, low;

		if (*s != '%') {
			buf_addc(&out, *s);
			continue;
		}
		high = hex_digit(s[1]);
		low = high < 0 ? -1 : hex_digit(s[2]);
		if (low < 0 || (!high && !low)) {
			buf_finish(&out);
			return NULL;
		}
		buf_addc(&out, (char)(high << 4 | low));
		s += 2;
	}
	return buf_take(&out);
}

static bool octal(const char *s, unsigned *out)
{
	char *end;
	unsigned long v;

	if (!isdigit((unsigned char)*s) || strlen(s) > 5)
		return false;
	v = strtoul(s, &end, 8);
	*out = (unsigned)v;
	return !*end && v <= 07777;
}

static bool is_type(const char *s)
{
	static const char *const types[] = {
		"file", "dir", "symlink", "hardlink", "device", "fifo", NULL};

	for (size_t i = 0; types[i]; i++)
		if (str_eq(s, types[i]))
			return true;
	return false;
}

static int read_line(
	struct manifest *out, const struct strs *fields, const char *name, int line, struct err *e)
{
	struct manifest_entry entry = {0};
	long long uid, gid;
	int rc = 0;

	if (fields->n != FIELDS || !octal(fields->v[1], &entry.mode) ||
		!str_int(fields->v[2], 0, 4294967295, &uid) ||
		!str_int(fields->v[3], 0, 4294967295, &gid) || !is_type(fields->v[4]))
		return err_set(
			e, ERR_INPUT, "%s:%d:1: must be PATH MODE UID GID TYPE LINK", name, line);
	entry.uid = uid;
	entry.gid = gid;
	entry.type = fields->v[4];
	entry.path = unescape(fields->v[0]);
	entry.link = str_eq(fields->v[5], "-") ? NULL : unescape(fields->v[5]);
	if (!entry.path || !manifest_path_ok(entry.path))
		rc = err_set(e, ERR_INPUT, "%s:%d:1: not a clean relative path", name, line);
	else if (manifest_get(out, entry.path))
		rc = err_set(
			e, ERR_INPUT, "%s:%d:1: %s stands there twice", name, line, fields->v[0]);
	else if (out->count == ENTRIES_MAX)
		rc = err_set(e, ERR_LIMIT, "%s: more than %d entries", name, ENTRIES_MAX);
	else
		manifest_put(out, &entry);
	free(entry.path);
	free(entry.link);
	return rc;
}

int manifest_read(struct manifest *out, const char *text, size_t n, const char *name, struct err *e)
{
	char *copy = xstrndup(text, n);
	struct strs lines = {0};
	int rc = 0;

	*out = (struct manifest){0};
	strs_split(&lines, copy, '\n');
	for (size_t i = 0; !rc && i < lines.n; i++) {
		struct strs fields = {0};

		if (!lines.v[i][0] || lines.v[i][0] == '#')
			continue;
		strs_split(&fields, lines.v[i], ' ');
		rc = read_line(out, &fields, name, (int)i + 1, e);
		strs_finish(&fields);
	}
	strs_finish(&lines);
	free(copy);
	if (rc)
		manifest_finish(out);
	return rc;
}
