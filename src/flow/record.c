#include "config.h"

#include "flow/record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/secret.h"
#include "flow/record_text.h"

/* How far back a commit of the same proposal is looked for. */
#define HISTORY 1000

/* Everything of a commit to make. */
struct making {
	const struct record_spec *spec;
	struct repo_change *changes; /* the paths, then the record */
	size_t change_count;
	struct buf message, yaml;
	char *path; /* of the record; NULL without a proposal */
	struct repo_head head;
	struct repo_person config;
	struct repo_commit_spec commit;
};

static const struct repo_person opsdeck = {(char *)"opsdeck", (char *)"opsdeck@localhost"};

static void making_finish(struct making *m)
{
	free(m->changes);
	buf_finish(&m->message);
	buf_finish(&m->yaml);
	free(m->path);
	repo_head_finish(&m->head);
	repo_person_finish(&m->config);
}

static bool is_blank(const char *s)
{
	return s == NULL || s[strspn(s, " \t\r\n")] == '\0';
}

/* "P-12": it becomes a file name. */
static bool is_proposal_id(const char *id)
{
	size_t n;

	if (!str_starts(id, "P-") || id[2] == '0')
		return false;
	n = strspn(id + 2, "0123456789");
	return n > 0 && n < 19 && id[2 + n] == '\0';
}

static int check_spec(const struct record_spec *spec, struct err *e)
{
	if (is_blank(spec->title))
		return err_set(e, ERR_INPUT, "a change needs a title");
	if (is_blank(spec->rationale))
		return err_set(
			e, ERR_INPUT, "the reason why is missing: write it in your own words");
	if (spec->proposal != NULL && !is_proposal_id(spec->proposal))
		return err_set(e, ERR_INPUT, "not a proposal's id: %s", spec->proposal);
	if (spec->proposal != NULL && spec->plan == NULL)
		return err_set(e, ERR_INPUT, "%s has no plan", spec->proposal);
	return 0;
}

static void fill_changes(struct making *m)
{
	const struct record_spec *spec = m->spec;
	size_t i;

	m->changes = xcalloc(spec->path_count + 1, sizeof *m->changes);
	for (i = 0; i < spec->path_count; i++)
		m->changes[m->change_count++] = spec->paths[i];
	if (m->path != NULL)
		m->changes[m->change_count++] = (struct repo_change){
			.path = m->path, .bytes = m->yaml.data, .len = m->yaml.len};
}

static int make(struct making *m, struct repo *r, const struct record_spec *spec, struct err *e)
{
	*m = (struct making){.spec = spec};
	if (check_spec(spec, e) != 0 || repo_head(r, &m->head, e) != 0 ||
		(spec->author == NULL && repo_author(r, &m->config, e) != 0))
		return -1;
	record_message(&m->message, spec);
	if (spec->proposal != NULL) {
		record_yaml(&m->yaml, spec);
		m->path = record_path(spec);
	}
	fill_changes(m);
	m->commit = (struct repo_commit_spec){.ref = m->head.ref,
		.parent = spec->parent,
		.changes = m->changes,
		.change_count = m->change_count,
		.author = spec->author != NULL ? spec->author : &m->config,
		.committer = &opsdeck,
		.at_ms = spec->at_ms,
		.message = m->message.data};
	return 0;
}

/* Words of a list stand on lines of their own in the record; a command line shows what they are. */
static int scan_lists(const struct doc *d, struct err *e)
{
	struct buf line = {0};
	size_t i;
	int rc = 0;

	if (doc_kind(d) == DOC_MAP) {
		for (i = 0; rc == 0 && i < doc_len(d); i++)
			rc = scan_lists(doc_value(d, i), e);
		return rc;
	}
	for (i = 0; rc == 0 && i < doc_len(d); i++) {
		if (doc_str(doc_at(d, i)) != NULL)
			buf_addf(&line, "%s ", doc_str(doc_at(d, i)));
		else
			rc = scan_lists(doc_at(d, i), e);
	}
	if (rc == 0)
		rc = secret_scan("a command", buf_str(&line), line.len, e);
	buf_finish(&line);
	return rc;
}

