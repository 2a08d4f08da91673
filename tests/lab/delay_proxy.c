/*
 * delay_proxy DELAY_MS LISTEN:PORT | LISTEN:ADDR:PORT ...
 *
 * Listens on ports of 127.0.0.1 and forwards each to a port, delaying every byte by DELAY_MS in
 * each direction; order stays, throughput is not limited. The target is connected to one delay
 * after the client was, as if the SYN had travelled. Says "ready" once it listens, and for each
 * connection that ended "LISTEN trips=N up=BYTES down=BYTES", where a trip is the client
 * speaking after the target has spoken. Knows nothing of opsdeck; for tests alone.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_PORTS = 1100,
	MAX_CONNS = 1100,
	RING = 1 << 20, /* bytes under way in one direction; more waits in the sender's socket */
	CHUNKS = 4096,
};

struct chunk {
	int64_t due_us;
	size_t len; /* 0: the end */
};

/* One direction of a connection. */
struct lane {
	int from;
	int to;
	bool ended;   /* read to the end */
	bool shut;    /* the end was passed on */
	bool blocked; /* due, but the receiver takes nothing */
	size_t head, len;
	size_t first, n;
	uint64_t total;
	struct chunk chunks[CHUNKS];
	uint8_t data[RING];
};

struct conn {
	const struct port *port;
	int64_t connect_us; /* when to connect to the target; 0 once that was done */
	bool connecting, down_spoke, broken;
	unsigned trips;
	struct lane up, down;
};

struct port {
	int fd;
	uint16_t listen;
	struct sockaddr_in target;
};

struct proxy {
	int64_t delay_us;
	size_t n_ports, n_conns;
	struct port ports[MAX_PORTS];
	struct conn *conns[MAX_CONNS];
	struct pollfd fds[MAX_PORTS + 2 * MAX_CONNS];
};

static int64_t now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static _Noreturn void fatal(const char *what)
{
	fprintf(stderr, "delay_proxy: %s: %s\n", what, strerror(errno));
	exit(1);
}

static _Noreturn void usage(void)
{
	fprintf(stderr, "usage: delay_proxy DELAY_MS LISTEN:PORT|LISTEN:ADDR:PORT ...\n");
	exit(2);
}

static long number(const char *s, char end, long max)
{
	char *rest;
	long n = strtol(s, &rest, 10);

	if (rest == s || *rest != end || n < 0 || n > max)
		usage();
	return n;
}

static void port_open(struct port *p, const char *arg)
{
	const char *colon = strchr(arg, ':'), *last = strrchr(arg, ':');
	struct sockaddr_in here = {.sin_family = AF_INET};
	char addr[INET_ADDRSTRLEN] = "127.0.0.1";
	int yes = 1;

	if (!colon)
		usage();
	if (last != colon)
		snprintf(addr, sizeof(addr), "%.*s", (int)(last - colon - 1), colon + 1);
	p->listen = (uint16_t)number(arg, ':', 65535);
	p->target = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons((uint16_t)number(last + 1, '\0', 65535))};
	if (inet_pton(AF_INET, addr, &p->target.sin_addr) != 1)
		usage();
	here.sin_port = htons(p->listen);
	here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (p->fd < 0)
		fatal("socket");
	setsockopt(p->fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(p->fd, (struct sockaddr *)&here, sizeof(here)) || listen(p->fd, 128))
		fatal(arg);
}

static void no_delay(int fd)
{
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
}

static void conn_accept(struct proxy *x, const struct port *p)
{
	int fd = accept4(p->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct conn *c;

	if (fd < 0)
		return;
	if (x->n_conns == MAX_CONNS) {
		close(fd);
		return;
	}
	/* Large and mostly untouched: pages come as they are used. */
	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED)
		fatal("mmap");
	no_delay(fd);
	c->port = p;
	c->up.from = c->down.to = fd;
	c->up.to = c->down.from = -1;
	c->connect_us = now_us() + x->delay_us;
	x->conns[x->n_conns++] = c;
}

static void conn_connect(struct conn *c)
{
	const struct sockaddr_in *to = &c->port->target;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	c->connect_us = 0;
	if (fd < 0)
		fatal("socket");
	no_delay(fd);
	c->up.to = c->down.from = fd;
	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) == 0)
		return;
	c->connecting = errno == EINPROGRESS;
	c->broken = !c->connecting;
}

static void conn_free(struct conn *c)
{
	printf("%u trips=%u up=%llu down=%llu\n", c->port->listen, c->trips,
		(unsigned long long)c->up.total, (unsigned long long)c->down.total);
	fflush(stdout);
	close(c->up.from);
	if (c->up.to >= 0)
		close(c->up.to);
	munmap(c, sizeof(*c));
}

static bool lane_may_read(const struct lane *l)
{
	return l->from >= 0 && !l->ended && l->len < RING && l->n < CHUNKS;
}

