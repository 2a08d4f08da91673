/*
 * What the cockpit is started with. Knows no screen.
 */
#ifndef OPSDECK_UI_SPEC_H
#define OPSDECK_UI_SPEC_H

#include <stdbool.h>
#include <stdint.h>

struct client_start;

struct ui_spec {
	const char *state;		  /* the store's folder */
	const char *socket;		  /* NULL: no server is asked */
	const struct client_start *start; /* how to start a server; NULL: none is started */
	bool read_only;	    /* nothing is asked that changes anything, and no server is started */
	const char *theme;  /* "dark", "light", ...; NULL: config, then dark */
	const char *script; /* file of actions, for tests; NULL: a person */
	int width, height;  /* of the script's screen */
	int64_t now_ms;	    /* frozen clock of the script; 0: the system's */
	const char *host;   /* this machine's name for the header; NULL: ask the system */
};

#endif
