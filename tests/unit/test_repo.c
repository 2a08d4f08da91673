#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "port/repo/repo.h"
#include "scratch.h"

#define T0 INT64_C(1780000000000)

struct place {
	char *dir;
	struct repo *r;
	struct err e;
};

#define OK(p, call)                                                                                \
	do {                                                                                       \
		if ((call) != 0)                                                                   \
			fail_msg("%s", (p)->e.msg);                                                \
	} while (0)
#define FAILS(p, want, call)                                                                       \
	do {                                                                                       \
		assert_int_equal((call), -1);                                                      \
		assert_int_equal((p)->e.code, (want));                                             \
	} while (0)

static const struct repo_person max = {(char *)"Max", (char *)"max@example.org"};
static const struct repo_person opsdeck = {(char *)"opsdeck", (char *)"opsdeck@localhost"};

static const struct repo_change first[] = {
	{.path = "fleet.yml", .bytes = "hosts: {}\n", .len = 10},
	{.path = "refs/web1/sudoers/luna", .bytes = "old\n", .len = 4},
	{.path = "refs/web1/ports", .bytes = "tcp 22\n", .len = 7},
};

static void git_is(struct place *p, const char *want, char *out)
{
	(void)p;
	assert_string_equal(out, want);
	free(out);
}

static int set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof *p);
	bool made;

	p->dir = scratch_new();
	setenv("HOME", p->dir, 1);
	OK(p, repo_init(p->dir, first, 3, &max, "first\n", T0, &made, &p->e));
	assert_true(made);
	free(GIT(p->dir, "config", "user.name", "Max"));
	free(GIT(p->dir, "config", "user.email", "max@example.org"));
	OK(p, repo_open(&p->r, p->dir, &p->e));
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	repo_close(p->r);
	scratch_free(p->dir);
	free(p);
	return 0;
}

/* A spec on the branch as it is. The strings in it live until the next call. */
static struct repo_commit_spec spec_for(
	struct place *p, const struct repo_change *changes, size_t n)
{
	static char ref[64], parent[REPO_ID_HEX];
	struct repo_head head;

	OK(p, repo_head(p->r, &head, &p->e));
	snprintf(ref, sizeof ref, "%s", head.ref);
	snprintf(parent, sizeof parent, "%s", head.tip);
	repo_head_finish(&head);
	return (struct repo_commit_spec){.ref = ref,
		.parent = parent,
		.changes = changes,
		.change_count = n,
		.author = &max,
		.committer = &opsdeck,
		.at_ms = T0,
		.message = "change\n"};
}

static const struct repo_change put_luna = {
	.path = "refs/web1/sudoers/luna", .bytes = "new\n", .len = 4};

static void assert_quiet(struct place *p)
{
	git_is(p, "", GIT(p->dir, "status", "--porcelain"));
	git_is(p, "", GIT(p->dir, "diff-files"));
	free(GIT(p->dir, "fsck", "--strict"));
	/* What an operator types next must change nothing of ours. */
	free(scratch_run(
		p->dir, 1, (const char *const[]){"/usr/bin/git", "commit", "-qam", "again", NULL}));
}

static void commit_ok(struct place *p, const struct repo_commit_spec *spec, size_t left)
{
	struct repo_commit_result out;

	OK(p, repo_commit(p->r, spec, &out, &p->e));
	if (out.left.n != left)
		fail_msg("%zu left: %s", out.left.n, out.left.n > 0 ? out.left.v[0] : "");
	repo_commit_result_finish(&out);
}

