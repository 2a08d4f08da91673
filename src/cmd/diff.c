#include "config.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/finding.h"
#include "codec/json.h"
#include "model/finding.h"
#include "store/read.h"

static int print(const struct finding *f, struct err *e)
{
	struct doc *d;
	char age[16];

	out_printf("%s %s: %s for %s: %s\n", f->host, f->check, finding_state_name(f->state),
		out_age(age, sizeof age, f->since_ms), f->summary ? f->summary : "");
	if (!f->diff)
		return 0;
	if (json_read(&d, f->diff, strlen(f->diff), "diff", e))
		return -1;
	out_printf("- reference  + live\n");
	out_diff_doc(d);
	doc_free(d);
	return 0;
}

int cmd_diff(struct cmd *c, struct err *e)
{
	struct reader *r;
	struct finding f;
	int rc;

	if (cmd_reader(c, &r, e))
		return -1;
	rc = reader_finding(r, c->args[0], c->args[1], &f, e);
	reader_close(r);
	if (rc)
		return -1;
	if (cmd_json(c)) {
		struct doc *d = finding_to_doc(&f, true);

		out_json(d);
		doc_free(d);
	} else {
		rc = print(&f, e);
	}
	finding_finish(&f);
	return rc;
}
