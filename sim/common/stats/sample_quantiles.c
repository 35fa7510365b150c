#include "stats/sample_quantiles.h"

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
