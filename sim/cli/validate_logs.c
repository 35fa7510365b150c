#include "cli/validate_logs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "calibrate/report_log.h"
#include "cli/commands.h"
#include "cli/result_file.h"
#include "experiment/study.h"
#include "report/figure_axis.h"
#include "scenario/function_name.h"

enum { MEMORY_COLUMN = 1, MEASURED_COLUMN = 4, SPREAD_COLUMN = 5, FITTED_COLUMN = 6, PREDICTED_COLUMN = 8 };

static const struct table_column columns[] = {
	LOGGED_SIZE_COLUMNS,
	{.name = "fitted_seconds", .heading = "fitted s", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "fitted_error_percent", .heading = "error %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "predicted_seconds",
	 .heading = "from other sizes s",
	 .align = TABLE_RIGHT,
	 .decimals = TABLE_SIGNIFICANT},
	{.name = "predicted_error_percent", .heading = "error %", .align = TABLE_RIGHT, .decimals = 1},
};

/* What is read, and whose it is. */
struct own_logs {
	struct cli *cli;
	struct diag diag;
	struct study study;
	struct library library;
	struct log_samples samples;
	struct calibration_context context;
	struct calibration calibration;
	const char **names; /* of the experiment's functions */
	size_t name_count;
	const char *file;
};

bool validate_is_logs(const char *path)
{
	const char *dot = strrchr(path, '.');
	return !dot || (strcmp(dot, ".yaml") != 0 && strcmp(dot, ".yml") != 0);
}

/* By the row's log group, else by the file's name; of an experiment, the function that this means. NULL: none. */
static const char *name_of(const struct own_logs *logs, const struct report_row *row, struct arena *arena)
{
	const char *name = row->function[0] ? function_name_of_log_group(row->function, arena)
					    : function_name_of_file(logs->file, arena);
	if (!logs->context.experiment)
		return name;
	int match = function_name_match(name, logs->names, logs->name_count);
	return match >= 0 ? logs->names[match] : NULL;
}

static void take_row(void *context, const struct report_row *row)
{
	struct own_logs *logs = context;
	struct arena scratch;
	arena_init(&scratch);
	const char *name = name_of(logs, row, &scratch);
	if (name)
		log_samples_add(&logs->samples, name, row, &logs->diag);
	arena_release(&scratch);
}

static int choose(struct own_logs *logs, const char *experiment, const char *const *overlays, size_t overlay_count)
{
	logs->context.images = 1;
	if (!experiment) {
		library_init(&logs->library, &logs->cli->arena);
		logs->context.platform = library_platform(&logs->library, "aws-lambda", NULL,
							  (struct diag_place){.file = ""}, &logs->diag);
		return logs->context.platform ? CLI_OK : CLI_FAILED;
	}
	struct study_request request = {
		.load = {.path = experiment, .overlays = overlays, .overlay_count = overlay_count}};
	bool io_failed = false;
	if (!study_load(&request, &logs->cli->arena, &logs->diag, &logs->study, &io_failed))
		return io_failed ? CLI_FAILED : CLI_WRONG;
	const struct setting *setting = logs->study.jobs[0].setting;
	logs->context.experiment = &logs->study.experiment;
	logs->context.setting = setting;
	logs->context.platform = setting->platform;
	logs->context.images = logs->study.experiment.workload.images_per_record;
	logs->names = ARENA_ARRAY(&logs->cli->arena, const char *, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++)
		logs->names[logs->name_count++] = setting->functions[i].name;
	if (setting->platform->kind != PLATFORM_FUNCTIONS)
		return cli_wrong_usage(logs->cli, "%s is a machine, not a service of functions",
				       setting->platform->name);
	return CLI_OK;
}

