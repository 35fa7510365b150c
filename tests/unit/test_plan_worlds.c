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

static void random_world(struct toy *toy, struct stream *luck)
{
	size_t functions = 1 + stream_below(luck, 2);
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.memory.step_mb = 20;
	toy->platform.price.granularity_seconds = 0.001;
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
	}
}

int main(void)
{
	struct stream luck;
	test_timeouts();
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
