#include "serving/setting.h"

const char *const schedule_names[] = {[SCHEDULE_PER_RECORD] = "per_record", [SCHEDULE_PIPELINED] = "pipelined", NULL};
const char *const orchestrator_names[] = {
	[ORCHESTRATOR_DRIVER] = "driver",
	[ORCHESTRATOR_STORE_EVENTS] = "store_events",
	[ORCHESTRATOR_WORKFLOW] = "workflow",
	NULL,
};
const char *const invocation_type_names[] = {[INVOCATION_SYNC] = "sync", [INVOCATION_ASYNC] = "async", NULL};

int64_t setting_unreserved(const struct setting *setting)
{
	int64_t places = setting->platform->limits.concurrency;
	for (size_t i = 0; i < setting->function_count; i++)
		places -= setting->functions[i].reserved_concurrency;
	return places;
}

const struct quantiles *setting_hop(const struct setting *setting, size_t function)
{
	const struct platform *platform = setting->platform;
	const struct quantiles *hops[] = {
		[ORCHESTRATOR_DRIVER] = NULL,
		[ORCHESTRATOR_STORE_EVENTS] = &platform->store.event_seconds,
		[ORCHESTRATOR_WORKFLOW] = function > 0 ? &platform->workflow.hop_seconds : NULL,
	};
	const struct quantiles *hop = hops[setting->orchestrator];
	return hop && hop->table.count > 0 ? hop : NULL;
}

int64_t setting_parallel_max(const struct setting *setting)
{
	int64_t limit = setting->platform->workflow.inline_map_limit;
	bool is_bounded = setting->orchestrator == ORCHESTRATOR_WORKFLOW && setting->map == MAP_INLINE && limit > 0;
	return is_bounded ? limit : INT64_MAX;
}

bool setting_has_instances(const struct setting *setting)
{
	if (setting->has_hosts || setting->platform->price.billed_by == BILLED_BY_INSTANCE)
		return true;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct sandbox_spec *spec = &setting->functions[i].sandbox;
		if (spec->requests_max > 1 || spec->has_device)
			return true;
	}
	return false;
}
