#include "config.h"

#include "server/check_test.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/yaml.h"
#include "model/check.h"
#include "server/check_folder.h"
#include "server/check_sample.h"
#include "server/judge.h"

/* Redaction tokens in expected/ are made with this key: it guards nothing. */
static const char test_key[] = "check test";

struct tester {
	FILE *out;
	struct judge *judge;
	struct check check;
	char *dir; /* of the check */
	int bad, broken, good;
};

static void complain(struct tester *t, const char *sample, const char *text)
{
	fprintf(t->out, "%s/%s: %s\n", t->check.name, sample, text);
}

/* ---- comparing with what is expected ---- */

static void show(struct buf *out, const struct doc *d)
{
	json_write(out, d);
}

/* Maps: each key that is expected, and no more. Lists and the rest: equal. */
static bool fits(const struct doc *expected, const struct doc *got)
{
	if (doc_kind(expected) != DOC_MAP)
		return doc_equal(expected, got);
	for (size_t i = 0; i < doc_len(expected); i++)
		if (!fits(doc_value(expected, i), doc_get(got, doc_key(expected, i))))
			return false;
	return doc_kind(got) == DOC_MAP;
}

static bool compare(
	struct tester *t, const char *sample, const struct doc *expected, const struct doc *got)
{
	bool same = true;

	for (size_t i = 0; i < doc_len(expected); i++) {
		const char *key = doc_key(expected, i);
		struct buf text = {0};

		if (fits(doc_value(expected, i), doc_get(got, key)))
			continue;
		same = false;
		buf_addf(&text, "%s differs\n  expected ", key);
		show(&text, doc_value(expected, i));
		buf_adds(&text, "\n  got      ");
		show(&text, doc_get(got, key));
		complain(t, sample, buf_str(&text));
		buf_finish(&text);
	}
	return same;
}

static struct doc *rows_of(const struct finding *f)
{
	struct doc *list = doc_new_list();

	for (size_t i = 0; i < f->item_count; i++) {
		struct doc *row = doc_new_map();

		doc_set_str(row, "name", f->items[i].name);
		doc_set_str(row, "state", finding_state_name(f->items[i].state));
		doc_set_str(row, "text", f->items[i].text);
		doc_push(list, row);
	}
	return list;
}

static struct doc *metrics_of(const struct finding *f)
{
	struct doc *map = doc_new_map();

	for (size_t i = 0; i < f->metric_count; i++)
		doc_set(map, f->metrics[i].name, doc_new_real(f->metrics[i].value));
	return map;
}

static struct doc *diff_of(const struct finding *f)
{
	struct doc *list = doc_new_list(), *d = NULL;
	struct diff *diff = NULL;
	struct buf text = {0};
	struct strs lines = {0};

	if (f->diff && !json_read(&d, f->diff, strlen(f->diff), "diff", NULL) &&
		!diff_from_doc(&diff, d, NULL))
		diff_unified(&text, diff);
	strs_split(&lines, buf_str(&text), '\n');
	for (size_t i = 0; i + 1 < lines.n; i++)
		doc_push_str(list, lines.v[i]);
	strs_finish(&lines);
	buf_finish(&text);
	diff_free(diff);
	doc_free(d);
	return list;
}

/* What expected/ may name. */
static struct doc *outcome(const struct finding *f)
{
	struct doc *d = doc_new_map(), *facts = NULL;
	char until[TIME_RFC3339];

	doc_set_str(d, "state", finding_state_name(f->state));
	if (f->condition != CONDITION_NONE)
		doc_set_str(d, "condition", finding_condition_name(f->condition));
	doc_set_str(d, "summary", f->summary);
	if (f->item_count)
		doc_set(d, "items", rows_of(f));
	if (f->metric_count)
		doc_set(d, "metrics", metrics_of(f));
	if (f->diff)
		doc_set(d, "diff", diff_of(f));
	if (f->valid_until_ms) {
		time_format(until, f->valid_until_ms);
		doc_set_str(d, "valid_until", until);
	}
	if (f->facts && !json_read(&facts, f->facts, strlen(f->facts), "facts", NULL))
		doc_set(d, "facts", facts);
	return d;
}

/* ---- what must hold for every sample ---- */

static bool holds_secret(const struct judge_answer *a, const char *secret)
{
	const struct finding *f = &a->finding;

	if ((f->summary && strstr(f->summary, secret)) || (f->facts && strstr(f->facts, secret)) ||
		(f->diff && strstr(f->diff, secret)))
		return true;
	for (size_t i = 0; i < f->item_count; i++)
		if (strstr(f->items[i].text, secret) || strstr(f->items[i].name, secret))
			return true;
	for (size_t i = 0; i < a->sample_count; i++)
		if (strstr(a->samples[i].out, secret) || strstr(a->samples[i].err, secret))
			return true;
	return false;
}

static bool no_secret(struct tester *t, const char *name, const struct check_sample *s,
	const struct judge_answer *a)
{
	for (size_t i = 0; i < s->secrets.n; i++)
		if (holds_secret(a, s->secrets.v[i])) {
			complain(t, name, "a secret was not redacted");
			return false;
		}
	return true;
}

