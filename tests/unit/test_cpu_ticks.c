/*
 * The CPU quota against a reference that walks from tick to tick, and against what was measured: the proportional
 * law of long work, the steps of short work, runs of one tick at 128 MB.
 */
#include "base/check.h"
#include "base/num.h"
#include "platform/cpu.h"
#include "random/stream.h"
#include "tests/tap.h"

static int64_t visible_up_to[] = {3008, 5307, 7076, 8845, 10240};
static int64_t visible[] = {2, 3, 4, 5, 6};

static struct platform_cpu lambda(double tick_seconds, double resume_seconds)
{
	return (struct platform_cpu){
		.mb_per_vcpu = 1769,
		.visible_up_to_mb = {visible_up_to, 5},
		.visible_vcpus = {visible, 5},
		.period_seconds = 0.02,
		.tick_seconds = tick_seconds,
		.resume_seconds = resume_seconds,
	};
}

/* One tick after the other, for work that starts with a full quota at the start of a period. */
static int64_t reference_end_ns(const struct cpu_quota *quota, int64_t work_ns, int64_t running)
{
	int64_t now_ns = 0;
	int64_t left_ns = quota->quota_ns;
	bool was_stopped = false;
	for (;;) {
		int64_t period_end_ns = (now_ns / quota->period_ns + 1) * quota->period_ns;
		while (left_ns > 0 && now_ns < period_end_ns) {
			int64_t tick_ns = running * quota->tick_ns;
			if (work_ns <= tick_ns)
				return now_ns + div_ceil_int64(work_ns, running);
			work_ns -= tick_ns;
			left_ns -= tick_ns;
			now_ns += quota->tick_ns;
		}
		was_stopped = was_stopped || now_ns < period_end_ns;
		now_ns = period_end_ns;
		left_ns = left_ns < 0 ? left_ns + quota->quota_ns : quota->quota_ns;
		if (left_ns > 0 && was_stopped)
			work_ns += running * quota->resume_ns;
	}
}

static void test_against_ticks(void)
{
	struct platform_cpu cpu = lambda(0.004, 0.00011);
	struct stream luck;
	stream_init(&luck, 1, 0, 1, 1);
	int wrong = 0;
	for (int i = 0; i < 20000; i++) {
		int64_t memory_mb = 128 + (int64_t)stream_below(&luck, 2900);
		int64_t threads = 1 + (int64_t)stream_below(&luck, 3);
		int64_t work_ns = 1 + (int64_t)stream_below(&luck, 1 << (10 + stream_below(&luck, 20)));
		struct cpu_quota quota;
		cpu_quota_init(&quota, &cpu, memory_mb, 0);
		int64_t running = threads < quota.visible_vcpus ? threads : quota.visible_vcpus;
		if (quota.quota_ns >= running * quota.period_ns)
			continue;
		struct cpu_quota walked = quota;
		int64_t got_ns = cpu_quota_run(&quota, 0, work_ns, threads);
		if (got_ns != reference_end_ns(&walked, work_ns, running) && wrong++ == 0)
			printf("# %lld MB, %lld threads, %lld ns: %lld, want %lld\n", (long long)memory_mb,
			       (long long)threads, (long long)work_ns, (long long)got_ns,
			       (long long)reference_end_ns(&walked, work_ns, running));
	}
	t_int(wrong, 0, "ends when the tick-by-tick reference does");
}

/* Work in two parts ends when it does in one, where neither part ends in an overrun of another thread count. */
static void test_phases_share_a_period(void)
{
	struct platform_cpu cpu = lambda(0.004, 0);
	struct stream luck;
	stream_init(&luck, 2, 0, 1, 1);
	int wrong = 0;
	for (int i = 0; i < 5000; i++) {
		int64_t first_ns = 1 + (int64_t)stream_below(&luck, 100000000);
		int64_t second_ns = 1 + (int64_t)stream_below(&luck, 100000000);
		int64_t memory_mb = 128 + (int64_t)stream_below(&luck, 1600);
		int64_t phase_ns = (int64_t)stream_below(&luck, 20000000);
		struct cpu_quota whole;
		struct cpu_quota parts;
		cpu_quota_init(&whole, &cpu, memory_mb, phase_ns);
		cpu_quota_init(&parts, &cpu, memory_mb, phase_ns);
		int64_t end_ns = cpu_quota_run(&whole, 1000, first_ns + second_ns, 1);
		int64_t middle_ns = cpu_quota_run(&parts, 1000, first_ns, 1);
		int64_t got_ns = cpu_quota_run(&parts, middle_ns, second_ns, 1);
		wrong += got_ns != end_ns;
	}
	t_int(wrong, 0, "two phases take what one of both takes: a thread that goes on has not stopped");
}

