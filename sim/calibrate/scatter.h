/*
 * How requests of a function differ from each other at one size: a body, and a tail of few that took far longer, for
 * reasons of their own. One row of four medians among a hundred would, by squares, raise the spread of all others, and
 * the mean of the one size where it happened to fall. So a row is of the tail when its logarithm lies above that of its
 * size's median by more than five standard deviations, as the body's upper quartile and 95th percentile tell them, with
 * an allowance where rows are few; the body has the fit and the spread, and what the tail adds to the mean is spread
 * over all sizes, so that the rows' time as a whole stays what it was.
 *
 * What requests take over their mean is kept as the rows' own quantiles, tail included, of all sizes together: on
 * public traces (README.md) they predict other sizes better than each size's own, of which a hundred rows tell little
 * beyond the 95th.
 */
#ifndef LAMINA_SCATTER_H
#define LAMINA_SCATTER_H /* private to calibrate */

#include "base/arena.h"
#include "platform/cpu.h"
#include "random/quantile.h"
#include "stats/histogram.h"

enum { SCATTER_POINTS_MAX = 128 };

struct scatter {
	int64_t rows;          /* that tell of it: no averages, at sizes that have several */
	int64_t tail_rows;     /* of these */
	double tail_from;      /* the least of them over its size's median */
	double tail_share;     /* of the body's time, what they add to it */
	double body_variance;  /* of the body's rows, relative to its mean at their size; NaN where there is no tail */
	double call_variance;  /* relative, of calls on one sandbox; NaN where the log does not tell sandboxes apart */
	int64_t sandboxes;     /* of several calls, that it rests on */
	double speed_variance; /* of body_variance, or of all rows': what sandboxes' speeds make of it */
	int64_t factor_rows;   /* that the quantiles rest on */
	double probability[SCATTER_POINTS_MAX];
	double factor
		[SCATTER_POINTS_MAX]; /* of mean 1; count 0: the rows are too few, or differ no more than sandboxes */
	size_t count;
};

/* Of no points where the rows tell none. */
struct quantile_table scatter_factors(const struct scatter *scatter);

struct function_samples;

/* Of a row of the body relative to its size's mean; NaN where no size has two rows. */
double scatter_row_variance(const struct function_samples *samples);

/* What sandboxes' speeds make of it, where so much of the rows' time is computed. */
double scatter_speed_variance(const struct function_samples *function, const struct platform_cpu *cpu,
			      double computed_share);

/*
 * The same scatter with quantiles of a part alone (CPU or waiting) over its own mean: `shares` of a group's time vary
 * with it, 0 where a group does not tell it; NULL where all of it does. variance is the part's, beside which sandboxes'
 * speeds make speed_variance.
 */
void scatter_measure_part(const struct function_samples *function, const double *shares, double variance,
			  double speed_variance, struct scatter *out, struct arena *arena);

/* Sets the function's scatter, and what each of its groups has of the tail. */
void scatter_measure(struct function_samples *function, const struct platform_cpu *cpu, struct arena *arena);

#endif
