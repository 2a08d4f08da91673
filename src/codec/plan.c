#include "config.h"

#include "codec/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/proposal.h"

#define PLAN "the plan"

static struct doc *bytes_doc(const char *p, size_t n)
{
	struct buf b = {.max = (size_t)-1};
	struct doc *d;

	base64_encode(&b, p, n);
	d = doc_new_strn(buf_str(&b), b.len);
	buf_finish(&b);
	return d;
}

static void set_content(struct doc *d, const struct step *s)
{
	if (s->from_reference)
		doc_set_str(d, "from_reference", s->from_reference);
	if (s->remove)
		doc_set_bool(d, "remove", true);
	else if (s->content)
		doc_set(d, "content", bytes_doc(s->content, s->content_len));
}

static struct doc *step_doc(const struct step *s)
{
	struct doc *d = doc_new_map();
	char mode[8];

	doc_set_str(d, "kind", step_kind_name(s->kind));
	if (s->host)
		doc_set_str(d, "host", s->host);
	if (s->kind == STEP_FILE || s->kind == STEP_REFERENCE) {
		doc_set_str(d, "path", s->path);
		set_content(d, s);
	}
	if (s->kind == STEP_FILE) {
		snprintf(mode, sizeof mode, "%04o", s->mode & 07777u);
		doc_set_str(d, "owner", s->owner);
		doc_set_str(d, "group", s->group);
		doc_set_str(d, "mode", mode);
		doc_set_bool(d, "secret", s->secret);
	}
	if (s->kind == STEP_COMMAND || s->kind == STEP_SERVICE) {
		doc_set_strs(d, "argv", &s->argv);
		doc_set_int(d, "timeout_ms", s->timeout_ms);
	}
	if (s->kind == STEP_COMMAND)
		doc_set_int(d, "expect", s->expect_exit);
	return d;
}

static struct doc *steps_doc(const struct step *steps, size_t n)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < n; i++)
		doc_push(list, step_doc(&steps[i]));
	return list;
}

static struct doc *verify_doc(const struct proposal *p)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < p->verify_count; i++) {
		const struct verify *v = &p->verify[i];
		struct doc *d = doc_new_map();

		doc_set_str(d, "kind", v->kind == VERIFY_CHECK ? "check" : "command");
		doc_set_str(d, "host", v->host);
		if (v->kind == VERIFY_CHECK)
			doc_set_str(d, "check", v->check);
		else
			doc_set_strs(d, "argv", &v->argv);
		doc_set_int(d, "timeout_ms", v->timeout_ms);
		doc_push(list, d);
	}
	return list;
}

void plan_encode(struct buf *out, const struct proposal *p)
{
	struct doc *d = doc_new_map();

	doc_set_int(d, "v", PLAN_VERSION);
	doc_set_strs(d, "hosts", &p->hosts);
	doc_set_str(d, "identity", identity_name(p->identity));
	doc_set(d, "steps", steps_doc(p->steps, p->step_count));
	doc_set(d, "verify", verify_doc(p));
	doc_set(d, "rollback", steps_doc(p->rollback, p->rollback_count));
	json_write_canonical(out, d);
	doc_free(d);
}

void plan_hash(char out[SHA256_HEX], const void *bytes, size_t n)
{
	sha256_hex(out, bytes, n);
}

/* What is read below is loose on purpose: that encoding it gives the same bytes again is the proof.
 */

static char *take(const struct doc *d, const char *key)
{
	return xstrdup(doc_get_str(d, key, NULL));
}

static void take_strs(struct strs *out, const struct doc *list)
{
	for (size_t i = 0; i < doc_len(list); i++)
		strs_add(out, doc_str(doc_at(list, i)) ? doc_str(doc_at(list, i)) : "");
}

static int take_step(struct step *s, const struct doc *d, struct err *e)
{
	const struct doc *content = doc_get(d, "content");
	struct buf b = {0};

	if (!step_kind_parse(doc_get_str(d, "kind", NULL), &s->kind))
		return err_set(e, ERR_INPUT, PLAN " has a step of an unknown kind");
	s->host = take(d, "host");
	s->path = take(d, "path");
	s->from_reference = take(d, "from_reference");
	s->owner = take(d, "owner");
	s->group = take(d, "group");
	s->mode = (unsigned)strtoul(doc_get_str(d, "mode", "0"), NULL, 8) & 07777u;
	s->remove = doc_get_bool(d, "remove", false);
	s->secret = doc_get_bool(d, "secret", false);
	s->timeout_ms = doc_get_int(d, "timeout_ms", 0);
	s->expect_exit = (int)(doc_get_int(d, "expect", 0) & 0xFF);
	take_strs(&s->argv, doc_get(d, "argv"));
	if (!content)
		return 0;
	if (!doc_str(content) || base64_decode(&b, doc_str(content), doc_str_len(content), e)) {
		buf_finish(&b);
		return err_set(e, ERR_INPUT, PLAN " has a content that is no base64");
	}
	s->content_len = b.len;
	s->content = buf_take(&b);
	return 0;
}

