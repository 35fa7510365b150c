/* What happens at limits: reservations, buckets of functions, the queue of asynchronous calls, /tmp, init time. */
#include "tests/tap.h"
#include "tests/unit/toy.h"

static void test_reserved(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 100);
	toy.setting.parallel = 100;
	toy.platform.limits.retry_max_seconds = 0.1;
	struct setting_function *function = toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	function->reserved_concurrency = 4;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.peak_concurrency, 4, "no more than reserved run at once");
	t_ok(outcome.functions[0].throttles > 96, "the others are throttled");
	t_int(outcome.records_completed, 100, "and served in the end");
	toy_release(&toy);
}

static void test_bucket_of_function(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 300);
	toy.setting.parallel = 300;
	toy.platform.limits.burst = 100;
	toy.platform.limits.burst_per_minute = 600;
	toy.platform.limits.burst_scope = BURST_OF_FUNCTION;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 60});
	struct outcome outcome = toy_simulate(&toy, 1);
	double start = seconds_from_ns(outcome.makespan_ns) - 60.5;
	t_ok(start > 19.9 && start < 45, "200 more sandboxes at 10 a second, found by back-off (%.1f s)", start);
	toy_release(&toy);
}

static void async(struct toy *toy)
{
	toy_init(toy);
	double *rests = ARENA_ARRAY(&toy->arena, double, 2);
	rests[0] = 60;
	rests[1] = 120;
	toy->setting.invocation = INVOCATION_ASYNC;
	toy->platform.limits.async_retry_seconds = (struct bind_doubles){rests, 2};
	toy->platform.limits.async_backoff_min_seconds = 1;
	toy->platform.limits.async_backoff_max_seconds = 300;
	toy->platform.limits.async_age_seconds = 21600;
}

static void test_async(void)
{
	struct toy toy;
	async(&toy);
	toy_function(&toy, "f", 1000, &(struct toy_work){.memory_mb = 2000, .cpu_seconds = 1});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].out_of_memory, 3, "an error is tried twice more");
	t_int(outcome.records_failed, 1, "and counts once");
	t_int(outcome.usage.requests, 3, "and is billed three times");
	t_near(seconds_from_ns(outcome.makespan_ns), 180 + 3 * 0.5, 1e-6, 0, "after a minute and after two");
	toy.platform.limits.async_age_seconds = 100;
	outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].out_of_memory, 2, "but not when the event is too old by then");
	toy_release(&toy);

	async(&toy);
	toy_records(&toy, 2);
	toy.setting.parallel = 2;
	toy.platform.limits.concurrency = 1;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 100});
	outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].throttles, 7, "1 + 2 + 4 + ... s of back-off");
	t_near(seconds_from_ns(outcome.makespan_ns), 127 + 100.01, 1e-6, 0, "the second starts after 127 s");
	toy.platform.limits.async_age_seconds = 50;
	outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].expired, 1, "too old a call is given up");
	t_int(outcome.records_failed, 1, "and counted as failed");
	t_int(outcome.records_completed, 1, "once");
	toy_release(&toy);
}

static void test_tmp(void)
{
	struct toy toy;
	toy_init(&toy);
	struct setting_function *function = toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	function->work.tmp_mb = 600;
	function->last_work.tmp_mb = 600;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].tmp_full, 1, "600 MB do not fit into 512");
	function->tmp_mb = 1536;
	toy.platform.price.usd_per_tmp_gb_second = 0.5;
	outcome = toy_simulate(&toy, 1);
	t_int(outcome.records_completed, 1, "but into a larger one");
	t_near(outcome.bill.lines[BILL_TMP].usd, 0.5 * 1, 1e-9, 0, "1 GB more for one second");
	toy_release(&toy);
}

static void test_init(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.granularity_seconds = 0.001;
	toy.platform.price.init_billed = true;
	struct setting_function *function = toy_function(&toy, "f", 500, &(struct toy_work){.cpu_seconds = 0.5});
	function->sandbox.init_cpu_ns = 2 * NS_PER_SECOND;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(outcome.functions[0].billed_ns), 2.99, 1e-9, 0,
	       "initialising at full speed and the throttled handler are billed, placement is not");
	toy.platform.limits.init_seconds = 1;
	outcome = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(outcome.functions[0].billed_ns), 1 + 3.98 + 1, 0.005, 0,
	       "what was broken off is done again, throttled");
	toy_release(&toy);
}

