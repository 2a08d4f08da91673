#include "config.h"

#include "codec/proposal_step.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "codec/proposal.h"

#define TIMEOUT_MAX_S 3600

static bool is_printable_ascii(const char *s)
{
	for (; *s; s++) {
		if (*s <= ' ' || *s > '~' || *s == '\\')
			return false;
	}
	return true;
}

static bool is_host_path(const char *s)
{
	return path_is_clean_absolute(s) && is_printable_ascii(s);
}

/* No component may be .git, however it is spelt: git itself refuses such trees. */
static bool is_repo_path(const char *s)
{
	struct strs parts = {0};
	bool ok = path_is_clean_relative(s) && is_printable_ascii(s);

	strs_split(&parts, s, '/');
	for (size_t i = 0; i < parts.n; i++)
		ok = ok && strncasecmp(parts.v[i], ".git", 4) && strncasecmp(parts.v[i], "git~", 4);
	strs_finish(&parts);
	return ok && !str_starts(s, "changes/");
}

static int read_hosts(
	struct proposal_reading *r, const struct doc *d, const char *what, struct strs *hosts)
{
	struct load_text one = {.key = "host",
		.required = true,
		.max = 64,
		.ok = name_is_valid,
		.want = "the name of a host"};
	char *host = NULL;

	if (doc_get(d, "hosts")) {
		if (doc_get(d, "host"))
			return doc_err(r->l.e, r->l.name, doc_get(d, "hosts"),
				"%s has both host and hosts: keep one", what);
		one.key = "hosts";
		one.want = "a list of host names";
		return load_texts(&r->l, d, what, &one, true, hosts);
	}
	if (load_text(&r->l, d, what, &one, &host))
		return -1;
	strs_take(hosts, host);
	return 0;
}

/* What a stored secret has in place of its content. */
static int read_hash(
	struct proposal_reading *r, const struct doc *d, const char *what, struct step *s)
{
	const char *hash = doc_get_str(d, "content_sha256", NULL);
	int64_t bytes = doc_get_int(d, "content_bytes", -1);

	if (!hash || strlen(hash) != SHA256_HEX - 1 ||
		strspn(hash, "0123456789abcdef") != SHA256_HEX - 1 || bytes < 0 ||
		bytes > (int64_t)PROPOSAL_CONTENT_MAX)
		return doc_err(r->l.e, r->l.name, d, "%s has a damaged hash", what);
	s->content_hash = xstrdup(hash);
	s->content_len = (size_t)bytes;
	return 0;
}

static int decode_base64(
	struct proposal_reading *r, const struct doc *v, const char *what, struct step *s)
{
	struct buf b = {.max = PROPOSAL_CONTENT_MAX};
	struct err why;

	if (!doc_str(v))
		return doc_err(r->l.e, r->l.name, v, "content_base64 in %s must be text", what);
	if (base64_decode(&b, doc_str(v), doc_str_len(v), &why) || b.overflow) {
		bool big = b.overflow;

		buf_finish(&b);
		return doc_err(r->l.e, r->l.name, v, "content_base64 in %s %s", what,
			big ? "is too large" : "is no base64 (RFC 4648, with padding)");
	}
	s->content_len = b.len;
	s->content = buf_take(&b);
	return 0;
}

static int read_content(
	struct proposal_reading *r, const struct doc *d, const char *what, struct step *s)
{
	static const char *const ways[] = {
		"content", "content_base64", "from_reference", "content_sha256", "remove"};
	struct load_text ref = {.key = "from_reference",
		.required = true,
		.max = 1024,
		.ok = is_repo_path,
		.want = "a path in the ops repo, below refs/"};
	const struct doc *text = doc_get(d, "content");
	size_t found = 0;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		found += doc_get(d, ways[i]) != NULL;
	if (found != 1)
		return doc_err(r->l.e, r->l.name, d, "%s must have exactly one of %s", what,
			s->kind == STEP_FILE ? "content, content_base64 and from_reference"
					     : "content, content_base64 and remove");
	if (doc_get(d, "content_sha256"))
		return read_hash(r, d, what, s);
	if (doc_get(d, "content_base64")) {
		if (decode_base64(r, doc_get(d, "content_base64"), what, s))
			return -1;
	} else if (doc_get(d, "from_reference")) {
		if (load_text(&r->l, d, what, &ref, &s->from_reference))
			return -1;
		if (!str_starts(s->from_reference, "refs/"))
			return doc_err(r->l.e, r->l.name, doc_get(d, "from_reference"),
				"from_reference in %s must lie below refs/", what);
	} else if (text) {
		if (!doc_str(text))
			return doc_err(r->l.e, r->l.name, text,
				"content in %s must be text, not %s: quote it", what,
				doc_kind_name(doc_kind(text)));
		s->content_len = doc_str_len(text);
		s->content = xmemdup(doc_str(text), s->content_len);
	}
	return 0;
}

