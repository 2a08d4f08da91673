#include "config.h"

#include "flow/decide.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "flow/decide_parts.h"

/* Program, and the first argument that makes it destructive (NULL: always). */
static const struct {
	const char *program, *verb;
} destructive_commands[] = {
	{"rm", NULL},
	{"rmdir", NULL},
	{"shred", NULL},
	{"dd", NULL},
	{"wipefs", NULL},
	{"blkdiscard", NULL},
	{"mkswap", NULL},
	{"sgdisk", NULL},
	{"parted", NULL},
	{"fdisk", NULL},
	{"lvremove", NULL},
	{"vgremove", NULL},
	{"pvremove", NULL},
	{"shutdown", NULL},
	{"reboot", NULL},
	{"poweroff", NULL},
	{"halt", NULL},
	{"userdel", NULL},
	{"groupdel", NULL},
	{"truncate", NULL},
	{"kill", NULL},
	{"killall", NULL},
	{"pkill", NULL},
	{"zfs", "destroy"},
	{"zfs", "rollback"},
	{"zpool", "destroy"},
	{"zpool", "labelclear"},
	{"systemctl", "stop"},
	{"systemctl", "disable"},
	{"systemctl", "mask"},
	{"systemctl", "kill"},
	{"systemctl", "isolate"},
	{"systemctl", "reboot"},
	{"systemctl", "poweroff"},
	{"docker", "rm"},
	{"docker", "rmi"},
	{"docker", "stop"},
	{"docker", "kill"},
	{"docker", "prune"},
	{"podman", "rm"},
	{"podman", "rmi"},
	{"podman", "stop"},
	{"podman", "kill"},
	{"podman", "prune"},
	{"apt-get", "remove"},
	{"apt-get", "purge"},
	{"apt-get", "autoremove"},
	{"apt", "remove"},
	{"apt", "purge"},
	{"dpkg", "--purge"},
	{"dpkg", "--remove"},
	{"qm", "destroy"},
	{"qm", "stop"},
	{"pct", "destroy"},
	{"pct", "stop"},
	{"restic", "forget"},
	{"restic", "prune"},
	{"borg", "delete"},
	{"borg", "prune"},
	{"mdadm", "--zero-superblock"},
	{"mdadm", "--stop"},
	{"cryptsetup", "luksErase"},
	{"cryptsetup", "luksFormat"},
};

bool decide_is_destructive(const struct step *s, const char **why)
{
	const char *program;

	if (s->kind != STEP_COMMAND || !s->argv.n)
		return false;
	program = path_base(s->argv.v[0]);
	if (str_starts(program, "mkfs")) {
		*why = "mkfs";
		return true;
	}
	for (size_t i = 0; i < sizeof destructive_commands / sizeof *destructive_commands; i++) {
		const char *verb = destructive_commands[i].verb;

		if (!str_eq(program, destructive_commands[i].program))
			continue;
		/* The verb wherever it stands: options may come before it. */
		if (!verb || strs_has(&s->argv, verb)) {
			*why = verb ? verb : destructive_commands[i].program;
			return true;
		}
	}
	return false;
}

static bool any_of(const struct strs *wanted, const struct strs *has)
{
	for (size_t i = 0; i < wanted->n; i++)
		if (strs_has(has, wanted->v[i]))
			return true;
	return false;
}

static bool path_matches(const struct strs *globs, const char *path)
{
	for (size_t i = 0; i < globs->n; i++)
		if (path && fnmatch(globs->v[i], path, FNM_PATHNAME | FNM_PERIOD) == 0)
			return true;
	return false;
}

static bool rule_matches(const struct policy_rule *r, const struct step *s, const struct fleet *f)
{
	const struct host *h = s->host ? fleet_host(f, s->host) : NULL;
	const char *why;

	if (r->kinds.n && !strs_has(&r->kinds, step_kind_name(s->kind)))
		return false;
	if (r->destructive && !decide_is_destructive(s, &why))
		return false;
	if (r->paths.n && !path_matches(&r->paths, s->path))
		return false;
	if (!r->hosts.n && !r->groups.n && !r->tags.n)
		return true;
	return h && (strs_has(&r->hosts, h->name) || any_of(&r->groups, &h->groups) ||
			    any_of(&r->tags, &h->tags));
}

static bool below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return path && strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* A reference of a sudoers check: refs/HOST/sudoers, or anything below it. */
static bool is_sudoers_reference(const char *path)
{
	const char *host, *check;

	if (!path || !str_starts(path, "refs/"))
		return false;
	host = path + strlen("refs/");
	check = strchr(host, '/');
	return check && below(check + 1, "sudoers");
}

/* What no policy may make less than typed: the rules themselves, and who may become root. */
static const char *code_demands_typed(const struct step *s)
{
	if (s->kind == STEP_FILE &&
		(below(s->path, "/etc/sudoers") || below(s->path, "/etc/sudoers.d")))
		return "it changes sudoers";
	if (s->kind != STEP_REFERENCE)
		return NULL;
	if (str_eq(s->path, "policy.yml") || str_eq(s->path, "fleet.yml") ||
		below(s->path, "checks"))
		return "it changes the rules opsdeck works by";
	return is_sudoers_reference(s->path) ? "it changes a sudoers reference" : NULL;
}

