#include "config.h"

#include "flow/parse_kinds.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/safe.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/manifest.h"
#include "codec/tar.h"
#include "codec/yaml.h"

/* Text has no NUL and is UTF-8. */
static bool is_text(const char *s, size_t n)
{
	for (size_t at = 0; at < n;) {
		int32_t cp;

		at += safe_decode(s + at, n - at, &cp);
		if (cp <= 0)
			return false;
	}
	return true;
}

/* "./a/b" and "a/b" are the same; the root itself is ".". NULL when the path would leave the root.
 */
static const char *clean_path(const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	if (!*path || (path[0] == '.' && !path[1]))
		return ".";
	return manifest_path_ok(path) ? path : NULL;
}

static struct doc *entry_base(const char *path, const struct tar_entry *t)
{
	struct doc *d = doc_new_map();
	char mode[8];

	snprintf(mode, sizeof mode, "%04o", t->mode & 07777);
	doc_set_str(d, "path", path);
	doc_set_str(d, "type", tar_type_name(t->type));
	doc_set_str(d, "mode", mode);
	doc_set_int(d, "uid", t->uid);
	doc_set_int(d, "gid", t->gid);
	if (t->link)
		doc_set_str(d, "link", t->link);
	return d;
}

static void add_header(struct buf *out, const char *path, const struct tar_entry *t)
{
	buf_addf(out, "== %s %s %04o %" PRId64 ":%" PRId64, path, tar_type_name(t->type),
		t->mode & 07777, t->uid, t->gid);
	if (t->link)
		buf_addf(out, " -> %s", t->link);
	if (t->type == TAR_FILE)
		buf_addf(out, " %zu bytes", t->size);
	buf_addc(out, '\n');
}

/* Redacted text stands under "text", its hash under "sha256"; what is not text has a hash only. */
static void add_content(
	struct doc *value, struct buf *text, const struct tar_entry *t, const struct redact *redact)
{
	char hex[SHA256_HEX];
	struct buf shown = {0};

	doc_set_int(value, "size", (int64_t)t->size);
	if (is_text(t->data, t->size)) {
		redact_text(&shown, redact, t->data, t->size);
		sha256_hex(hex, buf_str(&shown), shown.len);
		doc_set(value, "text", doc_new_strn(buf_str(&shown), shown.len));
		buf_add(text, buf_str(&shown), shown.len);
		if (shown.len && shown.data[shown.len - 1] != '\n')
			buf_addc(text, '\n');
	} else {
		sha256_hex(hex, t->data, t->size);
		buf_addf(text, "(no text, sha256 %s)\n", hex);
	}
	doc_set_str(value, "sha256", hex);
	buf_finish(&shown);
}

/* With `yaml: true`: what a YAML file says stands under "value"; "error" says why it cannot be
 * read. */
static void add_yaml(struct doc *value, const char *path)
{
	const struct doc *text = doc_get(value, "text");
	struct doc *read = NULL;
	struct err e = {0};

	if (!text || (!str_ends(path, ".yml") && !str_ends(path, ".yaml")))
		return;
	if (yaml_read_foreign(&read, doc_str(text), doc_str_len(text), path_base(path), &e))
		doc_set_str(value, "error", e.msg);
	doc_set(value, "value", read ? read : doc_new_null());
}

struct opened {
	struct doc *values, *raws;
	struct buf *text;
	const struct redact *redact;
	bool yaml;
};

static int add_entry(const struct opened *o, const struct tar_entry *t, struct err *e)
{
	const char *path = clean_path(t->path);
	struct doc *value, *raw;

	if (!path)
		return err_set(e, ERR_INPUT, "a path in the archive leaves its root");
	value = entry_base(path, t);
	raw = entry_base(path, t);
	add_header(o->text, path, t);
	if (t->type == TAR_FILE) {
		doc_set(raw, "data", doc_new_strn(t->size ? t->data : "", t->size));
		add_content(value, o->text, t, o->redact);
		if (o->yaml)
			add_yaml(value, path);
	}
	doc_push(o->values, value);
	doc_push(o->raws, raw);
	return 0;
}

int parse_tar(struct doc **value, struct doc **raw, struct buf *text, const char *s, size_t n,
	const struct doc *options, const struct redact *redact, struct err *e)
{
	const struct opened o = {.values = *value = doc_new_list(),
		.raws = *raw = doc_new_list(),
		.text = text,
		.redact = redact,
		.yaml = doc_get_bool(options, "yaml", false)};
	struct tar_entry entry;
	struct tar tar;
	int more;

	tar_init(&tar, s, n);
	while ((more = tar_next(&tar, &entry, e)) > 0) {
		more = add_entry(&o, &entry, e);
		if (more)
			break;
		if (doc_len(*value) > PARSE_ROWS_MAX) {
			more = err_set(e, ERR_LIMIT, "more than %d entries", PARSE_ROWS_MAX);
			break;
		}
	}
	tar_finish(&tar);
	if (!more && !doc_len(*value))
		more = err_set(e, ERR_INPUT, "the archive is empty");
	if (!more)
		return 0;
	doc_free(*value);
	doc_free(*raw);
	*value = *raw = NULL;
	return -1;
}
