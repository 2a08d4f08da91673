/*
 * The keys that a check.yml may have, map by map: the loader, the readers and checks/schema.json
 * are held against these. Knows no value.
 */
#ifndef OPSDECK_CODEC_CHECK_KEYS_H
#define OPSDECK_CODEC_CHECK_KEYS_H

#include "model/check.h"

/* All of them end with NULL. */
extern const char *const check_keys_top[];
extern const char *const check_keys_applies[];
extern const char *const check_keys_command[];
extern const char *const check_keys_rule[];
extern const char *const check_keys_metric[];
extern const char *const check_keys_baseline[];
extern const char *const check_keys_detect[];
extern const char *const check_keys_detect_param[];

/* What the map behind `read:` may hold for this kind: "kind" and its options. */
const char *const *check_keys_read(enum read_kind k);

#endif
