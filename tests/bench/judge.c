/*
 * What judging costs: CPU (user and system, of the server and the workers) to compile the
 * catalogue, and to judge a sweep of HOSTS hosts with 30 checks each, once with every sample new
 * and then, a minute later each time, with none changed.
 *
 *   tests/bench/judge CHECKS-DIR [HOSTS [ROUNDS]]
 *
 * The 30 are those of a usual server (judge_subjects.c). Its samples are the recorded ones from
 * which facts could be read, gone round: what is absent or refused costs little and is left out.
 * As many hosts are under way as a sweep is wide.
 * Prints the least and the median of the rounds, asserts nothing.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/strs.h"
#include "judge_subjects.h"
#include "model/check.h"
#include "server/worker.h"
#include "server/worker_pool.h"

#define ROUNDS_MAX 100
#define MINUTE_MS 60000
#define SAME_SWEEPS 5
#define PRICE_ROUNDS 5
#define WIDTH 32 /* hosts under way at a time: sweep.width as init has it */

static const char key[] = "bench";

struct bench {
	struct subjects s; /* dearest first, once they have a price */
	struct pool_spec spec;
	struct worker_pool *pool;
	size_t hosts, rounds;
	size_t asked, answers, unchanged;
	double new_ms[ROUNDS_MAX], same_ms[ROUNDS_MAX];
};

/* One check of one host, sweep after sweep. */
struct place {
	struct bench *bench;
	char *facts; /* of its last finding: $previous */
};

static double cpu_ms(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- in this process: compiling, and each check's price ---- */

static int by_cost(const void *a, const void *b)
{
	double x = ((const struct subject *)a)->cost, y = ((const struct subject *)b)->cost;

	return x < y ? 1 : x > y ? -1 : 0;
}

static double price(struct judge *j, const struct subject *s)
{
	double start = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);

	for (int r = 0; r < PRICE_ROUNDS; r++)
		for (size_t i = 0; i < s->n; i++) {
			struct judge_answer a = {0};

			if (judge_run(j, &s->samples[i].request, &a, NULL))
				die(s->check->name, NULL);
			judge_answer_finish(&a);
		}
	return (cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - start) / PRICE_ROUNDS / (double)s->n;
}

static struct judge *compile(const struct bench *b)
{
	size_t n = b->s.catalogue.check_count, m = 0;
	struct judge_source *sources = xcalloc(n + 1, sizeof *sources);
	struct strs names = {0}, texts = {0};
	struct judge *j;
	double start;

	for (size_t i = 0; i < n; i++)
		if (!b->s.catalogue.checks[i].builtin)
			sources[m++] = (struct judge_source){
				b->s.catalogue.checks[i].name, b->s.catalogue.checks[i].body, NULL};
	start = cpu_ms(CLOCK_PROCESS_CPUTIME_ID);
	j = judge_new(sources, m, key, sizeof key, &names, &texts);
	start = cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - start;
	for (size_t i = 0; i < names.n; i++)
		die(texts.v[i], NULL);
	printf("compile   %zu checks: %.0f ms CPU\n", m, start);
	strs_finish(&names);
	strs_finish(&texts);
	free(sources);
	return j;
}

