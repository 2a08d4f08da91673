#include "config.h"

#include "model/names.h"

#include "base/strs.h"

bool names_find(const char *const *names, int count, const char *s, int *out)
{
	for (int i = 0; s && i < count; i++) {
		if (str_eq(names[i], s)) {
			*out = i;
			return true;
		}
	}
	return false;
}
