#include "config.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/file.h"
#include "base/mem.h"

char *scratch_new(void)
{
	char *dir = xasprintf("%s/opsdeck-test.XXXXXX", P_tmpdir);

	assert_non_null(mkdtemp(dir));
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

void scratch_free(char *dir)
{
	assert_int_equal(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
	free(dir);
}

char *scratch_run(const char *dir, int want, const char *const *argv)
{
	char *home = xasprintf("HOME=%s", dir);
	const char *env[] = {home, "LC_ALL=C", "TZ=UTC", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		"GIT_CONFIG_NOSYSTEM=1", NULL};
	struct child_spec spec = {.argv = argv,
		.env = env,
		.dir = dir,
		.out_max = (size_t)1 << 20,
		.err_max = (size_t)1 << 16,
		.deadline_ms = 60000};
	struct child_result r;
	struct err e = {0};
	char *out;

	if (child_run(&r, &spec, &e) != 0)
		fail_msg("%s", e.msg);
	if (r.exit_status != want)
		fail_msg("%s %s: exit %d, %s%s", argv[0], argv[1] != NULL ? argv[1] : "",
			r.exit_status, buf_str(&r.out), buf_str(&r.err));
	out = buf_take(&r.out);
	child_result_finish(&r);
	free(home);
	return out;
}

void scratch_write(const char *dir, const char *name, const char *text)
{
	char *path = path_join(dir, name), *above = path_dir(path);
	struct err e = {0};

	if (dir_make(above, 0755, &e) != 0 || file_write(path, text, strlen(text), 0644, &e) != 0)
		fail_msg("%s", e.msg);
	free(above);
	free(path);
}

char *scratch_read(const char *dir, const char *name)
{
	char *path = path_join(dir, name);
	struct buf b = {0};
	struct err e = {0};
	int rc = file_read(&b, path, (size_t)1 << 20, &e);

	free(path);
	if (rc == 0)
		return buf_take(&b);
	buf_finish(&b);
	return NULL;
}
