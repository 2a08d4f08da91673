#include "config.h"

#include "codec/check_parts.h"

#include <stdio.h>

#include "base/file.h"
#include "codec/check_keys.h"

#define PATHS_MAX 16
#define PARAMS_MAX 8

/* How one parameter is found out on a host: a command without sudo, and what of it. */
static int read_param(const struct check_reading *r, const char *name, const struct doc *d)
{
	struct strs argv = {0};
	enum read_kind kind;
	char what[96];
	int rc;

	snprintf(what, sizeof what, "detect of %.64s", name);
	rc = doc_only_keys(d, r->l.name, what, check_keys_detect_param, r->l.e);
	if (!rc)
		rc = load_argv(&r->l, d, what, "argv", &argv);
	strs_finish(&argv);
	if (rc || check_read_kind(r, d, what, &kind))
		return -1;
	return check_read_program(r, d, what, "value", true);
}

int check_read_detect(const struct check_reading *r, const struct doc *top)
{
	const struct doc *d = doc_get(top, "detect"), *params = doc_get(d, "params");
	struct load_text path = {.key = "paths",
		.required = true,
		.max = 1024,
		.ok = path_is_clean_absolute,
		.want = "a clean absolute path"};
	struct strs paths = {0};
	int rc;

	if (!d)
		return 0;
	if (doc_only_keys(d, r->l.name, "detect", check_keys_detect, r->l.e))
		return -1;
	rc = load_texts(&r->l, d, "detect", &path, true, &paths);
	if (!rc && paths.n > PATHS_MAX)
		rc = doc_err(r->l.e, r->l.name, d, "detect has more than %d paths", PATHS_MAX);
	strs_finish(&paths);
	if (!rc && params && (doc_kind(params) != DOC_MAP || doc_len(params) > PARAMS_MAX))
		rc = doc_err(r->l.e, r->l.name, params,
			"params in detect must be a map of at most %d parameters", PARAMS_MAX);
	for (size_t i = 0; !rc && i < doc_len(params); i++) {
		if (!name_is_valid(doc_key(params, i)))
			return doc_key_err(r->l.e, r->l.name, params, i,
				"\"%.64s\" cannot be a parameter's name: use " CHECK_NAME_WANT,
				doc_key(params, i));
		rc = read_param(r, doc_key(params, i), doc_value(params, i));
	}
	return rc;
}
