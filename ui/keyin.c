#include "config.h"

#include "ui/keyin.h"

#include <string.h>

#include "base/safe.h"
#include "ui/key.h"

#define ESC 0x1b
/* How long a lone ESC, a cut sequence and an unended paste wait for the rest. */
#define ESC_QUIET_MS 25
#define SEQUENCE_QUIET_MS 500
#define PASTE_QUIET_MS 5000

/* CSI and SS3 sequences by what follows them (ECMA-48 forms as xterm, the Linux console and rxvt
 * send them). */
static const struct {
	const char *tail;
	int32_t key;
} sequences[] = {
	{"A", KEYCODE_UP},
	{"B", KEYCODE_DOWN},
	{"C", KEYCODE_RIGHT},
	{"D", KEYCODE_LEFT},
	{"H", KEYCODE_HOME},
	{"F", KEYCODE_END},
	{"Z", KEYCODE_SHIFT_TAB},
	{"M", KEYCODE_ENTER},
	{"1~", KEYCODE_HOME},
	{"7~", KEYCODE_HOME},
	{"4~", KEYCODE_END},
	{"8~", KEYCODE_END},
	{"2~", KEYCODE_INSERT},
	{"3~", KEYCODE_DELETE},
	{"5~", KEYCODE_PAGE_UP},
	{"6~", KEYCODE_PAGE_DOWN},
};

void keyin_finish(struct keyin *k)
{
	buf_finish(&k->paste);
	*k = (struct keyin){0};
}

void keyin_reset(struct keyin *k)
{
	keyin_finish(k);
}

static void key_out(const struct keyin_handlers *to, int32_t key)
{
	if (key != KEYCODE_NONE)
		to->key(to->arg, key);
}

/* One code point or control byte as a key. */
static int32_t plain_key(int32_t cp)
{
	switch (cp) {
	case '\r':
	case '\n':
		return KEYCODE_ENTER;
	case '\t':
		return KEYCODE_TAB;
	case ' ':
		return KEYCODE_SPACE;
	case 0x08:
	case 0x7f:
		return KEYCODE_BACKSPACE;
	case ESC:
		return KEYCODE_ESC;
	case 0:
		return KEY_MOD_CTRL | KEYCODE_SPACE;
	default:
		break;
	}
	if (cp > 0 && cp < 0x1b)
		return KEY_MOD_CTRL | ('a' + cp - 1);
	return cp >= 0x20 && safe_width(cp) ? cp : KEYCODE_NONE;
}

/* The key of a finished CSI or SS3 sequence; modifiers ("1;5C") are left aside. */
static int32_t sequence_key(const unsigned char *seq, size_t len)
{
	char tail[8] = {0};
	size_t n = 0;

	for (size_t i = 2; i < len && n < sizeof tail - 1; i++) {
		if (seq[i] == ';') { /* skip the modifier and a first parameter of 1 */
			while (i + 1 < len && seq[i + 1] >= '0' && seq[i + 1] <= ';')
				i++;
			if (n == 1 && tail[0] == '1' && i + 1 < len && seq[i + 1] != '~')
				n = 0;
			continue;
		}
		tail[n++] = (char)seq[i];
	}
	tail[n] = '\0';
	for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
		if (strcmp(sequences[i].tail, tail) == 0)
			return sequences[i].key;
	}
	return KEYCODE_NONE;
}

static void sequence_done(struct keyin *k, const struct keyin_handlers *to)
{
	size_t len = k->len;

	k->len = 0;
	if (k->skip) {
		k->skip = false;
		return;
	}
	if (len == 6 && memcmp(k->seq, "\033[200~", 6) == 0) {
		k->pasting = true;
		buf_reset(&k->paste);
		k->paste.max = KEYIN_PASTE_MAX;
		return;
	}
	key_out(to, sequence_key(k->seq, len));
}

static void paste_byte(struct keyin *k, unsigned char byte, const struct keyin_handlers *to)
{
	static const char end[] = "\033[201~";
	size_t n = sizeof end - 1;

	buf_addc(&k->paste, (char)byte);
	k->seq[k->len++] = byte; /* the last bytes, in case the buffer is full */
	if (k->len > n) {
		memmove(k->seq, k->seq + 1, n);
		k->len = n;
	}
	if (k->len < n || memcmp(k->seq, end, n) != 0)
		return;
	k->pasting = false;
	k->len = 0;
	if (!k->paste.overflow)
		k->paste.len -= n;
	to->paste(to->arg, buf_str(&k->paste), k->paste.len);
	buf_reset(&k->paste);
}

