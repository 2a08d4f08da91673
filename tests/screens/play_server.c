/*
 * Plays a server for the golden screens: answers a handful of requests over a filled store, the
 * same way every time, with nothing behind it. One client; ends with it. Usage: play_server DIR
 * SOCKET
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "codec/wire.h"
#include "store/read.h"
#include "store/write.h"

struct play {
	struct store *store;
	int fd;
	int64_t now_ms;
};

static void must(int rc, const struct err *e)
{
	if (rc == 0)
		return;
	fprintf(stderr, "play_server: %s\n", e->msg);
	exit(1);
}

static struct doc *parsed(const char *json)
{
	struct doc *d = NULL;
	struct err e;

	if (json)
		must(json_read(&d, json, strlen(json), "row", &e), &e);
	return d ? d : doc_new_null();
}

static struct doc *hello(void)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "role", "operator");
	doc_set_str(d, "user", "max");
	return d;
}

static struct doc *review(struct play *p, const char *id)
{
	struct proposal_row row = {0};
	struct doc *d = doc_new_map();
	struct err e;

	must(store_get_proposal(p->store, id, &row, &e), &e);
	doc_set_str(d, "id", id);
	doc_set_str(d, "state", proposal_state_name(row.p.state));
	doc_set_str(d, "plan", row.p.plan);
	doc_set_str(d, "shown", row.shown);
	doc_set(d, "view", parsed(row.view));
	doc_set(d, "verdict", parsed(row.verdict));
	doc_set_str(d, "rationale", row.rationale);
	doc_set_str(d, "runbook", row.p.runbook);
	doc_set_int(d, "expires_ms", row.p.expires_ms);
	proposal_row_finish(&row);
	return d;
}

static void run_step(struct play *p, const char *id, const char *phase, const char *title)
{
	struct step_run r = {.phase = xstrdup(phase),
		.host = xstrdup("web1"),
		.title = xstrdup(title),
		.state = xstrdup("ok"),
		.started_ms = p->now_ms,
		.ended_ms = p->now_ms + 12,
		.output = xstrdup("")};
	struct err e;

	must(store_put_step_run(p->store, id, &r, &e), &e);
	free(r.phase);
	free(r.host);
	free(r.title);
	free(r.state);
	free(r.output);
}

static void move(struct play *p, const char *id, enum proposal_state from, enum proposal_state to)
{
	struct err e;

	must(store_move_proposal(p->store, id, from, to, NULL, &e), &e);
}

/* What an approval does, without a host: the states and the steps, then a commit. */
static int approve(struct play *p, const struct doc *args, struct doc **out, struct err *e)
{
	const char *id = doc_get_str(args, "id", "");
	struct proposal_row row = {0};
	struct doc *decision = doc_copy(args);
	struct buf json = {0};

	must(store_get_proposal(p->store, id, &row, e), e);
	if (!str_eq(doc_get_str(args, "plan", ""), row.p.plan) ||
		!str_eq(doc_get_str(args, "shown", ""), row.shown) ||
		!str_eq(doc_get_str(args, "typed", ""), "web1")) {
		doc_free(decision);
		proposal_row_finish(&row);
		return err_set(e, ERR_CONFLICT, "what was shown is not what was approved");
	}
	doc_set_str(decision, "verdict", "approved");
	doc_set_str(decision, "by", "max");
	json_write(&json, decision);
	doc_free(decision);
	row.decision = buf_take(&json);
	row.p.state = PROPOSAL_APPROVED;
	must(store_put_proposal(p->store, &row, e), e);
	proposal_row_finish(&row);
	move(p, id, PROPOSAL_APPROVED, PROPOSAL_APPLYING);
	run_step(p, id, "apply", "put /etc/sudoers.d/luna");
	move(p, id, PROPOSAL_APPLYING, PROPOSAL_APPLIED);
	run_step(p, id, "verify", "check sudoers on web1 is ok");
	move(p, id, PROPOSAL_APPLIED, PROPOSAL_VERIFIED);
	must(store_get_proposal(p->store, id, &row, e), e);
	row.p.state = PROPOSAL_COMMITTED;
	row.p.commit = xstrdup("014e889a1b2c3d4e5f60718293a4b5c6d7e8f901");
	must(store_put_proposal(p->store, &row, e), e);
	proposal_row_finish(&row);
	*out = doc_new_map();
	doc_set_str(*out, "state", "committed");
	return 0;
}

