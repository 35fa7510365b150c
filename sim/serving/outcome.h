/*
 * What one simulated replication gives: counts and times in integers, so that parts add up exactly. Metrics are
 * derived from it, one table for results, sweeps and plots.
 *
 * Who may call it: simulate.c and machine.c fill it; everybody who has an outcome may ask it.
 */
#ifndef LAMINA_OUTCOME_H
#define LAMINA_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/num.h"
#include "engine/engine.h"
#include "platform/price.h"
#include "serving/cause.h"
#include "serving/setting.h"
#include "stats/histogram.h"

/* What is counted of a function: every member is listed once, and summed because it is listed. */
/* clang-format off */
#define FUNCTION_COUNTS(X) \
	X(int64_t, invocations) \
	X(int64_t, completed) \
	X(int64_t, cold_starts) \
	X(int64_t, joined) /* calls that went to a sandbox which had others */ \
	X(int64_t, out_of_memory) \
	X(int64_t, timeouts) \
	X(int64_t, errors) \
	X(int64_t, crashes) \
	X(int64_t, tmp_full) \
	X(int64_t, expired) /* asynchronous calls given up for their age */ \
	X(int64_t, state_full) /* executions of a workflow that ended at this function: for their state, */ \
	X(int64_t, history_full) /* ... their history, */ \
	X(int64_t, overtime) /* ... or their time */ \
	X(int64_t, retries) /* visits repeated after a failure */ \
	X(int64_t, throttles) \
	X(int64_t, gateway_timeouts) /* calls that a gateway in front did not wait for */ \
	X(int64_t, message_errors) /* messages that failed by themselves, each as often as it did */ \
	X(int64_t, late_batches) /* throttled until others saw their messages */ \
	X(wide_sum, wait_ns) /* from asking for the function to the call that was admitted */ \
	X(wide_sum, init_ns) /* cold starts before the handler */ \
	X(wide_sum, duration_ns) /* handler time */ \
	X(wide_sum, billed_ns) \
	X(wide_sum, billed_init_ns) /* of billed_ns: initialising */ \
	X(wide_sum, billed_rounding_ns) /* of billed_ns: above what was used */ \
	X(wide_sum, billed_idle_ns) /* of billed_ns: sandboxes without requests */ \
	X(price_mb_ns, paid_mb_ns) /* memory bought * handler time */ \
	X(price_mb_ns, used_mb_ns) /* memory needed * handler time */ \
	X(wide_sum, bytes_in) \
	X(wide_sum, bytes_out)

#define FUNCTION_COUNTS_BY(X) \
	X(wide_sum, cause_ns, CAUSES) /* of the handler, and CAUSE_WARM_START; cause_times() has all */ \
	X(wide_sum, phase_ns, WORK_PHASES)
/* clang-format on */

struct function_outcome {
#define MEMBER(type, name) type name;
#define MEMBERS(type, name, count) type name[count];
	FUNCTION_COUNTS(MEMBER)
	FUNCTION_COUNTS_BY(MEMBERS)
#undef MEMBER
#undef MEMBERS
	struct usage usage;
};

/* Why a visit, a call that was never admitted, or a message ended without a result. */
enum failure {
	FAILURE_MEMORY,
	FAILURE_TMP,
	FAILURE_TIMEOUT,
	FAILURE_ERROR,
	FAILURE_CRASH,
	FAILURE_EXPIRED,
	FAILURE_GATEWAY,
	FAILURE_MESSAGE,
	FAILURE_LATE,
	FAILURE_STATE,
	FAILURE_HISTORY,
	FAILURE_OVERTIME,
	FAILURES,
};
int64_t function_failure_count(const struct function_outcome *outcome, enum failure failure);

/* What is counted of a workflow's step; a chain has none. */
struct step_outcome {
	int64_t entered;
	int64_t failed;       /* whatever followed; of a fail, records that it ended and that had not failed before */
	int64_t critical;     /* how often it was on a record's critical path ... */
	wide_sum critical_ns; /* ... and for how long; of a block, what none of its branches explain */
	wide_sum ns;          /* from entering it to leaving it */
	int64_t transitions;  /* of a workflow that pays for them */
};

/* And of a branch. */
struct branch_outcome {
	int64_t ended;
	wide_sum slack_ns; /* before all that its step waits for had ended */
};

/*
 * Who sees requests only does not know when a sandbox ends. Mahmoudi and Khazaei (IEEE TCC 2020; SimFaaS) count it for
 * ten minutes after its last request, whatever the platform does.
 */
enum { OBSERVED_IDLE_SECONDS = 600 };

enum outcome_end {
	OUTCOME_COMPLETE,
	OUTCOME_EVENT_BUDGET,
	OUTCOME_HORIZON,
	OUTCOME_IN_FLIGHT,
	OUTCOME_INTERRUPTED,
};

/* How a simulation ended whose engine ended so; is_overfull: it was stopped for the records under way. */
enum outcome_end outcome_end_of(enum engine_end end, bool is_overfull);

