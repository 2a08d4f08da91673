/*
 * The cockpit's door: one call that returns when the operator leaves. Knows the store (read-only)
 * and the client; never a host, the disk's other files or git.
 */
#ifndef OPSDECK_UI_UI_H
#define OPSDECK_UI_UI_H

#include "base/err.h"
#include "ui/spec.h"

/* The exit status is 0; scripts: -1 when a wait-for ran out of time or a line was wrong. */
int ui_main(const struct ui_spec *spec, struct err *e) WARN_UNUSED;

int ui_version(void);

#endif
