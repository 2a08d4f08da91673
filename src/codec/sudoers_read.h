/*
 * sudoers(5) as a doc: what each statement says, for those who take stock of rights. Judges
 * nothing, follows no include, resolves no alias.
 */
#ifndef OPSDECK_CODEC_SUDOERS_READ_H
#define OPSDECK_CODEC_SUDOERS_READ_H

#include <stddef.h>

#include "base/err.h"

struct doc;

/* A list of statements, each with `kind` and `line`:
 *   rule      {users: [..], hosts: [..], commands: [{command, args, negated, runas, tags: [..],
 *              nopasswd}]}; runas is the text in the brackets, null when there is none; args is
 * null for a bare path; nopasswd is what stands in force for this command defaults  {scope,
 * settings: [{name, op, value}]}; scope is what stands behind the word (":luna") alias     {type,
 * name, members: [..]} include   {directory: bool, path} unknown   {text} Continuation lines are
 * joined. ERR_LIMIT past 10,000 statements. Caller frees. */
int sudoers_read(struct doc **out, const char *s, size_t n, struct err *e) WARN_UNUSED;

#endif
