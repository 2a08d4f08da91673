/*
 * Many commands as one POSIX shell script, and its two output streams back as samples. A random
 * boundary that the host learns only with the script keeps output from passing for a frame. Knows
 * no transport and no meaning of what the commands say.
 */
#ifndef OPSDECK_CODEC_FRAME_H
#define OPSDECK_CODEC_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strs.h"
#include "model/sample.h"

struct frame;

#define FRAME_BOUNDARY 33		 /* 32 hex digits and a NUL: random_hex(b, 16) */
#define FRAME_ERR_CAP ((size_t)16 << 10) /* bytes kept of one command's stderr */

/* All borrowed for the call of frame_new only. */
struct frame_command {
	const char *check, *command; /* go into the sample */
	const char *item;	     /* this too; or NULL */
	const struct strs *argv;     /* argv[0] absolute; for a script its arguments */
	const char *script;  /* run as /bin/sh -c SCRIPT NAME ARGV..., never under sudo; or NULL */
	const char *present; /* SAMPLE_ABSENT where this path is not there; or NULL */
	bool sudo;
	int64_t timeout_ms; /* rounded up to seconds; 0 = none */
	size_t cap;	    /* bytes kept of stdout */
};

struct frame_options {
	bool is_root; /* the script runs as root: `sudo -n` is left out */
};

enum frame_stream { FRAME_OUT, FRAME_ERR, FRAME_STREAM_COUNT };

/* With no commands the script only shows that the login can run one. */
struct frame *frame_new(const struct frame_command *commands, size_t n,
	const struct frame_options *options, const char boundary[FRAME_BOUNDARY]);
void frame_free(struct frame *f);

/* The script, for /bin/sh -c; borrowed. */
const char *frame_script(const struct frame *f);
/* What a transport needs to keep of a stream so that all caps can be filled. */
size_t frame_stream_max(const struct frame *f, enum frame_stream s);

/* Bytes as they come, in chunks of any size; streams in any order. */
void frame_feed(struct frame *f, enum frame_stream s, const char *p, size_t n);

/* The script reached the shell and began. */
bool frame_began(const struct frame *f);
/* All commands ended. */
bool frame_complete(const struct frame *f);
/* The beginning of what came before the frame (shell noise, "account not available"), stderr first;
 * borrowed, raw. */
const char *frame_noise(struct frame *f);

/* The samples, one for each command in order; the caller's (samples_free). now_ms: wall time the
 * streams ended. Commands that had not ended get SAMPLE_CUT with what came, those not begun
 * SAMPLE_NOT_MADE, both with `why` as the note. The frame is done afterwards. */
struct sample *frame_take(struct frame *f, int64_t now_ms, const char *why, size_t *count);

#endif
