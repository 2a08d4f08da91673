#include "config.h"

#include "flow/compare_parts.h"

#include "base/strs.h"
#include "flow/compare.h"

const struct compare_file *compare_ref(const struct compare_input *in, const char *path)
{
	for (size_t i = 0; i < in->ref_count; i++)
		if (str_eq(in->refs[i].path, path))
			return &in->refs[i];
	return NULL;
}

const struct compare_read *compare_find_read(const struct compare_input *in, const char *command)
{
	for (size_t i = 0; i < in->read_count; i++)
		if (str_eq(in->reads[i].command, command))
			return &in->reads[i];
	return NULL;
}
