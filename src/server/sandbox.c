#include "config.h"

#include "server/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_MAX ((rlim_t)1 << 30)

#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

static int limit(int what, rlim_t value, const char *name, struct err *e)
{
	const struct rlimit r = {value, value};

	if (setrlimit(what, &r))
		return err_sys(e, errno, "cannot limit %s", name);
	return 0;
}

int sandbox_limit(struct err *e)
{
	if (!UNDER_ASAN && limit(RLIMIT_AS, MEMORY_MAX, "memory", e))
		return -1;
	if (limit(RLIMIT_CORE, 0, "core dumps", e) || limit(RLIMIT_FSIZE, 0, "files", e) ||
		limit(RLIMIT_NOFILE, 3, "file descriptors", e))
		return -1;
	return 0;
}

/* Memory may not be made executable, by whichever call. */
static int allow_memory(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, (scmp_datum_t)PROT_EXEC, 0);
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);

	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec);
	return rc;
}

/* abort(3) sends a signal to itself; to nobody else. */
static int allow_own_end(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp own = {
		.arg = 0, .op = SCMP_CMP_EQ, .datum_a = (scmp_datum_t)getpid()};

	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, own);
}

static int add_rules(scmp_filter_ctx ctx)
{
	static const int calls[] = {SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev),
		SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
		SCMP_SYS(futex), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn),
		SCMP_SYS(rt_sigprocmask), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(time), SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid),
		SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield)};

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);

		/* A call that this machine does not have cannot be allowed, nor be made. */
		if (rc && rc != -EDOM && rc != -EFAULT)
			return rc;
	}
	if (UNDER_ASAN && seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(sigaltstack), 0))
		return -EINVAL;
	return allow_memory(ctx) || allow_own_end(ctx) ? -EINVAL : 0;
}

int sandbox_enter(struct err *e)
{
	scmp_filter_ctx ctx;
	int rc;

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return err_sys(e, errno, "cannot give up privileges");
	ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		return err_set(e, ERR_FAIL, "cannot start a system call filter");
	rc = add_rules(ctx);
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc)
		return err_sys(e, -rc, "cannot load the system call filter");
	return 0;
}
