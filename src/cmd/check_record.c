#include "config.h"

#include "cmd/check_record.h"

#include <stdio.h>
#include <string.h>

#include "base/strs.h"
#include "codec/doc.h"

/* In the answer stand U+FFFD for bytes that are no text. */
#define NO_TEXT "\xEF\xBF\xBD"

static struct doc *sample(const struct doc *s)
{
	const char *command = doc_get_str(s, "command", "?"), *out = doc_get_str(s, "stdout", "");
	const char *status = doc_get_str(s, "status", "ran"), *note = doc_get_str(s, "note", NULL);
	struct doc *d = doc_new_map();

	if (doc_get_str(s, "item", NULL))
		doc_set_str(d, "name", doc_get_str(s, "item", NULL));
	if (!str_eq(status, "ran"))
		doc_set_str(d, "status", status);
	else
		doc_set_int(d, "exit", doc_get_int(s, "exit", 0));
	if (*out)
		doc_set_str(d, "stdout", out);
	if (!str_empty(doc_get_str(s, "stderr", "")))
		doc_set_str(d, "stderr", doc_get_str(s, "stderr", ""));
	if (note)
		doc_set_str(d, "note", note);
	if (doc_get_bool(s, "truncated", false)) {
		doc_set_bool(d, "truncated", true);
		fprintf(stderr, "opsdeck: %s: more than is told; the sample is cut\n", command);
	}
	if (strstr(out, NO_TEXT))
		fprintf(stderr,
			"opsdeck: %s: not all of it is text; run it yourself and put it there as "
			"stdout_base64\n",
			command);
	return d;
}

static bool has_item(const struct doc *s)
{
	return doc_get_str(s, "item", NULL);
}

/* A command's samples follow one another: one, or one for each item. */
static struct doc *samples(const struct doc *list)
{
	struct doc *map = doc_new_map();

	for (size_t i = 0; i < doc_len(list);) {
		const char *command = doc_get_str(doc_at(list, i), "command", "?");
		struct doc *each, *items;

		if (!has_item(doc_at(list, i))) {
			doc_set(map, command, sample(doc_at(list, i++)));
			continue;
		}
		items = doc_new_list();
		for (; i < doc_len(list) && has_item(doc_at(list, i)) &&
			str_eq(doc_get_str(doc_at(list, i), "command", "?"), command);
			i++)
			doc_push(items, sample(doc_at(list, i)));
		each = doc_new_map();
		doc_set(each, "each", items);
		doc_set(map, command, each);
	}
	return map;
}

struct doc *check_record(const struct doc *result, const char *host)
{
	const struct doc *list = doc_get(result, "samples"), *params = doc_get(result, "params");
	struct doc *d = doc_new_map();

	doc_set_str(d, "about", host);
	doc_set_str(d, "origin", "made");
	if (doc_len(list))
		doc_set_str(d, "now", doc_get_str(doc_at(list, 0), "at", ""));
	if (doc_len(params))
		doc_set(d, "params", doc_copy(params));
	doc_set(d, "samples", samples(list));
	return d;
}
