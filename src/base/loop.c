#include "config.h"

#include "base/loop.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct loop_io {
	struct loop *loop;
	int fd;
	short events;
	bool dead; /* deleted while callbacks run: freed when the outermost round ends */
	loop_io_fn *fn;
	void *arg;
};

struct loop_timer {
	struct loop *loop;
	int64_t due;  /* clock_mono */
	uint64_t seq; /* order among equals, and which timers a round may run */
	size_t at;    /* place in the heap */
	bool fired;   /* out of the heap, its callback runs */
	loop_timer_fn *fn;
	void *arg;
};

struct signal_source {
	int signo;
	bool was_blocked;
	loop_signal_fn *fn;
	void *arg;
};

struct loop {
	const struct clock *clock;
	struct loop_io **ios;
	size_t io_count, io_cap, io_live;
	struct loop_timer **heap; /* binary heap, soonest first */
	size_t timer_count, timer_cap;
	uint64_t next_seq;
	struct signal_source *signals;
	size_t signal_count, signal_cap;
	int signal_fd;	/* -1 until loop_signal */
	unsigned depth; /* rounds under way: a callback may run a round of its own */
	bool stopped;
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "opsdeck: %s: %s\n", what, strerror(errno));
	abort();
}

struct loop *loop_new(const struct clock *clock)
{
	struct loop *l = xcalloc(1, sizeof *l);

	l->clock = clock;
	l->signal_fd = -1;
	return l;
}

const struct clock *loop_clock(const struct loop *l)
{
	return l->clock;
}

/* ---- file descriptors ---- */

struct loop_io *loop_io_add(struct loop *l, int fd, short events, loop_io_fn *fn, void *arg)
{
	struct loop_io *io = xcalloc(1, sizeof *io);

	*io = (struct loop_io){.loop = l, .fd = fd, .events = events, .fn = fn, .arg = arg};
	*ARR_ADD(l->ios, l->io_count, l->io_cap) = io;
	l->io_live++;
	return io;
}

void loop_io_events(struct loop_io *io, short events)
{
	io->events = events;
}

static void drop_dead(struct loop *l)
{
	size_t kept = 0;

	if (l->io_live == l->io_count)
		return;
	for (size_t i = 0; i < l->io_count; i++) {
		if (l->ios[i]->dead)
			free(l->ios[i]);
		else
			l->ios[kept++] = l->ios[i];
	}
	l->io_count = kept;
}

void loop_io_del(struct loop_io *io)
{
	struct loop *l;

	if (!io || io->dead)
		return;
	l = io->loop;
	io->dead = true;
	l->io_live--;
	if (!l->depth)
		drop_dead(l);
}

/* ---- timers ---- */

