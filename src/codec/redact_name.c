#include "config.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "codec/redact.h"
#include "codec/redact_parts.h"

#define NAME_MAX_BYTES 128

bool redact_is_one_of(const char *s, size_t n, const char *const *words)
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
		return !redact_is_one_of(name, n, others);
	/* Environment style: WG_KEY, BACKUP_PASS; not SSH_PUBLIC_KEY or HOST_KEY_PATH. */
	if (n <= 4 || (name[n - 1] != 'Y' && name[n - 1] != 'S') ||
		ends(plain, len, "publickey", 9) || ends(plain, len, "pubkey", 6))
		return false;
	return !memcmp(name + n - 4, "_KEY", 4) || (n > 5 && !memcmp(name + n - 5, "_PASS", 5));
}
