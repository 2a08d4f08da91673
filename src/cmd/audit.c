#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "flow/record.h"
#include "model/snapshot.h"
#include "store/read.h"

/* Heads that commits of ours carry must stand in the chain: else its end was cut, or an older store
 * was put back. */
static int hold_against_commits(struct reader *r, int64_t *commits, struct err *e)
{
	struct commit_row *rows;
	size_t n;
	int rc = 0;

	*commits = 0;
	if (reader_log(r, 1000, &rows, &n, e))
		return -1;
	for (size_t i = 0; i < n && !rc; i++) {
		char *head = record_trailer(rows[i].body, "Audit");
		int64_t seq = 0;

		if (!head)
			continue;
		rc = reader_audit_find(r, head, &seq, e);
		++*commits;
		if (!rc && !seq)
			rc = err_set(e, ERR_CONFLICT,
				"commit %.12s carries an audit head that is not in the chain: rows "
				"were cut off, or an older store was put back",
				rows[i].id);
		free(head);
	}
	commit_rows_free(rows, n);
	return rc;
}

int cmd_audit_verify(struct cmd *c, struct err *e)
{
	struct reader *r;
	int64_t rows = 0, commits = 0;
	char *head = NULL;
	int rc;

	if (cmd_reader(c, &r, e))
		return -1;
	rc = reader_audit_verify(r, &rows, &head, e);
	if (!rc)
		rc = hold_against_commits(r, &commits, e);
	reader_close(r);
	if (!rc && cmd_json(c)) {
		struct doc *d = doc_new_map();

		doc_set_int(d, "rows", rows);
		doc_set_int(d, "commits", commits);
		doc_set_str(d, "head", head);
		out_json(d);
		doc_free(d);
	} else if (!rc) {
		out_printf("%" PRId64 " rows fit together, %" PRId64 " commits fit them, head %s\n",
			rows, commits, head);
	}
	free(head);
	return rc;
}
