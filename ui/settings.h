/*
 * What the person set: keys.yml, config.yml and themes, from the XDG folders and what ships. Files
 * are read, never written.
 */
#ifndef OPSDECK_UI_SETTINGS_H
#define OPSDECK_UI_SETTINGS_H

#include "base/err.h"
#include "ui/keymap.h"
#include "ui/theme.h"

/* A broken file leaves what it would have changed as it was; -1 and the message name it. */
int settings_keys(struct keymap *m, struct err *e) WARN_UNUSED;
/* The named theme; NULL: the one of config.yml, then "dark". */
int settings_theme(struct theme *t, const char *name, struct err *e) WARN_UNUSED;

#endif