/* Programs that run what their arguments say: a step is argv, never a shell line. */
static bool hides_a_command(const struct step *s)
{
	static const char *const programs[] = {"sh", "bash", "dash", "zsh", "ksh", "fish",
		"busybox", "env", "xargs", "sudo", "su", "doas", "runuser", "setpriv", "ssh",
		"nsenter", "chroot", "unshare", "nohup", "timeout", "nice", "ionice", "setsid",
		"script", "watch", "find", "awk", "perl", "ruby", "lua", "node", "php", "tclsh",
		"expect", "vi", "vim", "ed", "less", "systemd-run", "at", "ash", "rbash", "mksh",
		"csh", "tcsh", "flock", "stdbuf", "chrt", "taskset", "prlimit", "setarch", "pkexec",
		"strace", "ltrace", "gdb", "parallel", "start-stop-daemon", "screen", "tmux",
		"socat", "crontab", "batch", "systemd-nspawn", "lxc-attach", "machinectl", "ld.so"};
	const char *program = s->kind == STEP_COMMAND && s->argv.n ? path_base(s->argv.v[0]) : NULL;

	if (!program)
		return false;
	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		if (str_eq(program, programs[i]))
			return true;
	return str_starts(program, "python") || str_ends(program, "awk") ||
	       str_starts(program, "ld-linux");
}

static void judge_step(struct verdict *v, const struct decide_input *in, const struct step *s)
{
	const struct policy *policy = in->policy;
	const char *demand = code_demands_typed(s), *why;
	char *rule = NULL;
	enum action action = ACTION_TYPED;

	for (size_t i = 0; policy && i < policy->rule_count && !rule; i++) {
		if (!rule_matches(&policy->rules[i], s, in->fleet))
			continue;
		action = policy->rules[i].action;
		rule = xasprintf(
			"rule %zu: %s", i + 1, policy->rules[i].name ? policy->rules[i].name : "");
	}
	decide_raise(v, action, rule ? rule : "no rule matches", NULL);
	free(rule);
	if (demand)
		decide_raise(v, ACTION_TYPED, "built in", demand);
	if (hides_a_command(s))
		decide_raise(v, ACTION_FORBID, "built in",
			"the program would run whatever its arguments say: name the command "
			"itself");
	if (decide_is_destructive(s, &why)) {
		decide_raise(v, ACTION_TYPED, "built in", "it is destructive");
		if (str_empty(in->p->runbook))
			decide_raise(v, ACTION_FORBID, "built in",
				"a destructive step needs a runbook, and the proposal names none");
	}
}

/* Verifying looks; it comes from the same proposer as the steps, and policy has no rule for it. */
static void judge_verify(struct verdict *v, const struct verify *c)
{
	const struct step s = {.kind = STEP_COMMAND, .host = c->host, .argv = c->argv};
	const char *why;

	if (c->kind != VERIFY_COMMAND)
		return;
	if (hides_a_command(&s))
		decide_raise(v, ACTION_FORBID, "built in",
			"a verify command would run whatever its arguments say: name the command "
			"itself");
	if (decide_is_destructive(&s, &why))
		decide_raise(v, ACTION_FORBID, "built in",
			"a verify command is destructive: verifying only looks");
}

void decide_verdict(struct verdict *v, const struct decide_input *in)
{
	*v = (struct verdict){.action = ACTION_APPROVE};
	for (size_t i = 0; i < in->p->step_count; i++)
		judge_step(v, in, &in->p->steps[i]);
	for (size_t i = 0; i < in->p->rollback_count; i++)
		judge_step(v, in, &in->p->rollback[i]);
	for (size_t i = 0; i < in->p->verify_count; i++)
		judge_verify(v, &in->p->verify[i]);
	if (!in->p->step_count)
		decide_raise(v, ACTION_FORBID, "built in", "it has no steps");
	decide_boundary(v, in);
	if (in->policy && in->policy->freeze)
		decide_raise(v, ACTION_FORBID, "freeze",
			in->policy->freeze_reason ? in->policy->freeze_reason
						  : "changes are frozen");
	if (v->action == ACTION_TYPED || v->action == ACTION_TWO_PERSON)
		v->confirm = in->p->hosts.n == 1 ? xstrdup(in->p->hosts.v[0])
			     : in->p->hosts.n	 ? xasprintf("%zu hosts", in->p->hosts.n)
						 : xstrdup("references");
}

int decide_confirm(const struct verdict *v, const char *typed, struct err *e)
{
	if (v->action == ACTION_FORBID)
		return err_set(e, ERR_REFUSED, "policy forbids it (%s): %s", v->rule,
			v->reason ? v->reason : "see policy.yml");
	if (v->confirm && !str_eq(v->confirm, typed))
		return err_set(e, ERR_REFUSED, "policy wants `%s` typed to approve it (%s)",
			v->confirm, v->rule);
	return 0;
}
