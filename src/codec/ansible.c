#include "config.h"

#include "codec/ansible.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "codec/inventory.h"

/* Names of the variables, for what is not taken over. */
static const char *const var_names[VAR_COUNT] = {"ansible_host", "ansible_port", "ansible_user",
	"ansible_connection", "ansible_ssh_common_args"};

/* ---- what counts for one host ---- */

struct sight {
	const struct inventory *inv;
	int *depth;   /* of each group below "all"; 0 = not known yet */
	bool *inside; /* of the host at hand */
};

static int depth_of(const struct sight *s, size_t group)
{
	const struct inv_links *up = &s->inv->groups[group].parents;
	int most = 0;

	if (group == INV_ALL)
		return 0;
	for (size_t i = 0; !s->depth[group] && i < up->n; i++) {
		int d = depth_of(s, up->v[i]);

		most = d > most ? d : most;
	}
	if (!s->depth[group])
		s->depth[group] = most + 1;
	return s->depth[group];
}

static void enter(const struct sight *s, size_t group)
{
	const struct inv_links *up = &s->inv->groups[group].parents;

	if (s->inside[group])
		return;
	s->inside[group] = true;
	for (size_t i = 0; i < up->n; i++)
		enter(s, up->v[i]);
}

/* The host's own, else that of its deepest group; of equally deep ones the last by name. */
static const char *value(const struct sight *s, const struct inv_host *h, enum inv_var var)
{
	const struct inv_group *best = NULL;
	int most = -1;

	if (h->vars.v[var])
		return h->vars.v[var];
	for (size_t i = 0; i < s->inv->group_count; i++) {
		const struct inv_group *g = &s->inv->groups[i];
		int depth;

		if (!s->inside[i] || !g->vars.v[var])
			continue;
		depth = depth_of(s, i);
		if (depth > most || (depth == most && strcmp(g->name, best->name) > 0)) {
			best = g;
			most = depth;
		}
	}
	return best ? best->vars.v[var] : NULL;
}

static bool is_template(const char *s)
{
	return s && strstr(s, "{{");
}

/* Why it is no host for SSH; NULL when it is one. Heap. */
static char *why_not(const struct inv_host *h, const char *connection)
{
	static const char *const ssh[] = {"ssh", "smart", "paramiko", "paramiko_ssh",
		"ansible.builtin.ssh", "ansible.builtin.paramiko_ssh"};

	if (str_eq(connection, "local") || str_eq(connection, "ansible.builtin.local") ||
		str_eq(h->name, "localhost"))
		return xstrdup("is this machine");
	for (size_t i = 0; i < sizeof ssh / sizeof *ssh; i++)
		if (!connection || str_eq(connection, ssh[i]))
			return NULL;
	return xasprintf("connection %.40s: opsdeck speaks SSH", connection);
}

static void add_tags(struct found_host *out, const struct sight *s, struct strs *left_out,
	const struct inventory *inv, bool *told)
{
	for (size_t i = 0; i < inv->group_count; i++) {
		const char *group = inv->groups[i].name;
		char *tag;

		if (!s->inside[i] || i == INV_ALL || str_eq(group, "ungrouped"))
			continue;
		tag = found_name(group);
		if (name_is_valid(tag) && !strs_has(&out->tags, tag))
			strs_add(&out->tags, tag);
		else if (!name_is_valid(tag) && !told[i])
			strs_addf(left_out, "%s: the group \"%.64s\" cannot be a tag", inv->file,
				group);
		told[i] = true;
		free(tag);
	}
}

static void add_host(
	struct found_hosts *out, const struct sight *s, const struct inv_host *h, bool *told)
{
	const struct inventory *inv = s->inv;
	const char *v[VAR_COUNT];
	struct found_host *f;
	char *why;

	memset(s->inside, 0, inv->group_count * sizeof *s->inside);
	enter(s, INV_ALL);
	for (size_t i = 0; i < h->groups.n; i++)
		enter(s, h->groups.v[i]);
	for (int i = 0; i < VAR_COUNT; i++)
		v[i] = value(s, h, (enum inv_var)i);
	why = why_not(h, v[VAR_CONNECTION]);
	if (why) {
		strs_addf(&out->left_out, "%s:%d:%d: %.64s: %s", inv->file, h->at.line, h->at.col,
			h->name, why);
		free(why);
		return;
	}
	f = found_add(out, &(struct found_raw){.file = inv->file,
				   .line = h->at.line,
				   .col = h->at.col,
				   .name = h->name,
				   .address = is_template(v[VAR_HOST]) ? NULL : v[VAR_HOST],
				   .port = is_template(v[VAR_PORT]) ? NULL : v[VAR_PORT],
				   .user = is_template(v[VAR_USER]) ? NULL : v[VAR_USER]});
	for (int i = 0; f && i <= VAR_USER; i++)
		if (is_template(v[i]))
			strs_addf(&f->notes, "%s is a template and not taken over", var_names[i]);
	if (f && !str_empty(v[VAR_SSH_ARGS]))
		strs_addf(&f->notes, "%s %.80s: not taken over", var_names[VAR_SSH_ARGS],
			v[VAR_SSH_ARGS]);
	if (f)
		add_tags(f, s, &out->left_out, inv, told);
}

static void add_hosts(struct found_hosts *out, const struct inventory *inv)
{
	struct sight s = {.inv = inv,
		.depth = xcalloc(inv->group_count, sizeof *s.depth),
		.inside = xcalloc(inv->group_count, sizeof *s.inside)};
	bool *told = xcalloc(inv->group_count, sizeof *told);

	for (size_t i = 0; i < inv->host_count; i++)
		add_host(out, &s, &inv->hosts[i], told);
	free(s.depth);
	free(s.inside);
	free(told);
}

/* ---- which form it is ---- */

static bool names_yaml(const char *name)
{
	return str_ends(name, ".yml") || str_ends(name, ".yaml") || str_ends(name, ".json");
}

/* A key with its colon, a document's beginning, a list or JSON: no line of the INI form. */
static bool is_yaml_line(const char *s, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if (s[i] == ':' && s[i + 1] == ' ')
			return true;
	return *s == '{' || s[n - 1] == ':' || (n >= 3 && !memcmp(s, "---", 3)) ||
	       (n >= 2 && !memcmp(s, "- ", 2));
}

/* By the first line that says something. */
static bool looks_like_yaml(const char *text, size_t n)
{
	const char *end = text + n;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		const char *last = stop ? stop : end, *s = text;

		while (s < last && isspace((unsigned char)*s))
			s++;
		while (last > s && isspace((unsigned char)last[-1]))
			last--;
		if (s < last && *s != '#' && *s != ';')
			return is_yaml_line(s, (size_t)(last - s));
		text = (stop ? stop : end) + 1;
	}
	return false;
}

int ansible_hosts(
	struct found_hosts *out, const char *text, size_t n, const char *name, struct err *e)
{
	struct inventory inv = {.file = name, .left_out = &out->left_out, .e = e};
	bool yaml = names_yaml(name) || (!str_ends(name, ".ini") && looks_like_yaml(text, n));
	int rc;

	if (n >= 2 && text[0] == '#' && text[1] == '!')
		return err_set(e, ERR_INPUT,
			"%s:1:1: this is a script: give a file that `ansible-inventory --list "
			"--yaml` wrote",
			name);
	inv_init(&inv);
	rc = yaml ? inv_read_yaml(&inv, text, n) : inv_read_ini(&inv, text, n);
	if (!rc)
		add_hosts(out, &inv);
	inv_finish(&inv);
	return rc;
}