static void init_keeps_what_is_there(void **state)
{
	struct place *p = *state;
	char *other = path_join(p->dir, "other"), *text;
	bool made;

	assert_quiet(p);
	git_is(p, "main\n", GIT(p->dir, "branch", "--show-current"));
	OK(p, repo_init(p->dir, first, 3, NULL, "again\n", T0, &made, &p->e));
	assert_false(made);
	/* An empty repository with a file of that name: the file wins. */
	scratch_write(p->dir, "other/fleet.yml", "hosts: {mine: {}}\n");
	free(GIT(other, "init", "-q", "-b", "trunk"));
	OK(p, repo_init(other, first, 1, NULL, "first\n", T0, &made, &p->e));
	assert_true(made);
	git_is(p, "", GIT(other, "status", "--porcelain"));
	git_is(p, "hosts: {mine: {}}\n", GIT(other, "show", "trunk:fleet.yml"));
	text = scratch_read(other, "fleet.yml");
	assert_string_equal(text, "hosts: {mine: {}}\n");
	free(text);
	free(other);
}

static void reads_and_lists_a_commit(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	struct repo_entry *v;
	struct buf b = {0};
	char id[REPO_ID_HEX];
	size_t n;

	OK(p, repo_read(p->r, spec.parent, "refs/web1/ports", 7, &b, &p->e));
	assert_string_equal(buf_str(&b), "tcp 22\n");
	FAILS(p, ERR_LIMIT, repo_read(p->r, spec.parent, "refs/web1/ports", 6, &b, &p->e));
	FAILS(p, ERR_MISSING, repo_read(p->r, spec.parent, "refs/web2", 6, &b, &p->e));
	FAILS(p, ERR_INPUT, repo_read(p->r, spec.parent, "refs", 6, &b, &p->e));
	FAILS(p, ERR_INPUT, repo_read(p->r, spec.parent, "../x", 6, &b, &p->e));
	FAILS(p, ERR_INPUT, repo_read(p->r, "main", "fleet.yml", 99, &b, &p->e));
	buf_finish(&b);
	OK(p, repo_blob(p->r, spec.parent, "refs/web1/sudoers/luna", id, &p->e));
	assert_string_equal(id, "3367afdbbf91e638efe983616377c60477cc6612"); /* git hash-object */
	OK(p, repo_blob(p->r, spec.parent, "nothing", id, &p->e));
	assert_string_equal(id, "");
	OK(p, repo_list(p->r, spec.parent, "refs/web1", 10, &v, &n, &p->e));
	assert_int_equal(n, 2);
	assert_string_equal(v[0].path, "refs/web1/ports");
	assert_string_equal(v[1].path, "refs/web1/sudoers/luna");
	assert_int_equal(v[0].size, 7);
	repo_entries_free(v, n);
	OK(p, repo_list(p->r, spec.parent, "", 3, &v, &n, &p->e));
	assert_int_equal(n, 3);
	repo_entries_free(v, n);
	FAILS(p, ERR_LIMIT, repo_list(p->r, spec.parent, "", 2, &v, &n, &p->e));
	OK(p, repo_list(p->r, spec.parent, "none/here", 2, &v, &n, &p->e));
	assert_int_equal(n, 0);
}

static void a_commit_brings_index_and_files_along(void **state)
{
	struct place *p = *state;
	const struct repo_change changes[] = {put_luna,
		{.path = "changes/2026/P-1.yml", .bytes = "id: P-1\n", .len = 8},
		{.path = "refs/web1/ports", .remove = true}};
	struct repo_commit_spec spec = spec_for(p, changes, 3);
	struct repo_commit_result out;
	char tree[REPO_ID_HEX], *text;

	OK(p, repo_try(p->r, &spec, tree, &p->e));
	assert_quiet(p);
	OK(p, repo_commit(p->r, &spec, &out, &p->e));
	assert_int_equal(out.left.n, 0);
	text = GIT(p->dir, "rev-parse", "HEAD");
	assert_memory_equal(text, out.id, 40);
	free(text);
	text = GIT(p->dir, "rev-parse", "HEAD^{tree}");
	assert_memory_equal(text, tree, 40);
	free(text);
	repo_commit_result_finish(&out);
	assert_quiet(p);
	git_is(p, "A\tchanges/2026/P-1.yml\nD\trefs/web1/ports\nM\trefs/web1/sudoers/luna\n",
		GIT(p->dir, "diff", "--name-status", "HEAD~1", "HEAD"));
	git_is(p, "Max <max@example.org> opsdeck <opsdeck@localhost>\n",
		GIT(p->dir, "log", "-1", "--format=%an <%ae> %cn <%ce>"));
	text = scratch_read(p->dir, "refs/web1/sudoers/luna");
	assert_string_equal(text, "new\n");
	free(text);
	assert_null(scratch_read(p->dir, "refs/web1/ports"));
}

