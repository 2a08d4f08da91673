#include "config.h"

#include "codec/redact_parts.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"

#define TOKEN_HEX 12
#define TOKEN_PREFIX "[secret-"
#define TOKEN_LEN (sizeof TOKEN_PREFIX - 1 + TOKEN_HEX + 1)

static bool is_token(const char *s, size_t n)
{
	if (n != TOKEN_LEN || memcmp(s, TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1) != 0)
		return false;
	for (size_t i = sizeof TOKEN_PREFIX - 1; i < n - 1; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return s[n - 1] == ']';
}

void redact_replace(struct redact_text *t, size_t from, size_t to, const char *quote)
{
	char hex[SHA256_HEX];

	buf_add(t->out, t->s + t->done, from - t->done);
	t->done = t->at = to;
	if (is_token(t->s + from, to - from)) {
		buf_add(t->out, t->s + from, to - from);
		return;
	}
	hmac_sha256_hex(hex, t->redact->key, t->redact->key_len, t->s + from, to - from);
	buf_addf(t->out, "%s" TOKEN_PREFIX "%.*s]%s", quote, TOKEN_HEX, hex, quote);
	t->replaced = true;
}

/* $NAME, ${NAME...}, {{ name }}: the secret stands elsewhere. */
static bool is_reference(const char *s, size_t n)
{
	if (n > 3 && (!memcmp(s, "${", 2) || !memcmp(s, "$(", 2) || !memcmp(s, "{{", 2)))
		return true;
	if (n < 2 || s[0] != '$')
		return false;
	for (size_t i = 1; i < n; i++)
		if (!isupper((unsigned char)s[i]) && s[i] != '_')
			return false;
	return true;
}

bool redact_is_harmless(const char *s, size_t n)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null",
		"none", "~", "ask", "prompt", "required", NULL};
	static const char *const folders[] = {
		"/run/", "/etc/", "/var/", "/home/", "/opt/", "/srv/", "/usr/", "/root/", NULL};

	if (!n || is_reference(s, n) || redact_is_one_of(s, n, words) || s[0] == '{' ||
		(s[0] == '[' && !is_token(s, n)))
		return true;
	for (size_t i = 0; folders[i]; i++)
		if (n > strlen(folders[i]) && !memcmp(s, folders[i], strlen(folders[i])))
			return true;
	return false;
}

size_t redact_line_end(const struct redact_text *t, size_t at)
{
	const char *nl = at < t->n ? memchr(t->s + at, '\n', t->n - at) : NULL;
	size_t end = nl ? (size_t)(nl - t->s) : t->n;

	return end;
}

size_t redact_bare_end(const struct redact_text *t, size_t at, bool whole_line)
{
	size_t end = redact_line_end(t, at);

	if (!whole_line) {
		size_t i = at;

		while (i < end && !isspace((unsigned char)t->s[i]) &&
			!strchr("\"'`;&|<>)", t->s[i]))
			i++;
		return i;
	}
	while (end > at && isspace((unsigned char)t->s[end - 1]))
		end--;
	return end;
}
