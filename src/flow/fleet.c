#include "config.h"

#include "flow/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"
#include "codec/check.h"
#include "codec/fleet.h"
#include "codec/policy.h"

#define FILE_MAX ((size_t)8 << 20)
#define CHECKS_MAX 1000

struct loading {
	const struct intent_source *src;
	struct intent *i;
	struct strs *problems;
	struct buf fleet_text;
};

static void tell(struct loading *l, const struct err *e)
{
	if (l->problems)
		strs_add(l->problems, e->msg);
}

static int read_text(struct loading *l, const char *path, struct buf *out, struct err *e)
{
	*out = (struct buf){.max = FILE_MAX};
	if (l->src->read(l->src->arg, path, out, e))
		return -1;
	if (out->overflow)
		return err_set(e, ERR_LIMIT, "%s: larger than %zu bytes", path, FILE_MAX);
	return 0;
}

static int load_fleet(struct loading *l, struct err *e)
{
	if (read_text(l, "fleet.yml", &l->fleet_text, e)) {
		if (e->code == ERR_MISSING)
			err_set(e, ERR_MISSING,
				"fleet.yml: there is none: `opsdeck init` makes an ops repo");
		return -1;
	}
	return fleet_read(&l->i->fleet, buf_str(&l->fleet_text), l->fleet_text.len, "fleet.yml", e);
}

static int load_policy(struct loading *l, struct err *e)
{
	struct buf text;
	int rc = 0;

	if (read_text(l, "policy.yml", &text, e)) {
		rc = e->code == ERR_MISSING ? 0 : -1;
		buf_reset(&text);
	}
	if (!rc)
		rc = policy_read(
			&l->i->policy, buf_str(&text), text.len, "policy.yml", l->i->fleet, e);
	buf_finish(&text);
	return rc;
}

/* Where a check's files come from: the ops repo, or the shipped data. */
struct place {
	intent_read_fn *read;
	void *arg;
	const char *folder; /* "checks/NAME" */
};

static int read_beside(void *arg, const char *file, struct buf *out, struct err *e)
{
	const struct place *p = arg;
	char *path = path_join(p->folder, file);
	int rc = p->read(p->arg, path, out, e);

	free(path);
	return rc;
}

static int load_check(struct loading *l, const struct place *p, const char *name, struct check *out,
	struct err *e)
{
	struct buf text = {.max = FILE_MAX};
	char *source = path_join(p->folder, "check.yml");
	struct place place = *p;
	int rc = p->read(p->arg, source, &text, e);

	if (!rc)
		rc = check_read(
			out, name, buf_str(&text), text.len, source, read_beside, &place, e);
	if (!rc) {
		rc = check_read_groups(buf_str(&text), text.len, source, l->i->fleet, e);
		if (rc)
			check_finish(out);
	}
	buf_finish(&text);
	free(source);
	return rc;
}

static void add_check(struct loading *l, const struct place *p, const char *name)
{
	struct catalogue *c = l->i->catalogue;
	struct err e = {0};
	struct check check;

	if (!load_check(l, p, name, &check, &e)) {
		*ARR_ADD(c->checks, c->check_count, c->check_cap) = check;
		return;
	}
	tell(l, &e);
	if (l->i->problem.code == ERR_NONE)
		l->i->problem = e;
}

static bool folder_has_check(const struct place *p)
{
	struct buf text = {.max = FILE_MAX};
	bool has = !read_beside((void *)(uintptr_t)p, "check.yml", &text, NULL);

	buf_finish(&text);
	return has;
}

/* One folder of checks; names that are in `seen` already give way. Folders without a check.yml are
 * none of ours (README files, .git). */
static void add_checks(struct loading *l, const struct strs *names, struct strs *seen,
	intent_read_fn *read, void *arg)
{
	for (size_t i = 0; i < names->n && l->i->catalogue->check_count < CHECKS_MAX; i++) {
		char *folder = path_join("checks", names->v[i]);
		struct place p = {.read = read, .arg = arg, .folder = folder};

		if (!strs_has(seen, names->v[i]) && name_is_valid(names->v[i]) &&
			folder_has_check(&p)) {
			strs_add(seen, names->v[i]);
			add_check(l, &p, names->v[i]);
		}
		free(folder);
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct check *)a)->name, ((const struct check *)b)->name);
}

