#include "config.h"

#include "server/packet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/safe.h"
#include "base/strs.h"

#define ROWS_MAX 20000

/* ---- samples and files, both ways ---- */

static void put_sample(struct packet_out *w, const struct sample *s)
{
	packet_put_str(w, s->check);
	packet_put_str(w, s->command);
	packet_put_str(w, s->item);
	packet_put_int(w, s->status);
	packet_put_int(w, s->exit_status);
	packet_put_int(w, s->truncated);
	packet_put_int(w, s->at_ms);
	packet_put_int(w, s->duration_ms);
	packet_put_str(w, s->note);
	packet_put(w, s->out ? s->out : "", s->out ? s->out_len : 0);
	packet_put(w, s->err ? s->err : "", s->err ? s->err_len : 0);
}

/* check NULL: all. */
static void put_samples(struct packet_out *w, const struct sample *s, size_t n, const char *check)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += !check || str_eq(s[i].check, check);
	packet_put_int(w, (int64_t)count);
	for (size_t i = 0; i < n; i++)
		if (!check || str_eq(s[i].check, check))
			put_sample(w, &s[i]);
}

/* Its texts stand in the frame. */
static struct sample get_sample(struct packet_in *in)
{
	struct sample s = {0};

	s.check = (char *)packet_get_text(in);
	s.command = (char *)packet_get_text(in);
	s.item = (char *)packet_get_str(in);
	s.status = (enum sample_status)packet_get_enum(in, SAMPLE_STATUS_COUNT);
	s.exit_status = (int)packet_get_int(in);
	s.truncated = packet_get_bool(in);
	s.at_ms = packet_get_int(in);
	s.duration_ms = packet_get_int(in);
	s.note = (char *)packet_get_str(in);
	s.out = (char *)packet_get(in, &s.out_len);
	s.err = (char *)packet_get(in, &s.err_len);
	in->bad |= !s.out || !s.err;
	return s;
}

/* Only the list itself is made here. */
static struct sample *get_samples(struct packet_in *in, size_t *n)
{
	size_t count = packet_get_count(in, ROWS_MAX);
	struct sample *list = xcalloc(count + 1, sizeof *list);

	*n = 0;
	while (*n < count && !in->bad)
		list[(*n)++] = get_sample(in);
	if (in->bad)
		*n = 0;
	return list;
}

static void own_samples(struct sample *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		s[i].check = xstrdup(s[i].check);
		s[i].command = xstrdup(s[i].command);
		s[i].item = xstrdup(s[i].item);
		s[i].note = xstrdup(s[i].note);
		s[i].out = xmemdup(s[i].out, s[i].out_len);
		s[i].err = xmemdup(s[i].err, s[i].err_len);
	}
}

static void put_files(struct packet_out *w, const struct judge_file *f, size_t n)
{
	packet_put_int(w, (int64_t)n);
	for (size_t i = 0; i < n; i++) {
		packet_put_str(w, f[i].path);
		packet_put(w, f[i].data ? f[i].data : "", f[i].data ? f[i].len : 0);
	}
}

/* Only the list itself is made here. */
static struct judge_file *get_files(struct packet_in *in, size_t *n)
{
	size_t count = packet_get_count(in, ROWS_MAX);
	struct judge_file *list = xcalloc(count + 1, sizeof *list);

	*n = 0;
	for (size_t i = 0; i < count && !in->bad; i++) {
		struct judge_file *f = &list[(*n)++];

		f->path = (char *)packet_get_str(in);
		f->data = (char *)packet_get(in, &f->len);
		in->bad |= !f->path || !f->data;
	}
	if (in->bad)
		*n = 0;
	return list;
}

static void own_files(struct judge_file *f, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		f[i].path = xstrdup(f[i].path);
		f[i].data = xmemdup(f[i].data, f[i].len);
	}
}

/* ---- request ---- */

int packet_put_request(struct buf *out, int64_t id, const struct judge_request *r, struct err *e)
{
	struct packet_out w = packet_start(out, PACKET_JUDGE);

	packet_put_int(&w, id);
	packet_put_str(&w, r->host);
	packet_put_str(&w, r->check);
	packet_put_int(&w, r->now_ms);
	packet_put_int(&w, r->adopt);
	packet_put_int(&w, r->explain);
	packet_put_str(&w, r->params);
	packet_put_str(&w, r->previous);
	put_samples(&w, r->samples, r->sample_count, r->check);
	put_files(&w, r->refs, r->ref_count);
	return packet_end(&w, e);
}

int packet_get_request(struct packet_request *out, struct packet_in *in, struct err *e)
{
	struct judge_request *r = &out->r;

	*out = (struct packet_request){.id = packet_get_int(in)};
	r->host = packet_get_text(in);
	r->check = packet_get_text(in);
	r->now_ms = packet_get_int(in);
	r->adopt = packet_get_bool(in);
	r->explain = packet_get_bool(in);
	r->params = packet_get_str(in);
	r->previous = packet_get_str(in);
	r->samples = out->samples = get_samples(in, &r->sample_count);
	r->refs = out->refs = get_files(in, &r->ref_count);
	if (!packet_done(in, e))
		return 0;
	packet_request_finish(out);
	return -1;
}

