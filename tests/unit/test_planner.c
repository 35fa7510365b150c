/*
 * The planner against simulations: the model's time and cost beside simulated ones, the recommended plan beside the
 * best of all combinations, simulated one by one, and the share of replications that keep a deadline.
 */
#include "plan/exhaustive.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

enum { SIZES = 16 };

enum { PIPELINES = T_TIMES(32, 12), LONGER_PIPELINES = T_TIMES(2, 0) };

static const struct plan_memory sixteen = {.from_mb = 400, .to_mb = 400 + (SIZES - 1) * 100, .step_mb = 100};

static void model_and_simulation(bool is_lucky, int schedule, int64_t parallel, double seconds_within,
				 double usd_within)
{
	struct toy toy;
	struct space space;
	toy_network(&toy, 12, schedule, parallel);
	toy.setting.client_ns = 30 * NS_PER_MS;
	if (!is_lucky) {
		toy.platform.cpu.speed_spread = 0;
		toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0.4);
		toy.platform.sandbox.package_seconds = toy_constant(&toy.arena, 2);
		toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0.02);
		toy.platform.store.get_seconds = toy_constant(&toy.arena, 0.03);
		toy.platform.store.put_seconds = toy_constant(&toy.arena, 0.05);
	}
	struct plan_memory memory = {.from_mb = 400, .to_mb = 4000, .step_mb = 300};
	space_init_of_setting(&space, &toy.setting, &memory, 0.03, &toy.arena);
	struct trial_control control = toy_control(&space, &toy.arena);
	double seconds_off = 0;
	double usd_off = 0;
	for (size_t k = 0; k < 5; k++) {
		struct trial trial = {.choice = {.shape = {0, schedule, parallel}}};
		for (size_t i = 0; i < space.function_count; i++)
			trial.choice.options[i] = (k + i) % space.sizes[0].tables[i].count;
		search_evaluate(&space, &trial.choice);
		trial_run(&trial, 1, &control);
		seconds_off = fmax(seconds_off, fabs(trial.seconds / trial.choice.seconds - 1));
		usd_off = fmax(usd_off, fabs(trial.usd / trial.choice.usd - 1));
	}
	t_ok(seconds_off <= seconds_within, "%s, %lld at once, %s: time within %g of simulation (%.4f)",
	     schedule_names[schedule], (long long)parallel, is_lucky ? "with luck" : "without luck", seconds_within,
	     seconds_off);
	t_ok(usd_off <= usd_within, "%s, %lld at once, %s: cost within %g of simulation (%.4f)",
	     schedule_names[schedule], (long long)parallel, is_lucky ? "with luck" : "without luck", usd_within,
	     usd_off);
	toy_release(&toy);
}

static void random_pipeline(struct toy *toy, struct stream *luck, size_t functions)
{
	toy_init(toy);
	toy_lucky(toy);
	toy->setting.images_per_record = 10;
	for (size_t i = 0; i < functions; i++) {
		struct toy_work work = {
			.cpu_seconds = toy_draw(luck, 0.5, 6),
			.threads = 1 + (int64_t)stream_below(luck, 2),
			.download_mb = toy_draw(luck, 0, 40),
			.upload_mb = toy_draw(luck, 0, 20),
			.import_seconds = toy_draw(luck, 0, 2),
			.memory_mb = toy_draw(luck, 100, 600),
		};
		struct setting_function *function = toy_function(toy, "f", 1000, &work);
		function->work.phases[WORK_IMPORT].wait_ns = ns_from_seconds(toy_draw(luck, 0, 1));
		bool is_timed_elsewhere = stream_below(luck, 3) == 0;
		function->work.phases[WORK_RECORD_GET].is_timed_elsewhere = is_timed_elsewhere;
		function->work.phases[WORK_RECORD_PUT].is_timed_elsewhere = is_timed_elsewhere;
		function->last_work = function->work;
	}
	toy_records(toy, 4 + (int64_t)stream_below(luck, 5));
}

/* The best objective of all sizes of both functions, each simulated with all replications; HUGE_VAL: none allowed. */
static double best_simulated(const struct planner *planner, struct space *all)
{
	struct trial_control control = planner->control;
	double best = HUGE_VAL;
	size_t functions = all->function_count;
	int combinations = 1;
	for (size_t i = 0; i < functions; i++)
		combinations *= SIZES;
	control.space = all;
	for (int schedule = 0; schedule < 2; schedule++) {
		for (int k = 0; k < combinations; k++) {
			struct arena scratch;
			struct trial trial = {0};
			arena_init(&scratch);
			control.arena = &scratch;
			trial.setting = ARENA_NEW(&scratch, struct setting);
			*trial.setting = *all->sizes[0].setting;
			trial.setting->functions = ARENA_ARRAY(&scratch, struct setting_function, functions);
			int rest = k;
			bool fits = true;
			for (size_t i = 0; i < functions; i++) {
				trial.setting->functions[i] = all->sizes[0].setting->functions[i];
				trial.setting->functions[i].memory_mb =
					sixteen.from_mb + rest % SIZES * sixteen.step_mb;
				rest /= SIZES;
				fits = fits &&
				       trial.setting->functions[i].memory_mb >= all->sizes[0].tables[i].floor_mb;
			}
			trial.setting->schedule = schedule;
			trial.setting->parallel = all->parallel_from;
			if (fits)
				trial_run(&trial, 1, &control);
			if (fits && planner_is_allowed(&planner->goal, &trial))
				best = fmin(best, planner_objective(&planner->goal, trial.seconds, trial.usd));
			arena_release(&scratch);
		}
	}
	return best;
}

