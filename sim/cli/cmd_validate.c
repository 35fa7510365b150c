/* `lamina validate [EXPERIMENT...]`: public measurements beside what Lamina predicts of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/file.h"
#include "base/json.h"
#include "base/num.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/result_file.h"
#include "cli/table.h"
#include "cli/validate_logs.h"
#include "experiment/refit.h"
#include "report/figure.h"
#include "report/held_out.h"
#include "report/validation.h"

static const struct table_column row_columns[] = {
	{.name = "mechanism"},
	{.name = "source"},
	{.name = "quantity"},
	{.name = "unit"},
	{.name = "measured", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "spread", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "predicted", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "error_percent", .heading = "error %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "fitted"},
	{.name = "basis"},
};

static const struct table_column summary_columns[] = {
	{.name = "mechanism"},
	{.name = "set", .heading = "rows that were"},
	{.name = "rows", .align = TABLE_RIGHT},
	{.name = "bias_percent", .heading = "bias %", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "mean_abs_error_percent", .heading = "mean |error| %", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "worst_error_percent", .heading = "worst %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "mean_spread_percent", .heading = "spread %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "bar_percent", .heading = "bar %", .align = TABLE_RIGHT, .decimals = 0},
	{.name = "verdict"},
	{.name = "published_percent", .heading = "others %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "published_by", .heading = "who"},
};

static const struct table_column held_out_columns[] = {
	{.name = "mechanism"},
	{.name = "rows", .align = TABLE_RIGHT},
	{.name = "root_mean_square_percent", .heading = "rms error %", .align = TABLE_RIGHT, .decimals = 2},
	{.name = "band_percent", .heading = "band ± %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "held_out", .heading = "held out", .align = TABLE_RIGHT},
	{.name = "inside", .align = TABLE_RIGHT},
	{.name = "inside_percent", .heading = "inside %", .align = TABLE_RIGHT, .decimals = 1},
};

#define COLUMNS(array) (array), ARRAY_LEN(array)

/* The tables of a validation, filled. */
struct tables {
	struct table rows;
	struct table summary;
	struct table held_out;
	struct held_out figures;
};

static void fill_rows(struct table *table, const struct validation *validation)
{
	for (size_t i = 0; i < validation->row_count; i++) {
		const struct claim *claim = validation->rows[i].claim;
		table_text(table, claim->mechanism);
		table_text(table, claim->source);
		table_text(table, claim->quantity);
		table_text(table, claim->unit);
		table_double(table, claim->measured);
		table_double(table, claim->spread > 0 ? claim->spread : (double)NAN);
		table_double(table, claim->predicted);
		table_double(table, claim_error_percent(claim));
		table_bool(table, claim->kind != CLAIM_PREDICTED);
		table_text(table, claim_basis_names[claim->basis]);
		table_end_row(table);
	}
}

static void fill_summary(struct table *table, const struct validation *validation)
{
	static const char *const verdicts[] = {
		[VALIDATION_NO_BAR] = "-", [VALIDATION_MET] = "met", [VALIDATION_MISSED] = "missed"};
	for (size_t i = 0; i < validation->line_count; i++) {
		const struct validation_line *line = &validation->lines[i];
		const struct claim_bar *bar = line->bar;
		table_text(table, line->mechanism);
		table_text(table, line->set);
		table_int(table, (int64_t)line->rows);
		table_double(table, line->bias_percent);
		table_double(table, line->mean_abs_error_percent);
		table_double(table, line->worst_error_percent);
		table_double(table, line->mean_spread_percent);
		table_double(table, bar ? bar->error_percent : (double)NAN);
		table_text(table, verdicts[validation_judge(line)]);
		table_double(table, bar ? bar->published_percent : (double)NAN);
		table_text(table, bar ? bar->published_by : "");
		table_end_row(table);
	}
}

