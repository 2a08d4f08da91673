/*
 * The part of the language that is written in itself. Only for this folder.
 */
#ifndef OPSDECK_JQ_BUILTINS_H
#define OPSDECK_JQ_BUILTINS_H

extern const char builtins_text[];

#endif
