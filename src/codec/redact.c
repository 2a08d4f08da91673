#include "config.h"

#include "codec/redact.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

#define TOKEN_HEX 12
#define TOKEN_PREFIX "[secret-"
#define TOKEN_LEN (sizeof TOKEN_PREFIX - 1 + TOKEN_HEX + 1)
#define NAME_MAX_BYTES 128
#define PASSES_MAX 8
/* `key` alone is too common a name: its value must be at least this long to be taken for one. */
#define KEY_VALUE_MIN 16

struct text {
	const struct redact *redact;
	struct buf *out;
	const char *s;
	size_t n;
	size_t at;   /* next byte to read */
	size_t done; /* bytes that went to out, as they are or replaced */
	bool replaced;
};

/* ---- tokens ---- */

static bool is_token(const char *s, size_t n)
{
	if (n != TOKEN_LEN || memcmp(s, TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1) != 0)
		return false;
	for (size_t i = sizeof TOKEN_PREFIX - 1; i < n - 1; i++)
		if (!isxdigit((unsigned char)s[i]))
			return false;
	return s[n - 1] == ']';
}

/* Everything up to `from` goes out as it is, [from, to) as a token between quotes (or ""). */
static void replace(struct text *t, size_t from, size_t to, const char *quote)
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

/* ---- names ---- */

static bool is_one_of(const char *s, size_t n, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		if (n == strlen(words[i]) && !strncasecmp(s, words[i], n))
			return true;
	return false;
}

/* `plain` is in lower case. */
static bool ends(const char *plain, size_t n, const char *suffix, size_t m)
{
	return n >= m && !memcmp(plain + n - m, suffix, m);
}

#define WORD(s)                                                                                    \
	{                                                                                          \
		s, sizeof(s) - 1                                                                   \
	}

/* The last letter is looked at first: this is asked of every name in every output. */
static bool ends_as_secret(const char *plain, size_t n)
{
	static const struct {
		const char *s;
		size_t n;
	} words[] = {WORD("password"), WORD("passwd"), WORD("passphrase"), WORD("passwort"),
		WORD("pwd"), WORD("secret"), WORD("token"), WORD("apikey"), WORD("accesskey"),
		WORD("secretkey"), WORD("privatekey"), WORD("authkey"), WORD("presharedkey"),
		WORD("encryptionkey"), WORD("signingkey"), WORD("sharedkey"), WORD("masterkey"),
		WORD("licensekey"), WORD("accountkey"), WORD("credential"), WORD("credentials"),
		WORD("userpass"), WORD("dbpass"), WORD("psk")};

	if (!n || !strchr("detnylsk", plain[n - 1]))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (ends(plain, n, words[i].s, words[i].n))
			return true;
	return false;
}

bool redact_is_secret_name(const char *name, size_t n)
{
	static const char *const others[] = {"NOPASSWD", "PWD", "OLDPWD", NULL};
	char plain[NAME_MAX_BYTES + 1];
	size_t len = 0;

	if (n > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < n; i++)
		if (name[i] != '_' && name[i] != '-' && name[i] != '.')
			plain[len++] = (char)tolower((unsigned char)name[i]);
	plain[len] = '\0';
	if (ends_as_secret(plain, len))
		return !is_one_of(name, n, others);
	/* Environment style: WG_KEY, BACKUP_PASS; not SSH_PUBLIC_KEY or HOST_KEY_PATH. */
	if (n <= 4 || (name[n - 1] != 'Y' && name[n - 1] != 'S') ||
		ends(plain, len, "publickey", 9) || ends(plain, len, "pubkey", 6))
		return false;
	return !memcmp(name + n - 4, "_KEY", 4) || (n > 5 && !memcmp(name + n - 5, "_PASS", 5));
}

static bool is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* ---- values ---- */

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

/* What is no secret even under a secret's name: nothing, switches, paths, references, structure. */
static bool is_harmless(const char *s, size_t n)
{
	static const char *const words[] = {"true", "false", "yes", "no", "on", "off", "null",
		"none", "~", "ask", "prompt", "required", NULL};
	static const char *const folders[] = {
		"/run/", "/etc/", "/var/", "/home/", "/opt/", "/srv/", "/usr/", "/root/", NULL};

	if (!n || is_reference(s, n) || is_one_of(s, n, words) || s[0] == '{' ||
		(s[0] == '[' && !is_token(s, n)))
		return true;
	for (size_t i = 0; folders[i]; i++)
		if (n > strlen(folders[i]) && !memcmp(s, folders[i], strlen(folders[i])))
			return true;
	return false;
}

static size_t line_end(const struct text *t, size_t at)
{
	const char *nl = at < t->n ? memchr(t->s + at, '\n', t->n - at) : NULL;
	size_t end = nl ? (size_t)(nl - t->s) : t->n;

	return end;
}