static void staged_and_dirty_work_stays(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);

	scratch_write(p->dir, "fleet.yml", "hosts: {edited: {}}\n");
	scratch_write(p->dir, "refs/web1/ports", "tcp 80\n");
	free(GIT(p->dir, "add", "refs/web1/ports"));
	scratch_write(p->dir, "notes.txt", "mine\n");
	commit_ok(p, &spec, 0);
	git_is(p, " M fleet.yml\nM  refs/web1/ports\n?? notes.txt\n",
		GIT(p->dir, "status", "--porcelain"));
	free(GIT(p->dir, "commit", "-qam", "mine"));
	git_is(p, "new\n", GIT(p->dir, "show", "HEAD:refs/web1/sudoers/luna"));
	git_is(p, "tcp 80\n", GIT(p->dir, "show", "HEAD:refs/web1/ports"));
}

/* Each leaves the path in a state that a commit must not walk over. */
static void a_path_with_work_in_it_is_refused(void **state)
{
	struct place *p = *state;
	static const struct repo_change add = {.path = "refs/nas/ports", .bytes = "x\n", .len = 2};
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1), adding = spec;
	char tree[REPO_ID_HEX];

	adding.changes = &add;
	scratch_write(p->dir, "refs/web1/sudoers/luna", "mine\n");
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "refs/web1/sudoers/luna is edited"));
	free(GIT(p->dir, "add", "-A"));
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "refs/web1/sudoers/luna is staged"));
	free(GIT(p->dir, "reset", "-q", "--hard"));
	OK(p, repo_try(p->r, &spec, tree, &p->e));
	free(scratch_run(
		p->dir, 0, (const char *const[]){"/bin/rm", "refs/web1/sudoers/luna", NULL}));
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "deleted"));
	free(GIT(p->dir, "reset", "-q", "--hard"));
	scratch_write(p->dir, "refs/nas/ports", "mine\n");
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &adding, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "not in git"));
	/* The very same bytes do no harm. */
	scratch_write(p->dir, "refs/nas/ports", "x\n");
	OK(p, repo_try(p->r, &adding, tree, &p->e));
	/* A file is staged where a folder must come. */
	free(scratch_run(p->dir, 0, (const char *const[]){"/bin/rm", "-r", "refs/nas", NULL}));
	scratch_write(p->dir, "refs/nas", "a file\n");
	free(GIT(p->dir, "add", "refs/nas"));
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &adding, tree, &p->e));
}

static void work_that_came_meanwhile_is_told(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	char *text;

	scratch_write(p->dir, "refs/web1/sudoers/luna", "mine\n");
	commit_ok(p, &spec, 1);
	text = scratch_read(p->dir, "refs/web1/sudoers/luna");
	assert_string_equal(text, "mine\n");
	free(text);
	git_is(p, " M refs/web1/sudoers/luna\n", GIT(p->dir, "status", "--porcelain"));
	git_is(p, "new\n", GIT(p->dir, "show", "HEAD:refs/web1/sudoers/luna"));
}

static void a_branch_that_moved_is_a_conflict(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	struct repo_commit_result out;
	char tree[REPO_ID_HEX], *tip;

	free(GIT(p->dir, "commit", "-q", "--allow-empty", "-m", "elsewhere"));
	tip = GIT(p->dir, "rev-parse", "HEAD");
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
	FAILS(p, ERR_CONFLICT, repo_commit(p->r, &spec, &out, &p->e));
	git_is(p, tip, GIT(p->dir, "rev-parse", "HEAD"));
	assert_quiet(p);
	free(GIT(p->dir, "switch", "-q", "-c", "other"));
	spec = spec_for(p, &put_luna, 1);
	spec.ref = "refs/heads/main";
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
	FAILS(p, ERR_CONFLICT, repo_commit(p->r, &spec, &out, &p->e));
	git_is(p, tip, GIT(p->dir, "rev-parse", "main"));
	free(tip);
}

