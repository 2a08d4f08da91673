#include "config.h"

#include "model/sample.h"

#include <stdlib.h>

#include "model/names.h"

static const char *const statuses[SAMPLE_STATUS_COUNT] = {
	[SAMPLE_RAN] = "ran",
	[SAMPLE_ABSENT] = "absent",
	[SAMPLE_TIMEOUT] = "timeout",
	[SAMPLE_CUT] = "cut",
	[SAMPLE_NOT_MADE] = "not-made",
};

void sample_finish(struct sample *s)
{
	free(s->check);
	free(s->command);
	free(s->item);
	free(s->out);
	free(s->err);
	free(s->note);
	*s = (struct sample){0};
}

void samples_free(struct sample *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sample_finish(&s[i]);
	free(s);
}

const char *sample_status_name(enum sample_status s)
{
	return statuses[s];
}

bool sample_status_parse(const char *s, enum sample_status *out)
{
	int i;

	if (!names_find(statuses, SAMPLE_STATUS_COUNT, s, &i))
		return false;
	*out = (enum sample_status)i;
	return true;
}
