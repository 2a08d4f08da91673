/* Whatever stands in a check's expression and whatever it is given, parsing and running it ends.
 * The program ends at the first NUL; behind it stands the input as JSON. */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codec/doc.h"
#include "codec/json.h"
#include "jq/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xstrndup((const char *)data, n);
	size_t len = strlen(text) + 1;
	struct doc *in = NULL, *out = NULL;
	struct programs *p = programs_new(NULL);
	struct err e;

	if (len < n && json_read(&in, (const char *)data + len, n - len, "input", &e))
		in = NULL;
	programs_add(p, "fuzz", text);
	programs_compile(p);
	if (!programs_run(p, 0, in,
		    &(struct program_vars){.now_s = 1, .params = in, .steps = 20000}, &out, &e))
		doc_free(out);
	doc_free(in);
	programs_free(p);
	free(text);
	return 0;
}
