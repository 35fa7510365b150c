/*
 * Plans of small random worlds against simulations of every size, parallelism and schedule: a plan is found where any
 * of them keeps the bounds, and costs no more than a few per cent above the cheapest that does.
 */
#include <string.h>

#include "plan/planner.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

enum { SIZES = 6 };

enum { WORLDS = T_TIMES(40, 6) };

static const struct plan_memory sizes = {.from_mb = 300, .to_mb = 300 + (SIZES - 1) * 340, .step_mb = 340};

/* The cheapest of all plans that keep the bounds, each simulated, without and with refused calls. */
struct cheapest {
	double usd; /* HUGE_VAL: none does */
	double refused_usd;
};

static void simulate_all(const struct planner *planner, const struct setting *setting, struct cheapest *out)
{
	struct trial_control control = planner->control;
	int memories = setting->function_count == 1 ? SIZES : SIZES * SIZES;
	int count = memories * 2 * (int)setting->records;
	for (int k = 0; k < count; k++) {
		struct arena scratch;
		struct trial trial = {.setting = NULL};
		arena_init(&scratch);
		control.arena = &scratch;
		trial.setting = ARENA_NEW(&scratch, struct setting);
		*trial.setting = *setting;
		trial.setting->functions = ARENA_ARRAY(&scratch, struct setting_function, setting->function_count);
		memcpy(trial.setting->functions, setting->functions,
		       setting->function_count * sizeof *setting->functions);
		for (size_t i = 0; i < setting->function_count; i++)
			trial.setting->functions[i].memory_mb =
				sizes.from_mb + sizes.step_mb * (i == 0 ? k % SIZES : k % memories / SIZES);
		trial.setting->schedule = k / memories % 2;
		trial.setting->parallel = 1 + k / memories / 2;
		trial_run(&trial, 1, &control);
		bool is_refused = run_result_metric(&trial.result, METRIC_THROTTLES)->mean > 0;
		double *least = is_refused ? &out->refused_usd : &out->usd;
		if (planner_is_allowed(&planner->goal, &trial))
			*least = fmin(*least, trial.usd);
		arena_release(&scratch);
	}
}

/* The same function with snapshots. */
static struct setting *with_snapshots(const struct toy *toy, struct arena *arena)
{
	struct setting *setting = ARENA_NEW(arena, struct setting);
	*setting = toy->setting;
	setting->functions = ARENA_ARRAY(arena, struct setting_function, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++) {
		setting->functions[i] = toy->functions[i];
		setting->functions[i].sandbox.has_snapshot = true;
	}
	return setting;
}

/*
 * Adds what differs to the diagnostics. Where only refused calls keep the bounds the model is rough: waves of them are
 * not in step.
 */
static bool is_as_good(struct toy *toy, double seconds_max, double within, const char *what)
{
	static const double ROUGHLY = 0.5;
	struct space space;
	struct planner_answer answer;
	struct cheapest cheapest = {HUGE_VAL, HUGE_VAL};
	space_init_of_setting(&space, &toy->setting, &sizes, 0, &toy->arena);
	struct trial_control control = toy_control(&space, &toy->arena);
	control.failing_share = 0.05;
	struct search_goal goal = search_cheapest();
	goal.seconds_max = seconds_max;
	const struct planner planner = planner_of(&control, &goal);
	simulate_all(&planner, &toy->setting, &cheapest);
	if (toy->platform.sandbox.restore_seconds.table.count > 0) {
		space_add_setting(&space, with_snapshots(toy, &toy->arena));
		simulate_all(&planner, space.sizes[1].setting, &cheapest);
	}
	planner_find(&planner, &answer);
	bool is_found = answer.end == PLANNER_FOUND;
	bool is_refused = cheapest.usd == HUGE_VAL;
	double want = is_refused ? cheapest.refused_usd * (1 + ROUGHLY) : cheapest.usd * (1 + within);
	bool ok = is_found == (want < HUGE_VAL) && (!is_found || answer.best.usd <= want);
	if (!ok)
		printf("# %s: %s, %.6g USD; %.6g USD are possible in %.4g s, %.6g with refused calls\n", what,
		       is_found ? "found" : "not found", is_found ? answer.best.usd : 0, cheapest.usd, seconds_max,
		       cheapest.refused_usd);
	return ok;
}

