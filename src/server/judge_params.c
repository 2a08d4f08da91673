#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "model/host.h"
#include "server/judge.h"

char *judge_params(const struct host *h)
{
	struct doc *params = NULL;
	struct buf text = {0};

	if (!h->params || json_read(&params, h->params, strlen(h->params), "params", NULL) ||
		doc_kind(params) != DOC_MAP) {
		doc_free(params);
		params = doc_new_map();
	}
	if (h->sandbox)
		doc_set_str(params, "sandbox", h->sandbox);
	doc_set_str(params, "name", h->name);
	json_write(&text, params);
	doc_free(params);
	return buf_take(&text);
}
