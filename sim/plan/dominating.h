/*
 * A plan that people know (known_plan.h) against the planner's freedom: what is cheapest among all that take no longer,
 * and what is fastest among all that cost no more. Bounds are the known plan's means, on the same luck.
 */
#ifndef LAMINA_DOMINATING_H
#define LAMINA_DOMINATING_H

#include "plan/planner.h"

struct versus {
	bool has_cheaper; /* false: nothing in the space takes no longer */
	bool has_faster;  /* false: nothing in the space costs no more */
	struct trial cheaper;
	struct trial faster;
};

/* Leaves *out without plans where records of the known one fail. False when interrupted. */
bool versus_find(const struct planner *planner, const struct trial *known, struct versus *out);

#endif