static int read_all(struct own_logs *logs, const char *experiment)
{
	size_t count;
	const char *const *with = options_list(&logs->cli->options, "with", &count);
	const char **overlays = ARENA_ARRAY(&logs->cli->arena, const char *, count);
	size_t overlay_count = 0;
	for (size_t i = 0; i < count; i++)
		if (!validate_is_logs(with[i]))
			overlays[overlay_count++] = with[i];
	int status = choose(logs, experiment, overlays, overlay_count);
	for (size_t i = 0; status == CLI_OK && i < count; i++) {
		struct report_sink sink = {take_row, logs};
		struct report_counts counts;
		bool io_failed = false;
		logs->file = with[i];
		if (validate_is_logs(with[i]) && !report_log_read(with[i], &sink, &logs->diag, &counts, &io_failed))
			status = io_failed ? CLI_FAILED : CLI_WRONG;
	}
	if (status == CLI_OK)
		log_samples_finish(&logs->samples, &logs->context.platform->cpu);
	return status;
}

/* The seconds at the group's size of work that is fitted to all other sizes; NaN where they do not tell. */
static double from_others(const struct own_logs *logs, const struct function_samples *whole,
			  const struct sample_group *group, struct arena *arena)
{
	struct log_samples *samples = ARENA_NEW(arena, struct log_samples);
	struct calibration *calibration = ARENA_NEW(arena, struct calibration);
	struct function_samples *rest = &samples->functions[0];
	*samples = (struct log_samples){.arena = arena, .function_count = 1};
	*rest = *whole;
	rest->groups = ARENA_ARRAY(arena, struct sample_group, whole->group_count);
	rest->group_count = 0;
	bool has_start = false;
	for (size_t i = 0; i < whole->group_count; i++) {
		if (whole->groups[i].memory_mb == group->memory_mb)
			continue;
		rest->groups[rest->group_count++] = whole->groups[i];
		has_start = has_start || whole->groups[i].is_cold == group->is_cold;
	}
	if (!has_start)
		return (double)NAN;
	/* The fit of all sizes has reported what is wrong with the logs: this one is silent. */
	struct diag silent;
	diag_init(&silent);
	bool ok = calibration_solve(samples, &logs->context, &silent, calibration);
	diag_release(&silent);
	return ok ? calibration_predict(&calibration->functions[0], group) : (double)NAN;
}

void logged_size_put(struct table *table, const char *function, const struct sample_group *group)
{
	table_text(table, function);
	table_int(table, group->memory_mb);
	table_text(table, group->is_cold ? "cold" : "warm");
	table_int(table, (int64_t)group->seconds.count);
	table_double(table, summary_mean(&group->seconds));
	table_double(table, summary_deviation(&group->seconds));
}

void logged_size_put_prediction(struct table *table, double predicted, const struct sample_group *group)
{
	table_double(table, predicted);
	table_double(table, 100 * (predicted / summary_mean(&group->seconds) - 1));
}

static void fill_sizes(struct table *table, const struct own_logs *logs)
{
	for (size_t i = 0; i < logs->calibration.function_count; i++) {
		const struct calibrated_function *function = &logs->calibration.functions[i];
		for (size_t k = 0; k < function->samples->group_count; k++) {
			const struct sample_group *group = &function->samples->groups[k];
			struct arena arena;
			arena_init(&arena);
			logged_size_put(table, function->name, group);
			logged_size_put_prediction(table, calibration_predict(function, group), group);
			logged_size_put_prediction(table, from_others(logs, function->samples, group, &arena), group);
			arena_release(&arena);
			table_end_row(table);
		}
	}
}

static const struct figure figure = {
	.name = "own-logs",
	.title = "logged times over memory, fitted to all sizes and predicted from the others",
	.script = "figures/own-logs.gp",
};

/* Every function with each start that its logs have. */
static void list_series(const struct own_logs *logs, struct figure_sheet *sheet)
{
	static const char *const starts[] = {"warm", "cold"};
	struct arena *arena = &logs->cli->arena;
	size_t count = 0;
	size_t most = 2 * logs->calibration.function_count;
	const char **functions = ARENA_ARRAY(arena, const char *, most);
	const char **series_starts = ARENA_ARRAY(arena, const char *, most);
	for (size_t i = 0; i < logs->calibration.function_count; i++) {
		const struct calibrated_function *function = &logs->calibration.functions[i];
		bool has[2] = {false, false};
		for (size_t k = 0; k < function->samples->group_count; k++)
			has[function->samples->groups[k].is_cold] = true;
		for (int cold = 0; cold < 2; cold++) {
			if (!has[cold])
				continue;
			functions[count] = function->name;
			series_starts[count++] = starts[cold];
		}
	}
	figure_set_texts(sheet, "functions", functions, count);
	figure_set_texts(sheet, "starts", series_starts, count);
}

