/*
 * The time-cost front: the cheapest plan for each of many deadlines, from the fastest plan's time to the cheapest
 * plan's. Every point is a proven optimum of the model for its time, with the factors of the planner's trials; points
 * that another one beats in both are left out.
 */
#ifndef LAMINA_PARETO_H
#define LAMINA_PARETO_H /* private to plan */

#include "plan/planner.h"

enum { PARETO_POINTS_MAX = 200 };

struct pareto_point {
	struct plan_choice choice;
	double seconds; /* mean, as factors correct it */
	double usd;
};

struct pareto {
	struct pareto_point points[PARETO_POINTS_MAX]; /* by ascending time */
	size_t count;
};

/* `points` deadlines, >= 2; an empty front where no plan works. */
void pareto_find(struct pareto *pareto, const struct planner *planner, size_t points);

#endif
