#include "config.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/safe.h"
#include "codec/doc.h"
#include "codec/proposal_step.h"

static bool is_text(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		int32_t cp;

		i += safe_decode(s + i, n - i, &cp);
		if (cp <= 0)
			return false;
	}
	return true;
}

static void set_timeout(struct doc *d, int64_t ms)
{
	if (ms != STEP_TIMEOUT_MS)
		doc_set_int(d, "timeout", ms / 1000);
}

static void set_content(struct doc *d, const struct step *s, bool hide)
{
	char hash[SHA256_HEX];
	struct buf b = {.max = (size_t)-1};

	if (s->remove) {
		doc_set_bool(d, "remove", true);
	} else if (s->from_reference) {
		doc_set_str(d, "from_reference", s->from_reference);
	} else if (!s->content || (hide && s->secret)) {
		if (s->content)
			sha256_hex(hash, s->content, s->content_len);
		doc_set_str(d, "content_sha256", s->content ? hash : s->content_hash);
		doc_set_int(d, "content_bytes", (int64_t)s->content_len);
	} else if (is_text(s->content, s->content_len)) {
		doc_set(d, "content", doc_new_strn(s->content, s->content_len));
	} else {
		base64_encode(&b, s->content, s->content_len);
		doc_set(d, "content_base64", doc_new_strn(buf_str(&b), b.len));
		buf_finish(&b);
	}
}

static void set_mode(struct doc *d, unsigned mode)
{
	char text[8];

	snprintf(text, sizeof text, "%04o", mode & 07777u);
	doc_set_str(d, "mode", text);
}

struct doc *proposal_step_doc(const struct step *s, bool hide_secrets)
{
	struct doc *d = doc_new_map();

	switch (s->kind) {
	case STEP_FILE:
		doc_set_str(d, "file", s->path);
		doc_set_str(d, "host", s->host);
		set_content(d, s, hide_secrets);
		doc_set_str(d, "owner", s->owner);
		doc_set_str(d, "group", s->group);
		set_mode(d, s->mode);
		if (s->secret)
			doc_set_bool(d, "secret", true);
		break;
	case STEP_REFERENCE:
		doc_set_str(d, "reference", s->path);
		set_content(d, s, hide_secrets);
		break;
	case STEP_COMMAND:
		doc_set_strs(d, "command", &s->argv);
		doc_set_str(d, "host", s->host);
		set_timeout(d, s->timeout_ms);
		if (s->expect_exit)
			doc_set_int(d, "expect", s->expect_exit);
		break;
	case STEP_SERVICE:
		doc_set_str(d, "service", s->argv.n ? s->argv.v[0] : "");
		doc_set_str(d, "do", s->argv.n > 1 ? s->argv.v[1] : "");
		doc_set_str(d, "host", s->host);
		set_timeout(d, s->timeout_ms);
		break;
	case STEP_KIND_COUNT:
		break;
	}
	return d;
}

struct doc *proposal_verify_doc(const struct verify *v)
{
	struct doc *d = doc_new_map();

	switch (v->kind) {
	case VERIFY_CHECK:
		doc_set_str(d, "check", v->check);
		break;
	case VERIFY_COMMAND:
		doc_set_strs(d, "command", &v->argv);
		break;
	}
	doc_set_str(d, "host", v->host);
	set_timeout(d, v->timeout_ms);
	return d;
}