static void held_out_row(struct table *table, const struct held_out_mechanism *mechanism, double deviations)
{
	table_text(table, mechanism->name);
	table_int(table, (int64_t)mechanism->rows);
	table_double(table, mechanism->error_percent);
	table_double(table, deviations * mechanism->error_percent);
	table_int(table, (int64_t)mechanism->held);
	table_int(table, (int64_t)mechanism->inside);
	table_double(table, 100 * (double)mechanism->inside / (double)mechanism->held);
	table_end_row(table);
}

static void fill_held_out(struct table *table, const struct held_out *held_out)
{
	struct held_out_mechanism all = {.name = "all", .error_percent = (double)NAN};
	for (size_t i = 0; i < held_out->mechanism_count; i++) {
		held_out_row(table, &held_out->mechanisms[i], held_out->deviations);
		all.rows += held_out->mechanisms[i].rows;
	}
	all.held = held_out->held;
	all.inside = held_out->inside;
	if (all.rows > 0)
		held_out_row(table, &all, held_out->deviations);
}

static void tables_init(struct tables *tables, const struct validation *validation, struct arena *arena)
{
	table_init(&tables->rows, COLUMNS(row_columns));
	table_init(&tables->summary, COLUMNS(summary_columns));
	fill_rows(&tables->rows, validation);
	fill_summary(&tables->summary, validation);
	table_init(&tables->held_out, COLUMNS(held_out_columns));
	held_out_evaluate(validation, arena, &tables->figures);
	fill_held_out(&tables->held_out, &tables->figures);
}

static void tables_release(struct tables *tables)
{
	table_release(&tables->rows);
	table_release(&tables->summary);
	table_release(&tables->held_out);
}

/* Which bars are met and which are not, in words that are as true as the table. */
static void add_verdict(const struct validation *validation, struct buf *out)
{
	size_t judged = 0;
	size_t missed = 0;
	struct buf names;
	buf_init(&names);
	for (size_t i = 0; i < validation->line_count; i++) {
		enum validation_verdict verdict = validation_judge(&validation->lines[i]);
		judged += verdict != VALIDATION_NO_BAR;
		if (verdict == VALIDATION_MISSED)
			buf_printf(&names, "%s%s", missed++ > 0 ? ", " : "", validation->lines[i].mechanism);
	}
	if (judged > 0)
		buf_printf(out, "\n%zu of %zu bars are met", judged - missed, judged);
	if (missed > 0)
		buf_printf(out, "; missed: %s", buf_text(&names));
	if (judged > 0)
		buf_add_char(out, '\n');
	buf_release(&names);
}

static void render_validation(const struct tables *tables, const struct validation *validation,
			      enum table_format format, struct buf *out)
{
	if (format == TABLE_JSON) {
		struct json json;
		json_document_begin(&json, out);
		json_key(&json, "rows");
		table_write_json(&tables->rows, &json);
		json_key(&json, "mechanisms");
		table_write_json(&tables->summary, &json);
		json_key(&json, "held_out");
		table_write_json(&tables->held_out, &json);
		json_document_end(&json);
		return;
	}
	table_render(&tables->rows, format, out);
	if (format == TABLE_CSV)
		return;
	buf_add(out, "\nBy mechanism; bars are for measurements that took no part in fitting\n");
	table_render(&tables->summary, TABLE_TEXT, out);
	add_verdict(validation, out);
	if (tables->figures.held == 0)
		return;
	buf_add(out, "\nBands of 90 %, and how many rows of time and cost are inside that were held out with their "
		     "experiment\n");
	table_render(&tables->held_out, TABLE_TEXT, out);
}

static int write_errors(struct cli *cli, const struct tables *tables, const char *path)
{
	struct buf text;
	if (tables->figures.held == 0)
		return cli_wrong_usage(cli, "--errors needs rows of several experiments");
	buf_init(&text);
	held_out_write(&tables->figures, &text);
	int status = result_file_write(cli, path, &text);
	buf_release(&text);
	return status;
}

