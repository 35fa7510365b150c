#include "base/num.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static const char *skip_digits(const char *p)
{
	while (*p >= '0' && *p <= '9')
		p++;
	return p;
}

/* [-+]? (0|[1-9][0-9]*)? (. [0-9]*)? ([eE][-+]?[0-9]+)? with at least one digit in the mantissa */
static bool is_decimal(const char *text)
{
	const char *p = text;
	if (*p == '-' || *p == '+')
		p++;
	const char *whole = p;
	p = skip_digits(p);
	size_t digits = (size_t)(p - whole);
	if (digits > 1 && whole[0] == '0')
		return false;
	if (*p == '.') {
		const char *fraction = ++p;
		p = skip_digits(p);
		digits += (size_t)(p - fraction);
	}
	if (digits == 0)
		return false;
	if (*p == 'e' || *p == 'E') {
		p++;
		if (*p == '-' || *p == '+')
			p++;
		const char *exponent = p;
		p = skip_digits(p);
		if (p == exponent)
			return false;
	}
	return *p == '\0';
}

bool num_parse_double(const char *text, double *out)
{
	if (strcmp(text, ".inf") == 0 || strcmp(text, "+.inf") == 0) {
		*out = INFINITY;
		return true;
	}
	if (!is_decimal(text))
		return false;
	double value = strtod(text, NULL);
	if (!isfinite(value))
		return false;
	*out = value;
	return true;
}

bool num_parse_int64(const char *text, int64_t *out)
{
	const char *p = text;
	if (*p == '-' || *p == '+')
		p++;
	const char *digits = p;
	p = skip_digits(p);
	if (p == digits || *p != '\0' || (p - digits > 1 && digits[0] == '0'))
		return false;
	errno = 0;
	long long value = strtoll(text, NULL, 10);
	if (errno != 0)
		return false;
	*out = value;
	return true;
}

const char *num_format_double(double value, char out[NUM_TEXT_BYTES])
{
	if (!isfinite(value)) {
		snprintf(out, NUM_TEXT_BYTES, "%s", isnan(value) ? "nan" : value > 0 ? "inf" : "-inf");
		return out;
	}
	/*
	 * 15 digits hold every shorter text exactly and %g drops their trailing zeros, but for subnormals. They also
	 * keep %g from writing 10240 as 1.024e+04.
	 */
	for (int precision = fpclassify(value) == FP_SUBNORMAL ? 1 : 15; precision <= 17; precision++) {
		snprintf(out, NUM_TEXT_BYTES, "%.*g", precision, value);
		if (strtod(out, NULL) == value)
			break;
	}
	return out;
}

double num_rounded(double value, int digits)
{
	char text[NUM_TEXT_BYTES];
	CHECK(digits >= 1 && digits <= 17);
	snprintf(text, sizeof text, "%.*g", digits, value);
	return strtod(text, NULL);
}

int64_t div_ceil_int64(int64_t a, int64_t b)
{
	CHECK(a >= 0);
	CHECK(b > 0);
	return a / b + (a % b != 0);
}

int64_t ns_from_seconds(double seconds)
{
	CHECK(!isnan(seconds));
	if (seconds >= (double)SECONDS_LONGEST)
		return SECONDS_LONGEST * NS_PER_SECOND;
	if (seconds <= -(double)SECONDS_LONGEST)
		return -SECONDS_LONGEST * NS_PER_SECOND;
	return (int64_t)nearbyint(seconds * 1e9);
}

double seconds_from_ns(int64_t ns)
{
	return (double)ns / 1e9;
}

double seconds_from_sum_ns(wide_sum ns)
{
	return (double)ns / 1e9;
}
