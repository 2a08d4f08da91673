/*
 * The cockpit on a real pseudo-terminal. `pty smoke SCREEN STORE`: every way to leave puts the
 * terminal back as it was, whatever the size, the terminal type and the input. `pty bench SCREEN
 * STORE`: prints times and bytes; judges nothing.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

struct run {
	pid_t pid;
	int fd;
	int keep; /* the other side, so that its modes can be read at the end */
	struct termios before;
	struct buf out;
	size_t seen; /* bytes of out that were looked at */
	int64_t start_us, last_us;
};

static const char *screen, *store;

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void child(const char *term, const char *no_color, int slave)
{
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	setenv("TERM", term, 1);
	unsetenv("NO_COLOR");
	if (no_color)
		setenv("NO_COLOR", no_color, 1);
	execl(screen, screen, "--read-only", store, (char *)NULL);
	_exit(127);
}

static void begin(struct run *r, const char *term, const char *no_color, int w, int h)
{
	struct winsize ws = {.ws_row = (unsigned short)h, .ws_col = (unsigned short)w};

	*r = (struct run){0};
	if (openpty(&r->fd, &r->keep, NULL, NULL, &ws) < 0) {
		perror("openpty");
		exit(1);
	}
	tcgetattr(r->keep, &r->before);
	r->start_us = r->last_us = now_us();
	r->pid = fork();
	if (r->pid == 0)
		child(term, no_color, r->keep);
}

/* Reads until nothing came for `quiet` ms (or `most` ms are over); the time of the last byte stays.
 */
static void drain(struct run *r, int quiet, int most)
{
	int64_t end = now_us() + (int64_t)most * 1000;

	while (now_us() < end) {
		struct pollfd p = {.fd = r->fd, .events = POLLIN};
		char bytes[8192];
		ssize_t n;

		if (poll(&p, 1, quiet) <= 0)
			return;
		n = read(r->fd, bytes, sizeof bytes);
		if (n <= 0)
			return;
		buf_add(&r->out, bytes, (size_t)n);
		r->last_us = now_us();
	}
}

static bool said(const struct run *r, const char *text)
{
	return memmem(buf_str(&r->out), r->out.len, text, strlen(text)) != NULL;
}

/* The first whole frame, however busy the machine is: until the program's name was said, or it
 * ended. */
static void drawn(struct run *r)
{
	for (int i = 0; i < 70 && !said(r, "opsdeck"); i++)
		drain(r, 150, 3000);
	drain(r, 150, 3000);
}

static void type(struct run *r, const char *keys, size_t n)
{
	if (write(r->fd, keys, n) < 0)
		perror("write");
}

/* True when it ended by itself within five seconds. */
static bool ended(struct run *r, int *status)
{
	for (int i = 0; i < 100; i++) {
		drain(r, 50, 50);
		if (waitpid(r->pid, status, WNOHANG) == r->pid) {
			drain(r, 20, 200);
			return true;
		}
	}
	kill(r->pid, SIGKILL);
	waitpid(r->pid, status, 0);
	return false;
}

static void finish(struct run *r)
{
	close(r->fd);
	close(r->keep);
	buf_finish(&r->out);
}

static int failures;

static void expect(bool good, const char *what, const char *name)
{
	if (good)
		return;
	fprintf(stderr, "FAIL %s: %s\n", name, what);
	failures++;
}

static bool same_modes(const struct run *r)
{
	struct termios now;

	return tcgetattr(r->keep, &now) == 0 && now.c_iflag == r->before.c_iflag &&
	       now.c_oflag == r->before.c_oflag && now.c_lflag == r->before.c_lflag &&
	       memcmp(now.c_cc, r->before.c_cc, sizeof now.c_cc) == 0;
}

