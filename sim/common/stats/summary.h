/*
 * Mean, variance and extremes of independent observations in one pass (Welford, "Note on a method for calculating
 * corrected sums of squares and products", Technometrics 4(3), 1962) and the Student-t interval of their mean.
 */
#ifndef LAMINA_SUMMARY_H
#define LAMINA_SUMMARY_H

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

#endif
