/*
 * CPU of a sandbox: a share in proportion to memory, enforced as Linux's CFS bandwidth control does it. Per period the
 * sandbox's threads together may run quota = period * share, but what they ran is charged at scheduler ticks only: a
 * thread runs on to the tick that finds the quota used up, is stopped until a period begins with its overrun repaid,
 * and on resuming first refills its caches. So work of the order of a period ends in steps, small sizes run whole
 * ticks with long pauses, and long work follows the proportional law.
 *
 * Periods begin regardless of requests. A request finds a part of its first period's quota used up by what the sandbox
 * did to receive it (receive_seconds), so that short work is stopped earlier than a whole quota would let it.
 *
 * Sources: share = memory / 1792 MB until December 2020, / 1769 MB since (AWS Lambda developer guide); period 20 ms,
 * tick 4 ms, runs of 3.94 ms and pauses of 56 to 60 ms at 128 MB (demystifying-serverless-costs, EuroSys'26 artefact,
 * 2025; assumed for earlier years). resume_seconds and overhead_share are fitted: one busy thread got 0.0710, 0.1419,
 * 0.2843 and 0.5702 vCPU at 128, 256, 512 and 1024 MB (SeBS-Flow artefact, 2022), 1.9, 1.9, 1.8 and 1.5 % less than
 * memory / 1769 MB. What receive_seconds is fitted to, the platforms say.
 * Assumptions: ticks and periods begin together; what follows at once on the same vCPU has not been stopped between;
 * all threads of a phase run all the time (they spin while they wait for each other).
 */
#ifndef LAMINA_CPU_H
#define LAMINA_CPU_H

#include <stddef.h>
#include <stdint.h>

#include "doc/bind.h"

struct platform_cpu {
	double mb_per_vcpu;
	struct bind_ints share_at_mb;      /* where shares are no straight line: sizes, ascending, and ... */
	struct bind_doubles shares;        /* ... their vCPUs; a size between two gets the lower one's */
	struct bind_ints visible_up_to_mb; /* ascending; sizes up to [i] see visible_vcpus[i] */
	struct bind_ints visible_vcpus;
	double period_seconds;
	double tick_seconds;                /* a part of the period; 0: charged exactly */
	double resume_seconds;              /* thread time lost when a stopped thread goes on */
	double receive_seconds;             /* CPU time that a request takes before its handler starts */
	double overhead_share;              /* part of the quota that the sandbox itself uses up */
	double sgemm_gflop_per_vcpu_second; /* float32 matrix product speed: how profiles are carried over */
	double memory_gb_per_vcpu_second;   /* copy bandwidth of one thread, bytes read and written; 0: no source */
	double speed_spread;                /* standard deviation of ln(speed) between sandboxes */
	double arm64_speed;                 /* speed of an arm64 vCPU over an x86_64 one; 0: not sold */
	struct bind_ints arm64_share_at_mb; /* where arm64 gets other shares: sizes, ascending, and ... */
	struct bind_doubles arm64_shares;   /* ... their vCPUs; straight lines between, in proportion outside */
	bool is_arm64;                      /* no key: by cpu_of_architecture */
	double burst_times;                 /* no key: by cpu_in_burst; 0: 1 */
};
extern const struct bind_schema platform_cpu_schema;

struct cpu_quota {
	int64_t period_ns;
	int64_t quota_ns; /* thread time per period */
	int64_t tick_ns;  /* 0: charged exactly */
	int64_t resume_ns;
	int64_t receive_ns;
	int64_t running_at_ns; /* when what ran last came to its end: what follows at once has not stopped */
	int64_t visible_vcpus;
	int64_t work_max_ns; /* more is cut to this: it would run for decades */
	int64_t period_start_ns;
	int64_t left_ns; /* of the current period's quota; below 0: an overrun that later periods repay */
};

/* The platform's CPU as functions of an architecture have it. */
struct platform_cpu cpu_of_architecture(const struct platform_cpu *cpu, bool is_arm64);

/* The platform's CPU for sandboxes that may use so many times their share. */
struct platform_cpu cpu_in_burst(struct platform_cpu cpu, double times);

/* Memory that comes with one vCPU. */
double cpu_one_vcpu_mb(const struct platform_cpu *cpu);

/* vCPU-seconds per second that a size gets: min(memory / mb_per_vcpu, visible vCPUs), or as its shares say. */
double cpu_share(const struct platform_cpu *cpu, int64_t memory_mb);

/* What the handler's threads get of it in the long run: the sandbox itself uses up some. */
double cpu_handler_share(const struct platform_cpu *cpu, int64_t memory_mb);

int64_t cpu_visible_vcpus(const struct platform_cpu *cpu, int64_t memory_mb);

/* How many of a phase's threads run at once: as many as there are vCPUs to see. */
int64_t cpu_running_threads(int64_t visible_vcpus, int64_t threads);

/*
 * By how much threads that begin to run are ahead of the long run: a sandbox that was idle has a whole quota, and they
 * end in the running part of a period.
 */
double cpu_head_start_seconds(const struct platform_cpu *cpu, int64_t memory_mb, int64_t threads);

/* A fresh sandbox's quota; its periods are aligned to phase_ns (in [0, period)). */
void cpu_quota_init(struct cpu_quota *quota, const struct platform_cpu *cpu, int64_t memory_mb, int64_t phase_ns);

/* Aligns the periods of a quota that is fresh. */
void cpu_quota_align(struct cpu_quota *quota, int64_t phase_ns);

/*
 * Runs work_ns of thread time, spread over `threads` threads, from now_ns on. Returns when it ends; the quota
 * remembers what it has used, so that phases that follow each other share a period. Takes constant time, however
 * long the work.
 */
int64_t cpu_quota_run(struct cpu_quota *quota, int64_t now_ns, int64_t work_ns, int64_t threads);

/* A request comes: the sandbox has used up some of the period's quota when the handler starts. */
void cpu_quota_receive(struct cpu_quota *quota, int64_t now_ns);

/* The same with nothing to stop the threads, as while a sandbox is initialised. */
int64_t cpu_unthrottled_ns(const struct cpu_quota *quota, int64_t work_ns, int64_t threads);

#endif
