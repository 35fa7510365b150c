/* Long batches simulated in part against the same batches simulated whole. */
#include "base/check.h"
#include "plan/trial.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static const struct run_control one_thread = {.jobs = 1};
static const struct plan_memory sizes = {.from_mb = 500, .to_mb = 500, .step_mb = 100};

static double off(const struct trial *part, const struct trial *whole, enum metric_id metric)
{
	double want = run_result_metric(&whole->result, metric)->mean;
	return fabs(run_result_metric(&part->result, metric)->mean / want - 1);
}

static void is_as_whole(struct toy *toy, int schedule, int64_t parallel, const char *what)
{
	static const enum metric_id metrics[] = {METRIC_MAKESPAN_SECONDS,  METRIC_COST_USD,    METRIC_MONTH_USD,
						 METRIC_COMPLETED_RECORDS, METRIC_INVOCATIONS, METRIC_GB_SECONDS};
	struct space space;
	space_init_of_setting(&space, &toy->setting, &sizes, 0, &toy->arena);
	struct trial_control control = {
		.space = &space,
		.seconds_metric = METRIC_MAKESPAN_SECONDS,
		.seed = 7,
		.replications = 20,
		.runs_per_month = 1000,
		.share = 0.95,
		.run = &one_thread,
		.arena = &toy->arena,
	};
	struct trial whole = {.choice = {.shape = {0, schedule, parallel}}};
	struct trial part = whole;
	trial_run(&whole, 1, &control);
	control.visits_max = 20000;
	trial_run(&part, 1, &control);
	t_ok(whole.excerpt.shorter == 0 && part.excerpt.longer * 8 < toy->setting.records,
	     "%s: %lld and %lld of %lld records", what, (long long)part.excerpt.shorter, (long long)part.excerpt.longer,
	     (long long)toy->setting.records);
	t_ok(part.setting->records == toy->setting.records, "the plan is of all");
	for (size_t i = 0; i < ARRAY_LEN(metrics); i++) {
		double far = off(&part, &whole, metrics[i]);
		t_ok(far < 0.01, "%s: %s is within 1 %% (%.5f)", what, outcome_metrics[metrics[i]].name, far);
	}
	double spread = (part.seconds_at - part.seconds) / (whole.seconds_at - whole.seconds);
	t_ok(spread > 0.4 && spread < 2.5, "%s: its spread is of that length (%.3f)", what, spread);
}

static void init(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.price.granularity_seconds = 0.001;
	for (int i = 0; i < 2; i++)
		toy_function(toy, "f", 500,
			     &(struct toy_work){.cpu_seconds = 1 + i, .download_mb = 2, .memory_mb = 100});
	toy_records(toy, records);
}

static void test_length(void)
{
	struct toy toy;
	init(&toy, 3017);
	is_as_whole(&toy, SCHEDULE_PER_RECORD, 20, "per record");
	is_as_whole(&toy, SCHEDULE_PIPELINED, 10, "pipelined");
	toy.setting.pause_ns = NS_PER_SECOND;
	is_as_whole(&toy, SCHEDULE_PER_RECORD, 20, "with a rest");
	toy.setting.pause_ns = 0;
	toy.functions[0].sandbox.provisioned = 7;
	toy.platform.price.usd_per_provisioned_gb_second = 0.0000041667;
	toy.platform.price.usd_per_provisioned_gb_second_busy = 0.0000097222;
	is_as_whole(&toy, SCHEDULE_PER_RECORD, 20, "some provisioned");
	toy_release(&toy);
}

/* One call in some hundreds runs out of time: few excerpts meet it, every whole batch does. */
static void test_failures(void)
{
	struct toy toy;
	struct space space;
	init(&toy, 20000);
	toy.functions[0].work.variation = toy.functions[0].last_work.variation = 0.2;
	toy.functions[0].timeout_ns = ns_from_seconds(3.2);
	space_init_of_setting(&space, &toy.setting, &sizes, 0, &toy.arena);
	struct trial_control control = {
		.space = &space,
		.replications = 20,
		.failing_share = 0.05,
		.visits_max = 20000,
		.run = &one_thread,
		.arena = &toy.arena,
	};
	struct trial trial = {.choice = {.shape = {0, SCHEDULE_PER_RECORD, 2}}};
	trial_run(&trial, 1, &control);
	t_ok(trial.failed > 3, "%.3g records of a whole batch fail", trial.failed);
	t_ok(!trial_works(&trial), "that is no plan");
	toy_release(&toy);
}

static void test_bounds(void)
{
	struct toy toy;
	init(&toy, 100);
	toy.setting.parallel = 10;
	t_int(excerpt_of(&toy.setting, 10, 2000).shorter, 0, "what is short enough is simulated whole");
	t_int(excerpt_of(&toy.setting, 10, 0).shorter, 0, "and everything, where no bound is asked for");
	toy_records(&toy, 1000003);
	struct excerpt excerpt = excerpt_of(&toy.setting, 10, 2000);
	t_int(excerpt.longer, 33, "three waves at least, and the same rest");
	t_int(excerpt.shorter, 13, "and half of them");
	toy.setting.images_per_record = 4;
	toy.setting.images = 4 * 1000003 - 1;
	struct setting *part = excerpt_setting(&toy.setting, 33, &toy.arena);
	t_int(part->images, 4 * 33 - 1, "the last record is as full as it was");
	toy.setting.arrivals.kind = ARRIVALS_POISSON;
	t_int(excerpt_of(&toy.setting, 10, 2000).shorter, 0, "requests over time are no batch");
	t_int(trial_replications(&toy.setting), 100, "with a hundred replications");
	toy.setting.arrivals.kind = ARRIVALS_ALL_AT_ONCE;
	t_int(trial_replications(&toy.setting), 20, "a long batch has twenty");
	toy_records(&toy, 2000);
	t_int(trial_replications(&toy.setting), 50, "one of 4,000 visits fifty");
	toy_release(&toy);
}

int main(void)
{
	test_length();
	test_failures();
	test_bounds();
	return t_done();
}
