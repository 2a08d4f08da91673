#include "config.h"

#include "cmd/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/strs.h"
#include "cmd/out.h"

bool ask_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

char *ask_line(const char *question)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	out_printf("%s ", question);
	fflush(stdout);
	tcflush(STDIN_FILENO, TCIFLUSH);
	n = getline(&line, &cap, stdin);
	if (n < 0) {
		free(line);
		return NULL;
	}
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r'))
		line[--n] = '\0';
	return line;
}

bool ask_word(const char *question, const char *word)
{
	char *line = ask_line(question);
	bool same = str_eq(line, word);

	free(line);
	return same;
}