struct outcome {
	enum outcome_end end;
	int64_t makespan_ns;
	int64_t records_completed;
	int64_t records_failed;
	int64_t images_completed;
	wide_sum record_ns;            /* sum over completed records of submission to result */
	struct histogram record_times; /* of completed records, ns */
	int64_t peak_concurrency;
	/* Of a source that is polled. */
	int64_t batches;
	int64_t batch_messages;          /* in them, each as often as it was received */
	int64_t messages_called;         /* at least once */
	wide_sum message_wait_ns;        /* from its coming to its first call, over these */
	int64_t oldest_message_ns;       /* the longest that a message had been there when it was called */
	int64_t queued_messages;         /* when the simulation ended */
	int64_t dead_letters;            /* given up: received too often or too old; of asynchronous calls, too */
	int64_t store_refusals;          /* requests that the object store refused for their rate */
	int64_t elapsed_ns;              /* start to the end of the simulation */
	price_mb_ns running_instance_ns; /* sandboxes that start or run a handler, times time */
	price_mb_ns idle_instance_ns;
	price_mb_ns observed_instance_ns; /* sandboxes times time as observers count them, OBSERVED_IDLE_SECONDS */
	uint64_t events;
	struct function_outcome *functions;
	size_t function_count;
	struct step_outcome *steps; /* of the setting's graph */
	struct branch_outcome *branches;
	int64_t tokens_begun; /* of all records, in all branches */
	int64_t tokens_ended;
	struct usage workflow; /* its blocks' transitions and its executions; those of tasks are their functions' */
	struct function_outcome total; /* of all functions, and the workflow's use */
	struct usage usage;            /* the total's, and a machine's */
	struct bill bill;
	struct bill month; /* of setting.runs_per_month such runs; its total is NaN where that is 0 */
};

enum metric_id {
	METRIC_MAKESPAN_SECONDS,
	METRIC_RECORD_SECONDS,
	METRIC_RECORD_P50_SECONDS,
	METRIC_RECORD_P95_SECONDS,
	METRIC_RECORD_P99_SECONDS,
	METRIC_RECORD_BILLED_SECONDS,
	METRIC_IMAGES_PER_SECOND,
	METRIC_COST_USD,
	METRIC_COST_COMPUTE_USD,
	METRIC_COST_REQUESTS_USD,
	METRIC_COST_STORE_USD,
	METRIC_COST_BESIDE_USD,
	METRIC_MONTH_USD,
	METRIC_GB_SECONDS,
	METRIC_INVOCATIONS,
	METRIC_COLD_STARTS,
	METRIC_COLD_START_PROBABILITY,
	METRIC_JOINED_REQUESTS,
	METRIC_THROTTLES,
	METRIC_COMPLETED_RECORDS,
	METRIC_FAILED_RECORDS,
	METRIC_PEAK_CONCURRENCY,
	METRIC_RUNNING_INSTANCES,
	METRIC_IDLE_INSTANCES,
	METRIC_INSTANCES,
	METRIC_OBSERVED_INSTANCES,
	METRIC_WAITING_SECONDS,
	METRIC_STORE_REFUSALS,
	METRIC_RETRIES,
	METRIC_QUEUE_SECONDS,
	METRIC_OLDEST_MESSAGE_SECONDS,
	METRIC_BATCHES,
	METRIC_MESSAGES_PER_BATCH,
	METRIC_QUEUED_MESSAGES,
	METRIC_DEAD_LETTERS,
	METRIC_GATEWAY_TIMEOUTS,
	METRIC_IDLE_MEMORY_SHARE,
	METRICS,
};

/* A named figure of an outcome. */
struct metric {
	const char *name; /* ends in its unit: "makespan_seconds" */
	const char *help;
	double (*value)(const struct outcome *outcome);
	bool is_of_source; /* tells nothing where the driver or orchestrator calls by itself */
};
extern const struct metric outcome_metrics[METRICS];

/* The enum metric_id of a name that a user wrote, or -1. */
int outcome_find_metric(const char *name);

enum function_metric_id {
	FUNCTION_METRIC_INVOCATIONS,
	FUNCTION_METRIC_COLD_STARTS,
	FUNCTION_METRIC_INIT_MEAN_SECONDS,
	FUNCTION_METRIC_DURATION_MEAN_SECONDS,
	FUNCTION_METRIC_BILLED_MEAN_SECONDS,
	FUNCTION_METRIC_GB_SECONDS,
	FUNCTION_METRIC_IDLE_MEMORY_SHARE,
	FUNCTION_METRIC_FAILURES,
	FUNCTION_METRICS,
};

/* A named figure of one function's outcome ("duration_mean_seconds", ...). */
struct function_metric {
	const char *name;
	const char *help;
	double (*value)(const struct function_outcome *outcome);
};
extern const struct function_metric function_metrics[FUNCTION_METRICS];

/* The enum function_metric_id of a name that a user wrote, or -1. */
int function_find_metric(const char *name);

enum step_metric_id {
	STEP_METRIC_ENTERED,
	STEP_METRIC_FAILED,
	STEP_METRIC_MEAN_SECONDS,
	STEP_METRIC_CRITICAL_SECONDS,
	STEP_METRIC_CRITICAL_SHARE,
	STEP_METRIC_SLACK_SECONDS,
	STEP_METRIC_TRANSITIONS,
	STEP_METRICS,
};

/* A named figure of one step of a workflow. */
struct step_metric {
	const char *name;
	const char *help;
	double (*value)(const struct outcome *outcome, const struct graph *graph, int32_t step);
};
extern const struct step_metric step_metrics[STEP_METRICS];

/* Adds up the functions' parts and the workflow's use, which then are all there. */
void outcome_add_up(struct outcome *outcome);

#endif
