/* Numbers in and out of text. */
#include <limits.h>

#include "base/check.h"
#include "base/num.h"
#include "tests/tap.h"

static void test_parse_double(void)
{
	static const struct {
		const char *text;
		bool ok;
		double value;
	} cases[] = {
		{"0", true, 0},         {"-0.5", true, -0.5}, {"+3", true, 3},     {"1e-5", true, 1e-5},
		{"1.5E+3", true, 1500}, {".5", true, 0.5},    {"5.", true, 5},     {".inf", true, INFINITY},
		{"1e-999", true, 0},    {"", false, 0},       {".", false, 0},     {"-", false, 0},
		{"1e-5xyz", false, 0},  {"010", false, 0},    {"0x10", false, 0},  {" 1", false, 0},
		{"1 ", false, 0},       {"1e", false, 0},     {"1e+", false, 0},   {"nan", false, 0},
		{".nan", false, 0},     {"inf", false, 0},    {"1e999", false, 0}, {"1_000", false, 0},
		{"1,5", false, 0},      {"--1", false, 0},    {"00.5", false, 0},  {"1.2.3", false, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		double value = 42;
		bool ok = num_parse_double(cases[i].text, &value);
		double want = cases[i].ok ? cases[i].value : 42;
		t_ok(ok == cases[i].ok && value == want, "double '%s' is %s", cases[i].text,
		     cases[i].ok ? "read" : "refused and leaves the value alone");
	}
}

static void test_parse_int64(void)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} cases[] = {
		{"0", true, 0},
		{"-7", true, -7},
		{"+7", true, 7},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"1.0", false, 0},
		{"1e6", false, 0},
		{"010", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{" 1", false, 0},
		{"1x", false, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t value = 42;
		bool ok = num_parse_int64(cases[i].text, &value);
		int64_t want = cases[i].ok ? cases[i].value : 42;
		t_ok(ok == cases[i].ok && value == want, "int64 '%s' is %s", cases[i].text,
		     cases[i].ok ? "read" : "refused and leaves the value alone");
	}
}

static void test_format_double(void)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{0, "0"},
		{-0.0, "-0"},
		{10240, "10240"},
		{100, "100"},
		{0.1, "0.1"},
		{1e-5, "1e-05"},
		{1.0 / 3, "0.3333333333333333"},
		{0.1 + 0.2, "0.30000000000000004"},
		{123456789012345, "123456789012345"},
		{1e21, "1e+21"},
		{5e-324, "5e-324"},
		{1.7976931348623157e308, "1.7976931348623157e+308"},
		{NAN, "nan"},
		{INFINITY, "inf"},
		{-INFINITY, "-inf"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[NUM_TEXT_BYTES];
		t_str(num_format_double(cases[i].value, text), cases[i].text, cases[i].text);
	}
}

/* Readers of YAML 1.1 want a point before an exponent. */
static void test_format_yaml(void)
{
	char text[NUM_TEXT_BYTES];
	t_str(num_format_yaml(5e-8, text), "5.0e-08", "a point before the exponent");
	t_str(num_format_yaml(-1e22, text), "-1.0e+22", "and of a negative number");
	t_str(num_format_yaml(1.5e-8, text), "1.5e-08", "one point is enough");
	t_str(num_format_yaml(5, text), "5", "none without an exponent");
}

/* A cheap full-period generator is enough to visit doubles of every size. */
static uint64_t next_bits(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state ^ *state >> 29;
}

static void test_format_reads_back(void)
{
	uint64_t state = 1;
	int wrong = 0;
	int longer = 0;
	for (int i = 0; i < 20000; i++) {
		union {
			uint64_t bits;
			double value;
		} number = {.bits = next_bits(&state)};
		if (!isfinite(number.value))
			continue;
		char text[NUM_TEXT_BYTES];
		double back;
		char shorter[NUM_TEXT_BYTES];
		num_format_double(number.value, text);
		wrong += !num_parse_double(text, &back) || back != number.value;
		snprintf(shorter, sizeof shorter, "%.15g", number.value);
		longer += strtod(shorter, NULL) == number.value && strlen(text) > strlen(shorter);
	}
	t_int(wrong, 0, "every double reads back as itself");
	t_int(longer, 0, "no text is longer than one that would do");
}

static void divide_negative(void)
{
	div_ceil_int64(-1, 2);
}

static void divide_by_zero(void)
{
	div_ceil_int64(1, 0);
}

static void nan_ns(void)
{
	ns_from_seconds(NAN);
}

static void test_rounding(void)
{
	t_int(div_ceil_int64(0, 100), 0, "ceil(0 / 100)");
	t_int(div_ceil_int64(1, 100), 1, "ceil(1 / 100)");
	t_int(div_ceil_int64(100, 100), 1, "ceil(100 / 100)");
	t_int(div_ceil_int64(101, 100), 2, "ceil(101 / 100)");
	t_int(div_ceil_int64(INT64_MAX, 2), INT64_MAX / 2 + 1, "ceil does not overflow");
	t_int(ns_from_seconds(0.1), 100000000, "0.1 s");
	t_int(ns_from_seconds(2.5e-9), 2, "2.5 ns goes to the even neighbour");
	t_int(ns_from_seconds(3.5e-9), 4, "3.5 ns goes to the even neighbour");
	t_int(ns_from_seconds(-1), -1000000000, "-1 s");
	t_near(seconds_from_ns(1500000000), 1.5, 0, 0, "1.5e9 ns");
	t_near(num_rounded(1.23456789012, 9), 1.23456789, 0, 0, "nine digits");
	t_near(num_rounded(-98765.4321, 3), -98800, 0, 0, "three digits");
	t_near(num_rounded(0.1 + 0.2, 15), 0.3, 0, 0, "a last bit goes");
	t_aborts(divide_negative, "a negative dividend is a bug");
	t_aborts(divide_by_zero, "a zero divisor is a bug");
	t_int(ns_from_seconds(2e9), 2000000000000000000, "63 years are the longest time");
	t_int(ns_from_seconds(1e30), 2000000000000000000, "more is cut");
	t_int(ns_from_seconds(-INFINITY), -2000000000000000000, "so is less");
	t_aborts(nan_ns, "NaN seconds are a bug");
}

/* What is written out to be fast rounds as the library does, also where a double's last bit is a half or more. */
static void test_fast_rounding(void)
{
	static const double wholes[] = {0,      1,      2,   3, 1e6, 0x1p31, 2097151999999999, 2097152000000001,
					0x1p51, 0x1p52, 9e17};
	static const double parts[] = {0, 0x1p-40, 0.25, 0.49999999999999994, 0.5, 0.5000000000000001, 0.75};
	for (size_t i = 0; i < ARRAY_LEN(wholes) * ARRAY_LEN(parts) * 2; i++) {
		double sign = i % 2 ? -1 : 1;
		double value = sign * (wholes[i / 2 / ARRAY_LEN(parts)] + parts[i / 2 % ARRAY_LEN(parts)]);
		t_ok(round_int64(value) == llround(value), "%.17g to an integer", value);
		t_ok(ns_from_seconds(value * 1e-9) == (int64_t)nearbyint(value * 1e-9 * 1e9), "%.17g ns", value);
	}
	t_near(min_double(-1, 2), -1, 0, 0, "the smaller");
	t_near(max_double(-1, 2), 2, 0, 0, "the greater");
}

int main(void)
{
	test_parse_double();
	test_parse_int64();
	test_format_double();
	test_format_yaml();
	test_format_reads_back();
	test_rounding();
	test_fast_rounding();
	return t_done();
}
