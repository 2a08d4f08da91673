#include "config.h"

#include "flow/apply_acts.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

#define ACT_TIMEOUT_MS 30000

static void act_finish(struct act *a)
{
	strs_finish(&a->argv);
	free(a->title);
}

void acts_finish(struct acts *a)
{
	for (size_t i = 0; i < a->n; i++)
		act_finish(&a->v[i]);
	free(a->v);
	*a = (struct acts){0};
}

static struct act *add(struct acts *a, const struct acts_spec *s, enum act_kind kind,
	const struct step *step, size_t index)
{
	struct act *act = ARR_ADD(a->v, a->n, a->cap);

	act->kind = kind;
	act->step = index;
	act->host = fleet_host(s->fleet, step->host);
	act->path = step->path;
	act->identity = IDENTITY_APPLY;
	act->sudo = target_needs_sudo(act->host, IDENTITY_APPLY, step->path, s->root);
	act->timeout_ms = step->timeout_ms > 0 ? step->timeout_ms : ACT_TIMEOUT_MS;
	return act;
}

/* The command of a managed path, as its sudoers line has it. */
static struct act *add_managed(struct acts *a, const struct acts_spec *s, enum act_kind kind,
	size_t i, enum managed_act what)
{
	const struct step *step = &s->plan->steps[i];
	struct act *act = add(a, s, kind, step, i);
	struct managed m = {.path = step->path,
		.owner = step->owner,
		.group = step->group,
		.mode = step->mode,
		.secret = step->secret};

	act->identity = managed_identity(&m, what);
	act->sudo = target_needs_sudo(act->host, act->identity, step->path, s->root);
	managed_argv(&act->argv, &m, what);
	return act;
}

static bool keeps_own_owner(const struct act *act, const struct step *step, bool root)
{
	return act->host->transport == TRANSPORT_LOCAL && !root &&
	       host_in_sandbox(act->host, step->path);
}

/* In a sandbox without root the file stays the server's own: install takes no owner then. */
static void drop_owner(struct strs *argv)
{
	size_t to = 0;

	for (size_t i = 0; i < argv->n; i++) {
		if ((str_eq(argv->v[i], "-o") || str_eq(argv->v[i], "-g")) && i + 1 < argv->n) {
			free(argv->v[i++]);
			free(argv->v[i]);
		} else {
			argv->v[to++] = argv->v[i];
		}
	}
	argv->n = to;
	argv->v[to] = NULL;
}

static void stage(struct acts *a, const struct acts_spec *s, size_t i)
{
	const struct step *step = &s->plan->steps[i];
	struct act *act = add_managed(a, s, ACT_STAGE, i, MANAGED_PUT);

	if (keeps_own_owner(act, step, s->root))
		drop_owner(&act->argv);
	act->input = step->content ? step->content : "";
	act->input_len = step->content_len;
	act->title = xasprintf("stage %s", step->path);

	act = add_managed(a, s, ACT_STAGE_HASH, i, MANAGED_SUM_NEW);
	sha256_hex(act->hash, step->content ? step->content : "", step->content_len);
	act->title = xstrdup("what was staged is what was approved");
}

static void file_step(struct acts *a, const struct acts_spec *s, size_t i)
{
	const struct step *step = &s->plan->steps[i];
	const struct target *was = &s->targets[i];
	struct act *act;

	stage(a, s, i);
	if (was->kind == TARGET_FILE) {
		act = add_managed(a, s, ACT_KEEP, i, MANAGED_KEEP);
		act->title = xasprintf("keep what is at %s", step->path);
	}
	act = add_managed(a, s, ACT_MOVE, i, MANAGED_SWAP);
	act->title = xasprintf("put %s into place", step->path);
	if (was->kind == TARGET_FILE) {
		act = add_managed(a, s, ACT_KEPT_HASH, i, MANAGED_SUM_WAS);
		memcpy(act->hash, was->hash, sizeof act->hash);
		act->title = xstrdup("what was replaced is what was shown");
	}
	act = add_managed(a, s, ACT_READ_BACK, i, MANAGED_READ);
	act->title = xasprintf("read %s back", step->path);
}

static void run_step(struct acts *a, const struct acts_spec *s, const struct step *step, size_t i)
{
	struct act *act;
	char *line;

	if (step->kind == STEP_SERVICE) {
		act = add(a, s, ACT_SERVICE, step, i);
		service_argv(&act->argv, step->argv.v[0], step->argv.v[1]);
		act->title = xasprintf("%s %s", step->argv.v[1], step->argv.v[0]);
		return;
	}
	act = add(a, s, ACT_COMMAND, step, i);
	strs_copy(&act->argv, &step->argv);
	act->expect_exit = step->expect_exit;
	line = strs_join(&step->argv, " ");
	act->title = xasprintf("run %s", line);
	free(line);
}

