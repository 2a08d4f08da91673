/*
 * Drives the cockpit from a file, for tests: action names, typed text, what must come to stand on
 * the screen. Knows no terminal.
 */
#ifndef OPSDECK_UI_SCRIPT_H
#define OPSDECK_UI_SCRIPT_H

#include "base/err.h"

struct app;

/*
 * One command a line, '#' begins a comment:
 *   ACTION            a name of the action table
 *   key KEY           a key as keys.yml spells it
 *   type TEXT         letters, as if typed
 *   paste TEXT        as if pasted
 *   resize WxH
 *   wait-for TEXT     until it stands on the screen; fails after 20 seconds
 *   save-screen FILE  the screen as text
 * ERR_INPUT names the line.
 */
int script_run(struct app *a, const char *path, struct err *e) WARN_UNUSED;

#endif
