/* `lamina fit EXPERIMENT`: the experiment's free numbers from measurements, as an overlay for --with. */
#include <stdio.h>

#include "base/buf.h"
#include "base/check.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/result_file.h"
#include "cli/table.h"
#include "experiment/fit.h"

static const struct table_column columns[] = {
	{.name = "kind"},
	{.name = "name"},
	{.name = "measured", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "fitted", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "standard_error", .heading = "± 1 s.e.", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "error_percent", .heading = "error %", .align = TABLE_RIGHT, .decimals = 1},
};

static void fill_parameters(struct table *table, const struct fit *fit)
{
	for (size_t i = 0; i < fit->parameter_count; i++) {
		const struct fit_parameter *parameter = &fit->parameters[i];
		table_text(table, parameter->at_bound ? "parameter at its bound" : "parameter");
		table_text(table, parameter->key);
		table_missing(table);
		table_double(table, parameter->value);
		table_double(table, parameter->standard_error);
		table_missing(table);
		table_end_row(table);
	}
	for (size_t i = 0; i < fit->target_count; i++) {
		const struct fit_target *target = &fit->targets[i];
		table_text(table, "target");
		table_printf(table, "%s, %s", target->metric, target->source);
		table_double(table, target->value);
		table_double(table, target->predicted);
		table_missing(table);
		table_double(table, 100 * (target->predicted / target->value - 1));
		table_end_row(table);
	}
}

static int write_overlay(struct cli *cli, const struct fit *fit, const char *path)
{
	struct buf text;
	buf_init(&text);
	fit_write_overlay(fit, &cli->arena, &text);
	int status = result_file_write(cli, path, &text);
	buf_release(&text);
	return status;
}

static int run_fit(struct cli *cli, int argc, char **argv)
{
	struct study study;
	struct fit fit;
	struct diag diag;
	const char *path = options_text(&cli->options, "output");
	int status = experiment_options_load(cli, argv[0], false, &study);
	if (status == CLI_OK)
		status = result_file_try(cli, path);
	if (status != CLI_OK)
		return status;
	diag_init(&diag);
	interrupt_catch();
	struct run_control control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()};
	bool ok = fit_read(&study.experiment, &cli->arena, &diag, &fit) &&
		  fit_solve(&fit, study.root, study.experiment.path, &study.library, &control, &cli->arena, &diag);
	status = cli_report(cli, &diag);
	diag_release(&diag);
	if (!ok)
		return status == CLI_OK ? CLI_FAILED : status;

	struct table table;
	struct buf out;
	buf_init(&out);
	table_init(&table, columns, ARRAY_LEN(columns));
	fill_parameters(&table, &fit);
	table_render(&table, cli_format(cli), &out);
	cli_print(&out);
	buf_release(&out);
	table_release(&table);
	if (!fit.converged)
		fprintf(stderr, "%s: not converged after %d iterations; look at the errors\n", cli->name,
			fit.iterations);
	return path ? write_overlay(cli, &fit, path) : CLI_OK;
}

static const struct option_row options[] = {
	OPTION_ROWS_EXPERIMENT,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the fitted values as a file for --with"},
	OPTION_END,
};

const struct command cmd_fit = {
	.name = "fit",
	.summary = "fit an experiment's free numbers to measurements",
	.operands = "EXPERIMENT",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Finds the parameters named in the experiment's `fit:` that make its targets come out best (least "
		"squares of relative errors, every evaluation on the same luck) and prints each target measured and "
		"fitted. Standard errors are given where there are more targets than parameters.",
	.examples = "lamina fit configs/paper/fit.yaml -o fitted.yaml\n"
		    "lamina run configs/paper/table2.yaml --with fitted.yaml\n",
	.options = options,
	.run = run_fit,
};
