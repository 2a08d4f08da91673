/*
 * check.yml to a struct check. Refuses to know files and jq: bundled scripts come through a
 * callback, programs are compiled by the worker.
 */
#ifndef OPSDECK_CODEC_CHECK_H
#define OPSDECK_CODEC_CHECK_H

#include <stddef.h>

#include "base/err.h"
#include "model/check.h"
#include "model/host.h"

struct buf;
struct doc;

/* Appends the bytes of a file beside check.yml ("probe.sh") to out. */
typedef int check_file_fn(void *arg, const char *file, struct buf *out, struct err *e);

/* `source` stands in messages ("checks/disk/check.yml"). `file` may be NULL where no script is
 * allowed. Caller finishes with check_finish; on failure *out is empty. */
int check_read(struct check *out, const char *check_name, const char *text, size_t n,
	const char *source, check_file_fn *file, void *arg, struct err *e) WARN_UNUSED;

/* Groups that the check's `applies` names must stand in the fleet; text is the same check.yml. */
int check_read_groups(const char *text, size_t n, const char *source, const struct fleet *f,
	struct err *e) WARN_UNUSED;

#define CHECK_EACH_MAX 64  /* items of one `each` */
#define CHECK_ITEM_MAX 200 /* bytes of an item's name */

/* The items of the command's `each:` on this host, by name, in the order of fleet.yml; none when
 * the host has no such parameter. ERR_INPUT when the parameter is no list of words or named maps.
 */
int check_command_items(struct strs *out, const struct check_command *cmd, const struct host *h,
	struct err *e) WARN_UNUSED;
/* The item of that name in a parameter's list; borrowed, or NULL. */
const struct doc *check_each_item(const struct doc *list, const char *name);

/* The command's argv for one host: "{param}" and "{param|default}" become the value of that
 * parameter, "{each}" and "{each.key}" the item's (NULL without `each`).
 * ERR_MISSING names a parameter that the host has not; ERR_INPUT a value that may not stand in a
 * sudoers line when the command needs sudo. */
int check_command_argv(struct strs *out, const struct check_command *cmd, const struct host *h,
	const char *item, struct err *e) WARN_UNUSED;

#endif
