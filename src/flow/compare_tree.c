#include "config.h"

#include "flow/compare_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/manifest.h"
#include "flow/compare_except.h"
#include "flow/compare_live.h"

#define CONTEXT_LINES 5
#define SUMMARY_FILES 3

/* One side of a file: what MANIFEST or the archive says, and its bytes. */
struct side {
	const struct manifest_entry *entry; /* NULL: not there */
	const char *data;		    /* NULL: no contents (folder, link), or not kept */
	size_t len;
};

struct tree {
	struct verdict_list *verdicts;
	const struct compare_input *in;
	struct diff *diff;
	struct excepts excepts;
	struct manifest ref;
	struct live live;
	struct buf summary;
	int files; /* that differ */
};

/* ---- comparing ---- */

static void note(struct tree *t, struct buf *said, const char *text)
{
	diff_add(t->diff, DIFF_NOTE, 0, 0, text, strlen(text));
	buf_addf(said, "%s%s", said->len ? ", " : "", text);
}

static void notef(struct tree *t, struct buf *said, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void notef(struct tree *t, struct buf *said, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	note(t, said, text);
	free(text);
}

static void metadata(struct tree *t, struct buf *said, const struct manifest_entry *ref,
	const struct manifest_entry *live, unsigned ignore)
{
	if (!str_eq(ref->type, live->type))
		notef(t, said, "%s -> %s", ref->type, live->type);
	/* A link's own mode means nothing (symlink(7)). */
	if (ref->mode != live->mode && !(ignore & EXCEPT_MODE) && !str_eq(live->type, "symlink"))
		notef(t, said, "mode %04o -> %04o", ref->mode, live->mode);
	if ((ref->uid != live->uid || ref->gid != live->gid) && !(ignore & EXCEPT_OWNER))
		notef(t, said, "owner %lld:%lld -> %lld:%lld", (long long)ref->uid,
			(long long)ref->gid, (long long)live->uid, (long long)live->gid);
	if (!str_eq(ref->link, live->link) && !(ignore & EXCEPT_CONTENT))
		notef(t, said, "link %s -> %s", ref->link ? ref->link : "(none)",
			live->link ? live->link : "(none)");
}

/* Redacted, and without the lines that an exception allows; heap, NULL for no contents. */
static char *normal(
	const struct tree *t, const struct side *side, const struct except *except, size_t *len)
{
	struct buf redacted = {0}, out = {0};

	*len = 0;
	if (!side->data)
		return NULL;
	if (memchr(side->data, '\0', side->len))
		buf_add(&redacted, side->data, side->len);
	else
		redact_text(&redacted, t->in->redact, side->data, side->len);
	except_filter(&out, except, buf_str(&redacted), redacted.len);
	buf_finish(&redacted);
	*len = out.len;
	return buf_take(&out);
}

static void contents(struct tree *t, struct buf *said, const struct side *ref,
	const struct side *live, const struct except *except)
{
	size_t old_len, new_len;
	char *old = normal(t, ref, except, &old_len), *new = normal(t, live, except, &new_len);
	struct diff *d = diff_new();

	if ((old || new) &&
		(!old || !new || old_len != new_len || memcmp(old, new, old_len) != 0)) {
		diff_lines(d, old, old_len, new, new_len, NULL);
		diff_trim(d, CONTEXT_LINES);
		for (size_t i = 0; i < d->line_count; i++)
			diff_add(t->diff, d->lines[i].kind, d->lines[i].old_no, d->lines[i].new_no,
				d->lines[i].text, strlen(d->lines[i].text));
		if (d->added || d->removed)
			buf_addf(said, "%s+%d -%d", said->len ? ", " : "", d->added, d->removed);
		else
			buf_addf(said, "%scontents differ", said->len ? ", " : "");
	}
	diff_free(d);
	free(old);
	free(new);
}

static void compare_both(struct tree *t, struct buf *said, const struct side *ref,
	const struct side *live, const struct except *except)
{
	unsigned ignore = except ? except->ignore : 0;

	metadata(t, said, ref->entry, live->entry, ignore);
	if (ignore & EXCEPT_CONTENT)
		return;
	if (str_eq(ref->entry->type, "file") && !ref->data)
		note(t, said, "the reference has no contents for it");
	else
		contents(t, said, ref, live, except);
}

static void compare_one_side(struct tree *t, struct buf *said, const struct side *ref,
	const struct side *live, const struct except *except)
{
	const struct manifest_entry *e = live->entry ? live->entry : ref->entry;

	if (live->entry)
		note(t, said, "not in the reference");
	else
		note(t, said, "missing on the host");
	notef(t, said, "%s %04o %lld:%lld%s%s", e->type, e->mode, (long long)e->uid,
		(long long)e->gid, e->link ? " -> " : "", e->link ? e->link : "");
	contents(t, said, ref, live, except);
}

/* A header first; when nothing differs after all it is taken back. */
static void compare_path(
	struct tree *t, const char *path, const struct side *ref, const struct side *live)
{
	const struct except *except = excepts_find(&t->excepts, path);
	unsigned ignore = except ? except->ignore : 0;
	struct buf said = {0};
	size_t start = t->diff->line_count;

	if ((!live->entry && (ignore & EXCEPT_MISSING)) || (!ref->entry && (ignore & EXCEPT_EXTRA)))
		return;
	diff_add(t->diff, DIFF_FILE, 0, 0, path, strlen(path));
	if (ref->entry && live->entry)
		compare_both(t, &said, ref, live, except);
	else
		compare_one_side(t, &said, ref, live, except);
	if (!said.len) {
		free(t->diff->lines[start].text);
		t->diff->line_count = start;
	} else if (t->files++ < SUMMARY_FILES) {
		buf_addf(&t->summary, "%s/%s: %s", t->summary.len ? "; " : "", path, said.data);
	}
	buf_finish(&said);
}

static struct side ref_side(const struct tree *t, const struct manifest_entry *entry)
{
	struct side side = {.entry = entry};
	const struct compare_file *file;
	char *path;

	if (!entry || !str_eq(entry->type, "file"))
		return side;
	path = xasprintf("%s/%s", t->in->name, entry->path);
	file = compare_ref(t->in, path);
	free(path);
	if (file) {
		side.data = file->data;
		side.len = file->len;
	}
	return side;
}

static struct side live_side(const struct tree *t, size_t i)
{
	const struct doc *content = t->live.content[i];

	return (struct side){&t->live.entries.entries[i], doc_str(content), doc_str_len(content)};
}

static void compare_all(struct tree *t)
{
	const struct manifest *ref = &t->ref, *live = &t->live.entries;
	size_t i = 0, k = 0;

	while (i < ref->count || k < live->count) {
		int order = i == ref->count ? 1
			    : k == live->count
				    ? -1
				    : strcmp(ref->entries[i].path, live->entries[k].path);
		struct side ref_at = ref_side(t, order <= 0 ? &ref->entries[i] : NULL);
		struct side live_at = {0};

		if (order >= 0)
			live_at = live_side(t, k);
		compare_path(t, order <= 0 ? ref->entries[i].path : live->entries[k].path, &ref_at,
			&live_at);
		i += order <= 0;
		k += order >= 0;
	}
}

/* ---- the two entries ---- */

static const struct compare_read *tree_read(const struct compare_input *in)
{
	const char *from = doc_get_str(doc_get(in->check, "baseline"), "from", "");
	const struct compare_read *read = compare_find_read(in, from);

	return read && read->read && read->raw ? read : NULL;
}

static int tree_open(struct tree *t, const struct compare_input *in, struct err *e)
{
	const struct compare_read *read = tree_read(in);
	const char *root = live_root(in);
	const struct compare_file *except;
	char *path;
	int rc = 0;

	*t = (struct tree){.in = in};
	if (!read)
		return err_set(e, ERR_FAIL, "the files could not be read");
	if (!root)
		return err_set(e, ERR_INPUT, "the host has no parameter for the baseline's root");
	live_read(&t->live, read->raw, root);
	path = xasprintf("%s.except.yml", in->name);
	except = compare_ref(in, path);
	if (except)
		rc = excepts_read(&t->excepts, except->data, except->len, path, e);
	free(path);
	return rc;
}

static void tree_close(struct tree *t)
{
	excepts_finish(&t->excepts);
	manifest_finish(&t->ref);
	live_finish(&t->live);
	buf_finish(&t->summary);
}

void compare_tree(struct verdict_list *l, const struct compare_input *in)
{
	char *path = xasprintf("%s/MANIFEST", in->name);
	const struct compare_file *file = compare_ref(in, path);
	struct err e = {0};
	struct tree t;

	if (!tree_read(in)) {
		/* The verdict on what could not be read stands already. */
	} else if (tree_open(&t, in, &e) ||
		   (file && manifest_read(&t.ref, file->data, file->len, path, &e))) {
		verdict_add(l, FINDING_UNKNOWN, "baseline", "%s", e.msg);
		tree_close(&t);
	} else if (!file) {
		compare_no_reference(l);
		tree_close(&t);
	} else {
		t.verdicts = l;
		t.diff = diff_new();
		compare_all(&t);
		if (t.files > SUMMARY_FILES)
			buf_addf(&t.summary, "; and %d more", t.files - SUMMARY_FILES);
		if (t.files) {
			verdict_add(l, FINDING_DRIFT, "diff", "%s", buf_str(&t.summary));
			l->diff = t.diff;
		} else {
			diff_free(t.diff);
		}
		tree_close(&t);
	}
	free(path);
}

static bool ignored_whole(const struct tree *t, const char *path)
{
	const struct except *except = excepts_find(&t->excepts, path);

	return except && (except->ignore & EXCEPT_ALL) == EXCEPT_ALL;
}

static void give(const struct tree *t, const char *below, const char *data, size_t n,
	compare_file_fn *fn, void *arg)
{
	char *path = xasprintf("%s/%s", t->in->name, below);

	fn(arg, path, data, n);
	free(path);
}

/* git keeps no path with a component ".git"; MANIFEST itself may not be hidden by a file. */
static bool can_be_kept(const char *path)
{
	const char *at = path;

	for (size_t n; *at; at += n + (at[n] == '/')) {
		n = strcspn(at, "/");
		if (n == 4 && (!memcmp(at, ".git", 4) || !memcmp(at, ".GIT", 4)))
			return false;
	}
	return path_is_clean_relative(path) && !str_eq(path, "MANIFEST");
}

/* What the new reference has no more is given with no data. */
static void drop_old(
	const struct tree *t, const struct manifest *kept, compare_file_fn *fn, void *arg)
{
	char *prefix = xasprintf("%s/", t->in->name);

	for (size_t i = 0; i < t->in->ref_count; i++) {
		const char *path = t->in->refs[i].path, *below = path + strlen(prefix);
		const struct manifest_entry *entry;

		if (!str_starts(path, prefix) || str_eq(below, "MANIFEST"))
			continue;
		entry = manifest_get(kept, below);
		if (!entry || !str_eq(entry->type, "file"))
			fn(arg, path, NULL, 0);
	}
	free(prefix);
}

int compare_tree_adopt(
	const struct compare_input *in, compare_file_fn *fn, void *arg, struct err *e)
{
	struct manifest kept = {0};
	struct buf text = {0};
	struct tree t;
	int rc = tree_open(&t, in, e);

	for (size_t i = 0; !rc && i < t.live.entries.count; i++) {
		struct side side = live_side(&t, i);
		const char *path = side.entry->path;

		if (ignored_whole(&t, path))
			continue;
		if (!can_be_kept(path)) {
			rc = err_set(e, ERR_INPUT, "%s cannot be kept in git", path);
			break;
		}
		manifest_put(&kept, side.entry);
		if (str_eq(side.entry->type, "file"))
			give(&t, path, side.data ? side.data : "", side.len, fn, arg);
	}
	if (!rc) {
		buf_adds(&text, "# path mode uid gid type link; contents lie beside this file\n");
		manifest_write(&text, &kept);
		give(&t, "MANIFEST", buf_str(&text), text.len, fn, arg);
		drop_old(&t, &kept, fn, arg);
	}
	buf_finish(&text);
	manifest_finish(&kept);
	tree_close(&t);
	return rc;
}