/* One function that takes 1 s at a vCPU, with luck. */
static void init_single(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.memory.step_mb = 20;
	toy->platform.price.granularity_seconds = 0.001;
	toy_function(toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1, .download_mb = 2, .memory_mb = 120});
	toy_records(toy, records);
}

/* From one that no size keeps to one that all do. */
static void test_timeouts(void)
{
	int steps = 0;
	int agreed = 0;
	for (double seconds = 0.5; seconds <= 10; seconds += 0.5, steps++) {
		struct toy toy;
		init_single(&toy, 12);
		toy.functions[0].timeout_ns = ns_from_seconds(seconds);
		char what[64];
		snprintf(what, sizeof what, "time-out of %g s", seconds);
		agreed += is_as_good(&toy, 100, 0.02, what);
		toy_release(&toy);
	}
	t_int(agreed, steps, "a time-out rules out sizes, not the problem");
}

/* What the model makes of one plan, and the simulation; without luck they are the same but for the running quota. */
static void model_is_simulation(struct toy *toy, int schedule, int64_t parallel, const char *what)
{
	struct space space;
	space_init_of_setting(&space, &toy->setting, &sizes, 0, &toy->arena);
	struct trial_control control = toy_control(&space, &toy->arena);
	control.failing_share = 0.05;
	struct trial trial = {.choice = {.shape = {0, schedule, parallel}}};
	search_evaluate(&space, &trial.choice);
	trial_run(&trial, 1, &control);
	double seconds = trial.choice.seconds / trial.seconds;
	double usd = trial.choice.usd / trial.usd;
	t_ok(fabs(seconds - 1) <= 0.01 && fabs(usd - 1) <= 0.01, "%s: time %.4f and cost %.4f of the simulation's",
	     what, seconds, usd);
}

static void init_without_luck(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy->platform.memory.step_mb = 20;
	toy->platform.price.granularity_seconds = 0.001;
	toy->platform.price.usd_per_provisioned_gb_second = 0.0000041667;
	toy->platform.price.usd_per_provisioned_gb_second_busy = 0.0000097222;
	for (int i = 0; i < 2; i++)
		toy_function(toy, "f", 1000,
			     &(struct toy_work){.cpu_seconds = 1 + i, .import_seconds = 0.5, .memory_mb = 120});
	toy_records(toy, records);
}

/* All that a run charges and limits is in the model. */
static void test_model(void)
{
	struct toy toy;
	init_without_luck(&toy, 40);
	toy.functions[1].sandbox.provisioned = 3;
	model_is_simulation(&toy, SCHEDULE_PER_RECORD, 10, "some provisioned");
	toy.functions[0].sandbox.provisioned = 10;
	toy.functions[1].sandbox.provisioned = 12;
	model_is_simulation(&toy, SCHEDULE_PER_RECORD, 10, "all provisioned");
	model_is_simulation(&toy, SCHEDULE_PER_RECORD, 1, "provisioned for two steps");
	model_is_simulation(&toy, SCHEDULE_PIPELINED, 5, "provisioned in a pipeline");
	toy_release(&toy);

	init_without_luck(&toy, 40);
	toy.platform.sandbox.restore_seconds = toy_constant(&toy.arena, 0.3);
	toy.platform.price.usd_per_gb_restored = 0.00014;
	toy.platform.price.usd_per_cached_gb_second = 0.0000015;
	toy.functions[0].sandbox.has_snapshot = true;
	model_is_simulation(&toy, SCHEDULE_PER_RECORD, 4, "a snapshot");
	toy.functions[0].tmp_mb = 10240;
	toy.platform.price.usd_per_tmp_gb_second = 0.00003;
	model_is_simulation(&toy, SCHEDULE_PER_RECORD, 4, "bought /tmp");
	toy.platform.price.usd_per_vcpu_second = 0.00002;
	model_is_simulation(&toy, SCHEDULE_PER_RECORD, 4, "vCPU-seconds");
	toy_release(&toy);

	init_without_luck(&toy, 40);
	toy.setting.dispatch_ns = NS_PER_SECOND;
	struct space space;
	struct plan_choice choice = {.shape = {0, SCHEDULE_PIPELINED, 20}};
	space_init_of_setting(&space, &toy.setting, &sizes, 0, &toy.arena);
	search_evaluate(&space, &choice);
	t_near(choice.seconds, 80, 0.03, 0, "80 calls by a driver that starts one a second");
	toy.setting.dispatch_ns = 0;
	toy.platform.limits.burst = 10;
	toy.platform.limits.burst_per_minute = 60;
	struct solve_task task;
	shape_task(&space, &choice.shape, &toy.arena, &task);
	t_ok(task.ready_seconds[0] == 10 && task.ready_seconds[1] == 30, "an account's burst is for both functions");
	toy.platform.limits.burst_scope = BURST_OF_FUNCTION;
	shape_task(&space, &choice.shape, &toy.arena, &task);
	t_ok(task.ready_seconds[0] == 10 && task.ready_seconds[1] == 10, "a function's own is not");
	toy.platform.limits.invocations_per_place = 0.01;
	shape_task(&space, &choice.shape, &toy.arena, &task);
	t_near(task.least_seconds, 80 / 10.0 - 1, 1e-9, 0, "a thousand places take so many calls a second");
	toy.functions[1].reserved_concurrency = 100;
	shape_task(&space, &choice.shape, &toy.arena, &task);
	t_near(task.least_seconds, 40 / 1.0 - 1, 1e-9, 0, "and a hundred reserved ones fewer");
	toy_release(&toy);
}

