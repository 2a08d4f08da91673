/*
 * The table of handlers: one for each request of model/request.h. Knows no socket.
 */
#ifndef OPSDECK_SERVER_REQUESTS_H
#define OPSDECK_SERVER_REQUESTS_H

#include "server/core.h"

extern req_handler *const request_handlers[REQUEST_COUNT];

#endif