static void locks_of_git_are_busy(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	struct repo_commit_result out;
	char tree[REPO_ID_HEX], *text;
	pid_t dead;

	scratch_write(p->dir, ".git/index.lock", "");
	FAILS(p, ERR_BUSY, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "index.lock"));
	FAILS(p, ERR_BUSY, repo_commit(p->r, &spec, &out, &p->e));
	text = scratch_read(p->dir, ".git/index.lock");
	assert_string_equal(text, "");
	free(text);
	/* Our own, of a process that is gone. */
	dead = fork();
	if (dead == 0)
		_exit(0);
	waitpid(dead, NULL, 0);
	text = xasprintf("opsdeck %ld", (long)dead);
	scratch_write(p->dir, ".git/index.lock", text);
	free(text);
	OK(p, repo_try(p->r, &spec, tree, &p->e));
	scratch_write(p->dir, ".git/refs/heads/main.lock", "");
	FAILS(p, ERR_BUSY, repo_commit(p->r, &spec, &out, &p->e));
	assert_null(scratch_read(p->dir, ".git/index.lock"));
	free(scratch_run(
		p->dir, 0, (const char *const[]){"/bin/rm", ".git/refs/heads/main.lock", NULL}));
	assert_quiet(p);
	commit_ok(p, &spec, 0);
	assert_quiet(p);
}

static void paths_that_lead_elsewhere_are_refused(void **state)
{
	struct place *p = *state;
	static const char *const bad[] = {"../x", "/etc/passwd", "", "a//b",
		".git/hooks/post-commit", "x/.GIT/config", ".gitmodules", "refs/.gitattributes",
		"link/file", "link", "module/file", "module", "refs/web1", "fleet.yml/x"};
	struct repo_change c = {.bytes = "x", .len = 1};
	struct repo_commit_spec spec;
	char tree[REPO_ID_HEX];
	size_t i;

	free(scratch_run(p->dir, 0, (const char *const[]){"/bin/ln", "-s", "/tmp", "link", NULL}));
	free(GIT(p->dir, "add", "link"));
	free(GIT(p->dir, "update-index", "--add", "--cacheinfo",
		"160000,3367afdbbf91e638efe983616377c60477cc6612,module"));
	free(GIT(p->dir, "commit", "-qm", "link and module"));
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		c.path = bad[i];
		spec = spec_for(p, &c, 1);
		if (repo_try(p->r, &spec, tree, &p->e) == 0)
			fail_msg("%s was taken", bad[i]);
		assert_int_equal(p->e.code, ERR_INPUT);
	}
}

static void a_link_in_the_work_tree_is_not_followed(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	char tree[REPO_ID_HEX], *text;

	scratch_write(p->dir, "elsewhere/luna", "old\n");
	free(scratch_run(
		p->dir, 0, (const char *const[]){"/bin/rm", "-r", "refs/web1/sudoers", NULL}));
	free(scratch_run(p->dir, 0,
		(const char *const[]){
			"/bin/ln", "-s", "../../elsewhere", "refs/web1/sudoers", NULL}));
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "symbolic link"));
	commit_ok(p, &spec, 1);
	text = scratch_read(p->dir, "elsewhere/luna");
	assert_string_equal(text, "old\n");
	free(text);
}

static void another_repository_inside_is_refused(void **state)
{
	struct place *p = *state;
	static const struct repo_change c = {.path = "inner/file", .bytes = "x", .len = 1};
	struct repo_commit_spec spec = spec_for(p, &c, 1);
	char tree[REPO_ID_HEX];

	free(GIT(p->dir, "init", "-q", "inner"));
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "another repository"));
}

