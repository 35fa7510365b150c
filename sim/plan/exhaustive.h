/*
 * Where there are few enough plans, all of those that the model cannot rule out are simulated: the recommended plan
 * is then the best of an exhaustive simulation, not only of the model. A plan is ruled out when it is worse, or
 * beyond a bound, by more than the model errs between plans of one shape (EXHAUSTIVE_SECONDS, EXHAUSTIVE_USD).
 */
#ifndef LAMINA_EXHAUSTIVE_H
#define LAMINA_EXHAUSTIVE_H /* private to plan */

#include "plan/planner.h"

enum {
	EXHAUSTIVE_CHOICES_MAX = 300000, /* that are looked at */
	EXHAUSTIVE_VISITS_MAX = 2000000, /* visits to functions that are simulated */
};

/* Model against simulation, after a shape's factors: time of pipelines under real luck within 10 %, cost within 3 %. */
#define EXHAUSTIVE_SECONDS 0.1
#define EXHAUSTIVE_USD 0.03

struct exhaustive {
	bool is_complete; /* no plan of the space can be better than the best one */
	size_t choices;   /* plans that there are */
	size_t simulated;
	struct trial best;
};

/* The plan, or a better one that simulations of others found. False when interrupted. */
bool exhaustive_simulate(const struct planner *planner, const struct trial *plan, struct exhaustive *out);

#endif
