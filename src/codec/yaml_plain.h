/*
 * What an unquoted YAML word means, by the JSON schema of YAML 1.2. Shared by reading and writing;
 * knows no libyaml.
 */
#ifndef OPSDECK_CODEC_YAML_PLAIN_H
#define OPSDECK_CODEC_YAML_PLAIN_H

#include <stddef.h>

#include "codec/doc.h"

/* DOC_NULL ("", "null", "~"), DOC_BOOL, DOC_INT (-?(0|[1-9][0-9]*)), DOC_REAL or DOC_STRING. */
enum doc_kind yaml_plain_kind(const char *s, size_t n);
/* A number of kind DOC_INT; a real where int64 is too small. Caller frees. */
struct doc *yaml_plain_int(const char *s);
double yaml_plain_real(const char *s);

#endif
