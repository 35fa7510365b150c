/* What tests of the planner share beside toy.h: trials on one thread, and draws of test parameters. */
#ifndef LAMINA_TOY_PLAN_H
#define LAMINA_TOY_PLAN_H

#include "plan/trial.h"
#include "random/stream.h"
#include "tests/unit/toy.h"

/* A thousand MB, which are a vCPU, and nothing else. */
static const struct plan_memory toy_only_1000 = {.from_mb = 1000, .to_mb = 1000, .step_mb = 100};

/* 20 replications, of which 95 % keep a bound on the makespan. */
static inline struct trial_control toy_control(const struct space *space, struct arena *arena)
{
	static const struct run_control one_thread = {.jobs = 1};
	return (struct trial_control){
		.space = space,
		.seconds_metric = METRIC_MAKESPAN_SECONDS,
		.seed = 7,
		.replications = 20,
		.share = 0.95,
		.run = &one_thread,
		.arena = arena,
	};
}

static inline double toy_draw(struct stream *luck, double low, double high)
{
	return low + (high - low) * stream_uniform(luck);
}

#endif
