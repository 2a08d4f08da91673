#include "config.h"

#include "server/pool_job.h"

#include <stdlib.h>

void jobs_push(struct job_list *l, struct job *j)
{
	j->next = NULL;
	if (l->last)
		l->last->next = j;
	else
		l->first = j;
	l->last = j;
	l->n++;
}

void jobs_push_front(struct job_list *l, struct job *j)
{
	j->next = l->first;
	l->first = j;
	if (!l->last)
		l->last = j;
	l->n++;
}

struct job *jobs_pop(struct job_list *l)
{
	struct job *j = l->first;

	if (!j)
		return NULL;
	l->first = j->next;
	if (!l->first)
		l->last = NULL;
	l->n--;
	return j;
}

void job_free(struct job *j)
{
	free(j->host);
	free(j->check);
	buf_finish(&j->frame);
	judge_answer_finish(&j->answer);
	free(j);
}

void jobs_finish(struct job_list *l)
{
	struct job *j;

	while ((j = jobs_pop(l)))
		job_free(j);
}
