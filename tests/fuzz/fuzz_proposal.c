/* Whatever an agent proposes: what is taken stands within the bounds, survives being stored, and
 * its plan decodes to the same bytes. The same input is tried as a stored plan. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/plan.h"
#include "codec/proposal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int truth)
{
	if (!truth)
		abort();
}

static void fill(struct step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (steps[i].from_reference)
			steps[i].content = xstrdup("");
	}
}

static void check_plan(struct proposal *p)
{
	struct buf a = {0}, b = {0};
	struct proposal q;
	struct err e = {0};

	fill(p->steps, p->step_count);
	fill(p->rollback, p->rollback_count);
	plan_encode(&a, p);
	require(!plan_decode(&q, buf_str(&a), a.len, &e));
	plan_encode(&b, &q);
	require(a.len == b.len && !memcmp(a.data, b.data, a.len));
	proposal_finish(&q);
	buf_finish(&a);
	buf_finish(&b);
}

static void check_stored(const struct proposal *p)
{
	struct doc *d = proposal_to_doc(p, true), *again;
	struct proposal q;
	struct err e = {0};

	require(!proposal_from_doc(&q, d, "stored", true, &e));
	again = proposal_to_doc(&q, true);
	require(doc_equal(d, again));
	proposal_finish(&q);
	doc_free(d);
	doc_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct proposal p;
	struct err e = {0};

	if (proposal_read(&p, (const char *)data, n, "p", &e)) {
		require((e.code == ERR_INPUT || e.code == ERR_LIMIT) && *e.msg);
	} else {
		require(p.step_count && p.step_count <= PROPOSAL_STEPS_MAX);
		check_stored(&p);
		check_plan(&p);
	}
	proposal_finish(&p);
	if (!plan_decode(&p, (const char *)data, n, &e))
		check_plan(&p);
	proposal_finish(&p);
	return 0;
}
