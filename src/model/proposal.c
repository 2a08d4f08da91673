#include "config.h"

#include "model/proposal.h"

#include <stdlib.h>

#include "base/buf.h"
#include "model/names.h"

static const char *const states[PROPOSAL_STATE_COUNT] = {
#define X(id, name) [PROPOSAL_##id] = name,
	PROPOSAL_STATES(X)
#undef X
};

static const char *const step_kinds[STEP_KIND_COUNT] = {
	[STEP_FILE] = "file",
	[STEP_REFERENCE] = "reference",
	[STEP_COMMAND] = "command",
	[STEP_SERVICE] = "service",
};

static const char *const actions[ACTION_COUNT] = {
	[ACTION_APPROVE] = "approve",
	[ACTION_TYPED] = "typed",
	[ACTION_TWO_PERSON] = "two-person",
	[ACTION_FORBID] = "forbid",
};

#define TO(id) (1u << PROPOSAL_##id)

/*
 * The moves. There is no row from proposed to applying: nothing is applied without approval. From
 * applying, outdated means that the target had moved and was put back; interrupted that the server
 * died: only a person goes on from there. What ends badly is closed by a person (rejected).
 */
static const unsigned moves[PROPOSAL_STATE_COUNT] = {
	[PROPOSAL_PROPOSED] =
		TO(APPROVED) | TO(REJECTED) | TO(WITHDRAWN) | TO(OUTDATED) | TO(EXPIRED),
	[PROPOSAL_OUTDATED] = TO(PROPOSED) | TO(REJECTED) | TO(WITHDRAWN) | TO(EXPIRED),
	[PROPOSAL_APPROVED] = TO(APPLYING) | TO(REJECTED) | TO(OUTDATED) | TO(EXPIRED),
	[PROPOSAL_APPLYING] = TO(APPLIED) | TO(FAILED) | TO(OUTDATED) | TO(INTERRUPTED),
	[PROPOSAL_APPLIED] = TO(VERIFIED) | TO(FAILED),
	[PROPOSAL_VERIFIED] = TO(COMMITTED) | TO(UNCOMMITTED),
	[PROPOSAL_UNCOMMITTED] = TO(COMMITTED),
	[PROPOSAL_FAILED] = TO(ROLLED_BACK) | TO(HELD),
	[PROPOSAL_INTERRUPTED] = TO(HELD),
	[PROPOSAL_HELD] = TO(REJECTED),
};

static const unsigned waiting =
	TO(PROPOSED) | TO(OUTDATED) | TO(HELD) | TO(INTERRUPTED) | TO(UNCOMMITTED);

void step_finish(struct step *s)
{
	free(s->host);
	free(s->path);
	free(s->content);
	free(s->content_hash);
	free(s->from_reference);
	free(s->owner);
	free(s->group);
	strs_finish(&s->argv);
	*s = (struct step){0};
}

void verify_finish(struct verify *v)
{
	free(v->host);
	free(v->check);
	strs_finish(&v->argv);
	*v = (struct verify){0};
}

void proposal_finish(struct proposal *p)
{
	free(p->id);
	free(p->title);
	free(p->rationale);
	free(p->runbook);
	strs_finish(&p->hosts);
	for (size_t i = 0; i < p->step_count; i++)
		step_finish(&p->steps[i]);
	free(p->steps);
	for (size_t i = 0; i < p->verify_count; i++)
		verify_finish(&p->verify[i]);
	free(p->verify);
	for (size_t i = 0; i < p->rollback_count; i++)
		step_finish(&p->rollback[i]);
	free(p->rollback);
	*p = (struct proposal){0};
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->rule_count; i++) {
		struct policy_rule *r = &p->rules[i];

		free(r->name);
		strs_finish(&r->kinds);
		strs_finish(&r->hosts);
		strs_finish(&r->groups);
		strs_finish(&r->tags);
		strs_finish(&r->paths);
	}
	free(p->rules);
	free(p->freeze_reason);
	free(p);
}

void verdict_finish(struct verdict *v)
{
	free(v->rule);
	free(v->reason);
	free(v->confirm);
	free(v->boundary);
	*v = (struct verdict){0};
}

static void title_argv(struct buf *b, const char *verb, const struct strs *argv)
{
	buf_adds(b, verb);
	shell_quote_argv(b, argv);
}

char *step_title(const struct step *s)
{
	struct buf b = {0};

	switch (s->kind) {
	case STEP_FILE:
		buf_addf(&b, "put %s", s->path ? s->path : "");
		break;
	case STEP_REFERENCE:
		buf_addf(&b, "%s %s", s->remove ? "remove" : "write", s->path ? s->path : "");
		break;
	case STEP_COMMAND:
		title_argv(&b, "run ", &s->argv);
		break;
	case STEP_SERVICE:
		if (s->argv.n == 2)
			buf_addf(&b, "%s %s", s->argv.v[1], s->argv.v[0]);
		break;
	case STEP_KIND_COUNT:
		break;
	}
	return buf_take(&b);
}

char *verify_title(const struct verify *v)
{
	struct buf b = {0};

	switch (v->kind) {
	case VERIFY_CHECK:
		buf_addf(&b, "check %s", v->check ? v->check : "");
		break;
	case VERIFY_COMMAND:
		title_argv(&b, "run ", &v->argv);
		break;
	}
	return buf_take(&b);
}

const char *proposal_state_name(enum proposal_state s)
{
	return states[s];
}

bool proposal_state_parse(const char *s, enum proposal_state *out)
{
	int i;

	if (!names_find(states, PROPOSAL_STATE_COUNT, s, &i))
		return false;
	*out = (enum proposal_state)i;
	return true;
}

bool proposal_may_move(enum proposal_state from, enum proposal_state to)
{
	if (from >= PROPOSAL_STATE_COUNT || to >= PROPOSAL_STATE_COUNT)
		return false;
	return moves[from] & 1u << to;
}

bool proposal_state_waits(enum proposal_state s)
{
	return waiting & 1u << s;
}

bool proposal_state_is_final(enum proposal_state s)
{
	return !moves[s];
}

const char *step_kind_name(enum step_kind k)
{
	return step_kinds[k];
}

bool step_kind_parse(const char *s, enum step_kind *out)
{
	int i;

	if (!names_find(step_kinds, STEP_KIND_COUNT, s, &i))
		return false;
	*out = (enum step_kind)i;
	return true;
}

const char *action_name(enum action a)
{
	return actions[a];
}

bool action_parse(const char *s, enum action *out)
{
	int i;

	if (!names_find(actions, ACTION_COUNT, s, &i))
		return false;
	*out = (enum action)i;
	return true;
}
