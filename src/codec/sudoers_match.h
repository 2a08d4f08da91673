/*
 * The words of a rule in sudoers, and what a command in it says of ours (sudoers(5), fnmatch(3)).
 * Only for sudoers_allows.c.
 */
#ifndef OPSDECK_CODEC_SUDOERS_MATCH_H
#define OPSDECK_CODEC_SUDOERS_MATCH_H

struct buf;
struct strs;

const char *sudoers_skip_blanks(const char *s);

/* Copies what stands up to one of `stops` outside quotes and backslashes, without blanks at its
 * ends; returns where it stopped. Backslashes are kept. */
const char *sudoers_take_until(struct buf *out, const char *s, const char *stops);

enum sudoers_match { MATCH_NO, MATCH_EXACT, MATCH_WIDE, MATCH_UNSURE };

/* A command with its arguments against argv; without argv MATCH_WIDE says that it is as good as
 * root. */
enum sudoers_match sudoers_match(const char *text, const struct strs *argv);

#endif
