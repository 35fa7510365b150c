/*
 * Requests that come over time: instances and cold starts against queueing theory and against the published example
 * of SimFaaS (arrivals 100/s, service 2 s warm and 25 s cold, threshold 600 s: 251.04 servers, cold probability
 * 6.5e-5, utilisation 0.7966), failures and their repetition, and a client that thinks.
 */
#include "tests/tap.h"
#include "tests/unit/toy.h"

static double metric(const struct outcome *outcome, const char *name)
{
	return outcome_metrics[outcome_find_metric(name)].value(outcome);
}

static void open_loop(struct toy *toy, double rate_per_second, int64_t requests)
{
	toy_init(toy);
	toy_records(toy, requests);
	toy->setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = rate_per_second};
	toy->setting.parallel = INT64_MAX;
	toy->platform.limits.burst = 100000;
	toy->platform.limits.concurrency = 100000;
}

/* M/D/infinity: the mean number of busy sandboxes is rate times service time. */
static void test_little(void)
{
	struct toy toy;
	open_loop(&toy, 20, 100000);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.49});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_int(outcome.records_completed, 100000, "every request is served");
	t_near(metric(&outcome, "running_instances"), 10, 0.02, 0, "rate x service time sandboxes run");
	t_near(metric(&outcome, "record_p50_seconds"), 0.5, 1e-3, 0, "median from many requests");
	t_near(metric(&outcome, "waiting_seconds"), 0, 0, 1e-9, "nobody waits");
	t_ok(metric(&outcome, "idle_instances") > 5, "others are kept");
	toy_release(&toy);
}

/* Exponential service as in the example: waiting times drawn into a trace would hide the arrivals' luck. */
static void test_simfaas_example(void)
{
	enum { REQUESTS = 1000000 };
	struct toy toy;
	open_loop(&toy, 100, REQUESTS);
	struct stream luck;
	struct arrival *requests = ARENA_ARRAY(&toy.arena, struct arrival, REQUESTS);
	double now = 0;
	stream_init(&luck, 5, 0, stream_id_from_name("test"), 0);
	for (int i = 0; i < REQUESTS; i++) {
		now += stream_exponential(&luck, 0.01);
		requests[i] = (struct arrival){ns_from_seconds(now), ns_from_seconds(stream_exponential(&luck, 2)), -1};
	}
	struct trace trace = {.requests = requests, .count = REQUESTS, .total = REQUESTS};
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_TRACE, .trace = &trace};
	toy.setting.warm_sandboxes = 250;
	toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 23);
	toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0);
	toy_function(&toy, "f", 1000, &(struct toy_work){0});
	struct outcome outcome = toy_simulate(&toy, 1);
	double servers = metric(&outcome, "instances");
	t_near(servers, 251.04, 0.02, 0, "instances of SimFaaS's example");
	t_near(metric(&outcome, "running_instances") / servers, 0.7966, 0.02, 0, "its utilisation");
	t_near(metric(&outcome, "cold_start_probability"), 6.5e-5, 0, 4e-5, "its cold starts");
	toy_release(&toy);
}

static void test_errors(void)
{
	struct toy toy;
	open_loop(&toy, 10, 20000);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.1});
	toy.setting.failures.error_rate = 0.2;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near((double)outcome.records_failed, 4000, 0.05, 0, "a fifth fails");
	t_int(outcome.records_completed + outcome.records_failed, 20000, "each counts once");
	t_int(outcome.usage.requests, 20000, "failed visits are billed");
	toy.setting.retries = 2;
	outcome = toy_simulate(&toy, 1);
	t_near((double)outcome.records_failed, 20000 * 0.008, 0.25, 0, "three failures in a row are rare");
	t_int(outcome.usage.requests, 20000 + (int64_t)metric(&outcome, "retries"), "repeated visits are billed");
	t_int(outcome.records_completed + outcome.records_failed, 20000, "each still counts once");
	toy_release(&toy);
}

static void test_crashes_and_stragglers(void)
{
	struct toy toy;
	open_loop(&toy, 10, 20000);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 3.6});
	toy.setting.failures.crashes_per_hour = 100;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near((double)outcome.functions[0].crashes, 20000 * (1 - exp(-0.1)), 0.05, 0, "one crash in 36 busy seconds");
	toy.setting.failures = (struct failures){.straggler_rate = 0.1, .straggler_slowdown = 3};
	outcome = toy_simulate(&toy, 1);
	t_near(metric(&outcome, "record_p50_seconds"), 3.61, 1e-3, 0, "most visits are as always");
	t_near(metric(&outcome, "record_p95_seconds"), 3 * 3.6 + 0.01, 2e-3, 0, "stragglers are slower");
	toy_release(&toy);
}

static void test_thinking_client(void)
{
	struct toy toy;
	toy_init(&toy);
	toy_records(&toy, 11);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.09});
	toy.setting.pause_ns = NS_PER_SECOND;
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near(metric(&outcome, "makespan_seconds"), 0.59 + 10 * (1 + 0.1), 1e-9, 0, "ten pauses between eleven calls");
	toy_release(&toy);
}

/* Three requests, 100 s apart, of one sandbox, or of three that are gone after 50 s, the last but for its request. */
static void test_observed(void)
{
	struct toy toy;
	open_loop(&toy, 0.01, 3);
	toy.setting.arrivals.kind = ARRIVALS_DETERMINISTIC;
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 2});
	struct outcome outcome = toy_simulate(&toy, 1);
	t_near(metric(&outcome, "observed_instances"), metric(&outcome, "instances"), 1e-12, 0, "what is still there");
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 50);
	outcome = toy_simulate(&toy, 1);
	double seconds = metric(&outcome, "observed_instances") * seconds_from_ns(outcome.elapsed_ns);
	t_near(seconds, 3 * 2.5 + 2 * 600, 1e-9, 0, "two that are gone count for ten minutes more");
	toy_release(&toy);
}

int main(void)
{
	test_little();
	test_simfaas_example();
	test_errors();
	test_crashes_and_stragglers();
	test_thinking_client();
	test_observed();
	return t_done();
}
