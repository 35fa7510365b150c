/* What the provider's own arithmetic of instances asks for, and what a simulation of just so many says of it. */
#include <math.h>

#include "compare/measurement.h"
#include "compare/steps.h"

/* So many instances, no more and no fewer, each with the requests of all its environments. */
static struct setting *fixed_fleet(const struct contender *contender, int64_t instances, struct arena *arena)
{
	const struct managed_capacity *capacity = &contender->head_room.capacity;
	struct setting *setting = setting_copy(contender->best, arena);
	struct platform *platform = ARENA_NEW(arena, struct platform);
	*platform = *setting->platform;
	platform->limits.concurrency = instances;
	setting->platform = platform;
	setting->warm_sandboxes = 0;
	setting->functions[0].sandbox.instances_min = instances;
	setting->functions[0].sandbox.requests_max =
		capacity->environments_per_instance * capacity->requests_per_environment;
	return setting;
}

static bool measure_fleet(const struct compare_request *request, const struct contender *contender, int64_t instances,
			  struct arena *arena, struct fleet_figures *out)
{
	struct measurement measured = {.setting = fixed_fleet(contender, instances, arena)};
	if (!measurement_take(request, &measured, 1, measurement_of_curve(request, 1), arena))
		return false;
	const struct estimate *metrics = measured.result.metrics;
	double refused = metrics[METRIC_THROTTLES].mean;
	*out = (struct fleet_figures){
		.instances = instances,
		.usd = measurement_mean(measured.usd, measured.replications),
		.seconds = measurement_mean(measured.seconds, measured.replications),
		.refused_share = refused / (refused + metrics[METRIC_INVOCATIONS].mean),
		.is_stopped = measured.is_stopped,
		.serves = measured.serves,
	};
	return true;
}

/* Requests at once in the mean (Little), and the share of a vCPU that each takes while it has one to itself. */
static struct managed_demand demand_of(const struct comparison *comparison, const struct contender *contender)
{
	const struct function_result *function = &contender->measured.result.functions[0];
	const struct work *work = &contender->best->functions[0].work;
	const double *causes = function->cause_seconds;
	double alone = 0;
	for (int cause = CAUSE_HANDLER_FIRST; cause <= CAUSE_HANDLER_LAST; cause++)
		alone += cause == CAUSE_INSTANCE ? 0 : causes[cause];
	double cpu = causes[CAUSE_COMPUTE] + causes[CAUSE_THROTTLED];
	return (struct managed_demand){
		.requests = fmax(1, comparison->load * alone),
		.memory_mb = fmax(1, work->peak_memory_mb),
		/* In whole percents: what a platform adds to a call is no matter of classes of work. */
		.cpu_share = alone > 0 ? fmin(1, fmax(0.01, round(100 * cpu / alone) / 100)) : 1,
	};
}

/* The bounds hold, and as few calls are refused as records may fail. */
static bool is_enough(const struct compare_request *request, const struct fleet_figures *figures)
{
	return figures->serves && figures->refused_share <= 1 - request->wanted.share;
}

/* The fewest instances that keep the bounds, one in each zone at least: more of them never do worse. */
static bool find_needed(const struct compare_request *request, const struct contender *contender, struct arena *arena,
			struct head_room *out)
{
	int64_t low = contender->best->platform->managed.instances_least - 1;
	int64_t high = 4 * out->capacity.with_head_room;
	struct fleet_figures figures;
	if (!measure_fleet(request, contender, high, arena, &figures))
		return false;
	if (!is_enough(request, &figures))
		return true;
	out->needed = figures;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (!measure_fleet(request, contender, middle, arena, &figures))
			return false;
		*(is_enough(request, &figures) ? &high : &low) = middle;
		if (is_enough(request, &figures))
			out->needed = figures;
	}
	return true;
}

bool head_room_find(const struct compare_request *request, const struct comparison *comparison, struct arena *arena,
		    struct contender *contender)
{
	struct head_room *out = &contender->head_room;
	const struct platform *platform = contender->best ? contender->best->platform : NULL;
	bool is_due = platform && platform->managed.family && contender->best->function_count == 1 &&
		      comparison->is_served && contender->measured.replications > 0;
	if (!is_due)
		return true;
	out->demand = demand_of(comparison, contender);
	managed_capacity_of(&platform->managed, &out->demand, &out->capacity);
	if (out->capacity.environments_per_instance == 0)
		return true;
	return measure_fleet(request, contender, out->capacity.instances, arena, &out->least) &&
	       measure_fleet(request, contender, out->capacity.with_head_room, arena, &out->with) &&
	       find_needed(request, contender, arena, out);
}
