/*
 * What AWS Lambda Power Tuning would have returned, had it run: one line of JSON for each function, with the tool's
 * keys and the address that shows the points in its user interface. The simulation cost nothing, so that the costs of
 * the state machine are 0.
 *
 * The address is the page, '#', and base64 of three little-endian arrays joined by ';': sizes as 16-bit integers,
 * then milliseconds and USD as 32-bit floats, by ascending size.
 * Source: aws-lambda-power-tuning, README-EXECUTE (results); aws-lambda-power-tuning-ui, encode.js.
 */
#include <stdint.h>
#include <string.h>

#include "base/json.h"
#include "plan/emit.h"

static const char base_url[] = "https://lambda-power-tuning.show/#";

static void add_base64(const unsigned char *bytes, size_t count, struct buf *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < count; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;
		group |= i + 1 < count ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < count ? bytes[i + 2] : 0;
		buf_add_char(out, digits[group >> 18 & 63]);
		buf_add_char(out, digits[group >> 12 & 63]);
		buf_add_char(out, i + 1 < count ? digits[group >> 6 & 63] : '=');
		buf_add_char(out, i + 2 < count ? digits[group & 63] : '=');
	}
}

static void put_float(double value, unsigned char out[4])
{
	float single = (float)value;
	uint32_t bits;
	memcpy(&bits, &single, sizeof bits);
	for (int i = 0; i < 4; i++)
		out[i] = (unsigned char)(bits >> 8 * i);
}

const char *emit_power_tuning_url(const struct deployment_point *points, size_t count, struct arena *arena)
{
	unsigned char *sizes = ARENA_ARRAY(arena, unsigned char, 2 * count);
	unsigned char *times = ARENA_ARRAY(arena, unsigned char, 4 * count);
	unsigned char *costs = ARENA_ARRAY(arena, unsigned char, 4 * count);
	for (size_t i = 0; i < count; i++) {
		sizes[2 * i] = (unsigned char)points[i].memory_mb;
		sizes[2 * i + 1] = (unsigned char)(points[i].memory_mb >> 8);
		put_float(1000 * points[i].seconds, &times[4 * i]);
		put_float(points[i].usd, &costs[4 * i]);
	}
	struct buf url;
	buf_init(&url);
	buf_add(&url, base_url);
	add_base64(sizes, 2 * count, &url);
	buf_add_char(&url, ';');
	add_base64(times, 4 * count, &url);
	buf_add_char(&url, ';');
	add_base64(costs, 4 * count, &url);
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
