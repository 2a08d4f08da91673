#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "codec/diff.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "store/read.h"
#include "ui/app.h"
#include "ui/detail.h"
#include "ui/difftext.h"
#include "ui/textpage.h"

struct diff_page {
	struct target about;
	struct diff *diff; /* NULL: there is none */
	struct difftext how;
	bool wrap;
	bool fresh; /* the text is that of diff, how and width */
	struct text text;
};

static void news(struct app *a, void *state)
{
	struct diff_page *p = state;
	struct finding f = {0};
	struct doc *d = NULL;
	struct err e;

	p->fresh = false;
	diff_free(p->diff);
	p->diff = NULL;
	if (!a->reader || !p->about.host || !p->about.check ||
		reader_finding(a->reader, p->about.host, p->about.check, &f, &e) < 0)
		return;
	if (f.diff && json_read(&d, f.diff, strlen(f.diff), "diff", &e) == 0) {
		if (diff_from_doc(&p->diff, d, &e) < 0)
			p->diff = NULL;
		doc_free(d);
	}
	finding_finish(&f);
}

static void *open_diff(struct app *a, const struct target *target)
{
	struct diff_page *p = xcalloc(1, sizeof *p);

	target_copy(&p->about, target);
	p->how = (struct difftext){.context = 3};
	p->wrap = true;
	text_init(&p->text, &a->now, 0);
	news(a, p);
	return p;
}

static void close_diff(struct app *a, void *state)
{
	struct diff_page *p = state;

	(void)a;
	target_finish(&p->about);
	diff_free(p->diff);
	text_finish(&p->text);
	free(p);
}

static void build(struct diff_page *p, struct rect at)
{
	int wrap = p->wrap ? textpage_wrap(at) : 0;

	if (p->fresh && p->text.wrap == wrap)
		return;
	text_clear(&p->text);
	p->text.wrap = wrap;
	p->fresh = true;
	if (!p->diff) {
		text_add(&p->text, AS_DIM, " nothing differs from the reference (any more)");
		return;
	}
	text_addf(&p->text, AS_DIM, " − the reference   + what is live");
	text_break(&p->text);
	text_break(&p->text);
	difftext_add(&p->text, p->diff, &p->how);
}

static void draw_diff(struct app *a, void *state, struct draw *d, struct rect at)
{
	struct diff_page *p = state;
	char title[160], counts[48] = "";
	struct frame f = {.title = title, .focus = true};

	(void)a;
	build(p, at);
	if (p->diff)
		snprintf(counts, sizeof counts, "  +%d −%d", p->diff->added, p->diff->removed);
	snprintf(title, sizeof title, "%s  %s%s", p->about.host ? p->about.host : "",
		p->about.check ? p->about.check : "", counts);
	textpage_draw(&p->text, d, at, &f);
}

static bool act(struct app *a, void *state, enum action_id action)
{
	struct diff_page *p = state;

	switch ((int)action) {
	case DO_OPEN: /* this is the bottom */
		return true;
	case DO_MORE:
		p->how.context = p->how.context < 0    ? -1
				 : p->how.context > 20 ? -1
						       : p->how.context * 2 + 1;
		break;
	case DO_LESS:
		p->how.context = p->how.context < 0 ? 21 : p->how.context / 2;
		break;
	case DO_SPACES:
		p->how.spaces = !p->how.spaces;
		break;
	case DO_WRAP:
		p->wrap = !p->wrap;
		p->text.left = 0;
		break;
	default:
		return textpage_act(&p->text, action);
	}
	p->fresh = false;
	app_dirty(a);
	return true;
}

static const struct target *target(void *state)
{
	return &((struct diff_page *)state)->about;
}

static void crumb(void *state, struct buf *out)
{
	(void)state; /* whose stands in the title */
	buf_adds(out, "diff");
}

static void say(struct app *a, void *state, struct buf *out)
{
	const struct diff_page *p = state;

	(void)a;
	if (p->how.context < 0)
		buf_adds(out, "all lines are shown");
	else
		buf_addf(out, "%d line%s around each change", p->how.context,
			p->how.context == 1 ? "" : "s");
	buf_adds(out, p->how.spaces ? ", blanks as signs" : "");
}

const struct page_class page_diff = {
	.name = "diff",
	.contexts = IN_DIFF | IN_TEXT,
	.open = open_diff,
	.close = close_diff,
	.draw = draw_diff,
	.act = act,
	.news = news,
	.target = target,
	.crumb = crumb,
	.say = say,
};
