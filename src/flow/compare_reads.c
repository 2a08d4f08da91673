#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "flow/compare.h"
#include "flow/compare_parts.h"

static const char *read_status(const struct compare_read *r)
{
	return r->read ? "ran" : r->absent ? "absent" : r->sudo_missing ? "sudo" : "failed";
}

/* Behind what sudo remarks before it runs the tool: the host's own name need not resolve. */
static const char *own_words(const char *err)
{
	while (str_starts(err, "sudo: unable to resolve host ")) {
		err += strcspn(err, "\n");
		err += *err == '\n';
	}
	return err;
}

static struct doc *read_doc(const struct compare_read *r)
{
	struct doc *d = doc_new_map();
	const struct doc *value = r->read ? r->value : NULL;

	doc_set_str(d, "status", read_status(r));
	doc_set_int(d, "exit", r->exit_status);
	if (r->unfinished)
		doc_set_bool(d, "unfinished", true);
	doc_set_str(d, "stderr", r->err ? own_words(r->err) : "");
	doc_set(d, "value", value ? doc_share(value) : doc_new_null());
	return d;
}

/* All items of one command: {status, each: [...]}. The status is that of the first that did not
 * run, so that "ran" means all of them. */
static struct doc *each_doc(const struct compare_input *in, size_t first)
{
	struct doc *d = doc_new_map(), *list = doc_new_list();
	const char *status = read_status(&in->reads[first]);

	for (size_t i = first; i < in->read_count; i++) {
		const struct compare_read *r = &in->reads[i];
		struct doc *one;

		if (!str_eq(r->command, in->reads[first].command))
			break;
		if (str_eq(status, "ran"))
			status = read_status(r);
		if (!r->item)
			continue;
		one = read_doc(r);
		doc_set_str(one, "name", r->item);
		doc_set(one, "item", r->item_doc ? doc_share(r->item_doc) : doc_new_map());
		doc_push(list, one);
	}
	doc_set_str(d, "status", status);
	doc_set(d, "each", list);
	return d;
}

struct doc *compare_program_input(const struct compare_input *in)
{
	const struct doc *commands = doc_get(in->check, "commands");
	struct doc *input = doc_new_map();

	for (size_t i = 0; i < in->read_count; i++) {
		const struct compare_read *r = &in->reads[i];

		if (!doc_get(doc_get(commands, r->command), "each"))
			doc_set(input, r->command, read_doc(r));
		else if (!doc_get(input, r->command))
			doc_set(input, r->command, each_doc(in, i));
	}
	if (str_eq(doc_get_str(doc_get(in->check, "baseline"), "kind", NULL), "lines")) {
		struct doc *entries = compare_lines_entries(in);

		doc_set(input, "reference", entries ? entries : doc_new_null());
	}
	return input;
}

char *compare_read_label(const struct compare_read *r)
{
	return r->item ? xasprintf("%s %s", r->command, r->item) : xstrdup(r->command);
}

bool compare_unread(const struct compare_input *in, const struct compare_read *r)
{
	if (r->read || r->absent)
		return false;
	for (size_t i = 0; r->optional && i < in->read_count; i++)
		if (in->reads[i].read)
			return false;
	return true;
}

static bool same_reason(const struct compare_read *a, const struct compare_read *b)
{
	return a->sudo_missing == b->sudo_missing &&
	       str_eq(a->why ? a->why : "", b->why ? b->why : "");
}

#define NAMED_MAX 4

/* One reason is said once, for all the commands that it stopped; a few of them by name. */
static void say_unread(struct verdict_list *l, const struct compare_input *in, size_t at)
{
	const struct compare_read *r = &in->reads[at];
	struct buf names = {0};
	size_t count = 0;
	char *id;

	for (size_t i = 0; i < at; i++)
		if (compare_unread(in, &in->reads[i]) && same_reason(&in->reads[i], r))
			return;
	for (size_t i = at; i < in->read_count; i++)
		if (compare_unread(in, &in->reads[i]) && same_reason(&in->reads[i], r)) {
			char *label = compare_read_label(&in->reads[i]);

			if (count++ < NAMED_MAX)
				buf_addf(&names, "%s%s", names.len ? ", " : "", label);
			free(label);
		}
	if (count > NAMED_MAX)
		buf_addf(&names, " and %zu more", count - NAMED_MAX);
	id = xasprintf("read:%s", buf_str(&names));
	if (r->sudo_missing)
		verdict_add(l, FINDING_UNKNOWN, id, "%s needs its sudo line: %s", buf_str(&names),
			r->why);
	else
		verdict_add(l, FINDING_UNKNOWN, id, "%s: %s", buf_str(&names),
			r->why ? r->why : "not read");
	free(id);
	buf_finish(&names);
}

/* Every command was left out: a parameter that is missing can be set, a path that is not there is
 * only not there. */
static const char *why_absent(const struct compare_input *in)
{
	for (size_t i = 0; i < in->read_count; i++)
		if (in->reads[i].why)
			return in->reads[i].why;
	return "nothing that this check looks at is there";
}

/* What could not be read is unknown, never fine; of several alternatives one is enough. */
bool compare_reads(struct verdict_list *l, const struct compare_input *in)
{
	size_t read = 0, absent = 0;

	for (size_t i = 0; i < in->read_count; i++) {
		const struct compare_read *r = &in->reads[i];

		read += r->read;
		absent += r->absent;
		if (!compare_unread(in, r))
			continue;
		l->unread = true;
		if (r->sudo_missing)
			l->condition = CONDITION_SUDO_MISSING;
		say_unread(l, in, i);
	}
	if (in->read_count && absent == in->read_count)
		verdict_add(l, FINDING_UNKNOWN, "absent", "%s", why_absent(in));
	return read > 0;
}