static void the_same_path_twice_is_refused(void **state)
{
	struct place *p = *state;
	const struct repo_change twice[] = {put_luna, put_luna};
	const struct repo_change below[] = {
		{.path = "a", .bytes = "x", .len = 1}, {.path = "a/b", .bytes = "x", .len = 1}};
	struct repo_commit_spec spec = spec_for(p, twice, 2);
	char tree[REPO_ID_HEX];

	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	spec.changes = below;
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	spec.changes = &(struct repo_change){.path = "none", .remove = true};
	spec.change_count = 1;
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	spec.changes =
		&(struct repo_change){.path = "refs/web1/ports", .bytes = "tcp 22\n", .len = 7};
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "nothing to commit"));
}

static void attributes_that_change_bytes_are_refused(void **state)
{
	struct place *p = *state;
	static const struct repo_change crlf = {.path = "a.txt", .bytes = "x\r\n", .len = 3};
	static const struct repo_change lf = {.path = "a.txt", .bytes = "x\n", .len = 2};
	static const struct repo_change big = {.path = "a.bin", .bytes = "x\n", .len = 2};
	struct repo_commit_spec spec;
	char tree[REPO_ID_HEX];

	scratch_write(p->dir, ".gitattributes", "*.txt text eol=crlf\n*.bin filter=lfs\n");
	free(GIT(p->dir, "add", ".gitattributes"));
	free(GIT(p->dir, "commit", "-qm", "attributes"));
	spec = spec_for(p, &crlf, 1);
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "other bytes"));
	spec = spec_for(p, &big, 1);
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "filter"));
	spec = spec_for(p, &lf, 1);
	OK(p, repo_try(p->r, &spec, tree, &p->e));
	commit_ok(p, &spec, 0);
	assert_quiet(p);
}

static void hooks_do_not_run(void **state)
{
	struct place *p = *state;
	static const char *const hooks[] = {"pre-commit", "commit-msg", "post-commit",
		"reference-transaction", "post-index-change"};
	struct repo_commit_spec spec;
	size_t i;

	for (i = 0; i < 5; i++) {
		char *name = xasprintf(".git/hooks/%s", hooks[i]);

		scratch_write(p->dir, name, "#!/bin/sh\necho ran >>hooks-ran\nexit 1\n");
		free(scratch_run(
			p->dir, 0, (const char *const[]){"/bin/chmod", "755", name, NULL}));
		free(name);
	}
	spec = spec_for(p, &put_luna, 1);
	commit_ok(p, &spec, 0);
	assert_null(scratch_read(p->dir, "hooks-ran"));
}

static void a_head_without_a_branch_is_refused(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	struct repo_head head;
	char tree[REPO_ID_HEX];

	free(GIT(p->dir, "checkout", "-q", "--detach"));
	FAILS(p, ERR_INPUT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "detached HEAD"));
	free(GIT(p->dir, "checkout", "-q", "--orphan", "empty"));
	OK(p, repo_head(p->r, &head, &p->e));
	assert_string_equal(head.branch, "empty");
	assert_string_equal(head.tip, "");
	repo_head_finish(&head);
	spec.ref = "refs/heads/empty";
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
}

static void an_open_merge_is_refused(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	char tree[REPO_ID_HEX], *line = xasprintf("%s\n", spec.parent);

	scratch_write(p->dir, ".git/MERGE_HEAD", line);
	free(line);
	FAILS(p, ERR_CONFLICT, repo_try(p->r, &spec, tree, &p->e));
	assert_non_null(strstr(p->e.msg, "not finished"));
}

static void an_unknown_author_says_what_to_set(void **state)
{
	struct place *p = *state;
	struct repo_person who;

	OK(p, repo_author(p->r, &who, &p->e));
	assert_string_equal(who.email, "max@example.org");
	repo_person_finish(&who);
	free(GIT(p->dir, "config", "--unset", "user.name"));
	FAILS(p, ERR_MISSING, repo_author(p->r, &who, &p->e));
	assert_non_null(strstr(p->e.msg, "user.name"));
}

