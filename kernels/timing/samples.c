#include "kernels/timing/samples.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/check.h"
#include "base/num.h"

void samples_add(struct samples *samples, double value)
{
	if (samples->count < SAMPLES_MAX)
		samples->values[samples->count++] = value;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

static double quantile(const struct samples *samples, double p)
{
	double sorted[SAMPLES_MAX];
	CHECK(samples->count > 0);
	memcpy(sorted, samples->values, samples->count * sizeof *sorted);
	qsort(sorted, samples->count, sizeof *sorted, by_value);
	double position = p * (double)(samples->count - 1);
	size_t below = (size_t)position;
	size_t above = below + 1 < samples->count ? below + 1 : below;
	return sorted[below] + (position - (double)below) * (sorted[above] - sorted[below]);
}

double samples_median(const struct samples *samples)
{
	return quantile(samples, 0.5);
}

double samples_half_iqr(const struct samples *samples)
{
	return (quantile(samples, 0.75) - quantile(samples, 0.25)) / 2;
}

double samples_rounded(double value)
{
	return num_rounded(value, 6);
}

static double read_clock(clockid_t id)
{
	struct timespec now;
	CHECK(clock_gettime(id, &now) == 0);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double stopwatch_seconds(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double stopwatch_cpu_seconds(void)
{
	return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}
