#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/inventory.h"
#include "codec/yaml.h"

static struct inv_place key_place(const struct doc *map, size_t i)
{
	return (struct inv_place){doc_key_line(map, i), doc_key_col(map, i)};
}

static struct inv_place place(const struct doc *d)
{
	return (struct inv_place){doc_line(d), doc_col(d)};
}

static void read_vars(struct inv_vars *out, const struct doc *vars)
{
	for (size_t i = 0; i < doc_len(vars); i++) {
		const struct doc *v = doc_value(vars, i);

		if (doc_kind(v) == DOC_INT) {
			char *number = xasprintf("%lld", (long long)doc_int(v));

			inv_set(out, doc_key(vars, i), number);
			free(number);
		} else if (doc_kind(v) == DOC_STRING) {
			inv_set(out, doc_key(vars, i), doc_str(v));
		}
	}
}

static int want_map(const struct inventory *inv, const struct doc *d, const char *what)
{
	if (!d || doc_kind(d) == DOC_NULL || doc_kind(d) == DOC_MAP)
		return 0;
	return inv_err(inv, place(d), ERR_INPUT, "%s must be a map, not %s", what,
		doc_kind_name(doc_kind(d)));
}

/* A name, or a list of names, as `ansible-inventory --list` writes it. */
static bool is_names(const struct doc *d)
{
	if (doc_kind(d) == DOC_STRING)
		return true;
	if (doc_kind(d) != DOC_LIST)
		return false;
	for (size_t i = 0; i < doc_len(d); i++)
		if (doc_kind(doc_at(d, i)) != DOC_STRING)
			return false;
	return true;
}

static int read_hosts(struct inventory *inv, const struct doc *hosts, size_t group)
{
	const struct inv_vars none = {{NULL}};
	int rc = is_names(hosts) ? 0 : want_map(inv, hosts, "hosts");

	if (!rc && doc_kind(hosts) == DOC_STRING)
		return inv_hosts(inv, doc_str(hosts), place(hosts), group, &none);
	for (size_t i = 0; !rc && i < doc_len(hosts); i++) {
		const struct doc *one = doc_kind(hosts) == DOC_LIST ? doc_at(hosts, i) : NULL;
		const struct doc *value = one ? NULL : doc_value(hosts, i);
		struct inv_vars vars = {0};

		if (want_map(inv, value, "the variables of a host"))
			return -1;
		read_vars(&vars, value);
		rc = one ? inv_hosts(inv, doc_str(one), place(one), group, &vars)
			 : inv_hosts(inv, doc_key(hosts, i), key_place(hosts, i), group, &vars);
		inv_vars_finish(&vars);
	}
	return rc;
}

static int read_group(struct inventory *inv, const char *name, struct inv_place at,
	const struct doc *d, size_t *out);

static int read_children(struct inventory *inv, const struct doc *children, size_t parent)
{
	int rc = is_names(children) ? 0 : want_map(inv, children, "children");

	for (size_t i = 0; !rc && i < doc_len(children); i++) {
		const struct doc *one = doc_kind(children) == DOC_LIST ? doc_at(children, i) : NULL;
		struct inv_place at = one ? place(one) : key_place(children, i);
		size_t child;

		rc = read_group(inv, one ? doc_str(one) : doc_key(children, i), at,
			one ? NULL : doc_value(children, i), &child);
		if (!rc)
			rc = inv_child(inv, parent, child, at);
	}
	return rc;
}

static int read_group(struct inventory *inv, const char *name, struct inv_place at,
	const struct doc *d, size_t *out)
{
	if (want_map(inv, d, "a group") || want_map(inv, doc_get(d, "vars"), "vars") ||
		inv_group(inv, name, at, out))
		return -1;
	for (size_t i = 0; i < doc_len(d); i++) {
		const char *key = doc_key(d, i);
		struct inv_place where = key_place(d, i);

		if (!str_eq(key, "hosts") && !str_eq(key, "children") && !str_eq(key, "vars"))
			strs_addf(inv->left_out,
				"%s:%d:%d: %.64s: a group has hosts, children and vars", inv->file,
				where.line, where.col, key);
	}
	read_vars(&inv->groups[*out].vars, doc_get(d, "vars"));
	return read_hosts(inv, doc_get(d, "hosts"), *out) ||
			       read_children(inv, doc_get(d, "children"), *out)
		       ? -1
		       : 0;
}

static void read_host_vars(struct inventory *inv, const struct doc *hostvars)
{
	for (size_t i = 0; i < doc_len(hostvars); i++) {
		struct inv_host *h = inv_host(inv, doc_key(hostvars, i));

		if (h)
			read_vars(&h->vars, doc_value(hostvars, i));
	}
}

int inv_read_yaml(struct inventory *inv, const char *text, size_t n)
{
	struct doc *top;
	int rc = 0;
	size_t group;

	if (yaml_read_foreign(&top, text, n, inv->file, inv->e))
		return -1;
	if (doc_kind(top) != DOC_MAP && doc_kind(top) != DOC_NULL)
		rc = inv_err(inv,
			(struct inv_place){
				doc_line(top) + !doc_line(top), doc_col(top) + !doc_col(top)},
			ERR_INPUT, "an inventory is a map of groups, not %s",
			doc_kind_name(doc_kind(top)));
	for (size_t i = 0; !rc && i < doc_len(top); i++)
		if (!str_eq(doc_key(top, i), "_meta"))
			rc = read_group(
				inv, doc_key(top, i), key_place(top, i), doc_value(top, i), &group);
	if (!rc)
		read_host_vars(inv, doc_get(doc_get(top, "_meta"), "hostvars"));
	doc_free(top);
	return rc;
}
