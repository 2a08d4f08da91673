#include "config.h"

#include "port/ssh/resolve.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/strs.h"

#define GETENT "/usr/bin/getent"
#define DEADLINE_MS 10000
#define ANSWER_MAX 16384

struct resolve {
	struct addresses found;
	char *name;
	int port;
	struct child *child;
	struct loop_timer *timer;
	struct err error;
	resolve_fn *fn;
	void *arg;
};

static bool add_numeric(struct addresses *a, const char *text, int port)
{
	struct sockaddr_storage *to = &a->v[a->count];
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	*to = (struct sockaddr_storage){0};
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
	} else if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
	} else {
		return false;
	}
	a->count++;
	return true;
}

static void resolve_free(struct resolve *r)
{
	child_kill(r->child);
	loop_timer_del(r->timer);
	free(r->name);
	free(r);
}

static void finish(struct resolve *r)
{
	if (r->found.count)
		r->fn(r->arg, &r->found, NULL);
	else
		r->fn(r->arg, NULL, &r->error);
	resolve_free(r);
}

static void on_time(void *arg)
{
	struct resolve *r = arg;

	r->timer = NULL;
	finish(r);
}

/* "ADDRESS  STREAM name" a line, in the order getaddrinfo(3) gives. */
static void read_answer(struct resolve *r, const char *text)
{
	while (*text && r->found.count < ADDRESSES_MAX) {
		size_t line = strcspn(text, "\n");
		size_t n = strcspn(text, " \t\n");
		const char *kind = memmem(text, line, "STREAM", 6);
		char address[INET6_ADDRSTRLEN];

		if (n < sizeof address && kind) {
			memcpy(address, text, n);
			address[n] = '\0';
			add_numeric(&r->found, address, r->port);
		}
		text += line + (text[line] == '\n');
	}
}

static void on_child(void *arg, struct child_result *c)
{
	struct resolve *r = arg;
	struct buf name = {0};

	r->child = NULL;
	if (!c->exit_status)
		read_answer(r, buf_str(&c->out));
	safe_text(&name, r->name, strlen(r->name), SAFE_ASCII);
	err_set(&r->error, ERR_UNREACHABLE, "the name %s has no address%s", buf_str(&name),
		c->timed_out ? " (no answer in time)" : "");
	buf_finish(&name);
	finish(r);
}

struct resolve *resolve_start(
	struct loop *loop, const char *name, int port, resolve_fn *fn, void *arg)
{
	struct resolve *r = xcalloc(1, sizeof *r);
	const char *const argv[] = {GETENT, "ahosts", "--", name, NULL};
	const struct child_spec spec = {.argv = argv,
		.out_max = ANSWER_MAX,
		.err_max = ANSWER_MAX,
		.deadline_ms = DEADLINE_MS};

	*r = (struct resolve){.port = port, .fn = fn, .arg = arg, .name = xstrdup(name)};
	if (str_empty(name))
		err_set(&r->error, ERR_INPUT, "the host has no address");
	else if (!add_numeric(&r->found, name, port) &&
		 !child_start(&r->child, loop, &spec, on_child, r, &r->error))
		return r;
	r->timer = loop_timer_add(loop, 0, on_time, r);
	return r;
}

void resolve_cancel(struct resolve *r)
{
	if (r)
		resolve_free(r);
}
