/* Where time and money went: worked out by hand cause by cause, and adding up whatever happens. */
#include "report/advice.h"
#include "serving/cause.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static const struct toy_work plain = {.cpu_seconds = 1, .download_mb = 200, .import_seconds = 2, .memory_mb = 100};

static struct outcome run(struct toy *toy)
{
	struct outcome outcome;
	struct simulate_options options = {.seed = 1};
	simulate(&toy->setting, &options, &toy->arena, &outcome);
	return outcome;
}

static void expect_seconds(const struct function_outcome *counts, enum cause cause, double want)
{
	double ns[CAUSES];
	cause_times(counts, ns);
	t_near(ns[cause] / 1e9, want, 1e-9, 1e-9, cause_names[cause]);
}

static void test_times(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_function(&toy, "f", 500, &plain);
	toy_records(&toy, 2);
	struct outcome outcome = run(&toy);
	const struct function_outcome *counts = &outcome.functions[0];
	double handler = seconds_from_ns(counts->duration_ns);
	expect_seconds(counts, CAUSE_COLD_START, 0.5);
	expect_seconds(counts, CAUSE_WARM_START, 0.01);
	expect_seconds(counts, CAUSE_LATENCY, 2 * 0.02);
	expect_seconds(counts, CAUSE_NETWORK, 2 * 2.0);
	expect_seconds(counts, CAUSE_STREAM, 0);
	expect_seconds(counts, CAUSE_COMPUTE, 2 * 1.0);
	expect_seconds(counts, CAUSE_LOAD, seconds_from_ns(counts->phase_ns[WORK_IMPORT]));
	expect_seconds(counts, CAUSE_THROTTLED,
		       seconds_from_ns(counts->phase_ns[WORK_COMPUTE] + counts->phase_ns[WORK_RECORD_GET]) - 6.04);
	double ns[CAUSES];
	cause_times(counts, ns);
	t_ok(fabs(ns[CAUSE_THROTTLED] - 2e9) < 1e8, "half a vCPU takes a second more for a second of work");
	t_near(cause_sum(ns) / 1e9, handler + 0.51 + seconds_from_ns(counts->wait_ns), 1e-12, 0, "all of the time");
	toy_release(&toy);
}

static void test_store_bound(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.store.connection_mb_per_second = 50;
	toy.platform.network.cpu_seconds_per_mb = 0.03;
	toy_function(&toy, "f", 1000, &(struct toy_work){.upload_mb = 100, .memory_mb = 100});
	struct outcome outcome = run(&toy);
	expect_seconds(&outcome.functions[0], CAUSE_LATENCY, 0.04);
	expect_seconds(&outcome.functions[0], CAUSE_STREAM, 2);
	expect_seconds(&outcome.functions[0], CAUSE_NETWORK, 0);
	/* The CPU works for 3 s after the network's second: 2 s more than the stream takes. */
	expect_seconds(&outcome.functions[0], CAUSE_COMPUTE, 2);
	expect_seconds(&outcome.functions[0], CAUSE_THROTTLED, 0);
	toy_release(&toy);
}

/* A timeout cuts what comes last. */
static void test_stopped(void)
{
	struct toy toy;
	toy_init(&toy);
	struct setting_function *function = toy_function(&toy, "f", 500, &plain);
	function->work.phases[WORK_IMPORT].cpu_ns = 0;
	function->last_work = function->work;
	function->timeout_ns = ns_from_seconds(2.52);
	struct outcome outcome = run(&toy);
	t_int(outcome.functions[0].timeouts, 1, "out of time");
	expect_seconds(&outcome.functions[0], CAUSE_NETWORK, 2);
	expect_seconds(&outcome.functions[0], CAUSE_COMPUTE, 0.5);
	expect_seconds(&outcome.functions[0], CAUSE_THROTTLED, 0);
	toy_release(&toy);
}

