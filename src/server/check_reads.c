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
static bool is_assignment(const char *s)
{
	size_t name = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return name && s[name] == '=';
}

static const char *skip_assignment(const char *s)
{
	const char *end;

	if (!is_assignment(s))
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

/* `nice -n 10`, `ionice -c 3`: options, of which -n and -c may have their value apart. */
static const char *skip_nice(const char *s, const char *word)
{
	const char *t = skip_word(s, word);

	while (t != s && *t == '-') {
		bool apart = str_starts(t, "-n ") || str_starts(t, "-c ");
		const char *end = strchr(apart ? t + 3 : t, ' ');

		if (!end)
			return s;
		t = end + 1;
	}
	return t;
}

/* `cd DIR &&` */
static const char *skip_cd(const char *s)
{
	const char *t = skip_word(s, "cd");
	const char *end = t == s ? NULL : strchr(t, ' ');

	return end && str_starts(end, " && ") ? end + 4 : s;
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
		s = skip_nice(skip_nice(s, "nice"), "ionice");
		s = skip_sudo(skip_word(skip_cd(s), "doas"));
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

/* Where the streams went, at the end of the line, and what changes nothing in them. */
static void cut_redirections(struct buf *line)
{
	static const char *const tails[] = {" 2>/dev/null", " 2> /dev/null", " 2>&1", " </dev/null",
		" < /dev/null", " || true", " || :", " ; true", "; true", " | cat"};
	bool cut;

	do {
		cut = false;
		for (size_t i = 0; i < sizeof tails / sizeof *tails; i++)
			cut = cut_tail(line, tails[i]) || cut;
	} while (cut);
}

/* A blank inside the quotes of an assignment does not end its word. */
static void add_blank(struct buf *squeezed, size_t word, bool quoted)
{
	if (quoted && squeezed->len > word && is_assignment(squeezed->data + word))
		buf_addc(squeezed, '_');
	else if (squeezed->len && squeezed->data[squeezed->len - 1] != ' ')
		buf_addc(squeezed, ' ');
}

char *command_line_plain(const char *line)
{
	struct buf squeezed = {0}, out = {0};
	size_t word = 0;
	char quote = 0;
	const char *s;

	for (; *line; line++) {
		if (*line == '\'' || *line == '"') {
			quote = !quote ? *line : quote == *line ? 0 : quote;
		} else if (*line != ' ' && *line != '\t') {
			buf_addc(&squeezed, *line);
		} else {
			add_blank(&squeezed, word, quote != 0);
			if (squeezed.len && squeezed.data[squeezed.len - 1] == ' ')
				word = squeezed.len;
		}
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
