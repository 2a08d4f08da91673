#include "config.h"

#include "jq/program.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "jq/builtins.h"
#include "jq/eval.h"
#include "jq/native.h"
#include "jq/regex.h"

#define SOURCE_MAX (1024 * 1024)
#define STEPS_MAX 50000000u

enum { SLOT_NOW, SLOT_PARAMS, SLOT_PREVIOUS, SLOT_COUNT };
static const char *const globals[] = {"now", "params", "previous", NULL};

struct program {
	char *name;
	char *text;
	char *error;	   /* NULL: fine, or not compiled yet */
	struct unit *unit; /* NULL: not compiled */
};

struct programs {
	struct unit *builtins, *prelude;
	char *prelude_error;
	struct program *all;
	size_t count, cap;
	struct regexes *regexes;
};

struct programs *programs_new(const char *prelude)
{
	struct programs *p = xcalloc(1, sizeof *p);
	struct err e = {0};

	p->regexes = regexes_new();
	if (unit_parse(&p->builtins, builtins_text, NULL, NULL, true, &e) ||
		unit_parse(&p->prelude, prelude ? prelude : "", p->builtins, NULL, true, &e))
		p->prelude_error = xstrdup(e.msg);
	return p;
}

static void drop_text(struct program *p)
{
	free(p->text);
	free(p->error);
	unit_free(p->unit);
	p->text = p->error = NULL;
	p->unit = NULL;
}

void programs_free(struct programs *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->all[i].name);
		drop_text(&p->all[i]);
	}
	free(p->all);
	unit_free(p->prelude);
	unit_free(p->builtins);
	regexes_free(p->regexes);
	free(p->prelude_error);
	free(p);
}

static void set_text(struct program *p, const char *text)
{
	struct buf clean = {.max = SOURCE_MAX};
	struct err e = {0};

	drop_text(p);
	p->text = xstrdup(text);
	if (program_clean(&clean, text, &e))
		p->error = xstrdup(e.msg);
	buf_finish(&clean);
}

size_t programs_add(struct programs *p, const char *name, const char *text)
{
	struct program *new = ARR_ADD(p->all, p->count, p->cap);

	new->name = xstrdup(name);
	set_text(new, text);
	return p->count - 1;
}

void programs_replace(struct programs *p, size_t i, const char *text)
{
	set_text(&p->all[i], text);
}

size_t programs_count(const struct programs *p)
{
	return p->count;
}

const char *programs_name(const struct programs *p, size_t i)
{
	return p->all[i].name;
}

const char *programs_error(const struct programs *p, size_t i)
{
	return p->all[i].error;
}

void programs_compile(struct programs *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct program *at = &p->all[i];
		struct err e = {0};

		if (at->unit || at->error)
			continue;
		if (p->prelude_error)
			at->error = xstrdup(p->prelude_error);
		else if (unit_parse(&at->unit, at->text, p->prelude, globals, false, &e))
			at->error = xstrdup(e.msg);
	}
}

/* ---- running ---- */

static int tell_error(struct run *r, struct err *e)
{
	struct buf text = {0};

	if (!r->failed)
		return err_set(e, ERR_FAIL, "gave no result");
	if (r->error.kind == VAL_STRING)
		buf_adds(&text, r->error.u.string->s);
	else
		val_json(&text, &r->error);
	val_free(r->error);
	err_set(e, ERR_FAIL, "%s", buf_str(&text));
	buf_finish(&text);
	return -1;
}

int programs_run(struct programs *p, size_t i, const struct doc *input,
	const struct program_vars *vars, struct doc **out, struct err *e)
{
	struct run r = {.steps_max = vars->steps ? vars->steps : STEPS_MAX,
		.regexes = p->regexes,
		.stack = __builtin_frame_address(0)};
	const struct program *at = &p->all[i];
	struct frame frame = {0};
	struct val result;
	bool found;
	int rc;

	*out = NULL;
	if (!at->unit)
		return err_set(e, ERR_INPUT, "%s", at->error ? at->error : "is not compiled");
	frame.slots = xcalloc(at->unit->top->slots, sizeof *frame.slots);
	frame.slots[SLOT_NOW] = val_number((double)vars->now_s);
	frame.slots[SLOT_PARAMS] = val_from_doc(vars->params);
	frame.slots[SLOT_PREVIOUS] = val_from_doc(vars->previous);
	if (eval_first(&r, at->unit->top->body, &frame, val_from_doc(input), &result, &found) &&
		found) {
		rc = val_to_doc(out, &result, e);
		val_free(result);
	} else {
		rc = tell_error(&r, e);
	}
	for (size_t k = 0; k < SLOT_COUNT; k++)
		val_free(frame.slots[k]);
	free(frame.slots);
	return rc;
}
