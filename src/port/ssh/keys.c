#include "config.h"

#include "port/ssh/keys.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/strs.h"

#define KEY_FILE_MAX ((size_t)64 << 10)

static int read_public(struct buf *blob, const char *path, struct err *e)
{
	struct buf text = {0};
	struct strs words = {0};
	int rc;

	if (file_read(&text, path, KEY_FILE_MAX, e))
		return -1;
	if (text.len)
		text.data[strcspn(text.data, "\r\n")] = '\0';
	strs_split(&words, buf_str(&text), ' ');
	rc = words.n < 2 ? -1 : base64_decode(blob, words.v[1], strlen(words.v[1]), NULL);
	if (rc)
		err_set(e, ERR_INPUT, "%s is no public key", path);
	strs_finish(&words);
	buf_finish(&text);
	return rc;
}

static void forget_secret(struct buf *b)
{
	if (b->len)
		explicit_bzero(b->data, b->len);
	buf_finish(b);
}

/* The bytes between the BEGIN and END lines; false where there are none. */
static bool read_armour(struct buf *out, const char *path, struct buf *text)
{
	struct buf digits = {0};
	const char *p, *end;
	bool ok;

	if (file_read(text, path, KEY_FILE_MAX, NULL))
		return false;
	p = strstr(buf_str(text), "-----BEGIN ");
	p = p ? strchr(p, '\n') : NULL;
	end = p ? strstr(p, "-----END ") : NULL;
	if (!end)
		return false;
	for (; p < end; p++)
		if (*p != '\n' && *p != '\r')
			buf_addc(&digits, *p);
	ok = !base64_decode(out, buf_str(&digits), digits.len, NULL);
	forget_secret(&digits);
	return ok;
}

bool key_file_is_rsa(const char *path)
{
	struct buf text = {0}, bytes = {0};
	bool rsa = read_armour(&bytes, path, &text) &&
		   memmem(bytes.data, bytes.len < 256 ? bytes.len : 256, "ssh-rsa", 7);

	rsa = rsa || strstr(buf_str(&text), "BEGIN RSA PRIVATE KEY");
	forget_secret(&text);
	forget_secret(&bytes);
	return rsa;
}

/* "openssh-key-v1" NUL, then the cipher's name: "none" when there is no passphrase (PROTOCOL.key).
 */
static bool encrypted(const struct buf *text, const struct buf *bytes)
{
	static const char magic[] = "openssh-key-v1\0\0\0\0\4none";

	if (bytes->len >= sizeof magic - 1 && !memcmp(bytes->data, magic, 15))
		return memcmp(bytes->data, magic, sizeof magic - 1) != 0;
	return strstr(buf_str(text), "ENCRYPTED") != NULL;
}

int key_file_check(const char *path, struct err *e)
{
	struct buf text = {0}, bytes = {0};
	struct stat st;
	int rc = 0;

	if (stat(path, &st))
		return err_sys(e, errno, "cannot read the key %s", path);
	if (st.st_uid == geteuid() && st.st_mode & 077)
		return err_set(e, ERR_REFUSED,
			"the key %s is open to others (mode %04o): chmod 600", path,
			(unsigned)(st.st_mode & 07777));
	if (file_read(&text, path, KEY_FILE_MAX, e))
		rc = -1;
	else if (!strstr(buf_str(&text), "PRIVATE KEY-----"))
		rc = err_set(e, ERR_INPUT, "%s is no private key", path);
	forget_secret(&text);
	if (!rc) {
		read_armour(&bytes, path, &text);
		if (encrypted(&text, &bytes))
			rc = err_set(e, ERR_REFUSED,
				"the key %s has a passphrase: load it into the agent", path);
	}
	forget_secret(&text);
	forget_secret(&bytes);
	return rc;
}

static int choose_named(struct key_choice *out, const char *key, struct err *e)
{
	char *pub;
	int rc;

	if (!str_ends(key, ".pub") && file_exists(key)) {
		out->path = xstrdup(key);
		return 0;
	}
	pub = str_ends(key, ".pub") ? xstrdup(key) : xasprintf("%s.pub", key);
	out->source = KEY_AGENT_ONE;
	rc = file_exists(pub) ? read_public(&out->blob, pub, e)
			      : err_set(e, ERR_MISSING, "the key %s is missing", key);
	free(pub);
	return rc;
}

static bool choose_default(struct key_choice *out)
{
	static const char *const names[] = {".ssh/id_ed25519", ".ssh/id_ecdsa", ".ssh/id_rsa"};
	const char *home = getenv("HOME");

	for (size_t i = 0; home && i < sizeof names / sizeof *names; i++) {
		out->path = path_join(home, names[i]);
		if (file_exists(out->path))
			return true;
		free(out->path);
		out->path = NULL;
	}
	return false;
}

int key_choose(struct key_choice *out, const char *key, const char *agent, struct err *e)
{
	*out = (struct key_choice){.source = KEY_FILE};
	if (key)
		return choose_named(out, key, e);
	if (!str_empty(agent)) {
		out->source = KEY_AGENT_ALL;
		return 0;
	}
	if (choose_default(out))
		return 0;
	return err_set(e, ERR_MISSING, "there is neither a key nor an SSH agent to log in with");
}

void key_choice_finish(struct key_choice *k)
{
	free(k->path);
	buf_finish(&k->blob);
	*k = (struct key_choice){0};
}
