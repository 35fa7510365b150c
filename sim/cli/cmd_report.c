/* `lamina report FILE`: a sweep's results, or an experiment's, as one page of HTML. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/figure_source.h"
#include "cli/result_file.h"
#include "cli/sweep_file.h"
#include "report/page.h"

/* SIMULATED_MAX: of more points, a file of results keeps what is finished, and is the better way. */
enum { SIMULATED_MAX = 2000 };

struct report {
	struct cli *cli;
	struct study study;
	bool has_settings;       /* the study stands for the results' points */
	struct results *results; /* NULL: they were simulated just now */
	struct figure_data data;
	int judged; /* CLI_FAILED where points failed or are missing */
	struct trust trust;
	struct page page;
	struct buf doubt;
};

/* --- settings behind the results ------------------------------------------------------------------------------- */

static bool resolve_point(void *context, size_t index, struct arena *arena, struct run_job *out)
{
	struct report *report = context;
	const struct figure_point *point = &report->data.points[index];
	struct diag said_before;
	diag_init(&said_before);
	bool ok = study_point(&report->study, (size_t)point->ordinal, arena, &said_before, out);
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

/* The platform of every point, where all of them are still what they were. */
static bool add_platforms(struct report *report)
{
	size_t count = report->data.point_count;
	const struct platform **platforms = ARENA_ARRAY(&report->cli->arena, const struct platform *, count);
	struct arena scratch;
	arena_init(&scratch);
	bool ok = true;
	report->study.with_identity = true;
	for (size_t i = 0; ok && i < count; i++) {
		struct run_job job;
		size_t point = (size_t)report->data.points[i].ordinal;
		ok = point < report->study.sweep.point_count && resolve_point(report, i, &scratch, &job) &&
		     is_that_point(report, &job);
		if (ok)
			platforms[i] = job.setting->platform;
		arena_release(&scratch);
	}
	report->page.platforms = ok ? platforms : NULL;
	return ok;
}

static void add_trust(struct report *report)
{
	struct diag diag;
	diag_init(&diag);
	if (trust_load(&report->trust, &report->cli->arena, &diag))
		report->page.trust = &report->trust;
	cli_report(report->cli, &diag);
	diag_release(&diag);
}

static void add_settings(struct report *report)
{
	if (report->has_settings && add_platforms(report)) {
		report->page.resolve = resolve_point;
		report->page.resolve_context = report;
		return;
	}
	if (report->has_settings)
		buf_add(&report->doubt,
			"The files that the results stand on have changed since they were simulated: prediction bands "
			"and advice are left out, and what was assumed is shown as it is today.");
	report->page.resolve = NULL;
}

/* --- what the page says of them --------------------------------------------------------------------------------- */

static bool is_swept(const struct study *study, const char *beginning)
{
	for (size_t i = 0; i < study->sweep.key_count; i++)
		if (strncmp(study->sweep.keys[i], beginning, strlen(beginning)) == 0)
			return true;
	return false;
}

/* What does not vary, of the first point. */
static const char *describe(struct report *report)
{
	struct arena *arena = &report->cli->arena;
	const struct study *study = &report->study;
	struct run_job job;
	const char *text = "";
	if (!report->has_settings || report->data.point_count == 0 || !resolve_point(report, 0, arena, &job))
		return text;
	const struct setting *setting = job.setting;
	bool is_batch = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (!is_swept(study, "workload") && is_batch && !is_swept(study, "pipeline.images"))
		text = arena_printf(arena, "%lld images in %lld records", (long long)setting->images,
				    (long long)setting->records);
	else if (!is_swept(study, "workload") && !is_batch)
		text = arena_printf(arena, "requests come as '%s'", arrival_names[setting->arrivals.kind]);
	if (!is_swept(study, "platform"))
		text = arena_printf(arena, "%s%s%s", text, text[0] ? ", on " : "", setting->platform->title);
	if (!is_swept(study, "pipeline") && setting->platform->kind == PLATFORM_FUNCTIONS &&
	    setting->parallel < INT64_MAX)
		text = arena_printf(arena, "%s%s%lld at once", text, text[0] ? ", " : "", (long long)setting->parallel);
	return text;
}

static const char *read_text(struct report *report, const char *path)
{
	struct err unread;
	char *text;
	size_t length;
	return file_read(path, YAML_BYTES_MAX, &report->cli->arena, &text, &length, &unread) ? text : NULL;
}

/* The files that stand behind the points, once each, as they are now. */
struct source_list {
	struct report *report;
	struct page_source *sources;
	size_t count;
	const char *paths[LIBRARY_FILES_MAX];
};

static void add_source(struct source_list *list, const char *kind, const char *name, const char *path,
		       const char *title)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->paths[i] && strcmp(list->paths[i], path) == 0)
			return;
	list->paths[list->count] = path;
	list->sources[list->count++] = (struct page_source){
		.kind = kind,
		.title = title,
		.text = read_text(list->report, path),
		.name = name,
		.digest = "",
	};
}

