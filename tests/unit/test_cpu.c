/* CPU quota: the closed form, threads, what is left of a period, and a plain model that counts every nanosecond. */
#include "base/check.h"
#include "base/num.h"
#include "platform/cpu.h"
#include "random/stream.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { MS = 1000000 };

/* Share 0.5 at 500 MB: 10 ms of thread time in each period of 20 ms. */
static struct cpu_quota fresh(struct arena *arena, int64_t memory_mb)
{
	struct platform_cpu cpu = toy_cpu(arena, 0.02);
	struct cpu_quota quota;
	cpu_quota_init(&quota, &cpu, memory_mb, 0);
	return quota;
}

static void shares(struct arena *arena)
{
	struct platform_cpu cpu = toy_cpu(arena, 0.02);
	t_near(cpu_share(&cpu, 128), 0.128, 1e-15, 0, "share grows with memory");
	t_near(cpu_share(&cpu, 1500), 1.5, 0, 0, "above one vCPU");
	t_near(cpu_share(&cpu, 4000), 2, 0, 0, "no more than the visible vCPUs");
	int64_t up_to[] = {1000, 2000, 3000};
	int64_t vcpus[] = {1, 2, 3};
	cpu.visible_up_to_mb = (struct bind_ints){up_to, 3};
	cpu.visible_vcpus = (struct bind_ints){vcpus, 3};
	t_int(cpu_visible_vcpus(&cpu, 1000), 1, "visible vCPUs at a limit");
	t_int(cpu_visible_vcpus(&cpu, 1001), 2, "and just above it");
	t_int(cpu_visible_vcpus(&cpu, 9000), 3, "the last holds beyond");
}

