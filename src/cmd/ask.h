/*
 * Questions on a terminal: what was typed before the question does not count, the default is no.
 * Knows no subcommand.
 */
#ifndef OPSDECK_CMD_ASK_H
#define OPSDECK_CMD_ASK_H

#include <stdbool.h>

/* Standard input and output are both a terminal. */
bool ask_possible(void);
/* The line that was typed, without its newline; heap. NULL at the end of input. */
char *ask_line(const char *question);
/* True only when exactly `word` is typed. */
bool ask_word(const char *question, const char *word);

#endif
