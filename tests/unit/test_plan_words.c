/* What a plan says of itself against simulations of it: bounds, reasons, expected requests, the account's limits. */
#include <stdlib.h>
#include <string.h>

#include "plan/provision.h"
#include "plan/reason.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

static const struct plan_memory sizes = {.from_mb = 300, .to_mb = 2000, .step_mb = 100};

static void init(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.price.granularity_seconds = 0.001;
	for (int i = 0; i < 2; i++)
		toy_function(toy, "f", 1000,
			     &(struct toy_work){.cpu_seconds = 1 + i, .download_mb = 2, .memory_mb = 250});
	toy_records(toy, records);
}

/* 19 of 20 are 95 %. */
static void test_share(void)
{
	struct toy toy;
	struct space space;
	struct trial trial = {.choice = {.shape = {0, SCHEDULE_PER_RECORD, 3}}};
	init(&toy, 9);
	space_init_of_setting(&space, &toy.setting, &sizes, 0, &toy.arena);
	struct trial_control control = toy_control(&space, &toy.arena);
	trial_run(&trial, 1, &control);
	int within = 0;
	int below = 0;
	for (int64_t i = 0; i < control.replications; i++) {
		within += trial_seconds_of(&trial, &control, i) <= trial.seconds_at;
		below += trial_seconds_of(&trial, &control, i) < trial.seconds_at;
	}
	t_int(within, 19, "what 95 %% of runs do not exceed holds in 19 of 20");
	t_int(below, 18, "and no less does");
	t_near(trial_share_within(&trial, &control, trial.seconds_at), 0.95, 1e-9, 0, "which is that share");
	toy_release(&toy);
}

/* Fewer at once, as the sentence names them, miss a deadline where it says so. */
static void test_parallel(double slack, enum reason_kind want)
{
	struct toy toy;
	struct space space;
	struct buf sentence;
	struct trial best = {.choice = {.shape = {0, SCHEDULE_PER_RECORD, 4}, .options = {5, 5}}};
	init(&toy, 12);
	space_init_of_setting(&space, &toy.setting, &sizes, 0, &toy.arena);
	struct trial_control control = toy_control(&space, &toy.arena);
	struct search_goal goal = search_cheapest();
	search_evaluate(&space, &best.choice);
	trial_run(&best, 1, &control);
	goal.seconds_max = slack * best.seconds_at;
	const struct planner bare = planner_of(&control, &goal);
	const struct planner planner = planner_with_lesson(&bare, &best);
	buf_init(&sentence);
	enum reason_kind kind = reason_parallel(&planner, &best, &sentence);
	const char *named = strstr(buf_text(&sentence), "; ");
	struct trial fewer = {.choice = best.choice};
	fewer.choice.shape.parallel = named ? strtoll(named + 2, NULL, 10) : 1;
	t_int(fewer.choice.shape.parallel, 3, "the next fewer that make another wave");
	trial_run(&fewer, 1, &control);
	bool says = strstr(buf_text(&sentence), "miss the deadline");
	t_ok(kind == want && says == (fewer.seconds_at > goal.seconds_max), "%.4g of %.4g s: %s", fewer.seconds_at,
	     goal.seconds_max, buf_text(&sentence));
	buf_release(&sentence);
	toy_release(&toy);
}

static double simulated_requests(struct toy *toy)
{
	struct space space;
	struct trial trial = {.choice = {.shape = {0, SCHEDULE_PER_RECORD, INT64_MAX}}};
	space_init_of_setting(&space, &toy->setting, &toy_only_1000, 0, &toy->arena);
	struct trial_control control = toy_control(&space, &toy->arena);
	control.seconds_metric = METRIC_RECORD_SECONDS;
	control.replications = 100;
	trial_run(&trial, 1, &control);
	double simulated = run_result_metric(&trial.result, METRIC_COMPLETED_RECORDS)->mean;
	return space.sizes[0].requests / simulated;
}

