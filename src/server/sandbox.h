/*
 * Walls around a process that reads hostile bytes: no new files, sockets, programs or children,
 * bounded memory. The only user of libseccomp. Knows nothing of what the process does.
 */
#ifndef OPSDECK_SERVER_SANDBOX_H
#define OPSDECK_SERVER_SANDBOX_H

#include "base/err.h"

/* Limits, before anything is read: memory, no core, no files written, file descriptors 0 to 2 only.
 * Under AddressSanitizer the memory stays unbounded (it reserves terabytes). */
int sandbox_limit(struct err *e) WARN_UNUSED;
/* For good: from here on only reading and writing what is open, memory, the clock and the end of
 * the process are left; every other system call fails with EPERM. */
int sandbox_enter(struct err *e) WARN_UNUSED;

#endif
