/*
 * The regular expressions that were compiled already. Only for this folder.
 */
#ifndef OPSDECK_JQ_REGEX_H
#define OPSDECK_JQ_REGEX_H

struct regexes;

struct regexes *regexes_new(void);
void regexes_free(struct regexes *r);

#endif