/* With more jobs than reserved places, calls are refused: only where nothing else keeps the deadline. */
static void test_reservation(void)
{
	struct toy toy;
	struct space space;
	struct planner_answer answer;
	init_single(&toy, 60);
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 0.1, .memory_mb = 120})->reserved_concurrency =
		10;
	toy.platform.limits.retry_max_seconds = 0.1;
	space_init_of_setting(&space, &toy.setting, &sizes, 0, &toy.arena);
	t_int(shape_parallel_max(&space, 0, SCHEDULE_PER_RECORD), 10, "a reservation bounds jobs");
	t_int(shape_places(&space, 0, SCHEDULE_PIPELINED, 0), 990, "and leaves the account's other places");
	struct trial_control control = toy_control(&space, &toy.arena);
	control.failing_share = 0.05;
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 30;
	struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(answer.end == PLANNER_FOUND && answer.best.choice.shape.parallel <= 10, "no call is refused in 30 s");
	goal.seconds_max = 4.5;
	planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(answer.end == PLANNER_FOUND && answer.best.choice.shape.parallel > 10,
	     "4.5 s are kept by calls that are refused and repeated");
	toy_release(&toy);
}

static void test_tmp(void)
{
	struct toy toy;
	init_single(&toy, 12);
	toy.functions[0].work.tmp_mb = 700.5;
	t_ok(!space_buy_tmp(&toy.setting), "a /tmp that is not sold cannot be bought");
	t_int(toy.functions[0].tmp_mb, 512, "and nothing is");
	toy.platform.limits.tmp_max_mb = 10240;
	t_ok(space_buy_tmp(&toy.setting), "one that is sold can");
	t_int(toy.functions[0].tmp_mb, 701, "as large as it must be");
	toy.functions[0].work.tmp_mb = 600;
	space_buy_tmp(&toy.setting);
	t_int(toy.functions[0].tmp_mb, 701, "what the experiment has is kept");
	toy_release(&toy);
}

/* Requests over time: the model's cost, with all that stands, beside the simulation's. */
static void served_is_simulation(struct toy *toy, const char *what)
{
	struct space space;
	space_init_of_setting(&space, &toy->setting, &sizes, 0, &toy->arena);
	struct trial_control control = toy_control(&space, &toy->arena);
	control.failing_share = 0.05;
	control.seconds_metric = METRIC_RECORD_P95_SECONDS;
	struct trial trial = {.choice = {.shape = {0, SCHEDULE_PER_RECORD, INT64_MAX}, .options = {2}}};
	search_evaluate(&space, &trial.choice);
	trial_run(&trial, 1, &control);
	double seconds = trial.choice.seconds / trial.seconds;
	double usd = trial.choice.usd / trial.usd;
	t_ok(fabs(seconds - 1) <= 0.02 && fabs(usd - 1) <= 0.03, "%s: time %.4f and cost %.4f of the simulation's",
	     what, seconds, usd);
}

