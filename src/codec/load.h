/*
 * Taking typed values out of a doc with one clear message for each kind of mistake. Knows no file
 * format: fleet, check, policy and proposal readers say what they expect.
 *
 * All return 0 or -1 with the place in *l->e. An absent key leaves *out as it was, unless
 * `required`. `what` names the map that is read ("host web1").
 */
#ifndef OPSDECK_CODEC_LOAD_H
#define OPSDECK_CODEC_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strs.h"
#include "codec/doc.h"

struct load {
	const char *name; /* of the text, for messages */
	struct err *e;
};

/* A word or line is refused with this in the message when it returns false. */
typedef bool load_ok_fn(const char *text);

struct load_text {
	const char *key;
	bool required;
	size_t max;	  /* bytes */
	bool lines;	  /* may hold newlines (and tabs); other controls never */
	load_ok_fn *ok;	  /* or NULL */
	const char *want; /* what it must be, for the message: "a name ([a-z0-9._-])" */
};

/* Heap; an earlier *out is freed. */
int load_text(const struct load *l, const struct doc *map, const char *what,
	const struct load_text *t, char **out) WARN_UNUSED;
/* A list of such texts (or one alone, as a list of one), each once when `unique`. */
int load_texts(const struct load *l, const struct doc *map, const char *what,
	const struct load_text *t, bool unique, struct strs *out) WARN_UNUSED;
int load_bool(const struct load *l, const struct doc *map, const char *what, const char *key,
	bool *out) WARN_UNUSED;
int load_int(const struct load *l, const struct doc *map, const char *what, const char *key,
	int64_t min, int64_t max, int64_t *out) WARN_UNUSED;
/* "30s", "15m", or a number of seconds; out in milliseconds, limits in seconds. */
int load_duration(const struct load *l, const struct doc *map, const char *what, const char *key,
	int64_t min_s, int64_t max_s, int64_t *out) WARN_UNUSED;
/* Bytes as a number or "64K", "1M". */
int load_bytes(const struct load *l, const struct doc *map, const char *what, const char *key,
	size_t max, size_t *out) WARN_UNUSED;
/* Permission bits as a quoted octal text: "0644". */
int load_mode(
	const struct load *l, const struct doc *map, const char *what, unsigned *out) WARN_UNUSED;
/* argv: at least one word, the first one a clean absolute path, no NUL, bounded. */
int load_argv(const struct load *l, const struct doc *map, const char *what, const char *key,
	struct strs *out) WARN_UNUSED;
/* The list under `key` (borrowed); NULL when it is absent. */
int load_list(const struct load *l, const struct doc *map, const char *what, const char *key,
	const struct doc **out) WARN_UNUSED;
/* One of a NULL-terminated list of words; *out is its index. */
int load_choice(const struct load *l, const struct doc *map, const char *what, const char *key,
	const char *const *words, int *out) WARN_UNUSED;

/* The value of key, or the map itself when it is absent: where a message should point. */
const struct doc *load_place(const struct doc *map, const char *key);

bool load_is_login(const char *s); /* a POSIX user or group name: [a-z_][a-z0-9_-]{0,31} */
bool load_is_owner(const char *s); /* the same, or a number */
bool load_is_unit(const char *s);  /* a systemd unit that can be restarted: nginx.service */

#endif
