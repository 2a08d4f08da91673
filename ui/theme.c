#include "config.h"

#include "ui/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/doc.h"
#include "codec/yaml.h"

#define X(id, name) name,
static const char *const role_names[] = {ROLES(X) NULL};
#undef X

static const char *const ansi_names[] = {"black", "red", "green", "yellow", "blue", "magenta",
	"cyan", "white", "bright-black", "bright-red", "bright-green", "bright-yellow",
	"bright-blue", "bright-magenta", "bright-cyan", "bright-white"};

static const struct {
	const char *name;
	unsigned attr;
} attr_names[] = {
	{"bold", ATTR_BOLD},
	{"dim", ATTR_DIM},
	{"underline", ATTR_UNDERLINE},
	{"reverse", ATTR_REVERSE},
};

/* The roles that must stand out even without a colour. */
static const struct {
	enum role_id role;
	unsigned attrs;
} plain_attrs[] = {
	{AS_STRONG, ATTR_BOLD},
	{AS_FRAME_FOCUS, ATTR_BOLD},
	{AS_FRAME_BAD, ATTR_BOLD},
	{AS_TITLE_FOCUS, ATTR_BOLD},
	{AS_KEY, ATTR_BOLD},
	{AS_DRIFT, ATTR_BOLD},
	{AS_WARN, ATTR_BOLD},
	{AS_CRIT, ATTR_BOLD},
	{AS_UNREACHABLE, ATTR_BOLD},
	{AS_ADDED, ATTR_BOLD},
	{AS_ADDED_WORD, ATTR_BOLD | ATTR_UNDERLINE},
	{AS_REMOVED_WORD, ATTR_UNDERLINE},
	{AS_HEAD, ATTR_BOLD},
	{AS_HEADING, ATTR_BOLD},
	{AS_LINK, ATTR_UNDERLINE},
	{AS_FIELD, ATTR_UNDERLINE},
	{AS_BADGE, ATTR_REVERSE},
	{AS_ALARM, ATTR_REVERSE | ATTR_BOLD},
	{AS_SELECTED, ATTR_REVERSE},
};

const char *role_id_name(enum role_id r)
{
	return role_names[r];
}

void theme_plain(struct theme *t)
{
	*t = (struct theme){.name = "plain"};
	for (int i = 0; i < AS_COUNT; i++)
		t->styles[i].fg = t->styles[i].bg =
			(struct colour){.rgb = COLOUR_DEFAULT, .ansi = COLOUR_DEFAULT};
	for (size_t i = 0; i < sizeof plain_attrs / sizeof *plain_attrs; i++)
		t->styles[plain_attrs[i].role].attrs = plain_attrs[i].attrs;
}

/* The sixteen colours as xterm shows them: only to find the nearest one. */
static const int32_t ansi_rgb[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
	0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff,
	0xffffff};

static long distance(int32_t a, int32_t b)
{
	long r = (a >> 16 & 255) - (b >> 16 & 255), g = (a >> 8 & 255) - (b >> 8 & 255);
	long u = (a & 255) - (b & 255);

	return 3 * r * r + 4 * g * g + 2 * u * u; /* the eye weighs green most */
}

static int nearest_ansi(int32_t rgb)
{
	int best = 0;

	for (int i = 1; i < 16; i++) {
		if (distance(rgb, ansi_rgb[i]) < distance(rgb, ansi_rgb[best]))
			best = i;
	}
	return best;
}

int colour_256(int32_t rgb)
{
	static const int levels[6] = {0, 95, 135, 175, 215, 255};
	int best = 16;
	long best_distance = -1;

	for (int i = 16; i < 256; i++) {
		int c = i - 16;
		int32_t is = i < 232 ? levels[c / 36] << 16 | levels[c / 6 % 6] << 8 | levels[c % 6]
				     : (8 + 10 * (i - 232)) * 0x010101;
		long d = distance(rgb, is);

		if (best_distance < 0 || d < best_distance) {
			best = i;
			best_distance = d;
		}
	}
	return best;
}

