/*
 * `lamina profile show PROFILE`: for people, a row of seconds per layer and thread count with a column per record size;
 * for programs, a row per measured value.
 */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/json.h"
#include "cli/commands.h"
#include "profile/profile.h"
#include "scenario/resolve.h"

/* A layer or phase of the profile. */
struct item {
	const char *function;
	const char *name;
	const char *kind; /* of a layer; "phase" */
	double mac_per_image;
	const struct profile_points *points;
};

static size_t collect_function(const struct profile *profile, const struct profile_function *function,
			       struct item *items)
{
	size_t count = 0;
	/* In the order in which they happen: the output is serialised after the layers. */
	for (int phase = 0; phase < PROFILE_SERIALISE; phase++)
		items[count++] =
			(struct item){function->name, profile_phase_names[phase], "phase", 0, &function->phases[phase]};
	for (size_t i = 0; i < profile->layer_count; i++) {
		const struct profile_layer *layer = &profile->layers[i];
		if (strcmp(layer->function, function->name) == 0)
			items[count++] = (struct item){function->name, layer->name, layer->kind, layer->mac_per_image,
						       &layer->times};
	}
	items[count++] = (struct item){function->name, profile_phase_names[PROFILE_SERIALISE], "phase", 0,
				       &function->phases[PROFILE_SERIALISE]};
	return count;
}

static struct item *collect(const struct profile *profile, struct arena *arena, size_t *count)
{
	struct item *items =
		ARENA_ARRAY(arena, struct item, profile->layer_count + PROFILE_PHASES * profile->function_count);
	*count = 0;
	for (size_t i = 0; i < profile->function_count; i++)
		*count += collect_function(profile, &profile->functions[i], items + *count);
	return items;
}

/* 2 * multiply-accumulates per second; NAN where the layer has none. */
static double gflop_per_second(const struct item *item, const struct profile_point *point)
{
	if (item->mac_per_image <= 0)
		return __builtin_nan("");
	return 2e-9 * item->mac_per_image * (double)point->images / point->seconds;
}

static const struct table_column value_columns[] = {
	{.name = "function"},
	{.name = "name"},
	{.name = "kind"},
	{.name = "images", .align = TABLE_RIGHT},
	{.name = "threads", .align = TABLE_RIGHT},
	{.name = "seconds", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "spread_seconds", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "gflop_per_second", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "peak_bytes", .align = TABLE_RIGHT},
};

static void add_times(struct table *table, const struct item *item)
{
	for (size_t i = 0; i < item->points->count; i++) {
		const struct profile_point *point = &item->points->points[i];
		table_text(table, item->function);
		table_text(table, item->name);
		table_text(table, item->kind);
		table_int(table, point->images);
		table_int(table, point->threads);
		table_double(table, point->seconds);
		table_double(table, point->spread_seconds);
		table_double(table, gflop_per_second(item, point));
		table_missing(table);
		table_end_row(table);
	}
}

static void add_memory(struct table *table, const struct profile_function *function)
{
	for (size_t i = 0; i < function->memory_count; i++) {
		table_text(table, function->name);
		table_text(table, "peak_memory");
		table_text(table, "memory");
		table_int(table, function->memory[i].images);
		for (int empty = 0; empty < 4; empty++)
			table_missing(table);
		table_int(table, function->memory[i].peak_bytes);
		table_end_row(table);
	}
}

static void fill_values(const struct profile *profile, const struct item *items, size_t count, struct table *table)
{
	for (size_t i = 0; i < count; i++)
		add_times(table, &items[i]);
	for (size_t i = 0; i < profile->function_count; i++)
		add_memory(table, &profile->functions[i]);
}

static void write_host_json(const struct profile *profile, struct json *json)
{
	const struct profile_host *host = &profile->host;
	json_key(json, "host");
	json_object_begin(json);
	json_field_text(json, "cpu", host->cpu);
	json_field_int(json, "cores", host->cores);
	json_field_double(json, "sgemm_gflop_per_second_per_core", host->sgemm_gflop_per_second_per_core);
	json_field_double(json, "sgemm_parallel_speedup", host->sgemm_parallel_speedup);
	json_field_double(json, "memory_gb_per_second", host->memory_gb_per_second);
	if (host->first_touch_seconds_per_gb > 0) {
		json_field_double(json, "sgemm_spread_share", host->sgemm_spread_share);
		json_field_double(json, "memory_spread_share", host->memory_spread_share);
		json_field_double(json, "first_touch_seconds_per_gb", host->first_touch_seconds_per_gb);
		json_field_double(json, "first_touch_spread_seconds_per_gb", host->first_touch_spread_seconds_per_gb);
	}
	json_field_text(json, "blas", host->blas);
	json_field_text(json, "blas_core_type", host->blas_core_type);
	json_field_int(json, "blas_threads", host->blas_threads);
	json_object_end(json);
}