/* Times of layers are no assumptions that somebody would read; the host that they were measured on is. */
static void leave_layers_out(struct page_source *source, struct arena *arena)
{
	const char *layers = source->text ? strstr(source->text, "\nlayers:") : NULL;
	if (layers)
		source->text = arena_strndup(arena, source->text, (size_t)(layers + 1 - source->text));
}

static void add_files(struct source_list *list)
{
	struct arena *arena = &list->report->cli->arena;
	const struct library *library = &list->report->study.library;
	for (size_t i = 0; i < library->platform_count; i++) {
		const struct platform *of = library->platforms[i].platform;
		add_source(list, "platform", of->name, of->path, arena_printf(arena, "%s (%s)", of->title, of->name));
	}
	for (size_t i = 0; i < library->profile_count; i++) {
		const struct profile *of = library->profiles[i];
		size_t before = list->count;
		add_source(list, "profile", of->path, of->path,
			   arena_printf(arena, "%s, measured %.10s on %s", of->model, of->date, of->host.cpu));
		if (list->count > before)
			leave_layers_out(&list->sources[before], arena);
	}
	for (size_t i = 0; i < library->preset_count; i++) {
		const struct framework_preset *of = library->presets[i];
		add_source(list, "framework", of->name, of->path, arena_printf(arena, "%s (%s)", of->title, of->name));
	}
}

/* What the results were simulated with; hashes stand also where the files cannot be found any more. */
static void add_digests(struct source_list *list, const struct identity_source *digests, size_t count)
{
	struct arena *arena = &list->report->cli->arena;
	for (size_t i = 0; i < count; i++) {
		char text[DIGEST_TEXT_BYTES];
		struct page_source *source = NULL;
		for (size_t k = 0; k < list->count && !source; k++)
			if (strcmp(list->sources[k].kind, digests[i].kind) == 0 &&
			    strcmp(list->sources[k].name, digests[i].name) == 0 && list->sources[k].digest[0] == '\0')
				source = &list->sources[k];
		if (!source) {
			source = &list->sources[list->count++];
			*source = (struct page_source){.kind = digests[i].kind, .title = "", .name = digests[i].name};
		}
		source->digest = arena_strdup(arena, digest_text(&digests[i].digest, text));
	}
}

static void add_sources(struct report *report)
{
	struct arena *arena = &report->cli->arena;
	struct source_list list = {.report = report};
	size_t count;
	const struct identity_source *digests;
	if (report->results) {
		digests = results_experiment_of(report->results)->sources;
		count = results_experiment_of(report->results)->source_count;
	} else {
		digests = identity_sources(&report->study.library, arena, &count);
	}
	list.sources = ARENA_ARRAY(arena, struct page_source, LIBRARY_FILES_MAX + count);
	if (report->has_settings)
		add_files(&list);
	add_digests(&list, digests, count);
	report->page.sources = list.sources;
	report->page.source_count = list.count;
}