/* Returns how much came, 0 for nothing or the end, -1 for a broken connection. */
static ssize_t lane_read(struct lane *l, int64_t due_us)
{
	size_t tail = (l->head + l->len) % RING;
	size_t room = tail < l->head ? l->head - tail : RING - tail;
	ssize_t got;

	if (!lane_may_read(l))
		return 0;
	got = read(l->from, l->data + tail, room);
	if (got < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	l->ended = got == 0;
	l->len += (size_t)got;
	l->total += (uint64_t)got;
	l->chunks[(l->first + l->n++) % CHUNKS] = (struct chunk){due_us, (size_t)got};
	return got;
}

/* Passes on what is due. */
static int lane_write(struct lane *l, int64_t now)
{
	l->blocked = false;
	while (l->n > 0 && l->chunks[l->first].due_us <= now) {
		struct chunk *k = &l->chunks[l->first];
		size_t part = k->len < RING - l->head ? k->len : RING - l->head;
		ssize_t put;

		if (l->ended && k->len == 0) {
			shutdown(l->to, SHUT_WR);
			l->shut = true;
			l->n = 0;
			return 0;
		}
		put = send(l->to, l->data + l->head, part, MSG_NOSIGNAL);
		if (put < 0) {
			l->blocked = errno == EAGAIN || errno == EINTR;
			return l->blocked ? 0 : -1;
		}
		l->head = (l->head + (size_t)put) % RING;
		l->len -= (size_t)put;
		k->len -= (size_t)put;
		if (k->len == 0) {
			l->first = (l->first + 1) % CHUNKS;
			l->n--;
		}
	}
	return 0;
}

static void conn_step(struct conn *c, const struct proxy *x, short client, short target)
{
	int64_t now = now_us();
	ssize_t got;

	if (client & (POLLIN | POLLHUP | POLLERR)) {
		got = lane_read(&c->up, now + x->delay_us);
		c->broken |= got < 0;
		if (got > 0 && c->down_spoke) {
			c->trips++;
			c->down_spoke = false;
		}
	}
	if (c->connect_us && c->connect_us <= now)
		conn_connect(c);
	if (c->connecting && target & (POLLOUT | POLLHUP | POLLERR)) {
		int bad = 0;
		socklen_t len = sizeof(bad);

		getsockopt(c->up.to, SOL_SOCKET, SO_ERROR, &bad, &len);
		c->connecting = false;
		c->broken |= bad != 0;
	}
	if (c->broken || c->connect_us || c->connecting)
		return;
	if (target & (POLLIN | POLLHUP | POLLERR)) {
		got = lane_read(&c->down, now + x->delay_us);
		c->broken |= got < 0;
		c->down_spoke |= got > 0;
	}
	c->broken |= lane_write(&c->up, now) < 0 || lane_write(&c->down, now) < 0;
}

static void sooner(int64_t *at, int64_t us)
{
	if (*at < 0 || us < *at)
		*at = us;
}

/* What to wait for on both ends, and until when. */
static void conn_poll(const struct conn *c, struct pollfd *fds, int64_t *wake)
{
	const struct lane *up = &c->up, *down = &c->down;
	bool open = !c->connect_us && !c->connecting;

	fds[0] = (struct pollfd){.fd = up->from};
	fds[1] = (struct pollfd){.fd = up->to};
	fds[0].events = (short)((lane_may_read(up) ? POLLIN : 0) | (down->blocked ? POLLOUT : 0));
	fds[1].events = (short)((open && lane_may_read(down) ? POLLIN : 0) |
				(up->blocked || c->connecting ? POLLOUT : 0));
	/* A hang-up is reported even when not asked for: look away once it is known. */
	for (int i = 0; i < 2; i++)
		if (!fds[i].events)
			fds[i].fd = -1;
	if (c->connect_us)
		sooner(wake, c->connect_us);
	if (open && up->n && !up->blocked)
		sooner(wake, up->chunks[up->first].due_us);
	if (open && down->n && !down->blocked)
		sooner(wake, down->chunks[down->first].due_us);
}

static void run(struct proxy *x)
{
	size_t ports = x->n_ports, polled = x->n_conns, kept = 0;
	struct timespec ts;
	int64_t wake = -1, wait;

	for (size_t i = 0; i < ports; i++)
		x->fds[i] = (struct pollfd){.fd = x->ports[i].fd, .events = POLLIN};
	for (size_t i = 0; i < polled; i++)
		conn_poll(x->conns[i], &x->fds[ports + 2 * i], &wake);
	wait = wake < 0 ? -1 : wake - now_us();
	if (wake >= 0 && wait < 0)
		wait = 0;
	ts = (struct timespec){.tv_sec = wait / 1000000, .tv_nsec = wait % 1000000 * 1000};
	if (ppoll(x->fds, ports + 2 * polled, wake < 0 ? NULL : &ts, NULL) < 0 && errno != EINTR)
		fatal("ppoll");
	for (size_t i = 0; i < ports; i++)
		if (x->fds[i].revents)
			conn_accept(x, &x->ports[i]);
	for (size_t i = 0; i < polled; i++) {
		struct pollfd *f = &x->fds[ports + 2 * i];

		conn_step(x->conns[i], x, f[0].revents, f[1].revents);
	}
	for (size_t i = 0; i < x->n_conns; i++) {
		struct conn *c = x->conns[i];

		if (c->broken || (c->up.shut && c->down.shut))
			conn_free(c);
		else
			x->conns[kept++] = c;
	}
	x->n_conns = kept;
}

int main(int argc, char **argv)
{
	static struct proxy x;

	if (argc < 3 || argc - 2 > MAX_PORTS)
		usage();
	x.delay_us = number(argv[1], '\0', 60000) * 1000;
	for (int i = 2; i < argc; i++)
		port_open(&x.ports[x.n_ports++], argv[i]);
	puts("ready");
	fflush(stdout);
	for (;;)
		run(&x);
}