static void test_requests(void)
{
	struct toy toy;
	init(&toy, 1000000);
	toy.setting.parallel = INT64_MAX;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_BURSTS,
							.rate_per_second = 0.1,
							.burst_rate_per_second = 4,
							.calm_seconds = 30,
							.burst_seconds = 10,
							.duration_ns = 2000 * NS_PER_SECOND};
	t_near(simulated_requests(&toy), 1, 0.1, 0, "requests of calm and bursts as expected");
	double rates[] = {0.1, 1, 0.4};
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_DAILY,
							.daily_rates_per_second = rates,
							.daily_rate_count = 3,
							.duration_ns = 86400 * NS_PER_SECOND};
	toy.setting.function_count = 1;
	t_near(simulated_requests(&toy), 1, 0.05, 0, "requests of a day as expected");
	toy_release(&toy);
}

/* A pipeline has all its functions at work at once. */
static void test_account(void)
{
	struct toy toy;
	struct space space;
	init(&toy, 12);
	toy.platform.limits.concurrency = 9;
	space_init_of_setting(&space, &toy.setting, &toy_only_1000, 0, &toy.arena);
	t_int(shape_parallel_max(&space, 0, SCHEDULE_PIPELINED), 4, "two functions share nine places");
	t_int(shape_parallel_max(&space, 0, SCHEDULE_PER_RECORD), 9, "a record is in one at a time");
	struct trial trials[] = {{.choice = {.shape = {0, SCHEDULE_PIPELINED, 4}}},
				 {.choice = {.shape = {0, SCHEDULE_PER_RECORD, 9}}},
				 {.choice = {.shape = {0, SCHEDULE_PIPELINED, 5}}}};
	struct trial_control control = toy_control(&space, &toy.arena);
	trial_run(trials, 3, &control);
	for (size_t i = 0; i < 3; i++) {
		double refused = run_result_metric(&trials[i].result, METRIC_THROTTLES)->mean;
		t_ok((refused > 0) == (i == 2), "%s x %lld: %g calls are refused",
		     schedule_names[trials[i].choice.shape.schedule], (long long)trials[i].choice.shape.parallel,
		     refused);
	}
	toy_release(&toy);
}

/* Of two functions the first one's provisioned sandbox is of no use once the second has one. */
static void test_back_to_none(void)
{
	struct toy toy;
	struct space space;
	struct planner_answer answer;
	struct provision provision;
	toy_init(&toy);
	toy.platform.price.granularity_seconds = 0.001;
	toy.platform.price.usd_per_provisioned_gb_second = 0.0000041667;
	toy.platform.price.usd_per_provisioned_gb_second_busy = 0.0000097222;
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 1);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 0.2, .memory_mb = 100});
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 0.2, .memory_mb = 100});
	toy.functions[1].sandbox.init_cpu_ns = 3 * NS_PER_SECOND;
	toy_records(&toy, 300);
	toy.setting.parallel = INT64_MAX;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = 0.01};
	space_init_of_setting(&space, &toy.setting, &toy_only_1000, 0, &toy.arena);
	struct trial_control control = toy_control(&space, &toy.arena);
	control.seconds_metric = METRIC_RECORD_P95_SECONDS;
	control.replications = 4;
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 1.5;
	const struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	provision_choose(&answer, &provision);
	t_int(provision.answer.end, PLANNER_FOUND, "cold starts of 4 s are avoided");
	t_int(provision.answer.best.setting->functions[0].sandbox.provisioned, 0,
	      "the first function gives back what it had");
	t_int(provision.answer.best.setting->functions[1].sandbox.provisioned, 1, "the second keeps one");
	toy_release(&toy);
}

int main(void)
{
	test_share();
	test_parallel(1.05, REASON_DEADLINE);
	test_parallel(2, REASON_BALANCE);
	test_requests();
	test_account();
	test_back_to_none();
	return t_done();
}
