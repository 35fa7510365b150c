/*
 * Replications of settings, spread over threads: every (setting, replication) is a task with an arena of its own, and
 * results are gathered in a fixed order, so that they do not depend on the number of threads.
 */
#ifndef LAMINA_REPLICATE_H
#define LAMINA_REPLICATE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "scenario/experiment_file.h"
#include "serving/outcome.h"
#include "serving/setting.h"

/* Mean over replications with its 95 % Student-t interval; half_width is infinite for one replication. */
struct estimate {
	double mean;
	double half_width;
	double min;
	double max;
};

struct summary;
struct estimate estimate_of(const struct summary *summary);

struct function_result {
	const char *name;
	int64_t memory_mb;
	double peak_memory_mb;
	struct estimate metrics[FUNCTION_METRICS]; /* by enum function_metric_id */
	double phase_seconds[WORK_PHASES];         /* mean over invocations and replications */
	double cause_seconds[CAUSES]; /* mean over invocations and replications; they add up to the time of a call */
	double cause_usd[CAUSES];     /* mean over replications; they add up to its part of the bill */
	double failures[FAILURES];    /* mean counts over replications */
};

struct step_result {
	const struct step *step;
	struct estimate metrics[STEP_METRICS]; /* by enum step_metric_id */
};

struct run_result {
	int64_t replications;             /* replications that were finished */
	struct estimate metrics[METRICS]; /* by enum metric_id */
	double *samples[METRICS];         /* each replication's value, for paired differences */
	struct bill bill;                 /* mean lines */
	double bytes_in;
	double bytes_out;
	struct function_result *functions;
	size_t function_count;
	struct step_result *steps; /* of a workflow that was simulated just now */
	size_t step_count;
	enum outcome_end end; /* the worst of all replications */
};

const struct estimate *run_result_metric(const struct run_result *result, enum metric_id metric);

/* Records that failed, on the mean, but for those that a workflow's own fail steps ended. */
double run_result_lost_records(const struct run_result *result);

const struct estimate *function_result_metric(const struct function_result *function, enum function_metric_id metric);

struct run_job {
	const struct setting *setting;
	uint64_t seed;
	struct replications replications;
	struct run_result result;
	struct digest identity; /* of setting and seed; where the study was asked for it */
};

struct run_control {
	int jobs;                               /* threads */
	const volatile sig_atomic_t *interrupt; /* may be NULL */
	/* Called from worker threads after each replication; may be NULL. */
	void (*progress)(void *context);
	void *progress_context;
};

/*
 * How much result differs from base in a metric, with the interval of paired replications:
 * replication i of both met the same luck. min and max are of single pairs. Both have finished some replications.
 */
struct estimate run_result_difference(const struct run_result *result, const struct run_result *base,
				      enum metric_id metric);

/* Simulates all jobs; results live in the arena. False when it was interrupted: results hold what was finished. */
bool replicate(struct run_job *jobs, size_t count, const struct run_control *control, struct arena *arena);

#endif