static int load_catalogue(struct loading *l, struct err *e)
{
	struct strs names = {0}, shipped = {0}, seen = {0};
	void *datadir = (void *)(uintptr_t)l->src->datadir; /* the callbacks do not write */
	struct catalogue *c = l->i->catalogue = xcalloc(1, sizeof *c);
	int rc = l->src->list(l->src->arg, "checks", &names, e);

	if (!rc && datadir)
		rc = intent_dir_list(datadir, "checks", &shipped, e);
	if (!rc) {
		add_checks(l, &names, &seen, l->src->read, l->src->arg);
		if (datadir)
			add_checks(l, &shipped, &seen, intent_dir_read, datadir);
		if (c->check_count)
			qsort(c->checks, c->check_count, sizeof *c->checks, by_name);
	}
	strs_finish(&names);
	strs_finish(&shipped);
	strs_finish(&seen);
	return rc;
}

/* A check that is broken is still known by name: complaining that it does not exist would mislead.
 */
static int hold_together(struct loading *l, struct err *e)
{
	if (l->i->problem.code != ERR_NONE)
		return 0;
	return fleet_read_checks(
		buf_str(&l->fleet_text), l->fleet_text.len, "fleet.yml", l->i->catalogue, e);
}

/* All are tried, so that check-config can tell every mistake at once. */
static int load_all(struct loading *l, struct err *first)
{
	static int (*const parts[])(struct loading *, struct err *) = {
		load_policy, load_catalogue, hold_together};
	int rc = 0;

	if (load_fleet(l, first)) {
		tell(l, first);
		return -1;
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct err e = {0};

		if (!parts[i](l, &e))
			continue;
		tell(l, &e);
		if (!rc)
			*first = e;
		rc = -1;
	}
	return rc;
}

int intent_load(
	struct intent **out, const struct intent_source *src, struct strs *problems, struct err *e)
{
	struct loading l = {.src = src, .problems = problems, .i = xcalloc(1, sizeof *l.i)};
	struct err first = {0};
	int rc = load_all(&l, &first);

	*out = NULL;
	buf_finish(&l.fleet_text);
	if (rc) {
		intent_free(l.i);
		return err_set(e, first.code, "%s", first.msg);
	}
	*out = l.i;
	return 0;
}

void intent_free(struct intent *i)
{
	if (!i)
		return;
	fleet_free(i->fleet);
	catalogue_free(i->catalogue);
	policy_free(i->policy);
	free(i->commit);
	free(i);
}

int intent_dir_read(void *arg, const char *path, struct buf *out, struct err *e)
{
	char *full = path_join(arg, path);
	int rc = file_read(out, full, FILE_MAX, e);

	free(full);
	return rc;
}

int intent_dir_list(void *arg, const char *path, struct strs *names, struct err *e)
{
	char *full = path_join(arg, path);
	int rc = file_is_dir(full) ? dir_list(names, full, e) : 0;

	free(full);
	return rc;
}

static bool holds_data(const char *dir)
{
	char *schema = path_join(dir, "checks/schema.json"), *runbooks = path_join(dir, "runbooks");
	bool yes = file_exists(schema) && file_is_dir(runbooks);

	free(schema);
	free(runbooks);
	return yes;
}

/* The source tree whose build folder, two levels deep at most, the program lies in; NULL: in none.
 */
static const char *source_tree(void)
{
	static char *found;
	char *dir = found ? NULL : self_path(), *above;

	for (int i = 0; dir && !found && i < 3; i++) {
		above = path_dir(dir);
		free(dir);
		dir = above;
		if (dir && holds_data(dir))
			found = xstrdup(dir);
	}
	free(dir);
	return found;
}

const char *intent_datadir(void)
{
	const char *dir = getenv("OPSDECK_DATADIR"), *tree;

	if (!str_empty(dir))
		return dir;
	tree = holds_data(PKGDATADIR) ? NULL : source_tree();
	return tree ? tree : PKGDATADIR;
}
