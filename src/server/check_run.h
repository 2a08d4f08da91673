/*
 * One check on one host, with everything that came of it shown; also a check as it stands in the
 * work tree, which is not in force. Stores nothing.
 */
#ifndef OPSDECK_SERVER_CHECK_RUN_H
#define OPSDECK_SERVER_CHECK_RUN_H

#include "server/core.h"

/* {check, host, worktree} -> {samples, finding} */
req_handler check_run_request;

#endif
