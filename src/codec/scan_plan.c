#include "config.h"

#include "codec/scan_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/detect.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/scan_plan_parts.h"
#include "codec/sudoers.h"

static void gap_finish(struct scan_gap *g)
{
	free(g->check);
	free(g->param);
	free(g->why);
	free(g->about);
}

void scan_plan_finish(struct scan_plan *p)
{
	for (size_t i = 0; i < p->tag_count; i++) {
		free(p->tags[i].tag);
		free(p->tags[i].why);
		strs_finish(&p->tags[i].checks);
		strs_finish(&p->tags[i].paths);
	}
	for (size_t i = 0; i < p->gap_count; i++)
		gap_finish(&p->gaps[i]);
	free(p->tags);
	free(p->gaps);
	strs_finish(&p->add_tags);
	doc_free(p->add_params);
	*p = (struct scan_plan){0};
}

/* ---- the host with the proposal ---- */

struct doc *scan_params(const struct host *h)
{
	const char *text = h->params ? h->params : "{}";
	struct doc *params = NULL;

	if (json_read(&params, text, strlen(text), "params", NULL))
		return doc_new_map();
	return params;
}

static void with_finish(struct scan_trial *t)
{
	strs_finish(&t->with.tags);
	free(t->with.params);
}

void scan_with(struct scan_trial *t, const char *extra)
{
	struct doc *params = scan_params(t->h);
	struct buf text = {0};

	with_finish(t);
	t->with = *t->h;
	t->with.tags = (struct strs){0};
	strs_copy(&t->with.tags, &t->h->tags);
	strs_copy(&t->with.tags, &t->p->add_tags);
	if (extra)
		strs_add(&t->with.tags, extra);
	for (size_t i = 0; i < doc_len(t->p->add_params); i++)
		doc_set(params, doc_key(t->p->add_params, i),
			doc_copy(doc_value(t->p->add_params, i)));
	json_write(&text, params);
	t->with.params = buf_take(&text);
	doc_free(params);
}

/* ---- tags ---- */

/* The path that speaks for the check; NULL: none of them is there. *could: it has some. */
static char *path_of(const struct scan_trial *t, const struct check *c, bool *could)
{
	struct doc *detect = detect_of(c);
	struct strs paths = {0};
	char *path = NULL;

	detect_paths(&paths, detect);
	*could = paths.n > 0;
	for (size_t i = 0; i < paths.n && !path; i++)
		if (strs_has(&t->found, paths.v[i]))
			path = xstrdup(paths.v[i]);
	strs_finish(&paths);
	doc_free(detect);
	return path;
}

static struct scan_tag *tag_of(struct scan_plan *p, const char *tag)
{
	struct scan_tag *new;

	for (size_t i = 0; i < p->tag_count; i++)
		if (str_eq(p->tags[i].tag, tag))
			return &p->tags[i];
	new = ARR_ADD(p->tags, p->tag_count, p->tag_cap);
	new->tag = xstrdup(tag);
	return new;
}

static void count_tags(struct scan_trial *t)
{
	for (size_t i = 0; i < t->c->check_count; i++) {
		const struct check *c = &t->c->checks[i];
		struct scan_tag *tag;
		bool could;
		char *path;

		if (!c->tags.n || strs_has(&t->h->without, c->name))
			continue;
		path = path_of(t, c, &could);
		tag = could ? tag_of(t->p, c->tags.v[0]) : NULL;
		if (tag)
			tag->could++;
		if (path) {
			strs_add(&tag->checks, c->name);
			strs_take(&tag->paths, path);
		}
	}
}

/* ---- parameters ---- */

