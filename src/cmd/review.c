#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/strs.h"
#include "client/client.h"
#include "cmd/ask.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "codec/view.h"

/* One review on one connection. */
struct review {
	struct cmd *cmd;
	struct client *client;
	const char *id;
	struct doc *shown; /* what the server answered */
};

/* ---- showing ---- */

static int show(const struct review *r, struct err *e)
{
	struct view v;
	char hash[SHA256_HEX];

	if (view_from_doc(&v, doc_get(r->shown, "view"), e))
		return -1;
	view_hash(hash, &v);
	if (!str_eq(hash, doc_get_str(r->shown, "shown", ""))) {
		view_finish(&v);
		return err_set(
			e, ERR_CONFLICT, "the view is not what its hash says: nothing was shown");
	}
	out_view(&v);
	view_finish(&v);
	out_printf("\nstate %s\nplan  %s\nshown %s\n", doc_get_str(r->shown, "state", "?"),
		doc_get_str(r->shown, "plan", ""), hash);
	return 0;
}

static void progress(void *arg, const struct doc *p)
{
	const char *state = doc_get_str(p, "state", ""), *output = doc_get_str(p, "output", NULL);

	(void)arg;
	if (str_eq(state, "running"))
		return;
	out_printf("%-7s %-8s %s: %s\n", doc_get_str(p, "phase", ""), state,
		doc_get_str(p, "host", ""), doc_get_str(p, "title", ""));
	if (output && !str_eq(state, "ok"))
		out_printf("  %s\n", output);
}

static int print_result(const struct review *r, const struct doc *result, struct err *e)
{
	const char *state = doc_get_str(result, "state", "?"),
		   *note = doc_get_str(result, "note", NULL);
	const char *commit = doc_get_str(result, "commit", NULL);

	if (cmd_json(r->cmd))
		out_json(result);
	else
		out_printf("%s %s%s%s%s%s\n", r->id, state, commit ? ": commit " : "",
			commit ? commit : "", note ? ": " : "", note ? note : "");
	if (str_eq(state, "committed") || str_eq(state, "rejected") || str_eq(state, "proposed"))
		return 0;
	return err_set(e, str_eq(state, "outdated") ? ERR_CONFLICT : ERR_FAIL, "%s is %s%s%s",
		r->id, state, note ? ": " : "", note ? note : "");
}

/* ---- deciding ---- */

static int approve(const struct review *r, const char *plan, const char *shown,
	const char *rationale, const char *typed, struct err *e)
{
	struct doc *args = doc_new_map(), *result;
	int rc;

	doc_set_str(args, "id", r->id);
	doc_set_str(args, "plan", plan);
	doc_set_str(args, "shown", shown);
	doc_set_str(args, "rationale", rationale);
	if (typed)
		doc_set_str(args, "typed", typed);
	if (client_call(r->client, REQUEST_APPROVE, args, cmd_json(r->cmd) ? NULL : progress, NULL,
		    &result, e))
		return -1;
	rc = print_result(r, result, e);
	doc_free(result);
	return rc;
}

static int reject(const struct review *r, const char *reason, struct err *e)
{
	struct doc *args = doc_new_map(), *result;
	int rc;

	doc_set_str(args, "id", r->id);
	doc_set_str(args, "reason", reason);
	if (client_call(r->client, REQUEST_REJECT, args, NULL, NULL, &result, e))
		return -1;
	rc = print_result(r, result, e);
	doc_free(result);
	return rc;
}

/* The operator's own words. A single dot takes the proposer's, which were shown. */
static char *ask_rationale(const struct review *r)
{
	char *words =
		ask_line("\nwhy, in your own words (. takes the proposer's, nothing leaves it):");

	if (str_eq(words, ".")) {
		free(words);
		return xstrdup(doc_get_str(r->shown, "rationale", NULL));
	}
	if (!words || !words[strspn(words, " \t")]) {
		free(words);
		return NULL;
	}
	return words;
}

static int ask_approval(const struct review *r, struct err *e)
{
	const struct doc *verdict = doc_get(r->shown, "verdict");
	const char *confirm = doc_get_str(verdict, "confirm", NULL);
	char *rationale = ask_rationale(r);
	const char *word = confirm ? confirm : "approve";
	int rc = 0;

	if (!rationale) {
		out_printf("left as it is\n");
		return 0;
	}
	out_printf("%s\n", doc_get_str(verdict, "reason", ""));
	out_printf("type %s to approve and apply it now;", word);
	if (ask_word(" anything else leaves it:", word))
		rc = approve(r, doc_get_str(r->shown, "plan", ""),
			doc_get_str(r->shown, "shown", ""), rationale, confirm, e);
	else
		out_printf("left as it is\n");
	free(rationale);
	return rc;
}

static int ask_reject(const struct review *r, struct err *e)
{
	char *reason = ask_line("reason (goes back to the proposer; nothing leaves it):");
	int rc = 0;

	if (reason && reason[strspn(reason, " \t")])
		rc = reject(r, reason, e);
	else
		out_printf("left as it is\n");
	free(reason);
	return rc;
}

static int ask(const struct review *r, struct err *e)
{
	char *choice;
	int rc = 0;

	if (!str_eq(doc_get_str(r->shown, "state", ""), "proposed"))
		return 0;
	choice = ask_line("\n[a]pprove, [r]eject, or leave it (default):");
	if (str_eq(choice, "a"))
		rc = ask_approval(r, e);
	else if (str_eq(choice, "r"))
		rc = ask_reject(r, e);
	else
		out_printf("left as it is\n");
	free(choice);
	return rc;
}

static int read_and_ask(struct review *r, struct err *e)
{
	struct doc *args = doc_new_map();
	int rc = 0;

	doc_set_str(args, "id", r->id);
	if (client_call(r->client, REQUEST_REVIEW, args, NULL, NULL, &r->shown, e))
		return -1;
	if (cmd_json(r->cmd)) {
		out_json(r->shown);
	} else {
		rc = show(r, e);
		if (!rc && ask_possible())
			rc = ask(r, e);
	}
	doc_free(r->shown);
	return rc;
}

/* Without a terminal every part of the decision is named: what was read elsewhere is what is
 * approved. */
static int approve_by_options(struct review *r, struct err *e)
{
	const char *const *o = r->cmd->option;

	if (!o[OPTION_PLAN] || !o[OPTION_SHOWN] || !o[OPTION_RATIONALE])
		return err_set(e, ERR_INPUT,
			"--approve wants --plan, --shown and --rationale; `opsdeck review %s` "
			"prints the "
			"first two",
			r->id);
	return approve(r, o[OPTION_PLAN], o[OPTION_SHOWN], o[OPTION_RATIONALE], o[OPTION_TYPED], e);
}

int cmd_review(struct cmd *c, struct err *e)
{
	struct review r = {.cmd = c, .id = c->args[0]};
	int rc;

	if (c->option[OPTION_APPROVE] && c->option[OPTION_REJECT])
		return err_set(e, ERR_INPUT, "--approve or --reject, not both");
	if (cmd_connect(c, &r.client, e))
		return -1;
	if (c->option[OPTION_APPROVE])
		rc = approve_by_options(&r, e);
	else if (c->option[OPTION_REJECT])
		rc = reject(&r, c->option[OPTION_REJECT], e);
	else
		rc = read_and_ask(&r, e);
	client_close(r.client);
	return rc;
}
