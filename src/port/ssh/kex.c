#include "config.h"

#include "port/ssh/kex.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/safe.h"

#define KEXINIT 20
#define COOKIE 16
#define SHOWN 200 /* bytes of a list in a message */

static uint32_t read_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Behind the line that begins with "SSH-"; NULL when it has not come whole. */
static const unsigned char *skip_banner(const unsigned char *p, const unsigned char *end)
{
	while (p < end) {
		const unsigned char *eol = memchr(p, '\n', (size_t)(end - p));
		bool banner = end - p >= 4 && !memcmp(p, "SSH-", 4);

		if (!eol)
			return NULL;
		p = eol + 1;
		if (banner)
			return p;
	}
	return NULL;
}

bool kex_read(struct kex_offer *out, const void *bytes, size_t n)
{
	const unsigned char *end = (const unsigned char *)bytes + n;
	const unsigned char *p = n ? skip_banner(bytes, end) : NULL;
	uint32_t len;

	*out = (struct kex_offer){0};
	if (!p || end - p < 4 + 1 + 1 + COOKIE)
		return false;
	len = read_u32(p);
	if (len > (size_t)(end - p) - 4 || len < 2 + COOKIE || p[5] != KEXINIT)
		return false;
	end = p + 4 + len;
	p += 6 + COOKIE;
	for (int i = 0; i < KEX_CLASS_COUNT; i++) {
		struct buf list = {0};

		if (end - p < 4 || (len = read_u32(p)) > (size_t)(end - p) - 4)
			return false;
		safe_text(&list, (const char *)p + 4, len, SAFE_ASCII);
		strs_split(&out->lists[i], buf_str(&list), ',');
		buf_finish(&list);
		p += 4 + len;
	}
	return true;
}

void kex_offer_finish(struct kex_offer *o)
{
	for (int i = 0; i < KEX_CLASS_COUNT; i++)
		strs_finish(&o->lists[i]);
}

static bool have_common(const struct strs *a, const struct strs *b)
{
	for (size_t i = 0; i < a->n; i++)
		if (strs_has(b, a->v[i]))
			return true;
	return false;
}

bool kex_explain(struct err *e, const struct kex_offer *offer, const struct kex_offer *can,
	const char *library)
{
	static const char *const names[KEX_CLASS_COUNT] = {[KEX_METHOD] = "key exchange",
		[KEX_HOST_KEY] = "host key",
		[KEX_CIPHER_OUT] = "cipher",
		[KEX_CIPHER_IN] = "cipher",
		[KEX_MAC_OUT] = "MAC",
		[KEX_MAC_IN] = "MAC"};

	for (int i = 0; i < KEX_CLASS_COUNT; i++) {
		char *offered, *known;

		if (have_common(&offer->lists[i], &can->lists[i]))
			continue;
		offered = strs_join(&offer->lists[i], ",");
		known = strs_join(&can->lists[i], ",");
		if (i == KEX_HOST_KEY)
			err_set(e, ERR_REFUSED,
				"no common host key algorithm: the host offers %.*s; known and "
				"possible "
				"with %s: %.*s",
				SHOWN, offered, library, SHOWN, known);
		else
			err_set(e, ERR_UNREACHABLE,
				"no common %s: the host offers %.*s; %s can do %.*s "
				"(`transport: openssh` can do more)",
				names[i], SHOWN, offered, library, SHOWN, known);
		free(offered);
		free(known);
		return true;
	}
	return false;
}
