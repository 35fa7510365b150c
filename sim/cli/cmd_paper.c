/* `lamina paper`: the paper's evaluation, number by number, with its figures. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/result_file.h"
#include "cli/table.h"
#include "report/paper.h"

static const struct table_column columns[] = {
	{.name = "quantity"},
	{.name = "unit"},
	{.name = "paper", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "lamina", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "half_width_95", .heading = "± 95 %", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "error_percent", .heading = "error %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "profile_percent", .heading = "profile ± %", .align = TABLE_RIGHT, .decimals = 1},
	{.name = "kind"},
	{.name = "profile"},
};

static void add_doubts(const struct paper *paper, struct buf *out)
{
	if (paper->doubts.count > 0)
		buf_add(out, "\nThis profile is not to be trusted, and nothing that is made from it:\n");
	for (size_t i = 0; i < paper->doubts.count; i++)
		buf_printf(out, "  - %s\n", paper->doubts.texts[i]);
}

static void print_comparison(struct cli *cli, const struct paper *paper)
{
	struct table table;
	struct buf out;
	buf_init(&out);
	table_init(&table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < paper->row_count; i++) {
		const struct paper_row *row = &paper->rows[i];
		table_text(&table, row->quantity);
		table_text(&table, row->unit);
		table_double(&table, row->paper);
		table_double(&table, row->lamina);
		table_double(&table, row->half_width > 0 ? row->half_width : (double)NAN);
		table_double(&table, paper_row_error_percent(row));
		table_double(&table, row->profile_percent);
		table_text(&table, row->kind);
		table_text(&table, paper_profile_word(paper));
		table_end_row(&table);
	}
	table_render(&table, cli_format(cli), &out);
	if (cli_format(cli) == TABLE_TEXT)
		add_doubts(paper, &out);
	cli_print(&out);
	fflush(stdout); /* before what is said of the figures */
	table_release(&table);
	buf_release(&out);
}

/* The named folder of the program's data, or NULL with a sentence on standard error. */
static const char *data_folder(struct cli *cli, const char *name)
{
	const char *folder = data_file_find(name, &cli->arena);
	if (!folder)
		fprintf(stderr, "%s: the folder '%s' that comes with the program was not found\n", cli->name, name);
	return folder;
}

static int draw(struct cli *cli, const struct paper *paper, const char *folder)
{
	struct err err;
	if (!paper_draw(paper, folder, &err))
		return cli_failed(cli, &err);
	fprintf(stderr, "figures, scripts and CSV are in %s/\n", folder);
	return CLI_OK;
}

static double now_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int run_paper(struct cli *cli, int argc, char **argv)
{
	struct paper *paper = ARENA_NEW(&cli->arena, struct paper);
	struct diag diag;
	struct err err;
	const char *folder = options_text(&cli->options, "output");
	interrupt_catch();
	struct paper_request request = {
		.folder = data_folder(cli, "configs/paper"),
		.profile = options_text(&cli->options, "profile"),
		.control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()},
	};
	if (!request.folder || result_file_try_in(cli, folder, "paper.csv") != CLI_OK)
		return CLI_FAILED;
	/* Said here, because the experiments would blame the value that is put over them. */
	if (request.profile && access(request.profile, R_OK) != 0) {
		err_set(&err, "cannot open '%s': %s", request.profile, strerror(errno));
		return cli_failed(cli, &err);
	}
	diag_init(&diag);
	double start = now_seconds();
	bool ok = paper_run(&request, &cli->arena, &diag, paper);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (!ok)
		return status == CLI_OK ? CLI_FAILED : status;
	fprintf(stderr, "%llu replications and the fit took %.2f s\n", (unsigned long long)paper->replications,
		now_seconds() - start);
	print_comparison(cli, paper);
	if (!folder)
		return CLI_OK;
	if (!paper_write_files(paper, folder, &err))
		return cli_failed(cli, &err);
	return options_flag(&cli->options, "no-plots") ? CLI_OK : draw(cli, paper, folder);
}

static const struct option_row options[] = {
	OPTION_ROW_FORMAT,
	OPTION_ROW_JOBS,
	{.name = "profile",
	 .letter = 'p',
	 .kind = OPTION_TEXT,
	 .names = names_of_profiles,
	 .metavar = "FILE",
	 .help = "profile of alexnet-h1 (a file made by `lamina profile`); by default the committed one"},
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FOLDER",
	 .help = "also write paper.csv, the figures (SVG, PNG), their CSV and scripts there"},
	{.name = "no-plots", .kind = OPTION_FLAG, .help = "write the CSV files but draw nothing"},
	OPTION_END,
};

const struct command cmd_paper = {
	.name = "paper",
	.summary = "reproduce the paper's evaluation, number by number",
	.operands_max = 0,
	.description =
		"Fits the model's two free numbers to the paper's three memMax times, simulates every experiment of "
		"the paper (configs/paper) and prints each of its numbers beside Lamina's, with the error and whether "
		"the number took part in the fit. A statement of the paper is 1 where it holds and 0 where it does "
		"not; what the paper does not number is only reported. 'profile ± %' is what the profile's own spread "
		"can move a number by; a profile that was measured on a busy machine, or whose times cannot be, is not "
		"trusted, in every row, and the reasons are below the table.",
	.examples = "lamina paper\n"
		    "lamina paper --profile results/profile.yaml -o results\n",
	.options = options,
	.run = run_paper,
};
