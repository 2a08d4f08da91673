#include "config.h"

#include <ctype.h>
#include <string.h>

#include "codec/redact_parts.h"

static bool literal(const struct redact_text *t, size_t at, const char *s)
{
	size_t n = strlen(s);

	return at + n <= t->n && !memcmp(t->s + at, s, n);
}

/* The first `s` that lies in [at, end); NULL when there is none. */
static const char *find(const struct redact_text *t, size_t at, size_t end, const char *s)
{
	size_t n = strlen(s);

	while (at + n <= end) {
		const char *hit = memchr(t->s + at, s[0], end - at - n + 1);

		if (!hit || !memcmp(hit, s, n))
			return hit;
		at = (size_t)(hit - t->s) + 1;
	}
	return NULL;
}

/* -----BEGIN x PRIVATE KEY----- ... -----END: the middle goes (RFC 7468), to the end of the text
 * when there is no END. */
bool redact_private_key(struct redact_text *t)
{
	static const char begin[] = "-----BEGIN ", tail[] = "PRIVATE KEY-----";
	size_t end = redact_line_end(t, t->at);
	const char *from, *to;

	if (!literal(t, t->at, begin))
		return false;
	from = find(t, t->at, end, tail);
	if (!from)
		return false;
	from += sizeof tail - 1;
	to = find(t, (size_t)(from - t->s), t->n, "-----END");
	if (from < t->s + t->n && *from == '\n')
		from++;
	if (to && to > from && to[-1] == '\n')
		to--;
	if (!to)
		to = t->s + t->n;
	if (to <= from)
		return false;
	redact_replace(t, (size_t)(from - t->s), (size_t)(to - t->s), "");
	return true;
}

/* scheme://user:SECRET@host (RFC 3986, 3.2.1). */
bool redact_url(struct redact_text *t)
{
	size_t colon = 0, i;

	if (!literal(t, t->at, "://"))
		return false;
	for (i = t->at + 3; i < t->n; i++) {
		char c = t->s[i];

		if (c == ':' && !colon)
			colon = i;
		else if (c == '@' || c == '/' || isspace((unsigned char)c) || c == '"' || c == '\'')
			break;
	}
	if (i >= t->n || t->s[i] != '@' || !colon || i == colon + 1 ||
		redact_is_harmless(t->s + colon + 1, i - colon - 1))
		return false;
	redact_replace(t, colon + 1, i, "");
	return true;
}

/* crypt(5): $y$..., $6$salt$hash, $2b$...: what stands in shadow. */
bool redact_password_hash(struct redact_text *t)
{
	static const char *const kinds[] = {
		"$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$gy$", "$argon2", NULL};
	size_t end = t->at;

	for (size_t i = 0; kinds[i]; i++) {
		if (!literal(t, t->at, kinds[i]))
			continue;
		while (end < t->n &&
			(isalnum((unsigned char)t->s[end]) || strchr("$./=,+-_", t->s[end])))
			end++;
		if (end - t->at < 20)
			return false;
		redact_replace(t, t->at, end, "");
		return true;
	}
	return false;
}

/* Tokens that show by their form what they are. */
bool redact_known_form(struct redact_text *t)
{
	static const struct {
		const char *prefix;
		size_t min;
	} forms[] = {{"ghp_", 30}, {"gho_", 30}, {"ghs_", 30}, {"ghu_", 30}, {"ghr_", 30},
		{"github_pat_", 30}, {"glpat-", 20}, {"xoxb-", 20}, {"xoxp-", 20}, {"xoxa-", 20},
		{"xoxs-", 20}, {"AKIA", 20}, {"ASIA", 20}, {"AIza", 30}, {"sk_live_", 24},
		{"sk-", 32}, {"eyJ", 60}, {"AGE-SECRET-KEY-", 30}, {"hvs.", 24}, {"tskey-", 20}};
	size_t end = t->at;

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!literal(t, t->at, forms[i].prefix))
			continue;
		while (end < t->n && redact_is_name_byte(t->s[end]))
			end++;
		if (end - t->at < forms[i].min)
			return false;
		redact_replace(t, t->at, end, "");
		return true;
	}
	return false;
}

/* "Authorization: Bearer SECRET", "Basic SECRET" (RFC 9110, 11.4). */
bool redact_authorization(struct redact_text *t)
{
	static const char *const kinds[] = {"Bearer ", "bearer ", "Basic ", NULL};

	for (size_t i = 0; kinds[i]; i++) {
		size_t from = t->at + strlen(kinds[i]);
		size_t to;

		if (!literal(t, t->at, kinds[i]))
			continue;
		to = redact_bare_end(t, from, false);
		if (to - from < 8 || redact_is_harmless(t->s + from, to - from))
			return false;
		redact_replace(t, from, to, "");
		return true;
	}
	return false;
}
