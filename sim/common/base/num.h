/*
 * Numbers in and out of text, strictly and reproducibly. Parsing accepts YAML 1.2 core numbers
 * and nothing else: no leading zeros (010), no trailing text (1e-5xyz), no hexadecimal, no blanks.
 */
#ifndef LAMINA_NUM_H
#define LAMINA_NUM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/check.h"

enum { NUM_TEXT_BYTES = 32 };

/* Finite decimal number; ".inf" gives infinity. False (and *out untouched) for anything else. */
bool num_parse_double(const char *text, double *out);

/* Decimal integer that fits; false for anything else. "1e6" and "1.0" are not integers. */
bool num_parse_int64(const char *text, int64_t *out);

/* Shortest decimal text that reads back as the same double; "nan", "inf", "-inf" for the rest. Returns out. */
const char *num_format_double(double value, char out[NUM_TEXT_BYTES]);

/*
 * The same for YAML, of finite values: "5.0e-08" where that writes "5e-08", which readers of YAML 1.1 take for a
 * string.
 */
const char *num_format_yaml(double value, char out[NUM_TEXT_BYTES]);

/*
 * To `digits` significant decimal digits, 1 to 17. For what a library computed whose last bits are its own, as BLAS's
 * are with every kind of processor: what follows from the rounded value is the same everywhere.
 */
double num_rounded(double value, int digits);

static inline int64_t min_int64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t max_int64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

static inline size_t max_size(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* Neither of the two is NaN, which makes them faster than fmin and fmax. */
static inline double min_double(double a, double b)
{
	return a < b ? a : b;
}

static inline double max_double(double a, double b)
{
	return a > b ? a : b;
}

/* To the nearest integer, halves away from zero, as llround does without a call; within the range of int64_t. */
static inline int64_t round_int64(double value)
{
	int64_t whole = (int64_t)value;
	double rest = value - (double)whole;
	return whole + (rest >= 0.5) - (rest <= -0.5);
}

/* ceil(a / b) for a >= 0, b > 0: the rounding of every bill is written with this. */
static inline int64_t div_ceil_int64(int64_t a, int64_t b)
{
	CHECK(a >= 0);
	CHECK(b > 0);
	return a / b + (a % b != 0);
}

/* Sums of times, bytes and the like over all that a run does, which 64 bits do not hold. */
__extension__ typedef __int128 wide_sum;

#define NS_PER_SECOND 1000000000LL
#define NS_PER_MS 1000000LL

/* 63 years: nobody waits for what takes longer, and two such times can be added. */
#define SECONDS_LONGEST 2000000000LL

/* ns_from_seconds of any number. */
int64_t ns_from_any_seconds(double seconds);

/* Seconds to nanoseconds, rounded to nearest (ties to even), within +-SECONDS_LONGEST; CHECKs against NaN. */
static inline int64_t ns_from_seconds(double seconds)
{
	/* Beside 1.5 * 2^52 a double has no bits below 1, so that adding it rounds what is below 2^51. */
	const double rounder = 0x1.8p52;
	if (seconds > -0x1p21 && seconds < 0x1p21)
		return (int64_t)(seconds * 1e9 + rounder - rounder);
	return ns_from_any_seconds(seconds);
}

double seconds_from_ns(int64_t ns);
double seconds_from_sum_ns(wide_sum ns);

/*
 * What to write in place of a number that is none to YAML 1.2: 1_000, 512MB, 30s, 1,5, 010, 0x200, 1e3 as a count.
 * "; write 1000" for a text that people mean as a number, "" for any other. The unit that a key or a placeholder ends
 * in ("timeout_seconds", "SECONDS", "memory_mb") says what "500ms" is.
 */
const char *number_advice(const char *key, const char *text, bool is_whole, struct arena *arena);

#endif
