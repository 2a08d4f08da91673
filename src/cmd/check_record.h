/*
 * What a check was just given by a real host, as a recorded sample (checks/NAME/samples/X.yml). The
 * server has replaced secrets in it; names and addresses are the reader's to change.
 */
#ifndef OPSDECK_CMD_CHECK_RECORD_H
#define OPSDECK_CMD_CHECK_RECORD_H

struct doc;

/* From the result of check.run with `explain`; caller frees. What a sample cannot hold (bytes that
 * are no text, more than the server tells) is marked or left out, with a line on stderr. */
struct doc *check_record(const struct doc *result, const char *host);

#endif
