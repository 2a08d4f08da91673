#include "config.h"

#include "codec/nearest.h"

#include <stddef.h>
#include <string.h>

#include "base/strs.h"

#define WORD_MAX 32

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein distance; both at most WORD_MAX bytes. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], n = strlen(b);

	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t old = row[j + 1];

			row[j + 1] = min3(old + 1, row[j] + 1, diagonal + (a[i] != b[j]));
			diagonal = old;
		}
	}
	return row[n];
}

const char *nearest(const char *word, const char *const *known)
{
	const char *best = NULL;
	size_t n = strlen(word), least = n / 3 + 1;

	if (!n || n > WORD_MAX)
		return NULL;
	for (; *known; known++) {
		size_t d;

		if (strlen(*known) > WORD_MAX)
			continue;
		d = distance(word, *known);
		if (str_starts(*known, word) || str_starts(word, *known))
			d = 1;
		if (d <= least && (!best || d < least)) {
			best = *known;
			least = d;
		}
	}
	return best;
}
