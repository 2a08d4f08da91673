#include "config.h"

#include "codec/check_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/check_keys.h"

#define SCRIPT_MAX ((size_t)64 * 1024)
#define COMMANDS_MAX 16
#define CAP_DEFAULT ((size_t)256 * 1024)
#define CAP_MAX ((size_t)8 << 20)

static bool is_file_name(const char *s)
{
	return name_is_valid(s) && !str_eq(s, "check.yml");
}

static int read_argv(const struct check_reading *r, const struct doc *d, const char *what,
	struct check_command *cmd)
{
	const struct doc *argv = doc_get(d, "argv");

	if (load_argv(&r->l, d, what, "argv", &cmd->argv))
		return -1;
	for (size_t i = 0; i < cmd->argv.n; i++) {
		if (check_read_word(r, doc_at(argv, i), what, cmd->argv.v[i], cmd->sudo))
			return -1;
	}
	return 0;
}

static int read_script(
	struct check_reading *r, const struct doc *d, const char *what, struct check_command *cmd)
{
	struct load_text script = {.key = "script",
		.required = true,
		.max = 64,
		.ok = is_file_name,
		.want = "the name of a file beside check.yml"};
	struct load_text word = {.key = "argv", .max = 4096};
	struct buf bytes = {.max = SCRIPT_MAX};
	char *file = NULL;
	int rc = -1;

	if (load_text(&r->l, d, what, &script, &file) ||
		load_texts(&r->l, d, what, &word, false, &cmd->argv))
		goto out;
	if (cmd->sudo) {
		doc_err(r->l.e, r->l.name, doc_get(d, "sudo"),
			"%s: a bundled script runs without sudo only", what);
	} else if (!r->file || r->file(r->arg, file, &bytes, NULL)) {
		doc_err(r->l.e, r->l.name, doc_get(d, "script"), "%s: there is no file %s", what,
			file);
	} else if (bytes.overflow || !bytes.len || strlen(buf_str(&bytes)) != bytes.len) {
		doc_err(r->l.e, r->l.name, doc_get(d, "script"),
			"%s: %s must be a text of 1 to %zu bytes", what, file, SCRIPT_MAX);
	} else {
		buf_add(&r->hashed, bytes.data, bytes.len);
		cmd->script = buf_take(&bytes);
		rc = 0;
	}
out:
	free(file);
	buf_finish(&bytes);
	return rc;
}

int check_read_kind(
	const struct check_reading *r, const struct doc *d, const char *what, enum read_kind *out)
{
	const struct doc *read = doc_get(d, "read"), *kind = read;
	const char *words[READ_KIND_COUNT + 1] = {0};
	struct doc *as_map;
	int k = -1, rc;

	for (int i = 0; i < READ_KIND_COUNT; i++)
		words[i] = read_kind_name((enum read_kind)i);
	if (!read)
		return doc_err(r->l.e, r->l.name, d,
			"%s has no read: add \"read:\" with how its output is read, like {kind: "
			"lines}",
			what);
	if (doc_kind(read) == DOC_MAP)
		kind = doc_get(read, "kind");
	if (!kind)
		return doc_err(r->l.e, r->l.name, read, "read in %s has no kind", what);
	as_map = doc_new_map();
	doc_set(as_map, "read", doc_copy(kind));
	rc = load_choice(&r->l, as_map, what, "read", words, &k);
	doc_free(as_map);
	*out = (enum read_kind)(k < 0 ? 0 : k);
	if (rc || doc_kind(read) != DOC_MAP)
		return rc;
	return doc_only_keys(read, r->l.name, "read", check_keys_read(*out), r->l.e);
}

/* Whole command lines that were recorded: one blank between words, as they are matched. */
static bool is_pattern(const char *s)
{
	return *s != ' ' && !strstr(s, "  ") && !str_ends(s, " ");
}

static int read_command(struct check_reading *r, const char *name, const struct doc *d)
{
	const struct load *l = &r->l;
	struct load_text present = {.key = "present",
		.required = true,
		.max = 1024,
		.ok = path_is_clean_absolute,
		.want = "a clean absolute path"};
	struct load_text reads = {.key = "reads",
		.max = 400,
		.ok = is_pattern,
		.want = "a pattern over a command line, with one blank between words"};
	struct load_text each = {.key = "each",
		.required = true,
		.max = 64,
		.ok = name_is_valid,
		.want = CHECK_NAME_WANT};
	struct check_command *cmd;
	char what[96];

	snprintf(what, sizeof what, "command %.64s", name);
	if (doc_only_keys(d, l->name, what, check_keys_command, l->e))
		return -1;
	cmd = ARR_ADD(r->c->commands, r->c->command_count, r->c->command_cap);
	cmd->name = xstrdup(name);
	cmd->timeout_ms = 10 * 1000;
	cmd->cap = CAP_DEFAULT;
	if (load_bool(l, d, what, "sudo", &cmd->sudo) ||
		load_bool(l, d, what, "optional", &cmd->optional) ||
		(doc_get(d, "each") && load_text(l, d, what, &each, &cmd->each)) ||
		load_texts(l, d, what, &reads, true, &cmd->reads) ||
		(doc_get(d, "present") && load_text(l, d, what, &present, &cmd->present)) ||
		load_duration(l, d, what, "timeout", 1, 600, &cmd->timeout_ms) ||
		load_bytes(l, d, what, "cap", CAP_MAX, &cmd->cap) ||
		check_read_kind(r, d, what, &cmd->read))
		return -1;
	return doc_get(d, "script") ? read_script(r, d, what, cmd) : read_argv(r, d, what, cmd);
}

int check_read_commands(struct check_reading *r, const struct doc *top)
{
	const struct doc *d = doc_get(top, "commands");

	if (r->c->builtin) {
		if (d)
			return doc_err(r->l.e, r->l.name, d,
				"a builtin check has no commands: remove them");
		return 0;
	}
	if (doc_kind(d) != DOC_MAP || !doc_len(d) || doc_len(d) > COMMANDS_MAX)
		return doc_err(r->l.e, r->l.name, load_place(top, "commands"),
			"commands must be a map of 1 to %d named commands", COMMANDS_MAX);
	for (size_t i = 0; i < doc_len(d); i++) {
		if (!name_is_valid(doc_key(d, i)))
			return doc_key_err(r->l.e, r->l.name, d, i,
				"\"%.64s\" cannot be a command's name: use " CHECK_NAME_WANT,
				doc_key(d, i));
		if (read_command(r, doc_key(d, i), doc_value(d, i)))
			return -1;
	}
	return 0;
}
