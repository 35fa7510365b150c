#include "plan/known_plan.h"

const char *const known_plan_names[KNOWN_PLANS + 1] = {[KNOWN_MEM_MIN] = "memMin",
						       [KNOWN_MEM_MIN_HEADROOM] = "memMin with the same headroom",
						       [KNOWN_MEM_MAX] = "memMax",
						       [KNOWN_CURRENT] = "current",
						       NULL};

struct setting *known_plan_uniform(const struct setting *setting, int64_t memory_mb, struct arena *arena)
{
	struct setting *copy = setting_copy(setting, arena);
	for (size_t i = 0; i < copy->function_count; i++)
		copy->functions[i].memory_mb = memory_mb;
	return copy;
}

static bool set_least(struct setting *setting, const struct plan_memory *memory, double headroom)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		struct stage stage;
		stage_init(&stage, setting, i);
		int64_t size_mb = memory->from_mb;
		while ((double)size_mb < stage.memory_floor_mb * (1 + headroom))
			size_mb += memory->step_mb;
		if (size_mb > memory->to_mb)
			return false;
		setting->functions[i].memory_mb = size_mb;
	}
	return true;
}

struct setting *known_plan_setting(enum known_plan plan, const struct setting *setting,
				   const struct plan_memory *memory, double headroom, struct arena *arena)
{
	struct setting *copy = setting_copy(setting, arena);
	if (plan != KNOWN_CURRENT)
		space_buy_tmp(copy);
	if (plan == KNOWN_MEM_MAX)
		return known_plan_uniform(copy, memory->to_mb, arena);
	return plan == KNOWN_CURRENT || set_least(copy, memory, plan == KNOWN_MEM_MIN ? 0 : headroom) ? copy : NULL;
}

/* Like the planner, but bounds are of the mean. */
static bool find_within(const struct planner *planner, const struct search_goal *goal, bool *found, struct trial *out)
{
	struct planner of_means = planner_of(&planner->control, goal);
	struct planner_answer *answer = ARENA_NEW(planner->control.arena, struct planner_answer);
	of_means.control.share = 0;
	planner_find(&of_means, answer);
	*found = answer->end == PLANNER_FOUND;
	*out = answer->best;
	return answer->end != PLANNER_INTERRUPTED;
}

bool known_plan_dominators(const struct planner *planner, const struct trial *known, struct dominators *out)
{
	*out = (struct dominators){0};
	if (!trial_works(known))
		return true;
	struct search_goal cheapest = search_cheapest();
	struct search_goal fastest = search_fastest();
	cheapest.seconds_max = known->seconds;
	fastest.usd_max = known->usd;
	return find_within(planner, &cheapest, &out->has_cheaper, &out->cheaper) &&
	       find_within(planner, &fastest, &out->has_faster, &out->faster);
}