/* Why the profile is not to be trusted: an empty list where nothing speaks against it. */
static void write_doubts_json(const struct profile *profile, struct arena *arena, struct json *json)
{
	struct profile_doubts doubts;
	profile_find_doubts(profile, arena, &doubts);
	json_key(json, "doubts");
	json_array_begin(json);
	for (size_t i = 0; i < doubts.count; i++)
		json_text(json, doubts.texts[i]);
	json_array_end(json);
}

static void show_json(const struct profile *profile, const struct table *values, struct arena *arena, struct buf *out)
{
	struct json json;
	json_document_begin(&json, out);
	json_field_text(&json, "model", profile->model);
	json_field_text(&json, "lamina_version", profile->lamina_version);
	json_field_text(&json, "date", profile->date);
	json_field_int(&json, "record_input_bytes_per_image", profile->record_input_bytes_per_image);
	write_host_json(profile, &json);
	write_doubts_json(profile, arena, &json);
	json_key(&json, "values");
	table_write_json(values, &json);
	json_document_end(&json);
}

static void show_head(const struct profile *profile, struct arena *arena, struct buf *out)
{
	struct profile_doubts doubts;
	const struct profile_host *host = &profile->host;
	buf_printf(out, "%s on %s, %lld cores\n", profile->model, host->cpu, (long long)host->cores);
	buf_printf(out, "%s, core type %s; measured %s by lamina %s\n", host->blas, host->blas_core_type, profile->date,
		   profile->lamina_version);
	buf_printf(out, "sgemm %.1f GFLOP/s on one core, %.2f times that on all; memory copy %.1f GB/s\n",
		   host->sgemm_gflop_per_second_per_core, host->sgemm_parallel_speedup, host->memory_gb_per_second);
	if (host->first_touch_seconds_per_gb > 0)
		buf_printf(out, "first touch of memory %.3g s/GB (+ %.1g), in none of the times\n",
			   host->first_touch_seconds_per_gb, host->first_touch_spread_seconds_per_gb);
	if (profile->measurement.runs > 0)
		buf_printf(out, "%lld runs, %lld of them outliers; every median of the network's time within %.2g %%\n",
			   (long long)profile->measurement.runs, (long long)profile->measurement.outliers,
			   100 * profile->measurement.interval_share);
	profile_find_doubts(profile, arena, &doubts);
	for (size_t i = 0; i < doubts.count; i++)
		buf_printf(out, "not to be trusted: %s\n", doubts.texts[i]);
	buf_add_char(out, '\n');
}

enum { SIZES_MAX = TABLE_COLUMNS_MAX - 5, FIXED_COLUMNS = 5 };

static void insert_size(int64_t images, int64_t sizes[SIZES_MAX], size_t *count)
{
	size_t at = 0;
	while (at < *count && sizes[at] < images)
		at++;
	if (*count == SIZES_MAX || (at < *count && sizes[at] == images))
		return;
	memmove(sizes + at + 1, sizes + at, (*count - at) * sizeof *sizes);
	sizes[at] = images;
	++*count;
}

/* The record sizes of the columns: all that occur, ascending. */
static size_t choose_sizes(const struct item *items, size_t item_count, int64_t sizes[SIZES_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < item_count; i++)
		for (size_t k = 0; k < items[i].points->count; k++)
			insert_size(items[i].points->points[k].images, sizes, &count);
	return count;
}

/* One row per thread count; the speed is that of the largest record. */
static void add_rows(struct table *table, const struct item *item, const int64_t *sizes, size_t size_count)
{
	for (size_t i = 0; i < item->points->count; i++) {
		int64_t threads = item->points->points[i].threads;
		bool is_last = i + 1 == item->points->count || item->points->points[i + 1].threads != threads;
		if (!is_last)
			continue;
		table_text(table, item->function);
		table_text(table, item->name);
		table_text(table, item->kind);
		table_int(table, threads);
		table_double(table, gflop_per_second(item, &item->points->points[i]));
		for (size_t size = 0; size < size_count; size++) {
			const struct profile_point *point = profile_find_point(item->points, sizes[size], threads);
			if (point)
				table_double(table, point->seconds);
			else
				table_missing(table);
		}
		table_end_row(table);
	}
}

