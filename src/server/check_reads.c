#include "config.h"

#include "server/check_reads.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/strs.h"

static const char *skip_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return str_starts(s, word) && s[n] == ' ' ? s + n + 1 : s;
}

/* LC_ALL=C, RESTIC_REPOSITORY=/srv/x: nothing that tells which tool it is. */
static const char *skip_assignment(const char *s)
{
	size_t name = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
	const char *end;

	if (!name || s[name] != '=')
		return s;
	end = strchr(s, ' ');
	return end ? end + 1 : s;
}

/* `timeout 5`, `timeout -k 1 5s`. */
static const char *skip_timeout(const char *s)
{
	const char *t = skip_word(s, "timeout");

	while (t != s && (*t == '-' || (*t >= '0' && *t <= '9'))) {
		const char *end = strchr(t, ' ');

		if (!end)
			return s;
		t = end + 1;
	}
	return t;
}

/* The folder of the first word, when it is a path. */
static const char *skip_folder(const char *s)
{
	const char *end = s + strcspn(s, " "), *tool = s;

	for (const char *c = s; (*s == '/' || *s == '.') && c < end; c++)
		if (*c == '/')
			tool = c + 1;
	return tool;
}

/* -u NAME and the like, but not -l: that is what is asked. */
static const char *skip_sudo(const char *s)
{
	const char *t = skip_word(s, "sudo"), *before = s;

	while (t != before) {
		const char *who = skip_word(t, "-u");

		before = t;
		if (who != t && strchr(who, ' '))
			t = strchr(who, ' ') + 1;
		t = skip_word(skip_word(skip_word(t, "-n"), "-E"), "-H");
	}
	return t;
}

/* What stands before a tool and is not it. */
static const char *skip_prefixes(const char *s)
{
	const char *before;

	do {
		before = s;
		s = skip_assignment(skip_folder(s));
		s = skip_word(s, "env");
		s = skip_timeout(s);
		s = skip_sudo(s);
	} while (s != before);
	return skip_word(s, "-n");
}

static bool cut_tail(struct buf *line, const char *tail)
{
	size_t n = strlen(tail);

	if (line->len <= n || !str_eq(line->data + line->len - n, tail))
		return false;
	line->len -= n;
	line->data[line->len] = '\0';
	return true;
}

/* Where the streams went, at the end of the line. */
static void cut_redirections(struct buf *line)
{
	while (cut_tail(line, " 2>/dev/null") || cut_tail(line, " 2>&1") ||
		cut_tail(line, " </dev/null") || cut_tail(line, " < /dev/null"))
		;
}

char *command_line_plain(const char *line)
{
	struct buf squeezed = {0}, out = {0};
	const char *s;

	for (; *line; line++) {
		if (*line == '\'' || *line == '"')
			continue;
		if (*line != ' ' && *line != '\t')
			buf_addc(&squeezed, *line);
		else if (squeezed.len && squeezed.data[squeezed.len - 1] != ' ')
			buf_addc(&squeezed, ' ');
	}
	while (squeezed.len && squeezed.data[squeezed.len - 1] == ' ')
		squeezed.data[--squeezed.len] = '\0';
	cut_redirections(&squeezed);
	s = skip_prefixes(buf_str(&squeezed));
	buf_adds(&out, skip_folder(s));
	buf_finish(&squeezed);
	return buf_take(&out);
}

bool pattern_fits(const char *pattern, const char *plain)
{
	char *p = command_line_plain(pattern);
	bool fits = str_glob(p, plain);

	free(p);
	return fits;
}

bool command_reads(const struct check_command *cmd, const char *plain)
{
	bool fits = false;

	for (size_t i = 0; i < cmd->reads.n; i++) {
		const char *pattern = cmd->reads.v[i];

		if (*pattern != '!')
			fits = fits || pattern_fits(pattern, plain);
		else if (pattern_fits(pattern + 1, plain))
			return false;
	}
	return fits;
}
