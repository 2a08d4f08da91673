/*
 * Does a text hold a secret? For what is about to be committed: it is stopped, not replaced. Looks
 * where redact.h looks, and also into base64, at tokens split over lines, and at random-looking
 * words near words like `secret`. Knows no file and no git.
 */
#ifndef OPSDECK_CODEC_SECRET_H
#define OPSDECK_CODEC_SECRET_H

#include <stddef.h>

#include "base/err.h"

/* What a text may hold to let one value pass, anywhere in it: `opsdeck-allow: 0123456789ab`, the
 * hex as the refusal gave it. It stands for that value alone, not for its line. */
#define SECRET_ALLOW "opsdeck-allow: "

/* ERR_REFUSED with `where`, the line and what it looks like, never the secret itself. */
int secret_scan(const char *where, const char *s, size_t n, struct err *e) WARN_UNUSED;

#endif
