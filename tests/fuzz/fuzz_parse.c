/* Whatever a host prints, each reader ends, and no secret that it named stays. The first byte
 * chooses the reader unless OPSDECK_FUZZ_READER holds one ("read: dig"); the second is the exit
 * status. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/yaml.h"
#include "flow/parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const commands[] = {
	"read: lines",
	"read: fields",
	"read: {kind: fields, separator: blank, blocks: true}",
	"read: table",
	"read: {kind: table, columns: [a, b, c], separator: ','}",
	"read: json",
	"read: json-lines",
	"read: nagios",
	"read: tar",
	"{read: exit, sudo: true}",
	"{read: http, exits: any}",
	"read: log",
	"read: sections",
	"read: ini",
	"read: xml",
	"read: yaml",
	"read: openmetrics",
	"read: sudoers",
	"read: {kind: table, separator: columns}",
	"read: {kind: json, noise: true}",
	"read: {kind: json-lines, noise: true}",
	"read: {kind: tar, yaml: true}",
	"read: dig",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct redact redact = {"key", 3};
	const char *only = getenv("OPSDECK_FUZZ_READER");
	struct sample s = {.check = (char *)"t", .command = (char *)"c"};
	const char *command;
	struct doc *d;
	struct parsed p;
	struct err e;

	if (n < 2)
		return 0;
	command = only ? only : commands[data[0] % (sizeof commands / sizeof *commands)];
	if (yaml_read(&d, command, strlen(command), "c", &e))
		abort();
	s.exit_status = data[1] & 3;
	s.out = xmemdup(data + 2, n - 2);
	s.out_len = n - 2;
	s.err = s.out;
	s.err_len = s.out_len;
	parse_sample(&p, d, &s, &redact);
	if ((p.state == PARSE_READ) != (p.value != NULL))
		abort();
	parsed_finish(&p);
	free(s.out);
	doc_free(d);
	return 0;
}
