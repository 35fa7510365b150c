#include "plan/dominating.h"

/* Like the planner, but bounds are of the mean. */
static bool find(const struct planner *planner, const struct search_goal *goal, bool *found, struct trial *out)
{
	struct trial_control control = planner->control;
	struct planner *own = ARENA_NEW(control.arena, struct planner);
	struct planner_answer *answer = ARENA_NEW(control.arena, struct planner_answer);
	control.share = 0;
	planner_init(own, &control, goal);
	planner_find(own, answer);
	*found = answer->end == PLANNER_FOUND;
	*out = answer->best;
	return answer->end != PLANNER_INTERRUPTED;
}

bool versus_find(const struct planner *planner, const struct trial *known, struct versus *out)
{
	*out = (struct versus){0};
	if (!trial_works(known))
		return true;
	struct search_goal cheapest = search_cheapest();
	struct search_goal fastest = search_fastest();
	cheapest.seconds_max = known->seconds;
	fastest.usd_max = known->usd;
	return find(planner, &cheapest, &out->has_cheaper, &out->cheaper) &&
	       find(planner, &fastest, &out->has_faster, &out->faster);
}
