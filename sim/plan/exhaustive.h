/*
 * Where there are few enough plans, all of those that the model cannot rule out are simulated: the recommended plan
 * is then the best of an exhaustive simulation, not only of the model. A plan is ruled out when it is worse, or
 * beyond a bound, by more than the model errs between plans of one shape (SURVIVORS_SECONDS, SURVIVORS_USD).
 */
#ifndef LAMINA_EXHAUSTIVE_H
#define LAMINA_EXHAUSTIVE_H

#include "plan/planner.h"

enum {
	SURVIVORS_CHOICES_MAX = 300000, /* that are looked at */
	SURVIVORS_VISITS_MAX = 2000000, /* visits to functions that are simulated */
};

/* Model against simulation, after a shape's factors: time of pipelines under real luck within 10 %, cost within 3 %. */
#define SURVIVORS_SECONDS 0.1
#define SURVIVORS_USD 0.03

struct survivors {
	bool is_complete; /* no plan of the space can be better than the best one */
	size_t choices;   /* plans that there are */
	size_t simulated;
};

/* Puts a better plan into *best where there is one. False when interrupted. */
bool survivors_try(const struct planner *planner, struct trial *best, struct survivors *out);

#endif
