/*
 * Quantiles of a sample with intervals that assume nothing about the distribution: the interval's ends are order
 * statistics, and how many observations lie below the true quantile is binomial (David and Nagaraja, "Order
 * Statistics", section 7.1).
 */
#ifndef LAMINA_SAMPLE_QUANTILES_H
#define LAMINA_SAMPLE_QUANTILES_H

#include <stdbool.h>
#include <stddef.h>

struct quantile_estimate {
	double value;
	double low;  /* -infinity where the sample is too small to bound the quantile from below */
	double high; /* infinity where it is too small to bound it from above */
};

/* Ascending, in place. */
void sample_quantiles_sort(double *values, size_t count);

/*
 * The value at share p of count values in ascending order, interpolated between neighbours (R's type 7: Hyndman and
 * Fan, "Sample quantiles in statistical packages", 1996); NaN for an empty sample.
 */
double sample_quantiles_value(const double *sorted, size_t count, double p);

/* Value and interval; p and confidence in (0, 1). The observations must be independent. */
struct quantile_estimate sample_quantiles_estimate(const double *sorted, size_t count, double p, double confidence);

#endif
