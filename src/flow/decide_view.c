#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/safe.h"
#include "codec/diff.h"
#include "flow/decide.h"
#include "model/diff.h"

#define TAB_COLUMNS 8

/* Adds a line built from text of unknown origin, made safe. */
static void add_safe(struct view *v, enum view_kind kind, const char *text, enum safe_mode mode)
{
	struct buf b = {0};

	safe_text(&b, text, strlen(text), mode);
	view_add(v, kind, buf_str(&b));
	buf_finish(&b);
}

static void add_key(struct view *v, const char *name, const char *value, enum safe_mode mode)
{
	struct buf b = {0};

	buf_addf(&b, "%s\t", name);
	safe_text(&b, value, strlen(value), mode);
	view_add(v, VIEW_KEY, buf_str(&b));
	buf_finish(&b);
}

static void add_prose(struct view *v, enum view_kind kind, const char *text)
{
	struct strs lines = {0};

	strs_split(&lines, text ? text : "", '\n');
	for (size_t i = 0; i < lines.n; i++)
		if (i + 1 < lines.n || *lines.v[i])
			add_safe(v, kind, lines.v[i], SAFE_TEXT);
	strs_finish(&lines);
}

/* White space is significant: a tab shows as an arrow and blanks to the next stop, blanks at the
 * end as middle dots, everything else through safe_text. */
static char *content_text(const char *s)
{
	struct buf out = {0}, word = {0};
	size_t n = strlen(s), end = n, from = 0;

	while (end > 0 && (s[end - 1] == ' ' || s[end - 1] == '\t'))
		end--;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && s[i] != '\t' && i < end)
			continue;
		buf_reset(&word);
		safe_text(&word, s + from, i - from, SAFE_TEXT);
		buf_adds(&out, buf_str(&word));
		if (i == n)
			break;
		if (s[i] == '\t') {
			buf_adds(&out, "→");
			for (size_t col = safe_cells(buf_str(&out)); col % TAB_COLUMNS; col++)
				buf_addc(&out, ' ');
		} else {
			buf_adds(&out, "·");
		}
		from = i + 1;
	}
	buf_finish(&word);
	return buf_take(&out);
}

static void add_content(struct view *v, const struct diff_line *l)
{
	static const enum view_kind kinds[DIFF_KIND_COUNT] = {
		[DIFF_FILE] = VIEW_HEAD,
		[DIFF_SAME] = VIEW_SAME,
		[DIFF_REMOVED] = VIEW_REMOVED,
		[DIFF_ADDED] = VIEW_ADDED,
		[DIFF_NOTE] = VIEW_NOTE,
	};
	char *text = content_text(l->text);

	view_add(v, kinds[l->kind], text);
	v->lines[v->line_count - 1].old_no = l->old_no;
	v->lines[v->line_count - 1].new_no = l->new_no;
	free(text);
}

/* diff_lines gives up on text that holds a NUL. What is approved is shown whatever it holds, so the
 * NUL is spelt out, as safe_text would. NULL stays NULL; heap. */
static char *spell_nul(const char *s, size_t n, size_t *len)
{
	struct buf b = {.max = (size_t)-1};

	if (!s)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (s[i])
			buf_addc(&b, s[i]);
		else
			buf_adds(&b, "<U+0000>");
	}
	*len = b.len;
	return buf_take(&b);
}

static void add_diff(
	struct view *v, const char *old, size_t old_len, const char *new, size_t new_len)
{
	struct diff *d = diff_new();
	char *before = spell_nul(old, old_len, &old_len),
	     *after = spell_nul(new, new_len, &new_len);

	diff_lines(d, before, old_len, after, new_len, NULL);
	for (size_t i = 0; i < d->line_count; i++)
		add_content(v, &d->lines[i]);
	diff_free(d);
	free(before);
	free(after);
}

