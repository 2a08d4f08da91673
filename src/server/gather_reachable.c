#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "server/gather.h"

void gather_reachable(struct finding *f, const struct host *host, const struct check *check,
	const struct err *error, int64_t at_ms, int64_t connect_ms)
{
	char hex[SHA256_HEX], *id = xasprintf("%s\n%s\nunreachable", host->name, check->name);

	*f = (struct finding){.host = xstrdup(host->name),
		.check = xstrdup(check->name),
		.at_ms = at_ms,
		.every_ms = check->every_ms};
	sha256_hex(hex, id, strlen(id));
	free(id);
	f->fingerprint = xstrdup(hex);
	f->state = error ? FINDING_UNREACHABLE : FINDING_OK;
	if (error)
		f->summary = xstrdup(error->msg);
	else if (host->transport == TRANSPORT_LOCAL)
		f->summary = xstrdup("this machine");
	else
		f->summary = xasprintf("answers (%lld ms to connect)", (long long)connect_ms);
	if (!error)
		*ARR_ADD(f->metrics, f->metric_count, f->metric_cap) =
			(struct metric){.name = xstrdup("connect"),
				.unit = xstrdup("seconds"),
				.value = (double)connect_ms / 1000};
}
