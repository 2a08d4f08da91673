#include "config.h"

#include "flow/parse_dig_record.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "codec/doc.h"

const char *dig_word(const char **s, size_t *n)
{
	const char *begin = *s + strspn(*s, " \t");

	*n = strcspn(begin, " \t");
	*s = begin + *n;
	return *n ? begin : NULL;
}

bool dig_is_class(const char *s, size_t n)
{
	return n == 2 && (!memcmp(s, "IN", 2) || !memcmp(s, "CH", 2) || !memcmp(s, "HS", 2));
}

static void put(struct doc *d, const char *key, const char *s, size_t n)
{
	doc_set(d, key, doc_new_strn(s, n));
}

static bool is_number(const char *s, size_t n)
{
	return n && strspn(s, "0123456789") >= n;
}

/* A line of +short: the data alone, whose type shows only for addresses and texts. */
static void short_record(struct doc *d, const char *s)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, s, address) == 1)
		doc_set_str(d, "type", "A");
	else if (inet_pton(AF_INET6, s, address) == 1)
		doc_set_str(d, "type", "AAAA");
	else if (*s == '"')
		doc_set_str(d, "type", "TXT");
	doc_set_str(d, "data", s);
}

/* NAME [TTL] CLASS TYPE DATA; dig can leave the TTL out, kdig the class. */
struct doc *dig_record(const char *s)
{
	struct doc *d = doc_new_map();
	const char *at = s, *w, *name;
	size_t n, name_len;

	name = dig_word(&at, &name_len);
	w = dig_word(&at, &n);
	if (w && is_number(w, n)) {
		doc_set_int(d, "ttl", strtoll(w, NULL, 10));
		w = dig_word(&at, &n);
	}
	if (w && dig_is_class(w, n)) {
		put(d, "class", w, n);
		w = dig_word(&at, &n);
		if (w && name) {
			put(d, "name", name, name_len);
			put(d, "type", w, n);
			doc_set_str(d, "data", at + strspn(at, " \t"));
			return d;
		}
	}
	doc_free(d);
	d = doc_new_map();
	short_record(d, s);
	return d;
}