static bool sooner(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void put(struct loop *l, size_t at, struct loop_timer *t)
{
	l->heap[at] = t;
	t->at = at;
}

/* Puts t into the hole at `at`, moving it up or down to where it belongs. */
static void settle(struct loop *l, size_t at, struct loop_timer *t)
{
	while (at && sooner(t, l->heap[(at - 1) / 2])) {
		put(l, at, l->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	for (;;) {
		size_t child = 2 * at + 1;

		if (child + 1 < l->timer_count && sooner(l->heap[child + 1], l->heap[child]))
			child++;
		if (child >= l->timer_count || !sooner(l->heap[child], t))
			break;
		put(l, at, l->heap[child]);
		at = child;
	}
	put(l, at, t);
}

struct loop_timer *loop_timer_add(struct loop *l, int64_t ms, loop_timer_fn *fn, void *arg)
{
	struct loop_timer *t = xcalloc(1, sizeof *t);
	int64_t now = clock_mono(l->clock);

	if (ms < 0)
		ms = 0;
	*t = (struct loop_timer){.loop = l, .fn = fn, .arg = arg, .seq = l->next_seq++};
	t->due = ms > INT64_MAX - now ? INT64_MAX : now + ms;
	*ARR_ADD(l->heap, l->timer_count, l->timer_cap) = t;
	settle(l, l->timer_count - 1, t);
	return t;
}

static void unheap(struct loop_timer *t)
{
	struct loop *l = t->loop;
	struct loop_timer *last = l->heap[--l->timer_count];

	if (last != t)
		settle(l, t->at, last);
}

void loop_timer_del(struct loop_timer *t)
{
	if (!t || t->fired)
		return;
	unheap(t);
	free(t);
}

/* Runs what is due now; what callbacks add meanwhile waits for the next round, so that a timer of
 * 0 ms that renews itself does not starve the rest. */
static void run_timers(struct loop *l)
{
	int64_t now = clock_mono(l->clock);
	uint64_t seq_end = l->next_seq;

	while (!l->stopped && l->timer_count && l->heap[0]->due <= now &&
		l->heap[0]->seq < seq_end) {
		struct loop_timer *t = l->heap[0];

		unheap(t);
		t->fired = true;
		t->fn(t->arg);
		free(t);
	}
}

/* ---- signals ---- */

static void watch_signals(struct loop *l)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < l->signal_count; i++)
		sigaddset(&set, l->signals[i].signo);
	l->signal_fd = signalfd(l->signal_fd, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (l->signal_fd < 0)
		die("signalfd");
}

static struct signal_source *find_signal(struct loop *l, int signo)
{
	for (size_t i = 0; i < l->signal_count; i++)
		if (l->signals[i].signo == signo)
			return &l->signals[i];
	return NULL;
}

void loop_signal(struct loop *l, int signo, loop_signal_fn *fn, void *arg)
{
	struct signal_source *s = find_signal(l, signo);
	sigset_t set, before;

	if (!s) {
		sigemptyset(&set);
		sigaddset(&set, signo);
		sigprocmask(SIG_BLOCK, &set, &before);
		s = ARR_ADD(l->signals, l->signal_count, l->signal_cap);
		s->signo = signo;
		s->was_blocked = sigismember(&before, signo) == 1;
		watch_signals(l);
	}
	s->fn = fn;
	s->arg = arg;
}

static void run_signals(struct loop *l)
{
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		struct signal_source *s = find_signal(l, (int)info.ssi_signo);

		if (s)
			s->fn(s->arg, s->signo);
		if (l->stopped)
			break;
	}
}

static void finish_signals(struct loop *l)
{
	struct signalfd_siginfo info;
	sigset_t set;

	if (l->signal_fd < 0)
		return;
	/* What is still pending would hit the process once unblocked: it was meant for the loop. */
	while (read(l->signal_fd, &info, sizeof info) > 0)
		continue;
	sigemptyset(&set);
	for (size_t i = 0; i < l->signal_count; i++)
		if (!l->signals[i].was_blocked)
			sigaddset(&set, l->signals[i].signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	close(l->signal_fd);
	free(l->signals);
}

void loop_free(struct loop *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->io_count; i++)
		free(l->ios[i]);
	for (size_t i = 0; i < l->timer_count; i++)
		free(l->heap[i]);
	finish_signals(l);
	free(l->ios);
	free(l->heap);
	free(l);
}

/* ---- rounds ---- */

static bool has_work(const struct loop *l)
{
	return !l->stopped && (l->io_live || l->timer_count);
}

static int wait_ms(const struct loop *l, int64_t max_ms)
{
	int64_t ms = max_ms < 0 ? -1 : max_ms;

	if (l->timer_count) {
		int64_t left = l->heap[0]->due - clock_mono(l->clock);

		if (left < 0)
			left = 0;
		if (ms < 0 || left < ms)
			ms = left;
	}
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* Fills what to poll; the signalfd, where there is one, comes first with a NULL io. */
static nfds_t gather(const struct loop *l, struct pollfd *fds, struct loop_io **ios)
{
	nfds_t n = 0;

	if (l->signal_fd >= 0) {
		ios[n] = NULL;
		fds[n++] = (struct pollfd){.fd = l->signal_fd, .events = POLLIN};
	}
	for (size_t i = 0; i < l->io_count; i++) {
		/* One that asks for nothing is left out: poll would report its hang-up again and
		 * again. */
		if (l->ios[i]->dead || !l->ios[i]->events)
			continue;
		ios[n] = l->ios[i];
		fds[n++] = (struct pollfd){.fd = l->ios[i]->fd, .events = l->ios[i]->events};
	}
	return n;
}

static void dispatch(struct loop *l, const struct pollfd *fds, struct loop_io **ios, nfds_t n)
{
	for (nfds_t i = 0; i < n && !l->stopped; i++) {
		struct loop_io *io = ios[i];
		short revents = fds[i].revents;

		if (!revents)
			continue;
		if (!io) {
			run_signals(l);
			continue;
		}
		/* An earlier callback of this round may have deleted it or changed what it asks
		 * for. */
		if (io->dead || !io->events)
			continue;
		revents &= io->events | POLLERR | POLLHUP | POLLNVAL;
		if (revents)
			io->fn(io->arg, io->fd, revents);
	}
}

bool loop_step(struct loop *l, int64_t max_ms)
{
	struct pollfd *fds;
	struct loop_io **ios;
	nfds_t n;
	int ready;

	if (!has_work(l))
		return false;
	l->depth++;
	fds = xcalloc(l->io_count + 1, sizeof *fds);
	ios = xcalloc(l->io_count + 1, sizeof *ios);
	n = gather(l, fds, ios);
	ready = poll(fds, n, wait_ms(l, max_ms));
	if (ready < 0 && errno != EINTR && errno != EAGAIN)
		die("poll");
	if (ready > 0)
		dispatch(l, fds, ios, n);
	run_timers(l);
	free(fds);
	free(ios);
	if (!--l->depth)
		drop_dead(l);
	return has_work(l);
}

void loop_run(struct loop *l)
{
	while (loop_step(l, -1))
		continue;
	l->stopped = false;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}
