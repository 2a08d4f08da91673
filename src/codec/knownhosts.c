#include "config.h"

#include "codec/knownhosts.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

#define LINE_MAX_BYTES 16384
#define ENTRIES_MAX 200000
#define NAME_MAX_BYTES 1024

enum marker { MARKER_NONE, MARKER_REVOKED, MARKER_CA };

struct entry {
	enum marker marker;
	const char *source; /* belongs to the list */
	int line;
	struct strs patterns; /* lower case; empty when hashed */
	unsigned char salt[SHA1_BYTES], hash[SHA1_BYTES];
	bool hashed;
	struct buf key;
};

struct known_hosts {
	struct entry *entries;
	size_t count, cap;
	struct strs sources;
};

/* A piece of the line being read. */
struct span {
	const char *p;
	size_t n;
};

struct known_hosts *known_hosts_new(void)
{
	return xcalloc(1, sizeof(struct known_hosts));
}

static void entry_finish(struct entry *e)
{
	strs_finish(&e->patterns);
	buf_finish(&e->key);
}

void known_hosts_free(struct known_hosts *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->count; i++)
		entry_finish(&k->entries[i]);
	free(k->entries);
	strs_finish(&k->sources);
	free(k);
}

/* ---- reading ---- */

static struct span next_word(struct span *rest)
{
	struct span word;

	while (rest->n && (*rest->p == ' ' || *rest->p == '\t')) {
		rest->p++;
		rest->n--;
	}
	word = (struct span){rest->p, 0};
	while (rest->n && *rest->p != ' ' && *rest->p != '\t') {
		rest->p++;
		rest->n--;
		word.n++;
	}
	return word;
}

