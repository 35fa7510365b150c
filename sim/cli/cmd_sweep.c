/* `lamina sweep EXPERIMENT`: every point of the experiment's sweep, one row each. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/result_file.h"
#include "cli/table.h"

/* The figures that the text table shows; CSV and JSON have all. What comes over time is in no hurry to end. */
static const struct shown_metric {
	const char *name;
	bool of_batch;
	bool of_arrivals;
	bool with_difference;
} shown_metrics[] = {
	{"makespan_seconds", true, false, true},
	{"record_seconds", false, true, true},
	{"record_p95_seconds", false, true, false},
	{"record_billed_seconds", true, false, false},
	{"cost_usd", true, true, true},
	{"cold_starts", true, true, false},
	{"failed_records", true, true, false},
};

/* What becomes of a sweep: its points alone, its figures, or also how they differ from a point's. */
struct rows {
	struct cli *cli;
	const struct study *study;
	const struct run_result *base; /* NULL where no baseline is asked for */
	bool is_dry;
	bool is_batch; /* its first point is; else records come over time */
	struct table_column *columns;
	size_t column_count;
};

static const struct shown_metric *find_shown(const struct rows *rows, const char *metric)
{
	for (size_t i = 0; i < sizeof shown_metrics / sizeof shown_metrics[0]; i++) {
		const struct shown_metric *shown = &shown_metrics[i];
		if (strcmp(metric, shown->name) == 0 && (rows->is_batch ? shown->of_batch : shown->of_arrivals))
			return shown;
	}
	return NULL;
}

static void add_column(struct rows *rows, struct table_column column)
{
	CHECK(rows->column_count < TABLE_COLUMNS_MAX);
	column.align = TABLE_RIGHT;
	rows->columns[rows->column_count++] = column;
}

static void add_figure(struct rows *rows, const char *name, const char *heading, bool is_data_only)
{
	struct table_column column = {
		.name = name, .heading = heading, .decimals = TABLE_SIGNIFICANT, .is_data_only = is_data_only};
	add_column(rows, column);
	column.name = arena_printf(&rows->cli->arena, "%s_half_width_95", name);
	column.heading = "±";
	add_column(rows, column);
}

/* Swept keys, then every metric with its half width and, where asked for, its difference from the baseline. */
static void make_columns(struct rows *rows)
{
	const struct sweep *sweep = &rows->study->sweep;
	rows->columns = ARENA_ARRAY(&rows->cli->arena, struct table_column, TABLE_COLUMNS_MAX);
	add_column(rows, (struct table_column){.name = "point"});
	for (size_t i = 0; i < sweep->key_count; i++)
		add_column(rows, (struct table_column){.name = sweep->keys[i], .decimals = TABLE_SIGNIFICANT});
	if (rows->is_dry)
		return;
	add_column(rows, (struct table_column){.name = "replications", .is_data_only = true});
	for (int i = 0; i < METRICS; i++) {
		const char *name = outcome_metrics[i].name;
		const struct shown_metric *shown = find_shown(rows, name);
		add_figure(rows, name, NULL, !shown);
		if (rows->base)
			add_figure(rows, arena_printf(&rows->cli->arena, "%s_difference", name), "difference",
				   !shown || !shown->with_difference);
	}
}

/* Numbers stay numbers, for readers of JSON. */
static void add_value(struct rows *rows, struct table *table, const struct yaml_node *value)
{
	int64_t integer;
	double number;
	bool is_number = value && yaml_type_of(value) == YAML_TYPE_NUMBER;
	if (!value)
		table_missing(table);
	else if (is_number && num_parse_int64(value->text, &integer))
		table_int(table, integer);
	else if (is_number && num_parse_double(value->text, &number) && isfinite(number))
		table_double(table, number);
	else
		table_text(table, sweep_value_text(value, &rows->cli->arena));
}

static void add_estimate(struct table *table, const struct estimate *estimate)
{
	table_double(table, estimate->mean);
	table_double(table, estimate->half_width);
}

