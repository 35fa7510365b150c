#include "plan/exhaustive.h"

#include <math.h>
#include <string.h>

enum { BATCH = 64 };

struct sieve {
	const struct planner *planner;
	const struct trial *best;
	struct arena *arena;
	struct plan_choice *kept;
	size_t kept_count;
	size_t kept_max;
	bool is_full;
};

static size_t options_of(const struct space_table *table)
{
	return table->count - table->first;
}

static double choices_of(const struct space *space, const struct shape_list *shapes)
{
	double total = 0;
	for (size_t i = 0; i < shapes->count; i++) {
		double product = 1;
		for (size_t k = 0; k < space->function_count; k++)
			product *= (double)options_of(&space->sizes[shapes->items[i].size].tables[k]);
		total += product;
	}
	return total;
}

/* The shape's own factors; a shape that was never tried gets the nearest one's, and twice the doubt. */
static double factors_and_doubt(const struct planner *planner, const struct shape *shape, struct search_factors *out)
{
	bool is_tried = false;
	for (const struct planner_lesson *lesson = planner->latest; lesson; lesson = lesson->earlier) {
		const struct shape *tried = &lesson->trial.choice.shape;
		is_tried = is_tried || (tried->size == shape->size && tried->schedule == shape->schedule &&
					tried->parallel == shape->parallel);
	}
	*out = (struct search_factors){1, 1, 1, 1, false};
	planner_factors(planner, shape, out);
	return is_tried ? 1 : 2;
}

static bool may_be_better(const struct sieve *sieve, const struct search_factors *factors, double doubt, double seconds,
			  double usd)
{
	const struct search_goal *goal = &sieve->planner->goal;
	double fast = 1 - doubt * EXHAUSTIVE_SECONDS;
	double cheap = 1 - doubt * EXHAUSTIVE_USD;
	double objective = planner_objective(goal, seconds * factors->seconds * fast, usd * factors->usd * cheap);
	return objective < planner_objective(goal, sieve->best->seconds, sieve->best->usd) &&
	       seconds * factors->seconds_bound * fast <= goal->seconds_max &&
	       usd * factors->usd_bound * cheap <= goal->usd_max;
}

static void keep(struct sieve *sieve, const struct plan_choice *choice)
{
	if (sieve->kept_count == sieve->kept_max)
		sieve->is_full = true;
	else
		sieve->kept[sieve->kept_count++] = *choice;
}

static void sift_shape(struct sieve *sieve, const struct shape *shape)
{
	struct arena scratch;
	struct solve_task task;
	struct search_factors factors;
	struct plan_choice choice = {.shape = *shape};
	arena_init(&scratch);
	shape_task(sieve->planner->control.space, shape, &scratch, &task);
	double doubt = factors_and_doubt(sieve->planner, shape, &factors);
	for (size_t i = 0; i < task.stage_count; i++)
		choice.options[i] = task.stages[i].first;
	for (size_t i = 0; i < task.stage_count && !sieve->is_full;) {
		solve_evaluate(&task, choice.options, &choice.seconds, &choice.usd);
		if (may_be_better(sieve, &factors, doubt, choice.seconds, choice.usd))
			keep(sieve, &choice);
		for (i = 0; i < task.stage_count && ++choice.options[i] == task.stages[i].count; i++)
			choice.options[i] = task.stages[i].first;
	}
	arena_release(&scratch);
}

static bool simulate_kept(struct sieve *sieve, struct trial *best)
{
	const struct planner *planner = sieve->planner;
	for (size_t first = 0; first < sieve->kept_count; first += BATCH) {
		struct trial trials[BATCH] = {0};
		struct trial_control control = planner->control;
		struct arena scratch;
		size_t count = sieve->kept_count - first < BATCH ? sieve->kept_count - first : BATCH;
		for (size_t i = 0; i < count; i++)
			trials[i].choice = sieve->kept[first + i];
		arena_init(&scratch);
		control.arena = &scratch;
		bool finished = trial_run(trials, count, &control);
		for (size_t i = 0; i < count && finished; i++) {
			double objective = planner_objective(&planner->goal, trials[i].seconds, trials[i].usd);
			if (!planner_is_allowed(&planner->goal, &trials[i]) ||
			    objective >= planner_objective(&planner->goal, best->seconds, best->usd))
				continue;
			/* Its results go with the batch's arena: only what it is and gives stays. */
			struct trial better = {
				.choice = trials[i].choice, .seconds = trials[i].seconds, .usd = trials[i].usd};
			*best = better;
		}
		arena_release(&scratch);
		if (!finished)
			return false;
	}
	return true;
}

bool exhaustive_simulate(const struct planner *planner, const struct trial *plan, struct exhaustive *out)
{
	const struct space *space = planner->control.space;
	struct arena scratch;
	struct shape_list shapes;
	arena_init(&scratch);
	shape_list_init(&shapes, space, &scratch);
	double choices = choices_of(space, &shapes);
	*out = (struct exhaustive){.choices = choices < 1e18 ? (size_t)choices : SIZE_MAX, .best = *plan};
	bool finished = true;
	if (choices <= EXHAUSTIVE_CHOICES_MAX) {
		double visits = space->sizes[0].requests * (double)space->function_count;
		double affordable = EXHAUSTIVE_VISITS_MAX / (visits * (double)planner->control.replications);
		struct sieve sieve = {.planner = planner, .best = plan, .arena = &scratch};
		sieve.kept_max = (size_t)fmin(affordable, choices);
		sieve.kept = ARENA_ARRAY(&scratch, struct plan_choice, sieve.kept_max);
		for (size_t i = 0; i < shapes.count && !sieve.is_full; i++)
			sift_shape(&sieve, &shapes.items[i]);
		if (!sieve.is_full) {
			finished = simulate_kept(&sieve, &out->best);
			out->simulated = sieve.kept_count;
			out->is_complete = finished;
		}
	}
	arena_release(&scratch);
	if (finished && !out->best.setting)
		finished = trial_run(&out->best, 1, &planner->control);
	return finished;
}
