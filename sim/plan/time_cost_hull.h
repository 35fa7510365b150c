/*
 * The least cost for each time, where options may be mixed: a convex curve of straight lines, made vertex by vertex as
 * the lower chain of a convex hull is (Andrew, "Another efficient algorithm for convex hulls in two dimensions",
 * Information Processing Letters 9(5), 1979).
 *
 * Example: (1, 8), (2, 6) and (3, 1). With the third vertex the line from the first falls by 3.5 a second and passes
 * (2, 4.5), so that the second is above it and goes.
 */
#ifndef LAMINA_TIME_COST_HULL_H
#define LAMINA_TIME_COST_HULL_H /* private to plan */

#include <stddef.h>

#include "base/arena.h"

/* Straight lines between points; no time below the first, no saving beyond the last. */
struct hull {
	double *t;
	double *c;
	size_t count;
};

/* With room for so many vertices. */
struct hull hull_new(size_t count, struct arena *arena);

/* A vertex behind all others; those that are then above the curve go. */
void hull_add(struct hull *hull, double t, double c);

/* The cost at a time that is not below the first. */
double hull_at(const struct hull *hull, double t);

/* What a second more saves, and what a second less costs, at this time. */
void hull_prices(const struct hull *hull, double t, double *more, double *less);

#endif
