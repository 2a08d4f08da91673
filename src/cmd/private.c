#include "config.h"

#include "cmd/private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/strs.h"
#include "store/read.h"

#define REFUSED "a script drives recordings in a temporary store: "

static int check_folder(const char *state, struct err *e)
{
	const char *named = getenv("TMPDIR");
	char *temporary = realpath(str_empty(named) ? "/tmp" : named, NULL);
	char *real = realpath(state, NULL);
	size_t n = temporary ? strlen(temporary) : 0;
	int rc = 0;

	if (!real)
		rc = err_sys(e, errno, "%s", state);
	else if (!n || strncmp(real, temporary, n) != 0 || real[n] != '/')
		rc = err_set(e, ERR_REFUSED, REFUSED "%s is not below %s", real,
			temporary ? temporary : "a temporary folder");
	free(temporary);
	free(real);
	return rc;
}

static int check_hosts(const struct snapshot *s, struct err *e)
{
	for (size_t i = 0; i < s->host_count; i++) {
		if (!str_eq(s->hosts[i].transport, "replay"))
			return err_set(e, ERR_REFUSED, REFUSED "%s is a real host (transport %s)",
				s->hosts[i].name,
				s->hosts[i].transport ? s->hosts[i].transport : "?");
	}
	return 0;
}

int private_check(const struct place *place, struct err *e)
{
	struct reader *reader;
	struct snapshot *s = NULL;
	char *own = xasprintf("%s/sock", place->state);
	bool is_own = !place->system && str_eq(own, place->socket);
	int rc;

	free(own);
	if (!is_own)
		return err_set(
			e, ERR_REFUSED, REFUSED "%s is another server's socket", place->socket);
	if (check_folder(place->state, e))
		return -1;
	if (reader_open(&reader, place->state, e))
		return err_prefix(e, "what a script would drive");
	rc = reader_snapshot(reader, &s, e);
	if (rc == 0)
		rc = check_hosts(s, e);
	snapshot_free(s);
	reader_close(reader);
	return rc;
}
