/*
 * The mean of a correlated series, from means of successive batches. Two things keep their Student interval from
 * covering where a run is not very long, and both are corrected as N-Skart does (Tafazzoli, Wilson, Lada and Steiger,
 * "Performance of Skart", INFORMS Journal on Computing 23(2), 2011): what correlation is left from one batch to the
 * next, as of an autoregression of first order; and skewness, by Willink's transformation of the Student quantiles.
 * Correlation below 0 is taken as none, since one estimated from few batches may be so by chance.
 */
#ifndef LAMINA_BATCH_MEANS_H
#define LAMINA_BATCH_MEANS_H /* private to stats */

#include <stddef.h>

enum { BATCH_MEANS_MAX = 100 };

struct batch_means {
	size_t batches;
	double mean;
	double standard_error; /* of the mean, with the correlation that is left */
	double skewness;       /* of the batch means */
};

/* batches at least 3, at most BATCH_MEANS_MAX and count. */
struct batch_means batch_means_of(const double *values, size_t count, size_t batches);

/* The mean's error at which low and high end an interval: mean - low_error and mean + high_error. */
void batch_means_errors(const struct batch_means *means, double confidence, double *low_error, double *high_error);

#endif
