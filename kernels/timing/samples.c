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

/* Returns how many. */
static size_t sort(const struct samples *samples, double sorted[SAMPLES_MAX])
{
	CHECK(samples->count > 0);
	memcpy(sorted, samples->values, samples->count * sizeof *sorted);
	qsort(sorted, samples->count, sizeof *sorted, by_value);
	return samples->count;
}

/* Between the two values that the place is between. */
static double at_place(const double *sorted, double place)
{
	size_t low = (size_t)place;
	double part = place - (double)low;
	return part > 0 ? sorted[low] + part * (sorted[low + 1] - sorted[low]) : sorted[low];
}

double samples_median(const struct samples *samples)
{
	double sorted[SAMPLES_MAX];
	size_t count = sort(samples, sorted);
	return at_place(sorted, (double)(count - 1) / 2);
}

double samples_least(const struct samples *samples)
{
	double sorted[SAMPLES_MAX];
	sort(samples, sorted);
	return sorted[0];
}

double samples_spread(const struct samples *samples)
{
	return samples_median(samples) - samples_least(samples);
}

/* How many samples may be left out at either end: so many that beyond them the true median is 2.5 times of 100. */
static size_t left_out(size_t count)
{
	static const double BEYOND_MOST = 0.025;
	double term = 1;
	for (size_t i = 0; i < count; i++)
		term /= 2;
	double beyond = term;
	size_t out = 0;
	while (2 * (out + 1) < count && beyond + term * (double)(count - out) / (double)(out + 1) <= BEYOND_MOST) {
		term *= (double)(count - out) / (double)(out + 1);
		beyond += term;
		out++;
	}
	return out;
}

double samples_half_width(const struct samples *samples)
{
	double sorted[SAMPLES_MAX];
	size_t count = sort(samples, sorted);
	size_t out = left_out(count);
	return (sorted[count - 1 - out] - sorted[out]) / 2;
}

size_t samples_outliers(const struct samples *samples)
{
	static const double FAR = 3;
	double sorted[SAMPLES_MAX];
	size_t count = sort(samples, sorted);
	double low = at_place(sorted, (double)(count - 1) / 4);
	double high = at_place(sorted, (double)(count - 1) * 3 / 4);
	size_t outliers = 0;
	for (size_t i = 0; i < count; i++)
		outliers += sorted[i] > high + FAR * (high - low) || sorted[i] < low - FAR * (high - low);
	return outliers;
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
	return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