static void closed_form(struct arena *arena)
{
	static const struct {
		int64_t work_ms, memory_mb, wall_ms;
		const char *name;
	} cases[] = {
		{4, 500, 4, "less than a quota runs at full speed"},
		{10, 500, 10, "exactly a quota"},
		{11, 500, 21, "one more waits for the next period"},
		{34, 500, 64, "floor(34/10)*20 + 34 mod 10"},
		{1000, 500, 1990, "long work ends with the last quota, not the last period"},
		{1004, 500, 2004, "floor(1004/10)*20 + 4"},
		{1004, 100, 10022, "a tenth of a vCPU: 501 whole periods and a quota of 2 ms"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cpu_quota quota = fresh(arena, cases[i].memory_mb);
		t_int(cpu_quota_run(&quota, 0, cases[i].work_ms * MS, 1), cases[i].wall_ms * MS, cases[i].name);
	}
	struct cpu_quota quota = fresh(arena, 300);
	double wall = (double)cpu_quota_run(&quota, 0, 60 * NS_PER_SECOND, 1);
	t_near(wall, 60e9 / 0.3, 0, 20e6, "a minute's work follows the proportional law within a period");
}

static void threads(struct arena *arena)
{
	struct cpu_quota quota = fresh(arena, 1000);
	t_int(cpu_quota_run(&quota, 0, 40 * MS, 1), 40 * MS, "one thread on one vCPU is never held up");
	quota = fresh(arena, 1000);
	t_int(cpu_quota_run(&quota, 0, 20 * MS, 2), 10 * MS, "two threads use the quota in half a period");
	t_int(cpu_quota_run(&quota, 10 * MS, 2 * MS, 2), 21 * MS, "and then wait for the next one");
	quota = fresh(arena, 2000);
	t_int(cpu_quota_run(&quota, 0, 40 * MS, 2), 20 * MS, "two threads on two vCPUs run side by side");
	quota = fresh(arena, 4000);
	t_int(cpu_quota_run(&quota, 0, 40 * MS, 8), 20 * MS, "eight threads run on the two that are visible");
}

static void carried_over(struct arena *arena)
{
	struct cpu_quota quota = fresh(arena, 500);
	t_int(cpu_quota_run(&quota, 0, 6 * MS, 1), 6 * MS, "a phase of 6 ms");
	t_int(cpu_quota_run(&quota, 6 * MS, 6 * MS, 1), 22 * MS, "the next has 4 ms left, then waits");
	t_int(cpu_quota_run(&quota, 45 * MS, 10 * MS, 1), 55 * MS, "after an idle period the quota is whole again");
	quota = fresh(arena, 1500);
	t_int(cpu_quota_run(&quota, 0, 30 * MS, 2), 15 * MS, "two threads use 1.5 vCPUs up in 15 of 20 ms");
	t_int(cpu_quota_run(&quota, 15 * MS, 1 * MS, 1), 21 * MS, "then even one thread must wait");
	struct platform_cpu cpu = toy_cpu(arena, 0.02);
	cpu_quota_init(&quota, &cpu, 500, 15 * MS);
	t_int(cpu_quota_run(&quota, 0, 20 * MS, 1), 25 * MS, "a period that ends 15 ms from the start");
}

/* Counts thread time nanosecond by nanosecond. */
static int64_t plain_run(int64_t period_ns, int64_t quota_ns, int64_t *used_ns, int64_t *period, int64_t now_ns,
			 int64_t work_ns, int64_t running)
{
	for (; work_ns > 0; now_ns++) {
		if (now_ns / period_ns != *period) {
			*period = now_ns / period_ns;
			*used_ns = 0;
		}
		int64_t step = running;
		if (step > quota_ns - *used_ns)
			step = quota_ns - *used_ns;
		if (step > work_ns)
			step = work_ns;
		*used_ns += step;
		work_ns -= step;
	}
	return now_ns;
}

static void against_plain_model(struct arena *arena)
{
	struct platform_cpu cpu = toy_cpu(arena, 40e-9);
	int wrong = 0;
	for (uint64_t trial = 0; trial < 2000; trial++) {
		struct stream luck;
		stream_init(&luck, 7, 0, stream_id_from_name("cpu test"), trial);
		int64_t memory_mb = 25 * (1 + (int64_t)stream_below(&luck, 100));
		struct cpu_quota quota;
		cpu_quota_init(&quota, &cpu, memory_mb, 0);
		int64_t used_ns = 0;
		int64_t period = 0;
		int64_t now_ns = 0;
		for (int phase = 0; phase < 5; phase++) {
			int64_t work_ns = (int64_t)stream_below(&luck, 300);
			int64_t count = 1 + (int64_t)stream_below(&luck, 3);
			now_ns += (int64_t)stream_below(&luck, 50);
			int64_t got = cpu_quota_run(&quota, now_ns, work_ns, count);
			int64_t want = plain_run(40, quota.quota_ns, &used_ns, &period, now_ns, work_ns,
						 count < 2 ? count : 2);
			wrong += got != want;
			now_ns = want;
		}
	}
	t_int(wrong, 0, "10,000 random phases end when a model that counts every nanosecond says so");
}

/* One vCPU at 1000 MB, on arm64 half of one at 800 MB and a whole one at 1300 MB. */
static void architectures(struct arena *arena)
{
	static int64_t sizes_mb[] = {800, 1300};
	static double shares[] = {0.5, 1};
	struct platform_cpu cpu = toy_cpu(arena, 0.02);
	cpu.arm64_share_at_mb = (struct bind_ints){sizes_mb, 2};
	cpu.arm64_shares = (struct bind_doubles){shares, 2};
	const struct platform_cpu x86 = cpu_of_architecture(&cpu, false);
	const struct platform_cpu arm = cpu_of_architecture(&cpu, true);
	t_near(cpu_share(&x86, 800), 0.8, 1e-12, 0, "x86_64 has its share by memory");
	t_near(cpu_share(&arm, 800), 0.5, 1e-12, 0, "arm64 has its own");
	t_near(cpu_share(&arm, 400), 0.25, 1e-12, 0, "in proportion below");
	t_near(cpu_share(&arm, 1050), 0.75, 1e-12, 0, "on a line between");
	t_near(cpu_share(&arm, 1950), 1.5, 1e-12, 0, "in proportion above");
	t_near(cpu_share(&arm, 4000), 2, 1e-12, 0, "up to what is visible");
	t_near(cpu_one_vcpu_mb(&x86), 1000, 1e-12, 0, "one vCPU comes with 1000 MB");
	t_near(cpu_one_vcpu_mb(&arm), 1300, 0, 1, "and on arm64 with 1300 MB");
	cpu.arm64_shares.count = 0;
	const struct platform_cpu same = cpu_of_architecture(&cpu, true);
	t_near(cpu_share(&same, 800), 0.8, 1e-12, 0, "without a list both are alike");
}

/* Sixteen vCPUs: what bounds work without end must not turn it into none. */
static void many_vcpus(struct arena *arena)
{
	static int64_t up_to_mb[] = {16000};
	static int64_t vcpus[] = {16};
	struct platform_cpu cpu = toy_cpu(arena, 0.02);
	cpu.visible_up_to_mb = (struct bind_ints){up_to_mb, 1};
	cpu.visible_vcpus = (struct bind_ints){vcpus, 1};
	struct cpu_quota quota;
	cpu_quota_init(&quota, &cpu, 16000, 0);
	t_int(cpu_quota_run(&quota, 0, 800 * MS, 1), 800 * MS, "one thread of sixteen vCPUs is as fast as it is");
	t_int(cpu_quota_run(&quota, 800 * MS, 800 * MS, 16), 850 * MS, "sixteen are sixteen times as fast");
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	shares(&arena);
	architectures(&arena);
	many_vcpus(&arena);
	closed_form(&arena);
	threads(&arena);
	carried_over(&arena);
	against_plain_model(&arena);
	arena_release(&arena);
	return t_done();
}
