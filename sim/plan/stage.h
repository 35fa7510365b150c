/*
 * A stage of the pipeline, which is one function, in the mean: what a visit takes and costs as a function of memory.
 * The same phases as sim/serving/visit.c, with every distribution replaced by its mean:
 *
 *   CPU     thread time / rate(memory), rate = vCPUs of the size, less what resuming after each throttled period loses;
 *           never faster than all threads at once, and up to one period shorter than the rate alone says, because a
 *           sandbox begins with a full quota and ends in the running part of a period;
 *   store   mean first-byte latencies + the larger of stream and network-then-CPU, from full token buckets;
 *   billed  the expected value of the rounded duration, for a duration spread evenly over +- sqrt(3) deviations.
 *
 * A duration is a convex function of the draws that it adds up, and a makespan of durations, so by Jensen's inequality
 * the mean of a simulation is not below the figures made of these means; what the model leaves out (waiting for the
 * network bucket to refill, sandboxes that expire, failures, throttled calls) lengthens it too.
 *
 * This is the planner's only knowledge of platform and serving.
 */
#ifndef LAMINA_STAGE_H
#define LAMINA_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "serving/setting.h"

/* Of one memory size; `last` is the last record, which may hold fewer images. */
struct stage_figures {
	double cold_seconds; /* from the call to the result, on a new sandbox */
	double warm_seconds;
	double last_cold_seconds;
	double last_warm_seconds;
	double cold_usd; /* GB-seconds, request, object store */
	double warm_usd;
	double last_cold_usd;
	double last_warm_usd;
	double longest_seconds; /* a handler that is three deviations slower than the mean, on a new sandbox */
};

/* Thread time that runs on `threads` threads; with a transfer, the CPU it takes after network_seconds. */
struct stage_term {
	double cpu_seconds;
	int64_t threads;
	bool is_transfer;
	bool is_overlapped; /* its CPU works while bytes flow */
	double network_seconds;
	double stream_seconds; /* the transfer takes no less */
};

/* A visit's phases, with what does not depend on memory added up. */
struct stage_visit {
	struct stage_term terms[WORK_PHASES];
	int term_count;
	double fixed_seconds;
	double fixed_variance;
	double start_seconds; /* before the handler: cold or warm start */
	double billed_start_seconds;
	double fixed_usd;
};

enum stage_visit_kind { STAGE_COLD, STAGE_WARM, STAGE_LAST_COLD, STAGE_LAST_WARM, STAGE_VISITS };

struct stage {
	const struct platform *platform;
	struct stage_visit visits[STAGE_VISITS];
	double usd_per_mb_second;
	double tmp_usd_per_second; /* of bought /tmp */
	double visit_usd;          /* of the orchestrator */
	double hop_seconds;        /* of the orchestrator, before a visit */
	double memory_floor_mb;    /* peak memory of a full record, without headroom */
	double timeout_seconds;
};

void stage_init(struct stage *stage, const struct setting *setting, size_t function);

void stage_at(const struct stage *stage, int64_t memory_mb, struct stage_figures *out);

/* Memory from which on more of it does not make a phase faster that runs on this many threads. */
double stage_knee_mb(const struct stage *stage, int64_t threads);

/* Seconds until `sandboxes` new ones can have been made: burst first, then a rate. */
double stage_sandboxes_ready_seconds(const struct platform *platform, int64_t sandboxes);

#endif
