#include "config.h"

#include <math.h>

#include "jq/native.h"

#define EACH_MATH(X)                                                                               \
	X(floor)                                                                                   \
	X(ceil)                                                                                    \
	X(round)                                                                                   \
	X(trunc)                                                                                   \
	X(sqrt)                                                                                    \
	X(fabs)                                                                                    \
	X(exp)                                                                                     \
	X(exp2)                                                                                    \
	X(exp10)                                                                                   \
	X(log)                                                                                     \
	X(log2)                                                                                    \
	X(log10) X(sin) X(cos) X(tan) X(asin) X(acos) X(atan) X(sinh) X(cosh) X(tanh) X(cbrt)

static int number(struct run *r, struct val in, double *out)
{
	if (in.kind != VAL_NUMBER)
		return native_refuse(r, in, NULL, 0, "%s (%s) number required", val_kind_name(&in),
			run_show(&in));
	*out = in.u.number;
	return 0;
}

#define MATH(name)                                                                                 \
	static int math_##name(struct run *r, struct val in, struct val *args, struct val *out)    \
	{                                                                                          \
		double v = 0;                                                                      \
                                                                                                   \
		(void)args;                                                                        \
		if (number(r, in, &v))                                                             \
			return -1;                                                                 \
		*out = val_number(name(v));                                                        \
		return 0;                                                                          \
	}
EACH_MATH(MATH)

static int two(struct run *r, struct val in, struct val *args, double *a, double *b)
{
	if (args[0].kind != VAL_NUMBER || args[1].kind != VAL_NUMBER)
		return native_refuse(r, in, args, 2, "numbers required");
	val_free(in);
	*a = args[0].u.number;
	*b = args[1].u.number;
	return 0;
}

static int math_pow(struct run *r, struct val in, struct val *args, struct val *out)
{
	double a = 0, b = 0;

	if (two(r, in, args, &a, &b))
		return -1;
	*out = val_number(pow(a, b));
	return 0;
}

static int math_atan2(struct run *r, struct val in, struct val *args, struct val *out)
{
	double a = 0, b = 0;

	if (two(r, in, args, &a, &b))
		return -1;
	*out = val_number(atan2(a, b));
	return 0;
}

static int math_fmin(struct run *r, struct val in, struct val *args, struct val *out)
{
	double a = 0, b = 0;

	if (two(r, in, args, &a, &b))
		return -1;
	*out = val_number(fmin(a, b));
	return 0;
}

static int math_fmax(struct run *r, struct val in, struct val *args, struct val *out)
{
	double a = 0, b = 0;

	if (two(r, in, args, &a, &b))
		return -1;
	*out = val_number(fmax(a, b));
	return 0;
}

static int constant(struct val in, double v, struct val *out)
{
	val_free(in);
	*out = val_number(v);
	return 0;
}

static int infinite(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	(void)args;
	return constant(in, INFINITY, out);
}

static int not_a_number(struct run *r, struct val in, struct val *args, struct val *out)
{
	(void)r;
	(void)args;
	return constant(in, NAN, out);
}

static int is_nan(struct run *r, struct val in, struct val *args, struct val *out)
{
	double v = 0;

	(void)args;
	if (number(r, in, &v))
		return -1;
	*out = val_bool(isnan(v));
	return 0;
}

static int is_infinite(struct run *r, struct val in, struct val *args, struct val *out)
{
	double v = 0;

	(void)args;
	if (number(r, in, &v))
		return -1;
	*out = val_bool(isinf(v));
	return 0;
}

static int is_normal(struct run *r, struct val in, struct val *args, struct val *out)
{
	double v = 0;

	(void)args;
	if (number(r, in, &v))
		return -1;
	*out = val_bool(isnormal(v));
	return 0;
}

#define ROW(name) {#name, 0, math_##name, NULL},
const struct native native_numbers[] = {
	EACH_MATH(ROW){"pow", 2, math_pow, NULL},
	{"atan2", 2, math_atan2, NULL},
	{"fmin", 2, math_fmin, NULL},
	{"fmax", 2, math_fmax, NULL},
	{"infinite", 0, infinite, NULL},
	{"nan", 0, not_a_number, NULL},
	{"isnan", 0, is_nan, NULL},
	{"isinfinite", 0, is_infinite, NULL},
	{"isnormal", 0, is_normal, NULL},
	{NULL, 0, NULL, NULL},
};
