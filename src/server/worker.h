/*
 * The worker process: reads requests on stdin, judges, answers on stdout. Runs behind its own walls
 * (server/sandbox.h) once it has the catalogue. Knows no file, no host, no store.
 */
#ifndef OPSDECK_SERVER_WORKER_H
#define OPSDECK_SERVER_WORKER_H

/* `opsdeck worker`, a hidden entry that only the server starts. Returns the exit status. */
int worker_main(void);

#endif