/* Each kind must have what applying it needs. */
static bool step_is_whole(const struct step *s)
{
	switch (s->kind) {
	case STEP_FILE:
		return s->host && s->path && s->content && s->owner && s->group && !s->remove;
	case STEP_REFERENCE:
		return !s->host && s->path && !s->content == s->remove;
	case STEP_COMMAND:
		return s->host && s->argv.n && s->timeout_ms > 0;
	case STEP_SERVICE:
		return s->host && s->argv.n == 2 && s->timeout_ms > 0;
	case STEP_KIND_COUNT:
		break;
	}
	return false;
}

static int take_steps(
	struct step **steps, size_t *count, size_t *cap, const struct doc *list, struct err *e)
{
	if (doc_kind(list) != DOC_LIST || doc_len(list) > PROPOSAL_STEPS_MAX)
		return err_set(e, ERR_INPUT, PLAN " has a broken list of steps");
	for (size_t i = 0; i < doc_len(list); i++) {
		struct step *s = ARR_ADD(*steps, *count, *cap);

		if (take_step(s, doc_at(list, i), e))
			return -1;
		if (!step_is_whole(s))
			return err_set(e, ERR_INPUT, PLAN " has a step that lacks something");
	}
	return 0;
}

static int take_verify(struct proposal *p, const struct doc *list, struct err *e)
{
	if (doc_kind(list) != DOC_LIST || doc_len(list) > PROPOSAL_STEPS_MAX)
		return err_set(e, ERR_INPUT, PLAN " has a broken list of verify steps");
	for (size_t i = 0; i < doc_len(list); i++) {
		const struct doc *d = doc_at(list, i);
		struct verify *v = ARR_ADD(p->verify, p->verify_count, p->verify_cap);

		v->kind = str_eq(doc_get_str(d, "kind", NULL), "check") ? VERIFY_CHECK
									: VERIFY_COMMAND;
		v->host = take(d, "host");
		v->check = take(d, "check");
		v->timeout_ms = doc_get_int(d, "timeout_ms", 0);
		take_strs(&v->argv, doc_get(d, "argv"));
		if (!v->host || v->timeout_ms <= 0 ||
			(v->kind == VERIFY_CHECK ? !v->check : !v->argv.n))
			return err_set(
				e, ERR_INPUT, PLAN " has a verify step that lacks something");
	}
	return 0;
}

/* Every host that a step names must stand in the list that was shown. */
static bool hosts_are_named(const struct proposal *p)
{
	for (size_t i = 0; i < p->step_count; i++) {
		if (p->steps[i].host && !strs_has(&p->hosts, p->steps[i].host))
			return false;
	}
	for (size_t i = 0; i < p->rollback_count; i++) {
		if (p->rollback[i].host && !strs_has(&p->hosts, p->rollback[i].host))
			return false;
	}
	for (size_t i = 0; i < p->verify_count; i++) {
		if (!strs_has(&p->hosts, p->verify[i].host))
			return false;
	}
	return true;
}

static int take_plan(struct proposal *p, const struct doc *d, struct err *e)
{
	if (doc_get_int(d, "v", 0) != PLAN_VERSION)
		return err_set(e, ERR_INPUT, PLAN " is not of version %d", PLAN_VERSION);
	if (!identity_parse(doc_get_str(d, "identity", NULL), &p->identity))
		return err_set(e, ERR_INPUT, PLAN " names no identity");
	take_strs(&p->hosts, doc_get(d, "hosts"));
	if (take_steps(&p->steps, &p->step_count, &p->step_cap, doc_get(d, "steps"), e) ||
		take_steps(&p->rollback, &p->rollback_count, &p->rollback_cap,
			doc_get(d, "rollback"), e) ||
		take_verify(p, doc_get(d, "verify"), e))
		return -1;
	if (!p->step_count || !hosts_are_named(p))
		return err_set(e, ERR_INPUT, PLAN " has no steps, or a host that it does not list");
	return 0;
}

static int prove(const struct proposal *p, const char *bytes, size_t n, struct err *e)
{
	struct buf again = {.max = (size_t)-1};
	bool same;

	plan_encode(&again, p);
	same = again.len == n && !memcmp(buf_str(&again), bytes, n);
	buf_finish(&again);
	return same ? 0 : err_set(e, ERR_INPUT, PLAN "'s bytes are not canonical");
}

int plan_decode(struct proposal *out, const char *bytes, size_t n, struct err *e)
{
	struct doc *d;
	int rc;

	*out = (struct proposal){0};
	if (json_read(&d, bytes, n, PLAN, e))
		return -1;
	rc = take_plan(out, d, e);
	doc_free(d);
	if (!rc)
		rc = prove(out, bytes, n, e);
	if (rc)
		proposal_finish(out);
	return rc;
}
