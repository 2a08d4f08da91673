/*
 * sweep_hosts DIR ROUNDS: sweeps the hosts of DIR (as tests/lab/loopback made it) with one check of
 * 2 KB, through collect, judge and store as the server does, first cold and then ROUNDS times on
 * the held sessions. Prints a line for each: hosts that were right, wall and CPU milliseconds.
 * Asserts nothing.
 */
#include "config.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/check.h"
#include "flow/collect.h"
#include "port/ssh/ssh.h"
#include "server/judge.h"
#include "store/write.h"

static const char check_text[] =
	"title: Numbers\n"
	"about: 2 KB of output, counted\n"
	"applies: everywhere\n"
	"every: 60s\n"
	"commands:\n"
	"  seq: {argv: [/usr/bin/seq, \"1\", \"539\"], timeout: 20s, cap: 64K, read: {kind: "
	"lines}}\n"
	"facts: '{n: (.seq.value | length)}'\n"
	"rules:\n"
	"  - {when: '.n != 539', state: crit, say: '\"only \\(.n) lines\"'}\n"
	"ok: '\"\\(.n) lines\"'\n";

struct bench {
	struct loop *loop;
	struct transport *transports[TRANSPORT_KIND_COUNT];
	struct fleet fleet;
	struct catalogue catalogue;
	struct judge *judge;
	struct store *store;
	struct collect_item *items;
	const struct check *checks[1];
	size_t right;
	bool done;
};

static void must(int rc, const struct err *e)
{
	if (!rc)
		return;
	fprintf(stderr, "sweep_hosts: %s\n", e->msg);
	exit(1);
}