static int read_ansi(int *out, const struct doc *d, const char *name, struct err *e)
{
	const char *s = doc_str(d);

	if (!d)
		return 0;
	for (int i = 0; s && i < 16; i++) {
		if (strcmp(s, ansi_names[i]) == 0) {
			*out = i;
			return 0;
		}
	}
	if (s && strcmp(s, "default") == 0) {
		*out = COLOUR_DEFAULT;
		return 0;
	}
	return doc_err(e, name, d,
		"not one of the 16 colours: \"red\", \"bright-blue\", \"default\", ...");
}

static int read_colour(struct colour *c, const struct doc *d, const char *name, struct err *e)
{
	const char *s = doc_str(d);
	char *end = NULL;
	long rgb;

	*c = (struct colour){.rgb = COLOUR_DEFAULT, .ansi = COLOUR_DEFAULT};
	if (!d || (s && strcmp(s, "default") == 0))
		return 0;
	if (!s || s[0] != '#' || strlen(s) != 7)
		return doc_err(e, name, d, "not a colour: write \"#rrggbb\" or \"default\"");
	rgb = strtol(s + 1, &end, 16);
	if (*end || strchr(s, '-') || strchr(s, '+') || strchr(s, 'x'))
		return doc_err(e, name, d, "not a colour: write \"#rrggbb\" or \"default\"");
	*c = (struct colour){.rgb = (int32_t)rgb, .ansi = nearest_ansi((int32_t)rgb)};
	return 0;
}

static int read_attrs(unsigned *attrs, const struct doc *list, const char *name, struct err *e)
{
	for (size_t i = 0; i < doc_len(list); i++) {
		const char *s = doc_str(doc_at(list, i));
		unsigned attr = 0;

		for (size_t k = 0; s && k < sizeof attr_names / sizeof *attr_names; k++) {
			if (strcmp(attr_names[k].name, s) == 0)
				attr = attr_names[k].attr;
		}
		if (!attr)
			return doc_err(e, name, doc_at(list, i),
				"not an attribute: bold, dim, underline, reverse");
		*attrs |= attr;
	}
	return 0;
}

static int read_style(
	struct style *st, const struct doc *d, const char *role, const char *name, struct err *e)
{
	static const char *const keys[] = {"fg", "bg", "fg16", "bg16", "attrs", NULL};

	*st = (struct style){0};
	if (doc_only_keys(d, name, role, keys, e) < 0 ||
		read_colour(&st->fg, doc_get(d, "fg"), name, e) < 0 ||
		read_colour(&st->bg, doc_get(d, "bg"), name, e) < 0 ||
		read_ansi(&st->fg.ansi, doc_get(d, "fg16"), name, e) < 0 ||
		read_ansi(&st->bg.ansi, doc_get(d, "bg16"), name, e) < 0)
		return -1;
	return read_attrs(&st->attrs, doc_get(d, "attrs"), name, e);
}

static int read_theme(struct theme *t, const struct doc *d, const char *name, struct err *e)
{
	static const char *const keys[] = {"name", "roles", NULL};
	const struct doc *roles = doc_get(d, "roles");
	const char *own = doc_get_str(d, "name", "");

	if (doc_only_keys(d, name, "the theme", keys, e) < 0)
		return -1;
	snprintf(t->name, sizeof t->name, "%s", own);
	if (doc_kind(roles) != DOC_MAP)
		return doc_err(e, name, d, "needs `roles:`, a map of roles to colours");
	if (doc_only_keys(roles, name, "roles", role_names, e) < 0)
		return -1;
	for (int i = 0; i < AS_COUNT; i++) {
		const struct doc *style = doc_get(roles, role_names[i]);

		if (!style)
			return doc_err(e, name, roles, "the role \"%s\" is missing", role_names[i]);
		if (read_style(&t->styles[i], style, role_names[i], name, e) < 0)
			return -1;
	}
	return 0;
}

int theme_read(struct theme *t, const char *text, size_t n, const char *name, struct err *e)
{
	struct theme now = {0};
	struct doc *d = NULL;
	int rc;

	if (yaml_read(&d, text, n, name, e) < 0)
		return -1;
	rc = read_theme(&now, d, name, e);
	if (rc == 0)
		*t = now;
	doc_free(d);
	return rc;
}