static void add_point(struct rows *rows, struct table *table, size_t point)
{
	const struct sweep *sweep = &rows->study->sweep;
	const struct run_result *result = &rows->study->jobs[point].result;
	table_int(table, (int64_t)point + 1);
	for (size_t i = 0; i < sweep->key_count; i++)
		add_value(rows, table, sweep->points[point].values[i]);
	if (!rows->is_dry)
		table_int(table, result->replications);
	for (int i = 0; !rows->is_dry && i < METRICS; i++) {
		add_estimate(table, &result->metrics[i]);
		if (!rows->base)
			continue;
		struct estimate difference = run_result_difference(result, rows->base, i);
		add_estimate(table, &difference);
	}
	table_end_row(table);
}

static void render(struct rows *rows, struct buf *text)
{
	struct table table;
	make_columns(rows);
	table_init(&table, rows->columns, rows->column_count);
	for (size_t i = 0; i < rows->study->sweep.point_count; i++)
		if (rows->is_dry || rows->study->jobs[i].result.replications > 0)
			add_point(rows, &table, i);
	table_render(&table, cli_format_of(rows->cli, options_text(&rows->cli->options, "output")), text);
	table_release(&table);
}

/* The baseline's point; false where the sweep has no such point. */
static bool find_baseline(struct cli *cli, const struct study *study, const struct run_result **base)
{
	if (!options_given(&cli->options, "baseline"))
		return true;
	size_t number = (size_t)options_int(&cli->options, "baseline");
	if (number > study->sweep.point_count) {
		cli_wrong_usage(cli, "--baseline is %zu, but the sweep has %zu points", number,
				study->sweep.point_count);
		return false;
	}
	*base = &study->jobs[number - 1].result;
	return true;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct study study;
	struct rows rows = {.cli = cli, .study = &study, .is_dry = options_flag(&cli->options, "dry-run")};
	const char *path = options_text(&cli->options, "output");
	int status = experiment_options_load(cli, argv[0], true, &study);
	if (status == CLI_OK)
		status = result_file_try(cli, path);
	if (status != CLI_OK)
		return status;
	rows.is_batch = study.jobs[0].setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (!find_baseline(cli, &study, &rows.base))
		return CLI_WRONG;
	bool finished = rows.is_dry || experiment_options_replicate(cli, &study);
	if (rows.base && rows.base->replications == 0)
		rows.base = NULL;

	struct buf text;
	buf_init(&text);
	render(&rows, &text);
	status = finished ? result_file_write(cli, path, &text) : result_file_write_part(cli, path, &text);
	buf_release(&text);
	int judged = rows.is_dry ? CLI_OK : experiment_options_judge(cli, &study);
	return status != CLI_OK ? status : judged;
}

static const struct option_row options[] = {
	OPTION_ROWS_EXPERIMENT,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the rows to a file instead of standard output; without --format, .csv and .json say which"},
	{.name = "baseline",
	 .letter = 'b',
	 .kind = OPTION_INT,
	 .metavar = "POINT",
	 .min = 1,
	 .max = SWEEP_POINTS_MAX,
	 .help = "also print how every figure differs from this point's, with the interval of paired replications"},
	{.name = "dry-run", .kind = OPTION_FLAG, .help = "print the points and simulate nothing"},
	OPTION_END,
};

const struct command cmd_sweep = {
	.name = "sweep",
	.summary = "simulate every point of an experiment's sweep",
	.operands = "EXPERIMENT",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Simulates the experiment once for every point of its `sweep:` and prints a row per point: the swept "
		"keys, then every figure with half the width of its 95 % interval (the text table shows the main "
		"ones). All points meet the same luck, so that differences between rows are due to their settings: "
		"--baseline prints them with intervals that are much narrower than those of the figures themselves.",
	.examples = "lamina sweep configs/paper/fig5.yaml --format csv -o fig5.csv\n"
		    "lamina sweep exp.yaml --baseline 1\n"
		    "lamina sweep exp.yaml --dry-run\n",
	.options = options,
	.run = run,
};
