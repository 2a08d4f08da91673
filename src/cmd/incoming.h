/*
 * The incoming changes as `incoming` and `accept` print them.
 */
#ifndef OPSDECK_CMD_INCOMING_H
#define OPSDECK_CMD_INCOMING_H

struct doc;

void incoming_print(const struct doc *in);

#endif