static struct doc *path_doc(const char *path, const char *old, const char *now)
{
	struct diff *diff = diff_new();
	struct doc *d = doc_new_map();

	diff_lines(diff, old, strlen(old), now, strlen(now), NULL);
	doc_set_str(d, "path", path);
	doc_set_str(d, "status", "M");
	doc_set(d, "diff", diff_to_doc(diff));
	diff_free(diff);
	return d;
}

/* Incoming changes, and what adopting would change: one path each. */
static struct doc *paths(bool rewritten)
{
	struct doc *d = doc_new_map(), *list = doc_new_list();

	doc_push(list, path_doc("policy.yml", "freeze: false\nexpires: 1h\n",
			       "freeze: false\nexpires: 7d\n"));
	doc_set(d, "paths", list);
	doc_set_str(d, "tip", "77aa10b2c3d4e5f60718293a4b5c6d7e8f901014");
	doc_set_str(d, "accepted", "014e889a1b2c3d4e5f60718293a4b5c6d7e8f901");
	doc_set_str(d, "shown", "aa");
	doc_set_bool(d, "rewritten", rewritten);
	return d;
}

static int answer(
	struct play *p, const char *name, const struct doc *args, struct doc **out, struct err *e)
{
	*out = NULL;
	if (str_eq(name, "hello"))
		*out = hello();
	else if (str_eq(name, "review"))
		*out = review(p, doc_get_str(args, "id", ""));
	else if (str_eq(name, "approve"))
		return approve(p, args, out, e);
	else if (str_eq(name, "incoming"))
		*out = paths(true);
	else if (str_eq(name, "adopt"))
		*out = paths(false);
	else if (str_eq(name, "reject"))
		move(p, doc_get_str(args, "id", ""), PROPOSAL_PROPOSED, PROPOSAL_REJECTED);
	else if (!str_eq(name, "news") && !str_eq(name, "accept"))
		return err_set(e, ERR_REFUSED, "this server only plays");
	return 0;
}

static void handle(struct play *p, const char *line, size_t n)
{
	struct doc *d = NULL, *result = NULL;
	struct buf out = {0};
	struct err e = {0};
	int64_t id;

	must(json_read(&d, line, n, "request", &e), &e);
	id = doc_get_int(d, "id", 0);
	if (answer(p, doc_get_str(d, "request", ""), doc_get(d, "args"), &result, &e) < 0)
		wire_put_error(&out, id, &e);
	else
		wire_put_answer(&out, id, result);
	if (send(p->fd, out.data, out.len, MSG_NOSIGNAL) < 0)
		exit(0);
	buf_finish(&out);
	doc_free(result);
	doc_free(d);
}

static void serve(struct play *p)
{
	struct wire_in in = {0};
	char bytes[4096];
	const char *line;
	struct err e;
	ssize_t n;
	size_t len;

	while ((n = read(p->fd, bytes, sizeof bytes)) > 0) {
		wire_feed(&in, bytes, (size_t)n);
		while (wire_line(&in, &line, &len, &e) > 0)
			handle(p, line, len);
	}
	wire_in_finish(&in);
}

/* Listens before it forks, so that who started it can connect at once. */
static int listen_at(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 1) < 0) {
		perror("play_server");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	struct play p = {0};
	struct clock clock;
	struct err e;
	int fd;

	if (argc != 3 || !time_parse("2026-11-22T12:02:00Z", &p.now_ms))
		return 2;
	fd = listen_at(argv[2]);
	if (fork() > 0)
		return 0;
	alarm(60); /* whatever happens, it does not stay */
	clock = clock_frozen(&p.now_ms);
	must(store_open(&p.store, argv[1], &clock, &e), &e);
	p.fd = accept(fd, NULL, NULL);
	serve(&p);
	store_close(p.store);
	return 0;
}