static void add_head(struct view *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void add_head(struct view *v, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	add_safe(v, VIEW_HEAD, text, SAFE_ASCII);
	free(text);
}

static size_t count_lines(const char *s, size_t n)
{
	size_t lines = 0;

	for (size_t i = 0; i < n; i++)
		lines += s[i] == '\n';
	return lines + (n && s[n - 1] != '\n');
}

static void add_file_step(struct view *v, size_t i, const struct step *s, const struct target *was)
{
	char hash[SHA256_HEX];
	char *note;

	if (s->secret) {
		add_head(v, "%zu. %s:%s  %04o %s:%s", i + 1, s->host, s->path, s->mode, s->owner,
			s->group);
		sha256_hex(hash, s->content, s->content_len);
		note = xasprintf("secret, sha256 %s, %zu bytes", hash, s->content_len);
		view_add(v, VIEW_NOTE, note);
		free(note);
	} else {
		size_t lines = count_lines(s->content, s->content_len);

		add_head(v, "%zu. %s:%s  %04o %s:%s  %zu line%s, all shown", i + 1, s->host,
			s->path, s->mode, s->owner ? s->owner : "-", s->group ? s->group : "-",
			lines, lines == 1 ? "" : "s");
	}
	if (was->kind == TARGET_ABSENT)
		view_add(v, VIEW_NOTE, "a new file: nothing is there now");
	if (was->kind == TARGET_FILE && was->mode != s->mode) {
		note = xasprintf("mode %04o becomes %04o", was->mode, s->mode);
		view_add(v, VIEW_NOTE, note);
		free(note);
	}
	if (was->kind == TARGET_FILE) {
		note = xasprintf("there now: %ld:%ld, sha256 %.16s", was->uid, was->gid, was->hash);
		view_add(v, VIEW_NOTE, note);
		free(note);
	}
	if (s->secret)
		return;
	add_diff(v, was->kind == TARGET_FILE ? was->content : NULL,
		was->kind == TARGET_FILE ? was->content_len : 0, s->content ? s->content : "",
		s->content_len);
}

static char *argv_text(const struct strs *argv)
{
	struct buf b = {0};

	shell_quote_argv(&b, argv);
	return buf_take(&b);
}

static void add_step(struct view *v, const struct decide_view *in, size_t i)
{
	const struct step *s = &in->p->steps[i];
	const char *old;
	char *text;

	switch (s->kind) {
	case STEP_FILE:
		add_file_step(v, i, s, &in->targets[i]);
		break;
	case STEP_REFERENCE:
		old = in->references->v[i];
		add_head(v, "%zu. ops repo: %s%s", i + 1, s->path, s->remove ? "  is removed" : "");
		add_diff(v, *old ? old : NULL, strlen(old),
			s->remove    ? NULL
			: s->content ? s->content
				     : "",
			s->remove ? 0 : s->content_len);
		break;
	case STEP_COMMAND:
		add_head(v, "%zu. %s: run as %s, exit status %d", i + 1, s->host,
			identity_name(IDENTITY_APPLY), s->expect_exit);
		text = argv_text(&s->argv);
		add_safe(v, VIEW_ADDED, text, SAFE_ASCII);
		free(text);
		break;
	case STEP_SERVICE:
		add_head(v, "%zu. %s: %s %s", i + 1, s->host, s->argv.v[1], s->argv.v[0]);
		break;
	case STEP_KIND_COUNT:
		break;
	}
}

static void add_verify(struct view *v, const struct proposal *p)
{
	char *text, *argv;

	for (size_t i = 0; i < p->verify_count; i++) {
		const struct verify *c = &p->verify[i];

		if (c->kind == VERIFY_CHECK) {
			text = xasprintf("check %s on %s is ok", c->check, c->host);
		} else {
			argv = argv_text(&c->argv);
			text = xasprintf("on %s: %s", c->host, argv);
			free(argv);
		}
		add_key(v, "verify", text, SAFE_ASCII);
		free(text);
	}
	if (!p->verify_count)
		add_key(v, "verify", "only by reading back what was put there", SAFE_ASCII);
}

static void add_undo(struct view *v, const struct decide_view *in)
{
	const struct proposal *p = in->p;

	for (size_t i = 0; i < p->step_count; i++) {
		const struct target *t = &in->targets[i];
		char *text;

		if (p->steps[i].kind != STEP_FILE)
			continue;
		text = t->kind == TARGET_FILE
			       ? xasprintf("%s:%s: the bytes that are there now, %04o %ld:%ld",
					 t->host, t->path, t->mode, t->uid, t->gid)
			       : xasprintf("%s:%s is removed again", t->host, t->path);
		add_key(v, "undo", text, SAFE_ASCII);
		free(text);
	}
	for (size_t i = 0; i < p->rollback_count; i++) {
		char *argv = argv_text(&p->rollback[i].argv);
		char *text = xasprintf("on %s: %s", p->rollback[i].host, argv);

		add_key(v, "undo", text, SAFE_ASCII);
		free(text);
		free(argv);
	}
}

static void add_facts(struct view *v, const struct decide_view *in)
{
	const struct verdict *verdict = in->verdict;
	char *hosts = strs_join(&in->p->hosts, " ");
	char *text = xasprintf("%s  (%zu of %zu)", in->p->hosts.n ? hosts : "none", in->p->hosts.n,
		in->fleet_size);

	add_key(v, "hosts", text, SAFE_ASCII);
	free(text);
	free(hosts);
	add_key(v, "identity", identity_name(in->p->identity), SAFE_ASCII);
	text = xasprintf("%s  %s%s%s", action_name(verdict->action), verdict->rule,
		verdict->reason ? ": " : "", verdict->reason ? verdict->reason : "");
	add_key(v, "policy", text, SAFE_TEXT);
	free(text);
	add_key(v, "boundary", verdict->boundary, SAFE_ASCII);
	for (size_t i = 0; in->radius && i < in->radius->n; i++)
		add_key(v, "radius", in->radius->v[i], SAFE_TEXT);
	if (in->p->runbook)
		add_key(v, "runbook", in->p->runbook, SAFE_ASCII);
}

void decide_view(struct view *v, const struct decide_view *in)
{
	char created[TIME_RFC3339], expires[TIME_RFC3339];
	char *text = xasprintf("%s  %s", in->p->id ? in->p->id : "", in->p->title);

	add_safe(v, VIEW_TITLE, text, SAFE_TEXT);
	free(text);
	add_key(v, "plan", in->plan, SAFE_ASCII);
	time_format(created, in->created_ms);
	time_format(expires, in->expires_ms);
	text = xasprintf("%s at %s, expires %s", in->proposer, created, expires);
	add_key(v, "proposer", text, SAFE_TEXT);
	free(text);
	add_facts(v, in);
	for (size_t i = 0; in->warnings && i < in->warnings->n; i++)
		add_safe(v, VIEW_WARN, in->warnings->v[i], SAFE_TEXT);
	add_key(v, "why", "(in the proposer's words)", SAFE_ASCII);
	add_prose(v, VIEW_TEXT, in->p->rationale);
	for (size_t i = 0; i < in->p->step_count; i++)
		add_step(v, in, i);
	add_verify(v, in->p);
	add_undo(v, in);
	view_add(v, VIEW_END, "(end of change)");
}
