#include "config.h"

#include "codec/sudoers_read.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/sudoers_text.h"

#define STATEMENTS_MAX 10000

/* ---- words ---- */

static const char *skip(const char *s)
{
	return s + strspn(s, " \t\r");
}

/* What stands before one of `stops`, outside of quotes, backslashes and brackets, without blanks at
 * its ends; backslashes before what needs none are kept. */
static const char *take_until(struct buf *out, const char *s, const char *stops)
{
	bool quoted = false;

	buf_reset(out);
	for (s = skip(s); *s; s++) {
		if (*s == '\\' && s[1]) {
			if (!strchr(",:=\\#", s[1]))
				buf_addc(out, *s);
			s++;
		} else if (*s == '"') {
			quoted = !quoted;
		} else if (!quoted && strchr(stops, *s)) {
			break;
		}
		buf_addc(out, *s);
	}
	while (out->len && strchr(" \t\r", out->data[out->len - 1]))
		out->data[--out->len] = '\0';
	return s;
}

/* "a, b" up to `stop`. */
static const char *take_list(struct doc *out, const char *s, const char *stops)
{
	struct buf item = {0};
	char both[16];

	both[0] = ',';
	strncat(memset(both + 1, 0, sizeof both - 1), stops, sizeof both - 2);
	for (;;) {
		s = take_until(&item, s, both);
		if (item.len)
			doc_push_str(out, buf_str(&item));
		if (*s != ',')
			break;
		s++;
	}
	buf_finish(&item);
	return s;
}

static struct doc *statement(struct doc *list, const char *kind, int line)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "kind", kind);
	doc_set_int(d, "line", line);
	doc_push(list, d);
	return d;
}

/* ---- rules ---- */

/* What holds from here to the end of the part: brackets and tags are inherited. */
struct state {
	char *runas;
	bool nopasswd;
	struct strs tags;
};

static const char *const tag_names[] = {"NOPASSWD", "PASSWD", "NOEXEC", "EXEC", "SETENV",
	"NOSETENV", "LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT", "NOLOG_OUTPUT", "MAIL", "NOMAIL",
	"FOLLOW", "NOFOLLOW", "INTERCEPT", "NOINTERCEPT", NULL};

static bool is_tag(const char *s, size_t n)
{
	for (size_t i = 0; tag_names[i]; i++)
		if (strlen(tag_names[i]) == n && !memcmp(tag_names[i], s, n))
			return true;
	return false;
}

static const char *take_tags(struct state *st, const char *s)
{
	struct buf word = {0};

	s = skip(s);
	if (*s == '(') {
		s = take_until(&word, s + 1, ")");
		free(st->runas);
		st->runas = xstrdup(buf_str(&word));
		s = skip(*s ? s + 1 : s);
	}
	for (;;) {
		size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
		const char *colon = skip(s + n);
		char *name;

		if (*colon != ':' || !is_tag(s, n))
			break;
		name = xstrndup(s, n);
		if (str_eq(name, "NOPASSWD") || str_eq(name, "PASSWD"))
			st->nopasswd = *name == 'N';
		strs_take(&st->tags, name);
		s = skip(colon + 1);
	}
	buf_finish(&word);
	return s;
}

static const char *take_command(struct doc *commands, struct state *st, const char *s)
{
	struct doc *d = doc_new_map();
	struct buf text = {0};
	bool negated = false;
	const char *args;

	s = take_tags(st, s);
	for (; *s == '!'; s = skip(s + 1))
		negated = !negated;
	s = take_until(&text, s, ",:");
	args = buf_str(&text) + strcspn(buf_str(&text), " \t");
	doc_set(d, "command", doc_new_strn(buf_str(&text), (size_t)(args - buf_str(&text))));
	doc_set(d, "args", *skip(args) ? doc_new_str(skip(args)) : doc_new_null());
	doc_set_bool(d, "negated", negated);
	doc_set(d, "runas", doc_new_str(st->runas));
	doc_set_strs(d, "tags", &st->tags);
	doc_set_bool(d, "nopasswd", st->nopasswd);
	if (text.len)
		doc_push(commands, d);
	else
		doc_free(d);
	buf_finish(&text);
	return s;
}

/* "HOSTS = COMMANDS"; what stands behind it (a ':' begins another part). */
static const char *take_part(struct doc *rule, const char *s)
{
	struct doc *hosts = doc_new_list(), *commands = doc_new_list();
	struct state st = {0};

	s = take_list(hosts, s, "=");
	if (*s == '=')
		do
			s = take_command(commands, &st, s + 1);
		while (*s == ',');
	doc_set(rule, "hosts", hosts);
	doc_set(rule, "commands", commands);
	free(st.runas);
	strs_finish(&st.tags);
	return s;
}

/* The users end where a word follows a word without a comma between them. */
static const char *take_users(struct doc *users, const char *s)
{
	struct buf item = {0};

	for (;;) {
		s = skip(take_until(&item, s, " \t,="));
		if (!item.len)
			break;
		doc_push_str(users, buf_str(&item));
		if (*s != ',')
			break;
		s++;
	}
	buf_finish(&item);
	return s;
}