static void leaves_clean(struct run *r, const char *name, bool xterm)
{
	int status = 0;

	expect(ended(r, &status), "did not end", name);
	expect(same_modes(r), "the terminal's modes are not as they were", name);
	if (xterm) {
		expect(said(r, "\033[?1049h") && said(r, "\033[?1049l"),
			"the screen is not given back", name);
		expect(said(r, "\033[?2004h") && said(r, "\033[?2004l"), "bracketed paste stays on",
			name);
	}
}

static void leave_by(const char *name, const char *keys, int signo)
{
	struct run r;

	begin(&r, "xterm-256color", NULL, 80, 24);
	drawn(&r);
	expect(said(&r, "opsdeck"), "nothing was drawn", name);
	if (keys)
		type(&r, keys, strlen(keys));
	else
		kill(r.pid, signo);
	leaves_clean(&r, name, true);
	finish(&r);
}

static void hostile_payload_never_reaches_the_terminal(void)
{
	struct run r;

	begin(&r, "xterm-256color", NULL, 120, 40);
	drawn(&r);
	type(&r, "2jw", 3); /* the raw sample of the drift on web1: ESC, CR and tabs */
	drawn(&r);
	expect(said(&r, "<U+001B>[31mred"), "the sample is not on the screen", "payload");
	expect(!said(&r, "\033[31mred"), "a raw escape sequence came through", "payload");
	expect(!said(&r, "\xe2\x80\xae"), "a raw RLO came through", "payload");
	type(&r, "q", 1);
	leaves_clean(&r, "payload", true);
	finish(&r);
}

static void any_size(void)
{
	static const struct winsize sizes[] = {{.ws_row = 1, .ws_col = 1},
		{.ws_row = 5, .ws_col = 20}, {.ws_row = 200, .ws_col = 500},
		{.ws_row = 2, .ws_col = 300}, {.ws_row = 24, .ws_col = 80}};
	struct run r;

	begin(&r, "xterm-256color", NULL, 80, 24);
	drawn(&r);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		ioctl(r.fd, TIOCSWINSZ, &sizes[i]);
		drain(&r, 80, 2000);
		type(&r, "j\rdrw?", 6);
		drain(&r, 80, 2000);
	}
	type(&r, "q", 1);
	leaves_clean(&r, "any size", true);
	finish(&r);
}

/* Bytes that are no key of anybody: nothing is run, nothing breaks. */
static void any_input(void)
{
	struct run r;
	unsigned seed = 1;
	char bytes[4096];

	begin(&r, "xterm-256color", NULL, 80, 24);
	drawn(&r);
	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof bytes; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (char)(seed >> 16);
			/* without the keys that leave: q, ctrl-q, ctrl-c, ctrl-z, ctrl-s writes a
			 * file */
			if (strchr("qQ\x11\x03\x1a\x13:", bytes[i]) || (bytes[i] & 0x80))
				bytes[i] = '\033';
		}
		type(&r, bytes, sizeof bytes);
		drain(&r, 30, 1000);
	}
	kill(r.pid, SIGTERM);
	leaves_clean(&r, "any input", true);
	finish(&r);
}

static void pasted_text_runs_nothing(void)
{
	struct run r;
	int status;

	begin(&r, "xterm-256color", NULL, 80, 24);
	drawn(&r);
	type(&r, "\033[200~qqq\033[201~", 15);
	drain(&r, 150, 1000);
	expect(waitpid(r.pid, &status, WNOHANG) == 0, "pasted q left the cockpit", "paste");
	type(&r, "q", 1);
	leaves_clean(&r, "paste", true);
	finish(&r);
}