/* Counted once for each host that gets it. */
static int count_content(struct proposal_reading *r, const struct doc *d, size_t n)
{
	r->content += n;
	if (n <= PROPOSAL_CONTENT_MAX && r->content <= PROPOSAL_CONTENT_MAX)
		return 0;
	return doc_err(r->l.e, r->l.name, d, "the contents of all steps are more than %zu KiB",
		PROPOSAL_CONTENT_MAX / 1024);
}

static int read_file(
	struct proposal_reading *r, const struct doc *d, const char *what, struct step *s)
{
	static const char *const keys[] = {"file", "host", "hosts", "content", "content_base64",
		"from_reference", "owner", "group", "mode", "secret", NULL};
	static const char *const stored_keys[] = {"file", "host", "hosts", "content",
		"content_base64", "from_reference", "owner", "group", "mode", "secret",
		"content_sha256", "content_bytes", NULL};
	struct load_text path = {.key = "file",
		.required = true,
		.max = 1024,
		.ok = is_host_path,
		.want = "a clean absolute path of printable ASCII"};
	struct load_text owner = {.key = "owner",
		.max = 32,
		.ok = load_is_owner,
		.want = "a user or group name or number"};

	s->owner = xstrdup("root");
	s->group = xstrdup("root");
	s->mode = 0644;
	if (doc_only_keys(d, r->l.name, what, r->stored ? stored_keys : keys, r->l.e) ||
		load_text(&r->l, d, what, &path, &s->path) ||
		load_text(&r->l, d, what, &owner, &s->owner))
		return -1;
	owner.key = "group";
	if (load_text(&r->l, d, what, &owner, &s->group) || load_mode(&r->l, d, what, &s->mode) ||
		load_bool(&r->l, d, what, "secret", &s->secret))
		return -1;
	return read_content(r, d, what, s);
}

static int read_reference(
	struct proposal_reading *r, const struct doc *d, const char *what, struct step *s)
{
	static const char *const keys[] = {
		"reference", "content", "content_base64", "remove", NULL};
	struct load_text path = {.key = "reference",
		.required = true,
		.max = 1024,
		.ok = is_repo_path,
		.want = "a clean path in the ops repo (not .git, not changes/) of printable ASCII"};

	if (doc_only_keys(d, r->l.name, what, keys, r->l.e) ||
		load_text(&r->l, d, what, &path, &s->path) ||
		load_bool(&r->l, d, what, "remove", &s->remove) || read_content(r, d, what, s))
		return -1;
	if (doc_get(d, "remove") && !s->remove)
		return doc_err(r->l.e, r->l.name, doc_get(d, "remove"),
			"remove in %s can only be true: leave it out", what);
	return 0;
}

static int read_command(
	struct proposal_reading *r, const struct doc *d, const char *what, struct step *s)
{
	static const char *const keys[] = {"command", "host", "hosts", "timeout", "expect", NULL};
	int64_t expect = 0;

	if (doc_only_keys(d, r->l.name, what, keys, r->l.e) ||
		load_argv(&r->l, d, what, "command", &s->argv) ||
		load_duration(&r->l, d, what, "timeout", 1, TIMEOUT_MAX_S, &s->timeout_ms) ||
		load_int(&r->l, d, what, "expect", 0, 255, &expect))
		return -1;
	s->expect_exit = (int)expect;
	return 0;
}

static int read_service(
	struct proposal_reading *r, const struct doc *d, const char *what, struct step *s)
{
	static const char *const keys[] = {"service", "do", "host", "hosts", "timeout", NULL};
	static const char *const verbs[] = {"restart", "reload", NULL};
	struct load_text unit = {.key = "service",
		.required = true,
		.max = 200,
		.ok = load_is_unit,
		.want = "a systemd unit, like nginx.service"};
	char *name = NULL;
	int verb = -1;

	if (doc_only_keys(d, r->l.name, what, keys, r->l.e) ||
		load_text(&r->l, d, what, &unit, &name))
		return -1;
	strs_take(&s->argv, name);
	if (load_choice(&r->l, d, what, "do", verbs, &verb) ||
		load_duration(&r->l, d, what, "timeout", 1, TIMEOUT_MAX_S, &s->timeout_ms))
		return -1;
	if (verb < 0)
		return doc_err(r->l.e, r->l.name, d,
			"%s has no do: add \"do: restart\" or \"do: reload\"", what);
	strs_add(&s->argv, verbs[verb]);
	return 0;
}

