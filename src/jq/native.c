#include "config.h"

#include "jq/native.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One table over all files' tables, by a hash of name and arity. */
#define SLOTS 1024

static const struct native *const tables[] = {native_lists, native_objects, native_texts,
	native_regex, native_numbers, native_times, native_paths, native_loops, native_order,
	native_some, native_words};
static const struct native *slots[SLOTS];

static size_t slot_of(const char *name, size_t len, size_t arity)
{
	size_t h = 5381 + arity;

	for (size_t i = 0; i < len; i++)
		h = h * 33 + (unsigned char)name[i];
	return h % SLOTS;
}

static void fill(void)
{
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
		for (const struct native *n = tables[t]; n->name; n++) {
			size_t at = slot_of(n->name, strlen(n->name), n->arity);

			while (slots[at])
				at = (at + 1) % SLOTS;
			slots[at] = n;
		}
}

const struct native *native_find(const char *name, size_t len, size_t arity)
{
	static bool filled;
	size_t at;

	if (!filled)
		fill();
	filled = true;
	for (at = slot_of(name, len, arity); slots[at]; at = (at + 1) % SLOTS)
		if (slots[at]->arity == arity && strlen(slots[at]->name) == len &&
			!memcmp(slots[at]->name, name, len))
			return slots[at];
	return NULL;
}

int native_refuse(struct run *r, struct val in, struct val *args, size_t n, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	val_free(in);
	for (size_t i = 0; i < n; i++)
		val_free(args[i]);
	run_raise(r, val_str(text));
	free(text);
	return -1;
}
