/*
 * Mean, variance and extremes of independent observations in one pass (Welford, "Note on a method for calculating
 * corrected sums of squares and products", Technometrics 4(3), 1962) and the Student-t interval of their mean; pairs of
 * such; quantiles of a sample.
 */
#ifndef LAMINA_SUMMARY_H
#define LAMINA_SUMMARY_H

#include <stddef.h>
#include <stdint.h>

struct summary {
	uint64_t count;
	double mean;
	double squares; /* sum of squared deviations from the mean */
	double min;
	double max;
};

void summary_init(struct summary *summary);
void summary_add(struct summary *summary, double value);

/* NaN where nothing was added. */
double summary_mean(const struct summary *summary);
double summary_min(const struct summary *summary);
double summary_max(const struct summary *summary);

/* Unbiased (n - 1); NaN below two observations. */
double summary_variance(const struct summary *summary);
double summary_deviation(const struct summary *summary);

/* Of the mean: deviation / sqrt(count). */
double summary_standard_error(const struct summary *summary);

/*
 * Half the width of the interval mean +- h that holds the true mean with the given confidence (0.95):
 * t(n - 1, (1 + confidence) / 2) * deviation / sqrt(n). Infinite below two observations.
 */
double summary_half_width(const struct summary *summary, double confidence);

/* The two-sided Student-t factor alone: student_t_factor(10, 0.95) = 2.228...; degrees >= 1. */
double student_t_factor(double degrees, double confidence);

/*
 * The difference between two settings that were run on the same luck (common random numbers): replication i of the
 * one is compared with replication i of the other, so that what both share cancels.
 */
struct paired {
	struct summary first;
	struct summary second;
	struct summary difference; /* first - second, pair by pair */
};

void paired_init(struct paired *paired);
void paired_add(struct paired *paired, double first, double second);

/*
 * How many times smaller the variance of the difference is than it would be on independent luck:
 * (var first + var second) / var difference. Infinite where the difference never varies, NaN below two pairs.
 */
double paired_variance_ratio(const struct paired *paired);

/* Puts a sample in ascending order, in place, for the quantiles below. */
void sample_quantiles_sort(double *values, size_t count);

/*
 * The value at share p of count values in ascending order, interpolated between neighbours (R's type 7: Hyndman and
 * Fan, "Sample quantiles in statistical packages", 1996); NaN for an empty sample.
 */
double sample_quantiles_value(const double *sorted, size_t count, double p);

#endif
