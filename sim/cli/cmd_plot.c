/* `lamina plot SOURCE [FIGURE...]`: figures of a file of results or of an experiment. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/figure_source.h"
#include "cli/interrupt.h"
#include "cli/result_file.h"
#include "cli/sweep_file.h"
#include "cli/table.h"
#include "report/figure.h"

enum { FIGURES_MAX = 64, PAGE_LINES = 24, PAGE_COLUMNS = 79 };

struct plot {
	struct cli *cli;
	const char *source;
	const struct figure *wanted[FIGURES_MAX]; /* in the order of the table where none is named */
	size_t count;
	bool are_named;
	struct results *results; /* that the data is of; NULL: none */
	struct figure_data data;
	struct figure_choice choice;
	struct run_watch watch;
	struct validation validation;
	int judged; /* CLI_FAILED where points failed or are missing */
};

/* --- what is asked for ------------------------------------------------------------------------------------------ */

static int read_names(struct plot *plot, int count, char **names)
{
	const char *all[FIGURES_MAX];
	size_t all_count = 0;
	for (const struct figure *figure = figures; figure->name; figure++) {
		CHECK(all_count < FIGURES_MAX);
		all[all_count++] = figure->name;
		if (count == 0)
			plot->wanted[plot->count++] = figure;
	}
	plot->are_named = count > 0;
	for (int i = 0; i < count; i++) {
		const struct figure *figure = figure_find(names[i]);
		const char *guess = did_you_mean(names[i], all, all_count);
		if (!figure)
			return cli_wrong_usage(plot->cli, "there is no figure '%s'%s%s%s",
					       diag_excerpt(names[i], &plot->cli->arena),
					       guess ? "; did you mean '" : "", guess ? guess : "", guess ? "'?" : "");
		if (plot->count == FIGURES_MAX)
			return cli_wrong_usage(plot->cli, "more than %d figures at once", FIGURES_MAX);
		plot->wanted[plot->count++] = figure;
	}
	return CLI_OK;
}

static bool wants(const struct plot *plot, enum figure_needs needs)
{
	for (size_t i = 0; i < plot->count; i++)
		if (plot->wanted[i]->needs == needs)
			return true;
	return false;
}

/* One run of the first point is simulated, and its sandboxes are watched. */
static bool watch_first(struct plot *plot, struct study *study, const size_t *points, size_t count)
{
	struct diag said_before;
	struct run_job job;
	diag_init(&said_before);
	CHECK(study_point(study, points[0], &plot->cli->arena, &said_before, &job));
	diag_release(&said_before);
	interrupt_catch();
	if (!run_watch_simulate(&job, interrupt_flag(), &plot->cli->arena, &plot->watch))
		return false;
	plot->watch.setting = figure_first_setting(study, points, count, &plot->cli->arena);
	plot->data.watch = &plot->watch;
	return true;
}

static int hold_against_claims(struct plot *plot)
{
	struct cli *cli = plot->cli;
	struct diag diag;
	bool io_failed = false;
	struct load_request over = {0};
	over.overlays = options_list(&cli->options, "with", &over.overlay_count);
	over.sets = options_list(&cli->options, "set", &over.set_count);
	diag_init(&diag);
	validation_load(&plot->source, 1, &over, &cli->arena, &diag, &plot->validation, &io_failed);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (io_failed || status != CLI_OK)
		return io_failed ? CLI_FAILED : status;
	if (!experiment_options_replicate(cli, &plot->validation.parts[0].study))
		return CLI_FAILED;
	validation_evaluate(&plot->validation, &cli->arena);
	plot->data.validation = &plot->validation;
	return CLI_OK;
}

static int simulate_experiment(struct plot *plot)
{
	struct study study;
	size_t count;
	int status = experiment_options_check(plot->cli, plot->source, &study);
	if (status != CLI_OK)
		return status;
	size_t *points = figure_source_choose(plot->cli, &study, FIGURE_POINTS_MAX, &count);
	if (!points)
		return CLI_WRONG;
	figure_data_begin(&plot->data, &study, count, &plot->cli->arena);
	bool finished = !wants(plot, FIGURE_NEEDS_POINTS) ||
			figure_source_simulate(plot->cli, &study, points, count, &plot->data, &plot->judged);
	if (finished && wants(plot, FIGURE_NEEDS_WATCH))
		finished = watch_first(plot, &study, points, count);
	if (!finished) {
		fprintf(stderr, "%s: interrupted; nothing is drawn\n", plot->cli->name);
		return CLI_FAILED;
	}
	return wants(plot, FIGURE_NEEDS_CLAIMS) && study.experiment.claims ? hold_against_claims(plot) : CLI_OK;
}

