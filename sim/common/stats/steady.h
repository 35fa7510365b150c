/*
 * One long run in its steady state: its warm-up, its mean and its quantiles, with intervals that hold for observations
 * that depend on each other.
 *
 * Warm-up: a tenth of the run is left out, and more where MSER-5 wants it (White, Cobb, Spratt, "A comparison of five
 * steady-state truncation heuristics for simulation", WSC 2000) and what it would leave out differs from the rest by
 * more than chance. MSER alone takes a high beginning for a warm-up: over 50,000 requests to an M/M/1 at load 0.9,
 * intervals of p95 would hold in 91 of 100 runs instead of 94.
 *
 * Mean: batch means (struct batch_means in steady.c). Quantiles: F(q) is the mean of a series of zeroes and ones, of
 * which batch means give an interval; its ends are read off the sorted run (Iglehart, "Simulating stable stochastic
 * systems, VI: quantile estimation", J. ACM 23(2), 1976; Asmussen and Glynn, "Stochastic Simulation", 2007, section
 * III.4). Order statistics with ranks from the binomial distribution would need independent observations.
 *
 * How many independent observations the run is worth is estimated from its median, whose luck has little to do with
 * that of the tail: runs that are lucky in their tail must not be the ones that are allowed to speak of it. Where the
 * run is worth too few, there is no interval.
 */
#ifndef LAMINA_STEADY_H
#define LAMINA_STEADY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* With fewer observations than this after the warm-up nothing is said. */
enum { STEADY_COUNT_MIN = 300 };

struct steady {
	const double *values; /* what the warm-up leaves, in the order it was observed */
	const double *sorted;
	size_t count;
	size_t discarded;   /* observations deleted as warm-up */
	bool is_warming;    /* half of the run was not enough for it */
	double independent; /* observations that the run is worth; 0 below STEADY_COUNT_MIN, infinite if all equal */
	struct arena *scratch;
};

struct steady_estimate {
	double value; /* NaN where nothing was observed */
	double low;   /* NaN, like high, where the run is too short to say */
	double high;
	double needed; /* independent observations that it takes */
};

/* values in the order they were observed, which must live as long as out; memory comes from the arena. */
void steady_init(struct steady *steady, const double *values, size_t count, struct arena *arena);

struct steady_estimate steady_mean(const struct steady *steady, double confidence);

/* p in (0, 1). */
struct steady_estimate steady_quantile(const struct steady *steady, double p, double confidence);

/* How many of the first values MSER-5 deletes, half of them at most. */
size_t steady_mser(const double *values, size_t count, struct arena *arena);

#endif
