/* Writes a profile as YAML that profile_read reads back equal: one point a line, so that a diff shows what moved. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/json.h"
#include "base/num.h"
#include "profile/profile.h"

/* Whether text needs no quotes: YAML could take it for nothing but this text. */
static bool is_plain(const char *text)
{
	static const char *const words[] = {"true", "false", "null", "yes", "no", "on", "off"};
	if (!isalpha((unsigned char)text[0]))
		return false;
	for (const char *p = text; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("._-/ ()@", *p))
			return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcasecmp(text, words[i]) == 0)
			return false;
	return text[strlen(text) - 1] != ' ';
}

static void add_text(struct buf *out, const char *indent, const char *key, const char *text)
{
	buf_printf(out, "%s%s: ", indent, key);
	if (is_plain(text)) {
		buf_add(out, text);
	} else {
		/* A JSON string is a double-quoted YAML scalar. */
		struct json json;
		json_init(&json, out, false);
		json_text(&json, text);
	}
	buf_add_char(out, '\n');
}

static void add_int(struct buf *out, const char *indent, const char *key, int64_t value)
{
	buf_printf(out, "%s%s: %lld\n", indent, key, (long long)value);
}

static void add_double(struct buf *out, const char *indent, const char *key, double value)
{
	char text[NUM_TEXT_BYTES];
	buf_printf(out, "%s%s: %s\n", indent, key, num_format_yaml(value, text));
}

static void add_points(struct buf *out, const char *key, const struct profile_points *points)
{
	if (points->count == 0)
		return;
	buf_printf(out, "    %s:\n", key);
	for (size_t i = 0; i < points->count; i++) {
		const struct profile_point *point = &points->points[i];
		char seconds[NUM_TEXT_BYTES];
		char spread[NUM_TEXT_BYTES];
		buf_printf(out, "      - {images: %lld, threads: %lld, seconds: %s, spread_seconds: %s}\n",
			   (long long)point->images, (long long)point->threads,
			   num_format_yaml(point->seconds, seconds), num_format_yaml(point->spread_seconds, spread));
	}
}

static void add_memory(struct buf *out, const struct profile_function *function)
{
	if (function->memory_count == 0)
		return;
	buf_add(out, "    memory:\n");
	for (size_t i = 0; i < function->memory_count; i++) {
		const struct profile_memory_point *point = &function->memory[i];
		buf_printf(out, "      - {images: %lld, peak_bytes: %lld", (long long)point->images,
			   (long long)point->peak_bytes);
		if (point->planned_bytes > 0)
			buf_printf(out, ", planned_bytes: %lld", (long long)point->planned_bytes);
		buf_add(out, "}\n");
	}
}

static void add_host(struct buf *out, const struct profile_host *host)
{
	buf_add(out, "host:\n");
	add_text(out, "  ", "cpu", host->cpu);
	add_int(out, "  ", "cores", host->cores);
	add_double(out, "  ", "sgemm_gflop_per_second_per_core", host->sgemm_gflop_per_second_per_core);
	add_double(out, "  ", "sgemm_parallel_speedup", host->sgemm_parallel_speedup);
	add_double(out, "  ", "memory_gb_per_second", host->memory_gb_per_second);
	if (host->memory_parallel_speedup > 0) {
		add_double(out, "  ", "memory_parallel_speedup", host->memory_parallel_speedup);
		add_int(out, "  ", "memory_parallel_threads", host->memory_parallel_threads);
	}
	if (host->first_touch_seconds_per_gb > 0) {
		add_double(out, "  ", "sgemm_spread_share", host->sgemm_spread_share);
		add_double(out, "  ", "memory_spread_share", host->memory_spread_share);
		add_double(out, "  ", "first_touch_seconds_per_gb", host->first_touch_seconds_per_gb);
		add_double(out, "  ", "first_touch_spread_seconds_per_gb", host->first_touch_spread_seconds_per_gb);
	}
	add_text(out, "  ", "blas", host->blas);
	add_text(out, "  ", "blas_core_type", host->blas_core_type);
	add_int(out, "  ", "blas_threads", host->blas_threads);
	if (host->convolutions)
		add_text(out, "  ", "convolutions", host->convolutions);
}

static void add_measurement(struct buf *out, const struct profile_measurement *measurement)
{
	if (measurement->repeats == 0)
		return;
	buf_add(out, "measurement:\n");
	add_int(out, "  ", "repeats", measurement->repeats);
	if (measurement->runs > 0) {
		add_int(out, "  ", "runs", measurement->runs);
		add_int(out, "  ", "outliers", measurement->outliers);
		add_double(out, "  ", "interval_share", measurement->interval_share);
	}
	add_double(out, "  ", "other_programs_cores", measurement->other_programs_cores);
	add_double(out, "  ", "steal_cores", measurement->steal_cores);
}

/* What only networks with branches have. */
static void add_graph(struct buf *out, const struct profile_layer *layer)
{
	struct json json;
	if (layer->fused)
		add_text(out, "    ", "fused", layer->fused);
	if (layer->live_bytes_per_image > 0)
		add_int(out, "    ", "live_bytes_per_image", layer->live_bytes_per_image);
	if (layer->cannot_be_cut)
		buf_add(out, "    cannot_be_cut: true\n");
	if (layer->crossing_count == 0)
		return;
	add_int(out, "    ", "crossing_bytes_per_image", layer->crossing_bytes_per_image);
	buf_add(out, "    crossing: ");
	json_init(&json, out, false);
	json_array_begin(&json);
	for (size_t i = 0; i < layer->crossing_count; i++)
		json_text(&json, layer->crossing[i]);
	json_array_end(&json);
	buf_add_char(out, '\n');
}

static void add_layer(struct buf *out, const struct profile_layer *layer)
{
	add_text(out, "  - ", "name", layer->name);
	add_text(out, "    ", "kind", layer->kind);
	add_text(out, "    ", "function", layer->function);
	add_double(out, "    ", "mac_per_image", layer->mac_per_image);
	add_int(out, "    ", "parameter_bytes", layer->parameter_bytes);
	add_int(out, "    ", "input_bytes_per_image", layer->input_bytes_per_image);
	add_int(out, "    ", "output_bytes_per_image", layer->output_bytes_per_image);
	buf_printf(out, "    in_place: %s\n", layer->in_place ? "true" : "false");
	add_graph(out, layer);
	add_points(out, "times", &layer->times);
}

void profile_write(const struct profile *profile, struct buf *out)
{
	buf_add(out, "# Measured by `lamina profile`; profiles/README.md says what each key means.\n");
	add_int(out, "", "lamina_profile", PROFILE_FORMAT);
	add_text(out, "", "model", profile->model);
	add_text(out, "", "lamina_version", profile->lamina_version);
	add_text(out, "", "date", profile->date);
	add_int(out, "", "record_input_bytes_per_image", profile->record_input_bytes_per_image);
	add_host(out, &profile->host);
	add_measurement(out, &profile->measurement);
	buf_add(out, "layers:\n");
	for (size_t i = 0; i < profile->layer_count; i++)
		add_layer(out, &profile->layers[i]);
	buf_add(out, "functions:\n");
	for (size_t i = 0; i < profile->function_count; i++) {
		const struct profile_function *function = &profile->functions[i];
		add_text(out, "  - ", "name", function->name);
		for (int phase = 0; phase < PROFILE_PHASES; phase++)
			add_points(out, profile_phase_names[phase], &function->phases[phase]);
		add_memory(out, function);
	}
}
