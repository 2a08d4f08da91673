#include "config.h"

#include "port/db/db_busy.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mem.h"

struct holder {
	long pid;
	bool writes;
};

/* A line of proc_locks(5): "1: POSIX  ADVISORY  READ 1234 fd:01:918 120 127". */
static bool parse_lock(const char *line, const struct stat *st, struct holder *h)
{
	char kind[16], mode[16];
	long pid;
	unsigned maj, min;
	unsigned long long ino;

	if (sscanf(line, "%*d: %15s %*s %15s %ld %x:%x:%llu", kind, mode, &pid, &maj, &min, &ino) !=
		6)
		return false;
	if (strcmp(kind, "POSIX") != 0 && strcmp(kind, "OFDLCK") != 0)
		return false;
	if (pid <= 0 || pid == (long)getpid() || ino != (unsigned long long)st->st_ino ||
		maj != major(st->st_dev) || min != minor(st->st_dev))
		return false;
	h->pid = pid;
	h->writes = strcmp(mode, "WRITE") == 0;
	return true;
}

static void find_holder(struct holder *best, const char *path)
{
	struct stat st;
	struct holder h;
	char line[256];
	FILE *f;

	if (stat(path, &st) != 0 || (f = fopen("/proc/locks", "re")) == NULL)
		return;
	while (fgets(line, sizeof line, f) != NULL) {
		if (parse_lock(line, &st, &h) && (best->pid == 0 || (h.writes && !best->writes)))
			*best = h;
	}
	fclose(f);
}

void db_busy_holder(char *out, size_t size, const char *db_path)
{
	struct holder h = {0};
	char proc[64], name[32] = "";
	char *shm = xasprintf("%s-shm", db_path);
	FILE *f;

	find_holder(&h, shm);
	find_holder(&h, db_path);
	free(shm);
	if (h.pid == 0) {
		snprintf(out, size, "another process");
		return;
	}
	snprintf(proc, sizeof proc, "/proc/%ld/comm", h.pid);
	f = fopen(proc, "re");
	if (f != NULL) {
		if (fgets(name, sizeof name, f) == NULL)
			name[0] = '\0';
		fclose(f);
	}
	name[strcspn(name, "\n")] = '\0';
	snprintf(out, size, "process %ld (%s)", h.pid, name[0] != '\0' ? name : "unknown");
}