static int write_files(struct cli *cli, const struct validation *validation, const char *folder)
{
	static const struct {
		const char *figure;
		const char *file;
	} written[] = {{"errors", "validation"}, {"predicted", "predicted"}};
	struct figure_data data = {.validation = validation};
	struct figure_choice choice = {0};
	struct figure_sheet sheet;
	struct buf why;
	struct err err;
	buf_init(&why);
	figure_sheet_init(&sheet);
	bool ok = file_make_directories(folder, &err);
	for (size_t i = 0; ok && i < ARRAY_LEN(written); i++) {
		if (figure_fill(figure_find(written[i].figure), &data, &choice, &sheet, &why))
			ok = figure_write(&sheet, arena_printf(&cli->arena, "%s/%s", folder, written[i].file),
					  1U << FIGURE_SVG | 1U << FIGURE_PNG, &err);
		else
			fprintf(stderr, "%s: left out: %s: %s\n", cli->name, written[i].figure, buf_text(&why));
	}
	figure_sheet_release(&sheet);
	buf_release(&why);
	if (!ok)
		return cli_failed(cli, &err);
	fprintf(stderr, "figures, scripts and CSV are in %s/\n", folder);
	return CLI_OK;
}

/* The experiments that come with the program. */
static char **own_experiments(struct cli *cli, size_t *count)
{
	static const char folder[] = "configs/validation";
	char **names = data_file_list(folder, ".yaml", &cli->arena, count);
	for (size_t i = 0; i < *count; i++)
		names[i] = data_file_find(arena_printf(&cli->arena, "%s/%s.yaml", folder, names[i]), &cli->arena);
	return names;
}

static int load_validation(struct cli *cli, int argc, char **argv, struct validation *out)
{
	size_t count = (size_t)argc;
	char **paths = argc > 0 ? argv : own_experiments(cli, &count);
	if (count == 0) {
		fprintf(stderr, "%s: the folder 'configs/validation' that comes with the program was not found\n",
			cli->name);
		return CLI_FAILED;
	}
	struct diag diag;
	bool io_failed = false;
	diag_init(&diag);
	struct load_request over = {0};
	over.overlays = options_list(&cli->options, "with", &over.overlay_count);
	validation_load((const char *const *)paths, count, &over, &cli->arena, &diag, out, &io_failed);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	return io_failed ? CLI_FAILED : status;
}

/* The paper's experiments, with their fit, as `lamina paper` runs them. */
static int add_paper(struct cli *cli, struct validation *validation)
{
	struct diag diag;
	struct paper *paper = ARENA_NEW(&cli->arena, struct paper);
	struct paper_request request = {
		.folder = data_file_find("configs/paper", &cli->arena),
		.control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()},
	};
	if (!request.folder) {
		fprintf(stderr, "%s: the folder 'configs/paper' that comes with the program was not found\n",
			cli->name);
		return CLI_FAILED;
	}
	diag_init(&diag);
	bool ok = paper_run(&request, &cli->arena, &diag, paper);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (!ok)
		return status == CLI_OK ? CLI_FAILED : status;
	validation_add_paper(validation, paper);
	return CLI_OK;
}

/*
 * Experiments named by operands stand for themselves; by default the paper takes part. *judged gets CLI_FAILED where
 * records failed, which the rows alone would not show.
 */
static int simulate_all(struct cli *cli, int argc, char **argv, struct validation *out, int *judged)
{
	int status = load_validation(cli, argc, argv, out);
	*judged = CLI_OK;
	for (size_t i = 0; status == CLI_OK && i < out->part_count; i++) {
		if (!experiment_options_replicate(cli, &out->parts[i].study))
			return CLI_FAILED;
		if (experiment_options_judge(cli, &out->parts[i].study) != CLI_OK)
			*judged = CLI_FAILED;
	}
	if (status == CLI_OK && argc == 0)
		status = add_paper(cli, out);
	if (status == CLI_OK)
		validation_evaluate(out, &cli->arena);
	return status;
}

/* --leave-one-out: every experiment predicted with numbers that the others give. */

