#include "platform/cpu.h"

#include <math.h>

#include "base/num.h"
#include "platform/keys.h"

static const struct bind_field cpu_fields[] = {
	NUMBER(struct platform_cpu, mb_per_vcpu, 1, 1048576, "memory that comes with one vCPU, MB"),
	BIND_FIELD(struct platform_cpu, share_at_mb, BIND_INT_LIST, .min = 1, .max = 1048576,
		   .help = "where vCPUs are not in proportion to memory: sizes, MB, ascending"),
	BIND_FIELD(struct platform_cpu, shares, BIND_DOUBLE_LIST, .min = 1e-3, .max = 1024,
		   .help = "vCPUs that these sizes get"),
	BIND_FIELD(struct platform_cpu, visible_up_to_mb, BIND_INT_LIST, .required = true, .min = 1, .max = 1048576,
		   .help = "sizes up to which visible_vcpus hold, MB, ascending"),
	BIND_FIELD(struct platform_cpu, visible_vcpus, BIND_INT_LIST, .required = true, .min = 1, .max = 1024,
		   .help = "vCPUs that a function of such a size sees"),
	NUMBER(struct platform_cpu, period_seconds, 1e-4, 1, "period of the CPU quota"),
	BIND_FIELD(struct platform_cpu, tick_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "what threads ran is charged at multiples of this, a part of the period; 0: exactly"),
	BIND_FIELD(struct platform_cpu, resume_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "thread time that a stopped thread loses when it goes on"),
	BIND_FIELD(struct platform_cpu, receive_seconds, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1,
		   .help = "CPU time that the sandbox itself uses up when a request comes, before the handler starts"),
	BIND_FIELD(struct platform_cpu, overhead_share, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 0.5,
		   .help = "part of the quota that the sandbox itself uses up"),
	NUMBER(struct platform_cpu, sgemm_gflop_per_vcpu_second, 0.01, 1e5,
	       "float32 matrix product speed of one vCPU, 10^9 operations per second"),
	BIND_FIELD(struct platform_cpu, memory_gb_per_vcpu_second, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 1e4,
		   .help = "copy bandwidth of one thread, 10^9 bytes read and written per second; 0: unknown"),
	NUMBER(struct platform_cpu, speed_spread, 0, 1, "standard deviation of ln(speed) between sandboxes"),
	BIND_FIELD(struct platform_cpu, arm64_speed, BIND_DOUBLE, .fallback = "0", .min = 0, .max = 100,
		   .help = "speed of an arm64 vCPU over an x86_64 one; 0: not sold"),
	BIND_FIELD(struct platform_cpu, arm64_share_at_mb, BIND_INT_LIST, .min = 1, .max = 1048576,
		   .help = "where arm64 functions get other shares than x86_64 ones: sizes, MB, ascending"),
	BIND_FIELD(struct platform_cpu, arm64_shares, BIND_DOUBLE_LIST, .min = 1e-3, .max = 1024,
		   .help = "vCPUs that these sizes get, ascending; straight lines between them, in proportion outside"),
	BIND_END,
};

