/*
 * One connection to the server: requests, their progress and answers, and the news. Starts the
 * server on demand when it is told how. Knows no request's meaning, no store and no screen.
 */
#ifndef OPSDECK_CLIENT_CLIENT_H
#define OPSDECK_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "model/request.h"

struct client;
struct doc;
struct loop;

/* How to start a server where none listens. All borrowed; absolute paths. */
struct client_start {
	const char *program; /* opsdeck itself (self_path) */
	const char *repo;
	const char *state; /* the store's folder; made when missing */
	const char *socket;
	const char *linger; /* NULL = the server's default; else the value of --linger ("10m") */
};

/* Connects to the socket; ERR_UNREACHABLE when nobody listens there. */
int client_open(struct client **out, const char *socket, struct err *e) WARN_UNUSED;
/* The same, but first starts `opsdeck serve --on-demand` when nobody listens (under a lock beside
 * the store: two callers at once get one server). Waits until it listens or has said why it cannot
 * (at most 20 s). */
int client_open_or_start(
	struct client **out, const struct client_start *how, struct err *e) WARN_UNUSED;
/* Requests without an answer are dropped without their callbacks. NULL is fine. */
void client_close(struct client *c);
int client_fd(const struct client *c);

/* result and progress are borrowed for the call; error is NULL when the request succeeded. */
typedef void client_answer_fn(void *arg, const struct doc *result, const struct err *error);
typedef void client_progress_fn(void *arg, const struct doc *progress);
typedef void client_news_fn(void *arg, int64_t seq);
typedef void client_gone_fn(void *arg, const struct err *why);

/* Asynchronous use: puts the connection on a loop. `gone` (called once) says that the connection
 * ended; every open request was answered with ERR_UNREACHABLE before. Close it then, not inside the
 * callback of a request. `news` may be NULL; otherwise the news are asked for. */
void client_attach(
	struct client *c, struct loop *loop, client_news_fn *news, client_gone_fn *gone, void *arg);
/* Takes args (NULL = none). `progress` may be NULL. The answer comes from the loop, never from
 * within. */
void client_send(struct client *c, enum request request, struct doc *args,
	client_progress_fn *progress, client_answer_fn *answer, void *arg);

/* Synchronous use, for the command line: waits for the answer. Takes args. The result (may be NULL
 * for "not wanted") is the caller's. A refusal or failure of the server is the error. */
int client_call(struct client *c, enum request request, struct doc *args,
	client_progress_fn *progress, void *arg, struct doc **result, struct err *e) WARN_UNUSED;

/* After `stop` was answered: waits until the server has let go of everything (its connections end
 * with its process); ERR_TIMEOUT after `ms`. */
int client_wait_end(struct client *c, int64_t ms, struct err *e) WARN_UNUSED;

#endif
