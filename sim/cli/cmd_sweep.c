/* `lamina sweep EXPERIMENT`: every point of the experiment's sweep, one row each. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/result_file.h"
#include "cli/sweep_file.h"
#include "cli/table.h"
#include "results/swept_value.h"

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

/* The rows that a sweep prints: its points alone, with figures, or also with their differences from one point's. */
struct rows {
	struct cli *cli;
	const struct study *study;
	const struct run_result *base; /* NULL where no baseline is asked for */
	enum table_format format;
	bool is_dry;
	bool is_batch; /* the first point is a batch; false: records come over time */
	struct table_column *columns;
	size_t column_count;
};

static const struct shown_metric *find_shown(const struct rows *rows, const char *metric)
{
	for (size_t i = 0; i < ARRAY_LEN(shown_metrics); i++) {
		const struct shown_metric *shown = &shown_metrics[i];
		if (strcmp(metric, shown->name) == 0 && (rows->is_batch ? shown->of_batch : shown->of_arrivals))
			return shown;
	}
	return NULL;
}

/* Whether a column is kept: a text table does not show those that are data only. */
static bool is_kept(const struct rows *rows, bool is_data_only)
{
	return !is_data_only || rows->format != TABLE_TEXT;
}

static void add_column(struct rows *rows, struct table_column column)
{
	if (!is_kept(rows, column.is_data_only))
		return;
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

static void add_value(struct rows *rows, struct table *table, const struct yaml_node *node)
{
	struct swept_value value = swept_value_of(node, &rows->cli->arena);
	if (value.kind == VALUE_INT)
		table_int(table, value.integer);
	else if (value.kind == VALUE_DOUBLE)
		table_double(table, value.number);
	else if (value.kind == VALUE_TEXT)
		table_text(table, value.text);
	else
		table_missing(table);
}

static void add_estimate(struct rows *rows, struct table *table, const struct estimate *estimate, bool is_data_only)
{
	if (!is_kept(rows, is_data_only))
		return;
	table_double(table, estimate->mean);
	table_double(table, estimate->half_width);
}

static void add_figures(struct rows *rows, struct table *table, const struct run_result *result)
{
	if (is_kept(rows, true))
		table_int(table, result->replications);
	for (int i = 0; i < METRICS; i++) {
		const struct shown_metric *shown = find_shown(rows, outcome_metrics[i].name);
		add_estimate(rows, table, &result->metrics[i], !shown);
		if (!rows->base)
			continue;
		struct estimate difference = run_result_difference(result, rows->base, i);
		add_estimate(rows, table, &difference, !shown || !shown->with_difference);
	}
}

static void add_point(struct rows *rows, struct table *table, size_t point, const struct run_result *result)
{
	const struct sweep *sweep = &rows->study->sweep;
	table_int(table, (int64_t)point + 1);
	for (size_t i = 0; i < sweep->key_count; i++)
		add_value(rows, table, sweep_value(sweep, point, i));
	if (!rows->is_dry)
		add_figures(rows, table, result);
	table_end_row(table);
}

/* The baseline, whose result the rows compare with; false when the sweep has no such point. */
static bool check_baseline(struct cli *cli, const struct study *study)
{
	if (!options_given(&cli->options, "baseline"))
		return true;
	size_t number = (size_t)options_int(&cli->options, "baseline");
	if (number <= study->sweep.point_count)
		return true;
	cli_wrong_usage(cli, "--baseline is %zu, but the sweep has %zu points", number, study->sweep.point_count);
	return false;
}

static void simulate_baseline(struct rows *rows, struct study *study, const struct run_control *control)
{
	if (!options_given(&rows->cli->options, "baseline"))
		return;
	struct run_job *job;
	struct run_control uncounted = *control;
	uncounted.progress = NULL;
	size_t point = (size_t)options_int(&rows->cli->options, "baseline") - 1;
	study_run_some(study, &point, 1, &uncounted, &rows->cli->arena, &job);
	if (job->result.replications > 0)
		rows->base = &job->result;
}

static bool is_batch(struct study *study)
{
	struct arena arena;
	struct diag said_before;
	struct run_job first;
	arena_init(&arena);
	diag_init(&said_before);
	CHECK(study_point(study, 0, &arena, &said_before, &first));
	bool is = first.setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	diag_release(&said_before);
	arena_release(&arena);
	return is;
}

static void add_dry_rows(struct rows *rows, struct table *table)
{
	make_columns(rows);
	table_init(table, rows->columns, rows->column_count);
	for (size_t i = 0; i < rows->study->sweep.point_count; i++)
		add_point(rows, table, i, NULL);
}

/* False when it was interrupted: rows are of the finished part. */
static bool add_simulated_rows(struct rows *rows, struct table *table, struct study *study, struct judgement *judgement)
{
	struct replicating replicating;
	struct arena arena;
	arena_init(&arena);
	size_t points = study->sweep.point_count;
	replicating_begin(&replicating, rows->cli, study->least_replications);
	simulate_baseline(rows, study, &replicating.control);
	make_columns(rows);
	table_init(table, rows->columns, rows->column_count);
	bool finished = !interrupt_requested();
	for (size_t first = 0; first < points && finished; first += STUDY_WINDOW_POINTS) {
		size_t numbers[STUDY_WINDOW_POINTS];
		size_t count = min_size(points - first, STUDY_WINDOW_POINTS);
		for (size_t i = 0; i < count; i++)
			numbers[i] = first + i;
		struct run_job *jobs;
		finished = study_run_some(study, numbers, count, &replicating.control, &arena, &jobs);
		for (size_t i = 0; i < count; i++) {
			if (jobs[i].result.replications > 0)
				add_point(rows, table, first + i, &jobs[i].result);
			judgement_add(judgement, &jobs[i], first + i);
		}
		arena_release(&arena);
	}
	return replicating_end(&replicating, rows->cli) && finished;
}

static int run_sweep(struct cli *cli, int argc, char **argv)
{
	struct study study;
	const char *path = options_text(&cli->options, "output");
	struct rows rows = {
		.cli = cli,
		.study = &study,
		.format = cli_format_of(cli, path),
		.is_dry = options_flag(&cli->options, "dry-run"),
	};
	if (sweep_file_is(path))
		return sweep_file_run(cli, argv[0], path);
	int status = sweep_file_refuse_options(cli);
	if (status == CLI_OK)
		status = experiment_options_check(cli, argv[0], &study);
	if (status == CLI_OK)
		status = result_file_try(cli, path);
	if (status != CLI_OK)
		return status;
	if (!check_baseline(cli, &study))
		return CLI_WRONG;
	rows.is_batch = is_batch(&study);
	struct table table;
	struct judgement judgement;
	judgement_init(&judgement, cli, &study);
	bool finished = true;
	if (rows.is_dry)
		add_dry_rows(&rows, &table);
	else
		finished = add_simulated_rows(&rows, &table, &study, &judgement);
	struct buf text;
	buf_init(&text);
	table_render(&table, rows.format, &text);
	table_release(&table);
	status = finished ? result_file_write(cli, path, &text) : result_file_write_part(cli, path, &text);
	buf_release(&text);
	int judged = judgement_end(&judgement);
	return status != CLI_OK ? status : judged;
}

static const struct option_row options[] = {
	OPTION_ROWS_EXPERIMENT,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the rows to a file; without --format, .csv and .json say which. FILE.sqlite: into a file of "
		 "results, which a later sweep goes on from"},
	{.name = "baseline",
	 .letter = 'b',
	 .kind = OPTION_INT,
	 .metavar = "POINT",
	 .min = 1,
	 .max = SWEEP_POINTS_MAX,
	 .help = "also print how every figure differs from this point's, with the interval of paired replications"},
	{.name = "dry-run",
	 .kind = OPTION_FLAG,
	 .help = "print the points and simulate nothing; of a file of results, how much of it is done"},
	OPTION_ROWS_SWEEP_FILE,
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
		"--baseline prints them with intervals that are much narrower than those of the figures themselves.\n\n"
		"With -o FILE.sqlite (.sqlite3, .db) every finished replication goes into that file, which is the "
		"result and the log: whatever ends the sweep, the same command goes on from there, and a sweep that "
		"has grown uses again what is there. Each replication runs in a process of its own accord: one that "
		"runs out of memory or hits a bug costs its point alone, which is recorded with the reason. `lamina "
		"export` writes the rows, `lamina merge` joins the files of shards.",
	.examples = "lamina sweep configs/paper/fig5.yaml --format csv -o fig5.csv\n"
		    "lamina sweep exp.yaml --baseline 1\n"
		    "lamina sweep exp.yaml --dry-run\n"
		    "lamina sweep exp.yaml -o r.sqlite && lamina export r.sqlite -o r.csv\n"
		    "lamina sweep exp.yaml -o r.sqlite --shard 3/10    # writes r.3-of-10.sqlite\n",
	.options = options,
	.run = run_sweep,
};
