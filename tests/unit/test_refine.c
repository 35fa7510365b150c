/*
 * A plan's parallelism under luck: new sandboxes cost 8 s each, and a few jobs more than equal waves need are worth
 * smaller memory. The refined plan is held against simulations of all parallelisms and sizes around it.
 */
#include "plan/refine.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

static const struct plan_memory fine = {.from_mb = 100, .to_mb = 300, .step_mb = 4};

/* One function that takes 2 s at a vCPU. */
static void init_dear_starts(struct toy *toy, int64_t records)
{
	toy_init(toy);
	toy_lucky(toy);
	toy->platform.memory.step_mb = 4;
	toy->platform.price.granularity_seconds = 0.001;
	toy->platform.price.init_billed = true;
	struct toy_work work = {.cpu_seconds = 2, .download_mb = 2, .memory_mb = 80};
	struct setting_function *function = toy_function(toy, "f", 1000, &work);
	function->work.phases[WORK_IMPORT].wait_ns = 8000 * NS_PER_MS;
	toy_records(toy, records);
}

/* The cheapest of all sizes, with parallelisms from one to the other, that keeps the bounds. */
static double cheapest_between(const struct planner *planner, int64_t from, int64_t to)
{
	const struct space_table *table = &planner->control.space->sizes[0].tables[0];
	double least = HUGE_VAL;
	for (int64_t parallel = from; parallel <= to; parallel++) {
		for (size_t i = 0; i < table->count; i++) {
			struct arena scratch;
			struct trial_control control = planner->control;
			struct trial trial = {.choice = {.shape = {.parallel = parallel}, .options = {i}}};
			arena_init(&scratch);
			control.arena = &scratch;
			trial_run(&trial, 1, &control);
			if (planner_is_allowed(&planner->goal, &trial))
				least = fmin(least, trial.usd);
			arena_release(&scratch);
		}
	}
	return least;
}

int main(void)
{
	struct toy toy;
	struct space space;
	struct planner_answer answer;
	struct planner after;
	init_dear_starts(&toy, 40);
	space_init_of_setting(&space, &toy.setting, &fine, 0, &toy.arena);
	struct trial_control control = toy_control(&space, &toy.arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 60;
	const struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	double unrefined = answer.best.usd;
	t_ok(refine_parallel(&answer.after, &answer.best, &after), "it is not interrupted");
	double want = cheapest_between(&planner, 6, 12);
	t_ok(answer.best.usd <= 1.001 * want && planner_is_allowed(&goal, &answer.best),
	     "a refined plan is within 0.1 %% of the cheapest simulated: %g, %g USD", answer.best.usd, want);
	t_ok(unrefined > 1.002 * want, "which the model's own parallelism is not: %g USD", unrefined);
	toy_release(&toy);
	return t_done();
}
