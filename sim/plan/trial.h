/*
 * A plan tried out: simulated with replications, all plans on the same luck, so that two of them differ by what they
 * are and not by what happened to them.
 */
#ifndef LAMINA_TRIAL_H
#define LAMINA_TRIAL_H /* private to plan */

#include "experiment/replicate.h"
#include "plan/excerpt.h"
#include "plan/search.h"

struct trial {
	struct plan_choice choice;
	struct setting *setting;
	struct run_result result;
	double seconds;    /* mean over replications of the metric that is bounded */
	double seconds_at; /* what the wanted share of replications do not exceed */
	double usd;        /* mean of a run */
	double usd_at;
	struct excerpt excerpt; /* what of a long batch was simulated */
	double failed;          /* records without a result, mean */
	bool fails;             /* there are some in too many replications */
	bool is_stopped;        /* a bound ended a replication, so that the rest is of a part of the requests */
};

/*
 * Effort where nobody states a number of replications: so many visits to functions in a trial, in no fewer than
 * TRIAL_REPLICATIONS_FEW replications and no more than TRIAL_REPLICATIONS; a longer batch is simulated in part.
 */
enum { TRIAL_VISITS_MAX = 200000, TRIAL_REPLICATIONS = 100, TRIAL_REPLICATIONS_FEW = 20 };

/* So many replications of a setting. */
int64_t trial_replications(const struct setting *setting);

struct trial_control {
	const struct space *space;
	int seconds_metric; /* in outcome_metrics: the makespan, or a latency */
	uint64_t seed;
	int64_t replications;
	double runs_per_month; /* 0: as the experiment has it */
	double share;          /* of replications that a bound must hold in; 0: it is one of the mean */
	double failing_share;  /* of replications in which records may end without a result */
	double visits_max;     /* to functions, that a trial may take to simulate (excerpt.h); 0: no bound */
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

/*
 * Where instances are paid for by the clock, a run begins with none and ends with some that are kept: two edges that
 * traffic which goes on hardly has, and which a short run's bill consists of. The first half of the traffic by itself,
 * on the same luck, has both; taken off the whole, it leaves what the second half costs in the middle of traffic.
 */

/* Whether the setting's bill has such edges: requests come over time, and instances are paid for by the clock. */
bool slice_is_due(const struct setting *setting);

/* The first half of the traffic. */
struct setting *slice_first_half(const struct setting *setting, struct arena *arena);

/* A replication's dollars, seconds and records with results; less those of the half, where that is not NULL. */
struct slice {
	double usd;
	double seconds;
	double records;
};

struct slice slice_of(const struct run_result *whole, const struct run_result *half, int64_t replication);

/*
 * Instances that such traffic keeps where requests share them: what an autoscaler wants, or requests at once fill; at
 * least one. Of several functions the one that needs fewest counts. A run that begins with them has no ramp.
 */
int64_t slice_instances(const struct setting *setting, double rate_per_second);

/* The fewest instances on which all functions' requests can be at such a rate, each always full: any fewer queue. */
double slice_instances_least(const struct setting *setting, double rate_per_second);

/*
 * How long the last of such traffic may take until its requests are done, seconds: the larger of a minute and a
 * twentieth of the traffic's length, beside four times what one takes that has a vCPU, or its function's share of one,
 * to itself.
 */
double slice_patience_seconds(const struct setting *setting);

/*
 * Ends a simulation of steady traffic where it is clear that the load is not carried, in place of following the crowd
 * of those that were refused until the last of them is served: when more are under way than come at the highest rate
 * within that patience, or some are when it is over. Setting's own bounds give way. Not of workflows, whose requests
 * are many steps.
 */
void slice_bound_crowd(struct setting *setting);

#endif
