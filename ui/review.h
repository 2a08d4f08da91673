/*
 * A proposal as it is being read: the canonical view the server gave, what it is bound by, and
 * whether its end has been on the screen. Shared by the views that show it and those that decide on
 * it.
 */
#ifndef OPSDECK_UI_REVIEW_H
#define OPSDECK_UI_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/proposal.h"
#include "model/view.h"
#include "ui/list.h"
#include "ui/text.h"

struct app;

struct review {
	struct target about; /* proposal */
	enum { REVIEW_ASKING, REVIEW_SHOWN, REVIEW_STORED, REVIEW_FAILED } state;
	char *why; /* REVIEW_FAILED: what the server said; REVIEW_STORED: why only that */
	struct view view;
	char shown[SHA256_HEX]; /* of what is drawn here: computed here */
	char *plan, *rationale, *runbook, *runbook_text;
	enum action action;
	char *confirm; /* ACTION_TYPED: what must be typed */
	char *reason;  /* why it is forbidden */
	int64_t expires_ms;
	bool moved; /* its state changed since it was read */
	enum proposal_state at;
	bool fresh;
	char unread[80]; /* which lines have not been on the screen */
	struct text text, beside;
};

/* The review on the screen, or right below a dialog; NULL when there is none. */
struct review *review_current(struct app *a);
/* Why it cannot be approved now; NULL when it can. */
const char *review_blocked(struct review *r);
/* It can still be decided on. */
bool review_is_open(const struct review *r);
/* What is shown is not what is there any more: reading it again would help. */
bool review_is_old(const struct review *r);
/* Lays its lines out in r->text for that width, where they are not yet. */
void review_lay_out(struct app *a, struct review *r, struct draw *d, int wrap);
/* Draws the change alone: above a dialog. */
void review_draw_change(
	struct app *a, struct review *r, struct draw *d, struct rect at, bool focus);

#endif
