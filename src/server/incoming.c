#include "config.h"

#include "server/incoming.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "server/core.h"
#include "store/write.h"

/* Of one answer, which has to fit into a message. A path past it says that its text is left out. */
#define DIFFS_MAX ((size_t)600 << 10)
#define CONTEXT 3

static struct doc *delta_doc(const struct repo_delta *d, size_t *room)
{
	struct doc *doc = doc_new_map();
	char status[2] = {d->status, '\0'};
	struct diff *diff;
	struct doc *text;
	struct buf size = {0};

	doc_set_str(doc, "path", d->path);
	doc_set_str(doc, "status", status);
	if (d->old_mode != d->new_mode && d->old_mode && d->new_mode) {
		doc_set_int(doc, "old_mode", (int64_t)d->old_mode);
		doc_set_int(doc, "new_mode", (int64_t)d->new_mode);
	}
	diff = diff_new();
	if (!d->left_out)
		diff_lines(diff, d->old, d->old_len, d->new, d->new_len, NULL);
	diff_trim(diff, CONTEXT);
	text = diff_to_doc(diff);
	json_write(&size, text);
	if (d->left_out || size.len > *room) {
		doc_set_bool(doc, "left_out", true);
		doc_free(text);
	} else {
		*room -= size.len;
		doc_set(doc, "diff", text);
	}
	buf_finish(&size);
	diff_free(diff);
	return doc;
}

static int add_paths(struct incoming *in, struct server_core *core, struct err *e)
{
	struct doc *paths = doc_new_list();
	struct repo_delta *deltas = NULL;
	size_t n = 0, room = DIFFS_MAX;
	bool descends = true;

	doc_set(in->doc, "paths", paths);
	if (str_eq(in->tip, core->accepted)) {
		doc_set_bool(in->doc, "rewritten", false);
		return 0;
	}
	if (repo_descends(core->repo, in->tip, core->accepted, &descends, e) ||
		repo_diff(core->repo, core->accepted, in->tip, &deltas, &n, e))
		return -1;
	doc_set_bool(in->doc, "rewritten", !descends);
	for (size_t i = 0; i < n; i++)
		doc_push(paths, delta_doc(&deltas[i], &room));
	repo_deltas_free(deltas, n);
	return 0;
}

static int add_edits(struct incoming *in, struct server_core *core, struct err *e)
{
	struct strs edits = {0};
	int rc = repo_edits(core->repo, &edits, e);

	if (!rc)
		doc_set_strs(in->doc, "edits", &edits);
	strs_finish(&edits);
	return rc;
}

int incoming_read(struct incoming *out, struct server_core *core, struct err *e)
{
	struct repo_head head;
	struct buf canonical = {0};

	if (repo_head(core->repo, &head, e))
		return -1;
	*out = (struct incoming){.doc = doc_new_map(), .branch = xstrdup(head.branch)};
	memcpy(out->tip, head.tip, sizeof out->tip);
	repo_head_finish(&head);
	doc_set_str(out->doc, "tip", out->tip);
	doc_set_str(out->doc, "accepted", core->accepted);
	doc_set_str(out->doc, "branch", out->branch);
	if (add_paths(out, core, e)) {
		incoming_finish(out);
		return -1;
	}
	json_write_canonical(&canonical, out->doc);
	sha256_hex(out->shown, canonical.data, canonical.len);
	buf_finish(&canonical);
	doc_set_str(out->doc, "shown", out->shown);
	if (add_edits(out, core, e)) {
		incoming_finish(out);
		return -1;
	}
	return 0;
}

void incoming_finish(struct incoming *in)
{
	doc_free(in->doc);
	free(in->branch);
	*in = (struct incoming){0};
}

/* ---- what waits ---- */

static int count_incoming(
	struct server_core *core, const char *tip, size_t *n, bool *rewritten, struct err *e)
{
	struct repo_delta *deltas;
	bool descends;

	*n = 0;
	*rewritten = false;
	if (str_eq(tip, core->accepted))
		return 0;
	if (repo_diff(core->repo, core->accepted, tip, &deltas, n, e))
		return -1;
	repo_deltas_free(deltas, *n);
	if (repo_descends(core->repo, tip, core->accepted, &descends, e))
		return -1;
	*rewritten = !descends;
	return 0;
}

static int refresh(struct server_core *core, struct err *e)
{
	struct repo_head head;
	struct strs edits = {0};
	char number[24];
	size_t incoming;
	bool rewritten;
	int rc;

	if (repo_head(core->repo, &head, e))
		return -1;
	rc = store_set(core->store, "branch", head.branch, e);
	if (!rc)
		rc = count_incoming(core, head.tip, &incoming, &rewritten, e);
	if (!rc) {
		/* A tip that moved without changing a file waits for acceptance too. */
		if (!incoming && !str_eq(head.tip, core->accepted))
			incoming = 1;
		snprintf(number, sizeof number, "%zu", incoming);
		rc = store_set(core->store, "incoming", number, e);
	}
	if (!rc)
		rc = store_set(core->store, "incoming_rewritten", rewritten ? "1" : "0", e);
	if (!rc)
		rc = repo_edits(core->repo, &edits, e);
	if (!rc) {
		snprintf(number, sizeof number, "%zu", edits.n);
		rc = store_set(core->store, "edits", number, e);
	}
	strs_finish(&edits);
	repo_head_finish(&head);
	return rc;
}

void incoming_refresh(struct server_core *core)
{
	struct err e;

	if (core->accepted && refresh(core, &e))
		log_line(core->log, LOG_LEVEL_WARN,
			"cannot compare the ops repo with what is accepted: %s", e.msg);
}