bool acts_for_step(struct acts *a, const struct acts_spec *s, size_t i)
{
	const struct step *step = &s->plan->steps[i];

	if (step->kind == STEP_REFERENCE)
		return false;
	if (step->kind == STEP_FILE)
		file_step(a, s, i);
	else
		run_step(a, s, step, i);
	return true;
}

static void undo_act(struct acts *a, const struct acts_spec *s, size_t i, enum act_kind kind,
	enum managed_act what, const char *verb)
{
	add_managed(a, s, kind, i, what)->title = xasprintf("%s %s", verb, s->plan->steps[i].path);
}

void acts_undo_step(struct acts *a, const struct acts_spec *s, size_t i, bool kept, bool moved)
{
	if (s->plan->steps[i].kind != STEP_FILE)
		return;
	if (moved && kept)
		undo_act(a, s, i, ACT_UNDO_MOVE, MANAGED_UNDO, "put back what was at");
	else if (moved)
		undo_act(a, s, i, ACT_UNDO_REMOVE, MANAGED_RM, "remove the new");
	else if (kept)
		undo_act(a, s, i, ACT_CLEAN, MANAGED_RM_WAS, "drop the second name of");
	undo_act(a, s, i, ACT_CLEAN, MANAGED_RM_NEW, "drop what was staged for");
}

void acts_reconcile_step(struct acts *a, const struct acts_spec *s, size_t i, bool undo)
{
	if (s->plan->steps[i].kind != STEP_FILE)
		return;
	if (undo && s->targets[i].kind == TARGET_FILE) {
		undo_act(a, s, i, ACT_PROBE_OLD, MANAGED_READ, "is what was shown still at");
		/* Two names of one file: mv would refuse. */
		undo_act(a, s, i, ACT_CLEAN, MANAGED_RM_WAS, "drop the second name of");
		a->v[a->n - 1].when = ACT_AFTER_OK;
		undo_act(a, s, i, ACT_KEPT_HASH, MANAGED_SUM_WAS,
			"there is a kept copy to put back at");
		memcpy(a->v[a->n - 1].hash, s->targets[i].hash, SHA256_HEX);
		a->v[a->n - 1].when = ACT_AFTER_NO;
		undo_act(a, s, i, ACT_UNDO_MOVE, MANAGED_UNDO, "put back what was at");
		a->v[a->n - 1].when = ACT_AFTER_OK;
	} else if (undo) {
		undo_act(a, s, i, ACT_PROBE_NEW, MANAGED_READ, "is it the plan's file at");
		undo_act(a, s, i, ACT_UNDO_REMOVE, MANAGED_RM, "remove the new");
		a->v[a->n - 1].when = ACT_AFTER_OK;
	} else {
		undo_act(a, s, i, ACT_CLEAN, MANAGED_RM_WAS, "drop the kept copy of");
	}
	undo_act(a, s, i, ACT_CLEAN, MANAGED_RM_NEW, "drop what was staged for");
}

void acts_rollback(struct acts *a, const struct acts_spec *s)
{
	for (size_t i = 0; i < s->plan->rollback_count; i++) {
		const struct step *step = &s->plan->rollback[i];

		if (step->kind == STEP_COMMAND || step->kind == STEP_SERVICE)
			run_step(a, s, step, i);
	}
}

void acts_clean_step(struct acts *a, const struct acts_spec *s, size_t i)
{
	if (s->plan->steps[i].kind == STEP_FILE && s->targets[i].kind == TARGET_FILE)
		undo_act(a, s, i, ACT_CLEAN, MANAGED_RM_WAS, "drop the kept copy of");
}

bool act_is_probe(const struct act *a)
{
	return a->kind == ACT_PROBE_OLD || a->kind == ACT_PROBE_NEW;
}

void act_script(struct buf *out, const struct act *a)
{
	if (a->kind == ACT_READ_BACK || act_is_probe(a)) {
		target_read_script(out, a->path, a->sudo);
		return;
	}
	buf_adds(out, "export LC_ALL=C TZ=UTC; ");
	/* cat makes a pipe of whatever the login's stdin is: /dev/stdin of a socket cannot be
	 * opened. */
	if (a->kind == ACT_STAGE)
		buf_adds(out, "cat | ");
	if (a->sudo)
		buf_adds(out, "sudo -n ");
	shell_quote_argv(out, &a->argv);
}