static void test_proportional_law(void)
{
	static const int64_t sizes[] = {128, 256, 512, 1024, 1536, 1769, 3008, 10240};
	struct platform_cpu cpu = lambda(0.004, 0.00011);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		char name[64];
		struct cpu_quota quota;
		cpu_quota_init(&quota, &cpu, sizes[i], 7 * NS_PER_MS);
		double seconds = seconds_from_ns(cpu_quota_run(&quota, 0, 10 * NS_PER_SECOND, 1));
		snprintf(name, sizeof name, "10 s of one thread at %lld MB", (long long)sizes[i]);
		t_near(seconds, 10 * fmax(1, 1769.0 / (double)sizes[i]), 0.03, 0, name);
	}
	struct cpu_quota quota;
	cpu_quota_init(&quota, &cpu, 10240, 0);
	t_near(seconds_from_ns(cpu_quota_run(&quota, 0, 10 * NS_PER_SECOND, 6)), 10 * 1769.0 / 10240, 0.01, 0,
	       "10 s of six threads at 10240 MB");
}

/* Shares of one busy thread, SeBS-Flow artefact 2022. */
static void test_measured_shares(void)
{
	static const struct {
		int64_t memory_mb;
		double share;
	} measured[] = {{128, 0.0710}, {256, 0.1419}, {512, 0.2843}, {1024, 0.5702}};
	struct platform_cpu cpu = lambda(0.004, 0.00005);
	cpu.overhead_share = 0.012;
	for (size_t i = 0; i < ARRAY_LEN(measured); i++) {
		char name[64];
		struct cpu_quota quota;
		cpu_quota_init(&quota, &cpu, measured[i].memory_mb, 0);
		int64_t end_ns = cpu_quota_run(&quota, 0, 100 * NS_PER_SECOND, 1);
		snprintf(name, sizeof name, "share of a busy thread at %lld MB", (long long)measured[i].memory_mb);
		t_near(100 / seconds_from_ns(end_ns), measured[i].share, 0.007, 0, name);
	}
}

static double short_job_ms(int64_t memory_mb, int64_t start_ns, double cpu_ms)
{
	struct platform_cpu cpu = lambda(0.004, 0.00011);
	struct cpu_quota quota;
	cpu_quota_init(&quota, &cpu, memory_mb, 0);
	int64_t end_ns = cpu_quota_run(&quota, start_ns, llround(cpu_ms * 1e6), 1);
	return (double)(end_ns - start_ns) / 1e6;
}

/* demystifying-serverless-costs (EuroSys'26 artefact): a job of 17.4 ms alone. */
static void test_steps_of_short_work(void)
{
	t_near(short_job_ms(531, 1000000, 17.4), 41.5, 0.02, 0, "two pauses at 531 MB: 41.5 ms measured");
	t_near(short_job_ms(1000, 2000000, 17.4), 21.4, 0.02, 0, "a pause of one tick at 1000 MB: 21.4 ms measured");
	t_near(short_job_ms(1000, 0, 17.4), 25.8, 0.02, 0, "a pause of two ticks at 1000 MB: 25.8 ms measured");
	t_near(short_job_ms(1000, 6000000, 17.4), 17.4, 1e-9, 0, "no pause where the next period begins in time");
	t_near(short_job_ms(128, 0, 4), 4, 1e-9, 0, "at 128 MB a whole tick runs");
	t_near(short_job_ms(128, 0, 4.5), 40.61, 1e-9, 0, "then the thread waits to the third period");
	t_near(short_job_ms(128, 0, 8.5) - short_job_ms(128, 0, 4.5), 60, 0.01, 0,
	       "from then on for 56 ms between runs of 4 ms");
}

/* Begun 1 ms into a period. */
static double received_job_ms(int64_t memory_mb, double cpu_ms)
{
	struct platform_cpu cpu = lambda(0.004, 0);
	struct cpu_quota quota;
	cpu.receive_seconds = 0.002;
	cpu_quota_init(&quota, &cpu, memory_mb, 0);
	cpu_quota_receive(&quota, NS_PER_MS);
	return (double)cpu_quota_run(&quota, NS_PER_MS, llround(cpu_ms * 1e6), 1) / 1e6 - 1;
}

/* 8.005 ms a period at 708 MB, 1.447 ms at 128 MB. */
static void test_request_takes_of_the_quota(void)
{
	t_near(received_job_ms(708, 7), 7, 1e-9, 0, "at 708 MB the quota is used up by the second tick, not the third");
	t_near(received_job_ms(708, 8), 20, 1e-9, 0, "the rest comes in the next period");
	t_near(received_job_ms(128, 3), 3, 1e-9, 0, "at 128 MB nothing is left, which the next tick finds");
	t_near(received_job_ms(128, 4), 60, 1e-9, 0, "what was taken is repaid, too");
}

static void test_visible_vcpus(void)
{
	struct platform_cpu cpu = lambda(0.004, 0);
	t_int(cpu_visible_vcpus(&cpu, 128), 2, "two vCPUs at the smallest size");
	t_int(cpu_visible_vcpus(&cpu, 3009), 3, "three above 3008 MB");
	t_int(cpu_visible_vcpus(&cpu, 10240), 6, "six at the largest size");
	struct cpu_quota quota;
	cpu_quota_init(&quota, &cpu, 128, 0);
	t_int(cpu_unthrottled_ns(&quota, 1000, 8), 500, "initialising uses every visible vCPU and no quota");
}

int main(void)
{
	test_against_ticks();
	test_phases_share_a_period();
	test_proportional_law();
	test_measured_shares();
	test_steps_of_short_work();
	test_request_takes_of_the_quota();
	test_visible_vcpus();
	return t_done();
}
