/*
 * What a host runs, by the `detect` of every check: paths that are there, and parameters that can
 * be told without sudo. Two looks under the look identity. Proposes and stores nothing.
 */
#ifndef OPSDECK_SERVER_SCAN_H
#define OPSDECK_SERVER_SCAN_H

#include "server/core.h"

/* {host} -> {paths: [PATH], checks: {CHECK: {PARAM: {value: X} or {why: TEXT}}}}. Of the work tree
 * where the repo has one, else of the accepted commit. What the host said is not judged here. */
req_handler scan_request;

#endif
