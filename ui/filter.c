#include "config.h"

#include "ui/filter.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define PATTERN_MAX 200 /* regcomp's cost grows with repetitions of repetitions */

void filter_finish(struct filter *f)
{
	if (f->compiled)
		regfree(&f->re);
	free(f->text);
	free(f->letters);
	*f = (struct filter){0};
}

int filter_set(struct filter *f, const char *text, struct err *e)
{
	struct filter now = {0};
	const char *s = text;
	int rc;

	if (strlen(text) > PATTERN_MAX)
		return err_set(e, ERR_INPUT, "a filter has at most %d bytes", PATTERN_MAX);
	if (*s == '!') {
		now.invert = true;
		s++;
	}
	if (strncmp(s, "-f ", 3) == 0) {
		now.fuzzy = true;
		now.letters = xstrdup(s + 3);
	} else if (*s) {
		rc = regcomp(&now.re, s, REG_EXTENDED | REG_ICASE | REG_NOSUB);
		if (rc) {
			char why[80];

			regerror(rc, &now.re, why, sizeof why);
			return err_set(e, ERR_INPUT, "filter: %s", why);
		}
		now.compiled = true;
	}
	if (*s)
		now.text = xstrdup(text);
	filter_finish(f);
	*f = now;
	return 0;
}

static bool fuzzy(const char *letters, const char *row)
{
	while (*letters && *row) {
		if (tolower((unsigned char)*letters) == tolower((unsigned char)*row))
			letters++;
		row++;
	}
	return !*letters;
}

bool filter_matches(const struct filter *f, const char *row)
{
	bool hit;

	if (!f->text)
		return true;
	hit = f->fuzzy ? fuzzy(f->letters, row) : regexec(&f->re, row, 0, NULL, 0) == 0;
	return hit != f->invert;
}
