#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "port/repo/repo_git.h"

#define TEXT_MAX ((size_t)1 << 20)
#define TEXTS_MAX ((size_t)16 << 20)
#define DELTAS_MAX 20000

static char status_letter(git_delta_t status)
{
	if (status == GIT_DELTA_ADDED)
		return 'A';
	if (status == GIT_DELTA_DELETED)
		return 'D';
	return status == GIT_DELTA_TYPECHANGE ? 'T' : 'M';
}

/* The text of one side; false when it is left out for its size. */
static bool take_text(
	struct repo *r, const git_diff_file *f, size_t *budget, char **text, size_t *len)
{
	git_blob *blob;
	size_t size;
	bool fits;

	if ((f->flags & GIT_DIFF_FLAG_EXISTS) == 0 || f->mode == GIT_FILEMODE_COMMIT)
		return true;
	if (git_blob_lookup(&blob, r->git, &f->id) != 0)
		return false;
	size = (size_t)git_blob_rawsize(blob);
	fits = size <= TEXT_MAX && size <= *budget;
	if (fits) {
		*text = xmemdup(git_blob_rawcontent(blob), size);
		*len = size;
		*budget -= size;
	}
	git_blob_free(blob);
	return fits;
}

static void fill_delta(
	struct repo_delta *out, struct repo *r, const git_diff_delta *d, size_t *budget)
{
	bool old_there = d->status != GIT_DELTA_ADDED, new_there = d->status != GIT_DELTA_DELETED;

	out->path = xstrdup(new_there ? d->new_file.path : d->old_file.path);
	out->status = status_letter(d->status);
	out->old_mode = old_there ? d->old_file.mode : 0;
	out->new_mode = new_there ? d->new_file.mode : 0;
	out->left_out = !take_text(r, &d->old_file, budget, &out->old, &out->old_len) ||
			!take_text(r, &d->new_file, budget, &out->new, &out->new_len);
}

int repo_diff(struct repo *r, const char *from, const char *to, struct repo_delta **out, size_t *n,
	struct err *e)
{
	git_diff_options opts;
	git_tree *a = NULL, *b = NULL;
	git_diff *diff = NULL;
	size_t i, cap = 0, budget = TEXTS_MAX;
	int rc = -1;

	*out = NULL;
	*n = 0;
	git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
	opts.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_SKIP_BINARY_CHECK;
	if (git_tree_of(&a, r, from, e) != 0 || git_tree_of(&b, r, to, e) != 0)
		goto out;
	rc = git_diff_tree_to_tree(&diff, r->git, a, b, &opts);
	if (rc != 0) {
		git_fail(e, rc, "cannot compare the commits");
		goto out;
	}
	if (git_diff_num_deltas(diff) > DELTAS_MAX) {
		rc = err_set(e, ERR_LIMIT, "more than %d paths differ", DELTAS_MAX);
		goto out;
	}
	for (i = 0; i < git_diff_num_deltas(diff); i++)
		fill_delta(ARR_ADD(*out, *n, cap), r, git_diff_get_delta(diff, i), &budget);
out:
	git_diff_free(diff);
	git_tree_free(a);
	git_tree_free(b);
	return rc == 0 ? 0 : -1;
}

void repo_deltas_free(struct repo_delta *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(v[i].path);
		free(v[i].old);
		free(v[i].new);
	}
	free(v);
}

int repo_edits(struct repo *r, struct strs *out, struct err *e)
{
	git_status_options opts;
	git_status_list *list;
	size_t i;
	int rc;

	if (r->worktree == NULL)
		return 0;
	git_status_options_init(&opts, GIT_STATUS_OPTIONS_VERSION);
	opts.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	opts.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
		     GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	rc = git_status_list_new(&list, r->git, &opts);
	if (rc != 0)
		return git_fail(e, rc, "cannot look at the work tree of %s", r->path);
	for (i = 0; i < git_status_list_entrycount(list); i++) {
		const git_status_entry *s = git_status_byindex(list, i);
		const git_diff_delta *d =
			s->index_to_workdir != NULL ? s->index_to_workdir : s->head_to_index;

		if (d != NULL)
			strs_add(out,
				d->new_file.path != NULL ? d->new_file.path : d->old_file.path);
	}
	git_status_list_free(list);
	return 0;
}
