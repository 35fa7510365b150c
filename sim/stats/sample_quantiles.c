#include "stats/sample_quantiles.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/check.h"

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

void sample_quantiles_sort(double *values, size_t count)
{
	if (count > 0)
		qsort(values, count, sizeof values[0], compare);
}

double sample_quantiles_value(const double *sorted, size_t count, double p)
{
	CHECK(p >= 0 && p <= 1);
	if (count == 0)
		return (double)NAN;
	double position = p * (double)(count - 1);
	size_t below = (size_t)position;
	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}

/* The largest k with P(Binomial(count, p) < k) <= alpha; 0 where even k = 1 is too likely. */
static unsigned rank_below(size_t count, double p, double alpha)
{
	unsigned low = 0;
	unsigned high = (unsigned)count + 1;
	while (high - low > 1) {
		unsigned middle = low + (high - low) / 2;
		if (gsl_cdf_binomial_P(middle - 1, p, (unsigned)count) <= alpha)
			low = middle;
		else
			high = middle;
	}
	return low;
}

struct quantile_estimate sample_quantiles_estimate(const double *sorted, size_t count, double p, double confidence)
{
	CHECK(p > 0 && p < 1);
	CHECK(confidence > 0 && confidence < 1);
	CHECK(count < (size_t)1 << 31);
	double alpha = (1 - confidence) / 2;
	struct quantile_estimate estimate = {
		.value = sample_quantiles_value(sorted, count, p),
		.low = (double)-INFINITY,
		.high = (double)INFINITY,
	};
	if (count == 0)
		return estimate;
	/* From above the same holds for the sample turned round. */
	unsigned low = rank_below(count, p, alpha);
	unsigned high = rank_below(count, 1 - p, alpha);
	if (low > 0)
		estimate.low = sorted[low - 1];
	if (high > 0)
		estimate.high = sorted[count - high];
	return estimate;
}
