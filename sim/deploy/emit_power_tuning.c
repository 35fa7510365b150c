/*
 * What AWS Lambda Power Tuning would have returned, had it run: one line of JSON for each function, with the tool's
 * keys and the address that shows the points in its user interface (tuning_chart.h), by ascending size. The simulation
 * cost nothing, so that the costs of the state machine are 0.
 * Source: aws-lambda-power-tuning, README-EXECUTE (results).
 */
#include "base/json.h"
#include "base/tuning_chart.h"
#include "deploy/emit.h"

const char *emit_power_tuning_url(const struct deployment_point *points, size_t count, struct arena *arena)
{
	struct tuning_point *shown = ARENA_ARRAY(arena, struct tuning_point, count);
	for (size_t i = 0; i < count; i++)
		shown[i] = (struct tuning_point){
			.memory_mb = points[i].memory_mb,
			.milliseconds = 1000 * points[i].seconds,
			.usd = points[i].usd,
		};
	struct buf url;
	buf_init(&url);
	tuning_chart_write(shown, (int)count, &url);
	const char *text = arena_strdup(arena, buf_text(&url));
	buf_release(&url);
	return text;
}

static void write_stats(const struct deployed_function *function, struct json *json)
{
	json_key(json, "stats");
	json_array_begin(json);
	for (size_t i = 0; i < function->point_count; i++) {
		json_object_begin(json);
		json_field_double(json, "averagePrice", function->points[i].usd);
		json_field_double(json, "averageDuration", 1000 * function->points[i].seconds);
		json_field_int(json, "value", function->points[i].memory_mb);
		json_object_end(json);
	}
	json_array_end(json);
}

static void write_function(const struct deployment *deployment, const struct deployed_function *function,
			   struct arena *arena, struct json *json)
{
	json_object_begin(json);
	json_field_text(json, "function", function->name);
	json_field_text(json, "source", arena_printf(arena, "lamina %s simulation", deployment->version));
	json_key(json, "results");
	json_object_begin(json);
	json_field_text(json, "power", arena_printf(arena, "%lld", (long long)function->memory_mb));
	json_field_double(json, "cost", function->usd);
	json_field_double(json, "duration", 1000 * function->seconds);
	json_key(json, "stateMachine");
	json_object_begin(json);
	json_field_int(json, "executionCost", 0);
	json_field_int(json, "lambdaCost", 0);
	json_field_text(json, "visualization", emit_power_tuning_url(function->points, function->point_count, arena));
	json_object_end(json);
	write_stats(function, json);
	json_object_end(json);
	json_object_end(json);
}

void emit_power_tuning(const struct deployment *deployment, struct arena *arena, struct buf *out)
{
	for (size_t i = 0; i < deployment->function_count; i++) {
		struct json json;
		json_init(&json, out, false);
		write_function(deployment, &deployment->functions[i], arena, &json);
		buf_add_char(out, '\n');
	}
}