/* A byte behind ESC [ or ESC O. */
static void sequence_byte(struct keyin *k, unsigned char byte, const struct keyin_handlers *to)
{
	bool linux_function = k->len == 3 && k->seq[2] == '['; /* the console's ESC [ [ A */

	if (byte == ESC) { /* a new one begins: the old one never ended */
		k->skip = false;
		k->seq[0] = ESC;
		k->len = 1;
		return;
	}
	if (k->len < sizeof k->seq)
		k->seq[k->len++] = byte;
	else
		k->skip = true;
	if (k->seq[1] == '[' && byte == '[' && k->len == 3)
		return;
	if (linux_function) {
		k->len = 0;
		return;
	}
	if (k->seq[1] == 'O' ? byte >= 0x40 || byte < 0x20 : byte >= 0x40 && byte < 0x7f)
		sequence_done(k, to);
}

/* A byte when the sequence so far is a lone ESC. */
static void esc_byte(struct keyin *k, unsigned char byte, const struct keyin_handlers *to)
{
	int32_t key;

	switch (byte) {
	case '[':
	case 'O':
		k->seq[k->len++] = byte;
		return;
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X':
		k->len = 0;
		k->string = true;
		k->string_esc = false;
		return;
	case ESC:
		key_out(to, KEYCODE_ESC);
		return;
	default:
		break;
	}
	k->len = 0;
	key = byte < 0x80 ? plain_key(byte) : KEYCODE_NONE;
	if (key != KEYCODE_NONE)
		key_out(to, KEY_MOD_ALT | key);
}

static void string_byte(struct keyin *k, unsigned char byte)
{
	if (byte == 0x07 || (k->string_esc && byte == '\\'))
		k->string = false;
	k->string_esc = byte == ESC;
}

/* Bytes of UTF-8 are kept until they make a code point. */
static void text_byte(struct keyin *k, unsigned char byte, const struct keyin_handlers *to)
{
	static const struct {
		unsigned char mask, lead;
		size_t len;
	} leads[] = {{0xe0, 0xc0, 2}, {0xf0, 0xe0, 3}, {0xf8, 0xf0, 4}};
	int32_t cp;

	if (byte < 0x80 || (k->len && (byte & 0xc0) != 0x80)) {
		k->len = 0;
		if (byte < 0x80) {
			key_out(to, plain_key(byte));
			return;
		}
	}
	k->seq[k->len++] = byte;
	for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
		if ((k->seq[0] & leads[i].mask) != leads[i].lead)
			continue;
		if (k->len < leads[i].len)
			return;
		safe_decode((const char *)k->seq, k->len, &cp);
		if (cp >= 0)
			key_out(to, plain_key(cp));
	}
	k->len = 0;
}

void keyin_bytes(struct keyin *k, const void *bytes, size_t n, const struct keyin_handlers *to)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++) {
		if (k->pasting) {
			paste_byte(k, p[i], to);
		} else if (k->string) {
			string_byte(k, p[i]);
		} else if (k->len >= 2 && k->seq[0] == ESC) {
			sequence_byte(k, p[i], to);
		} else if (k->len == 1 && k->seq[0] == ESC) {
			esc_byte(k, p[i], to);
		} else if (p[i] == ESC) {
			k->seq[0] = ESC;
			k->len = 1;
		} else {
			text_byte(k, p[i], to);
		}
	}
}

int keyin_wait_ms(const struct keyin *k)
{
	if (k->pasting)
		return PASTE_QUIET_MS;
	if (k->string || k->len > 1)
		return SEQUENCE_QUIET_MS;
	return k->len ? ESC_QUIET_MS : 0;
}

void keyin_timeout(struct keyin *k, const struct keyin_handlers *to)
{
	bool lone = k->len == 1 && k->seq[0] == ESC;

	keyin_reset(k);
	if (lone)
		key_out(to, KEYCODE_ESC);
}
