#include "scenario/unknown.h"

#include <string.h>

#include "base/num.h"
#include "doc/bind.h"

enum { UNKNOWN_MAX = 256 };

/* A quantity by its table row: a number, or quantiles of one point. */
static void put_placeholder(struct yaml_node *node, const struct bind_field *field, struct arena *arena)
{
	char text[NUM_TEXT_BYTES];
	if (field && field->type == BIND_STRUCT) {
		struct diag ignored;
		diag_init(&ignored);
		node->kind = YAML_MAP;
		node->first = NULL;
		node->count = 0;
		yaml_set(node, "probability", "[0.5]", node->place, arena, &ignored);
		yaml_set(node, "value", "[0]", node->place, arena, &ignored);
		diag_release(&ignored);
	} else if (field) {
		node->text = arena_strdup(arena, num_format_double(field->min, text));
	}
}

static void set_aside_below(struct yaml_node *map, const struct bind_schema *schema, const char *prefix,
			    struct arena *arena, struct bind_texts *keys)
{
	for (struct yaml_node *child = map->first; child; child = child->next) {
		const struct bind_field *field = bind_find_field(schema, child->key);
		const char *key = arena_printf(arena, "%s%s", prefix, child->key);
		if (child->kind == YAML_MAP && field && field->type == BIND_STRUCT)
			set_aside_below(child, field->schema, arena_printf(arena, "%s.", key), arena, keys);
		if (child->kind != YAML_SCALAR || child->quoted || strcmp(child->text, "unknown") != 0 ||
		    keys->count == UNKNOWN_MAX)
			continue;
		keys->values[keys->count++] = key;
		put_placeholder(child, field, arena);
	}
}

void unknown_set_aside(struct yaml_node *root, const struct bind_schema *schema, struct arena *arena,
		       struct bind_texts *keys)
{
	*keys = (struct bind_texts){.values = ARENA_ARRAY(arena, const char *, UNKNOWN_MAX)};
	if (root->kind == YAML_MAP)
		set_aside_below(root, schema, "", arena, keys);
}

static bool moves_bytes(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		for (int phase = 0; phase < WORK_PHASES; phase++) {
			const struct phase *of_work = &setting->functions[i].work.phases[phase];
			if (of_work->gets + of_work->puts > 0)
				return true;
		}
	}
	return false;
}

static bool carries_profile(const struct setting *setting, bool has_profile)
{
	return has_profile;
}

static bool has_package(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct sandbox_spec *sandbox = &setting->functions[i].sandbox;
		if (sandbox->package_mb > 0 && !sandbox->is_image)
			return true;
	}
	return false;
}

static bool has_billed_snapshot(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct sandbox_spec *sandbox = &setting->functions[i].sandbox;
		if (sandbox->has_snapshot && !sandbox->is_snapshot_free)
			return true;
	}
	return false;
}

static bool buys_tmp(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		if (setting->functions[i].tmp_mb > setting->platform->limits.tmp_mb)
			return true;
	}
	return false;
}

static bool has_workflow(const struct setting *setting, bool has_profile)
{
	return setting->orchestrator == ORCHESTRATOR_WORKFLOW;
}

static bool has_durable(const struct setting *setting, bool has_profile)
{
	return setting->graph && setting->graph->kind == WORKFLOW_DURABLE;
}

static bool has_express(const struct setting *setting, bool has_profile)
{
	const struct graph *graph = setting->graph;
	bool has = setting->map == MAP_OF_EXPRESS_CHILDREN || (graph && graph->kind == WORKFLOW_EXPRESS);
	for (size_t i = 0; graph && i < graph->step_count; i++)
		has = has || (graph->steps[i].is_distributed && graph->steps[i].child_kind == WORKFLOW_EXPRESS);
	return has;
}

static bool provisions(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		if (setting->functions[i].sandbox.provisioned > 0)
			return true;
	}
	return false;
}

static bool runs_arm64(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		if (setting->functions[i].sandbox.is_arm64)
			return true;
	}
	return false;
}

static bool provisions_arm64(const struct setting *setting, bool has_profile)
{
	for (size_t i = 0; i < setting->function_count; i++) {
		if (setting->functions[i].sandbox.is_arm64 && setting->functions[i].sandbox.provisioned > 0)
			return true;
	}
	return false;
}

static bool shares_hosts(const struct setting *setting, bool has_profile)
{
	return setting->has_hosts;
}

static bool has_queue(const struct setting *setting, bool has_profile)
{
	return setting->source.kind == SOURCE_QUEUE && !setting->source.is_fifo;
}

static bool has_fifo(const struct setting *setting, bool has_profile)
{
	return setting->source.is_fifo;
}

static bool provisions_pollers(const struct setting *setting, bool has_profile)
{
	return setting->source.poller_calls > 0;
}

