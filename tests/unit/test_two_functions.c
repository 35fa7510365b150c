/*
 * Several functions at once: what belongs to each, to the account, and to the first alone. A pipeline of one function
 * cannot tell these apart.
 */
#include "base/check.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* Jobs that alternate between two functions, as many of them as there are records. */
static void crowd(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy_records(toy, records);
	toy->setting.parallel = records;
	toy->setting.schedule = SCHEDULE_PIPELINED;
	toy->platform.limits.retry_max_seconds = 0.1;
}

/* A reservation is taken from what the account has for all others. */
static void test_reservation(void)
{
	struct toy toy;
	crowd(&toy, 40);
	toy.platform.limits.concurrency = 15;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 2});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 30})->reserved_concurrency = 5;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.peak_concurrency, 15, "account and reservation are used in full, and no more than both");
	/* 40 visits of 30 s on 5 places. */
	double seconds = seconds_from_ns(outcome.makespan_ns);
	t_ok(seconds > 240 && seconds < 255, "the reserved function has its 5 places (%.1f s)", seconds);
	t_int(outcome.records_completed, 40, "all are served");
	toy.setting.functions[0].work.phases[WORK_COMPUTE].cpu_ns = 30 * NS_PER_SECOND;
	toy.setting.functions[0].last_work = toy.setting.functions[0].work;
	toy.setting.functions[1].work.phases[WORK_COMPUTE].cpu_ns = NS_PER_SECOND;
	toy.setting.functions[1].last_work = toy.setting.functions[1].work;
	outcome = toy_simulate(&toy, 1);
	/* 40 visits of 30 s on the 10 places that are left: four waves. */
	seconds = seconds_from_ns(outcome.makespan_ns);
	t_ok(seconds > 120 && seconds < 128, "the other one has 10, not 15 (%.1f s)", seconds);
	toy_release(&toy);
}

/* One reserved place is a reservation, too. */
static void test_least_reservation(void)
{
	struct toy toy;
	crowd(&toy, 10);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1})->reserved_concurrency = 1;
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct outcome outcome = toy_simulate(&toy, 1);
	double seconds = seconds_from_ns(outcome.makespan_ns);
	t_ok(seconds > 11 && seconds < 12.5, "ten visits, one after the other (%.2f s)", seconds);
	toy_release(&toy);
}

/* How old an asynchronous call is counts from when the second function was asked for, not from the record's start. */
static void test_age(void)
{
	struct toy toy;
	crowd(&toy, 2);
	toy.setting.invocation = INVOCATION_ASYNC;
	toy.platform.limits.async_backoff_min_seconds = 1;
	toy.platform.limits.async_backoff_max_seconds = 300;
	toy.platform.limits.async_age_seconds = 40;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 100});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 20})->reserved_concurrency = 1;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[1].expired, 0, "20 s on the way, 100 s after the record began: not too old");
	t_ok(outcome.functions[1].throttles > 0, "though it was refused");
	toy.platform.limits.async_age_seconds = 10;
	outcome = toy_simulate(&toy, 1);
	t_int(outcome.functions[1].expired, 1, "too old a call is given up");
	t_int(outcome.records_failed, 1, "and its record has failed");
	toy_release(&toy);
}

/* The time that a trace tells is waited for once, not in every function. */
static void test_trace_duration(void)
{
	struct arrival request = {0, 2 * NS_PER_SECOND, -1};
	struct trace trace = {.requests = &request, .count = 1, .total = 1};
	struct toy toy;
	toy_init(&toy);
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_TRACE, .trace = &trace};
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near(seconds_from_ns(outcome.makespan_ns), 0.5 + 2 + 1 + 0.5 + 1, 1e-9, 0, "waited for once");
	toy_release(&toy);
}

/* A job rests after a record that failed as after one that did not. */
static void test_rest_after_failure(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 3);
	toy.setting.pause_ns = 5 * NS_PER_SECOND;
	toy.setting.failures.error_rate = 1;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.records_failed, 3, "all records fail in the first function");
	t_near(seconds_from_ns(outcome.makespan_ns), 0.5 + 1 + 2 * (5 + 0.01 + 1), 1e-9, 0, "two rests between three");
	toy_release(&toy);
}

/*
 * 200 records at once. The first function's sandboxes are free again at once, so that the burst of 100 is enough for
 * it; the second one needs 200, 10 a second beyond a burst that is its own, or that the first has used up.
 */
static void test_burst_scope(void)
{
	static const struct {
		int scope;
		double seconds;
		const char *name;
	} cases[] = {
		{BURST_OF_FUNCTION, 10, "a burst of its own for each function"},
		{BURST_OF_ACCOUNT, 20, "one burst for the account"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct toy toy;
		crowd(&toy, 200);
		toy.platform.limits.burst = 100;
		toy.platform.limits.burst_per_minute = 600;
		toy.platform.limits.burst_scope = cases[i].scope;
		toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0);
		toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.001});
		toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 100});
		struct outcome outcome = toy_simulate(&toy, 1);
		t_near(seconds_from_ns(outcome.makespan_ns) - 100, cases[i].seconds, 0, 0.5, cases[i].name);
		toy_release(&toy);
	}
}

/* The bill adds up over functions, each with its own memory, /tmp, snapshots and provisioned sandboxes. */
static void test_bill(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 3);
	struct platform_price *price = &toy.platform.price;
	price->usd_per_tmp_gb_second = 0.5;
	price->usd_per_cached_gb_second = 0.25;
	price->usd_per_gb_restored = 7;
	toy.platform.sandbox.restore_seconds = toy_constant(&toy.arena, 0.5);
	struct setting_function *f = toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct setting_function *g = toy_function(&toy, "g", 2000, &(struct toy_work){.cpu_seconds = 2});
	f->tmp_mb = 512 + 1024;
	g->tmp_mb = 512 + 512;
	f->sandbox.has_snapshot = true;
	g->sandbox.has_snapshot = true;
	struct outcome outcome = toy_simulate(&toy, 1);
	double seconds = seconds_from_ns(outcome.elapsed_ns);
	t_near(outcome.bill.lines[BILL_TMP].usd, 0.5 * (1 * 3 * 1 + 0.5 * 3 * 2), 1e-9, 0, "/tmp of both");
	t_near(outcome.bill.lines[BILL_SNAPSHOT_CACHE].usd, 0.25 * seconds * 3000 / 1024, 1e-9, 0, "snapshots of both");
	t_near(outcome.bill.lines[BILL_SNAPSHOT_RESTORE].usd, 7.0 * 3000 / 1024, 1e-9, 0, "restored once each");
	t_int(outcome.usage.requests, 6, "requests of both");
	toy_release(&toy);
}

int main(void)
{
	test_reservation();
	test_least_reservation();
	test_age();
	test_trace_duration();
	test_rest_after_failure();
	test_burst_scope();
	test_bill();
	return t_done();
}
