#include "config.h"

#include "server/worker.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "server/judge.h"
#include "server/sandbox.h"
#include "server/packet.h"

#define CHUNK 65536
#define CHECKS_MAX 4096

struct worker {
	struct judge *judge; /* NULL until LOAD */
	struct buf in;
	bool bad; /* what came made no sense, or nobody reads us: end */
};

static int write_all(const char *p, size_t n)
{
	while (n) {
		ssize_t put = write(STDOUT_FILENO, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return -1;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

static void send_frame(struct worker *w, struct buf *frame)
{
	if (write_all(frame->data, frame->len))
		w->bad = true;
	buf_finish(frame);
}

static void answer_load(
	struct worker *w, const struct strs *names, const struct strs *texts, const char *error)
{
	struct buf frame = {.max = PACKET_FRAME_MAX};
	struct packet_out out = packet_start(&frame, PACKET_LOADED);
	struct err e;

	packet_put_strs(&out, names);
	packet_put_strs(&out, texts);
	packet_put_str(&out, error);
	if (packet_end(&out, &e))
		w->bad = true;
	else
		send_frame(w, &frame);
}

/* LOAD comes once: from then on the walls are up. */
static void load(struct worker *w, struct packet_in *in)
{
	size_t key_len, n;
	const char *key = packet_get(in, &key_len);
	struct strs names = {0}, texts = {0};
	struct judge_source *checks;
	struct err e = {0};

	n = packet_get_count(in, CHECKS_MAX);
	checks = xcalloc(n + 1, sizeof *checks);
	for (size_t i = 0; i < n; i++) {
		checks[i].name = packet_get_text(in);
		checks[i].body = packet_get_text(in);
		checks[i].last_good = packet_get_str(in);
	}
	if (packet_done(in, &e)) {
		free(checks);
		w->bad = true;
		return;
	}
	w->judge = judge_new(checks, n, key ? key : "", key_len, &names, &texts);
	if (sandbox_enter(&e)) {
		answer_load(w, &names, &texts, e.msg);
		w->bad = true;
	} else {
		answer_load(w, &names, &texts, NULL);
	}
	free(checks);
	strs_finish(&names);
	strs_finish(&texts);
}

/* An answer that is too long for the wire goes without its samples. */
static void send_answer(struct worker *w, int64_t id, struct judge_answer *a)
{
	struct buf frame = {.max = PACKET_FRAME_MAX};
	struct err e = {0};

	if (packet_put_answer(&frame, id, a, &e)) {
		buf_reset(&frame);
		samples_free(a->samples, a->sample_count);
		judge_files_free(a->adopted, a->adopted_count);
		a->samples = NULL;
		a->adopted = NULL;
		a->sample_count = a->adopted_count = 0;
		free(a->adopt_error);
		a->adopt_error = xstrdup("too large to be taken over");
		if (packet_put_answer(&frame, id, a, &e)) {
			w->bad = true;
			buf_finish(&frame);
			return;
		}
	}
	send_frame(w, &frame);
}

static void judge_one(struct worker *w, struct packet_in *in)
{
	struct judge_answer answer = {0};
	struct packet_request request;
	struct err e = {0};

	if (!w->judge || packet_get_request(&request, in, &e)) {
		w->bad = true;
		return;
	}
	if (judge_run(w->judge, &request.r, &answer, &e)) {
		answer.finding.host = xstrdup(request.r.host);
		answer.finding.check = xstrdup(request.r.check);
		answer.finding.state = FINDING_UNKNOWN;
		answer.finding.summary = xstrdup(e.msg);
		answer.finding.at_ms = request.r.now_ms;
	}
	send_answer(w, request.id, &answer);
	judge_answer_finish(&answer);
	packet_request_finish(&request);
}

static void handle(struct worker *w, size_t len)
{
	struct packet_in in;
	struct err e;

	if (packet_read(&in, w->in.data, len, &e)) {
		w->bad = true;
		return;
	}
	if (in.kind == PACKET_LOAD && !w->judge)
		load(w, &in);
	else if (in.kind == PACKET_JUDGE)
		judge_one(w, &in);
	else
		w->bad = true;
	buf_consume(&w->in, len);
}

static void serve(struct worker *w)
{
	char *chunk = xmalloc(CHUNK);

	buf_init(&w->in, PACKET_FRAME_MAX + CHUNK);
	while (!w->bad) {
		ssize_t n = read(STDIN_FILENO, chunk, CHUNK);
		size_t len;
		struct err e;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		buf_add(&w->in, chunk, (size_t)n);
		while (!w->bad) {
			if (packet_frame(w->in.data, w->in.len, &len, &e))
				w->bad = true;
			if (w->bad || !len)
				break;
			handle(w, len);
		}
	}
	free(chunk);
}

int worker_main(void)
{
	struct worker w = {0};
	struct err e = {0};
	int status;

	signal(SIGPIPE, SIG_IGN);
	/* Once, while files can still be read: jq's time functions ask for the zone. */
	setenv("TZ", "UTC", 1);
	tzset();
	/* A judgement frees what the next one needs again. */
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_MMAP_THRESHOLD, 16 << 20);
	if (sandbox_limit(&e)) {
		fprintf(stderr, "opsdeck: worker: %s\n", e.msg);
		return 1;
	}
	serve(&w);
	status = w.bad ? 1 : 0;
	judge_free(w.judge);
	buf_finish(&w.in);
	/* Not exit(3): what runs there (leak checks, flushing) may need calls that are barred. */
	_exit(status);
}