static bool has_stream(const struct setting *setting, bool has_profile)
{
	return setting->source.kind == SOURCE_STREAM;
}

static bool has_topic(const struct setting *setting, bool has_profile)
{
	return setting->source.kind == SOURCE_TOPIC;
}

static bool has_schedule(const struct setting *setting, bool has_profile)
{
	return setting->source.kind == SOURCE_SCHEDULE;
}

static bool streams_answers(const struct setting *setting, bool has_profile)
{
	return setting->source.is_streamed;
}

static bool has_source(const struct setting *setting, bool has_profile)
{
	return setting->source.kind != SOURCE_DIRECT;
}

static bool always(const struct setting *setting, bool has_profile)
{
	return true;
}

/* Which settings need a key: the first row counts whose prefix the key begins with. */
static const struct need {
	const char *prefix;
	bool (*needs)(const struct setting *setting, bool has_profile);
} needs[] = {
	{"store.", moves_bytes},
	{"network.", moves_bytes},
	{"price.usd_per_1000_puts", moves_bytes},
	{"price.usd_per_1000_gets", moves_bytes},
	{"price.usd_per_provisioned_gb_second_arm64", provisions_arm64},
	{"price.usd_per_provisioned_gb_second_busy_arm64", provisions_arm64},
	{"price.usd_per_provisioned", provisions},
	{"price.usd_per_gb_second_arm64", runs_arm64},
	{"price.usd_per_tmp_gb_second", buys_tmp},
	{"price.usd_per_gb_restored", has_billed_snapshot},
	{"price.usd_per_cached_gb_second", has_billed_snapshot},
	{"price.usd_per_1000_transitions", has_workflow},
	{"price.usd_per_million_durable", has_durable},
	{"workflow.durable_", has_durable},
	{"price.usd_per_million_express", has_express},
	{"price.usd_per_express_gb_second", has_express},
	{"price.usd_per_million_queue_requests", has_queue},
	{"price.usd_per_million_fifo_requests", has_fifo},
	{"price.usd_per_poller_hour", provisions_pollers},
	{"price.usd_per_shard_hour", has_stream},
	{"price.usd_per_million_stream_puts", has_stream},
	{"price.usd_per_million_publishes", has_topic},
	{"price.usd_per_million_schedules", has_schedule},
	{"price.usd_per_streamed_gb", streams_answers},
	{"price.usd_per_put_gb", moves_bytes},
	{"price.usd_per_get_gb", moves_bytes},
	{"cpu.sgemm_gflop_per_vcpu_second", carries_profile},
	{"sandbox.package_", has_package},
	{"cpu.arm64_speed", runs_arm64},
	{"hosts.", shares_hosts},
	{"sources.", has_source},
	{"", always},
};

/* Of what stands on the bill beside: whether the experiment has switched it on; -1 where the key is another. */
static int is_switched_on(const char *key, const struct setting *setting)
{
	const char *of_price = strncmp(key, "price.", strlen("price.")) == 0 ? key + strlen("price.") : "";
	for (int item = 0; item < BILL_ITEMS; item++)
		if (bill_rows[item].beside && strcmp(bill_rows[item].price_key, of_price) == 0)
			return setting->beside.is_on[item];
	return -1;
}

static bool is_needed(const char *key, const struct setting *setting, bool has_profile)
{
	int is_on = is_switched_on(key, setting);
	if (is_on >= 0)
		return is_on > 0;
	const struct need *need = needs;
	while (strncmp(key, need->prefix, strlen(need->prefix)) != 0)
		need++;
	return need->needs(setting, has_profile);
}

void unknown_needed(const struct setting *setting, bool has_profile, struct arena *arena, struct bind_texts *out)
{
	const struct bind_texts *unknown = &setting->platform->unknown;
	*out = (struct bind_texts){.values = ARENA_ARRAY(arena, const char *, unknown->count)};
	for (size_t i = 0; i < unknown->count; i++)
		if (is_needed(unknown->values[i], setting, has_profile))
			out->values[out->count++] = unknown->values[i];
}

bool unknown_check(const struct setting *setting, bool has_profile, struct diag_place place, struct diag *diag)
{
	const struct bind_texts *unknown = &setting->platform->unknown;
	bool ok = true;
	for (size_t i = 0; i < unknown->count; i++) {
		const char *key = unknown->values[i];
		if (!is_needed(key, setting, has_profile))
			continue;
		bool is_elsewhere = setting->platform->region && strncmp(key, "price.", strlen("price.")) == 0;
		diag_error(diag, place,
			   "%s '%s' of %s%s%s, which this experiment needs; supply it with "
			   "--set platform_values.%s=VALUE",
			   is_elsewhere ? "no source is known here for" : "nobody has published", key,
			   setting->platform->name, is_elsewhere ? " in " : "",
			   is_elsewhere ? setting->platform->region : "", key);
		ok = false;
	}
	return ok;
}