void packet_request_finish(struct packet_request *r)
{
	free(r->samples);
	free(r->refs);
	*r = (struct packet_request){0};
}

/* ---- answer ---- */

static void put_finding(struct packet_out *w, const struct finding *f)
{
	packet_put_str(w, f->host);
	packet_put_str(w, f->check);
	packet_put_int(w, f->state);
	packet_put_int(w, f->condition);
	packet_put_str(w, f->summary);
	packet_put_str(w, f->fingerprint);
	packet_put_str(w, f->facts);
	packet_put_str(w, f->diff);
	packet_put_int(w, f->added);
	packet_put_int(w, f->removed);
	packet_put_int(w, f->at_ms);
	packet_put_int(w, f->valid_until_ms);
	packet_put_int(w, (int64_t)f->item_count);
	for (size_t i = 0; i < f->item_count; i++) {
		packet_put_str(w, f->items[i].name);
		packet_put_int(w, f->items[i].state);
		packet_put_str(w, f->items[i].text);
	}
	packet_put_int(w, (int64_t)f->metric_count);
	for (size_t i = 0; i < f->metric_count; i++) {
		packet_put_str(w, f->metrics[i].name);
		packet_put_str(w, f->metrics[i].unit);
		packet_put_real(w, f->metrics[i].value);
		packet_put_real(w, f->metrics[i].full);
	}
}

int packet_put_answer(struct buf *out, int64_t id, const struct judge_answer *a, struct err *e)
{
	struct packet_out w = packet_start(out, PACKET_JUDGED);

	packet_put_int(&w, id);
	put_finding(&w, &a->finding);
	put_samples(&w, a->samples, a->sample_count, NULL);
	put_files(&w, a->adopted, a->adopted_count);
	packet_put_strs(&w, &a->drop);
	packet_put_str(&w, a->explained);
	packet_put_str(&w, a->adopt_error);
	return packet_end(&w, e);
}

/* The server keeps no text that is not UTF-8. */
static char *clean(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	struct buf out = {0};
	size_t n = strlen(s);

	while (*p && *p < 0x80)
		p++;
	if (!*p)
		return xmemdup(s, n);
	for (size_t i = 0, used; i < n; i += used) {
		int32_t cp;

		used = safe_decode(s + i, n - i, &cp);
		if (cp < 0)
			buf_adds(&out, "\xEF\xBF\xBD");
		else
			buf_add(&out, s + i, used);
	}
	return buf_take(&out);
}

static char *take_str(struct packet_in *in)
{
	const char *s = packet_get_str(in);

	return s ? clean(s) : NULL;
}

static char *take_text(struct packet_in *in)
{
	return clean(packet_get_text(in));
}

/* What is no number is none. */
static double take_real(struct packet_in *in)
{
	double v = packet_get_real(in);

	return isfinite(v) ? v : 0;
}

static void get_rows(struct finding *f, struct packet_in *in)
{
	f->item_count = f->item_cap = packet_get_count(in, ROWS_MAX);
	f->items = xcalloc(f->item_count + 1, sizeof *f->items);
	for (size_t i = 0; i < f->item_count; i++) {
		f->items[i].name = take_text(in);
		f->items[i].state = (enum finding_state)packet_get_enum(in, FINDING_STATE_COUNT);
		f->items[i].text = take_text(in);
	}
	f->metric_count = f->metric_cap = packet_get_count(in, ROWS_MAX);
	f->metrics = xcalloc(f->metric_count + 1, sizeof *f->metrics);
	for (size_t i = 0; i < f->metric_count; i++) {
		struct metric *m = &f->metrics[i];

		m->name = take_text(in);
		m->unit = take_text(in);
		m->value = take_real(in);
		m->full = take_real(in);
	}
}

static void get_finding(struct finding *f, struct packet_in *in)
{
	f->host = take_text(in);
	f->check = take_text(in);
	f->state = (enum finding_state)packet_get_enum(in, FINDING_STATE_COUNT);
	f->condition = (enum finding_condition)packet_get_enum(in, CONDITION_COUNT);
	f->summary = take_text(in);
	f->fingerprint = take_str(in);
	f->facts = take_str(in);
	f->diff = take_str(in);
	f->added = (int)packet_get_int(in);
	f->removed = (int)packet_get_int(in);
	f->at_ms = packet_get_int(in);
	f->valid_until_ms = packet_get_int(in);
	get_rows(f, in);
}

int packet_get_answer(struct judge_answer *out, int64_t *id, struct packet_in *in, struct err *e)
{
	*id = packet_get_int(in);
	*out = (struct judge_answer){0};
	get_finding(&out->finding, in);
	out->samples = get_samples(in, &out->sample_count);
	own_samples(out->samples, out->sample_count);
	out->adopted = get_files(in, &out->adopted_count);
	own_files(out->adopted, out->adopted_count);
	out->adopted_cap = out->adopted_count;
	packet_get_strs(in, &out->drop);
	out->explained = take_str(in);
	out->adopt_error = take_str(in);
	if (!packet_done(in, e))
		return 0;
	judge_answer_finish(out);
	return -1;
}
