/*
 * Which nodes give exactly one result: they are evaluated straight to their value. Only for this
 * folder.
 */
#ifndef OPSDECK_JQ_MARK_H
#define OPSDECK_JQ_MARK_H

struct node;

void node_mark(struct node *n);

#endif
