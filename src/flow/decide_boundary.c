#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/sudoers.h"
#include "flow/decide.h"
#include "flow/decide_parts.h"

void decide_raise(struct verdict *v, enum action to, const char *rule, const char *reason)
{
	if (v->rule && to <= v->action)
		return;
	v->action = to;
	free(v->rule);
	free(v->reason);
	v->rule = xstrdup(rule);
	v->reason = reason ? xstrdup(reason) : NULL;
}

static const struct decide_sudoers *sudoers_of(const struct decide_input *in, const char *host)
{
	for (size_t i = 0; i < in->sudoers_count; i++)
		if (str_eq(in->sudoers[i].host, host))
			return &in->sudoers[i];
	return NULL;
}

struct boundary {
	size_t lines;	     /* exact ones that are used */
	size_t own;	     /* commands that need no sudo */
	struct strs wide;    /* "web1: etc/sudoers.d/x:12" as good as root */
	struct strs missing; /* "web1 as opsdeck-apply: /usr/bin/mv ..." */
	struct strs unread;  /* hosts without a reference */
};

static void boundary_finish(struct boundary *b)
{
	strs_finish(&b->wide);
	strs_finish(&b->missing);
	strs_finish(&b->unread);
}

static void ask_boundary(struct boundary *b, const struct decide_input *in, const struct host *h,
	enum identity id, const char *path, const struct strs *argv)
{
	const struct decide_sudoers *s = sudoers_of(in, h->name);
	struct sudoers_answer a = {0};
	const char *where = "";
	bool local = h->transport == TRANSPORT_LOCAL;
	char *line;

	if (local ? in->root || (path && host_in_sandbox(h, path)) : str_eq(h->user[id], "root")) {
		b->own++;
		return;
	}
	if (!s) {
		if (!strs_has(&b->unread, h->name))
			strs_add(&b->unread, h->name);
		return;
	}
	for (size_t i = 0; i < s->texts.n; i++)
		if (sudoers_allows(&a, s->texts.v[i], strlen(s->texts.v[i]), h->user[id], argv))
			where = s->names.v[i];
	if (a.verdict == SUDOERS_EXACT) {
		b->lines++;
	} else if (a.verdict == SUDOERS_ROOT) {
		strs_addf(&b->wide, "%s %s:%d", h->name, where, a.line);
	} else {
		line = strs_join(argv, " ");
		strs_addf(&b->missing, "%s as %s: %s (%s)", h->name, h->user[id], line,
			sudoers_verdict_name(a.verdict));
		free(line);
	}
}

static void boundary_step(struct boundary *b, const struct decide_input *in, const struct step *s)
{
	const struct host *h = s->host ? fleet_host(in->fleet, s->host) : NULL;
	struct strs argv = {0};

	if (!h)
		return;
	if (s->kind == STEP_COMMAND) {
		ask_boundary(b, in, h, IDENTITY_APPLY, NULL, &s->argv);
	} else if (s->kind == STEP_SERVICE) {
		service_argv(&argv, s->argv.v[0], s->argv.v[1]);
		ask_boundary(b, in, h, IDENTITY_APPLY, NULL, &argv);
	} else if (s->kind == STEP_FILE) {
		struct managed m = {.path = s->path,
			.owner = s->owner,
			.group = s->group,
			.mode = s->mode,
			.secret = s->secret};

		for (int act = 0; act < MANAGED_ACT_COUNT; act++) {
			managed_argv(&argv, &m, (enum managed_act)act);
			ask_boundary(b, in, h, managed_identity(&m, (enum managed_act)act), s->path,
				&argv);
			strs_finish(&argv);
		}
	}
	strs_finish(&argv);
}

static void add_list(struct buf *out, const char *lead, const struct strs *list)
{
	if (!list->n)
		return;
	if (out->len)
		buf_adds(out, "; ");
	buf_addf(out, "%s%s", lead, list->v[0]);
	if (list->n > 1)
		buf_addf(out, " and %zu more", list->n - 1);
}

void decide_boundary(struct verdict *v, const struct decide_input *in)
{
	struct boundary b = {0};
	struct buf text = {0};

	for (size_t i = 0; i < in->p->step_count; i++)
		boundary_step(&b, in, &in->p->steps[i]);
	for (size_t i = 0; i < in->p->rollback_count; i++)
		boundary_step(&b, in, &in->p->rollback[i]);
	if (b.lines)
		buf_addf(&text, "%zu exact lines in the sudoers reference", b.lines);
	if (b.own)
		buf_addf(&text, "%s%zu commands without sudo", text.len ? "; " : "", b.own);
	add_list(&text, "AS GOOD AS ROOT: ", &b.wide);
	add_list(&text, "NOT COVERED: ", &b.missing);
	add_list(&text, "no sudoers reference in git yet: ", &b.unread);
	if (!text.len)
		buf_adds(&text, "nothing runs on a host");
	v->boundary_ok = !b.wide.n && !b.missing.n && !b.unread.n;
	v->boundary = buf_take(&text);
	if (b.missing.n)
		decide_raise(v, ACTION_FORBID, "built in",
			"the apply login may not run it there: put the lines of `opsdeck sudoers` "
			"on the host "
			"and adopt them");
	else if (b.unread.n)
		decide_raise(v, ACTION_TYPED, "built in",
			"what the apply login may do there is not in git yet");
	boundary_finish(&b);
}
