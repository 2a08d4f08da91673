#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "model/check.h"
#include "server/check_folder.h"
#include "server/check_sample.h"
#include "server/judge.h"

/* Output of every recorded sample that ends too early, as when a disk is full or a tool is killed:
 * the real reader and judge make a finding of whatever is left. A crash ends this program, and a
 * hang too. A document (JSON, XML) that was cut is never fine.
 *
 * A beginning that an earlier sample of the same command has was cut there. What is new in an
 * output is cut at CUTS places, the steps between them odd, so that they fall on all kinds of
 * bytes; at every byte when it is as short as that. OPSDECK_CUTS=0 cuts all at every byte: minutes,
 * for when a reader or the language changed. With VERBOSE, cuts that are still `ok` are told. */
#define CUTS 8
#define CHECK_SECONDS 120

static struct strs names; /* of these checks only */
static size_t cuts_made, outputs_cut, still_ok;

struct seen {
	char *command, *out;
	size_t len;
};

struct cutter {
	const char *dir, *name;
	struct judge *judge;
	const struct check *check;
	struct seen *seen; /* what was cut of this check */
	size_t seen_count, seen_cap;
	size_t max; /* cuts an output; 0: every byte */
};

static void open_judge(struct cutter *c)
{
	struct judge_source source = {c->name, c->check->body, NULL};
	struct strs bad = {0}, texts = {0};

	c->judge = judge_new(&source, 1, "cut", 3, &bad, &texts);
	if (texts.n)
		fail_msg("%s: %s", c->name, texts.v[0]);
	strs_finish(&bad);
	strs_finish(&texts);
}

static bool blank(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && strchr(" \t\r\n", s[i]))
		i++;
	return i == n;
}

/* Whether what is left can be told to be cut from the text alone. */
static bool is_document(const struct cutter *c, const struct sample *s)
{
	enum read_kind kind = READ_KIND_COUNT;

	for (size_t i = 0; i < c->check->command_count; i++)
		if (str_eq(c->check->commands[i].name, s->command))
			kind = c->check->commands[i].read;
	return (kind == READ_JSON || kind == READ_XML) && s->exit_status == 0 && s->out_len > 4 &&
	       (*s->out == '{' || *s->out == '[' || *s->out == '<');
}

static void judge_cut(struct cutter *c, const struct judge_request *r, const char *file,
	const struct sample *s, const struct sample *whole)
{
	struct judge_answer a = {0};
	struct err e = {0};

	if (judge_run(c->judge, r, &a, &e))
		fail_msg("%s/%s: %s cut at %zu: %s", c->name, file, s->command, s->out_len, e.msg);
	if (!a.finding.summary || !*a.finding.summary || a.finding.state >= FINDING_STATE_COUNT)
		fail_msg("%s/%s: %s cut at %zu: no finding", c->name, file, s->command, s->out_len);
	cuts_made++;
	if (a.finding.state == FINDING_OK &&
		!blank(whole->out + s->out_len, whole->out_len - s->out_len)) {
		if (is_document(c, s))
			fail_msg("%s/%s: %s cut at %zu: ok", c->name, file, s->command, s->out_len);
		still_ok++;
		if (getenv("VERBOSE"))
			print_message("%s/%s: %s cut at %zu of %zu is ok: %s\n", c->name, file,
				s->command, s->out_len, whole->out_len, a.finding.summary);
	}
	judge_answer_finish(&a);
}

/* Its own memory for each length: a read behind the end is seen by a sanitizer. */
static void cut_at(struct cutter *c, const struct judge_request *r, const char *file,
	struct sample *s, size_t len)
{
	struct sample whole = *s;

	s->out = xmemdup(whole.out, len);
	s->out_len = len;
	judge_cut(c, r, file, s, &whole);
	free(s->out);
	*s = whole;
}

static size_t common(const struct seen *a, const struct sample *s)
{
	size_t n = 0;

	while (n < a->len && n < s->out_len && a->out[n] == s->out[n])
		n++;
	return n;
}

/* How much of it stands in front of what was cut before. */
static size_t known(struct cutter *c, const struct sample *s)
{
	size_t most = 0;
	struct seen *new;

	for (size_t i = 0; i < c->seen_count; i++) {
		size_t n = str_eq(c->seen[i].command, s->command) ? common(&c->seen[i], s) : 0;

		most = n > most ? n : most;
	}
	new = ARR_ADD(c->seen, c->seen_count, c->seen_cap);
	*new = (struct seen){xstrdup(s->command), xmemdup(s->out, s->out_len), s->out_len};
	return most;
}

static void cut_sample(
	struct cutter *c, const struct judge_request *r, const char *file, struct sample *s)
{
	size_t from = known(c, s), fresh = s->out_len - from;
	size_t step = c->max && fresh > c->max ? fresh / c->max | 1 : 1;

	outputs_cut += fresh > 0;
	for (size_t len = from; len < s->out_len; len += step)
		cut_at(c, r, file, s, len);
}

static void cut_file(struct cutter *c, const char *file)
{
	char *path = xasprintf("%s/%s/samples/%s", c->dir, c->name, file);
	struct check_sample sample = {0};
	struct doc *yaml = NULL;
	struct err e = {0};

	if (check_folder_yaml(&yaml, path, &e) ||
		check_sample_read(&sample, c->name, yaml, path, &e))
		fail_msg("%s", e.msg);
	sample.request.adopt = false;
	for (size_t i = 0; i < sample.request.sample_count; i++)
		cut_sample(c, &sample.request, file, &sample.samples[i]);
	doc_free(yaml);
	check_sample_finish(&sample);
	free(path);
}

static void forget(struct cutter *c)
{
	for (size_t i = 0; i < c->seen_count; i++) {
		free(c->seen[i].command);
		free(c->seen[i].out);
	}
	free(c->seen);
}

static void cut_check(struct cutter *c)
{
	char *path = xasprintf("%s/%s/samples", c->dir, c->name);
	struct check check;
	struct strs files = {0};
	struct err e = {0};

	if (check_folder_read(&check, c->dir, c->name, &e))
		fail_msg("%s", e.msg);
	if (!check.builtin) {
		if (dir_list(&files, path, &e))
			fail_msg("%s", e.msg);
		c->check = &check;
		open_judge(c);
		for (size_t i = 0; i < files.n; i++)
			cut_file(c, files.v[i]);
		judge_free(c->judge);
		forget(c);
	}
	strs_finish(&files);
	check_finish(&check);
	free(path);
}

static void any_cut_gives_a_finding(void **state)
{
	const char *src = getenv("OPSDECK_SRCDIR"), *max = getenv("OPSDECK_CUTS");
	char *dir = xasprintf("%s/checks", src ? src : ".");
	struct strs all = {0};
	struct err e = {0};

	(void)state;
	if (check_folder_names(&all, dir, &names, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < all.n; i++) {
		struct cutter c = {.dir = dir,
			.name = all.v[i],
			.max = max ? (size_t)strtoul(max, NULL, 10) : CUTS};

		alarm(c.max ? CHECK_SECONDS : 0);
		cut_check(&c);
	}
	alarm(0);
	assert_true(cuts_made > 0);
	printf("%zu cuts of %zu outputs of %zu checks, %zu of text still ok\n", cuts_made,
		outputs_cut, all.n, still_ok);
	strs_finish(&all);
	free(dir);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_a_finding),
	};
	int rc;

	for (int i = 1; i < argc; i++)
		strs_add(&names, argv[i]);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	strs_finish(&names);
	return rc;
}
