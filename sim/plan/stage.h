/*
 * A stage of the pipeline, which is one function, in the mean: what a visit takes and costs as a function of memory.
 * The same phases as sim/serving/visit.c, with every distribution replaced by its mean:
 *
 *   CPU     thread time / rate(memory), rate = vCPUs of the size, less what resuming after each throttled period loses;
 *           never faster than all threads at once, and up to one period shorter than the rate alone says, because a
 *           sandbox begins with a full quota and ends in the running part of a period; where it alternates with
 *           waiting, shorter by as much at each wait, or by the wait where that is less;
 *   store   mean first-byte latencies + the larger of stream and network-then-CPU, from full token buckets;
 *   billed  the expected value of the rounded duration, for a duration spread evenly over +- sqrt(3) deviations.
 *
 * What time, restores and what stands by the clock cost comes from the simulation's own lines (serving/billing.h).
 *
 * Left out: network buckets that have not refilled, sandboxes that expire, failures, calls throttled by anything but
 * the burst of new sandboxes. On pipelines without luck a simulation takes and costs the same within 1 %; with the
 * luck of real platforms, and what it makes batches late by (lateness.h), cost within 1 % and time within 3 %, but for
 * pipelined schedules, whose queues may change time by 10 %; the planner corrects that by simulating what it proposes.
 *
 * This is the planner's only knowledge of platform and serving.
 */
#ifndef LAMINA_STAGE_H
#define LAMINA_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "random/stream.h"
#include "serving/demand.h"
#include "serving/setting.h"

/*
 * Of one memory size; `last` is the last record, which may hold fewer images; `kept` is on a provisioned sandbox, which
 * waits for calls but has not loaded anything before the first one.
 */
struct stage_figures {
	double cold_seconds; /* from the call to the result, on a new sandbox */
	double warm_seconds;
	double varying_seconds; /* of warm_seconds, what varies from request to request */
	double last_cold_seconds;
	double last_warm_seconds;
	double kept_seconds;
	double cold_usd; /* GB-seconds, request, object store */
	double warm_usd;
	double last_cold_usd;
	double last_warm_usd;
	double kept_usd;
	double kept_warm_usd;
	double step_usd;        /* of what stands (struct stage_standing), for each step that was begun */
	double clock_usd;       /* and for each second */
	double handler_seconds; /* of cold_seconds, what a time-out bounds; of warm_seconds where none need be new */
};

/* Thread time that runs on `threads` threads; with a transfer, the CPU it takes beside the network or after it. */
struct stage_term {
	double cpu_seconds;
	double received_seconds; /* of the period's quota that the sandbox itself has used up before */
	int64_t threads;
	struct demand demand; /* wait and CPU work that alternate */
	bool is_transfer;
	bool is_overlapped;    /* its CPU works while bytes flow */
	int64_t bytes;         /* through the network */
	double alone_seconds;  /* the CPU takes no less, ... */
	double stream_seconds; /* ... the transfer no less */
};

/* A visit's phases, with what does not depend on memory added up. */
struct stage_visit {
	struct stage_term terms[WORK_PHASES];
	int term_count;
	double fixed_seconds;
	double variation;    /* of what varies from request to request, deviation over mean */
	double wait_seconds; /* of fixed_seconds, what varies */
	double fixed_variance;
	double start_seconds; /* before the handler: cold or warm start */
	double billed_start_seconds;
	double fixed_usd;
	double client_seconds; /* of start_seconds, what the caller's way takes */
	const struct work *work;
	struct demand_visit does;
	bool is_new; /* its sandbox is made, or restored, for it */
	bool is_provisioned;
};

enum stage_visit_kind {
	STAGE_COLD,
	STAGE_WARM,
	STAGE_LAST_COLD,
	STAGE_LAST_WARM,
	STAGE_KEPT,
	STAGE_KEPT_WARM,
	STAGE_VISITS,
};

struct stage {
	const struct platform *platform;
	struct platform_cpu cpu; /* of the function's architecture */
	const struct setting_function *function;
	struct stage_visit visits[STAGE_VISITS];
	double visit_usd;        /* of the orchestrator */
	double hop_seconds;      /* of the orchestrator, before a visit */
	double child_second_usd; /* of the map's child that the visit is part of */
	double peak_memory_mb;   /* of the handler with a full record */
	double memory_floor_mb;  /* peak memory of a full record, without headroom */
	double timeout_seconds;
	bool is_warm; /* from the start there are sandboxes that have loaded everything */
};

void stage_init(struct stage *stage, const struct setting *setting, size_t function);

void stage_at(const struct stage *stage, int64_t memory_mb, struct stage_figures *out);

/* The larger of what is read and written, MiB. */
double stage_record_mb(const struct work *work);

/* The most threads of any phase. */
int64_t stage_threads(const struct stage *stage);

/* Whether no phase runs faster with more memory than this; most_mb is the largest size there is. */
bool stage_is_flat_from(const struct stage *stage, int64_t memory_mb, int64_t most_mb);

/* Share of a warm visit that neither CPU nor memory hastens: latencies, network, stream, waiting. */
double stage_fixed_share(const struct stage *stage, int64_t memory_mb);

/*
 * A visit as luck has it, by the simulation's own lines: what memory does not hasten. `slowness` is that of the
 * sandbox, `variation` that of what varies of the request's work; 1 is the mean of the latter.
 */
double stage_draw_fixed(const struct stage *stage, enum stage_visit_kind kind, double slowness, double variation,
			struct stream *luck);

/* Beside it, what CPUs take in the mean: with luck it is in proportion to slowness, and to variation if CPU varies. */
double stage_cpu_seconds(const struct stage *stage, enum stage_visit_kind kind, int64_t memory_mb);

/* CPU time on a sandbox over that on a nominal vCPU, and over that on the mean sandbox. */
double stage_draw_slowness(const struct stage *stage, struct stream *luck, double *over_mean);

/* What stands is paid for by steps, as provisioned sandboxes are, or by the clock, as a snapshot is. */
struct stage_standing {
	double step_seconds; /* of the platform's price; 0: steps are seconds, of which a part is paid for as such */
	double step_usd;
	double clock_usd;           /* for each second ... */
	double clock_least_seconds; /* ... of so many at least */
	double beside_usd;          /* for each second, whatever the choice (stage_beside_usd) */
};

/* What it costs for so long. */
double stage_standing_usd(const struct stage_standing *standing, double seconds);

/* What stands on the bill beside costs in a second. */
double stage_beside_usd(const struct setting *setting);

/* Seconds until `sandboxes` new ones can have been made: burst first, then a rate. */
double stage_sandboxes_ready_seconds(const struct platform *platform, int64_t sandboxes);

#endif
