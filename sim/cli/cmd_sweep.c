/* `lamina sweep EXPERIMENT`: every point of the experiment's sweep, one row each. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/table.h"

/* The figures that the text table shows; CSV and JSON have all. */
static const char *const shown_metrics[] = {"makespan_seconds", "record_billed_seconds", "cost_usd", "cold_starts",
					    "failed_records"};

static bool is_shown(const char *metric)
{
	for (size_t i = 0; i < sizeof shown_metrics / sizeof shown_metrics[0]; i++)
		if (strcmp(metric, shown_metrics[i]) == 0)
			return true;
	return false;
}

/* Swept keys, then every metric with its half width. */
static size_t make_columns(struct cli *cli, const struct sweep *sweep, bool dry, struct table_column **columns)
{
	struct table_column *c = ARENA_ARRAY(&cli->arena, struct table_column, TABLE_COLUMNS_MAX);
	size_t count = 0;
	c[count++] = (struct table_column){.name = "point", .align = TABLE_RIGHT};
	for (size_t i = 0; i < sweep->key_count; i++)
		c[count++] = (struct table_column){.name = sweep->keys[i], .align = TABLE_RIGHT};
	for (int i = 0; !dry && outcome_metrics[i].name && count + 2 <= TABLE_COLUMNS_MAX; i++) {
		const char *name = outcome_metrics[i].name;
		c[count++] = (struct table_column){.name = name,
						   .align = TABLE_RIGHT,
						   .decimals = TABLE_SIGNIFICANT,
						   .is_data_only = !is_shown(name)};
		c[count++] = (struct table_column){.name = arena_printf(&cli->arena, "%s_half_width_95", name),
						   .heading = "±",
						   .align = TABLE_RIGHT,
						   .decimals = TABLE_SIGNIFICANT,
						   .is_data_only = !is_shown(name)};
	}
	*columns = c;
	return count;
}

static void add_point(struct cli *cli, struct table *table, const struct study *study, size_t point, bool dry)
{
	table_int(table, (int64_t)point + 1);
	for (size_t i = 0; i < study->sweep.key_count; i++)
		table_text(table, sweep_value_text(study->sweep.points[point].values[i], &cli->arena));
	size_t left = table->column_count - 1 - study->sweep.key_count;
	for (size_t i = 0; !dry && i < left / 2; i++) {
		table_double(table, study->jobs[point].result.metrics[i].mean);
		table_double(table, study->jobs[point].result.metrics[i].half_width);
	}
	table_end_row(table);
}

static int write_rows(struct cli *cli, const struct buf *text)
{
	const char *path = options_text(&cli->options, "output");
	struct err err;
	if (!path) {
		fputs(buf_text(text), stdout);
		return CLI_OK;
	}
	return file_write(path, buf_text(text), text->length, &err) ? CLI_OK : cli_failed(cli, &err);
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct study study;
	bool dry = options_flag(&cli->options, "dry-run");
	int status = experiment_options_load(cli, argv[0], true, &study);
	if (status != CLI_OK)
		return status;
	bool finished = dry || experiment_options_replicate(cli, &study);

	struct table_column *columns;
	struct table table;
	struct buf text;
	size_t column_count = make_columns(cli, &study.sweep, dry, &columns);
	table_init(&table, columns, column_count);
	for (size_t i = 0; i < study.sweep.point_count; i++)
		if (dry || study.jobs[i].result.replications > 0)
			add_point(cli, &table, &study, i, dry);
	buf_init(&text);
	table_render(&table, cli_format(cli), &text);
	status = write_rows(cli, &text);
	buf_release(&text);
	table_release(&table);
	if (status == CLI_OK && !dry)
		status = experiment_options_judge(cli, &study);
	return finished ? status : CLI_FAILED;
}

static const struct option_row options[] = {
	OPTION_ROWS_EXPERIMENT,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the rows to a file instead of standard output"},
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
		"ones). All points meet the same luck, so that differences between rows are due to their settings.",
	.examples = "lamina sweep configs/paper/fig5.yaml --format csv -o fig5.csv\n"
		    "lamina sweep exp.yaml --dry-run\n",
	.options = options,
	.run = run,
};