bool act_changes(const struct act *a)
{
	switch (a->kind) {
	case ACT_STAGE_HASH:
	case ACT_KEPT_HASH:
	case ACT_READ_BACK:
	case ACT_PROBE_OLD:
	case ACT_PROBE_NEW:
		return false;
	case ACT_STAGE:
	case ACT_KEEP:
	case ACT_MOVE:
	case ACT_COMMAND:
	case ACT_SERVICE:
	case ACT_UNDO_MOVE:
	case ACT_UNDO_REMOVE:
	case ACT_CLEAN:
	case ACT_KIND_COUNT:
		break;
	}
	return true;
}

static enum act_verdict judge_hash(const struct act *a, const char *out, size_t out_len, char **why)
{
	if (out_len > 64 && memcmp(out, a->hash, 64) == 0 && (out[64] == ' ' || out[64] == '\n'))
		return ACT_OK;
	*why = xasprintf("%s: \"%s\": it is not", a->path, a->title);
	return a->kind == ACT_KEPT_HASH ? ACT_OUTDATED : ACT_FAILED;
}

/* Other names than root and numbers are install's to resolve, on the host: it ended with 0. */
static bool owner_fits(const char *name, long id)
{
	long long n;

	if (str_eq(name, "root"))
		return id == 0;
	return !str_int(name, 0, 0xffffffffLL, &n) || n == id;
}

static enum act_verdict judge_read_back(const struct act *a, const struct acts_spec *s,
	int exit_status, const char *out, size_t out_len, const char *errtext, char **why)
{
	const struct step *step = &s->plan->steps[a->step];
	struct target now;
	struct err e = {0};
	char hash[SHA256_HEX];
	enum act_verdict v = ACT_FAILED;

	if (target_parse(
		    &now, step->host, step->path, true, exit_status, out, out_len, errtext, &e)) {
		*why = xstrdup(e.msg);
		return ACT_FAILED;
	}
	sha256_hex(hash, step->content ? step->content : "", step->content_len);
	if (now.kind != TARGET_FILE)
		*why = xasprintf("%s is not a file after it was put there", step->path);
	else if (!str_eq(now.hash, hash))
		*why = xasprintf("%s has other content after it was put there", step->path);
	else if (now.mode != (step->mode & 07777u))
		*why = xasprintf("%s has mode %04o, not %04o", step->path, now.mode, step->mode);
	else if (!keeps_own_owner(a, step, s->root) &&
		 (!owner_fits(step->owner, now.uid) || !owner_fits(step->group, now.gid)))
		*why = xasprintf("%s belongs to %ld:%ld, not %s:%s", step->path, now.uid, now.gid,
			step->owner, step->group);
	else
		v = ACT_OK;
	target_release(&now);
	return v;
}

static enum act_verdict judge_old(const struct act *a, const struct acts_spec *s, int exit_status,
	const char *out, size_t out_len, const char *errtext, char **why)
{
	const struct target *was = &s->targets[a->step];
	struct target now;
	struct err e = {0};
	bool same;

	if (target_parse(
		    &now, was->host, was->path, true, exit_status, out, out_len, errtext, &e)) {
		*why = xstrdup(e.msg);
		return ACT_FAILED;
	}
	same = target_same(was, &now, why);
	target_release(&now);
	return same ? ACT_OK : ACT_FAILED;
}

static char *first_line(const char *text)
{
	size_t n = strcspn(text, "\n");

	return xstrndup(text, n > 240 ? 240 : n);
}

enum act_verdict act_judge(const struct act *a, const struct acts_spec *s, int exit_status,
	const char *out, size_t out_len, const char *errtext, char **why)
{
	char *line;

	*why = NULL;
	if (a->kind == ACT_PROBE_OLD)
		return judge_old(a, s, exit_status, out, out_len, errtext, why);
	if (a->kind == ACT_READ_BACK || a->kind == ACT_PROBE_NEW)
		return judge_read_back(a, s, exit_status, out, out_len, errtext, why);
	if (exit_status == a->expect_exit) {
		if (a->kind == ACT_STAGE_HASH || a->kind == ACT_KEPT_HASH)
			return judge_hash(a, out, out_len, why);
		return ACT_OK;
	}
	line = first_line(errtext && *errtext ? errtext : out ? out : "");
	*why = xasprintf("%s: exit status %d%s%s", a->title, exit_status, *line ? ": " : "", line);
	free(line);
	return ACT_FAILED;
}
