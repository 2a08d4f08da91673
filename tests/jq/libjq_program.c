#include "config.h"

#include "jq/program.h"

#include <jq.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "libjq_value.h"

/* libjq 1.6 binds each of its 300 builtins by a walk over the whole text, so that long texts cost
 * more than their sum, and a start costs 25 ms: in between it is cheapest. */
#define PART_PROGRAMS 8
#define PART_BYTES (32 * 1024)
#define SOURCE_MAX (1024 * 1024)

/* 1.6 leaks in `index` and where an error is caught. A sanitizer asks this for what it shall pass
 * by: what libjq itself allocated, in these programs only. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libjq.so\n";
}

struct program {
	char *name;
	char *text;
	char *clean;  /* text without comments; NULL when it was refused */
	char *error;  /* NULL: fine, or not compiled yet */
	size_t part;  /* index into parts, when compiled */
	size_t place; /* its number within the part */
	bool compiled;
};

struct programs {
	char *prelude;
	struct program *all;
	size_t count, cap;
	jq_state **parts;
	size_t part_count, part_cap;
};

/* What our own engine has built in besides (src/jq/native_words.c). */
static const char besides[] =
	"def trim: if type == \"string\" then sub(\"^\\\\s+\"; \"\") | sub(\"\\\\s+$\"; \"\") "
	"else . end;\n"
	"def words: [splits(\"\\\\s+\") | select(length > 0)];\n"
	"def lines: if type == \"string\" then split(\"\\n\") else . end;\n"
	"def num: if type == \"number\" then . else (try tonumber catch null) end;\n"
	"def holds($x): any(.[]; . == $x);\n"
	"def list: if type == \"array\" then . elif . == null then [] else [.] end;\n";

struct programs *programs_new(const char *prelude)
{
	struct programs *p = xcalloc(1, sizeof *p);

	p->prelude = xasprintf("%s%s", besides, prelude ? prelude : "");
	return p;
}

static void drop_text(struct program *p)
{
	free(p->text);
	free(p->clean);
	free(p->error);
	p->text = p->clean = p->error = NULL;
	p->compiled = false;
}

void programs_free(struct programs *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++) {
		free(p->all[i].name);
		drop_text(&p->all[i]);
	}
	for (size_t i = 0; i < p->part_count; i++)
		jq_teardown(&p->parts[i]);
	free(p->all);
	free(p->parts);
	free(p->prelude);
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
	else
		p->clean = xstrdup(buf_str(&clean));
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

/* ---- compiling ---- */

static void add_dispatch(struct buf *out, size_t from, size_t to)
{
	if (to - from == 1) {
		buf_addf(out, "p%zu($n; $p; $v)", from);
		return;
	}
	buf_addf(out, "(if $k < %zu then ", from + (to - from) / 2);
	add_dispatch(out, from, from + (to - from) / 2);
	buf_adds(out, " else ");
	add_dispatch(out, from + (to - from) / 2, to);
	buf_adds(out, " end)");
}

/* One definition a program, and a choice among them by number. */
static void join(struct buf *out, const struct programs *p, const size_t *which, size_t n)
{
	buf_adds(out, p->prelude);
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "\ndef p%zu($now; $params; $previous): (\n%s\n);", i,
			p->all[which[i]].clean);
	buf_adds(out, "\n.k as $k | .n as $n | .p as $p | .v as $v | .i | ");
	add_dispatch(out, 0, n);
}

/* Keeps the first message that libjq gives, without what it says of the joined text. */
static void on_error(void *arg, jv message)
{
	static const char prefix[] = "jq: error: ";
	char **kept = arg;

	if (!*kept && jv_get_kind(message) == JV_KIND_STRING) {
		const char *text = jv_string_value(message);
		const char *cut;

		if (str_starts(text, prefix))
			text += sizeof prefix - 1;
		cut = strstr(text, " at <");
		if (!cut)
			cut = strstr(text, " (Unix shell quoting");
		*kept = xstrndup(text, cut ? (size_t)(cut - text) : strcspn(text, "\n"));
	}
	jv_free(message);
}

static void ignore(void *arg, jv message)
{
	(void)arg;
	jv_free(message);
}

static jq_state *compile(const char *text, char **error)
{
	jq_state *jq = jq_init();
	int good;

	if (!jq) {
		*error = xstrdup("libjq does not start");
		return NULL;
	}
	jq_set_error_cb(jq, on_error, error);
	jq_set_debug_cb(jq, ignore, NULL);
	good = jq_compile(jq, text);
	jq_set_error_cb(jq, ignore, NULL);
	if (good)
		return jq;
	jq_teardown(&jq);
	if (!*error)
		*error = xstrdup("does not compile");
	return NULL;
}

/* When a join fails, its halves are tried: what fails alone is the culprit. */
static void compile_part(struct programs *p, const size_t *which, size_t n)
{
	struct buf text = {.max = 4 * SOURCE_MAX};
	char *error = NULL;
	jq_state *jq;

	if (!n)
		return;
	join(&text, p, which, n);
	jq = compile(buf_str(&text), &error);
	buf_finish(&text);
	if (jq) {
		*ARR_ADD(p->parts, p->part_count, p->part_cap) = jq;
		for (size_t i = 0; i < n; i++) {
			p->all[which[i]].part = p->part_count - 1;
			p->all[which[i]].place = i;
			p->all[which[i]].compiled = true;
		}
	} else if (n == 1) {
		p->all[which[0]].error = error;
		return;
	} else {
		compile_part(p, which, n / 2);
		compile_part(p, which + n / 2, n - n / 2);
	}
	free(error);
}

void programs_compile(struct programs *p)
{
	size_t which[PART_PROGRAMS];
	size_t n = 0, bytes = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct program *at = &p->all[i];

		if (at->compiled || !at->clean || at->error)
			continue;
		if (n == PART_PROGRAMS || (n && bytes + strlen(at->clean) > PART_BYTES)) {
			compile_part(p, which, n);
			n = bytes = 0;
		}
		which[n++] = i;
		bytes += strlen(at->clean);
	}
	compile_part(p, which, n);
}

/* ---- running ---- */

static jv call_of(
	const struct program *at, const struct doc *input, const struct program_vars *vars)
{
	jv call = jv_object();

	call = jv_object_set(call, jv_string("k"), jv_number((double)at->place));
	call = jv_object_set(call, jv_string("n"), jv_number((double)vars->now_s));
	call = jv_object_set(call, jv_string("p"), value_from_doc(vars->params));
	call = jv_object_set(call, jv_string("v"), value_from_doc(vars->previous));
	return jv_object_set(call, jv_string("i"), value_from_doc(input));
}

/* Takes the invalid value. */
static int run_error(jv result, struct err *e)
{
	jv message = jv_invalid_get_msg(result);

	if (jv_get_kind(message) == JV_KIND_NULL) {
		jv_free(message);
		return err_set(e, ERR_FAIL, "gave no result");
	}
	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	err_set(e, ERR_FAIL, "%s", jv_string_value(message));
	jv_free(message);
	return -1;
}

int programs_run(struct programs *p, size_t i, const struct doc *input,
	const struct program_vars *vars, struct doc **out, struct err *e)
{
	const struct program *at = &p->all[i];
	jq_state *jq;
	jv result;

	*out = NULL;
	if (!at->compiled)
		return err_set(e, ERR_INPUT, "%s", at->error ? at->error : "is not compiled");
	jq = p->parts[at->part];
	jq_start(jq, call_of(at, input, vars), 0);
	result = jq_next(jq);
	if (!jv_is_valid(result))
		return run_error(result, e);
	return value_to_doc(out, result, e);
}
