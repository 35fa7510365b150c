#include "platform/cpu.h"

#include <math.h>

#include "base/num.h"

double cpu_share(const struct platform_cpu *cpu, int64_t memory_mb)
{
	return fmin((double)memory_mb / cpu->mb_per_vcpu, (double)cpu_visible_vcpus(cpu, memory_mb));
}

int64_t cpu_visible_vcpus(const struct platform_cpu *cpu, int64_t memory_mb)
{
	CHECK(cpu->visible_vcpus.count > 0);
	CHECK(cpu->visible_vcpus.count == cpu->visible_up_to_mb.count);
	size_t last = cpu->visible_vcpus.count - 1;
	for (size_t i = 0; i < last; i++) {
		if (memory_mb <= cpu->visible_up_to_mb.values[i])
			return cpu->visible_vcpus.values[i];
	}
	return cpu->visible_vcpus.values[last];
}

void cpu_quota_init(struct cpu_quota *quota, const struct platform_cpu *cpu, int64_t memory_mb, int64_t phase_ns)
{
	int64_t period_ns = ns_from_seconds(cpu->period_seconds);
	CHECK(period_ns > 0);
	CHECK(phase_ns >= 0 && phase_ns < period_ns);
	*quota = (struct cpu_quota){
		.period_ns = period_ns,
		.quota_ns = (int64_t)llround((double)period_ns * cpu_share(cpu, memory_mb)),
		.visible_vcpus = cpu_visible_vcpus(cpu, memory_mb),
		.period_start_ns = phase_ns - period_ns,
	};
	CHECK(quota->quota_ns > 0);
}

/* Starts the period that now_ns lies in, with its quota unused, unless it is the current one. */
static void enter_period(struct cpu_quota *quota, int64_t now_ns)
{
	int64_t passed = (now_ns - quota->period_start_ns) / quota->period_ns;
	if (passed > 0) {
		quota->period_start_ns += passed * quota->period_ns;
		quota->used_ns = 0;
	}
}

int64_t cpu_quota_run(struct cpu_quota *quota, int64_t now_ns, int64_t work_ns, int64_t threads)
{
	CHECK(work_ns >= 0);
	CHECK(threads >= 1);
	int64_t running = threads < quota->visible_vcpus ? threads : quota->visible_vcpus;
	int64_t per_period_ns = running * quota->period_ns;
	if (per_period_ns > quota->quota_ns)
		per_period_ns = quota->quota_ns;
	enter_period(quota, now_ns);
	int64_t period_end_ns = quota->period_start_ns + quota->period_ns;
	int64_t runnable_ns = quota->quota_ns - quota->used_ns;
	int64_t fits_ns = running * (period_end_ns - now_ns);
	if (fits_ns < runnable_ns)
		runnable_ns = fits_ns;
	if (work_ns <= runnable_ns) {
		quota->used_ns += work_ns;
		return now_ns + div_ceil_int64(work_ns, running);
	}
	int64_t rest_ns = work_ns - runnable_ns;
	int64_t full_periods = (rest_ns - 1) / per_period_ns;
	quota->period_start_ns = period_end_ns + full_periods * quota->period_ns;
	quota->used_ns = rest_ns - full_periods * per_period_ns;
	return quota->period_start_ns + div_ceil_int64(quota->used_ns, running);
}
