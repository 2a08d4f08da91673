#include "config.h"

#include "server/refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "port/repo/repo.h"

#define FILES_MAX 100000
#define FILE_MAX ((size_t)4 << 20)
#define FOLDER "refs/"

struct refs {
	struct judge_file *files; /* in byte order of the paths, which are below refs/ */
	size_t count, cap;
};

static void add_entry(struct refs *r, struct repo *repo, const char *commit,
	const struct repo_entry *entry, struct strs *left_out)
{
	struct buf text = {.max = FILE_MAX};
	struct judge_file *f;
	struct err e;

	if (repo_read(repo, commit, entry->path, FILE_MAX, &text, &e)) {
		strs_addf(left_out, "%s: %s", entry->path, e.msg);
		buf_finish(&text);
		return;
	}
	f = ARR_ADD(r->files, r->count, r->cap);
	f->path = xstrdup(entry->path + strlen(FOLDER));
	f->len = text.len;
	f->data = buf_take(&text);
}

int refs_load(struct refs **out, struct repo *repo, const char *commit, struct strs *left_out,
	struct err *e)
{
	struct repo_entry *entries;
	struct refs *r;
	size_t n;

	if (repo_list(repo, commit, "refs", FILES_MAX, &entries, &n, e))
		return -1;
	r = xcalloc(1, sizeof *r);
	for (size_t i = 0; i < n; i++)
		if (str_starts(entries[i].path, FOLDER))
			add_entry(r, repo, commit, &entries[i], left_out);
	repo_entries_free(entries, n);
	*out = r;
	return 0;
}

void refs_free(struct refs *r)
{
	if (!r)
		return;
	judge_files_free(r->files, r->count);
	free(r);
}

/* The first file whose path is not before `prefix`. */
static size_t lower_bound(const struct refs *r, const char *prefix)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(r->files[mid].path, prefix) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool belongs(const char *below_host, const char *check)
{
	size_t n = strlen(check);

	if (strncmp(below_host, check, n))
		return false;
	return !below_host[n] || below_host[n] == '/' || str_eq(below_host + n, ".except.yml");
}

struct judge_file *refs_of(const struct refs *r, const char *host, const char *check, size_t *n)
{
	char *prefix = xasprintf("%s/", host);
	size_t skip = strlen(prefix), cap = 0;
	struct judge_file *files = NULL;

	*n = 0;
	for (size_t i = r ? lower_bound(r, prefix) : 0; r && i < r->count; i++) {
		const struct judge_file *f = &r->files[i];

		if (!str_starts(f->path, prefix))
			break;
		if (belongs(f->path + skip, check))
			*ARR_ADD(files, *n, cap) = (struct judge_file){
				.path = f->path + skip, .data = f->data, .len = f->len};
	}
	free(prefix);
	return files;
}

size_t refs_count(const struct refs *r)
{
	return r ? r->count : 0;
}

const struct judge_file *refs_at(const struct refs *r, size_t i)
{
	return &r->files[i];
}