static const struct table_column refit_columns[] = {
	{.name = "mechanism"},
	{.name = "left_out", .heading = "left out"},
	{.name = "rows", .align = TABLE_RIGHT},
	{.name = "bias_percent", .heading = "bias %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "mean_abs_error_percent", .heading = "mean |error| %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "left_out_bias_percent", .heading = "left out: bias %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "left_out_mean_abs_error_percent", .heading = "mean |error| %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "left_out_worst_error_percent", .heading = "worst %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "parameters", .heading = "what the others give"},
};

/* "cpu_seconds_per_mb 0.0071, ..." */
static void add_refit_values(struct table *table, const struct refit *refit, const struct refit_result *result)
{
	const struct fit_parameter *parameters = refit->parameters.items;
	struct buf text;
	buf_init(&text);
	for (size_t i = 0; i < refit->parameters.count; i++) {
		const char *dot = strrchr(parameters[i].key, '.');
		buf_printf(&text, "%s%s %.3g", i > 0 ? ", " : "", dot ? dot + 1 : parameters[i].key, result->values[i]);
	}
	table_text(table, buf_text(&text));
	buf_release(&text);
}

static void add_refit_row(struct table *table, const struct refit *refit, const struct refit_result *result)
{
	table_text(table, refit->name);
	table_text(table, result->source);
	table_int(table, (int64_t)result->after.rows);
	table_double(table, result->before.bias_percent);
	table_double(table, result->before.mean_abs_percent);
	table_double(table, result->after.bias_percent);
	table_double(table, result->after.mean_abs_percent);
	table_double(table, result->after.worst_percent);
	add_refit_values(table, refit, result);
	table_end_row(table);
}

/* False when errors were added to the diag, or when interrupted. */
static bool fill_refits(struct cli *cli, const struct refit_request *request, const struct refits *refits,
			struct diag *diag, struct table *table)
{
	for (size_t i = 0; i < refits->count; i++) {
		const struct refit *refit = &refits->items[i];
		struct refit_result *results;
		size_t count;
		struct refit_request own;
		if (!refit_sources(refit, request, &cli->arena, diag, &own, &results, &count))
			return false;
		/* Of one experiment alone nothing is left. */
		for (size_t k = 0; count > 1 && k < count; k++) {
			if (!refit_without(refit, &own, &cli->arena, diag, &results[k]))
				return false;
			add_refit_row(table, refit, &results[k]);
		}
	}
	return true;
}

/* Prints the table; returns an enum cli_exit. */
static int predict_each_from_others(struct cli *cli, const char *const *paths, size_t count)
{
	static const char file[] = "configs/validation/refit/parameters.yaml";
	const char *path = data_file_find(file, &cli->arena);
	if (!path) {
		fprintf(stderr, "%s: '%s' that comes with the program was not found\n", cli->name, file);
		return CLI_FAILED;
	}
	struct diag diag;
	struct table table;
	struct refits refits;
	bool io_failed = false;
	interrupt_catch();
	struct run_control control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()};
	struct refit_request request = {paths, count, &control};
	diag_init(&diag);
	table_init(&table, refit_columns, ARRAY_LEN(refit_columns));
	bool ok = refits_read(path, &cli->arena, &diag, &refits, &io_failed) &&
		  fill_refits(cli, &request, &refits, &diag, &table);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (ok) {
		struct buf out;
		buf_init(&out);
		table_render(&table, cli_format(cli), &out);
		cli_print(&out);
		buf_release(&out);
	} else if (interrupt_requested()) {
		fprintf(stderr, "%s: interrupted\n", cli->name);
	}
	table_release(&table);
	return ok ? CLI_OK : io_failed || status == CLI_OK ? CLI_FAILED : status;
}

static int leave_one_out(struct cli *cli, int argc, char **argv)
{
	size_t count = (size_t)argc;
	char **paths = argc > 0 ? argv : own_experiments(cli, &count);
	return predict_each_from_others(cli, (const char *const *)paths, count);
}

