#include "config.h"

#include "server/pool_job.h"

#include <stdlib.h>

#include "base/strs.h"

#define LOOK_AHEAD 1024
#define PASSED_MAX 128

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

struct job *jobs_take(struct job_list *l, const char *body_hash)
{
	struct job *before = l->first, *j;
	size_t looked = 0;

	if (!before || before->tries || before->passed >= PASSED_MAX ||
		str_eq(before->body_hash, body_hash))
		return jobs_pop(l);
	while ((j = before->next) && looked++ < LOOK_AHEAD) {
		if (!j->tries && str_eq(j->body_hash, body_hash)) {
			before->next = j->next;
			if (l->last == j)
				l->last = before;
			l->n--;
			l->first->passed++;
			return j;
		}
		before = j;
	}
	return jobs_pop(l);
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
