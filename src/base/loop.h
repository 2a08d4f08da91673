/*
 * One poll(2) loop: file descriptors, timers, signals. Callbacks run on the loop's thread only.
 * Knows nothing of protocols. Any callback may add or delete any source, itself included.
 */
#ifndef OPSDECK_BASE_LOOP_H
#define OPSDECK_BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_io;
struct loop_timer;
struct clock;

typedef void loop_io_fn(void *arg, int fd, short revents);
typedef void loop_timer_fn(void *arg);
typedef void loop_signal_fn(void *arg, int signo);

/* `clock` must outlive the loop; its mono time drives the timers. */
struct loop *loop_new(const struct clock *clock);
/* Frees the sources that are left too; not from a callback. */
void loop_free(struct loop *l);
const struct clock *loop_clock(const struct loop *l);

/* events: POLLIN|POLLOUT as in poll(2); 0 keeps the source but asks for nothing. The fd stays the
 * caller's. */
struct loop_io *loop_io_add(struct loop *l, int fd, short events, loop_io_fn *fn, void *arg);
void loop_io_events(struct loop_io *io, short events);
void loop_io_del(struct loop_io *io); /* NULL is fine */

/* Runs once, `ms` from now (>= 0). The handle is gone once the callback has been called. */
struct loop_timer *loop_timer_add(struct loop *l, int64_t ms, loop_timer_fn *fn, void *arg);
void loop_timer_del(struct loop_timer *t); /* before it fired only; NULL is fine */

/* Delivers the signal as a callback in the loop (signalfd: the signal is blocked until loop_free).
 * One callback a signal: a second call replaces it. */
void loop_signal(struct loop *l, int signo, loop_signal_fn *fn, void *arg);

/* Runs until loop_stop or until neither fd nor timer is left; signals alone do not keep it going.
 * A stop that came before it started counts; once it has returned the loop can run again. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);
/* One round: waits at most max_ms (-1: until something happens). False when stopped or nothing is
 * left. */
bool loop_step(struct loop *l, int64_t max_ms);

#endif
