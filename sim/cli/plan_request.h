/* The options of `lamina plan` that say what is wanted, checked against each other and turned into a goal. */
#ifndef LAMINA_PLAN_REQUEST_H
#define LAMINA_PLAN_REQUEST_H

#include "cli/command.h"
#include "plan/planner.h"

enum plan_strategy { STRATEGY_COST, STRATEGY_SPEED, STRATEGY_BALANCED, STRATEGY_MEM_MIN, STRATEGY_MEM_MAX };
extern const char *const plan_strategy_names[]; /* "cost", "speed", "balanced", "memMin", "memMax", NULL */

struct plan_request {
	double deadline_seconds; /* 0: none */
	double budget_usd;       /* 0: none */
	double latency_seconds;  /* 0: none */
	double quantile;         /* of latency; 0: its mean */
	const char *seconds_metric;
	enum plan_strategy strategy;
	double cost_weight;    /* balanced */
	double headroom;       /* share */
	double share;          /* of replications */
	double runs_per_month; /* 0: not asked */
	int64_t replications;
};

/* False when errors were added to the diag. is_served: requests come over time. */
bool plan_request_read(const struct cli *cli, bool is_served, int64_t replications_min, struct plan_request *out,
		       struct diag *diag);

/*
 * Weights and bounds. Balanced weighs cost over that of the fastest plan against time over that of the cheapest plan.
 * False where the space has no plan at all.
 */
bool plan_request_goal(const struct plan_request *request, const struct space *space, struct search_goal *out);

#endif
