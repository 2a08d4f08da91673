#include "config.h"

#include <stdio.h>

#include "base/file.h"
#include "codec/proposal.h"

static int no_host(const char *what, const char *host, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: there is no host \"%.64s\" in fleet.yml", what, host);
}

/* .NAME.opsdeck and .NAME.was are what applying makes beside NAME, and removes again; tar would
 * take a NAME that begins with a dash for options. */
static bool name_is_kept(const char *path)
{
	const char *name = path_base(path);

	return *name == '-' ||
	       (*name == '.' && (str_ends(name, ".opsdeck") || str_ends(name, ".was")));
}

/* The lines in sudoers are for one owner and mode, so the step must want the same. */
static int check_file(const struct step *s, const struct host *h, const char *what, struct err *e)
{
	const struct managed *m = host_managed(h, s->path);

	if (name_is_kept(s->path))
		return err_set(e, ERR_INPUT,
			"%s: %.300s: names like .x.was, .x.opsdeck and -x cannot be applied", what,
			s->path);
	/* What is not secret there is shown: an approval must not be for bytes nobody could read.
	 */
	if (s->secret && !(m && m->secret))
		return err_set(e, ERR_INPUT,
			"%s: %.300s is not managed as secret on %s: leave `secret` out", what,
			s->path, h->name);
	if (host_in_sandbox(h, s->path))
		return 0;
	if (!m)
		return err_set(e, ERR_INPUT,
			"%s: %s does not manage %.300s: name it under `managed` of the host in "
			"fleet.yml first",
			what, h->name, s->path);
	if (!str_eq(m->owner, s->owner) || !str_eq(m->group, s->group) || m->mode != s->mode)
		return err_set(e, ERR_INPUT,
			"%s: %.300s on %s is managed as owner %s, group %s, mode \"%04o\"; the "
			"step "
			"says %s, %s, \"%04o\"",
			what, s->path, h->name, m->owner, m->group, m->mode, s->owner, s->group,
			s->mode);
	if (m->secret && !s->secret)
		return err_set(e, ERR_INPUT, "%s: %.300s is secret on %s: add `secret: true`", what,
			s->path, h->name);
	return 0;
}

static int check_service(
	const struct step *s, const struct host *h, const char *what, struct err *e)
{
	const struct managed_service *m = host_service(h, s->argv.n ? s->argv.v[0] : NULL);
	bool restart = s->argv.n > 1 && str_eq(s->argv.v[1], "restart");

	if (s->argv.n != 2 || !m || !(restart ? m->restart : m->reload))
		return err_set(e, ERR_INPUT,
			"%s: %s may not %s %.100s: name it under `services` of the host in "
			"fleet.yml first",
			what, h->name, s->argv.n > 1 ? s->argv.v[1] : "touch",
			s->argv.n ? s->argv.v[0] : "");
	return 0;
}

static int check_step(const struct step *s, const struct fleet *f, const char *what, struct err *e)
{
	const struct host *h;

	if (s->kind == STEP_REFERENCE)
		return 0;
	h = fleet_host(f, s->host);
	if (!h)
		return no_host(what, s->host ? s->host : "", e);
	switch (s->kind) {
	case STEP_FILE:
		return check_file(s, h, what, e);
	case STEP_SERVICE:
		return check_service(s, h, what, e);
	case STEP_COMMAND: /* the boundary says what of it may run */
	case STEP_REFERENCE:
	case STEP_KIND_COUNT:
		break;
	}
	return 0;
}

static int check_verify(const struct verify *v, const struct fleet *f, const struct catalogue *c,
	const char *what, struct err *e)
{
	const struct host *h = fleet_host(f, v->host);
	const struct check *check;

	if (!h)
		return no_host(what, v->host ? v->host : "", e);
	if (v->kind != VERIFY_CHECK || !c)
		return 0;
	check = catalogue_check(c, v->check);
	if (!check)
		return err_set(e, ERR_INPUT, "%s: there is no check \"%.64s\"", what, v->check);
	if (!check_applies(check, h))
		return err_set(e, ERR_INPUT, "%s: the check %s does not apply to %s", what,
			v->check, h->name);
	return 0;
}

int proposal_check(
	const struct proposal *p, const struct fleet *f, const struct catalogue *c, struct err *e)
{
	char what[32];

	if (!p->step_count || p->step_count > PROPOSAL_STEPS_MAX)
		return err_set(e, ERR_INPUT, "a proposal has 1 to %d steps", PROPOSAL_STEPS_MAX);
	for (size_t i = 0; i < p->step_count; i++) {
		snprintf(what, sizeof what, "step %zu", i + 1);
		if (check_step(&p->steps[i], f, what, e))
			return -1;
	}
	for (size_t i = 0; i < p->verify_count; i++) {
		snprintf(what, sizeof what, "verify %zu", i + 1);
		if (check_verify(&p->verify[i], f, c, what, e))
			return -1;
	}
	for (size_t i = 0; i < p->rollback_count; i++) {
		const struct step *s = &p->rollback[i];

		snprintf(what, sizeof what, "rollback %zu", i + 1);
		if (s->kind == STEP_FILE || s->kind == STEP_REFERENCE)
			return err_set(e, ERR_INPUT,
				"%s: name commands and services only: files are put back as they "
				"were by themselves",
				what);
		if (check_step(&p->rollback[i], f, what, e))
			return -1;
	}
	return 0;
}