static void a_bare_repository_works_too(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec;
	struct strs edits = {0};

	free(GIT(p->dir, "clone", "-q", "--bare", ".", "bare.git"));
	repo_close(p->r);
	free(GIT(p->dir, "config", "core.bare", "true"));
	char *bare = path_join(p->dir, "bare.git");

	OK(p, repo_open(&p->r, bare, &p->e));
	assert_null(repo_worktree(p->r));
	spec = spec_for(p, &put_luna, 1);
	commit_ok(p, &spec, 0);
	OK(p, repo_edits(p->r, &edits, &p->e));
	assert_int_equal(edits.n, 0);
	git_is(p, "new\n", GIT(bare, "show", "main:refs/web1/sudoers/luna"));
	free(GIT(bare, "fsck", "--strict"));
	free(bare);
}

static void edits_are_listed(void **state)
{
	struct place *p = *state;
	static const char *const want[] = {"fleet.yml", "new/file", "refs/web1/ports"};
	struct strs edits = {0};
	size_t i;

	scratch_write(p->dir, ".git/info/exclude", "ignored\n");
	scratch_write(p->dir, "ignored", "x");
	OK(p, repo_edits(p->r, &edits, &p->e));
	assert_int_equal(edits.n, 0);
	scratch_write(p->dir, "fleet.yml", "hosts: {edited: {}}\n");
	scratch_write(p->dir, "new/file", "x");
	free(GIT(p->dir, "rm", "-q", "refs/web1/ports"));
	OK(p, repo_edits(p->r, &edits, &p->e));
	assert_int_equal(edits.n, 3);
	strs_sort(&edits);
	for (i = 0; i < 3; i++)
		assert_string_equal(edits.v[i], want[i]);
	strs_finish(&edits);
}

static void diffs_whatever_the_ancestry(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	char was[REPO_ID_HEX], kept[REPO_ID_HEX];
	struct repo_delta *v;
	struct repo_commit *log;
	size_t n;
	bool is;

	memcpy(was, spec.parent, sizeof was);
	commit_ok(p, &spec, 0);
	spec = spec_for(p, &put_luna, 1);
	OK(p, repo_diff(p->r, was, spec.parent, &v, &n, &p->e));
	assert_int_equal(n, 1);
	assert_int_equal(v[0].status, 'M');
	assert_string_equal(v[0].old, "old\n");
	assert_string_equal(v[0].new, "new\n");
	assert_int_equal(v[0].new_mode, 0100644);
	assert_false(v[0].left_out);
	repo_deltas_free(v, n);
	OK(p, repo_diff(p->r, NULL, was, &v, &n, &p->e));
	assert_int_equal(n, 3);
	assert_int_equal(v[0].status, 'A');
	assert_null(v[0].old);
	repo_deltas_free(v, n);
	OK(p, repo_descends(p->r, spec.parent, was, &is, &p->e));
	assert_true(is);
	OK(p, repo_descends(p->r, was, spec.parent, &is, &p->e));
	assert_false(is);
	OK(p, repo_descends(p->r, was, was, &is, &p->e));
	assert_true(is);
	OK(p, repo_log(p->r, spec.parent, 10, &log, &n, &p->e));
	assert_int_equal(n, 2);
	assert_string_equal(log[0].subject, "change");
	assert_string_equal(log[1].subject, "first");
	assert_int_equal(log[0].at_ms, T0);
	repo_commits_free(log, n);
	OK(p, repo_kept(p->r, kept, &p->e));
	assert_string_equal(kept, "");
	OK(p, repo_keep(p->r, was, &p->e));
	OK(p, repo_kept(p->r, kept, &p->e));
	assert_string_equal(kept, was);
	assert_true(repo_has_commit(p->r, was));
	assert_false(repo_has_commit(p->r, "3367afdbbf91e638efe983616377c60477cc6612"));
}

