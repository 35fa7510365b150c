/* exp and log: close to the C library's wherever they are used, exact where they must be, the same bits everywhere. */
#include "random/elementary.h"
#include "random/stream.h"
#include "tests/tap.h"

/* Distance in units of the last place of `want`. */
static double units(double got, double want)
{
	return fabs(got - want) / (nextafter(fabs(want), HUGE_VAL) - fabs(want));
}

static uint64_t mixed(uint64_t hash, double value)
{
	uint64_t bits;
	memcpy(&bits, &value, sizeof bits);
	return (hash ^ bits) * UINT64_C(0x9E3779B97F4A7C15);
}

int main(void)
{
	struct stream luck;
	stream_init(&luck, 1, 0, 5, 0);
	double worst_exp = 0;
	double worst_log = 0;
	uint64_t hash = 0;
	for (int i = 0; i < 2000000; i++) {
		double width = i % 2 ? 700 : 3;
		double x = width * (2 * stream_uniform(&luck) - 1);
		worst_exp = fmax(worst_exp, units(elementary_exp(x), exp(x)));
		double y = i % 3 ? exp(x) : 1 + 0.01 * (2 * stream_uniform(&luck) - 1);
		worst_log = fmax(worst_log, units(elementary_log(y), log(y)));
		hash = mixed(mixed(hash, elementary_exp(x)), elementary_log(stream_uniform(&luck)));
	}
	printf("# exp within %.2f, log within %.2f units\n", worst_exp, worst_log);
	t_ok(worst_exp <= 2, "exp is within 2 units of the C library's");
	t_ok(worst_log <= 2, "so is log, near 1 as well");
	t_ok(elementary_exp(0) == 1 && elementary_log(1) == 0, "exact where it must be");
	t_ok(elementary_exp(-1e6) == 0 && isinf(elementary_exp(1e6)) && elementary_log(0) == -HUGE_VAL, "the ends");
	t_ok(isnan(elementary_exp((double)NAN)), "no number stays none");
	t_ok(hash == UINT64_C(0x3c7c6877e03aa0bc), "the bits of any machine");
	return t_done();
}