/* --- what becomes of it ------------------------------------------------------------------------------------------ */

static const struct table_column columns[] = {
	{.name = "figure"},
	{.name = "shows"},
	{.name = "drawn"},
	{.name = "why_not", .heading = "why not"},
};

/* Which figures there are of the source, and why others are not. */
static int list_figures(struct plot *plot)
{
	struct table table;
	struct buf out;
	struct buf why;
	struct figure_sheet sheet;
	buf_init(&out);
	buf_init(&why);
	figure_sheet_init(&sheet);
	table_init(&table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < plot->count; i++) {
		buf_clear(&why);
		bool can = figure_fill(plot->wanted[i], &plot->data, &plot->choice, &sheet, &why);
		table_text(&table, plot->wanted[i]->name);
		table_text(&table, plot->wanted[i]->title);
		table_bool(&table, can);
		table_text(&table, buf_text(&why));
		table_end_row(&table);
	}
	table_render(&table, cli_format(plot->cli), &out);
	cli_print(&out);
	table_release(&table);
	figure_sheet_release(&sheet);
	buf_release(&why);
	buf_release(&out);
	return CLI_OK;
}

static int print_figure(const struct plot *plot, const struct figure_sheet *sheet)
{
	struct buf out;
	struct err err;
	int status = CLI_OK;
	buf_init(&out);
	if (figure_print(sheet, terminal_width(STDOUT_FILENO, PAGE_COLUMNS + 1) - 1, PAGE_LINES, &out, &err))
		cli_print(&out);
	else
		status = cli_failed(plot->cli, &err);
	buf_release(&out);
	return status;
}

/* The image format that a path ends in (its data and script are then called like it); -1: the path is a folder's. */
static int format_of(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;
	for (int i = 0; dot && i < FIGURE_FORMATS; i++)
		if (strcmp(dot + 1, figure_format_names[i]) == 0)
			return i;
	return -1;
}

static int write_figure(const struct plot *plot, const struct figure_sheet *sheet)
{
	struct arena *arena = &plot->cli->arena;
	const char *path = options_text(&plot->cli->options, "output");
	struct err err;
	int format = format_of(path);
	bool ok;
	if (format >= 0)
		ok = figure_write(sheet,
				  arena_strndup(arena, path, strlen(path) - strlen(figure_format_names[format]) - 1),
				  1U << format, &err);
	else
		ok = figure_write(sheet, arena_printf(arena, "%s/%s", path, sheet->figure->name),
				  (1U << FIGURE_FORMATS) - 1, &err);
	return ok ? CLI_OK : cli_failed(plot->cli, &err);
}

/* Where it is to go is looked at before anything is simulated. */
static int try_output(struct plot *plot)
{
	struct cli *cli = plot->cli;
	const char *path = options_text(&cli->options, "output");
	if (!path)
		return CLI_OK;
	int format = format_of(path);
	if (format >= 0 && (!plot->are_named || plot->count != 1))
		return cli_wrong_usage(cli, "'%s' is one figure's name: say which, or give a folder",
				       diag_excerpt(path, &cli->arena));
	if (strcmp(path, "-") == 0)
		return cli_wrong_usage(cli, "a figure is several files; --terminal draws it on standard output");
	if (format >= 0 && !figure_name_is_right(path))
		return cli_wrong_usage(cli, "-o: a figure's name cannot hold control characters");
	return format >= 0 ? result_file_try(cli, path) : result_file_try_in(cli, path, "figure.csv");
}