static void show_times(const struct item *items, size_t count, struct arena *arena, struct buf *out)
{
	struct table_column columns[TABLE_COLUMNS_MAX] = {
		{.name = "function"},
		{.name = "layer or phase"},
		{.name = "kind"},
		{.name = "threads", .align = TABLE_RIGHT},
		{.name = "GFLOP/s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	};
	int64_t sizes[SIZES_MAX];
	size_t size_count = choose_sizes(items, count, sizes);
	for (size_t i = 0; i < size_count; i++)
		columns[FIXED_COLUMNS + i] = (struct table_column){
			.name = arena_printf(arena, "%lld", (long long)sizes[i]),
			.align = TABLE_RIGHT,
			.decimals = TABLE_SIGNIFICANT,
		};
	struct table table;
	table_init(&table, columns, FIXED_COLUMNS + size_count);
	for (size_t i = 0; i < count; i++)
		add_rows(&table, &items[i], sizes, size_count);
	buf_add(out, "Seconds for a record of so many images:\n");
	table_render(&table, TABLE_TEXT, out);
	table_release(&table);
}

static bool has_plan(const struct profile *profile)
{
	for (size_t i = 0; i < profile->function_count; i++)
		for (size_t k = 0; k < profile->functions[i].memory_count; k++)
			if (profile->functions[i].memory[k].planned_bytes > 0)
				return true;
	return false;
}

static void show_memory(const struct profile *profile, struct buf *out)
{
	static const struct table_column columns[] = {
		{.name = "function"},
		{.name = "images", .align = TABLE_RIGHT},
		{.name = "peak MiB", .align = TABLE_RIGHT, .decimals = 1},
		{.name = "planned MiB", .align = TABLE_RIGHT, .decimals = 1},
	};
	struct table table;
	bool is_planned = has_plan(profile);
	table_init(&table, columns, ARRAY_LEN(columns) - !is_planned);
	for (size_t i = 0; i < profile->function_count; i++)
		for (size_t k = 0; k < profile->functions[i].memory_count; k++) {
			const struct profile_memory_point *point = &profile->functions[i].memory[k];
			table_text(&table, profile->functions[i].name);
			table_int(&table, point->images);
			table_double(&table, (double)point->peak_bytes / (1024 * 1024));
			if (is_planned)
				table_double(&table, (double)point->planned_bytes / (1024 * 1024));
			table_end_row(&table);
		}
	if (table_row_count(&table) > 0) {
		buf_add(out, "\nPeak memory of the whole process:\n");
		table_render(&table, TABLE_TEXT, out);
	}
	table_release(&table);
}

static void render_profile(const struct profile *profile, enum table_format format, struct arena *arena,
			   struct buf *out)
{
	size_t count;
	struct item *items = collect(profile, arena, &count);
	struct table values;
	table_init(&values, value_columns, ARRAY_LEN(value_columns));
	fill_values(profile, items, count, &values);
	if (format == TABLE_CSV) {
		table_render(&values, TABLE_CSV, out);
	} else if (format == TABLE_JSON) {
		show_json(profile, &values, arena, out);
	} else {
		show_head(profile, arena, out);
		show_times(items, count, arena, out);
		show_memory(profile, out);
	}
	table_release(&values);
}

static int show_profile_file(struct cli *cli, int argc, char **argv)
{
	struct diag diag;
	struct profile profile;
	struct library library;
	diag_init(&diag);
	library_init(&library, &cli->arena);
	const char *path = library_profile_path(&library, argv[0], &diag);
	bool ok = path && profile_read(path, &cli->arena, &diag, &profile);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (!ok)
		return status;
	struct buf out;
	buf_init(&out);
	render_profile(&profile, cli_format(cli), &cli->arena, &out);
	cli_print(&out);
	buf_release(&out);
	return CLI_OK;
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	OPTION_END,
};

const struct command cmd_profile_show = {
	.name = "show",
	.summary = "print a profile",
	.operands = "PROFILE",
	.operands_min = 1,
	.operands_max = 1,
	.operand_names = names_of_profiles,
	.description = "Prints a profile, a file or one that comes with Lamina by its name: as a table with a column "
		       "per record size, or as CSV or JSON with a row per measured value. The GFLOP/s of the table are "
		       "those of the largest record.",
	.examples = "lamina profile show profiles/here.yaml\n"
		    "lamina profile show --format csv profiles/here.yaml > times.csv\n",
	.options = options,
	.run = show_profile_file,
};
