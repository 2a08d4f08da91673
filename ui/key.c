#include "config.h"

#include "ui/key.h"

#include <stdio.h>
#include <string.h>

#include "base/safe.h"
#include "ui/utf8.h"

static const struct {
	int32_t key;
	const char *name;
} specials[] = {
#define X(id, name) {KEYCODE_##id, name},
	KEY_SPECIALS(X)
#undef X
};

/* ЙЦУКЕН over QWERTY, small letters; capitals lie 0x20 below in both. */
static const struct {
	int32_t cyrillic;
	char latin;
} places[] = {
	{0x439, 'q'},
	{0x446, 'w'},
	{0x443, 'e'},
	{0x43a, 'r'},
	{0x435, 't'},
	{0x43d, 'y'},
	{0x433, 'u'},
	{0x448, 'i'},
	{0x449, 'o'},
	{0x437, 'p'},
	{0x444, 'a'},
	{0x44b, 's'},
	{0x432, 'd'},
	{0x430, 'f'},
	{0x43f, 'g'},
	{0x440, 'h'},
	{0x43e, 'j'},
	{0x43b, 'k'},
	{0x434, 'l'},
	{0x44f, 'z'},
	{0x447, 'x'},
	{0x441, 'c'},
	{0x43c, 'v'},
	{0x438, 'b'},
	{0x442, 'n'},
	{0x44c, 'm'},
	{0x445, '['},
	{0x44a, ']'},
};

static bool special_parse(const char *word, size_t n, int32_t *key)
{
	for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
		if (strlen(specials[i].name) == n && memcmp(specials[i].name, word, n) == 0) {
			*key = specials[i].key;
			return true;
		}
	}
	return false;
}

bool key_parse(const char *word, size_t n, int32_t *key)
{
	int32_t mods = 0;

	for (;;) {
		if (n > 5 && memcmp(word, "ctrl-", 5) == 0) {
			mods |= KEY_MOD_CTRL;
			word += 5;
			n -= 5;
		} else if (n > 4 && memcmp(word, "alt-", 4) == 0) {
			mods |= KEY_MOD_ALT;
			word += 4;
			n -= 4;
		} else {
			break;
		}
	}
	if (!n)
		return false;
	if (!special_parse(word, n, key) &&
		(safe_decode(word, n, key) != n || safe_width(*key) == 0 || *key == ' '))
		return false;
	*key |= mods;
	return true;
}

void key_name(char out[KEY_NAME_MAX], int32_t key)
{
	int32_t bare = key & ~(KEY_MOD_CTRL | KEY_MOD_ALT);
	int n = snprintf(out, KEY_NAME_MAX, "%s%s", key & KEY_MOD_CTRL ? "ctrl-" : "",
		key & KEY_MOD_ALT ? "alt-" : "");

	for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
		if (specials[i].key == bare) {
			snprintf(out + n, KEY_NAME_MAX - (size_t)n, "%s", specials[i].name);
			return;
		}
	}
	n += (int)utf8_put(out + n, bare);
	out[n] = '\0';
}

int32_t key_latin(int32_t key)
{
	int32_t mods = key & (KEY_MOD_CTRL | KEY_MOD_ALT), bare = key & ~mods;
	bool capital = bare >= 0x410 && bare < 0x430;

	if (capital)
		bare += 0x20;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		if (places[i].cyrillic != bare)
			continue;
		bare = places[i].latin;
		if (capital && bare >= 'a' && bare <= 'z')
			bare -= 0x20;
		return bare | mods;
	}
	return key;
}