static void read_rule(struct doc *out, const char *s, int line)
{
	struct doc *users = doc_new_list();
	const char *rest = take_users(users, s);

	if (!doc_len(users) || !strchr(rest, '=') || *rest == '=') {
		doc_set_str(statement(out, "unknown", line), "text", s);
		doc_free(users);
		return;
	}
	for (;;) {
		struct doc *rule = statement(out, "rule", line);

		doc_set(rule, "users", doc_copy(users));
		rest = take_part(rule, rest);
		if (*rest != ':')
			break;
		rest++;
	}
	doc_free(users);
}

/* ---- the others ---- */

/* A value without the quotes around it. */
static struct doc *unquoted(const char *s)
{
	size_t n = strlen(s);

	return n > 1 && *s == '"' && s[n - 1] == '"' ? doc_new_strn(s + 1, n - 2)
						     : doc_new_strn(s, n);
}

static struct doc *setting_of(const char *text)
{
	struct doc *d = doc_new_map();
	bool off = *text == '!';
	const char *value, *op;

	text = skip(text + off);
	op = text + strcspn(text, "+-=");
	value = strchr(op, '=');
	doc_set(d, "name", doc_new_strn(text, strcspn(text, "+-= \t")));
	doc_set(d, "op",
		value ? doc_new_strn(op, (size_t)(value + 1 - op)) : doc_new_str(off ? "!" : ""));
	doc_set(d, "value", value ? unquoted(skip(value + 1)) : doc_new_null());
	return d;
}

static void read_defaults(struct doc *out, const char *s, int line)
{
	struct doc *d = statement(out, "defaults", line), *settings = doc_new_list();
	size_t scope = strcspn(s, " \t");
	struct buf item = {0};

	doc_set(d, "scope", doc_new_strn(s, scope));
	s += scope;
	do {
		s = take_until(&item, s, ",");
		if (item.len)
			doc_push(settings, setting_of(buf_str(&item)));
	} while (*s++ == ',');
	doc_set(d, "settings", settings);
	buf_finish(&item);
}

/* "NAME = a, b : OTHER = c" */
static void read_aliases(struct doc *out, const char *type, const char *s, int line)
{
	struct buf name = {0};

	for (;;) {
		struct doc *d = statement(out, "alias", line), *members = doc_new_list();

		s = take_until(&name, s, "=");
		doc_set_str(d, "type", type);
		doc_set_str(d, "name", buf_str(&name));
		if (*s == '=')
			s = take_list(members, s + 1, ":");
		doc_set(d, "members", members);
		if (*s != ':')
			break;
		s++;
	}
	buf_finish(&name);
}

static bool read_include(struct doc *out, const char *s, int line)
{
	static const char *const words[] = {"includedir", "include", NULL};
	struct buf path = {0};
	struct doc *d;

	for (size_t i = 0; words[i]; i++) {
		size_t n = strlen(words[i]);

		if ((*s != '@' && *s != '#') || strncmp(s + 1, words[i], n) ||
			!strchr(" \t", s[1 + n]))
			continue;
		d = statement(out, "include", line);
		take_until(&path, s + 1 + n, "");
		doc_set_bool(d, "directory", i == 0);
		doc_set_str(d, "path", buf_str(&path));
		buf_finish(&path);
		return true;
	}
	return false;
}

static void read_statement(struct doc *out, const char *s, int line)
{
	static const char *const aliases[] = {
		"User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias", NULL};

	s = skip(s);
	if (!*s || read_include(out, s, line))
		return;
	if (str_starts(s, "Defaults") && strchr(" \t:@!>", s[strlen("Defaults")])) {
		read_defaults(out, s + strlen("Defaults"), line);
		return;
	}
	for (size_t i = 0; aliases[i]; i++) {
		size_t n = strlen(aliases[i]);

		if (!strncmp(s, aliases[i], n) && s[n] && strchr(" \t", s[n])) {
			read_aliases(out, aliases[i], s + n, line);
			return;
		}
	}
	read_rule(out, s, line);
}

int sudoers_read(struct doc **out, const char *s, size_t n, struct err *e)
{
	struct sudoers_text t = {.p = s, .end = s + n, .line = 1};
	struct buf b = {0};
	int line, rc = 0;

	*out = doc_new_list();
	while (!rc && sudoers_next_line(&t, &b, &line)) {
		/* A NUL would hide what follows it. */
		if (strlen(buf_str(&b)) != b.len)
			rc = err_set(e, ERR_INPUT, "line %d holds a NUL", line);
		else
			read_statement(*out, buf_str(&b), line);
		if (!rc && doc_len(*out) > STATEMENTS_MAX)
			rc = err_set(e, ERR_LIMIT, "more than %d statements", STATEMENTS_MAX);
	}
	buf_finish(&b);
	if (rc) {
		doc_free(*out);
		*out = NULL;
	}
	return rc;
}
