/*
 * The best setting of a platform that the planner's bounds do not hold for: where requests share sandboxes, or
 * sandboxes are paid for by the clock, whatever runs on them. Memory of every function and requests at once on a
 * sandbox are moved one after the other over the sizes at which something changes (the platform's steps of CPU share,
 * powers of two), everything tried by simulation on the same luck: coordinate descent to a local optimum of
 * simulations, without a proof.
 */
#ifndef LAMINA_SHARED_PLAN_H
#define LAMINA_SHARED_PLAN_H

#include "plan/planner.h"

struct shared_plan {
	struct trial best; /* what keeps the bounds, or comes nearest to them */
	bool is_allowed;   /* it keeps them */
	size_t tried;
};

/*
 * Requests come at this rate, and a trial begins with the instances that they keep, where none are stated to be warm.
 * control.space and control.visits_max are not used. False when interrupted. Settings whose memory cannot hold the work
 * are not tried; where none can, best.setting is NULL.
 */
bool shared_plan_find(const struct setting *setting, double rate_per_second, const struct search_goal *goal,
		      const struct trial_control *control, double headroom, struct shared_plan *out);

#endif
