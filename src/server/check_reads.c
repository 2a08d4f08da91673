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

/* The folder of the first word, when it is an absolute path. */
static const char *skip_folder(const char *s)
{
	const char *end = s + strcspn(s, " "), *tool = s;

	for (const char *c = s; *s == '/' && c < end; c++)
		if (*c == '/')
			tool = c + 1;
	return tool;
}

char *command_line_plain(const char *line)
{
	struct buf squeezed = {0}, out = {0};
	const char *s;

	for (; *line; line++) {
		if (*line != ' ' && *line != '\t')
			buf_addc(&squeezed, *line);
		else if (squeezed.len && squeezed.data[squeezed.len - 1] != ' ')
			buf_addc(&squeezed, ' ');
	}
	while (squeezed.len && squeezed.data[squeezed.len - 1] == ' ')
		squeezed.data[--squeezed.len] = '\0';
	s = skip_word(buf_str(&squeezed), "sudo");
	s = skip_word(s, "-n");
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
