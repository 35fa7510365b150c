/* A workflow service that calls function after function. */
#ifndef LAMINA_WORKFLOW_H
#define LAMINA_WORKFLOW_H /* private to platform */

#include <stdint.h>

#include "platform/quantiles.h"

/*
 * An inline map does not start its items at once: after each the next one waits, the longer the more there were, as far
 * as the map is wide (inline_map_limit).
 */
struct map_pace {
	double seconds;
	double seconds_per_item;
};

/*
 * Executions that an account starts, or states that they enter: a bucket of `burst`, refilled at per_second. I: a
 * distributed map's children are of them (its role needs states:StartExecution); what the bucket does not hold comes
 * later and is not refused.
 */
struct start_rate {
	int64_t burst; /* 0: no bound is known */
	double per_second;
};

struct platform_workflow {
	struct quantiles hop_seconds;  /* from one function's answer to the next one's call */
	double fork_seconds;           /* more before the first branch of a parallel step or of an inline map */
	double hop_payload_mb;         /* ... that carries no more than so much, 10^6 bytes; */
	double hop_seconds_per_mb;     /* what is beyond takes so much longer */
	int64_t inline_map_limit;      /* records in work at once, unless the map is distributed */
	int64_t distributed_map_limit; /* children in work at once, of one that is */
	int64_t history_entries_max;   /* of an execution, whose end the next one is; 0: no bound is known */
	double express_seconds;        /* the longest that an express one runs; 0: no bound is known */
	struct map_pace map_pace;
	struct start_rate child_starts; /* of a distributed map's children: standard ones, ... */
	struct start_rate express_child_starts;
	struct start_rate transitions;    /* of an account's standard executions; what is beyond is delayed */
	double durable_operation_seconds; /* what a durable function takes to call the next function */
	double payload_mb;                /* that it passes on, 10^6 bytes; 0: no bound is known */
};
extern const struct bind_schema platform_workflow_schema;

/* The most that a map has in work at once: items, or a distributed one's children; INT64_MAX: no bound. */
int64_t workflow_map_most(const struct platform_workflow *workflow, bool is_distributed);

/* The rest after an inline map has started so many items, before it starts the next. */
int64_t workflow_map_rest_ns(const struct platform_workflow *workflow, int64_t started);

/* Of its children, by their kind. */
const struct start_rate *workflow_start_rate(const struct platform_workflow *workflow, bool is_express);

/*
 * How long the next start must wait, now; full_ns: when the bucket will be full again, which workflow_started moves
 * (the generic cell rate algorithm: ITU-T I.371, in times instead of tokens).
 */
int64_t workflow_start_rest_ns(const struct start_rate *rate, int64_t full_ns, int64_t now_ns);
void workflow_started(const struct start_rate *rate, int64_t *full_ns, int64_t now_ns);

/* What a payload adds to a hop. */
int64_t workflow_payload_ns(const struct platform_workflow *workflow, int64_t payload_bytes);

#endif
