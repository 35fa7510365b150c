/* `lamina report FILE`: a sweep's results, or an experiment's, as one page of HTML. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/figure_source.h"
#include "cli/result_file.h"
#include "cli/result_page.h"
#include "cli/sweep_file.h"

/* SIMULATED_MAX: of more points, a file of results keeps what is finished, and is the better way. */
enum { SIMULATED_MAX = 2000 };

struct report {
	struct result_page page;
	struct results *results; /* NULL: the points are simulated just now */
	int judged;              /* CLI_FAILED where points failed or are missing */
};

/* --- settings behind the results ------------------------------------------------------------------------------- */

static bool resolve_point(void *context, size_t index, struct arena *arena, struct run_job *out)
{
	struct report *report = context;
	const struct figure_point *point = &report->page.data.points[index];
	struct diag said_before;
	diag_init(&said_before);
	bool ok = study_point(&report->page.study, (size_t)point->ordinal, arena, &said_before, out);
	diag_release(&said_before);
	out->result = point->result;
	return ok;
}

/* Whether the point of today's files is the one whose results are there. */
static bool is_that_point(struct report *report, const struct run_job *job)
{
	struct err err;
	int64_t id = 0;
	return !report->results || (results_find(report->results, &job->identity, &id, &err) && id != 0);
}

/* Each point gets the mechanisms that its results rest on; none does where a platform or profile has changed since. */
static bool add_bases(struct report *report)
{
	size_t count = report->page.data.point_count;
	struct trust_basis *bases = ARENA_ARRAY(&report->page.cli->arena, struct trust_basis, count);
	struct arena scratch;
	arena_init(&scratch);
	bool ok = true;
	report->page.study.with_identity = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct run_job job;
		size_t point = (size_t)report->page.data.points[i].ordinal;
		ok = point < report->page.study.sweep.point_count && resolve_point(report, i, &scratch, &job) &&
		     is_that_point(report, &job);
		if (ok)
			bases[i] = trust_basis_of(job.setting);
		arena_release(&scratch);
	}
	report->page.page.bases = ok ? bases : NULL;
	return ok;
}

static void add_settings(struct report *report)
{
	if (report->page.has_settings && add_bases(report)) {
		report->page.page.resolve = resolve_point;
		report->page.page.resolve_context = report;
		return;
	}
	if (report->page.has_settings)
		buf_add(&report->page.doubt,
			"The files that the results stand on have changed since they were simulated: prediction bands "
			"and advice are left out, and what was assumed is shown as it is today.");
	report->page.page.resolve = NULL;
}

static int write_page(struct report *report)
{
	add_settings(report);
	return result_page_write(&report->page, options_text(&report->page.cli->options, "output"));
}

/* --- from a file of results -------------------------------------------------------------------------------------- */

/* The experiment as it stands in the file; relative names in it go from the file's own folder. */
static void load_settings(struct report *report, const char *path, const struct results_experiment *experiment)
{
	struct diag diag;
	struct study_request request = {
		.load = {.path = path, .text = experiment->yaml},
		.with_sweep = true,
		.is_check = true,
		.with_identity = true,
	};
	diag_init(&diag);
	report->page.has_settings = study_load(&request, &report->page.cli->arena, &diag, &report->page.study, NULL);
	if (!report->page.has_settings)
		buf_printf(&report->page.doubt,
			   "The files that the results stand on cannot be read from here (%s): prediction bands, "
			   "advice and sources are left out.",
			   diag.count > 0 ? diag.entries[0].text : "no reason known");
	diag_release(&diag);
}

static int report_results(struct report *report, const char *path)
{
	int status = figure_source_read(report->page.cli, path, &report->results, &report->page.data, &report->judged);
	if (status != CLI_OK)
		return status;
	const struct results_experiment *experiment = results_experiment_of(report->results);
	load_settings(report, path, experiment);
	report->page.page.yaml = experiment->yaml;
	report->page.page.version = results_version(report->results);
	report->page.page.command = "lamina sweep EXPERIMENT.yaml -o FILE.sqlite";
	report->page.digests = experiment->sources;
	report->page.digest_count = experiment->source_count;
	return write_page(report);
}

/* --- from an experiment ------------------------------------------------------------------------------------------ */

static int report_experiment(struct report *report, const char *path)
{
	struct cli *cli = report->page.cli;
	struct study *study = &report->page.study;
	size_t count;
	int status = experiment_options_check(cli, path, study);
	if (status != CLI_OK)
		return status;
	size_t *points = figure_source_choose(cli, study, SIMULATED_MAX, &count);
	if (!points)
		return CLI_WRONG;
	figure_data_begin(&report->page.data, study, count, &cli->arena);
	if (!figure_source_simulate(cli, study, points, count, &report->page.data, &report->judged)) {
		fprintf(stderr, "%s: interrupted; no page is written\n", cli->name);
		return CLI_FAILED;
	}
	struct buf yaml;
	buf_init(&yaml);
	yaml_write(study->root, &yaml);
	report->page.has_settings = true;
	report->page.page.yaml = buf_text(&yaml);
	report->page.page.version = lamina_version();
	report->page.page.command = result_page_command(cli, path);
	status = write_page(report);
	buf_release(&yaml);
	return status;
}

static int run_report(struct cli *cli, int argc, char **argv)
{
	struct report *report = ARENA_NEW(&cli->arena, struct report);
	int status = result_file_try(cli, options_text(&cli->options, "output"));
	if (status != CLI_OK)
		return status;
	report->page.cli = cli;
	buf_init(&report->page.doubt);
	status = sweep_file_is(argv[0]) ? report_results(report, argv[0]) : report_experiment(report, argv[0]);
	buf_release(&report->page.doubt);
	if (report->results)
		results_close(report->results);
	return status != CLI_OK ? status : report->judged;
}

static const struct option_row options[] = {
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "write the page to a file instead of standard output"},
	OPTION_ROW_ONLY,
	OPTION_ROW_SET,
	OPTION_ROW_WITH,
	OPTION_ROW_REPLICATIONS,
	OPTION_ROW_SEED,
	OPTION_ROW_JOBS,
	OPTION_END,
};

const struct command cmd_report = {
	.name = "report",
	.summary = "write results as one page of HTML: answer, figures, table, bill, sources",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Writes a page that is read in any browser, needs no other file and asks the network for nothing: the "
		"question, the answer in words (the cheapest setting, the fastest, the best for both alike, and which "
		"others are as good as these as far as anybody can tell), figures whose marks show their setting under "
		"the pointer or by keyboard, a table that sorts, the bill line by line, every value that was assumed "
		"with its source, the errors of the mechanisms that the figures rest on, and how to have all of it "
		"again. It is dark where the reader's screen is, fits a telephone and can be printed.\n\n"
		"FILE is a file of results (`lamina sweep -o FILE.sqlite`), or an experiment, which is simulated "
		"first, with all points of its sweep. Files of results keep the experiment, not its platform and "
		"profile: where these have changed since, or cannot be found from the file's folder, the page says so "
		"and leaves out what rests on them. The same results give the same page, byte for byte.",
	.examples = "lamina report r.sqlite -o report.html\n"
		    "lamina report exp.yaml -o report.html\n"
		    "lamina report r.sqlite --only pipeline.parallel=8 -o eight.html\n",
	.options = options,
	.run = run_report,
};
