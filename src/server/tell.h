/*
 * Telling transitions: the store knows which were not told, the notify hook is run for each of them
 * once. Knows no check and no sweep.
 */
#ifndef OPSDECK_SERVER_TELL_H
#define OPSDECK_SERVER_TELL_H

struct server_core;

/* Makes core->notify when serve.yml names a hook; tells what a dead server left. */
void tell_start(struct server_core *core);
/* Call it when the store may have moved: does nothing while its sequence is the same. Without a
 * hook transitions count as told, so that one that is named later is not told of old ones. */
void tell_news(struct server_core *core);

#endif
