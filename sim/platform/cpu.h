/*
 * CPU of a sandbox: a share in proportion to memory, enforced as CFS bandwidth control does it. Per period the
 * sandbox's threads together may run quota = period * share; when it is used up they sleep to the next period.
 * So work of the order of a period ends in steps, and long work follows the proportional law.
 *
 * Sources: share = memory / 1792 MB until December 2020, / 1769 MB since (AWS Lambda developer guide); period 20 ms
 * (demystifying-serverless-costs, EuroSys'26 artefact, 2025; assumed for earlier years); the law
 * wall = floor(T/q)*P + T mod q was checked against the same artefact.
 * Assumption: all threads of a phase run all the time (they spin while they wait for each other).
 */
#ifndef LAMINA_CPU_H
#define LAMINA_CPU_H

#include <stddef.h>
#include <stdint.h>

#include "doc/bind.h"

struct platform_cpu {
	double mb_per_vcpu;
	struct bind_ints visible_up_to_mb; /* ascending; sizes up to [i] see visible_vcpus[i] */
	struct bind_ints visible_vcpus;
	double period_seconds;
	double sgemm_gflop_per_vcpu_second; /* float32 matrix product speed: how profiles are carried over */
	double speed_spread;                /* standard deviation of ln(speed) between sandboxes */
};

struct cpu_quota {
	int64_t period_ns;
	int64_t quota_ns; /* thread time per period */
	int64_t visible_vcpus;
	int64_t period_start_ns;
	int64_t used_ns; /* of the current period's quota */
};

/* vCPU-seconds per second that a size gets: min(memory / mb_per_vcpu, visible vCPUs). */
double cpu_share(const struct platform_cpu *cpu, int64_t memory_mb);

int64_t cpu_visible_vcpus(const struct platform_cpu *cpu, int64_t memory_mb);

/* A fresh sandbox's quota; its periods are aligned to phase_ns (in [0, period)). */
void cpu_quota_init(struct cpu_quota *quota, const struct platform_cpu *cpu, int64_t memory_mb, int64_t phase_ns);

/*
 * Runs work_ns of thread time, spread over `threads` threads, from now_ns on. Returns when it ends; the quota
 * remembers what it has used, so that phases that follow each other share a period.
 */
int64_t cpu_quota_run(struct cpu_quota *quota, int64_t now_ns, int64_t work_ns, int64_t threads);

#endif
