/*
 * What judging costs: CPU to compile the catalogue, and to judge a sweep of HOSTS hosts with 30
 * checks each, once with every sample new and once with none changed, server and workers together.
 *
 *   tests/bench/judge CHECKS-DIR [HOSTS]
 *
 * The samples are those of the checks, gone round. Prints figures, asserts nothing.
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/check.h"
#include "codec/doc.h"
#include "codec/yaml.h"
#include "model/check.h"
#include "server/check_sample.h"
#include "server/worker.h"
#include "server/worker_pool.h"

#define CHECKS_A_HOST 30
#define FILE_MAX ((size_t)4 << 20)

static const char key[] = "bench";

/* A check with its recorded samples. */
struct subject {
	const struct check *check;
	struct check_sample *samples;
	size_t n, cap;
	double cost; /* ms of CPU a judgement, in this process */
};

struct bench {
	const char *dir;
	struct catalogue catalogue;
	struct subject *subjects;
	size_t n, cap;
	struct pool_spec spec;
	size_t answers, unchanged;
};

static void die(const char *what, const struct err *e)
{
	fprintf(stderr, "judge: %s: %s\n", what, e ? e->msg : "failed");
	exit(1);
}

static double cpu_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- what is judged ---- */

struct beside {
	const char *dir, *check;
};

static int file_beside(void *arg, const char *file, struct buf *out, struct err *e)
{
	const struct beside *b = arg;
	char *path = xasprintf("%s/%s/%s", b->dir, b->check, file);
	int rc = file_read(out, path, FILE_MAX, e);

	free(path);
	return rc;
}

static struct strs names_in(const char *dir)
{
	struct strs names = {0};
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			strs_add(&names, entry->d_name);
	if (d)
		closedir(d);
	strs_sort(&names);
	return names;
}

static void load_check(struct bench *b, const char *name)
{
	struct beside beside = {b->dir, name};
	char *path = xasprintf("%s/%s/check.yml", b->dir, name);
	struct buf text = {0};
	struct err e = {0};

	if (file_exists(path)) {
		struct check *c = ARR_ADD(
			b->catalogue.checks, b->catalogue.check_count, b->catalogue.check_cap);

		if (file_read(&text, path, FILE_MAX, &e) ||
			check_read(
				c, name, buf_str(&text), text.len, path, file_beside, &beside, &e))
			die(path, &e);
	}
	buf_finish(&text);
	free(path);
}

static void load_samples(struct bench *b, const struct check *c)
{
	char *dir = xasprintf("%s/%s/samples", b->dir, c->name);
	struct strs names = names_in(dir);
	struct subject *s;

	if (names.n) {
		s = ARR_ADD(b->subjects, b->n, b->cap);
		s->check = c;
		for (size_t i = 0; i < names.n; i++) {
			char *path = path_join(dir, names.v[i]);
			struct buf text = {0};
			struct doc *yaml = NULL;
			struct err e = {0};

			if (file_read(&text, path, FILE_MAX, &e) ||
				yaml_read(&yaml, buf_str(&text), text.len, path, &e) ||
				check_sample_read(
					ARR_ADD(s->samples, s->n, s->cap), c->name, yaml, path, &e))
				die(path, &e);
			doc_free(yaml);
			buf_finish(&text);
			free(path);
		}
	}
	strs_finish(&names);
	free(dir);
}

static void load(struct bench *b)
{
	struct strs names = names_in(b->dir);

	for (size_t i = 0; i < names.n; i++)
		load_check(b, names.v[i]);
	for (size_t i = 0; i < b->catalogue.check_count; i++)
		load_samples(b, &b->catalogue.checks[i]);
	strs_finish(&names);
}

/* ---- in this process: compiling, and each check's price ---- */

static int by_cost(const void *a, const void *b)
{
	double x = ((const struct subject *)a)->cost, y = ((const struct subject *)b)->cost;

	return x < y ? 1 : x > y ? -1 : 0;
}

static double price(struct judge *j, const struct subject *s)
{
	const int rounds = 5;
	double start = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);

	for (int r = 0; r < rounds; r++)
		for (size_t i = 0; i < s->n; i++) {
			struct judge_answer a = {0};

			struct judge_request q = s->samples[i].request;

			q.adopt = false;
			if (judge_run(j, &q, &a, NULL))
				die(s->check->name, NULL);
			judge_answer_finish(&a);
		}
	return (cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - start) / rounds / (double)s->n;
}