static void propose_param(struct scan_trial *t, const struct check *c, const char *param)
{
	const struct doc *value = doc_get(scan_told(t, c->name, param), "value");
	struct doc *set = scan_params(t->h);
	const char *why;
	struct strs lines = {0};
	struct err e;

	if (!doc_get(set, param) && !doc_get(t->p->add_params, param) &&
		detect_value_ok(value, &why)) {
		struct doc *before = doc_copy(t->p->add_params);

		doc_set(t->p->add_params, param, doc_copy(value));
		scan_with(t, NULL);
		/* A word that may not stand in sudoers is none to propose. */
		if (sudo_lines_for_check(&lines, c, &t->with, &e) && e.code == ERR_INPUT) {
			doc_free(t->p->add_params);
			t->p->add_params = before;
		} else {
			doc_free(before);
		}
	}
	strs_finish(&lines);
	doc_free(set);
}

static void propose_params(struct scan_trial *t, const struct check *c)
{
	const struct doc *told = doc_get(doc_get(t->answer, "checks"), c->name);
	struct doc *detect = detect_of(c);
	const struct doc *params = doc_get(detect, "params");

	for (size_t i = 0; told && i < doc_len(params); i++)
		propose_param(t, c, doc_key(params, i));
	doc_free(detect);
}

/* Of the checks that the tag brings: false when one has no sudoers line, or none has what it needs.
 */
static bool can_add(struct scan_trial *t, struct scan_tag *tag)
{
	size_t work = 0;

	scan_with(t, tag->tag);
	for (size_t i = 0; i < t->c->check_count; i++) {
		const struct check *c = &t->c->checks[i];
		struct strs names = {0}, lines = {0};
		struct err e;

		if (!strs_has(&c->tags, tag->tag) || !check_applies(c, &t->with))
			continue;
		if (!c->on_bastion && sudo_lines_for_check(&lines, c, &t->with, &e) && !tag->why)
			tag->why = xstrdup(e.msg);
		scan_missing(&names, t, c);
		work += !names.n;
		strs_finish(&lines);
		strs_finish(&names);
	}
	return !tag->why && work;
}

static void judge_tags(struct scan_trial *t)
{
	for (size_t i = 0; i < t->p->tag_count; i++) {
		struct scan_tag *tag = &t->p->tags[i];

		if (strs_has(&t->h->tags, tag->tag))
			tag->verdict = SCAN_HAS;
		else if (!tag->checks.n || tag->checks.n * 2 < tag->could)
			tag->verdict = SCAN_FEW;
		else
			tag->verdict = can_add(t, tag) ? SCAN_ADD : SCAN_NEEDS;
		if (tag->verdict == SCAN_ADD)
			strs_add(&t->p->add_tags, tag->tag);
	}
}

/* What nothing uses that is proposed or there already. */
static void drop_unused_params(struct scan_trial *t)
{
	struct doc *kept = doc_new_map();

	scan_with(t, NULL);
	for (size_t i = 0; i < t->c->check_count; i++) {
		const struct check *c = &t->c->checks[i];
		const struct doc *told = doc_get(doc_get(t->answer, "checks"), c->name);

		for (size_t k = 0; check_applies(c, &t->with) && k < doc_len(told); k++) {
			const char *param = doc_key(told, k);
			const struct doc *value = doc_get(t->p->add_params, param);

			if (value)
				doc_set(kept, param, doc_copy(value));
		}
	}
	doc_free(t->p->add_params);
	t->p->add_params = kept;
}

void scan_plan_make(struct scan_plan *out, const struct catalogue *c, const struct host *h,
	const struct doc *answer)
{
	struct scan_trial t = {.c = c, .h = h, .answer = answer, .p = out};
	const struct doc *paths = doc_get(answer, "paths");

	*out = (struct scan_plan){.add_params = doc_new_map()};
	for (size_t i = 0; i < doc_len(paths); i++)
		if (doc_str(doc_at(paths, i)))
			strs_add(&t.found, doc_str(doc_at(paths, i)));
	out->found = t.found.n;
	count_tags(&t);
	for (size_t i = 0; i < c->check_count; i++)
		propose_params(&t, &c->checks[i]);
	judge_tags(&t);
	drop_unused_params(&t);
	scan_gaps(&t);
	with_finish(&t);
	strs_finish(&t.found);
}
