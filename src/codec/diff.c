#include "config.h"

#include "codec/diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Bounds of the search for the shortest edit: beyond either the middle is replaced whole. */
#define EDITS_MAX 1000
#define WORK_MAX ((size_t)20 * 1000 * 1000)

struct text_line {
	const char *s;
	size_t n;
	bool newline;
	uint32_t hash;
};

struct text {
	struct text_line *lines;
	size_t count, cap;
};

static void split(struct text *t, const char *s, size_t n)
{
	while (n) {
		const char *nl = memchr(s, '\n', n);
		struct text_line *l = ARR_ADD(t->lines, t->count, t->cap);
		uint32_t h = 2166136261u; /* FNV-1a */

		*l = (struct text_line){
			.s = s, .n = nl ? (size_t)(nl - s) : n, .newline = nl != NULL};
		for (size_t i = 0; i < l->n; i++)
			h = (h ^ (unsigned char)s[i]) * 16777619u;
		l->hash = h;
		s += l->n + l->newline;
		n -= l->n + l->newline;
	}
}

static bool same_line(const struct text_line *a, const struct text_line *b)
{
	return a->hash == b->hash && a->n == b->n && a->newline == b->newline &&
	       !memcmp(a->s, b->s, a->n);
}

/* A stretch of both texts: a[a0..a1) against b[b0..b1). */
struct range {
	size_t a0, a1, b0, b1;
};

struct differ {
	struct diff *out;
	const struct text *a, *b;
};

static void emit(struct differ *df, enum diff_kind kind, size_t a, size_t b)
{
	const struct text_line *l = kind == DIFF_ADDED ? &df->b->lines[b] : &df->a->lines[a];

	diff_add(df->out, kind, kind == DIFF_ADDED ? 0 : (int)a + 1,
		kind == DIFF_REMOVED ? 0 : (int)b + 1, l->s, l->n);
	if (!l->newline) {
		static const char note[] = "no newline at the end";

		diff_add(df->out, DIFF_NOTE, 0, 0, note, sizeof note - 1);
	}
}

static void emit_whole(struct differ *df, struct range r)
{
	for (size_t i = r.a0; i < r.a1; i++)
		emit(df, DIFF_REMOVED, i, 0);
	for (size_t i = r.b0; i < r.b1; i++)
		emit(df, DIFF_ADDED, 0, i);
}

/* Myers, "An O(ND) difference algorithm" (1986), with the furthest points of each round kept, so
 * that the way can be walked back: memory is the square of EDITS_MAX, not of the texts. */
struct rounds {
	int *points;	/* round d: diagonals -d..d, d+1 of them used */
	size_t *starts; /* where round d begins in points */
	size_t count, cap;
	size_t used, room;
};

static int *add_round(struct rounds *r, int d)
{
	size_t need = (size_t)(2 * d + 1);

	while (r->used + need > r->room) {
		r->room = r->room ? 2 * r->room : 1024;
		r->points = xreallocarray(r->points, r->room, sizeof *r->points);
	}
	*ARR_ADD(r->starts, r->count, r->cap) = r->used;
	r->used += need;
	return r->points + r->starts[r->count - 1] + d;
}

/* The furthest x on diagonal k at the start of round d, before its snake. */
static int begin_x(const struct rounds *r, int d, int k)
{
	const int *prev;

	if (d == 0)
		return 0;
	prev = r->points + r->starts[d - 1] + (d - 1);
	if (k == -d || (k != d && prev[k - 1] < prev[k + 1]))
		return prev[k + 1];
	return prev[k - 1] + 1;
}

/* Number of edits, or -1 past the bounds. */
static int search(struct rounds *rounds, const struct differ *df, struct range r)
{
	int n = (int)(r.a1 - r.a0), m = (int)(r.b1 - r.b0);
	size_t work = 0;

	for (int d = 0; d <= n + m && d <= EDITS_MAX; d++) {
		add_round(rounds, d);
		for (int k = -d; k <= d; k += 2) {
			int x = begin_x(rounds, d, k), y = x - k;

			while (x < n && y < m && x >= 0 && y >= 0 &&
				same_line(&df->a->lines[r.a0 + (size_t)x],
					&df->b->lines[r.b0 + (size_t)y])) {
				x++;
				y++;
				work++;
			}
			rounds->points[rounds->starts[d] + (size_t)(d + k)] = x;
			if (x >= n && y >= m)
				return d;
		}
		work += (size_t)d;
		if (work > WORK_MAX)
			return -1;
	}
	return -1;
}

