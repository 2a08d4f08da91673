#include "config.h"

#include "port/ssh/known.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/knownhosts.h"

#define FILE_MAX ((size_t)16 << 20)

struct known_cache {
	char *path;
	const struct log *log;
	struct known_hosts *known;
	struct stat seen;
};

struct known_cache *known_cache_new(const char *path, const struct log *log)
{
	struct known_cache *c = xcalloc(1, sizeof *c);

	c->path = xstrdup(path);
	c->log = log;
	return c;
}

void known_cache_free(struct known_cache *c)
{
	if (!c)
		return;
	known_hosts_free(c->known);
	free(c->path);
	free(c);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static int read_again(struct known_cache *c, const struct stat *now, bool there, struct err *e)
{
	struct known_hosts *known = known_hosts_new();
	struct strs complaints = {0};
	struct buf text = {0};

	if (there && file_read(&text, c->path, FILE_MAX, e)) {
		known_hosts_free(known);
		return -1;
	}
	known_hosts_read(known, buf_str(&text), text.len, c->path, &complaints);
	for (size_t i = 0; i < complaints.n && i < 10; i++)
		log_line(c->log, LOG_LEVEL_WARN, "%s", complaints.v[i]);
	strs_finish(&complaints);
	buf_finish(&text);
	known_hosts_free(c->known);
	c->known = known;
	c->seen = *now;
	return 0;
}

const struct known_hosts *known_cache_get(struct known_cache *c, struct err *e)
{
	struct stat now = {0};
	bool there = !stat(c->path, &now);

	if (!there && errno != ENOENT) {
		err_sys(e, errno, "cannot read %s", c->path);
		return NULL;
	}
	if (c->known && same_file(&c->seen, &now))
		return c->known;
	return read_again(c, &now, there, e) ? NULL : c->known;
}
