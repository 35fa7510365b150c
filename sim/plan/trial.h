/*
 * A plan tried out: simulated with replications, all plans on the same luck, so that two of them differ by what they
 * are and not by what happened to them.
 */
#ifndef LAMINA_TRIAL_H
#define LAMINA_TRIAL_H

#include "experiment/replicate.h"
#include "plan/search.h"

struct trial {
	struct plan_choice choice;
	struct setting *setting;
	struct run_result result;
	double seconds;    /* mean over replications of the metric that is bounded */
	double seconds_at; /* what the wanted share of replications do not exceed */
	double usd;        /* mean of a run */
	double usd_at;
	double failed;   /* records without a result, mean */
	bool fails;      /* there are some in too many replications */
	bool is_stopped; /* a bound ended a replication, so that the rest is of a part of the requests */
};

struct trial_control {
	struct space *space; /* what simulations rule out is left out of it (timeout.h) */
	int seconds_metric;  /* in outcome_metrics: the makespan, or a latency */
	uint64_t seed;
	int64_t replications;
	double runs_per_month; /* 0: as the experiment has it */
	double share;          /* of replications that a bound must hold in; 0: it is one of the mean */
	double failing_share;  /* of replications in which records may end without a result */
	const struct run_control *run;
	struct arena *arena;
};

/* The experiment with the choice's memories, record size, schedule and parallelism. */
struct setting *trial_setting(const struct space *space, const struct plan_choice *choice, struct arena *arena);

/* Simulates them all: fills everything but `choice`, and `setting` only where it is NULL. False when interrupted. */
bool trial_run(struct trial *trials, size_t count, const struct trial_control *control);

/* Every record has a result, but for the replications that may fail. */
bool trial_works(const struct trial *trial);

/* A replication's seconds and dollars. */
double trial_seconds_of(const struct trial *trial, const struct trial_control *control, int64_t replication);
double trial_usd_of(const struct trial *trial, int64_t replication);

/* Share of replications whose seconds do not exceed the bound. */
double trial_share_within(const struct trial *trial, const struct trial_control *control, double seconds_max);

#endif