static void compile(struct bench *b)
{
	size_t n = b->catalogue.check_count;
	struct judge_source *sources = xcalloc(n + 1, sizeof *sources);
	struct strs names = {0}, texts = {0};
	double start, sum = 0;
	struct judge *j;
	size_t m = 0;

	for (size_t i = 0; i < n; i++)
		if (!b->catalogue.checks[i].builtin)
			sources[m++] = (struct judge_source){
				b->catalogue.checks[i].name, b->catalogue.checks[i].body, NULL};
	start = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);
	j = judge_new(sources, m, key, sizeof key, &names, &texts);
	printf("compile   %zu checks: %.0f ms CPU\n", m, cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - start);
	for (size_t i = 0; i < names.n; i++)
		printf("          %s: %s\n", names.v[i], texts.v[i]);
	for (size_t i = 0; i < b->n; i++) {
		b->subjects[i].cost = price(j, &b->subjects[i]);
		sum += b->subjects[i].cost;
	}
	qsort(b->subjects, b->n, sizeof *b->subjects, by_cost);
	printf("judge     mean %.3f ms CPU; dearest:", sum / (double)b->n);
	for (size_t i = 0; i < b->n && i < 8; i++)
		printf(" %s %.2f", b->subjects[i].check->name, b->subjects[i].cost);
	printf("\n");
	judge_free(j);
	strs_finish(&names);
	strs_finish(&texts);
	free(sources);
}

/* ---- through the pool ---- */

/* CPU that the workers have used, from /proc/PID/schedstat. */
static double workers_ms(void)
{
	char path[64];
	unsigned long long ns, sum = 0;
	int pid;
	FILE *list, *f;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	list = fopen(path, "r");
	while (list && fscanf(list, "%d", &pid) == 1) {
		snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
		f = fopen(path, "r");
		if (f && fscanf(f, "%llu", &ns) == 1)
			sum += ns;
		if (f)
			fclose(f);
	}
	if (list)
		fclose(list);
	return (double)sum / 1e6;
}

static void on_judged(void *arg, struct judge_answer *a)
{
	struct bench *b = arg;

	b->answers++;
	b->unchanged += a->unchanged;
}

static void on_loaded(
	void *arg, const struct strs *names, const struct strs *texts, const struct err *error)
{
	(void)names;
	(void)texts;
	if (error)
		die("load", error);
	*(bool *)arg = true;
}

static void sweep(struct bench *b, struct worker_pool *pool, size_t hosts, const char *what)
{
	double here = cpu_ms(CLOCK_PROCESS_CPUTIME_ID), there = workers_ms();
	double wall = cpu_ms(CLOCK_MONOTONIC);
	size_t before = b->answers, unchanged = b->unchanged, sent = 0;

	for (size_t h = 0; h < hosts; h++) {
		char host[32];

		snprintf(host, sizeof host, "host%zu", h);
		for (size_t c = 0; c < CHECKS_A_HOST && c < b->n; c++) {
			/* Spread over the catalogue, whatever their number. */
			const struct subject *s =
				&b->subjects[c * b->n /
					     (b->n < CHECKS_A_HOST ? b->n : CHECKS_A_HOST)];
			struct judge_request r = s->samples[h % s->n].request;

			r.host = host;
			r.adopt = r.fresh = false;
			pool_judge(pool, &r, on_judged, b);
			sent++;
		}
		/* As hosts come in: one at a time. */
		while (b->answers - before < sent)
			loop_step(b->spec.loop, -1);
	}
	here = cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - here;
	there = workers_ms() - there;
	printf("%-9s %zu hosts, %zu judgements, %zu of them unchanged: %.0f ms CPU (server %.0f, "
	       "workers %.0f), %.0f ms wall\n",
		what, hosts, sent, b->unchanged - unchanged, here + there, here, there,
		cpu_ms(CLOCK_MONOTONIC) - wall);
}

static void through_pool(struct bench *b, size_t hosts)
{
	struct worker_pool *pool;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	bool loaded = false;

	if (n <= 0)
		die("/proc/self/exe", NULL);
	self[n] = '\0';
	b->spec = (struct pool_spec){.self = self, .key = key, .key_len = sizeof key};
	b->spec.loop = loop_new(clock_system());
	pool = pool_new(&b->spec);
	pool_load(pool, &b->catalogue, on_loaded, &loaded);
	while (!loaded)
		loop_step(b->spec.loop, -1);
	printf("start     %.0f ms CPU in the workers\n", workers_ms());
	sweep(b, pool, hosts, "new");
	sweep(b, pool, hosts, "same");
	pool_free(pool);
	loop_free(b->spec.loop);
}

int main(int argc, char **argv)
{
	struct bench b = {0};

	if (argc == 2 && str_eq(argv[1], "worker"))
		return worker_main();
	if (argc < 2) {
		fprintf(stderr, "usage: judge CHECKS-DIR [HOSTS]\n");
		return 2;
	}
	b.dir = argv[1];
	load(&b);
	compile(&b);
	through_pool(&b, argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 100);
	return 0;
}