static double cpu_ms(void)
{
	static const int who[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
	double ms = 0;

	for (int i = 0; i < 2; i++) {
		struct rusage u;

		getrusage(who[i], &u);
		ms += (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
		      (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
	}
	return ms;
}

static double wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void on_host(void *arg, struct collect_result *r)
{
	struct bench *b = arg;
	struct judge_request request = {.host = r->host->name,
		.check = "numbers",
		.now_ms = r->at_ms,
		.samples = r->samples,
		.sample_count = r->sample_count,
		.fresh = true};
	struct judge_answer a = {0};
	struct transition turned = {0};
	struct err e = {0};

	if (r->error.code)
		fprintf(stderr, "%s: %s\n", r->host->name, r->error.msg);
	must(judge_run(b->judge, &request, &a, &e), &e);
	b->right += a.finding.state == FINDING_OK;
	must(store_put_host(b->store, r->host->name, r->at_ms, r->error.code ? r->error.msg : NULL,
		     NULL, &e),
		&e);
	must(store_put_finding(
		     b->store, &a.finding, 1, 1, NULL, a.samples, a.sample_count, &turned, &e),
		&e);
	if (turned.host)
		transition_release(&turned);
	judge_answer_finish(&a);
}

static void on_done(void *arg)
{
	((struct bench *)arg)->done = true;
}

/* As the server does it: one transaction a sweep. */
static void sweep(struct bench *b, const char *label)
{
	const struct collect_spec spec = {.loop = b->loop,
		.clock = clock_system(),
		.transports = b->transports,
		.width = b->fleet.width,
		.items = b->items,
		.item_count = b->fleet.host_count,
		.on_host = on_host,
		.on_done = on_done,
		.arg = b};
	double wall = wall_ms(), cpu = cpu_ms();
	struct err e = {0};

	b->right = 0;
	b->done = false;
	must(store_begin(b->store, &e), &e);
	collect_start(&spec);
	while (!b->done)
		loop_step(b->loop, -1);
	must(store_commit(b->store, &e), &e);
	printf("%s\t%zu of %zu right\twall %.1f ms\tcpu %.1f ms\n", label, b->right,
		b->fleet.host_count, wall_ms() - wall, cpu_ms() - cpu);
	fflush(stdout);
}

static void read_hosts(struct bench *b, const char *dir)
{
	const struct passwd *pw = getpwuid(geteuid());
	char *path = path_join(dir, "hosts.tsv");
	struct strs lines = {0};
	struct buf text = {0};
	struct err e = {0};

	must(file_read(&text, path, 1 << 20, &e), &e);
	strs_split(&lines, buf_str(&text), '\n');
	for (size_t i = 0; i < lines.n; i++) {
		struct strs words = {0};
		long long port;

		strs_split(&words, lines.v[i], '\t');
		if (words.n == 3 && str_int(words.v[2], 1, 65535, &port)) {
			struct host *h =
				ARR_ADD(b->fleet.hosts, b->fleet.host_count, b->fleet.host_cap);

			*h = (struct host){.name = xstrdup(words.v[0]),
				.address = xstrdup(words.v[1]),
				.port = (int)port,
				.params = xstrdup("{}"),
				.user = {xstrdup(pw->pw_name), xstrdup(pw->pw_name)},
				.deadline_ms = 30000};
		}
		strs_finish(&words);
	}
	b->fleet.estate = xstrdup("bench");
	b->fleet.width = (int)b->fleet.host_count;
	strs_finish(&lines);
	buf_finish(&text);
	free(path);
}

static void set_up(struct bench *b, const char *dir)
{
	char *key = path_join(dir, "key"), *known = path_join(dir, "known_hosts");
	char *store = path_join(dir, "store");
	struct ssh_config config = {.known_hosts = known, .key = {key, key}, .width = 32};
	struct strs names = {0}, texts = {0};
	struct judge_source source;
	struct err e = {0};
	struct check *c;

	b->loop = config.loop = loop_new(clock_system());
	b->transports[TRANSPORT_LIBSSH2] = ssh_transport_new(&config, &e);
	must(b->transports[TRANSPORT_LIBSSH2] ? 0 : -1, &e);
	read_hosts(b, dir);
	c = ARR_ADD(b->catalogue.checks, b->catalogue.check_count, b->catalogue.check_cap);
	must(check_read(c, "numbers", check_text, sizeof check_text - 1, "numbers/check.yml", NULL,
		     NULL, &e),
		&e);
	b->checks[0] = c;
	source = (struct judge_source){.name = "numbers", .body = c->body};
	b->judge = judge_new(&source, 1, "0123456789abcdef", 16, &names, &texts);
	for (size_t i = 0; i < texts.n; i++)
		fprintf(stderr, "%s: %s\n", names.v[i], texts.v[i]);
	must(dir_make(store, 0700, &e), &e);
	must(store_open(&b->store, store, clock_system(), &e), &e);
	must(store_put_fleet(b->store, &b->fleet, &b->catalogue, &e), &e);
	b->items = xcalloc(b->fleet.host_count + 1, sizeof *b->items);
	for (size_t i = 0; i < b->fleet.host_count; i++)
		b->items[i] = (struct collect_item){&b->fleet.hosts[i], b->checks, 1};
	strs_finish(&names);
	strs_finish(&texts);
	free(key);
	free(known);
	free(store);
}

/* The sessions open their next channel after a run; that is not part of the run. */
static void settle(struct bench *b)
{
	double until = wall_ms() + 400;

	while (wall_ms() < until)
		loop_step(b->loop, 50);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	long long rounds;

	if (argc != 3 || !str_int(argv[2], 0, 1000, &rounds)) {
		fprintf(stderr, "usage: sweep_hosts DIR ROUNDS\n");
		return 2;
	}
	set_up(&b, argv[1]);
	sweep(&b, "cold");
	for (long long i = 0; i < rounds; i++) {
		settle(&b);
		sweep(&b, "warm");
	}
	b.transports[TRANSPORT_LIBSSH2]->ops->free(b.transports[TRANSPORT_LIBSSH2]);
	store_close(b.store);
	judge_free(b.judge);
	loop_free(b.loop);
	return 0;
}
