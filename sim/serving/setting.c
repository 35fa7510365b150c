#include "serving/setting.h"

#include <stdio.h>
#include <string.h>

const char *const schedule_names[] = {[SCHEDULE_PER_RECORD] = "per_record", [SCHEDULE_PIPELINED] = "pipelined", NULL};
const char *const orchestrator_names[] = {
	[ORCHESTRATOR_DRIVER] = "driver",
	[ORCHESTRATOR_STORE_EVENTS] = "store_events",
	[ORCHESTRATOR_WORKFLOW] = "workflow",
	NULL,
};
const char *const invocation_type_names[] = {[INVOCATION_SYNC] = "sync", [INVOCATION_ASYNC] = "async", NULL};

const char *const source_names[] = {
	[SOURCE_DIRECT] = "direct",
	[SOURCE_ASYNC] = "async",
	[SOURCE_QUEUE] = "sqs",
	[SOURCE_STREAM] = "kinesis",
	[SOURCE_TABLE_STREAM] = "dynamodb",
	[SOURCE_TOPIC] = "sns",
	[SOURCE_STORE] = "s3",
	[SOURCE_SCHEDULE] = "schedule",
	[SOURCE_HTTP_API] = "http_api",
	[SOURCE_REST_API] = "rest_api",
	[SOURCE_FUNCTION_URL] = "function_url",
	NULL,
};

bool setting_is_polled(const struct setting *setting)
{
	return setting->source.lanes > 0;
}

double setting_room_mb(const struct setting_function *function)
{
	return (double)function->memory_mb * (function->sandbox.burst_times > 1 ? function->sandbox.burst_times : 1);
}

size_t setting_home(const struct setting *setting, size_t function)
{
	size_t host = setting->functions[function].guest_of_plus_one;
	return host > 0 ? host - 1 : function;
}

double setting_shared_mb(const struct setting *setting, size_t home)
{
	double mb = 0;
	for (size_t i = 0; i < setting->function_count; i++)
		mb += setting_home(setting, i) == home ? setting->functions[i].work.shared_memory_mb : 0;
	return mb;
}

void setting_seat_guests(struct setting *setting)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *home = &setting->functions[setting_home(setting, i)];
		struct setting_function *function = &setting->functions[i];
		function->memory_mb = home->memory_mb;
		function->tmp_mb = home->tmp_mb;
		if (function == home)
			continue;
		function->sandbox = home->sandbox;
		function->sandbox.instances_min = 0;
	}
}

int64_t setting_device_batch(const struct setting_function *function)
{
	return function->device_batch_max > 1 ? function->device_batch_max : 1;
}

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
	/* Messages that are polled have their own way to the first function. */
	if (function == 0 && setting->source.kind != SOURCE_DIRECT)
		return setting_is_polled(setting) ? NULL : setting->source.seconds;
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
	if (setting->graph || setting->orchestrator != ORCHESTRATOR_WORKFLOW)
		return INT64_MAX;
	return workflow_map_most(&setting->platform->workflow, setting->map != MAP_INLINE);
}

struct setting *setting_copy(const struct setting *setting, struct arena *arena)
{
	struct setting *copy = ARENA_NEW(arena, struct setting);
	*copy = *setting;
	copy->functions = ARENA_ARRAY(arena, struct setting_function, setting->function_count);
	if (setting->function_count > 0)
		memcpy(copy->functions, setting->functions, setting->function_count * sizeof *copy->functions);
	return copy;
}

bool setting_has_instances(const struct setting *setting)
{
	const struct platform *platform = setting->platform;
	if (setting->has_hosts || platform->price.billed_by == BILLED_BY_INSTANCE ||
	    platform->sandbox.starts == STARTS_BY_TARGET || platform->sandbox.suspend_after_seconds > 0)
		return true;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct sandbox_spec *spec = &setting->functions[i].sandbox;
		if (spec->requests_max > 1 || spec->has_device || spec->burst_times > 1 ||
		    setting->functions[i].guest_of_plus_one > 0)
			return true;
	}
	return false;
}

bool bill_row_is_known(const struct bill_row *row, const struct platform *platform)
{
	char key[64];
	snprintf(key, sizeof key, "price.%s", row->price_key);
	return price_of_row(&platform->price, row) > 0 || platform_is_unknown(platform, key);
}

/* Whether an item of this name is on the bill; *is_sold: whether the platform has a price for one. */
static bool is_beside(const struct setting *setting, const char *name, bool *is_sold)
{
	bool is_on = false;
	*is_sold = false;
	for (int item = 0; item < BILL_ITEMS; item++) {
		const struct bill_row *row = &bill_rows[item];
		if (!row->beside || strcmp(row->beside, name) != 0)
			continue;
		is_on = is_on || setting->beside.is_on[item];
		*is_sold = *is_sold || bill_row_is_known(row, setting->platform);
	}
	return is_on;
}

static void add_name(const char *name, const char *names[SETTING_LEFT_OUT_MAX], size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], name) == 0)
			return;
	if (*count < SETTING_LEFT_OUT_MAX)
		names[(*count)++] = name;
}

size_t setting_left_out(const struct setting *setting, const char *names[SETTING_LEFT_OUT_MAX])
{
	const struct bind_texts *listed = &setting->platform->price.left_out;
	size_t count = 0;
	bool is_sold;
	for (int item = 0; item < BILL_ITEMS; item++) {
		const char *name = bill_rows[item].beside;
		if (name && !is_beside(setting, name, &is_sold) && is_sold)
			add_name(name, names, &count);
	}
	for (size_t i = 0; i < listed->count; i++)
		if (!is_beside(setting, listed->values[i], &is_sold))
			add_name(listed->values[i], names, &count);
	/* No source has its price. */
	if (setting->graph && setting->graph->kind == WORKFLOW_DURABLE)
		add_name("data of durable functions", names, &count);
	return count;
}
