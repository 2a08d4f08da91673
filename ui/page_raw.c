#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/doctext.h"
#include "ui/textpage.h"

/* What the host sent, redacted, and the facts that were made of it. */
struct raw_page {
	struct target about;
	struct sample *samples;
	size_t count;
	char *facts;
	bool fresh;
	struct text text;
};

static void forget(struct raw_page *p)
{
	samples_free(p->samples, p->count);
	p->samples = NULL;
	p->count = 0;
	free(p->facts);
	p->facts = NULL;
}

static void news(struct app *a, void *state)
{
	struct raw_page *p = state;
	struct finding f = {0};
	struct err e;

	forget(p);
	p->fresh = false;
	if (!a->reader || !p->about.host || !p->about.check)
		return;
	if (reader_samples(a->reader, p->about.host, p->about.check, &p->samples, &p->count, &e) <
		0)
		p->count = 0;
	if (reader_finding(a->reader, p->about.host, p->about.check, &f, &e) == 0) {
		p->facts = xstrdup(f.facts);
		finding_finish(&f);
	}
}

static void *open_raw(struct app *a, const struct target *target)
{
	struct raw_page *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	text_init(&p->text, &a->now, 0);
	news(a, p);
	return p;
}

static void close_raw(struct app *a, void *state)
{
	struct raw_page *p = state;

	(void)a;
	forget(p);
	target_finish(&p->about);
	text_finish(&p->text);
	free(p);
}

static void add_stream(struct text *t, const char *name, const char *s, size_t n, bool truncated)
{
	if (!n)
		return;
	text_addf(t, AS_DIM, " %s%s", name, truncated ? " (cut at the check's limit)" : "");
	text_break(t);
	t->indent = 1;
	doctext_plain(t, s, n);
	t->indent = 0;
}

static void add_sample(struct text *t, const struct sample *s)
{
	text_last(t)->mark = true;
	text_addf(t, AS_HEAD, "── %s", s->command ? s->command : "");
	if (s->status == SAMPLE_RAN)
		text_addf(
			t, AS_DIM, "  exit %d, %lld ms", s->exit_status, (long long)s->duration_ms);
	else
		text_addf(t, AS_WARN, "  %s%s%s", sample_status_name(s->status),
			s->note ? ": " : "", s->note ? s->note : "");
	text_break(t);
	add_stream(t, "stdout", s->out ? s->out : "", s->out_len, s->truncated);
	add_stream(t, "stderr", s->err ? s->err : "", s->err_len, false);
	text_break(t);
}

static void add_facts(struct text *t, const char *facts)
{
	struct doc *d = NULL;
	struct buf pretty = {0};
	struct err e;

	if (!facts || json_read(&d, facts, strlen(facts), "facts", &e) < 0)
		return;
	json_write_pretty(&pretty, d);
	text_last(t)->mark = true;
	text_add(t, AS_HEAD, "── facts");
	text_break(t);
	t->indent = 1;
	doctext_plain(t, buf_str(&pretty), pretty.len);
	t->indent = 0;
	buf_finish(&pretty);
	doc_free(d);
}

static void build(struct raw_page *p, struct rect at)
{
	text_clear(&p->text);
	p->text.wrap = textpage_wrap(at);
	p->fresh = true;
	for (size_t i = 0; i < p->count; i++)
		add_sample(&p->text, &p->samples[i]);
	add_facts(&p->text, p->facts);
	if (!p->text.line_count)
		text_add(&p->text, AS_DIM, " no sample is kept for this");
}

static void draw_raw(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct raw_page *p = state;
	char about[128], title[160];
	struct frame f = {.title = title, .focus = true};

	(void)a;
	if (!p->fresh || p->text.wrap != textpage_wrap(at))
		build(p, at);
	detail_title(&p->about, about, sizeof about);
	snprintf(title, sizeof title, "raw  %s", about);
	textpage_draw(&p->text, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	(void)a;
	return textpage_act(&((struct raw_page *)state)->text, action);
}

static void crumb(void *state, struct buf *out)
{
	const struct raw_page *p = state;

	buf_addf(out, "%s raw", p->about.host ? p->about.host : "");
}

const struct page_class page_raw = {
	.name = "raw",
	.contexts = IN_TEXT,
	.open = open_raw,
	.close = close_raw,
	.draw = draw_raw,
	.act = act,
	.news = news,
	.crumb = crumb,
};
