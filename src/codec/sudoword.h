/*
 * What may stand as one word of an exact sudo command. Knows no line and no file.
 */
#ifndef OPSDECK_CODEC_SUDOWORD_H
#define OPSDECK_CODEC_SUDOWORD_H

#include <stdbool.h>

/* May stand as one word of a sudo command (sudo and sudo-rs): no blank, glob, quote, backslash or
 * other special; printable ASCII. */
bool sudo_word_ok(const char *word);

#endif