/* What was adopted from a sample is no drift in the very same sample. */
static bool adopts(struct tester *t, const char *name, const struct check_sample *s,
	const struct judge_answer *first)
{
	struct judge_request again = s->request;
	struct judge_answer second = {0};
	struct err e = {0};
	bool good;

	if (!first->adopted_count)
		return true;
	again.refs = first->adopted;
	again.ref_count = first->adopted_count;
	good = !judge_run(t->judge, &again, &second, &e) && second.finding.state != FINDING_DRIFT &&
	       second.finding.condition != CONDITION_NO_REFERENCE;
	if (!good)
		complain(t, name, second.finding.summary ? second.finding.summary : e.msg);
	judge_answer_finish(&second);
	return good;
}

static bool is_stable(
	struct tester *t, const char *name, const struct check_sample *s, const struct doc *got)
{
	struct judge_answer answer = {0};
	struct doc *again = NULL;
	struct err e = {0};
	bool good = !judge_run(t->judge, &s->request, &answer, &e);

	if (good)
		again = outcome(&answer.finding);
	good = good && doc_equal(again, got);
	if (!good)
		complain(t, name, "judged a second time it comes out otherwise");
	doc_free(again);
	judge_answer_finish(&answer);
	return good;
}

/* ---- one sample ---- */

/* Without expected/NAME what came out is printed, to be read and put there. */
static bool against_expected(struct tester *t, const char *name, const struct doc *got)
{
	char *path = xasprintf("%s/expected/%s", t->dir, name);
	struct doc *expected = NULL;
	struct err e = {0};
	struct buf text = {0};
	bool good = false;

	if (!file_exists(path)) {
		yaml_write(&text, got);
		fprintf(t->out, "%s/%s: there is no expected/%s; what came out is:\n%s---\n",
			t->check.name, name, name, buf_str(&text));
	} else if (check_folder_yaml(&expected, path, &e)) {
		complain(t, name, e.msg);
	} else if (!doc_get(expected, "state") || !doc_get(expected, "summary")) {
		complain(t, name, "what is expected needs at least state and summary");
	} else {
		good = compare(t, name, expected, got);
	}
	buf_finish(&text);
	doc_free(expected);
	free(path);
	return good;
}

static void run_sample(struct tester *t, const char *name)
{
	char *path = xasprintf("%s/samples/%s", t->dir, name);
	struct judge_answer answer = {0};
	struct check_sample sample = {0};
	struct doc *got = NULL, *yaml = NULL;
	struct err e = {0};

	if (check_folder_yaml(&yaml, path, &e) ||
		check_sample_read(&sample, t->check.name, yaml, path, &e) ||
		judge_run(t->judge, &sample.request, &answer, &e)) {
		complain(t, name, e.msg);
		t->broken++;
	} else {
		bool good;

		got = outcome(&answer.finding);
		good = against_expected(t, name, got);
		/* All of them, so that each says what it found. */
		good = no_secret(t, name, &sample, &answer) && good;
		good = is_stable(t, name, &sample, got) && good;
		good = adopts(t, name, &sample, &answer) && good;
		t->good += good;
		t->bad += !good;
	}
	doc_free(got);
	doc_free(yaml);
	judge_answer_finish(&answer);
	check_sample_finish(&sample);
	free(path);
}

/* ---- one check ---- */

static int open_check(struct tester *t, const char *dir, const char *name, struct err *e)
{
	struct strs names = {0}, texts = {0};
	int rc = check_folder_read(&t->check, dir, name, e);

	if (!rc && !t->check.builtin) {
		const struct judge_source source = {name, t->check.body, NULL};

		t->judge = judge_new(&source, 1, test_key, sizeof test_key - 1, &names, &texts);
		if (texts.n)
			rc = err_set(e, ERR_INPUT, "%s", texts.v[0]);
	}
	strs_finish(&names);
	strs_finish(&texts);
	return rc;
}

static void run_samples(struct tester *t)
{
	char *path = path_join(t->dir, "samples");
	struct strs names = {0};
	struct err e = {0};

	if (dir_list(&names, path, &e) || !names.n) {
		fprintf(t->out, "%s: no samples: %s\n", t->check.name, e.msg);
		t->broken++;
	}
	for (size_t i = 0; i < names.n; i++)
		if (str_ends(names.v[i], ".yml"))
			run_sample(t, names.v[i]);
	strs_finish(&names);
	free(path);
}

static int run_check(const char *dir, const char *name, FILE *out)
{
	struct tester t = {.out = out, .dir = path_join(dir, name)};
	struct err e = {0};

	if (open_check(&t, dir, name, &e)) {
		fprintf(out, "%s: %s\n", name, e.msg);
		t.broken++;
	} else if (t.check.builtin) {
		fprintf(out, "%s: built in, judged by the server\n", name);
	} else {
		run_samples(&t);
		fprintf(out, "%s: %d of %d samples as expected\n", name, t.good,
			t.good + t.bad + t.broken);
	}
	judge_free(t.judge);
	check_finish(&t.check);
	free(t.dir);
	return t.broken ? 2 : t.bad ? 1 : 0;
}

int check_test_main(const struct strs *names, const char *dir, FILE *out)
{
	struct strs all = {0};
	struct err e = {0};
	int status = 0;

	if (check_folder_names(&all, dir, names, &e)) {
		fprintf(out, "%s\n", e.msg);
		return 2;
	}
	for (size_t i = 0; i < all.n; i++) {
		int one = run_check(dir, all.v[i], out);
		status = one > status ? one : status;
	}
	strs_finish(&all);
	return status;
}
