/* The laws that `make peers` sets beside Lamina, on points that lie on them. */
#include "tests/peers/laws.h"

#include <math.h>

#include "tests/tap.h"

static const double VCPU_MB = 1769;

static void on_their_curves(void)
{
	struct law_point inverse[] = {{128, 1000.0 / 128 + 2}, {512, 1000.0 / 512 + 2}, {3008, 1000.0 / 3008 + 2}};
	t_near(law_inverse(inverse, 3, VCPU_MB, 1024), 1000.0 / 1024 + 2, 1e-9, 0, "a/m + b through points of its own");
	struct law_point decay[] = {{128, 0.5 + 4 * exp(-128.0 / 400)},
				    {512, 0.5 + 4 * exp(-512.0 / 400)},
				    {3008, 0.5 + 4 * exp(-3008.0 / 400)}};
	t_near(law_exponential(decay, 3, VCPU_MB, 1024), 0.5 + 4 * exp(-1024.0 / 400), 0.01, 0, "an exponential");
	struct law_point share[] = {{128, VCPU_MB / 128}, {512, VCPU_MB / 512}, {3008, 1}};
	t_near(law_proportional(share, 3, VCPU_MB, 1024), VCPU_MB / 1024, 1e-9, 0, "the vCPU share, below one");
	t_near(law_proportional(share, 3, VCPU_MB, 2048), 1, 1e-9, 0, "and above");
	struct law_point line[] = {{128, 8}, {512, 2}, {1536, 1}};
	t_near(law_interpolation(line, 3, VCPU_MB, 320), 5, 1e-12, 0, "half of the way on the first straight line");
	t_near(law_interpolation(line, 3, VCPU_MB, 1024), 1.5, 1e-12, 0, "and on the second");
}

static void at_their_limits(void)
{
	struct law_point two[] = {{128, 4}, {1024, 1}};
	t_ok(isnan(law_exponential(two, 2, VCPU_MB, 512)), "three numbers are not known from two sizes");
	t_ok(isnan(law_inverse(two, 1, VCPU_MB, 512)), "nor two from one");
	t_ok(isnan(law_interpolation(two, 1, VCPU_MB, 512)), "nor a line");
	struct law_point rising[] = {{128, 1}, {512, 2}, {3008, 3}};
	t_ok(law_inverse(rising, 3, VCPU_MB, 4096) > 0, "no time is negative");
	t_near(law_inverse(rising, 3, VCPU_MB, 128), law_inverse(rising, 3, VCPU_MB, 3008), 1e-9, 0,
	       "and none rises with memory: what does is flat");
}

int main(void)
{
	on_their_curves();
	at_their_limits();
	return t_done();
}
