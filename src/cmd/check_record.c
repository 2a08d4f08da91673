#include "config.h"

#include "cmd/check_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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

/* Its label is "COMMAND ITEM". Heap. */
static char *command_of(const struct doc *s)
{
	const char *label = doc_get_str(s, "command", "?"), *item = doc_get_str(s, "item", NULL);
	size_t n = strlen(label), behind = item ? strlen(item) + 1 : 0;

	return xstrndup(label, behind < n ? n - behind : n);
}

/* From the i-th on, those of one command; returns how many. */
static size_t items_of(struct doc *items, const struct doc *list, size_t i, const char *command)
{
	size_t n = 0;

	for (; i + n < doc_len(list) && has_item(doc_at(list, i + n)); n++) {
		char *own = command_of(doc_at(list, i + n));
		bool same = str_eq(own, command);

		free(own);
		if (!same)
			break;
		doc_push(items, sample(doc_at(list, i + n)));
	}
	return n;
}

/* A command's samples follow one another: one, or one for each item. */
static struct doc *samples(const struct doc *list)
{
	struct doc *map = doc_new_map();

	for (size_t i = 0; i < doc_len(list);) {
		char *command = command_of(doc_at(list, i));

		if (has_item(doc_at(list, i))) {
			struct doc *each = doc_new_map(), *items = doc_new_list();

			i += items_of(items, list, i, command);
			doc_set(each, "each", items);
			doc_set(map, command, each);
		} else {
			doc_set(map, command, sample(doc_at(list, i++)));
		}
		free(command);
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
