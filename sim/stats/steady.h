/*
 * The mean of one long run in its steady state. The warm-up is found and deleted by MSER-5 (White, Cobb, Spratt,
 * "A comparison of five steady-state truncation heuristics for simulation", WSC 2000): over means of 5 successive
 * observations, the cut that makes the standard error of what is left least. The rest is cut into batches whose
 * means are nearly independent and get a Student-t interval (Law, "Simulation Modeling and Analysis", ch. 9).
 */
#ifndef LAMINA_STEADY_H
#define LAMINA_STEADY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

enum { STEADY_BATCHES = 20, STEADY_COUNT_MIN = 10 * STEADY_BATCHES };

enum steady_doubt {
	STEADY_FINE,
	STEADY_FEW,        /* fewer than STEADY_COUNT_MIN observations are left: nothing can be said */
	STEADY_WARMING,    /* the best cut is the latest allowed, half the run: it may still be warming up */
	STEADY_CORRELATED, /* successive batch means are correlated: the interval is too narrow */
};

struct steady {
	size_t discarded; /* observations deleted as warm-up */
	double mean;
	double half_width;        /* infinite where doubt is STEADY_FEW */
	double batch_correlation; /* lag 1 */
	enum steady_doubt doubt;
};

/* values in the order they were observed; scratch memory comes from the arena. */
struct steady steady_estimate(const double *values, size_t count, double confidence, struct arena *arena);

/* How many of the first values MSER-5 deletes; *at_limit says that it wanted no fewer than it may. */
size_t steady_warm_up(const double *values, size_t count, struct arena *arena, bool *at_limit);

/* What the doubt means and what helps, one sentence; "" for STEADY_FINE. */
const char *steady_doubt_text(enum steady_doubt doubt);

#endif
