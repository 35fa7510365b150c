/*
 * Plans of small random worlds against simulations of every size, parallelism and schedule: a plan is found where any
 * of them keeps the bounds, and costs no more than a few per cent above the cheapest that does.
 */
#include <string.h>

#include "plan/planner.h"
#include "random/stream.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { SIZES = 6, REPLICATIONS = 20 };

#ifdef __SANITIZE_ADDRESS__
enum { WORLDS = 6 };
#else
enum { WORLDS = 30 };
#endif

static const struct run_control one_thread = {.jobs = 1};
static const struct plan_memory sizes = {.from_mb = 300, .to_mb = 300 + (SIZES - 1) * 340, .step_mb = 340};

static double between(struct stream *luck, double low, double high)
{
	return low + (high - low) * stream_uniform(luck);
}

static struct trial_control control_of(struct space *space, struct arena *arena)
{
	return (struct trial_control){
		.space = space,
		.seconds_metric = outcome_find_metric("makespan_seconds"),
		.seed = 7,
		.replications = REPLICATIONS,
		.share = 0.95,
		.failing_share = 0.05,
		.run = &one_thread,
		.arena = arena,
	};
}

/* The cheapest of all plans that keep the bounds, each simulated; HUGE_VAL: none does. */
static double cheapest_simulated(const struct planner *planner, struct trial *out)
{
	struct trial_control control = planner->control;
	const struct setting *setting = control.space->sizes[0].setting;
	double least = HUGE_VAL;
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
		if (planner_is_allowed(&planner->goal, &trial) && trial.usd < least) {
			least = trial.usd;
			*out = trial;
		}
		arena_release(&scratch);
	}
	return least;
}

/* Adds what differs to the diagnostics. */
static bool is_as_good(struct toy *toy, double seconds_max, double within, const char *what)
{
	struct space space;
	struct planner *planner = ARENA_NEW(&toy->arena, struct planner);
	struct planner_answer answer;
	struct trial cheapest = {.seconds = 0};
	space_init_of_setting(&space, &toy->setting, &sizes, 0, &toy->arena);
	struct trial_control control = control_of(&space, &toy->arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = seconds_max;
	planner_init(planner, &control, &goal);
	double want = cheapest_simulated(planner, &cheapest);
	planner_find(planner, &answer);
	bool is_found = answer.end == PLANNER_FOUND;
	bool ok = is_found == (want < HUGE_VAL) && (!is_found || answer.best.usd <= want * (1 + within));
	if (!ok)
		printf("# %s: %s, %.6g USD; %.6g USD are possible in %.4g of %.4g s\n", what,
		       is_found ? "found" : "not found", is_found ? answer.best.usd : 0, want, cheapest.seconds,
		       seconds_max);
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
	struct trial_control control = control_of(&space, &toy->arena);
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
	struct planner *planner = mem_alloc(sizeof *planner);
	struct planner_answer answer;
	init_single(&toy, 60);
	toy_function(&toy, "g", 1000, &(struct toy_work){.cpu_seconds = 0.1, .memory_mb = 120})->reserved_concurrency =
		10;
	toy.platform.limits.retry_max_seconds = 0.1;
	space_init_of_setting(&space, &toy.setting, &sizes, 0, &toy.arena);
	t_int(shape_parallel_max(&space, 0, SCHEDULE_PER_RECORD), 10, "a reservation bounds jobs");
	t_int(shape_places(&space, 0, SCHEDULE_PIPELINED, 0), 990, "and leaves the account's other places");
	struct trial_control control = control_of(&space, &toy.arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 30;
	planner_init(planner, &control, &goal);
	planner_find(planner, &answer);
	t_ok(answer.end == PLANNER_FOUND && answer.best.choice.shape.parallel <= 10, "no call is refused in 30 s");
	goal.seconds_max = 4.5;
	planner_init(planner, &control, &goal);
	planner_find(planner, &answer);
	t_ok(answer.end == PLANNER_FOUND && answer.best.choice.shape.parallel > 10,
	     "4.5 s are kept by calls that are refused and repeated");
	mem_free(planner);
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
	toy_records(toy, 4 + (int64_t)stream_below(luck, 6));
	for (size_t i = 0; i < functions; i++) {
		struct toy_work work = {
			.cpu_seconds = between(luck, 0.2, 4),
			.download_mb = between(luck, 0, 20),
			.import_seconds = stream_below(luck, 2) ? between(luck, 0, 1) : 0,
			.memory_mb = between(luck, 100, 800),
		};
		struct setting_function *function = toy_function(toy, "f", 1000, &work);
		if (stream_below(luck, 2))
			function->timeout_ns = ns_from_seconds(work.cpu_seconds * between(luck, 1, 5));
		if (stream_below(luck, 2))
			function->reserved_concurrency = 1 + (int64_t)stream_below(luck, 5);
		if (stream_below(luck, 3) == 0)
			function->sandbox.provisioned = 1 + (int64_t)stream_below(luck, 4);
	}
}

int main(void)
{
	struct stream luck;
	test_timeouts();
	test_model();
	test_reservation();
	stream_init(&luck, 9, 0, stream_id_from_name("worlds"), 0);
	int agreed = 0;
	for (int i = 0; i < WORLDS; i++) {
		struct toy toy;
		char what[64];
		random_world(&toy, &luck);
		snprintf(what, sizeof what, "world %d", i);
		agreed += is_as_good(&toy, between(&luck, 2, 60), 0.03, what);
		toy_release(&toy);
	}
	t_int(agreed, WORLDS, "plans are as good as the best of all simulations");
	return t_done();
}