static int draw_figures(struct plot *plot)
{
	const char *path = options_text(&plot->cli->options, "output");
	struct figure_sheet sheet;
	struct buf why;
	int status = CLI_OK;
	size_t drawn = 0;
	buf_init(&why);
	figure_sheet_init(&sheet);
	for (size_t i = 0; i < plot->count && status != CLI_FAILED; i++) {
		buf_clear(&why);
		bool can = figure_fill(plot->wanted[i], &plot->data, &plot->choice, &sheet, &why);
		if (!can) {
			printable_make(why.text, "");
			fprintf(stderr, "%s: %s%s: %s\n", plot->cli->name,
				plot->are_named ? "" : "left out: ", plot->wanted[i]->name, buf_text(&why));
			status = plot->are_named ? CLI_WRONG : status;
			continue;
		}
		int one = path ? write_figure(plot, &sheet) : print_figure(plot, &sheet);
		drawn += one == CLI_OK;
		status = one != CLI_OK ? one : status;
	}
	if (drawn > 0 && path && format_of(path) < 0) {
		char *shown = arena_strdup(&plot->cli->arena, path);
		printable_make(shown, "");
		fprintf(stderr, "%zu figure%s (SVG, PNG, PDF) with data and script beside each: %s/\n", drawn,
			drawn == 1 ? "" : "s", shown);
	}
	figure_sheet_release(&sheet);
	buf_release(&why);
	return status;
}

static int run_plot(struct cli *cli, int argc, char **argv)
{
	struct plot plot = {.cli = cli, .source = argv[0], .judged = CLI_OK};
	plot.choice = (struct figure_choice){
		.x = options_text(&cli->options, "x"),
		.y = options_text(&cli->options, "y"),
		.time = options_text(&cli->options, "time"),
		.cost = options_text(&cli->options, "cost"),
	};
	bool is_terminal = options_flag(&cli->options, "terminal");
	if (is_terminal && options_given(&cli->options, "output"))
		return cli_wrong_usage(cli, "--terminal and --output: one of them");
	int status = read_names(&plot, argc - 1, argv + 1);
	if (status == CLI_OK)
		status = try_output(&plot);
	if (status == CLI_OK)
		status = sweep_file_is(argv[0])
				 ? figure_source_read(cli, argv[0], &plot.results, &plot.data, &plot.judged)
				 : simulate_experiment(&plot);
	bool is_list = !plot.are_named && !is_terminal && !options_given(&cli->options, "output");
	if (status == CLI_OK)
		status = is_list ? list_figures(&plot) : draw_figures(&plot);
	if (plot.results)
		results_close(plot.results);
	return status != CLI_OK ? status : plot.judged;
}

static const struct option_row options[] = {
	OPTION_ROWS_EXPERIMENT,
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "NAME",
	 .help = "one figure's name (.svg, .png, .pdf), or a folder, which gets all three of each figure"},
	{.name = "terminal", .letter = 't', .kind = OPTION_FLAG, .help = "draw in characters on standard output"},
	OPTION_ROW_ONLY,
	{.name = "x", .kind = OPTION_TEXT, .metavar = "KEY", .help = "the swept key that lies along; its end will do"},
	{.name = "y", .kind = OPTION_TEXT, .metavar = "KEY", .help = "the one that stands up, of a heat map"},
	{.name = "time",
	 .kind = OPTION_TEXT,
	 .metavar = "METRIC",
	 .help = "what is shown as time; by default makespan_seconds of a batch and record_seconds of others"},
	{.name = "cost",
	 .kind = OPTION_TEXT,
	 .metavar = "METRIC",
	 .help = "what is shown as cost; by default cost_usd"},
	OPTION_END,
};

const struct command cmd_plot = {
	.name = "plot",
	.summary = "draw figures of a sweep, a run or an experiment's measurements",
	.operands = "SOURCE [FIGURE...]",
	.operands_min = 1,
	.operands_max = -1,
	.description =
		"Draws figures of a file of results (`lamina sweep -o FILE.sqlite`) or of an experiment, whose points "
		"it then simulates: time and cost against memory, images per record, parallelism or any swept key, "
		"heat maps, the time-cost front, bills, where time goes, memory used, sandboxes over time, latencies, "
		"predictions beside measurements. Without a FIGURE it takes all that the source can show; without one "
		"and without -o it lists them, and says of each that cannot be drawn why. A FIGURE without -o is drawn "
		"in characters.\n\n"
		"Beside each image are its data (CSV) and its script, with the style in it: gnuplot NAME.gp draws it "
		"again. Exit status 1 says that points failed or are missing, or that gnuplot could not draw.",
	.examples = "lamina plot r.sqlite\n"
		    "lamina plot r.sqlite -o figures\n"
		    "lamina plot r.sqlite memory -o memory.pdf\n"
		    "lamina plot exp.yaml latency --terminal\n",
	.options = options,
	.operand_names = names_of_figures,
	.run = run_plot,
};
