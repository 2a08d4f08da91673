/*
 * The known word nearest to one that was mistyped. Knows no keys of its own.
 */
#ifndef OPSDECK_CODEC_NEAREST_H
#define OPSDECK_CODEC_NEAREST_H

/* Of a NULL-terminated list, by edit distance; NULL when none is near enough to be meant. Borrowed.
 */
const char *nearest(const char *word, const char *const *known);

#endif
