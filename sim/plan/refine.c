#include "plan/refine.h"

#include <math.h>

enum { WAVES = 3, ABOVE = 2, SHAPES_MAX = WAVES * (1 + ABOVE), ROUNDS_MAX = 4 };

/* A shape whose model looks worse than the plan by more than this is left alone. */
static const double NEAR = 0.05;

/* A shape near the plan's, and whether simulations of it still change what the model makes of it. */
struct nearby {
	struct shape shape;
	bool is_settled;
};

struct neighbourhood {
	struct nearby items[SHAPES_MAX];
	size_t count;
};

static void add_nearby(const struct space *space, const struct shape *of, int64_t parallel, int64_t waves,
		       struct neighbourhood *out)
{
	struct nearby nearby = {.shape = *of};
	nearby.shape.parallel = parallel;
	if (parallel >= space->parallel_from && parallel <= shape_parallel_max(space, of->size, of->schedule) &&
	    shape_waves(space, &nearby.shape) == waves)
		out->items[out->count++] = nearby;
}

/*
 * The least parallelism of a number of waves, the next one, and that with a thirtieth more. A single wave needs no more
 * jobs than records.
 */
static struct neighbourhood neighbourhood_of(const struct space *space, const struct shape *of)
{
	struct neighbourhood out = {.count = 0};
	int64_t records = space->sizes[of->size].setting->records;
	int64_t own = shape_waves(space, of);
	for (int64_t waves = own > 1 ? own - 1 : 1; waves <= own + 1 && waves <= records; waves++) {
		int64_t least = (records + waves - 1) / waves;
		int64_t more = least + 1 + least / 30;
		add_nearby(space, of, least, waves, &out);
		if (waves > 1)
			add_nearby(space, of, least + 1, waves, &out);
		if (waves > 1 && more > least + 1)
			add_nearby(space, of, more, waves, &out);
	}
	return out;
}

/* The best choice of one shape, of the model and its factors; false where none may be as good as `least`. */
static bool solve_shape(const struct planner *planner, const struct shape *shape, double least, struct plan_choice *out)
{
	struct search_answer answer;
	struct shape only = *shape;
	struct shape_list list = {.items = &only, .count = 1};
	struct search_request request = {
		.space = planner->control.space,
		.goal = planner->goal,
		.shapes = &list,
		.factors = planner_factors,
		.factors_context = planner,
	};
	search(&request, &answer);
	*out = answer.choice;
	return answer.found && answer.objective < least;
}

/* What of the neighbourhood is to be tried next; what comes back with a choice that was tried is settled. */
static size_t next_trials(const struct planner *planner, struct neighbourhood *near, double least,
			  struct trial trials[SHAPES_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < near->count; i++) {
		struct trial trial = {0};
		struct nearby *nearby = &near->items[i];
		nearby->is_settled = nearby->is_settled ||
				     !solve_shape(planner, &nearby->shape, least, &trial.choice) ||
				     planner_has_tried(planner, &trial.choice);
		if (!nearby->is_settled)
			trials[count++] = trial;
	}
	return count;
}

bool refine_parallel(const struct planner *planner, struct trial *plan, struct planner *after)
{
	const struct space *space = planner->control.space;
	const struct search_goal *goal = &planner->goal;
	*after = *planner;
	if (space->is_served)
		return true;
	struct neighbourhood near = neighbourhood_of(space, &plan->choice.shape);
	double visits = (double)(plan->result.replications * space->sizes[plan->choice.shape.size].setting->records) *
			(double)space->function_count;
	double affordable = plan->excerpt.shorter > 0 ? 0 : floor(REFINE_VISITS_MAX / visits);
	for (int round = 0; round < ROUNDS_MAX; round++) {
		struct trial trials[SHAPES_MAX];
		/* In the first round a shape has the factors of another one; then it has its own. */
		double least = (round == 0 ? 1 + NEAR : 1) * planner_objective(goal, plan->seconds, plan->usd);
		size_t count = (size_t)fmin(affordable, (double)next_trials(after, &near, least, trials));
		if (count == 0)
			return true;
		affordable -= (double)count;
		if (!trial_run(trials, count, &planner->control))
			return false;
		for (size_t i = 0; i < count; i++) {
			*after = planner_with_lesson(after, &trials[i]);
			if (planner_is_better(goal, &trials[i], plan))
				*plan = trials[i];
		}
	}
	return true;
}