static void check_cpu(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_cpu *cpu = value;
	if (cpu->visible_vcpus.count == 0 || cpu->visible_vcpus.count != cpu->visible_up_to_mb.count)
		diag_error(diag, bind_place(node, "visible_vcpus"),
			   "'visible_vcpus' has %zu entries and 'visible_up_to_mb' %zu; both need the same number",
			   cpu->visible_vcpus.count, cpu->visible_up_to_mb.count);
	for (size_t i = 1; i < cpu->visible_up_to_mb.count; i++) {
		if (cpu->visible_up_to_mb.values[i] <= cpu->visible_up_to_mb.values[i - 1])
			diag_error(diag, bind_place(node, "visible_up_to_mb"), "'visible_up_to_mb' must ascend");
	}
	if (cpu->shares.count != cpu->share_at_mb.count)
		diag_error(diag, bind_place(node, "shares"),
			   "'shares' has %zu entries and 'share_at_mb' %zu; both need the same number",
			   cpu->shares.count, cpu->share_at_mb.count);
	if (cpu->arm64_shares.count != cpu->arm64_share_at_mb.count)
		diag_error(diag, bind_place(node, "arm64_shares"),
			   "'arm64_shares' has %zu entries and 'arm64_share_at_mb' %zu; both need the same number",
			   cpu->arm64_shares.count, cpu->arm64_share_at_mb.count);
	for (size_t i = 1; i < cpu->arm64_shares.count && i < cpu->arm64_share_at_mb.count; i++) {
		if (cpu->arm64_share_at_mb.values[i] <= cpu->arm64_share_at_mb.values[i - 1] ||
		    cpu->arm64_shares.values[i] <= cpu->arm64_shares.values[i - 1])
			diag_error(diag, bind_place(node, "arm64_shares"),
				   "'arm64_share_at_mb' and 'arm64_shares' must ascend");
	}
	int64_t period_ns = ns_from_seconds(cpu->period_seconds);
	int64_t tick_ns = ns_from_seconds(cpu->tick_seconds);
	if (tick_ns > 0 && period_ns % tick_ns != 0)
		diag_error(diag, bind_place(node, "tick_seconds"), "'period_seconds' is no multiple of 'tick_seconds'");
	if (cpu->resume_seconds > 0 && cpu->resume_seconds >= cpu->tick_seconds)
		diag_error(diag, bind_place(node, "resume_seconds"), "'resume_seconds' must be below 'tick_seconds'");
}

const struct bind_schema platform_cpu_schema = {
	.title = "cpu",
	.bytes = sizeof(struct platform_cpu),
	.fields = cpu_fields,
	.check = check_cpu,
};

struct platform_cpu cpu_of_architecture(const struct platform_cpu *cpu, bool is_arm64)
{
	struct platform_cpu of = *cpu;
	of.is_arm64 = is_arm64 && cpu->arm64_shares.count > 0;
	return of;
}

struct platform_cpu cpu_in_burst(struct platform_cpu cpu, double times)
{
	cpu.burst_times = times;
	return cpu;
}

/* From one list to the other, both ascending: straight lines between their points, in proportion outside. */
static double along(const double *to, const int64_t *from, size_t count, double x)
{
	size_t i = 0;
	while (i < count && x > (double)from[i])
		i++;
	if (i == 0 || i == count) {
		size_t end = i == 0 ? 0 : count - 1;
		return x * to[end] / (double)from[end];
	}
	double part = (x - (double)from[i - 1]) / (double)(from[i] - from[i - 1]);
	return to[i - 1] + part * (to[i] - to[i - 1]);
}

static double arm64_share(const struct platform_cpu *cpu, double memory_mb)
{
	return along(cpu->arm64_shares.values, cpu->arm64_share_at_mb.values, cpu->arm64_shares.count, memory_mb);
}

double cpu_one_vcpu_mb(const struct platform_cpu *cpu)
{
	if (!cpu->is_arm64)
		return cpu->mb_per_vcpu;
	double low = 0;
	double high = cpu->mb_per_vcpu;
	while (arm64_share(cpu, high) < 1)
		high *= 2;
	while (high - low > 0.5) {
		double middle = (low + high) / 2;
		*(arm64_share(cpu, middle) < 1 ? &low : &high) = middle;
	}
	return high;
}

double cpu_share(const struct platform_cpu *cpu, int64_t memory_mb)
{
	if (cpu->is_arm64)
		return fmin(arm64_share(cpu, (double)memory_mb), (double)cpu_visible_vcpus(cpu, memory_mb));
	double share = (double)memory_mb / cpu->mb_per_vcpu;
	for (size_t i = 0; i < cpu->shares.count && memory_mb >= cpu->share_at_mb.values[i]; i++)
		share = cpu->shares.values[i];
	double times = cpu->burst_times > 1 ? cpu->burst_times : 1;
	return fmin(share * times, (double)cpu_visible_vcpus(cpu, memory_mb));
}