static int scan(const struct making *m, struct err *e)
{
	size_t i;

	for (i = 0; i < m->change_count; i++) {
		const struct repo_change *c = &m->changes[i];

		if (secret_scan("a file name", c->path, strlen(c->path), e) != 0 ||
			(!c->remove && secret_scan(c->path, c->bytes, c->len, e) != 0))
			return -1;
	}
	if (secret_scan("the title", m->spec->title, strlen(m->spec->title), e) != 0 ||
		secret_scan("the reason why", m->spec->rationale, strlen(m->spec->rationale), e) !=
			0 ||
		secret_scan("the commit's message", m->message.data, m->message.len, e) != 0)
		return -1;
	return scan_lists(m->spec->proposal_doc, e);
}

static int check_signing(struct repo *r, struct err *e)
{
	if (!repo_config_bool(r, "commit.gpgsign"))
		return 0;
	return err_set(e, ERR_REFUSED,
		"awaiting signature: the git config asks for signed commits (commit.gpgsign), "
		"which "
		"opsdeck cannot make yet. To let its commits be unsigned in this repository: git "
		"-C "
		"%s config commit.gpgsign false",
		repo_path(r));
}

/* The record of another change must not be written over. */
static int check_new(struct repo *r, const struct making *m, struct err *e)
{
	char id[REPO_ID_HEX];

	if (m->path == NULL)
		return 0;
	if (repo_blob(r, m->spec->parent, m->path, id, e) != 0)
		return -1;
	return id[0] == '\0' ? 0
			     : err_set(e, ERR_CONFLICT,
				       "%s is there already: another change has this id", m->path);
}

static int try_all(struct repo *r, const struct making *m, struct err *e)
{
	char tree[REPO_ID_HEX];

	if (check_signing(r, e) != 0 || check_new(r, m, e) != 0 || scan(m, e) != 0)
		return -1;
	return repo_try(r, &m->commit, tree, e);
}

/* ---- at most once ---- */

static int path_is(
	struct repo *r, const char *commit, const struct repo_change *c, bool *same, struct err *e)
{
	struct err why = {0};
	struct buf b = {0};
	int rc = repo_read(r, commit, c->path, c->len + 1, &b, &why);

	if (rc == 0)
		*same = !c->remove && b.len == c->len &&
			(c->len == 0 || memcmp(b.data, c->bytes, c->len) == 0);
	else
		*same = c->remove && why.code == ERR_MISSING;
	buf_finish(&b);
	/* A file of another size or kind differs; git that cannot be read is a failure. */
	return why.code == ERR_FAIL ? err_set(e, why.code, "%s", why.msg) : 0;
}

/* Anybody can write trailers: a commit is ours when it holds what ours would, or was accepted and
 * brought the record (of which a second try may tell more). */
static int is_ours(
	struct repo *r, const struct making *m, const char *commit, bool *ours, struct err *e)
{
	char record[REPO_ID_HEX];
	size_t i;

	if (repo_descends(r, m->spec->parent, commit, ours, e) != 0 ||
		repo_blob(r, commit, m->path, record, e) != 0)
		return -1;
	if (*ours && record[0] != '\0')
		return 0;
	*ours = true;
	for (i = 0; *ours && i < m->change_count; i++) {
		if (path_is(r, commit, &m->changes[i], ours, e) != 0)
			return -1;
	}
	return 0;
}

static int match(struct repo *r, const struct making *m, const struct repo_commit *c, bool *found,
	struct err *e)
{
	char *proposal = record_trailer(c->body, "Proposal"), *plan = NULL;
	int rc = 0;

	if (str_eq(proposal, m->spec->proposal)) {
		plan = record_trailer(c->body, "Plan");
		rc = str_eq(plan, m->spec->plan) ? is_ours(r, m, c->id, found, e) : 0;
		if (rc == 0 && !*found)
			rc = err_set(e, ERR_CONFLICT,
				"commit %.12s says that it is %s, but holds another change", c->id,
				m->spec->proposal);
	}
	free(proposal);
	free(plan);
	return rc;
}