struct edit {
	int x, y; /* where it begins */
	bool removed;
};

/* Walks back from the end; edits come out in order. */
static void trace(const struct rounds *rounds, struct range r, struct edit *edits, int d)
{
	int x = (int)(r.a1 - r.a0), y = (int)(r.b1 - r.b0);

	for (; d > 0; d--) {
		int k = x - y, from_x = begin_x(rounds, d, k);
		const int *prev = rounds->points + rounds->starts[d - 1] + (d - 1);
		bool down = k == -d || (k != d && prev[k - 1] < prev[k + 1]);

		x = down ? from_x : from_x - 1;
		y = down ? from_x - k - 1 : from_x - k;
		edits[d - 1] = (struct edit){.x = x, .y = y, .removed = !down};
	}
}

static void emit_same(struct differ *df, struct range r, int *x, int *y, int to_x)
{
	for (; *x < to_x; (*x)++, (*y)++)
		emit(df, DIFF_SAME, r.a0 + (size_t)*x, r.b0 + (size_t)*y);
}

static void emit_edits(struct differ *df, struct range r, const struct edit *edits, int d)
{
	int x = 0, y = 0;

	for (int i = 0; i < d; i++) {
		emit_same(df, r, &x, &y, edits[i].x);
		if (edits[i].removed)
			emit(df, DIFF_REMOVED, r.a0 + (size_t)x++, 0);
		else
			emit(df, DIFF_ADDED, 0, r.b0 + (size_t)y++);
	}
	emit_same(df, r, &x, &y, (int)(r.a1 - r.a0));
}

static void diff_range(struct differ *df, struct range r)
{
	struct rounds rounds = {0};
	int d = -1;

	if (r.a0 < r.a1 && r.b0 < r.b1)
		d = search(&rounds, df, r);
	if (d < 0) {
		emit_whole(df, r);
	} else {
		struct edit *edits = xcalloc((size_t)d + 1, sizeof *edits);

		trace(&rounds, r, edits, d);
		emit_edits(df, r, edits, d);
		free(edits);
	}
	free(rounds.points);
	free(rounds.starts);
}

static void diff_texts(struct differ *df)
{
	struct range r = {.a1 = df->a->count, .b1 = df->b->count};
	size_t tail = 0;

	while (r.a0 < r.a1 && r.b0 < r.b1 && same_line(&df->a->lines[r.a0], &df->b->lines[r.b0])) {
		emit(df, DIFF_SAME, r.a0++, r.b0);
		r.b0++;
	}
	while (r.a0 < r.a1 && r.b0 < r.b1 &&
		same_line(&df->a->lines[r.a1 - 1], &df->b->lines[r.b1 - 1])) {
		r.a1--;
		r.b1--;
		tail++;
	}
	diff_range(df, r);
	for (size_t i = 0; i < tail; i++)
		emit(df, DIFF_SAME, r.a1 + i, r.b1 + i);
}

static void note(struct diff *d, const char *text)
{
	diff_add(d, DIFF_NOTE, 0, 0, text, strlen(text));
}

static void note_binary(
	struct diff *d, const char *old_text, size_t old_len, const char *new_text, size_t new_len)
{
	bool same =
		old_text && new_text && old_len == new_len && !memcmp(old_text, new_text, old_len);
	char *text;

	if (same)
		text = xasprintf("binary, %zu bytes, the same", old_len);
	else
		text = xasprintf("binary, %zu bytes before, %zu bytes after", old_len, new_len);
	note(d, text);
	free(text);
}

void diff_lines(struct diff *d, const char *old_text, size_t old_len, const char *new_text,
	size_t new_len, const char *title)
{
	struct text a = {0}, b = {0};
	struct differ df = {.out = d, .a = &a, .b = &b};

	if (title)
		diff_add(d, DIFF_FILE, 0, 0, title, strlen(title));
	if (!old_text) {
		note(d, "not there before");
		old_len = 0;
	}
	if (!new_text) {
		note(d, "not there after");
		new_len = 0;
	}
	if ((old_len && memchr(old_text, '\0', old_len)) ||
		(new_len && memchr(new_text, '\0', new_len))) {
		note_binary(d, old_text, old_len, new_text, new_len);
		return;
	}
	split(&a, old_text, old_len);
	split(&b, new_text, new_len);
	diff_texts(&df);
	free(a.lines);
	free(b.lines);
}