double cpu_handler_share(const struct platform_cpu *cpu, int64_t memory_mb)
{
	return cpu_share(cpu, memory_mb) * (1 - cpu->overhead_share);
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
	int64_t tick_ns = ns_from_seconds(cpu->tick_seconds);
	CHECK(period_ns > 0);
	CHECK(tick_ns == 0 || period_ns % tick_ns == 0);
	*quota = (struct cpu_quota){
		.period_ns = period_ns,
		.quota_ns = (int64_t)llround((double)period_ns * cpu_handler_share(cpu, memory_mb)),
		.tick_ns = tick_ns,
		.resume_ns = ns_from_seconds(cpu->resume_seconds),
		.receive_ns = ns_from_seconds(cpu->receive_seconds),
		.running_at_ns = -1,
		.visible_vcpus = cpu_visible_vcpus(cpu, memory_mb),
	};
	cpu_quota_align(quota, phase_ns);
	CHECK(quota->quota_ns > 0);
	quota->work_max_ns = (int64_t)fmin((double)quota->quota_ns / (double)period_ns * 1e18, 4e18);
	quota->left_ns = quota->quota_ns;
}

void cpu_quota_align(struct cpu_quota *quota, int64_t phase_ns)
{
	CHECK(phase_ns >= 0 && phase_ns < quota->period_ns);
	quota->period_start_ns = phase_ns - quota->period_ns;
}

/* Goes to the period that now_ns lies in. Unused quota is lost; an overrun is repaid period by period. */
static void enter_period(struct cpu_quota *quota, int64_t now_ns)
{
	if (now_ns - quota->period_start_ns < quota->period_ns)
		return;
	int64_t passed = (now_ns - quota->period_start_ns) / quota->period_ns;
	quota->period_start_ns += passed * quota->period_ns;
	int64_t repaid_after = quota->left_ns < 0 ? -quota->left_ns / quota->quota_ns + 1 : 0;
	if (passed <= repaid_after)
		quota->left_ns += passed * quota->quota_ns;
	else
		quota->left_ns = quota->quota_ns;
}

/*
 * Once stopped, the threads run from the start of a period with a debt, again and again until they are stopped. After
 * m periods they have run whole ticks, the fewest that use up m quotas less the debt.
 */
struct throttled {
	int64_t quota_ns;
	int64_t slice_ns;  /* thread time of a tick; 1 where time is charged exactly */
	int64_t resume_ns; /* thread time that each run loses */
	int64_t debt_ns;
};

static int64_t ticks_run(const struct throttled *throttled, int64_t periods)
{
	int64_t due_ns = periods * throttled->quota_ns - throttled->debt_ns;
	return due_ns > 0 ? div_ceil_int64(due_ns, throttled->slice_ns) : 0;
}

/* What of so many ticks was work. A period has at most one run, and a run at least one tick. */
static int64_t worked_in(const struct throttled *throttled, int64_t ticks, int64_t periods)
{
	return ticks * throttled->slice_ns - min_int64(ticks, periods) * throttled->resume_ns;
}

static int64_t worked_ns(const struct throttled *throttled, int64_t periods)
{
	return worked_in(throttled, ticks_run(throttled, periods), periods);
}

/* The number of the period in which work_ns is done, from 1. */
static int64_t last_period(const struct throttled *throttled, int64_t work_ns)
{
	double run_ns = (double)max_int64(throttled->quota_ns, throttled->slice_ns);
	double worked_per_period = (double)throttled->quota_ns * (1 - (double)throttled->resume_ns / run_ns);
	int64_t periods = 1 + (int64_t)((double)work_ns / worked_per_period);
	while (worked_ns(throttled, periods) < work_ns)
		periods++;
	while (periods > 1 && worked_ns(throttled, periods - 1) >= work_ns)
		periods--;
	return periods;
}

static int64_t run_throttled(struct cpu_quota *quota, int64_t work_ns, int64_t running)
{
	const struct throttled throttled = {
		.quota_ns = quota->quota_ns,
		.slice_ns = quota->tick_ns > 0 ? running * quota->tick_ns : 1,
		.resume_ns = running * quota->resume_ns,
		.debt_ns = -quota->left_ns,
	};
	int64_t full = last_period(&throttled, work_ns) - 1;
	int64_t ticks = ticks_run(&throttled, full);
	int64_t ran_ns = ticks * throttled.slice_ns;
	int64_t rest_ns = work_ns - worked_in(&throttled, ticks, full) + throttled.resume_ns;
	quota->period_start_ns += (full + 1) * quota->period_ns;
	quota->left_ns = (full + 1) * quota->quota_ns - throttled.debt_ns - ran_ns - rest_ns;
	quota->running_at_ns = quota->period_start_ns + div_ceil_int64(rest_ns, running);
	return quota->running_at_ns;
}