static void in_process(struct bench *b)
{
	struct judge *j = compile(b);
	double sum = 0;

	subjects_keep_read(&b->s, j);
	for (size_t i = 0; i < b->s.n; i++) {
		b->s.v[i].cost = price(j, &b->s.v[i]);
		sum += b->s.v[i].cost;
	}
	qsort(b->s.v, b->s.n, sizeof *b->s.v, by_cost);
	printf("judge     %zu checks of a usual server: mean %.3f ms CPU; dearest:", b->s.n,
		sum / (double)b->s.n);
	for (size_t i = 0; i < b->s.n && i < 8; i++)
		printf(" %s %.2f", b->s.v[i].check->name, b->s.v[i].cost);
	printf("\n");
	judge_free(j);
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
	struct place *p = arg;

	p->bench->answers++;
	p->bench->unchanged += a->unchanged;
	if (a->unchanged)
		return;
	free(p->facts);
	p->facts = a->finding.facts;
	a->finding.facts = NULL;
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

/* What one host sent: the samples of all its checks, one list as the server holds it. */
static struct sample *host_samples(const struct bench *b, size_t host, size_t *n)
{
	struct sample *list = NULL;
	size_t cap = 0;

	*n = 0;
	for (size_t c = 0; c < b->s.n; c++) {
		const struct subject *s = &b->s.v[c];
		const struct judge_request *r = &s->samples[host % s->n].request;

		for (size_t i = 0; i < r->sample_count; i++)
			*ARR_ADD(list, *n, cap) = r->samples[i];
	}
	return list;
}

/* All checks of one host, `later` ms after they were recorded. */
static void sweep_host(
	struct bench *b, size_t round, size_t host, struct place *places, int64_t later)
{
	size_t n;
	struct sample *samples = host_samples(b, host, &n);
	char name[48];

	snprintf(name, sizeof name, "host%zu-%zu", round, host);
	for (size_t c = 0; c < b->s.n; c++) {
		const struct subject *s = &b->s.v[c];
		struct judge_request r = s->samples[host % s->n].request;

		r.host = name;
		r.now_ms += later;
		r.samples = samples;
		r.sample_count = n;
		if (strstr(s->check->body, "$previous"))
			r.previous = places[c].facts;
		pool_judge(b->pool, &r, on_judged, &places[c]);
		b->asked++;
	}
	free(samples);
}

/* Until no more than so many are under way. */
static void wait_for(struct bench *b, size_t left)
{
	while (b->asked - b->answers > left)
		loop_step(b->spec.loop, -1);
}

/* A host comes in when another one is done. */
static double sweep(struct bench *b, size_t round, struct place *places, int64_t later)
{
	double here = cpu_ms(CLOCK_PROCESS_CPUTIME_ID), there = workers_ms();

	for (size_t h = 0; h < b->hosts; h++) {
		sweep_host(b, round, h, places + h * b->s.n, later);
		wait_for(b, (WIDTH - 1) * b->s.n);
	}
	wait_for(b, 0);
	return cpu_ms(CLOCK_PROCESS_CPUTIME_ID) - here + workers_ms() - there;
}

static void one_round(struct bench *b, size_t round)
{
	struct place *places = xcalloc(b->hosts * b->s.n + 1, sizeof *places);
	double same = 0;

	for (size_t i = 0; i < b->hosts * b->s.n; i++)
		places[i].bench = b;
	b->new_ms[round] = sweep(b, round, places, 0);
	b->unchanged = 0;
	for (int i = 1; i <= SAME_SWEEPS; i++)
		same += sweep(b, round, places, (int64_t)i * MINUTE_MS);
	b->same_ms[round] = same / SAME_SWEEPS;
	for (size_t i = 0; i < b->hosts * b->s.n; i++)
		free(places[i].facts);
	free(places);
}

static void start(struct bench *b)
{
	static char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	struct place *places = xcalloc(b->s.n, sizeof *places);
	bool loaded = false;

	if (n <= 0)
		die("/proc/self/exe", NULL);
	self[n] = '\0';
	b->spec = (struct pool_spec){.self = self, .key = key, .key_len = sizeof key};
	b->spec.loop = loop_new(clock_system());
	b->pool = pool_new(&b->spec);
	pool_load(b->pool, &b->s.catalogue, on_loaded, &loaded);
	while (!loaded)
		loop_step(b->spec.loop, -1);
	printf("start     %.0f ms CPU in a worker until it can judge\n", workers_ms());
	/* Until the second worker has come, too. */
	for (size_t i = 0; i < b->s.n; i++)
		places[i].bench = b;
	for (size_t i = 0; i < 10; i++)
		sweep_host(b, ROUNDS_MAX, i, places, 0);
	wait_for(b, 0);
	for (size_t i = 0; i < b->s.n; i++)
		free(places[i].facts);
	free(places);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void tell(struct bench *b, const char *what, double *ms)
{
	qsort(ms, b->rounds, sizeof *ms, by_value);
	printf("%-9s %zu hosts, %zu judgements: least %.0f, median %.0f ms CPU\n", what, b->hosts,
		b->hosts * b->s.n, ms[0], ms[b->rounds / 2]);
}

static void through_pool(struct bench *b)
{
	start(b);
	for (size_t i = 0; i < b->rounds; i++)
		one_round(b, i);
	tell(b, "new", b->new_ms);
	tell(b, "same", b->same_ms);
	printf("          %.1f of %zu judged anew in a sweep without a change\n",
		(double)(SAME_SWEEPS * b->hosts * b->s.n - b->unchanged) / SAME_SWEEPS,
		b->hosts * b->s.n);
	pool_free(b->pool);
	loop_free(b->spec.loop);
}

static size_t number(char **argv, int argc, int i, size_t otherwise, size_t most)
{
	size_t n = argc > i ? (size_t)strtoul(argv[i], NULL, 10) : otherwise;

	return n < 1 ? 1 : n > most ? most : n;
}

int main(int argc, char **argv)
{
	static struct bench b;

	if (argc == 2 && str_eq(argv[1], "worker"))
		return worker_main();
	if (argc < 2) {
		fprintf(stderr, "usage: judge CHECKS-DIR [HOSTS [ROUNDS]]\n");
		return 2;
	}
	b.hosts = number(argv, argc, 2, 100, 100000);
	b.rounds = number(argv, argc, 3, 5, ROUNDS_MAX);
	subjects_load(&b.s, argv[1]);
	in_process(&b);
	through_pool(&b);
	return 0;
}
