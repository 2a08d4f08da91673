#include "config.h"

#include "codec/found.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/safe.h"
#include "codec/fleet_host.h"
#include "codec/load.h"
#include "codec/yaml.h"

#define SSH_PORT 22
#define NOTE_MAX 160

static void host_finish_found(struct found_host *h)
{
	free(h->name);
	free(h->address);
	free(h->user);
	strs_finish(&h->tags);
	strs_finish(&h->notes);
}

void found_hosts_finish(struct found_hosts *f)
{
	for (size_t i = 0; i < f->n; i++)
		host_finish_found(&f->v[i]);
	free(f->v);
	strs_finish(&f->left_out);
	*f = (struct found_hosts){0};
}

static size_t index_of(const struct found_hosts *f, const char *name)
{
	size_t i = 0;

	while (i < f->n && !str_eq(f->v[i].name, name))
		i++;
	return i;
}

bool found_drop(struct found_hosts *f, const char *name)
{
	size_t at = index_of(f, name);

	if (at == f->n)
		return false;
	host_finish_found(&f->v[at]);
	for (f->n--; at < f->n; at++)
		f->v[at] = f->v[at + 1];
	return true;
}

char *found_name(const char *s)
{
	char *out = xstrdup(s);

	for (char *p = out; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return out;
}

/* "[2001:db8::1]" is an address too. */
static char *bare_address(const char *s)
{
	size_t n = strlen(s);

	return n > 2 && s[0] == '[' && s[n - 1] == ']' ? xstrndup(s + 1, n - 2) : xstrdup(s);
}

static void take_user(struct found_host *h, const char *user)
{
	if (str_empty(user))
		return;
	/* What needs root has its line in sudoers: the login that looks is never root. */
	if (str_eq(user, "root"))
		strs_add(&h->notes, "the login root is not taken over: opsdeck looks with a login "
				    "of its own");
	else if (load_is_login(user))
		h->user = xstrdup(user);
	else
		strs_addf(&h->notes, "the login \"%.64s\" is not taken over", user);
}

/* Why fleet.yml cannot take it; NULL when it can. Heap. */
static char *why_not(const struct found_hosts *f, const struct found_raw *raw, const char *name,
	const char *address, long long *port)
{
	if (!name_is_valid(name))
		return xasprintf("\"%.64s\" cannot be a host's name: use " FLEET_NAME_WANT, name);
	if (index_of(f, name) < f->n)
		return xasprintf("%.64s stands there twice", name);
	if (!fleet_is_address(address))
		return xasprintf("%s: \"%.80s\" is no name or address", name, address);
	if (raw->port && !str_int(raw->port, 1, 65535, port))
		return xasprintf("%s: \"%.40s\" is no port", name, raw->port);
	return NULL;
}

struct found_host *found_add(struct found_hosts *f, const struct found_raw *raw)
{
	char *name = found_name(raw->name);
	char *address = bare_address(raw->address ? raw->address : raw->name);
	long long port = SSH_PORT;
	char *why = why_not(f, raw, name, address, &port);
	struct found_host *h;

	if (why) {
		strs_addf(&f->left_out, "%s:%d:%d: %s", raw->file, raw->line, raw->col, why);
		free(why);
		free(name);
		free(address);
		return NULL;
	}
	h = ARR_ADD(f->v, f->n, f->cap);
	*h = (struct found_host){.name = name, .address = address, .port = (int)port};
	take_user(h, raw->user);
	return h;
}

/* ---- as fleet.yml has it ---- */

/* A comment: one line of ASCII, whatever stood in the file. */
static void put_note(struct buf *out, const char *note, size_t indent)
{
	struct buf line = {.max = NOTE_MAX};

	safe_text(&line, note, strlen(note), SAFE_ASCII);
	buf_addf(out, "%*s# %s\n", (int)indent, "", buf_str(&line));
	buf_finish(&line);
}

static void put_field(struct buf *out, size_t indent, const char *key, const char *value)
{
	buf_addf(out, "%*s%s: ", (int)indent, "", key);
	yaml_write_word(out, value);
	buf_addc(out, '\n');
}

static void put_tags(struct buf *out, size_t indent, const struct strs *tags)
{
	if (!tags->n)
		return;
	buf_addf(out, "%*stags: [", (int)indent, "");
	for (size_t i = 0; i < tags->n; i++) {
		buf_adds(out, i ? ", " : "");
		yaml_write_word(out, tags->v[i]);
	}
	buf_adds(out, "]\n");
}

void found_hosts_text(struct buf *out, const struct found_hosts *f, size_t indent)
{
	for (size_t i = 0; i < f->n; i++) {
		const struct found_host *h = &f->v[i];

		buf_addf(out, "%*s", (int)indent, "");
		yaml_write_word(out, h->name);
		buf_adds(out, ":\n");
		for (size_t k = 0; k < h->notes.n; k++)
			put_note(out, h->notes.v[k], indent + 2);
		put_field(out, indent + 2, "address", h->address);
		if (h->port != SSH_PORT)
			buf_addf(out, "%*sport: %d\n", (int)indent + 2, "", h->port);
		if (h->user)
			put_field(out, indent + 2, "look", h->user);
		put_tags(out, indent + 2, &h->tags);
	}
}