/*
 * Thread time until the tick that finds the quota used up, or until the period ends where none does. Who begins to run
 * needs some of the quota; who runs already is found at a tick.
 */
static int64_t runnable_ns(const struct cpu_quota *quota, int64_t now_ns, int64_t running)
{
	bool is_running = quota->running_at_ns == now_ns && quota->tick_ns > 0;
	int64_t left_ns = quota->left_ns > 0 ? quota->left_ns : 0;
	if (left_ns == 0 && !is_running)
		return 0;
	int64_t in_period_ns = running * (quota->period_start_ns + quota->period_ns - now_ns);
	int64_t until_stop_ns = left_ns;
	if (quota->tick_ns > 0) {
		int64_t used_up_ns = now_ns - quota->period_start_ns + div_ceil_int64(left_ns, running);
		int64_t tick_ns = div_ceil_int64(used_up_ns, quota->tick_ns) * quota->tick_ns;
		until_stop_ns = running * (quota->period_start_ns + tick_ns - now_ns);
	}
	return until_stop_ns < in_period_ns ? until_stop_ns : in_period_ns;
}

int64_t cpu_running_threads(int64_t visible_vcpus, int64_t threads)
{
	CHECK(threads >= 1);
	return threads < visible_vcpus ? threads : visible_vcpus;
}

double cpu_head_start_seconds(const struct platform_cpu *cpu, int64_t memory_mb, int64_t threads)
{
	double running = (double)cpu_running_threads(cpu_visible_vcpus(cpu, memory_mb), threads);
	return cpu->period_seconds * fmax(0, 1 - cpu_handler_share(cpu, memory_mb) / running);
}

int64_t cpu_unthrottled_ns(const struct cpu_quota *quota, int64_t work_ns, int64_t threads)
{
	CHECK(work_ns >= 0);
	return div_ceil_int64(work_ns, cpu_running_threads(quota->visible_vcpus, threads));
}

/* Leaps over the periods that the threads run from start to end, where the quota allows it; returns what is left. */
static int64_t run_full_periods(struct cpu_quota *quota, int64_t work_ns, int64_t running)
{
	int64_t per_period_ns = running * quota->period_ns;
	if (quota->left_ns < per_period_ns || quota->quota_ns < per_period_ns)
		return work_ns;
	int64_t full = (work_ns - 1) / per_period_ns;
	quota->period_start_ns += full * quota->period_ns;
	return work_ns - full * per_period_ns;
}

int64_t cpu_quota_run(struct cpu_quota *quota, int64_t now_ns, int64_t work_ns, int64_t threads)
{
	CHECK(work_ns >= 0);
	if (work_ns == 0)
		return now_ns;
	if (work_ns > quota->work_max_ns)
		work_ns = quota->work_max_ns;
	int64_t running = cpu_running_threads(quota->visible_vcpus, threads);
	for (;;) {
		enter_period(quota, now_ns);
		if (now_ns == quota->period_start_ns) {
			work_ns = run_full_periods(quota, work_ns, running);
			now_ns = quota->period_start_ns;
		}
		int64_t possible_ns = runnable_ns(quota, now_ns, running);
		int64_t used_ns = work_ns < possible_ns ? work_ns : possible_ns;
		work_ns -= used_ns;
		quota->left_ns -= used_ns;
		now_ns += div_ceil_int64(used_ns, running);
		if (work_ns == 0) {
			quota->running_at_ns = now_ns;
			return now_ns;
		}
		int64_t period_end_ns = quota->period_start_ns + quota->period_ns;
		if (now_ns < period_end_ns && quota->quota_ns < running * quota->period_ns)
			return run_throttled(quota, work_ns, running);
		now_ns = period_end_ns;
	}
}

void cpu_quota_receive(struct cpu_quota *quota, int64_t now_ns)
{
	if (quota->receive_ns == 0)
		return;
	enter_period(quota, now_ns);
	quota->left_ns -= quota->receive_ns;
	quota->running_at_ns = now_ns;
}
