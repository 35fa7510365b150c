#include "random/elementary.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/check.h"

enum { STEPS = 32 };

/* 2^(i / 32), rounded. */
static const double powers[STEPS] = {
	0x1.0000000000000p+0, 0x1.059b0d3158574p+0, 0x1.0b5586cf9890fp+0, 0x1.11301d0125b51p+0, 0x1.172b83c7d517bp+0,
	0x1.1d4873168b9aap+0, 0x1.2387a6e756238p+0, 0x1.29e9df51fdee1p+0, 0x1.306fe0a31b715p+0, 0x1.371a7373aa9cbp+0,
	0x1.3dea64c123422p+0, 0x1.44e086061892dp+0, 0x1.4bfdad5362a27p+0, 0x1.5342b569d4f82p+0, 0x1.5ab07dd485429p+0,
	0x1.6247eb03a5585p+0, 0x1.6a09e667f3bcdp+0, 0x1.71f75e8ec5f74p+0, 0x1.7a11473eb0187p+0, 0x1.82589994cce13p+0,
	0x1.8ace5422aa0dbp+0, 0x1.93737b0cdc5e5p+0, 0x1.9c49182a3f090p+0, 0x1.a5503b23e255dp+0, 0x1.ae89f995ad3adp+0,
	0x1.b7f76f2fb5e47p+0, 0x1.c199bdd85529cp+0, 0x1.cb720dcef9069p+0, 0x1.d5818dcfba487p+0, 0x1.dfc97337b9b5fp+0,
	0x1.ea4afa2a490dap+0, 0x1.f50765b6e4540p+0,
};

/* log 2 as a number with so few bits that small multiples of it are exact, and what that leaves. */
static const double LOG2_HIGH = 0x1.62e42fef00000p-1;
static const double LOG2_LOW = 0x1.473de6af278edp-34;

static double from_bits(uint64_t bits)
{
	double value;
	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t bits_of(double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return bits;
}

double elementary_exp(double x)
{
	if (!(x > -708))
		return x <= -708 ? 0 : x;
	if (x > 709)
		return HUGE_VAL;
	/* Adding 1.5 * 2^52 rounds to a whole number, which then stands in the last bits. */
	double shifted = x * (STEPS / 0x1.62e42fefa39efp-1) + 0x1.8p52;
	double k = shifted - 0x1.8p52;
	uint64_t bits = bits_of(shifted);
	double r = (x - k * (LOG2_HIGH / STEPS)) - k * (LOG2_LOW / STEPS);
	/* |r| <= log 2 / 64: the next term is below 4e-18. */
	double r2 = r * r;
	double high = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720);
	double p = r + r2 * ((0.5 + r * (1.0 / 6)) + r2 * high);
	double power = powers[bits % STEPS];
	double scale = from_bits((bits / STEPS + 1023) << 52);
	return (power + power * p) * scale;
}

double elementary_log(double x)
{
	if (x == 0)
		return -HUGE_VAL;
	CHECK(x > 0);
	uint64_t bits = bits_of(x);
	int64_t exponent = (int64_t)(bits >> 52) - 1023;
	double m = from_bits((bits & 0xFFFFFFFFFFFFF) | UINT64_C(1023) << 52);
	if (m > 0x1.6a09e667f3bcdp+0) {
		m *= 0.5;
		exponent++;
	}
	/* log m = 2 atanh f; |f| < 0.172: the next term is below 1e-17. */
	double g = m - 1;
	double f = g / (m + 1);
	double s = f * f;
	double s2 = s * s;
	double odd = 1.0 / 5 + s2 * (1.0 / 9 + s2 * (1.0 / 13 + s2 * (1.0 / 17 + s2 * (1.0 / 21))));
	double even = 1.0 / 3 + s2 * (1.0 / 7 + s2 * (1.0 / 11 + s2 * (1.0 / 15 + s2 * (1.0 / 19))));
	double tail = even + s * odd;
	/* 2f = g - f g, whose first term is exact. */
	double rest = f * (2 * s * tail - g) + (double)exponent * LOG2_LOW;
	return (double)exponent * LOG2_HIGH + (g + rest);
}