static void test_served(void)
{
	struct toy toy;
	init_without_luck(&toy, 2000);
	toy.setting.function_count = 1;
	toy.setting.parallel = INT64_MAX;
	toy.setting.arrivals = (struct arrival_process){.kind = ARRIVALS_POISSON, .rate_per_second = 0.002};
	toy.platform.price.init_billed = true;
	served_is_simulation(&toy, "most requests are cold");
	toy.functions[0].sandbox.provisioned = 1;
	served_is_simulation(&toy, "one provisioned");
	toy.functions[0].sandbox.provisioned = 0;
	toy.platform.sandbox.restore_seconds = toy_constant(&toy.arena, 0.3);
	toy.platform.price.usd_per_gb_restored = 0.00014;
	toy.platform.price.usd_per_cached_gb_second = 0.0000015;
	toy.functions[0].sandbox.has_snapshot = true;
	served_is_simulation(&toy, "a snapshot");
	toy.functions[0].sandbox.has_snapshot = false;
	toy.setting.arrivals.rate_per_second = 5;
	served_is_simulation(&toy, "hardly any is cold");
	toy.setting.records = 60000;
	toy.functions[0].sandbox.provisioned = 4;
	served_is_simulation(&toy, "more requests than are looked at");
	toy_release(&toy);
}

static void random_world(struct toy *toy, struct stream *luck)
{
	size_t functions = 1 + stream_below(luck, 2);
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.memory.step_mb = 20;
	toy->platform.price.granularity_seconds = 0.001;
	toy->platform.price.usd_per_provisioned_gb_second = 0.0000041667;
	toy->platform.price.usd_per_provisioned_gb_second_busy = 0.0000097222;
	toy->platform.price.usd_per_tmp_gb_second = 0.0000003;
	toy->platform.limits.tmp_max_mb = stream_below(luck, 4) ? 10240 : 0;
	if (stream_below(luck, 2)) {
		toy->platform.sandbox.restore_seconds = toy_between(&toy->arena, 0.1, 0.2);
		toy->platform.price.usd_per_cached_gb_second = 0.0000015;
		toy->platform.price.usd_per_gb_restored = toy_draw(luck, 0, 0.0002);
		toy->platform.price.init_billed = true;
	}
	toy_records(toy, 4 + (int64_t)stream_below(luck, 6));
	for (size_t i = 0; i < functions; i++) {
		struct toy_work work = {
			.cpu_seconds = toy_draw(luck, 0.2, 4),
			.download_mb = toy_draw(luck, 0, 20),
			.import_seconds = stream_below(luck, 2) ? toy_draw(luck, 0, 1) : 0,
			.memory_mb = toy_draw(luck, 100, 800),
		};
		struct setting_function *function = toy_function(toy, "f", 1000, &work);
		if (stream_below(luck, 2))
			function->timeout_ns = ns_from_seconds(work.cpu_seconds * toy_draw(luck, 1, 5));
		if (stream_below(luck, 2))
			function->reserved_concurrency = 1 + (int64_t)stream_below(luck, 5);
		if (stream_below(luck, 3) == 0)
			function->sandbox.provisioned = 1 + (int64_t)stream_below(luck, 4);
		if (stream_below(luck, 3) == 0)
			function->work.tmp_mb = function->last_work.tmp_mb = toy_draw(luck, 0, 1500);
	}
}

int main(void)
{
	struct stream luck;
	test_timeouts();
	test_model();
	test_reservation();
	test_tmp();
	test_served();
	stream_init(&luck, 9, 0, stream_id_from_name("worlds"), 0);
	int agreed = 0;
	for (int i = 0; i < WORLDS; i++) {
		struct toy toy;
		char what[64];
		random_world(&toy, &luck);
		snprintf(what, sizeof what, "world %d", i);
		agreed += is_as_good(&toy, toy_draw(&luck, 2, 60), 0.03, what);
		toy_release(&toy);
	}
	t_int(agreed, WORLDS, "plans are as good as the best of all simulations");
	return t_done();
}
