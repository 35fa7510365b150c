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

double samples_least(const struct samples *samples)
{
	CHECK(samples->count > 0);
	double least = samples->values[0];
	for (size_t i = 1; i < samples->count; i++)
		least = samples->values[i] < least ? samples->values[i] : least;
	return least;
}

double samples_spread(const struct samples *samples)
{
	double sorted[SAMPLES_MAX];
	CHECK(samples->count > 0);
	memcpy(sorted, samples->values, samples->count * sizeof *sorted);
	qsort(sorted, samples->count, sizeof *sorted, by_value);
	size_t middle = samples->count / 2;
	double median = samples->count % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
	return median - sorted[0];
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
