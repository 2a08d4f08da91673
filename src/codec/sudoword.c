#include "config.h"

#include "codec/sudoword.h"

#include <string.h>

bool sudo_word_ok(const char *word)
{
	/* Beyond these sudo or sudo-rs reads something else than the word: globs, comments, quotes,
	 * regular expressions, negation. */
	static const char specials[] = "*?[]!\\\"'`$&;|<>(){}#~^";

	if (!*word)
		return false;
	for (; *word; word++) {
		if (*word <= ' ' || *word > '~' || strchr(specials, *word))
			return false;
	}
	return true;
}
