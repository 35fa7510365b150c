#include "plan/pareto.h"

#include <math.h>

/* Bounds and weights are both of the mean: the front is of what to expect. */
static void mean_factors(const void *planner, const struct shape *shape, struct search_factors *out)
{
	planner_factors(planner, shape, out);
	out->seconds_bound = out->seconds;
	out->usd_bound = out->usd;
}

/*
 * The method of epsilon constraints: one objective is bounded, the other made least (Haimes, Lasdon, Wismer, "On a
 * bicriterion formulation of the problems of integrated system identification and system optimization", IEEE
 * Transactions on Systems, Man, and Cybernetics 1(3), 1971). It finds the plans that a weighted sum of time and cost
 * misses, where the front bends inwards.
 */
static bool find_point(const struct planner *planner, const struct search_goal *goal, struct pareto_point *out)
{
	struct search_request request = {
		.space = planner->control.space,
		.goal = *goal,
		.factors = mean_factors,
		.factors_context = planner,
	};
	struct search_answer answer;
	search(&request, &answer);
	if (!answer.found)
		return false;
	struct search_factors factors = {1, 1, 1, 1, false};
	mean_factors(planner, &answer.choice.shape, &factors);
	*out = (struct pareto_point){
		.choice = answer.choice,
		.seconds = answer.choice.seconds * factors.seconds,
		.usd = answer.choice.usd * factors.usd,
	};
	return true;
}

void pareto_find(struct pareto *pareto, const struct planner *planner, size_t points)
{
	struct search_goal goal = search_fastest();
	struct pareto_point fastest;
	struct pareto_point cheapest;
	pareto->count = 0;
	CHECK(points >= 2 && points <= PARETO_POINTS_MAX);
	if (!find_point(planner, &goal, &fastest))
		return;
	goal = search_cheapest();
	find_point(planner, &goal, &cheapest);
	double ratio = cheapest.seconds / fastest.seconds;
	for (size_t i = 0; i < points; i++) {
		struct pareto_point point;
		goal.seconds_max = fastest.seconds * pow(ratio, (double)i / (double)(points - 1)) * (1 + 1e-12);
		if (!find_point(planner, &goal, &point))
			continue;
		const struct pareto_point *last = pareto->count > 0 ? &pareto->points[pareto->count - 1] : NULL;
		if (!last || point.usd < last->usd)
			pareto->points[pareto->count++] = point;
	}
}
