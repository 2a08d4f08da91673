#include "config.h"

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"

static const struct {
	const char *name;
	int exit_status;
} codes[ERR_CODE_COUNT] = {
	[ERR_NONE] = {"none", 0},
	[ERR_FAIL] = {"fail", 1},
	[ERR_INPUT] = {"input", 2},
	[ERR_REFUSED] = {"refused", 3},
	[ERR_MISSING] = {"missing", 4},
	[ERR_CONFLICT] = {"conflict", 5},
	[ERR_BUSY] = {"busy", 6},
	[ERR_UNREACHABLE] = {"unreachable", 6},
	[ERR_TIMEOUT] = {"timeout", 6},
	[ERR_LIMIT] = {"limit", 7},
};

/* `text`, then `behind`, cut at ERR_MSG_MAX. The arguments may point into the very message that is
 * replaced (callers build on what is there), so it is put together beside it. */
__attribute__((format(printf, 2, 0))) static void set_message(
	struct err *e, const char *fmt, va_list ap, const char *between, const char *behind)
{
	struct buf msg = {.max = ERR_MSG_MAX - 1};

	buf_vaddf(&msg, fmt, ap);
	buf_adds(&msg, between);
	buf_adds(&msg, behind);
	memcpy(e->msg, buf_str(&msg), msg.len + 1);
	buf_finish(&msg);
}

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	set_message(e, fmt, ap, "", "");
	va_end(ap);
	e->code = code;
	return -1;
}

static enum err_code code_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return ERR_MISSING;
	case ETIMEDOUT:
		return ERR_TIMEOUT;
	default:
		return ERR_FAIL;
	}
}

int err_sys(struct err *e, int errnum, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	set_message(e, fmt, ap, ": ", strerror(errnum));
	va_end(ap);
	e->code = code_of_errno(errnum);
	return -1;
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	set_message(e, fmt, ap, ": ", e->msg);
	va_end(ap);
	return -1;
}

const char *err_code_name(enum err_code code)
{
	return (unsigned)code < ERR_CODE_COUNT ? codes[code].name : codes[ERR_FAIL].name;
}

enum err_code err_code_parse(const char *name)
{
	if (name)
		for (int i = 0; i < ERR_CODE_COUNT; i++)
			if (!strcmp(name, codes[i].name))
				return (enum err_code)i;
	return ERR_FAIL;
}

int err_exit_status(enum err_code code)
{
	return (unsigned)code < ERR_CODE_COUNT ? codes[code].exit_status : 1;
}
