#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "model/check.h"
#include "server/check_folder.h"
#include "server/check_sample.h"
#include "server/judge.h"

/* The same output again, minutes later, is worded as before: every recorded sample of every check
 * is judged as in the sweeps of a host on which nothing happens, each with the facts of the
 * one before. A state may turn when its time has come; a figure may not move. */
static const int minutes[] = {1, 10, 100};

static int moved;
static size_t judged;

static void compare(const char *check, const char *file, int minute, const struct finding *a,
	const struct finding *b)
{
	bool turned = a->state != b->state || a->item_count != b->item_count;

	for (size_t i = 0; !turned && i < a->item_count; i++) {
		turned = a->items[i].state != b->items[i].state;
		if (turned || str_eq(a->items[i].text, b->items[i].text))
			continue;
		print_message("%s/%s: %s after %d minutes:\n  %s\n  %s\n", check, file,
			a->items[i].name, minute, a->items[i].text, b->items[i].text);
		moved++;
	}
	/* A further reason whose time has come may stand beside it. */
	if (turned || strstr(b->summary, a->summary))
		return;
	print_message("%s/%s: after %d minutes:\n  %s\n  %s\n", check, file, minute, a->summary,
		b->summary);
	moved++;
}

static void judge_at(struct judge *j, struct judge_request *r, int64_t now_ms, char **previous,
	struct judge_answer *a)
{
	struct err e = {0};

	r->now_ms = now_ms;
	if (*previous)
		r->previous = *previous;
	if (judge_run(j, r, a, &e))
		fail_msg("%s", e.msg);
	free(*previous);
	*previous = xstrdup(a->finding.facts);
	judged++;
}

static void sweep_file(struct judge *j, const char *dir, const char *check, const char *file)
{
	char *path = xasprintf("%s/%s/samples/%s", dir, check, file), *previous = NULL;
	struct check_sample sample = {0};
	struct judge_answer first = {0}, next = {0};
	struct doc *yaml = NULL;
	struct err e = {0};
	int64_t now;

	if (check_folder_yaml(&yaml, path, &e) || check_sample_read(&sample, check, yaml, path, &e))
		fail_msg("%s", e.msg);
	sample.request.adopt = false;
	now = sample.request.now_ms;
	judge_at(j, &sample.request, now, &previous, &next);
	judge_answer_finish(&next);
	judge_at(j, &sample.request, now + 1000, &previous, &first);
	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		judge_at(j, &sample.request, now + minutes[i] * INT64_C(60000), &previous, &next);
		compare(check, file, minutes[i], &first.finding, &next.finding);
		judge_answer_finish(&next);
	}
	judge_answer_finish(&first);
	free(previous);
	doc_free(yaml);
	check_sample_finish(&sample);
	free(path);
}

static void sweep_check(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s/samples", dir, name);
	struct strs files = {0}, bad = {0}, texts = {0};
	struct check check;
	struct err e = {0};

	if (check_folder_read(&check, dir, name, &e))
		fail_msg("%s", e.msg);
	if (!check.builtin) {
		struct judge_source source = {name, check.body, NULL};
		struct judge *j = judge_new(&source, 1, "key", 3, &bad, &texts);

		if (dir_list(&files, path, &e))
			fail_msg("%s", e.msg);
		for (size_t i = 0; i < files.n; i++)
			sweep_file(j, dir, name, files.v[i]);
		judge_free(j);
	}
	strs_finish(&bad);
	strs_finish(&texts);
	strs_finish(&files);
	check_finish(&check);
	free(path);
}

static void the_same_output_is_worded_the_same(void **state)
{
	const char *src = getenv("OPSDECK_SRCDIR");
	char *dir = xasprintf("%s/checks", src ? src : ".");
	struct strs all = {0}, none = {0};
	struct err e = {0};

	(void)state;
	if (check_folder_names(&all, dir, &none, &e))
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < all.n; i++)
		sweep_check(dir, all.v[i]);
	printf("%zu judgements of %zu checks\n", judged, all.n);
	strs_finish(&all);
	free(dir);
	assert_true(judged > 0);
	assert_int_equal(moved, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_same_output_is_worded_the_same)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