static int run_validate(struct cli *cli, int argc, char **argv)
{
	struct validation validation;
	int judged;
	const char *folder = options_text(&cli->options, "output");
	const char *errors = options_text(&cli->options, "errors");
	if (options_flag(&cli->options, "leave-one-out"))
		return leave_one_out(cli, argc, argv);
	size_t with_count;
	const char *const *with = options_list(&cli->options, "with", &with_count);
	for (size_t i = 0; i < with_count; i++) {
		if (!validate_is_logs(with[i]))
			continue;
		if (argc > 1)
			return cli_wrong_usage(cli, "logs are of one experiment's functions, not of %d experiments'",
					       argc);
		return validate_logs(cli, argc > 0 ? argv[0] : NULL, folder);
	}
	if (result_file_try_in(cli, folder, "validation.csv") != CLI_OK || result_file_try(cli, errors) != CLI_OK)
		return CLI_FAILED;
	int status = simulate_all(cli, argc, argv, &validation, &judged);
	if (status != CLI_OK)
		return status;

	struct tables tables;
	struct buf out;
	buf_init(&out);
	tables_init(&tables, &validation, &cli->arena);
	render_validation(&tables, &validation, cli_format(cli), &out);
	cli_print(&out);
	fflush(stdout); /* before what is said of the figure */
	if (folder)
		status = write_files(cli, &validation, folder);
	if (errors && status == CLI_OK)
		status = write_errors(cli, &tables, errors);
	tables_release(&tables);
	buf_release(&out);
	return status == CLI_OK ? judged : status;
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	OPTION_ROW_JOBS,
	{.name = "with",
	 .letter = 'w',
	 .kind = OPTION_LIST,
	 .metavar = "FILE",
	 .help = "put a file with parts of an experiment (.yaml) over each, or predict the functions of these logs"},
	{.name = "leave-one-out",
	 .kind = OPTION_FLAG,
	 .help = "leave one experiment out at a time, fit what it shares with others, and predict it: minutes"},
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FOLDER",
	 .help = "also write validation.csv and figures (SVG, PNG) with their scripts there"},
	{.name = "errors",
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write each mechanism's error, which bands rest on (configs/validation/errors/mechanisms.yaml)"},
	OPTION_END,
};

const struct command cmd_validate = {
	.name = "validate",
	.summary = "set predictions beside public measurements",
	.operands = "[EXPERIMENT...]",
	.operands_max = -1,
	.description =
		"Simulates experiments that hold measured values (`claims:`; by default those of configs/validation "
		"and the paper's) and prints each value as somebody measured it, with its spread where one is "
		"known, and as Lamina predicts it. Then a summary by mechanism: bias, mean absolute and worst error "
		"over the measurements that took no part in fitting the model, the bar they are held against, and the "
		"error of others who predicted the same rows. Groups of them (below one vCPU and from there on, years) "
		"stand apart where their biases differ by more than 3 points; so do measurements that took part in "
		"fitting, rows of other simulators and arithmetic of documentation. Last, for each mechanism, the band "
		"that holds 90 % of single measurements, and how many rows are inside the band that all other "
		"experiments make.\n\n"
		"With --leave-one-out, one experiment (a source) is left out at a time, the platforms' numbers that "
		"several share (configs/validation/refit) are fitted to the others, and it is predicted with these: "
		"the honest error where rows were watched while a mechanism was chosen. It takes minutes.\n\n"
		"With --with and logs of functions that already run (in every spelling that lamina calibrate takes), "
		"each memory size in them is set beside what a fit of all sizes gives and beside what the other "
		"sizes alone say of it. The operand is then the experiment whose functions they are, if any. With -o "
		"FOLDER a figure shows it.\n\n"
		"Measured values stand in the experiment: `at` names the point of the sweep, `metric` a metric of "
		"`lamina run`; a claim of `kind: fitted` took part in fitting. What many claims share can be said "
		"once, in `claim_defaults`. Exit status 1 says that records failed or that a bound stopped a "
		"simulation.",
	.examples = "lamina validate\n"
		    "lamina validate configs/validation/cpu-share-slapp.yaml --format csv\n"
		    "lamina validate -o results/validation\n"
		    "lamina validate --leave-one-out\n"
		    "lamina validate thumbnails.yaml --with resize.log -o results/resize\n",
	.options = options,
	.run = run_validate,
};
