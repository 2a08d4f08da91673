#include "config.h"

#include "codec/sudoers_match.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"
#include "codec/sudoers.h"

const char *sudoers_skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

const char *sudoers_take_until(struct buf *out, const char *s, const char *stops)
{
	bool quoted = false;

	buf_reset(out);
	s = sudoers_skip_blanks(s);
	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			buf_addc(out, *s++);
		} else if (*s == '"') {
			quoted = !quoted;
		} else if (!quoted && strchr(stops, *s)) {
			break;
		}
		buf_addc(out, *s);
	}
	while (out->len && strchr(" \t", out->data[out->len - 1]))
		out->data[--out->len] = '\0';
	return s;
}

/* The command of a line, as sudo would write ours: argv escaped, `""` for none. */
static void exact_text(struct buf *out, const struct strs *argv)
{
	struct buf line = {0};
	const char *at;

	if (!sudo_line(&line, "x", argv, NULL)) {
		at = strstr(buf_str(&line), "NOPASSWD: ");
		buf_adds(out, at + strlen("NOPASSWD: "));
	}
	buf_finish(&line);
}

static bool has_glob(const char *s)
{
	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (strchr("*?[]^", *s))
			return true;
	}
	return false;
}

static bool same_words(const char *a, const char *b)
{
	for (;;) {
		size_t n = strcspn(a, " \t"), m = strcspn(b, " \t");

		if (n != m || memcmp(a, b, n))
			return false;
		a = sudoers_skip_blanks(a + n);
		b = sudoers_skip_blanks(b + m);
		if (!*a || !*b)
			return !*a && !*b;
	}
}

/* The directory of ours may be reached by another name (/bin and /usr/bin), so that without a glob
 * the last component decides. */
static bool path_covers(const char *path, const char *ours)
{
	const char *base = strrchr(path, '/'), *our_base = strrchr(ours, '/');

	if (!base || !our_base)
		return true;
	if (has_glob(path))
		return !fnmatch(path, ours, FNM_PATHNAME);
	return !base[1] || str_eq(base, our_base); /* a directory stands for all in it */
}

/* As sudo does: the arguments are one text, and blanks and slashes are nothing special in it. */
static bool args_cover(const char *pattern, const struct strs *argv)
{
	struct buf args = {0};
	bool yes;

	for (size_t i = 1; i < argv->n; i++)
		buf_addf(&args, i > 1 ? " %s" : "%s", argv->v[i]);
	yes = !fnmatch(pattern, buf_str(&args), 0);
	buf_finish(&args);
	return yes;
}

static bool is_wide(const char *text, const char *path, const char *args)
{
	return str_eq(text, "ALL") || !*args || has_glob(text) || str_ends(path, "/");
}

static enum sudoers_match match_absolute(
	const char *text, const char *path, const char *args, const struct strs *argv)
{
	struct buf ours = {0};
	bool same;

	if (!argv)
		return is_wide(text, path, args) ? MATCH_WIDE : MATCH_NO;
	exact_text(&ours, argv);
	same = ours.len && same_words(text, buf_str(&ours));
	buf_finish(&ours);
	if (same)
		return MATCH_EXACT;
	if (!path_covers(path, argv->v[0]))
		return MATCH_NO;
	if (!*args)
		return MATCH_WIDE;
	if (*args == '^')
		return MATCH_UNSURE; /* a regular expression */
	return has_glob(text) && args_cover(args, argv) ? MATCH_WIDE : MATCH_NO;
}

enum sudoers_match sudoers_match(const char *text, const struct strs *argv)
{
	struct buf path = {0};
	const char *args = sudoers_skip_blanks(sudoers_take_until(&path, text, " \t"));
	enum sudoers_match m;

	if (str_eq(text, "ALL"))
		m = MATCH_WIDE;
	else if (*text == '/')
		m = match_absolute(text, buf_str(&path), args, argv);
	else if (str_eq(text, "list") || str_starts(text, "sudoedit "))
		m = MATCH_NO;
	else
		m = MATCH_UNSURE;
	buf_finish(&path);
	return m;
}