static void terminal_types(void)
{
	static const char *const types[] = {
		"vt100", "linux", "xterm", "xterm-direct", "screen", "tmux-256color"};
	struct run r;
	int status;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		begin(&r, types[i], NULL, 80, 24);
		drawn(&r);
		if (!said(&r, "is not known here")) /* not every machine has every entry */
			expect(said(&r, "opsdeck"), "nothing was drawn", types[i]);
		type(&r, "jq", 2);
		leaves_clean(&r, types[i], false);
		finish(&r);
	}
	begin(&r, "dumb", NULL, 80, 24);
	expect(ended(&r, &status) && WEXITSTATUS(status) == 1, "does not refuse", "dumb");
	expect(said(&r, "opsdeck status"), "does not say what to do instead", "dumb");
	finish(&r);
	begin(&r, "xterm-256color", "1", 80, 24);
	drawn(&r);
	expect(said(&r, "opsdeck") && !said(&r, "\033[38;5"), "colours in spite of NO_COLOR",
		"NO_COLOR");
	type(&r, "q", 1);
	leaves_clean(&r, "NO_COLOR", true);
	finish(&r);
}

static void stop_and_continue(void)
{
	struct run r;
	size_t before;

	begin(&r, "xterm-256color", NULL, 80, 24);
	drawn(&r);
	before = r.out.len;
	kill(r.pid, SIGTSTP); /* a group without a shell: the kernel lets it go on */
	drain(&r, 200, 2000);
	expect(memmem(r.out.data + before, r.out.len - before, "\033[?1049l", 8) != NULL,
		"the screen is not given back", "SIGTSTP");
	kill(r.pid, SIGCONT);
	drain(&r, 200, 2000);
	type(&r, "q", 1);
	leaves_clean(&r, "SIGTSTP", true);
	finish(&r);
}

static int smoke(void)
{
	leave_by("q", "q", 0);
	leave_by("ctrl-c", "\003", 0);
	leave_by("SIGTERM", NULL, SIGTERM);
	leave_by("SIGHUP", NULL, SIGHUP);
	leave_by("SIGINT", NULL, SIGINT);
	leave_by("SIGQUIT", NULL, SIGQUIT);
	hostile_payload_never_reaches_the_terminal();
	any_size();
	any_input();
	pasted_text_runs_nothing();
	terminal_types();
	stop_and_continue();
	return failures ? 1 : 0;
}

/* Times it woke up so far, by giving up the processor or being told to. */
static long wakeups(pid_t pid)
{
	char path[64], line[128];
	long n = 0, sum = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1)
			sum += n;
	}
	if (f)
		fclose(f);
	return sum;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

#define MOVES 60

static void bench_size(int w, int h)
{
	int64_t times[MOVES], bytes[MOVES];
	struct run r;
	size_t before;
	long woke;

	begin(&r, "xterm-256color", NULL, w, h);
	drain(&r, 200, 3000);
	printf("%dx%d\n  first frame          %8.2f ms, %zu bytes (from exec)\n", w, h,
		(double)(r.last_us - r.start_us) / 1000, r.out.len);
	for (int i = 0; i < MOVES; i++) {
		int64_t start;

		before = r.out.len;
		start = now_us();
		type(&r, i / 15 % 2 ? "k" : "j", 1);
		drain(&r, 15, 1000);
		times[i] = r.last_us - start;
		bytes[i] = (int64_t)(r.out.len - before);
	}
	qsort(times, MOVES, sizeof *times, by_value);
	qsort(bytes, MOVES, sizeof *bytes, by_value);
	printf("  cursor move          %8.3f ms median, %.3f ms at 95%%\n",
		(double)times[MOVES / 2] / 1000, (double)times[MOVES * 95 / 100] / 1000);
	printf("  bytes of a move      %8lld median, %lld at most\n", (long long)bytes[MOVES / 2],
		(long long)bytes[MOVES - 1]);
	before = r.out.len;
	woke = wakeups(r.pid);
	drain(&r, 5000, 5000);
	printf("  idle for 5 s         %8zu bytes, %ld wake-ups\n", r.out.len - before,
		wakeups(r.pid) - woke);
	type(&r, "q", 1);
	ended(&r, &(int){0});
	finish(&r);
}

static int bench(void)
{
	bench_size(80, 24);
	bench_size(120, 40);
	bench_size(200, 60);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	screen = argv[2];
	store = argv[3];
	return strcmp(argv[1], "bench") == 0 ? bench() : smoke();
}
