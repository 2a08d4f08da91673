/*
 * A plan as the exact commands that carry it out, in order, each with what its result must be.
 * Pure: runs nothing. apply.c walks the list.
 */
#ifndef OPSDECK_FLOW_APPLY_ACTS_H
#define OPSDECK_FLOW_APPLY_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/strs.h"
#include "flow/apply_target.h"
#include "model/host.h"
#include "model/proposal.h"

struct buf;

enum act_kind {
	ACT_STAGE,	/* install the new bytes beside the target */
	ACT_STAGE_HASH, /* what was staged is what was approved */
	ACT_KEEP,	/* a second name for what is there: DIR/.NAME.was */
	ACT_MOVE,	/* staged file over the target */
	ACT_KEPT_HASH,	/* what was replaced is what the approval saw */
	ACT_READ_BACK,	/* content, mode and owner are the plan's now */
	ACT_COMMAND,
	ACT_SERVICE,
	ACT_UNDO_MOVE,	 /* .was back over the target */
	ACT_UNDO_REMOVE, /* the target was not there before */
	ACT_CLEAN,	 /* rm -f of .was or of the staged file */
	ACT_PROBE_OLD,	 /* is the target still what was shown? */
	ACT_PROBE_NEW,	 /* is the target what the plan would put there? */
	ACT_KIND_COUNT
};

/* Left out otherwise; what was left out counts as not ok for the one behind it. */
enum act_when { ACT_ALWAYS, ACT_AFTER_OK, ACT_AFTER_NO };

struct act {
	enum act_kind kind;
	size_t step; /* index into the plan's steps (or its rollback steps, for those) */
	const struct host *host;
	enum identity identity;
	bool sudo;
	enum act_when when;
	const char *path;  /* borrowed from the plan; NULL for commands */
	struct strs argv;  /* without sudo */
	const char *input; /* borrowed from the plan */
	size_t input_len;
	char *title;
	int expect_exit;
	char hash[SHA256_HEX]; /* what a hash act must print */
	int64_t timeout_ms;
};

struct acts {
	struct act *v;
	size_t n, cap;
};

/* What a result means for the change. */
enum act_verdict {
	ACT_OK,
	ACT_FAILED,   /* it ended, and not as it must */
	ACT_OUTDATED, /* the file that was replaced is not the one that was shown */
	ACT_UNKNOWN,  /* cut while it may have run: nobody knows */
};

struct acts_spec {
	const struct fleet *fleet;
	const struct proposal *plan;
	const struct target *targets; /* one a step, as bound */
	bool root;		      /* the server runs as root */
};

void acts_finish(struct acts *a);
/* The commands of one step. False when the step does nothing on a host (reference). */
bool acts_for_step(struct acts *a, const struct acts_spec *s, size_t step);
/* What takes one step back; `moved`: the target was replaced; `kept`: .was exists. Commands and
 * services are not undone by themselves: that is what the proposal's rollback steps are for. */
void acts_undo_step(struct acts *a, const struct acts_spec *s, size_t step, bool kept, bool moved);
/* The same when nobody knows how far it came: each is asked for first. Without `undo` what is there
 * stays, and only leftovers go. */
void acts_reconcile_step(struct acts *a, const struct acts_spec *s, size_t step, bool undo);
/* The proposal's own rollback steps. */
void acts_rollback(struct acts *a, const struct acts_spec *s);
/* Removes .was of one step, once all is verified. */
void acts_clean_step(struct acts *a, const struct acts_spec *s, size_t step);

/* The script a host runs for it; input goes through a pipe (install refuses a socket). */
void act_script(struct buf *out, const struct act *a);
/* A question whose "no" is no failure. */
bool act_is_probe(const struct act *a);
/* True when running it twice or half could matter. */
bool act_changes(const struct act *a);
/* Judges an act that came to its end. *why: heap line when not ok. */
enum act_verdict act_judge(const struct act *a, const struct acts_spec *s, int exit_status,
	const char *out, size_t out_len, const char *errtext, char **why);

#endif
