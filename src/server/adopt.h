/*
 * Taking live state as the new reference: looked at and shown first, then committed with the
 * operator's words. Knows no socket and no check's meaning.
 */
#ifndef OPSDECK_SERVER_ADOPT_H
#define OPSDECK_SERVER_ADOPT_H

#include "server/core.h"

/* {host?, check?, preview:true} -> {paths:[{path, status, diff}], problems:[..], shown};
 * {shown, rationale} -> {commit, left} */
req_handler adopt_request;
void adopt_free(struct adopt *a);

#endif