static bool equals_exhaustive(struct stream *luck, int number, size_t functions)
{
	struct toy toy;
	struct space space;
	struct planner_answer answer;
	struct exhaustive exhaustive;
	random_pipeline(&toy, luck, functions);
	space_init_of_setting(&space, &toy.setting, &sixteen, 0.03, &toy.arena);
	space.parallel_from = space.parallel_to = 1 + (int64_t)stream_below(luck, 4);
	struct trial_control control = toy_control(&space, &toy.arena);
	double least_seconds = 0;
	double least_usd = 0;
	search_extremes(&space, &least_seconds, &least_usd);
	struct search_goal goals[] = {search_cheapest(), search_fastest(), search_cheapest()};
	goals[0].seconds_max = least_seconds * toy_draw(luck, 1.2, 2.5);
	goals[1].usd_max = least_usd * toy_draw(luck, 1.02, 1.5);
	goals[2].usd_weight = toy_draw(luck, 0.2, 1) / least_usd;
	goals[2].seconds_weight = toy_draw(luck, 0.2, 1) / least_seconds;
	const struct planner planner = planner_of(&control, &goals[number % 3]);
	planner_find(&planner, &answer);
	double want = best_simulated(&planner, &space);
	bool ok = (answer.end == PLANNER_FOUND) == (want < HUGE_VAL);
	double got = HUGE_VAL;
	if (ok && answer.end == PLANNER_FOUND) {
		exhaustive_simulate(&answer.after, &answer.best, &exhaustive);
		got = planner_objective(&planner.goal, exhaustive.best.seconds, exhaustive.best.usd);
		ok = exhaustive.is_complete && got == want;
	}
	if (!ok)
		printf("# pipeline %d: got %.17g, want %.17g\n", number, got, want);
	toy_release(&toy);
	return ok;
}

static void deadlines_hold(void)
{
	struct toy toy;
	struct space space;
	struct planner_answer answer;
	toy_network(&toy, 12, SCHEDULE_PER_RECORD, 4);
	space_init_of_setting(&space, &toy.setting, &(struct plan_memory){400, 4000, 100}, 0.03, &toy.arena);
	struct trial_control control = toy_control(&space, &toy.arena);
	struct search_goal goal = search_cheapest();
	goal.seconds_max = 60;
	struct planner planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(answer.end == PLANNER_FOUND, "a plan for 60 s");
	t_ok(trial_share_within(&answer.best, &control, 60) >= 0.95, "60 s hold in 95 %% of replications");
	control.replications = 200;
	control.seed = 8;
	struct trial again = {.choice = answer.best.choice};
	trial_run(&again, 1, &control);
	t_ok(trial_share_within(&again, &control, 60) >= 0.8, "and nearly so under other luck (%.3f)",
	     trial_share_within(&again, &control, 60));
	goal.seconds_max = 5;
	planner = planner_of(&control, &goal);
	planner_find(&planner, &answer);
	t_ok(answer.end == PLANNER_INFEASIBLE, "no plan for 5 s");
	toy_release(&toy);
}

int main(void)
{
	struct stream luck;
	for (int schedule = 0; schedule < 2; schedule++) {
		model_and_simulation(false, schedule, 4, 0.001, 0.004);
		model_and_simulation(false, schedule, 1, 0.001, 0.004);
		model_and_simulation(true, schedule, 12, 0.03, 0.01);
	}
	model_and_simulation(true, SCHEDULE_PER_RECORD, 6, 0.03, 0.01);
	model_and_simulation(true, SCHEDULE_PER_RECORD, 4, 0.03, 0.01);
	model_and_simulation(true, SCHEDULE_PIPELINED, 4, 0.1, 0.01);
	stream_init(&luck, 6, 0, stream_id_from_name("pipelines"), 0);
	int equal = 0;
	for (int i = 0; i < PIPELINES; i++)
		equal += equals_exhaustive(&luck, i, 2);
	t_int(equal, PIPELINES, "the recommended plan is the best of an exhaustive simulation");
	equal = 0;
	for (int i = 0; i < LONGER_PIPELINES; i++)
		equal += equals_exhaustive(&luck, i, 3);
	t_int(equal, LONGER_PIPELINES, "also of 4,096 combinations for three functions");
	deadlines_hold();
	return t_done();
}
