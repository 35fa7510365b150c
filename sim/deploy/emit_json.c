/* A plan with all its figures, in the program's own names and units. */
#include "base/json.h"
#include "deploy/emit.h"

static void write_points(const struct deployed_function *function, struct json *json)
{
	json_key(json, "sizes");
	json_array_begin(json);
	for (size_t i = 0; i < function->point_count; i++) {
		json_object_begin(json);
		json_field_int(json, "memory_mb", function->points[i].memory_mb);
		json_field_double(json, "request_seconds", function->points[i].seconds);
		json_field_double(json, "request_usd", function->points[i].usd);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_function(const struct deployed_function *function, struct json *json)
{
	json_object_begin(json);
	json_field_text(json, "name", function->name);
	json_field_int(json, "memory_mb", function->memory_mb);
	json_field_int(json, "timeout_seconds", function->timeout_seconds);
	json_field_int(json, "tmp_mb", function->tmp_mb);
	json_field_int(json, "reserved_concurrency", function->reserved_concurrency);
	json_field_int(json, "provisioned_concurrency", function->provisioned_concurrency);
	json_key(json, "snapshot");
	json_bool(json, function->has_snapshot);
	json_field_text(json, "architecture", function->is_arm64 ? "arm64" : "x86_64");
	json_field_double(json, "request_seconds", function->seconds);
	json_field_double(json, "request_usd", function->usd);
	write_points(function, json);
	json_object_end(json);
}

void emit_json(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	struct json json;
	json_init(&json, out, true);
	json_object_begin(&json);
	json_field_text(&json, "lamina_version", deployment->version);
	json_field_text(&json, "experiment", deployment->experiment);
	json_field_text(&json, "platform", deployment->platform);
	json_field_text(&json, "strategy", deployment->strategy);
	json_field_text(&json, "schedule", deployment->schedule);
	json_key(&json, "parallel");
	if (deployment->parallel == INT64_MAX)
		json_none(&json);
	else
		json_int(&json, deployment->parallel);
	json_field_int(&json, "images_per_record", deployment->images_per_record);
	json_field_double(&json, deployment->seconds_metric, deployment->seconds);
	json_field_double(&json, "cost_usd", deployment->cost_usd);
	json_field_int(&json, "monthly_requests", deployment->monthly_requests);
	json_key(&json, "functions");
	json_array_begin(&json);
	for (size_t i = 0; i < deployment->function_count; i++)
		write_function(&deployment->functions[i], &json);
	json_array_end(&json);
	json_object_end(&json);
	buf_add_char(out, '\n');
}
