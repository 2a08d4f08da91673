/*
 * Before a change to sudoers is approved: the whole set that would result on the host is put
 * together here and held against visudo, and opsdeck's own file must still have the last word.
 * Changes nothing on any host.
 */
#ifndef OPSDECK_SERVER_CHANGE_SUDOERS_H
#define OPSDECK_SERVER_CHANGE_SUDOERS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strs.h"
#include "flow/apply.h"

/* `e`: the resulting set would lock somebody out or does not parse. Warnings are for the view. */
typedef void sudoers_tried_fn(void *arg, const struct strs *warnings, const struct err *e);

/* False when no step touches /etc/sudoers or /etc/sudoers.d: fn is not called then. Otherwise fn is
 * called once, from the loop. */
bool sudoers_try_start(const struct apply_spec *spec, sudoers_tried_fn *fn, void *arg);

#endif