static void test_costs(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.init_billed = true;
	struct setting_function *function = toy_function(&toy, "f", 1024, &plain);
	function->sandbox.init_cpu_ns = NS_PER_SECOND;
	struct outcome outcome = run(&toy);
	const struct function_outcome *counts = &outcome.functions[0];
	double usd[CAUSES];
	cause_costs(counts, &toy.platform.price, usd);
	double per_second = 0.0000166667;
	t_near(usd[CAUSE_COLD_START], per_second, 1e-9, 0, "a second of initialising is billed");
	t_near(usd[CAUSE_COMPUTE], per_second, 1e-9, 0, "a second of computing");
	t_near(usd[CAUSE_NETWORK], 2 * per_second, 1e-9, 0, "two seconds of transfer");
	t_near(usd[CAUSE_ROUNDING], per_second * 0.08, 1e-9, 0, "6.02 s are billed as 6.1");
	t_near(usd[CAUSE_INVOKING], 2e-7, 1e-12, 0, "a request");
	t_near(usd[CAUSE_STORING], 4e-7, 1e-12, 0, "a GET");
	t_near(cause_sum(usd), outcome.bill.total_usd, 1e-12, 0, "the whole bill");
	toy_release(&toy);
}

/* An image's initialising is billed even where a zip's is free. */
static void test_image(void)
{
	struct toy toy;
	toy_init(&toy);
	toy.platform.price.image_init_billed = true;
	struct setting_function *function = toy_function(&toy, "f", 1024, &plain);
	function->sandbox.init_cpu_ns = NS_PER_SECOND;
	t_int(run(&toy).functions[0].billed_init_ns, 0, "a zip package initialises free of charge");
	function->sandbox.is_image = true;
	struct outcome outcome = run(&toy);
	t_int(outcome.functions[0].billed_init_ns, NS_PER_SECOND, "a container image does not");
	t_int(outcome.functions[0].billed_ns, 6100 * NS_PER_MS, "and it is in the bill");
	toy_release(&toy);
}

static void test_network(int schedule)
{
	struct toy toy;
	toy_network(&toy, 40, schedule, 3);
	toy.setting.failures = (struct failures){
		.error_rate = 0.1, .crashes_per_hour = 100, .straggler_rate = 0.1, .straggler_slowdown = 3};
	toy.setting.retries = 5;
	struct outcome outcome = run(&toy);
	double total_usd = 0;
	for (size_t i = 0; i < outcome.function_count; i++) {
		const struct function_outcome *counts = &outcome.functions[i];
		int64_t handler_ns = 0;
		for (int cause = CAUSE_HANDLER_FIRST; cause <= CAUSE_HANDLER_LAST; cause++)
			handler_ns += counts->cause_ns[cause];
		t_int(handler_ns, counts->duration_ns, "to the nanosecond");
		double usd[CAUSES];
		cause_costs(counts, &toy.platform.price, usd);
		total_usd += cause_sum(usd);
	}
	t_near(total_usd, outcome.bill.total_usd, 1e-12, 0, "to the cent");
	toy_release(&toy);
}

static void test_percentages(void)
{
	double percentages[CAUSES];
	advice_percentages((double[CAUSES]){1, 1, 1}, percentages);
	t_near(percentages[0], 33.4, 1e-12, 0, "the first of equal remainders is rounded up");
	t_near(percentages[1], 33.3, 1e-12, 0, "the others are not");
	t_near(cause_sum(percentages), 100, 1e-12, 0, "thirds add up");
	advice_percentages((double[CAUSES]){[CAUSE_COMPUTE] = 5}, percentages);
	t_near(percentages[CAUSE_COMPUTE], 100, 0, 0, "one cause has all");
	advice_percentages((double[CAUSES]){0}, percentages);
	t_near(cause_sum(percentages), 0, 0, 0, "nothing has no shares");
}

int main(void)
{
	test_times();
	test_store_bound();
	test_stopped();
	test_costs();
	test_image();
	test_network(SCHEDULE_PER_RECORD);
	test_network(SCHEDULE_PIPELINED);
	test_percentages();
	return t_done();
}
