#include "plan/sensitivity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct change {
	double factor;  /* on the quantity */
	double base_mb; /* memory_base: what is added to every function's peak */
};

static struct platform *own_platform(struct setting *setting, struct arena *arena)
{
	struct platform *platform = ARENA_NEW(arena, struct platform);
	*platform = *setting->platform;
	setting->platform = platform;
	return platform;
}

static void scale_quantiles(struct quantiles *quantiles, double factor, struct arena *arena)
{
	double *values = ARENA_ARRAY(arena, double, quantiles->table.count);
	for (size_t i = 0; i < quantiles->table.count; i++)
		values[i] = quantiles->table.value[i] * factor;
	quantiles->table.value = values;
	quantiles->table.slope = NULL;
}

static void change_cpu_speed(struct setting *setting, struct arena *arena, const void *context)
{
	const struct change *change = context;
	struct setting_function *functions = setting->functions;
	for (size_t i = 0; i < setting->function_count; i++) {
		struct work *works[] = {&functions[i].work, &functions[i].last_work};
		for (size_t k = 0; k < 2; k++)
			for (int phase = 0; phase < WORK_PHASES; phase++)
				works[k]->phases[phase].cpu_ns =
					llround((double)works[k]->phases[phase].cpu_ns / change->factor);
	}
}

static void change_network(struct setting *setting, struct arena *arena, const void *context)
{
	const struct change *change = context;
	struct platform *platform = own_platform(setting, arena);
	struct setting_function *functions = setting->functions;
	network_speed_up(&platform->network, change->factor, arena);
	platform->store.connection_mb_per_second *= change->factor;
	for (size_t i = 0; i < setting->function_count; i++) {
		struct work *works[] = {&functions[i].work, &functions[i].last_work};
		for (size_t k = 0; k < 2; k++)
			for (int phase = 0; phase < WORK_PHASES; phase++)
				works[k]->phases[phase].stream_mb_per_second *= change->factor;
	}
}

static void change_cold_start(struct setting *setting, struct arena *arena, const void *context)
{
	const struct change *change = context;
	struct platform *platform = own_platform(setting, arena);
	scale_quantiles(&platform->sandbox.cold_start_seconds, change->factor, arena);
	scale_quantiles(&platform->sandbox.package_seconds, change->factor, arena);
}

static void change_memory_base(struct setting *setting, struct arena *arena, const void *context)
{
	const struct change *change = context;
	struct setting_function *functions = setting->functions;
	for (size_t i = 0; i < setting->function_count; i++) {
		double added_mb = change->base_mb > 0 ? change->base_mb : functions[i].work.peak_memory_mb;
		functions[i].work.peak_memory_mb += added_mb * (change->factor - 1);
		functions[i].last_work.peak_memory_mb += added_mb * (change->factor - 1);
	}
}

/* The plan's memories among the options of the moved space; false where one does not hold its records. */
static bool carry_over(const struct space *from, const struct space *to, const struct plan_choice *choice,
		       struct plan_choice *out)
{
	const struct space_size *size = &from->sizes[choice->shape.size];
	const struct space_size *other = &to->sizes[choice->shape.size];
	*out = *choice;
	if (!other->is_feasible)
		return false;
	for (size_t k = 0; k < to->function_count; k++) {
		int64_t memory_mb = size->tables[k].memory_mb[choice->options[k]];
		if (memory_mb < other->tables[k].floor_mb)
			return false;
		out->options[k] = space_find_option(&other->tables[k], memory_mb);
	}
	search_evaluate(to, out);
	return true;
}

static void describe_choice(const struct space *space, struct sensitivity_row *row)
{
	const struct space_size *size = &space->sizes[row->choice.shape.size];
	size_t used = 0;
	row->images_per_record = size->images_per_record;
	for (size_t i = 0; i < space->function_count && used < sizeof row->memories; i++)
		used += (size_t)snprintf(row->memories + used, sizeof row->memories - used, "%s%lld", i > 0 ? ", " : "",
					 (long long)size->tables[i].memory_mb[row->choice.options[i]]);
}

static void fill_row(const struct planner *planner, const struct space *moved, const struct trial *best,
		     struct sensitivity_row *row)
{
	struct search_request request = {
		.space = moved,
		.goal = planner->goal,
		.factors = planner_factors,
		.factors_context = planner,
	};
	struct search_answer answer;
	search(&request, &answer);
	row->has_plan = answer.found;
	row->choice = answer.choice;
	if (answer.found)
		describe_choice(moved, row);
	struct plan_choice kept;
	row->still_fits = carry_over(planner->control.space, moved, &best->choice, &kept);
	if (!row->still_fits)
		return;
	struct search_factors factors = {1, 1, 1, 1, false};
	planner_factors(planner, &kept.shape, &factors);
	row->still_allowed = kept.seconds * factors.seconds_bound <= planner->goal.seconds_max &&
			     kept.usd * factors.usd_bound <= planner->goal.usd_max;
	double objective = planner_objective(&planner->goal, kept.seconds * factors.seconds, kept.usd * factors.usd);
	row->regret = answer.found ? fmax(0, objective / answer.objective - 1) : 0;
}

static space_perturbation *const perturbations[UNCERTAIN_INPUTS] = {
	[UNCERTAIN_CPU_SPEED] = change_cpu_speed,
	[UNCERTAIN_NETWORK] = change_network,
	[UNCERTAIN_COLD_START] = change_cold_start,
	[UNCERTAIN_MEMORY] = change_memory_base,
};

static void find_row(const struct planner *planner, const struct trial *best, enum uncertain_input input,
		     struct sensitivity_row *row)
{
	struct change change = {1 + row->change, best->setting->framework_memory_mb};
	struct arena scratch;
	struct space moved;
	arena_init(&scratch);
	space_perturbed(planner->control.space, perturbations[input], &change, &scratch, &moved);
	fill_row(planner, &moved, best, row);
	arena_release(&scratch);
}

void sensitivity_find(const struct planner *planner, const struct trial *best,
		      const struct plan_uncertainty *uncertainty, struct sensitivity_row rows[SENSITIVITY_ROWS],
		      size_t *count)
{
	*count = 0;
	for (int i = 0; i < UNCERTAIN_INPUTS; i++) {
		for (int sign = -1; sign <= 1 && uncertainty->share[i] > 0; sign += 2) {
			struct sensitivity_row *row = &rows[(*count)++];
			*row = (struct sensitivity_row){
				.input = uncertain_inputs[i],
				.basis = uncertainty->source[i],
				.change = sign * uncertainty->share[i],
			};
			find_row(planner, best, (enum uncertain_input)i, row);
		}
	}
}
