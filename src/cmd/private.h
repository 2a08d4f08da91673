/*
 * Whether a script may drive what it would drive: a store of its own in the temporary folder, of
 * hosts that are recordings. Opens nothing but that store.
 */
#ifndef OPSDECK_CMD_PRIVATE_H
#define OPSDECK_CMD_PRIVATE_H

#include "base/err.h"
#include "cmd/place.h"

/* 0 when it may; ERR_REFUSED with the reason otherwise. */
int private_check(const struct place *place, struct err *e) WARN_UNUSED;

#endif
