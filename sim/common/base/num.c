#include "base/num.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

const char *num_format_yaml(double value, char out[NUM_TEXT_BYTES])
{
	num_format_double(value, out);
	char *exponent = strchr(out, 'e');
	if (exponent && !strchr(out, '.')) {
		memmove(exponent + 2, exponent, strlen(exponent) + 1);
		memcpy(exponent, ".0", 2);
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

int64_t ns_from_any_seconds(double seconds)
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

/*
 * The longest beginning that is a number in somebody's spelling, then a unit or nothing. MB is taken for MB only:
 * whether another unit's MB has 1000 or 1024 parts is the key's matter.
 */

enum { SPELLING_BYTES = 64 };

static const struct unit {
	const char *key_ending;
	const char *spelling;
	double factor;
} units[] = {
	{"seconds", "s", 1},      {"seconds", "sec", 1},   {"seconds", "seconds", 1},
	{"seconds", "second", 1}, {"seconds", "ms", 1e-3}, {"seconds", "us", 1e-6},
	{"seconds", "min", 60},   {"seconds", "m", 60},    {"seconds", "h", 3600},
	{"mb", "mb", 1},          {"mb", "m", 1},          {"usd", "usd", 1},
	{"usd", "$", 1},          {"share", "%", 0.01},    {"rate", "%", 0.01},
	{"percent", "%", 1},
};

static const struct {
	const char *key_ending;
	const char *name;
} unit_names[] = {{"seconds", "seconds"}, {"mb", "MB"}, {"usd", "USD"}, {"percent", "percent"}};

static bool ends_in(const char *key, const char *ending)
{
	size_t length = strlen(key);
	size_t wanted = strlen(ending);
	return length >= wanted && strcasecmp(key + length - wanted, ending) == 0;
}

/* Whether a mark between digits stands where thousands end: three digits follow, then no fourth. */
static bool is_thousands_mark(const char *text, size_t at, size_t length)
{
	size_t digits = 0;
	while (at + 1 + digits < length && isdigit((unsigned char)text[at + 1 + digits]))
		digits++;
	return at > 0 && isdigit((unsigned char)text[at - 1]) && digits == 3;
}

/* The text as YAML spells numbers, without what only people read; false where it is too long. */
static bool respell(const char *text, size_t length, char out[SPELLING_BYTES])
{
	size_t used = 0;
	for (size_t i = 0; i < length; i++) {
		bool is_mark = strchr(",' ", text[i]) != NULL;
		if (text[i] == '_' || (is_mark && is_thousands_mark(text, i, length)))
			continue;
		if (used == SPELLING_BYTES - 1)
			return false;
		out[used++] = text[i] == ',' && !strchr(text, '.') ? '.' : text[i];
	}
	out[used] = '\0';
	return true;
}

static bool read_number(const char *text, size_t length, double *value)
{
	char spelling[SPELLING_BYTES];
	int64_t integer = 0;
	if (!respell(text, length, spelling))
		return false;
	if (strncasecmp(spelling, "0x", 2) == 0) {
		for (const char *digit = spelling + 2; *digit; digit++) {
			if (!isxdigit((unsigned char)*digit) || integer > INT64_MAX / 32)
				return false;
			int low = tolower((unsigned char)*digit);
			integer = 16 * integer + (low <= '9' ? low - '0' : low - 'a' + 10);
		}
		*value = (double)integer;
		return spelling[2] != '\0';
	}
	const char *digits = spelling;
	while (digits[0] == '0' && isdigit((unsigned char)digits[1]))
		digits++;
	return num_parse_double(digits, value) && isfinite(*value);
}

static bool is_unit(const char *text)
{
	if (!*text)
		return false;
	for (; *text; text++)
		if (!isalpha((unsigned char)*text) && !strchr("%$", *text))
			return false;
	return true;
}

/* The number at the text's beginning and the unit behind it ("" for none); false where there is no such pair. */
static bool split_unit(const char *text, double *value, const char **unit)
{
	for (size_t length = strlen(text); length > 0; length--) {
		*unit = text + length + strspn(text + length, " ");
		if (**unit != '\0' && !is_unit(*unit))
			return false;
		if (read_number(text, length, value))
			return true;
	}
	return false;
}

static const char *say_value(double value, bool is_whole, struct arena *arena)
{
	char text[NUM_TEXT_BYTES];
	if (!is_whole)
		return arena_printf(arena, "; write %s", num_format_double(value, text));
	bool fits = value == floor(value) && fabs(value) < 9e15;
	return fits ? arena_printf(arena, "; write %lld", (long long)value) : "";
}

static const char *say_unit(const char *key, struct arena *arena)
{
	for (size_t i = 0; i < ARRAY_LEN(unit_names); i++)
		if (ends_in(key, unit_names[i].key_ending))
			return arena_printf(arena, "; write the number alone, in %s", unit_names[i].name);
	return "; write the number alone";
}

const char *number_advice(const char *key, const char *text, bool is_whole, struct arena *arena)
{
	double value;
	const char *unit;
	if (strlen(text) >= SPELLING_BYTES)
		return "";
	if (!is_whole && (strcasecmp(text, "inf") == 0 || strcasecmp(text, "infinity") == 0))
		return "; write .inf";
	if (!split_unit(text, &value, &unit))
		return "";
	if (*unit == '\0')
		return say_value(value, is_whole, arena);
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!ends_in(key, units[i].key_ending) || strcasecmp(unit, units[i].spelling) != 0)
			continue;
		const char *advice = say_value(value * units[i].factor, is_whole, arena);
		return *advice ? advice : say_unit(key, arena);
	}
	return say_unit(key, arena);
}
