#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "codec/knownhosts.h"

void key_type(char *type, size_t size, const void *key, size_t n)
{
	const unsigned char *p = key;
	size_t len;

	type[0] = '\0';
	if (n < 4)
		return;
	len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (!len || len > n - 4)
		return;
	if (len > size - 1)
		len = size - 1;
	for (size_t i = 0; i < len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789@.-", p[4 + i]) || !p[4 + i])
			return;
	memcpy(type, p + 4, len);
	type[len] = '\0';
}

void key_fingerprint(struct buf *out, const void *key, size_t n)
{
	unsigned char sum[SHA256_BYTES];
	struct buf text = {0};

	sha256(sum, key, n);
	base64_encode(&text, sum, sizeof sum);
	while (text.len && text.data[text.len - 1] == '=')
		text.len--;
	buf_adds(out, "SHA256:");
	buf_add(out, text.data, text.len);
	buf_finish(&text);
}
