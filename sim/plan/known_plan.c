#include "plan/known_plan.h"

#include <string.h>

const char *const named_plan_names[NAMED_PLANS + 1] = {[NAMED_MEM_MIN] = "memMin",
						       [NAMED_MEM_MIN_HEADROOM] = "memMin with the same headroom",
						       [NAMED_MEM_MAX] = "memMax",
						       [NAMED_CURRENT] = "current",
						       NULL};

static struct setting *copy_setting(const struct setting *setting, struct arena *arena)
{
	struct setting *copy = ARENA_NEW(arena, struct setting);
	*copy = *setting;
	copy->functions = ARENA_ARRAY(arena, struct setting_function, setting->function_count);
	memcpy(copy->functions, setting->functions, setting->function_count * sizeof *copy->functions);
	return copy;
}

struct setting *named_uniform(const struct setting *setting, int64_t memory_mb, struct arena *arena)
{
	struct setting *copy = copy_setting(setting, arena);
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

struct setting *named_setting(enum named_plan plan, const struct setting *setting, const struct plan_memory *memory,
			      double headroom, struct arena *arena)
{
	struct setting *copy = copy_setting(setting, arena);
	if (plan != NAMED_CURRENT)
		space_buy_tmp(copy);
	if (plan == NAMED_MEM_MAX)
		return named_uniform(copy, memory->to_mb, arena);
	return plan == NAMED_CURRENT || set_least(copy, memory, plan == NAMED_MEM_MIN ? 0 : headroom) ? copy : NULL;
}
