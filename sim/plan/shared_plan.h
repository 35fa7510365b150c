/*
 * The best setting of a platform that the planner's bounds do not hold for: where requests share sandboxes, or
 * sandboxes are paid for by the clock, whatever runs on them. What one function costs over memory and requests at once
 * has several valleys, so all its sizes at which something changes (the platform's steps of CPU share, powers of two)
 * are scanned with all numbers of requests at once (powers of two, the usual one, as many as memory holds), each with
 * one replication; the best few are simulated in full, all on the same luck. Several functions take turns until none
 * moves: a local optimum of simulations, without a proof.
 */
#ifndef LAMINA_SHARED_PLAN_H
#define LAMINA_SHARED_PLAN_H

#include "plan/plan.h"

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

/*
 * The plan that a request wants, requests coming at this rate; `replications` are stated. After PLAN_INFEASIBLE *out
 * has what comes nearest. Refused, with why in the diag, where the strategy names a plan of sandboxes for one request.
 */
enum plan_end shared_plan_run(const struct plan_request *request, double rate_per_second, struct arena *arena,
			      struct diag *diag, struct shared_plan *out);

#endif
