/*
 * What settings do at a load, measured on the same luck: cost of a month, times, what is refused, what is paid idle.
 *
 * The load of steady traffic (equal distances, Poisson, bursts) is scaled by its rates, and provisioned sandboxes with
 * it, that of a batch by its images; traffic with a course of its own stays as it is. Steady traffic is simulated for
 * half an hour at least, as long as that makes no more than a bounded number of requests, and where requests share
 * instances from as many as such traffic keeps.
 *
 * A month's cost follows from the run's by their lengths, less the edges of a run (plan/trial.h).
 *
 * A load that is clearly not carried is given up on (plan/trial.h): then there are no costs and no times.
 *
 * A setting serves a load where all but the share of records that may fail have results, those that come last do not
 * wait for long, and the bounds hold in the mean.
 */
#ifndef LAMINA_MEASUREMENT_H
#define LAMINA_MEASUREMENT_H

#include "compare/compare.h"

/* How much is found out. */
struct effort {
	double seconds_min;  /* of traffic, whatever its requests */
	double requests_min; /* of a replication */
	double requests_max;
	int64_t replications;
	double factor; /* of the experiment's load */
};

/* Of the figures at the experiment's own load; of a point of a curve. */
struct effort measurement_usual(const struct compare_request *request);
struct effort measurement_of_curve(const struct compare_request *request, double factor);

/* Of a trial of the search for a setting. */
struct effort measurement_of_planning(const struct compare_request *request, const struct setting *setting);

/* The experiment's load: requests a second in the mean, or images of a batch. */
double measurement_load(const struct setting *setting);

/* How often such a run of traffic fits into a month. */
double measurement_runs_per_month(const struct setting *setting);

/* Whether load can be changed. */
bool measurement_scales(const struct setting *setting);

/* Which limit of the platform steady traffic exceeds by arithmetic, whoever comes when; NULL: none. In the arena. */
const char *measurement_quota_reason(const struct setting *setting, struct arena *arena);

/* The largest factor at which traffic still is simulated for long enough. */
double measurement_factor_max(const struct compare_request *request, const struct setting *setting);

/* The setting as it is simulated at this effort. */
struct setting *measurement_setting(const struct setting *setting, const struct effort *effort, struct arena *arena);

/* Of each item its setting is given; the rest is filled. False when interrupted. */
bool measurement_take(const struct compare_request *request, struct measurement *items, size_t count,
		      struct effort effort, struct arena *arena);

double measurement_mean(const double *samples, int64_t count);

/* With its 95 % interval. */
struct estimate measurement_estimate(const double *samples, int64_t count);

#endif
