/*
 * Writing one code point as UTF-8 (RFC 3629). Reading it, strictly, is base/safe.h's.
 */
#ifndef OPSDECK_UI_UTF8_H
#define OPSDECK_UI_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes written, 1 to 4; no NUL. cp is a valid code point. */
size_t utf8_put(char out[4], int32_t cp);

#endif