static int64_t seed_of(const struct study *study)
{
	return study->luck.has_seed ? study->luck.seed : study->experiment.seed;
}

static int write_page(struct report *report)
{
	struct cli *cli = report->cli;
	struct buf text;
	buf_init(&text);
	add_trust(report);
	add_settings(report);
	add_sources(report);
	report->page.data = &report->data;
	report->page.subject = describe(report);
	report->page.seed = seed_of(&report->study);
	report->page.doubt = buf_text(&report->doubt);
	page_write(&report->page, &text);
	int status = result_file_write(cli, options_text(&cli->options, "output"), &text);
	buf_release(&text);
	return status;
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
	report->has_settings = study_load(&request, &report->cli->arena, &diag, &report->study, NULL);
	if (!report->has_settings)
		buf_printf(&report->doubt,
			   "The files that the results stand on cannot be read from here (%s): prediction bands, "
			   "advice and sources are left out.",
			   diag.count > 0 ? diag.entries[0].text : "no reason known");
	diag_release(&diag);
}

static int report_results(struct report *report, const char *path)
{
	int status = figure_source_read(report->cli, path, &report->results, &report->data, &report->judged);
	if (status != CLI_OK)
		return status;
	const struct results_experiment *experiment = results_experiment_of(report->results);
	load_settings(report, path, experiment);
	report->page.yaml = experiment->yaml;
	report->page.version = results_version(report->results);
	report->page.command = "lamina sweep EXPERIMENT.yaml -o FILE.sqlite";
	return write_page(report);
}

/* --- from an experiment ------------------------------------------------------------------------------------------ */

/* A word of a command line, quoted where a shell would take it for more. */
static void add_word(struct buf *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./,:@%";
	buf_add_char(out, ' ');
	if (word[0] && word[strspn(word, plain)] == '\0') {
		buf_add(out, word);
		return;
	}
	buf_add_char(out, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_add(out, "'\\'");
		buf_add_char(out, *word);
	}
	buf_add_char(out, '\'');
}

static const char *command_text(struct cli *cli, const char *path)
{
	static const char *const lists[] = {"with", "set", "only"};
	struct buf text;
	buf_init(&text);
	buf_add(&text, "lamina report");
	add_word(&text, path);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		size_t count;
		const char *const *values = options_list(&cli->options, lists[i], &count);
		for (size_t k = 0; k < count; k++) {
			buf_printf(&text, " --%s", lists[i]);
			add_word(&text, values[k]);
		}
	}
	if (options_given(&cli->options, "seed"))
		buf_printf(&text, " --seed %lld", (long long)options_int(&cli->options, "seed"));
	if (options_given(&cli->options, "replications"))
		buf_printf(&text, " --replications %lld", (long long)options_int(&cli->options, "replications"));
	const char *kept = arena_strdup(&cli->arena, buf_text(&text));
	buf_release(&text);
	return kept;
}

static int report_experiment(struct report *report, const char *path)
{
	struct cli *cli = report->cli;
	struct study *study = &report->study;
	size_t count;
	int status = experiment_options_check(cli, path, study);
	if (status != CLI_OK)
		return status;
	size_t *points = figure_source_choose(cli, study, SIMULATED_MAX, &count);
	if (!points)
		return CLI_WRONG;
	figure_data_begin(&report->data, study, count, &cli->arena);
	if (!figure_source_simulate(cli, study, points, count, &report->data, &report->judged)) {
		fprintf(stderr, "%s: interrupted; no page is written\n", cli->name);
		return CLI_FAILED;
	}
	struct buf yaml;
	buf_init(&yaml);
	yaml_write(study->root, &yaml);
	report->has_settings = true;
	report->page.yaml = buf_text(&yaml);
	report->page.version = lamina_version();
	report->page.command = command_text(cli, path);
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
	report->cli = cli;
	buf_init(&report->doubt);
	status = sweep_file_is(argv[0]) ? report_results(report, argv[0]) : report_experiment(report, argv[0]);
	buf_release(&report->doubt);
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