/* End of a value in quotes that begins at `at`. `depth` backslashes stand before a quote that ends
 * it (JSON in JSON); a value without an end goes to the end of the line. */
static size_t quoted_end(const struct text *t, size_t at, char quote, size_t depth)
{
	size_t end = line_end(t, at), run = 0;

	for (size_t i = at; i < end; i++) {
		if (t->s[i] == quote && run <= depth)
			return i - run;
		run = t->s[i] == '\\' ? run + 1 : 0;
	}
	return end;
}

static size_t bare_end(const struct text *t, size_t at, bool whole_line)
{
	size_t end = line_end(t, at);

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

/* YAML's `password: |`: the lines below it that are indented deeper. */
static size_t block_end(const struct text *t, size_t line_start, size_t at)
{
	size_t indent = 0, end = line_end(t, at);

	while (line_start + indent < t->n && is_blank(t->s[line_start + indent]))
		indent++;
	while (end < t->n) {
		size_t start = end + 1, i = start, next = line_end(t, start);

		while (i < next && is_blank(t->s[i]))
			i++;
		if (i < next && i - start <= indent)
			break;
		end = next;
	}
	return end;
}

static bool is_block_mark(const char *s, size_t n)
{
	return (n == 1 || (n == 2 && strchr("+-", s[1]))) && (s[0] == '|' || s[0] == '>');
}

struct place { /* of a value */
	size_t line_start;
	bool first;  /* its name begins the line: the value is all of the rest */
	bool quoted; /* its name is in quotes: JSON, where a bare value ends at a comma */
	size_t min;  /* shorter ones are left */
};

static size_t json_bare_end(const struct text *t, size_t at)
{
	size_t end = line_end(t, at), i = at;

	while (i < end && !isspace((unsigned char)t->s[i]) && !strchr(",}]\"", t->s[i]))
		i++;
	return i;
}

/* A value begins at `at`, behind its name and separator. */
static void value(struct text *t, size_t at, const struct place *p)
{
	size_t from = at, to;
	bool in_quotes;

	while (from < t->n && t->s[from] == '\\')
		from++;
	in_quotes = from < t->n && (t->s[from] == '"' || t->s[from] == '\'');
	if (in_quotes) {
		to = quoted_end(t, from + 1, t->s[from], from - at);
		from++;
	} else {
		from = at;
		to = p->quoted ? json_bare_end(t, from) : bare_end(t, from, p->first);
	}
	if (p->first && is_block_mark(t->s + from, to - from)) {
		size_t end = block_end(t, p->line_start, from);

		if (to + 1 < end)
			replace(t, to + 1, end, "");
		return;
	}
	if (to - from >= p->min && !is_harmless(t->s + from, to - from))
		replace(t, from, to, p->quoted && !in_quotes ? "\"" : "");
}

/* ---- forms ---- */

static bool literal(const struct text *t, size_t at, const char *s)
{
	size_t n = strlen(s);

	return at + n <= t->n && !memcmp(t->s + at, s, n);
}

/* The first `s` that lies in [at, end); NULL when there is none. */
static const char *find(const struct text *t, size_t at, size_t end, const char *s)
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
static bool private_key(struct text *t)
{
	static const char begin[] = "-----BEGIN ", tail[] = "PRIVATE KEY-----";
	size_t end = line_end(t, t->at);
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
	replace(t, (size_t)(from - t->s), (size_t)(to - t->s), "");
	return true;
}

/* scheme://user:SECRET@host (RFC 3986, 3.2.1). */
static bool url(struct text *t)
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
		is_harmless(t->s + colon + 1, i - colon - 1))
		return false;
	replace(t, colon + 1, i, "");
	return true;
}

/* crypt(5): $y$..., $6$salt$hash, $2b$...: what stands in shadow. */
static bool password_hash(struct text *t)
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
		replace(t, t->at, end, "");
		return true;
	}
	return false;
}

/* Tokens that show by their form what they are. */
static bool known_form(struct text *t)
{
	static const struct {
		const char *prefix;
		size_t min;
	} forms[] = {{"ghp_", 30}, {"gho_", 30}, {"ghs_", 30}, {"ghu_", 30}, {"ghr_", 30},
		{"github_pat_", 30}, {"glpat-", 20}, {"xoxb-", 20}, {"xoxp-", 20}, {"xoxa-", 20},
		{"xoxs-", 20}, {"AKIA", 20}, {"ASIA", 20}, {"AIza", 30}, {"sk_live_", 24},
		{"sk-", 32}, {"eyJ", 60}, {"AGE-SECRET-KEY-", 30}, {"hvs.", 24}, {"tskey-", 20}};
	size_t end = t->at;

	/* What they begin with. */
	if (!strchr("gxAseht", t->s[t->at]) || (t->at && is_name_byte(t->s[t->at - 1])))
		return false;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (!literal(t, t->at, forms[i].prefix))
			continue;
		while (end < t->n && is_name_byte(t->s[end]))
			end++;
		if (end - t->at < forms[i].min)
			return false;
		replace(t, t->at, end, "");
		return true;
	}
	return false;
}

