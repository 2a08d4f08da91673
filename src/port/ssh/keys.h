/*
 * Which keys a login offers: from one file, from a .pub that the agent signs for, or what the agent
 * has. Knows no session. Inside port/ssh only.
 */
#ifndef OPSDECK_PORT_SSH_KEYS_H
#define OPSDECK_PORT_SSH_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* What to do for a configured key (or none). */
enum key_source {
	KEY_FILE,      /* `path` is a private key */
	KEY_AGENT_ONE, /* the agent signs with `blob` */
	KEY_AGENT_ALL  /* ask the agent for its keys */
};

struct key_choice {
	enum key_source source;
	char *path;	 /* heap */
	struct buf blob; /* wire format */
};

/* `key` as in ssh_config; without it the agent, or else the first of the user's default key files.
 */
int key_choose(
	struct key_choice *out, const char *key, const char *agent, struct err *e) WARN_UNUSED;
void key_choice_finish(struct key_choice *k);

/* A private key file that is there, is ours alone and is not encrypted; else why not. */
int key_file_check(const char *path, struct err *e) WARN_UNUSED;
/* It holds an RSA key. */
bool key_file_is_rsa(const char *path);

#endif
