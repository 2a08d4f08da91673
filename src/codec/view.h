/*
 * The canonical view to and from JSON, and the hash that an approval binds. Refuses to know how it
 * is drawn.
 */
#ifndef OPSDECK_CODEC_VIEW_H
#define OPSDECK_CODEC_VIEW_H

#include "base/err.h"
#include "base/hash.h"
#include "model/view.h"

struct doc;

/* [{"kind":"added","old":0,"new":3,"text":"..."}, ...]; old and new are left out when 0. */
struct doc *view_to_doc(const struct view *v);
/* Caller finishes with view_finish. At most VIEW_LINES_MAX lines. */
int view_from_doc(struct view *out, const struct doc *d, struct err *e) WARN_UNUSED;

#define VIEW_LINES_MAX 200000

/* SHA-256 over each line's "KIND OLD NEW BYTES:TEXT\n": no text can imitate another line. */
void view_hash(char out[SHA256_HEX], const struct view *v);

#endif