static int find_commit(struct repo *r, const struct making *m, char id[REPO_ID_HEX], struct err *e)
{
	struct repo_commit *log;
	size_t i, n;
	bool found = false;
	int rc;

	id[0] = '\0';
	if (m->spec->proposal == NULL || m->head.tip[0] == '\0')
		return 0;
	if (repo_log(r, m->head.tip, HISTORY, &log, &n, e) != 0)
		return -1;
	for (i = 0, rc = 0; rc == 0 && !found && i < n; i++) {
		rc = match(r, m, &log[i], &found, e);
		if (rc == 0 && found)
			memcpy(id, log[i].id, REPO_ID_HEX);
	}
	repo_commits_free(log, n);
	return rc;
}

/* Before anything is applied nobody can have committed it: later such a commit would pass for ours.
 */
static int check_unclaimed(struct repo *r, const struct making *m, struct err *e)
{
	struct repo_commit *log;
	size_t i, n;
	int rc = 0;

	if (m->spec->proposal == NULL || m->head.tip[0] == '\0')
		return 0;
	if (repo_log(r, m->head.tip, HISTORY, &log, &n, e) != 0)
		return -1;
	for (i = 0; rc == 0 && i < n; i++) {
		char *proposal = record_trailer(log[i].body, "Proposal");

		if (str_eq(proposal, m->spec->proposal))
			rc = err_set(e, ERR_CONFLICT,
				"commit %.12s says already that it is %s: propose the change anew",
				log[i].id, m->spec->proposal);
		free(proposal);
	}
	repo_commits_free(log, n);
	return rc;
}

int record_preflight(struct repo *r, const struct record_spec *spec, struct err *e)
{
	struct making m;
	int rc = make(&m, r, spec, e);

	if (rc == 0)
		rc = check_unclaimed(r, &m, e);
	if (rc == 0)
		rc = try_all(r, &m, e);
	making_finish(&m);
	return rc;
}

static int commit(struct repo *r, struct making *m, struct record_result *out, struct err *e)
{
	struct repo_commit_result made;
	struct err why = {0};

	if (find_commit(r, m, out->commit, e) != 0)
		return -1;
	if (out->commit[0] != '\0') {
		out->already = true;
		if (repo_bring_along(r, out->commit, &out->left, &why) != 0)
			strs_add(&out->left, why.msg);
		return 0;
	}
	if (check_signing(r, e) != 0 || check_new(r, m, e) != 0 || scan(m, e) != 0 ||
		repo_commit(r, &m->commit, &made, e) != 0)
		return -1;
	memcpy(out->commit, made.id, REPO_ID_HEX);
	out->left = made.left;
	return 0;
}

int record_commit(
	struct repo *r, const struct record_spec *spec, struct record_result *out, struct err *e)
{
	struct making m;
	int rc;

	*out = (struct record_result){0};
	rc = make(&m, r, spec, e);
	if (rc == 0)
		rc = commit(r, &m, out, e);
	making_finish(&m);
	if (rc != 0)
		record_result_finish(out);
	return rc;
}

void record_result_finish(struct record_result *r)
{
	strs_finish(&r->left);
	*r = (struct record_result){0};
}

/* ---- ids ---- */

static int64_t id_of(const char *path)
{
	const char *name = strrchr(path, '/');
	char *end;
	long long n;

	name = name != NULL ? name + 1 : path;
	if (!str_starts(name, "P-") || !isdigit((unsigned char)name[2]) || strlen(name) > 24)
		return 0;
	n = strtoll(name + 2, &end, 10);
	return str_eq(end, ".yml") ? n : 0;
}

#define CHANGES_MAX 1000000

int record_highest_id(struct repo *r, const char *commit, int64_t *out, struct err *e)
{
	struct repo_entry *v;
	size_t i, n;

	*out = 0;
	if (repo_list(r, commit, "changes", CHANGES_MAX, &v, &n, e) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		int64_t id = id_of(v[i].path);

		if (id > *out)
			*out = id;
	}
	repo_entries_free(v, n);
	return 0;
}