/* The finite values of a column; returns how many there are. */
static size_t values_of(const struct table *table, size_t column, double *values)
{
	size_t count = 0;
	for (size_t i = 0; i < table_row_count(table); i++) {
		const struct table_cell *cell = &table->cells[i * table->column_count + column];
		if (cell->kind == TABLE_CELL_DOUBLE)
			values[count++] = cell->number;
		else if (cell->kind == TABLE_CELL_INT)
			values[count++] = (double)cell->integer;
	}
	return count;
}

static void set_axes(const struct table *table, struct figure_sheet *sheet, struct arena *arena)
{
	double *values = ARENA_ARRAY(arena, double, 4 * table_row_count(table));
	struct figure_axis memory = {
		.name = "x",
		.values = values,
		.count = values_of(table, MEMORY_COLUMN, values),
		.has_marks_at_values = true,
		.log_from_ratio = 5,
	};
	figure_set_axis_text(sheet, "memory_axis", &memory);
	figure_set_number(sheet, "spreads", values_of(table, SPREAD_COLUMN, values) > 0);
	size_t measured = values_of(table, MEASURED_COLUMN, values);
	size_t fitted = values_of(table, FITTED_COLUMN, values + measured);
	size_t predicted = values_of(table, PREDICTED_COLUMN, values + measured + fitted);
	figure_set_number(sheet, "fitted", fitted > 0);
	figure_set_number(sheet, "predicted", predicted > 0);
	struct figure_axis time = {
		.name = "y", .values = values, .count = measured + fitted + predicted, .log_from_ratio = 5};
	figure_set_axis_text(sheet, "time_axis", &time);
}

static int write_files(const struct own_logs *logs, const struct table *table, const char *folder)
{
	struct err err;
	struct figure_sheet sheet;
	figure_sheet_init(&sheet);
	sheet.figure = &figure;
	table_render(table, TABLE_CSV, &sheet.data);
	list_series(logs, &sheet);
	set_axes(table, &sheet, &logs->cli->arena);
	bool ok = file_make_directories(folder, &err) &&
		  figure_write(&sheet, arena_printf(&logs->cli->arena, "%s/own-logs", folder),
			       1U << FIGURE_SVG | 1U << FIGURE_PNG, &err);
	figure_sheet_release(&sheet);
	if (!ok)
		return cli_failed(logs->cli, &err);
	fprintf(stderr, "figure, script and CSV are in %s/\n", folder);
	return CLI_OK;
}

int validate_logs(struct cli *cli, const char *experiment, const char *folder)
{
	struct own_logs logs = {.cli = cli};
	if (result_file_try_in(cli, folder, "own-logs.csv") != CLI_OK)
		return CLI_FAILED;
	diag_init(&logs.diag);
	log_samples_init(&logs.samples, &cli->arena);
	int status = read_all(&logs, experiment);
	bool is_solved = status == CLI_OK && !diag_has_errors(&logs.diag) &&
			 calibration_solve(&logs.samples, &logs.context, &logs.diag, &logs.calibration);
	int reported = cli_report(cli, &logs.diag);
	diag_release(&logs.diag);
	if (!is_solved)
		return status != CLI_OK ? status : reported;

	struct table table;
	struct buf out;
	buf_init(&out);
	table_init(&table, columns, ARRAY_LEN(columns));
	fill_sizes(&table, &logs);
	table_render(&table, cli_format(cli), &out);
	cli_print(&out);
	fflush(stdout); /* before what is said of the figure */
	status = folder ? write_files(&logs, &table, folder) : CLI_OK;
	table_release(&table);
	buf_release(&out);
	return status;
}