static void copy_step(struct step *to, const struct step *from)
{
	*to = *from;
	to->host = NULL;
	to->path = xstrdup(from->path);
	to->content = from->content ? xmemdup(from->content, from->content_len) : NULL;
	to->content_hash = xstrdup(from->content_hash);
	to->from_reference = xstrdup(from->from_reference);
	to->owner = xstrdup(from->owner);
	to->group = xstrdup(from->group);
	to->argv = (struct strs){0};
	strs_copy(&to->argv, &from->argv);
}

static int too_many(struct proposal_reading *r, const struct doc *d)
{
	return doc_err(
		r->l.e, r->l.name, d, "more than %d steps (one for each host)", PROPOSAL_STEPS_MAX);
}

/* One step for each host; `s` is used up. */
static int spread(struct proposal_reading *r, const struct doc *d, const char *what, struct step *s,
	struct step **steps, size_t *count, size_t *cap)
{
	struct strs hosts = {0};
	int rc = 0;

	if (s->kind == STEP_REFERENCE)
		strs_add(&hosts, "");
	else
		rc = read_hosts(r, d, what, &hosts);
	for (size_t i = 0; !rc && i < hosts.n; i++) {
		struct step *to;

		if (*count >= PROPOSAL_STEPS_MAX) {
			rc = too_many(r, d);
			break;
		}
		rc = count_content(r, d, s->content_len);
		if (rc)
			break;
		to = ARR_ADD(*steps, *count, *cap);
		copy_step(to, s);
		if (s->kind != STEP_REFERENCE)
			to->host = xstrdup(hosts.v[i]);
	}
	strs_finish(&hosts);
	step_finish(s);
	return rc;
}

int proposal_read_step(struct proposal_reading *r, const struct doc *d, const char *what,
	struct step **steps, size_t *count, size_t *cap)
{
	static int (*const readers[STEP_KIND_COUNT])(
		struct proposal_reading *, const struct doc *, const char *, struct step *) = {
		[STEP_FILE] = read_file,
		[STEP_REFERENCE] = read_reference,
		[STEP_COMMAND] = read_command,
		[STEP_SERVICE] = read_service,
	};
	struct step s = {.timeout_ms = STEP_TIMEOUT_MS};
	int found = 0;

	if (doc_kind(d) != DOC_MAP)
		return doc_err(r->l.e, r->l.name, d, "%s must be a map", what);
	for (int k = 0; k < STEP_KIND_COUNT; k++) {
		if (doc_get(d, step_kind_name((enum step_kind)k))) {
			s.kind = (enum step_kind)k;
			found++;
		}
	}
	if (found != 1)
		return doc_err(r->l.e, r->l.name, d,
			"%s must have exactly one of file, reference, command and service", what);
	if (readers[s.kind](r, d, what, &s)) {
		step_finish(&s);
		return -1;
	}
	return spread(r, d, what, &s, steps, count, cap);
}

static int read_verify_one(
	struct proposal_reading *r, const struct doc *d, const char *what, struct verify *v)
{
	static const char *const keys[] = {"check", "command", "host", "hosts", "timeout", NULL};
	struct load_text check = {.key = "check",
		.required = true,
		.max = 64,
		.ok = name_is_valid,
		.want = "the name of a check"};

	v->timeout_ms = STEP_TIMEOUT_MS;
	if (doc_only_keys(d, r->l.name, what, keys, r->l.e))
		return -1;
	if (!doc_get(d, "check") == !doc_get(d, "command"))
		return doc_err(r->l.e, r->l.name, d, "%s must have one of check and command", what);
	if (load_duration(&r->l, d, what, "timeout", 1, TIMEOUT_MAX_S, &v->timeout_ms))
		return -1;
	v->kind = doc_get(d, "check") ? VERIFY_CHECK : VERIFY_COMMAND;
	if (v->kind == VERIFY_CHECK)
		return load_text(&r->l, d, what, &check, &v->check);
	return load_argv(&r->l, d, what, "command", &v->argv);
}

int proposal_read_verify(struct proposal_reading *r, const struct doc *d, const char *what,
	struct verify **verify, size_t *count, size_t *cap)
{
	struct verify v = {0};
	struct strs hosts = {0};
	int rc = read_verify_one(r, d, what, &v);

	if (!rc)
		rc = read_hosts(r, d, what, &hosts);
	for (size_t i = 0; !rc && i < hosts.n; i++) {
		struct verify *to;

		if (*count >= PROPOSAL_STEPS_MAX) {
			rc = too_many(r, d);
			break;
		}
		to = ARR_ADD(*verify, *count, *cap);
		*to = (struct verify){.kind = v.kind,
			.host = xstrdup(hosts.v[i]),
			.check = xstrdup(v.check),
			.timeout_ms = v.timeout_ms};
		strs_copy(&to->argv, &v.argv);
	}
	strs_finish(&hosts);
	verify_finish(&v);
	return rc;
}
