/*
 * Repeated measurements of one thing, summarised by what outliers do not move: the median and half the interquartile
 * range.
 */
#ifndef LAMINA_SAMPLES_H
#define LAMINA_SAMPLES_H

#include <stddef.h>

enum { SAMPLES_MAX = 64 };

struct samples {
	double values[SAMPLES_MAX];
	size_t count;
};

/* Samples beyond SAMPLES_MAX are not kept. */
void samples_add(struct samples *samples, double value);

/*
 * Quantiles by linear interpolation between order statistics (Hyndman and Fan's type 7, The American Statistician 50,
 * 1996). CHECK that there is at least one sample; the spread of one sample is 0.
 */
double samples_median(const struct samples *samples);
double samples_half_iqr(const struct samples *samples);

/* To six digits: more than any clock and any repeat is good for, and a number that can be read. */
double samples_rounded(double value);

/* Seconds on a clock that never steps; only differences mean anything. */
double stopwatch_seconds(void);

/* Seconds that this process has computed, all threads together. */
double stopwatch_cpu_seconds(void);

#endif