/* As a crash between the commit and the index leaves it. */
static void what_a_crash_left_is_brought_along_later(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	struct strs left = {0};
	char *text;

	commit_ok(p, &spec, 0);
	free(GIT(p->dir, "read-tree", "HEAD~1"));
	scratch_write(p->dir, "refs/web1/sudoers/luna", "old\n");
	spec = spec_for(p, &put_luna, 1);
	OK(p, repo_bring_along(p->r, spec.parent, &left, &p->e));
	assert_int_equal(left.n, 0);
	assert_quiet(p);
	text = scratch_read(p->dir, "refs/web1/sudoers/luna");
	assert_string_equal(text, "new\n");
	free(text);
	OK(p, repo_bring_along(p->r, spec.parent, &left, &p->e));
	assert_quiet(p);
}

static void only_one_of_two_racing_commits_wins(void **state)
{
	struct place *p = *state;
	struct repo_commit_spec spec = spec_for(p, &put_luna, 1);
	int gate[2], status, won = 0;
	pid_t pids[4];
	size_t i;

	assert_int_equal(pipe(gate), 0);
	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			struct repo_commit_result out;
			struct err e = {0};
			char byte;

			close(gate[1]);
			if (read(gate[0], &byte, 1) != 0)
				_exit(9);
			if (repo_commit(p->r, &spec, &out, &e) == 0)
				_exit(0);
			_exit(e.code == ERR_CONFLICT || e.code == ERR_BUSY ? 1 : 2);
		}
	}
	close(gate[1]);
	for (i = 0; i < 4; i++) {
		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
		won += WEXITSTATUS(status) == 0;
	}
	close(gate[0]);
	assert_int_equal(won, 1);
	git_is(p, "2\n", GIT(p->dir, "rev-list", "--count", "HEAD"));
	assert_quiet(p);
}

static void a_repository_of_another_user_is_refused(void **state)
{
	struct place *p = *state;
	struct repo *other;

	if (geteuid() != 0) {
		print_message("skipped: giving a folder away needs root\n");
		skip();
	}
	assert_int_equal(chown(p->dir, 12345, 12345), 0);
	FAILS(p, ERR_REFUSED, repo_open(&other, p->dir, &p->e));
	assert_non_null(strstr(p->e.msg, "12345"));
	assert_int_equal(chown(p->dir, 0, 0), 0);
	char *git = path_join(p->dir, ".git");

	assert_int_equal(chown(git, 12345, 12345), 0);
	FAILS(p, ERR_REFUSED, repo_open(&other, p->dir, &p->e));
	free(git);
}

#define REPO_TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPO_TEST(init_keeps_what_is_there),
		REPO_TEST(reads_and_lists_a_commit),
		REPO_TEST(a_commit_brings_index_and_files_along),
		REPO_TEST(staged_and_dirty_work_stays),
		REPO_TEST(a_path_with_work_in_it_is_refused),
		REPO_TEST(work_that_came_meanwhile_is_told),
		REPO_TEST(a_branch_that_moved_is_a_conflict),
		REPO_TEST(locks_of_git_are_busy),
		REPO_TEST(paths_that_lead_elsewhere_are_refused),
		REPO_TEST(a_link_in_the_work_tree_is_not_followed),
		REPO_TEST(another_repository_inside_is_refused),
		REPO_TEST(the_same_path_twice_is_refused),
		REPO_TEST(attributes_that_change_bytes_are_refused),
		REPO_TEST(hooks_do_not_run),
		REPO_TEST(a_head_without_a_branch_is_refused),
		REPO_TEST(an_open_merge_is_refused),
		REPO_TEST(an_unknown_author_says_what_to_set),
		REPO_TEST(a_bare_repository_works_too),
		REPO_TEST(edits_are_listed),
		REPO_TEST(diffs_whatever_the_ancestry),
		REPO_TEST(what_a_crash_left_is_brought_along_later),
		REPO_TEST(only_one_of_two_racing_commits_wins),
		REPO_TEST(a_repository_of_another_user_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
