#include "config.h"

#include "base/clock.h"
#include "base/strs.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "codec/doc.h"
#include "codec/finding.h"
#include "model/snapshot.h"
#include "store/read.h"

#define LIMIT_DEFAULT 50

static void print(const struct transition *t, size_t n)
{
	struct out_table table = {.columns = 5};

	for (size_t i = 0; i < n; i++) {
		char at[TIME_RFC3339];

		time_format(at, t[i].at_ms);
		out_row(&table, (const char *[]){at, t[i].host, t[i].check,
					finding_state_name(t[i].to), t[i].summary});
	}
	out_table_end(&table);
}

static void print_json(const struct transition *t, size_t n)
{
	struct doc *d = doc_new_map(), *list = doc_new_list();

	for (size_t i = 0; i < n; i++)
		doc_push(list, transition_to_doc(&t[i]));
	doc_set(d, "transitions", list);
	out_json(d);
	doc_free(d);
}

int cmd_log(struct cmd *c, struct err *e)
{
	const char *text = c->option[OPTION_LIMIT];
	struct transition *t;
	struct reader *r;
	long long limit = LIMIT_DEFAULT;
	size_t n;
	int rc;

	if (text && !str_int(text, 1, 1000000, &limit))
		return err_set(e, ERR_INPUT, "--limit wants a number from 1, not %s", text);
	if (cmd_reader(c, &r, e))
		return -1;
	rc = reader_transitions(
		r, c->option[OPTION_HOST], c->option[OPTION_CHECK], (size_t)limit, &t, &n, e);
	reader_close(r);
	if (rc)
		return -1;
	if (cmd_json(c))
		print_json(t, n);
	else
		print(t, n);
	transitions_free(t, n);
	return 0;
}