static void test_provisioned(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.usd_per_provisioned_gb_second = 0.25;
	toy.platform.price.usd_per_provisioned_gb_second_busy = 1;
	struct setting_function *function = toy_function(&toy, "f", 1024, &(struct toy_work){.cpu_seconds = 1.024});
	toy.platform.cpu.mb_per_vcpu = 1024;
	function->sandbox.provisioned = 2;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[0].cold_starts, 0, "no cold start");
	t_near(outcome.bill.lines[BILL_PROVISIONED].usd, 0.25 * 2 * 300, 1e-9, 0,
	       "two by the clock, 5 minutes at least");
	toy.platform.price.provisioned_step_seconds = 0.75;
	t_near(toy_simulate(&toy, 1).bill.lines[BILL_PROVISIONED].usd, 0.25 * 2 * 1.5, 1e-9, 0, "or two short steps");
	toy.platform.price.provisioned_step_seconds = 0;
	outcome = toy_simulate(&toy, 1);
	t_near(outcome.bill.lines[BILL_PROVISIONED].usd, 0.25 * 2 * seconds_from_ns(outcome.elapsed_ns), 1e-9, 0,
	       "or their time itself");
	toy.platform.price.provisioned_step_seconds = 300;
	t_near(outcome.bill.lines[BILL_PROVISIONED_BUSY].usd, 1.1, 1e-9, 0, "durations at their own price");
	t_near(outcome.bill.lines[BILL_COMPUTE].usd, 0, 0, 0, "and not at the other");
	toy.platform.price.usd_per_provisioned_gb_second_arm64 = 0.2;
	toy.platform.price.usd_per_provisioned_gb_second_busy_arm64 = 0.8;
	toy.platform.cpu.arm64_speed = 1;
	function->sandbox.is_arm64 = true;
	outcome = toy_simulate(&toy, 1);
	t_near(outcome.bill.total_usd, 0.2 * 2 * 300 + 0.8 * 1.1 + 0.2e-6, 1e-9, 0, "arm64 has prices of its own");
	toy_release(&toy);
}

/* A function of 1,024 MB that uses 300 of them is billed for 384 where memory is billed as used, to 128 MB. */
static void test_used_memory(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.usd_per_gb_second = 1;
	toy.platform.price.used_memory_step_mb = 128;
	toy.platform.cpu.mb_per_vcpu = 1024;
	toy_function(&toy, "f", 1024, &(struct toy_work){.cpu_seconds = 1, .memory_mb = 300});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near(outcome.bill.lines[BILL_COMPUTE].usd, 384.0 / 1024, 1e-9, 0, "memory as used");
	t_int(price_billed_mb(&toy.platform.price, 1024, 128), 128, "a whole step stays one");
	t_int(price_billed_mb(&toy.platform.price, 1024, 0), 128, "one at least");
	t_int(price_billed_mb(&toy.platform.price, 1000, 990), 1000, "what was given at most");
	toy.platform.price.used_memory_step_mb = 0;
	t_int(price_billed_mb(&toy.platform.price, 1024, 300), 1024, "elsewhere what was given");
	toy_release(&toy);
}

static void test_month(void)
{
	double above[] = {1000, 3000};
	double ratio[] = {0.9, 0.8};
	struct platform_price price = {
		.usd_per_gb_second = 1,
		.usd_per_million_requests = 1e6,
		.tier_above_gb_seconds = {above, 2},
		.tier_price_ratio = {ratio, 2},
		.free_gb_seconds = 500,
		.free_requests = 3,
		.granularity_seconds = 0.001,
	};
	struct usage usage = {.billed_mb_ns = (price_mb_ns)1024 * 1000000000 * 50, .requests = 1};
	struct bill bill;
	price_bill_month(&price, &usage, 10, false, &bill);
	t_near(bill.total_usd, 500 + 10, 1e-12, 0, "ten runs in the first tier");
	price_bill_month(&price, &usage, 100, false, &bill);
	t_near(bill.lines[BILL_COMPUTE].usd, 1000 + 2000 * 0.9 + 2000 * 0.8, 1e-12, 0, "a hundred runs, three tiers");
	price_bill_month(&price, &usage, 10, true, &bill);
	t_near(bill.total_usd, 7, 1e-12, 0, "what is free is taken off");
}

static void test_month_of_runs(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.setting.runs_per_month = 1000;
	toy.platform.price.free_requests = 400;
	toy.platform.price.usd_per_million_requests = 1e6;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct outcome whole = toy_simulate(&toy, 1);
	t_near(whole.month.total_usd, 1000 * whole.bill.total_usd, 1e-9, 0, "a thousand runs");
	toy.setting.has_free_tier = true;
	struct outcome rest = toy_simulate(&toy, 1);
	t_near(whole.month.total_usd - rest.month.total_usd, 400, 1e-9, 0, "without the requests that are free");
	toy_release(&toy);
}

int main(void)
{
	test_reserved();
	test_bucket_of_function();
	test_async();
	test_tmp();
	test_init();
	test_provisioned();
	test_used_memory();
	test_month();
	test_month_of_runs();
	return t_done();
}