/* "Authorization: Bearer SECRET", "Basic SECRET" (RFC 9110, 11.4). */
static bool authorization(struct text *t)
{
	static const char *const kinds[] = {"Bearer ", "bearer ", "Basic ", NULL};

	if (!strchr("Bb", t->s[t->at]) || (t->at && is_name_byte(t->s[t->at - 1])))
		return false;
	for (size_t i = 0; kinds[i]; i++) {
		size_t from = t->at + strlen(kinds[i]);
		size_t to;

		if (!literal(t, t->at, kinds[i]))
			continue;
		to = bare_end(t, from, false);
		if (to - from < 8 || is_harmless(t->s + from, to - from))
			return false;
		replace(t, from, to, "");
		return true;
	}
	return false;
}

/* From the line's start to `at` there are only blanks, list marks, quotes or `export`. */
static bool is_first(const struct text *t, size_t line_start, size_t at)
{
	size_t i = line_start;

	while (i < at && (is_blank(t->s[i]) || t->s[i] == '-'))
		i++;
	if (i + 7 <= at && !memcmp(t->s + i, "export ", 7))
		i += 7;
	return i == at;
}

/* Skips what may stand between a name and its value; false when no value follows. */
static bool separator(const struct text *t, size_t *at, bool *colon)
{
	size_t i = *at;

	while (i < t->n && is_blank(t->s[i]))
		i++;
	if (i >= t->n || (t->s[i] != '=' && t->s[i] != ':'))
		return false;
	*colon = t->s[i++] == ':';
	while (i < t->n && is_blank(t->s[i]))
		i++;
	*at = i;
	return true;
}

/* NAME=value, NAME: value, "NAME": "value", --NAME value. */
static void assignment(struct text *t, size_t line_start)
{
	size_t start = t->at, end = start, at;
	bool option = start >= 2 && t->s[start - 1] == '-' && t->s[start - 2] == '-';
	struct place p = {.line_start = line_start};
	bool colon = false, separated, key;

	while (end < t->n && is_name_byte(t->s[end]))
		end++;
	t->at = end;
	for (at = end; at < t->n && t->s[at] == '\\'; at++)
		;
	p.quoted = at < t->n && (t->s[at] == '"' || t->s[at] == '\'');
	at = p.quoted ? at + 1 : end;
	separated = separator(t, &at, &colon);
	if (!separated && (!option || p.quoted || at >= t->n || !is_blank(t->s[at])))
		return;
	key = end - start == 3 && !strncasecmp(t->s + start, "key", 3);
	if (!key && !redact_is_secret_name(t->s + start, end - start))
		return;
	p.min = key ? KEY_VALUE_MIN : 1;
	p.first = separated && !p.quoted && is_first(t, line_start, start);
	/* sudoers(5): "luna ALL=(root) PASSWD: /bin/ls" is a tag, no password. */
	if (separated && colon && !p.first && end - start == 6 &&
		!memcmp(t->s + start, "PASSWD", 6))
		return;
	at += !separated;
	value(t, at, &p);
}

static bool pass(struct buf *out, const struct redact *r, const char *s, size_t n)
{
	struct text t = {.redact = r, .out = out, .s = s, .n = n};
	size_t line_start = 0;

	while (t.at < n) {
		char c = s[t.at];
		size_t was = t.at;

		if (c == '\n') {
			line_start = ++t.at;
			continue;
		}
		if ((c == '-' && private_key(&t)) || (c == ':' && url(&t)) ||
			(c == '$' && password_hash(&t)))
			continue;
		if (isalnum((unsigned char)c) && (known_form(&t) || authorization(&t)))
			continue;
		if (isalnum((unsigned char)c) || c == '_')
			assignment(&t, line_start);
		if (t.at == was)
			t.at++;
	}
	buf_add(out, s + t.done, n - t.done);
	return t.replaced;
}

bool redact_text(struct buf *out, const struct redact *r, const char *s, size_t n)
{
	struct buf last = {.max = out->max}, next = {.max = out->max};
	bool touched = r && pass(&last, r, s, n);

	if (!touched) {
		buf_finish(&last);
		buf_add(out, s, n);
		return false;
	}
	/* A token may lengthen what only now looks like another secret: until nothing changes. */
	for (int i = 0; i < PASSES_MAX && pass(&next, r, buf_str(&last), last.len); i++) {
		struct buf swap = last;

		last = next;
		next = swap;
		buf_reset(&next);
	}
	buf_add(out, buf_str(&last), last.len);
	buf_finish(&last);
	buf_finish(&next);
	return true;
}
