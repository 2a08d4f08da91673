/*
 * A view as the cockpit knows it: one constant of functions, one file each (page_*.c). Knows no
 * other view's inside.
 */
#ifndef OPSDECK_UI_PAGE_H
#define OPSDECK_UI_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/action.h"
#include "ui/draw.h"
#include "ui/list.h"

struct app;
struct buf;

struct page_class {
	const char *name;
	unsigned contexts; /* what works here, besides IN_ANY (or IN_DIALOG alone: letters are text)
			    */
	/* What is shown; target is borrowed for the call. The state is the page's own. */
	void *(*open)(struct app *app, const struct target *target);
	void (*close)(struct app *app, void *state);
	void (*draw)(struct app *app, void *state, struct draw *d, struct rect at);
	/* False: not for this page, the app looks itself. May be NULL. */
	bool (*act)(struct app *app, void *state, enum action_id action);
	/* Dialogs: keys that are no action. May be NULL. */
	bool (*key)(struct app *app, void *state, int32_t key);
	void (*paste)(struct app *app, void *state, const char *text, size_t n);
	/* A new snapshot came. May be NULL. */
	void (*news)(struct app *app, void *state);
	/* The list with the cursor, for movement and the filter; NULL where there is none. */
	struct list *(*list)(void *state);
	/* What `/` sets where there is no list; news follows. May be NULL. */
	struct filter *(*filter)(void *state);
	/* What the cursor is on, or the page is about. May be NULL. */
	const struct target *(*target)(void *state);
	/* A word for the breadcrumbs. */
	void (*crumb)(void *state, struct buf *out);
	/* What is selected, in plain words. May be NULL. */
	void (*say)(struct app *app, void *state, struct buf *out);
};

extern const struct page_class page_home, page_list, page_finding, page_diff, page_doc, page_raw,
	page_review, page_approve, page_reason, page_progress, page_commit, page_incoming,
	page_adopt, page_help;

#endif
