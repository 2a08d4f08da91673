#include "config.h"

#include "jq/run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"

struct path path_copy(const struct path *p)
{
	struct path copy = *p;

	if (p->kind == PATH_KNOWN)
		copy.v = val_copy(&p->v);
	return copy;
}

void path_free(struct path p)
{
	if (p.kind == PATH_KNOWN)
		val_free(p.v);
}

struct path path_push(struct path p, struct val key)
{
	if (p.kind == PATH_KNOWN)
		p.v = val_push(p.v, key);
	else
		val_free(key);
	return p;
}

struct path path_lose(struct path p)
{
	path_free(p);
	return (struct path){.kind = p.kind == PATH_NONE ? PATH_NONE : PATH_LOST};
}

int run_raise(struct run *r, struct val error)
{
	if (r->failed)
		val_free(r->error);
	r->failed = true;
	r->error = error;
	return -1;
}

struct val run_take_error(struct run *r)
{
	r->failed = false;
	return r->error;
}

int run_fail(struct run *r, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	run_raise(r, val_str(text));
	free(text);
	return -1;
}

const char *run_show(const struct val *v)
{
	static char text[64];
	struct buf json = {0};

	val_json(&json, v);
	snprintf(text, sizeof text, json.len > 40 ? "%.37s..." : "%s", buf_str(&json));
	buf_finish(&json);
	return text;
}
