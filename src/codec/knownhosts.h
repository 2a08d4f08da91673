/*
 * known_hosts as sshd(8) describes it: read strictly, looked up, taken over, written. Knows no file
 * and no network; certificates (@cert-authority) never match.
 */
#ifndef OPSDECK_CODEC_KNOWNHOSTS_H
#define OPSDECK_CODEC_KNOWNHOSTS_H

#include <stddef.h>

#include "base/strs.h"

struct buf;
struct known_hosts;

enum known_verdict {
	KNOWN_MATCH,   /* this very key stands there for this host */
	KNOWN_CHANGED, /* the host has keys there, this one is not among them (its type may be new)
			*/
	KNOWN_UNKNOWN, /* nothing stands there for this host */
	KNOWN_REVOKED, /* an @revoked line names this key */
	KNOWN_VERDICT_COUNT
};

/* Where the verdict comes from; name is borrowed from the list, NULL when no line decided. */
struct known_place {
	const char *name;
	int line; /* from 1 */
};

struct known_hosts *known_hosts_new(void);
void known_hosts_free(struct known_hosts *k);

/* Adds the lines of a text. What cannot be read is left out and told in `complaints` as
 * "NAME:LINE: why" (NULL: not wanted); the other lines count. CRLF and blank lines are fine. */
void known_hosts_read(struct known_hosts *k, const char *text, size_t n, const char *name,
	struct strs *complaints);

/* The verdict on a key (the SSH wire format, RFC 4253 6.6) that a host offered. Names are compared
 * without regard to case; with a port other than 22 the name is "[host]:port". For KNOWN_UNKNOWN
 * `place` is an @cert-authority line of the host, where there is one. */
enum known_verdict known_hosts_look(const struct known_hosts *k, const char *host, int port,
	const void *key, size_t n, struct known_place *place);

/* Host key algorithms to ask the host for, best first, no others: those of the keys that stand
 * there and are not revoked ("ssh-rsa" keys give rsa-sha2-512, rsa-sha2-256 and ssh-rsa). Empty
 * when nothing is known. */
void known_hosts_algorithms(
	struct strs *out, const struct known_hosts *k, const char *host, int port);

/* Appends to `out` the lines, written anew for this very name, of all keys known for the host (for
 * taking over another known_hosts). Returns how many. Revoked keys are written as @revoked lines.
 */
size_t known_hosts_take(struct buf *out, const struct known_hosts *k, const char *host, int port);

/* "[host]:2222 ssh-ed25519 AAAA...\n", or without brackets for port 22. */
void known_hosts_line(struct buf *out, const char *host, int port, const void *key, size_t n);

/* "SHA256:" and base64 without padding, as ssh-keygen -l prints it. */
void key_fingerprint(struct buf *out, const void *key, size_t n);
/* "ssh-ed25519", ...: the first string of the wire format into `type` (cut at size); "" when it is
 * none or holds other than [a-z0-9@.-]. */
void key_type(char *type, size_t size, const void *key, size_t n);

#endif