static bool span_is(struct span s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool decode_sha1(unsigned char out[SHA1_BYTES], const char *p, size_t n)
{
	struct buf bytes = {0};
	bool ok = !base64_decode(&bytes, p, n, NULL) && bytes.len == SHA1_BYTES;

	if (ok)
		memcpy(out, bytes.data, SHA1_BYTES);
	buf_finish(&bytes);
	return ok;
}

/* "|1|BASE64(salt)|BASE64(HMAC-SHA1(salt, name))" */
static const char *read_hashed(struct entry *e, struct span names)
{
	const char *salt = names.p + 3;
	const char *bar;

	if (names.n < 3 || memcmp(names.p, "|1|", 3))
		return "unknown kind of hashed name";
	bar = memchr(salt, '|', names.n - 3);
	if (!bar)
		return "hashed name without a hash";
	if (!decode_sha1(e->salt, salt, (size_t)(bar - salt)) ||
		!decode_sha1(e->hash, bar + 1, (size_t)(names.p + names.n - bar - 1)))
		return "hashed name is not well formed";
	e->hashed = true;
	return NULL;
}

static const char *read_names(struct entry *e, struct span names)
{
	struct buf name = {0};
	const char *why = NULL;

	if (!names.n)
		return "no host name";
	if (*names.p == '|')
		return read_hashed(e, names);
	for (size_t i = 0; i <= names.n && !why; i++) {
		if (i < names.n && names.p[i] != ',') {
			buf_addc(&name, lower(names.p[i]));
			continue;
		}
		if (!name.len || name.len > NAME_MAX_BYTES || str_eq(name.data, "!"))
			why = "empty or overlong host name";
		else
			strs_addn(&e->patterns, name.data, name.len);
		buf_reset(&name);
	}
	buf_finish(&name);
	return why;
}

static const char *read_key(struct entry *e, struct span type, struct span key)
{
	char in_key[64];

	if (!type.n || !key.n)
		return "no key";
	if (base64_decode(&e->key, key.p, key.n, NULL) || e->key.len < 8)
		return "the key is not base64";
	key_type(in_key, sizeof in_key, e->key.data, e->key.len);
	if (!span_is(type, in_key))
		return "the key is not of the type that is named";
	return NULL;
}

/* NULL, or why the line cannot be used. */
static const char *read_entry(struct entry *e, struct span rest)
{
	struct span word = next_word(&rest);
	struct span type;
	const char *why;

	if (word.n && *word.p == '@') {
		if (span_is(word, "@revoked"))
			e->marker = MARKER_REVOKED;
		else if (span_is(word, "@cert-authority"))
			e->marker = MARKER_CA;
		else
			return "unknown marker";
		word = next_word(&rest);
	}
	why = read_names(e, word);
	if (why)
		return why;
	type = next_word(&rest);
	return read_key(e, type, next_word(&rest));
}

static void read_line(struct known_hosts *k, struct span line, const char *source, int number,
	struct strs *complaints)
{
	struct entry e = {.source = source, .line = number};
	const char *why;
	size_t skip = 0;

	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	while (skip < line.n && (line.p[skip] == ' ' || line.p[skip] == '\t'))
		skip++;
	if (skip == line.n || line.p[skip] == '#')
		return;
	if (line.n > LINE_MAX_BYTES)
		why = "the line is too long";
	else if (memchr(line.p, '\0', line.n))
		why = "a NUL byte";
	else if (k->count >= ENTRIES_MAX)
		why = "too many lines";
	else
		why = read_entry(&e, line);
	if (!why) {
		*ARR_ADD(k->entries, k->count, k->cap) = e;
		return;
	}
	entry_finish(&e);
	if (complaints)
		strs_addf(complaints, "%s:%d: %s", source, number, why);
}

void known_hosts_read(struct known_hosts *k, const char *text, size_t n, const char *name,
	struct strs *complaints)
{
	const char *end = text + n;
	const char *source;
	int number = 0;

	strs_add(&k->sources, name);
	source = k->sources.v[k->sources.n - 1];
	while (n && text < end) {
		const char *eol = memchr(text, '\n', (size_t)(end - text));
		size_t len = (size_t)((eol ? eol : end) - text);

		read_line(k, (struct span){text, len}, source, ++number, complaints);
		text = eol ? eol + 1 : end;
	}
}

/* ---- looking up ---- */

/* '*' and '?' as in ssh_config(5), PATTERNS. Linear in time but for the last star. */
static bool glob_matches(const char *glob, const char *s)
{
	const char *star = NULL, *retry = NULL;

	while (*s) {
		if (*glob == '*') {
			star = ++glob;
			retry = s;
		} else if (*glob == '?' || *glob == *s) {
			glob++;
			s++;
		} else if (star) {
			glob = star;
			s = ++retry;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return !*glob;
}

/* The name as it stands in the file: lower case, "[host]:port" unless the port is 22. */
static void looked_up_name(struct buf *out, const char *host, int port)
{
	if (port != 22)
		buf_addc(out, '[');
	for (; *host; host++)
		buf_addc(out, lower(*host));
	if (port != 22)
		buf_addf(out, "]:%d", port);
}

static bool entry_matches(const struct entry *e, const struct buf *name)
{
	bool found = false;

	if (e->hashed) {
		unsigned char sum[SHA1_BYTES];

		hmac_sha1(sum, e->salt, sizeof e->salt, name->data, name->len);
		return !memcmp(sum, e->hash, sizeof sum);
	}
	for (size_t i = 0; i < e->patterns.n; i++) {
		const char *pattern = e->patterns.v[i];

		if (*pattern == '!') {
			if (glob_matches(pattern + 1, buf_str(name)))
				return false;
		} else if (glob_matches(pattern, buf_str(name))) {
			found = true;
		}
	}
	return found;
}

static bool same_key(const struct entry *e, const void *key, size_t n)
{
	return e->key.len == n && !memcmp(e->key.data, key, n);
}

enum known_verdict known_hosts_look(const struct known_hosts *k, const char *host, int port,
	const void *key, size_t n, struct known_place *place)
{
	const struct entry *of[KNOWN_VERDICT_COUNT] = {NULL};
	enum known_verdict verdict = KNOWN_UNKNOWN;
	struct buf name = {0};

	looked_up_name(&name, host, port);
	for (size_t i = 0; i < k->count; i++) {
		const struct entry *e = &k->entries[i];
		enum known_verdict v = KNOWN_UNKNOWN;

		if (!entry_matches(e, &name))
			continue;
		if (e->marker == MARKER_NONE)
			v = same_key(e, key, n) ? KNOWN_MATCH : KNOWN_CHANGED;
		else if (e->marker == MARKER_REVOKED && same_key(e, key, n))
			v = KNOWN_REVOKED;
		else if (e->marker == MARKER_REVOKED)
			continue;
		if (!of[v])
			of[v] = e;
	}
	if (of[KNOWN_REVOKED])
		verdict = KNOWN_REVOKED;
	else if (of[KNOWN_MATCH])
		verdict = KNOWN_MATCH;
	else if (of[KNOWN_CHANGED])
		verdict = KNOWN_CHANGED;
	if (place)
		*place = of[verdict] ? (struct known_place){of[verdict]->source, of[verdict]->line}
				     : (struct known_place){0};
	buf_finish(&name);
	return verdict;
}

void known_hosts_algorithms(
	struct strs *out, const struct known_hosts *k, const char *host, int port)
{
	static const struct {
		const char *type, *algorithm;
	} table[] = {
		{"ssh-ed25519", "ssh-ed25519"},
		{"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
		{"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
		{"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
		{"ssh-rsa", "rsa-sha2-512"}, /* RFC 8332: the key's type stays ssh-rsa */
		{"ssh-rsa", "rsa-sha2-256"},
		{"ssh-rsa", "ssh-rsa"},
	};
	struct strs types = {0};
	struct buf name = {0};
	char type[64];

	looked_up_name(&name, host, port);
	for (size_t i = 0; i < k->count; i++) {
		const struct entry *e = &k->entries[i];

		if (e->marker != MARKER_NONE || !entry_matches(e, &name))
			continue;
		if (known_hosts_look(k, host, port, e->key.data, e->key.len, NULL) != KNOWN_MATCH)
			continue;
		key_type(type, sizeof type, e->key.data, e->key.len);
		strs_add(&types, type);
	}
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (strs_has(&types, table[i].type))
			strs_add(out, table[i].algorithm);
	strs_finish(&types);
	buf_finish(&name);
}

/* ---- writing ---- */

void known_hosts_line(struct buf *out, const char *host, int port, const void *key, size_t n)
{
	char type[64];

	key_type(type, sizeof type, key, n);
	looked_up_name(out, host, port);
	buf_addf(out, " %s ", type);
	base64_encode(out, key, n);
	buf_addc(out, '\n');
}

size_t known_hosts_take(struct buf *out, const struct known_hosts *k, const char *host, int port)
{
	struct buf name = {0};
	size_t taken = 0;

	looked_up_name(&name, host, port);
	for (size_t i = 0; i < k->count; i++) {
		const struct entry *e = &k->entries[i];

		if (e->marker == MARKER_CA || !entry_matches(e, &name))
			continue;
		if (e->marker == MARKER_REVOKED)
			buf_adds(out, "@revoked ");
		known_hosts_line(out, host, port, e->key.data, e->key.len);
		taken++;
	}
	buf_finish(&name);
	return taken;
}
