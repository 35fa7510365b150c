/* `lamina compare EXPERIMENT`: one experiment on every platform, each at its best setting. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/num.h"
#include "cli/commands.h"
#include "cli/compare_report.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/outlook.h"
#include "cli/plan_front.h"
#include "cli/plan_request.h"
#include "cli/result_file.h"

/* "a,b,c" into its names. */
static void read_platforms(struct cli *cli, struct compare_request *out)
{
	const char **names = ARENA_ARRAY(&cli->arena, const char *, COMPARE_PLATFORMS_MAX);
	const char *text = options_text(&cli->options, "platforms");
	while (*text && out->platform_count < COMPARE_PLATFORMS_MAX) {
		size_t length = strcspn(text, ",");
		if (length > 0)
			names[out->platform_count++] = arena_strndup(&cli->arena, text, length);
		text += length + (text[length] == ',');
	}
	out->platforms = names;
}

static bool is_compared(const struct compare_request *request, const char *name)
{
	const struct bind_texts *listed = &request->experiment->compare.platforms;
	bool is_named = strcmp(request->experiment->platform, name) == 0;
	for (size_t i = 0; i < request->platform_count; i++)
		is_named = is_named || strcmp(request->platforms[i], name) == 0;
	for (size_t i = 0; i < listed->count; i++)
		is_named = is_named || strcmp(listed->values[i], name) == 0;
	return is_named;
}

/* Whether there is a platform of this name; or, of names with dots, as --set splits them, of any that go on so. */
static bool names_platform(const struct compare_request *request, const struct yaml_node *map, const char *name,
			   struct arena *arena)
{
	if (is_compared(request, name) || data_file_find(arena_printf(arena, "configs/platforms/%s.yaml", name), arena))
		return true;
	bool is_any = false;
	for (const struct yaml_node *part = map->kind == YAML_MAP ? map->first : NULL; part && !is_any;
	     part = part->next)
		is_any = names_platform(request, part, arena_printf(arena, "%s.%s", name, part->key), arena);
	return is_any;
}

static void check_name(const struct compare_request *request, const struct yaml_node *platform, struct diag *diag)
{
	size_t count;
	if (names_platform(request, platform, platform->key, &diag->arena))
		return;
	char **names = data_file_list("configs/platforms", ".yaml", &diag->arena, &count);
	const char *meant = did_you_mean(platform->key, (const char *const *)names, count);
	diag_error(diag, platform->place, "'compare.values' names no platform '%s'%s%s%s", platform->key,
		   meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static void check_values(const struct compare_request *request, struct diag *diag)
{
	const struct experiment *experiment = request->experiment;
	const struct yaml_node *values = experiment->compare.values;
	if (!values)
		return;
	if (values->kind != YAML_MAP) {
		diag_error(diag, values->place,
			   "'compare.values' must be a mapping of platforms' names to parts of them");
		return;
	}
	for (const struct yaml_node *platform = values->first; platform; platform = platform->next) {
		if (platform->kind != YAML_MAP)
			diag_error(diag, platform->place, "'%s' must be a mapping: parts of that platform",
				   platform->key);
		else
			check_name(request, platform, diag);
	}
}

static void check_sets(const struct cli *cli, struct diag *diag)
{
	size_t count;
	const char *const *sets = options_list(&cli->options, "set", &count);
	for (size_t i = 0; i < count; i++)
		if (strncmp(sets[i], "platform=", strlen("platform=")) == 0)
			diag_error(diag, (struct diag_place){.file = "--set"},
				   "'platform' is what is compared; name platforms with --platforms");
}

/* The experiment's tree and its keys; platforms come later, so that one that cannot run it costs its row alone. */
static int load(struct cli *cli, const char *path, struct compare_request *out)
{
	struct load_request load = {.path = path};
	struct experiment *experiment = ARENA_NEW(&cli->arena, struct experiment);
	struct diag diag;
	bool io_failed = false;
	load.overlays = options_list(&cli->options, "with", &load.overlay_count);
	load.sets = options_list(&cli->options, "set", &load.set_count);
	diag_init(&diag);
	check_sets(cli, &diag);
	if (experiment_load(&load, &cli->arena, &diag, &out->root, experiment, &io_failed)) {
		bool is_served = experiment->workload.arrivals.process.kind != ARRIVALS_ALL_AT_ONCE;
		out->experiment = experiment;
		check_values(out, &diag);
		plan_request_read_bounds(cli, is_served, &out->wanted, &diag);
	}
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (status != CLI_OK)
		return io_failed ? CLI_FAILED : status;
	if (!options_given(&cli->options, "budget"))
		out->wanted.strategy = STRATEGY_COST;
	out->wanted.wants_more = false;
	out->wanted.seed = options_given(&cli->options, "seed") ? (uint64_t)options_int(&cli->options, "seed")
								: (uint64_t)experiment->seed;
	return CLI_OK;
}

static int print_report(const struct compare_report *report)
{
	static void (*const renderers[])(const struct compare_report *report, struct buf *out) = {
		[TABLE_TEXT] = compare_report_text,
		[TABLE_JSON] = compare_report_json,
		[TABLE_CSV] = compare_report_csv,
	};
	struct cli *cli = report->cli;
	const char *path = options_text(&cli->options, "output");
	enum table_format format = cli_format_of(cli, path);
	bool is_figure = path && format == TABLE_TEXT;
	struct buf out;
	buf_init(&out);
	renderers[format](report, &out);
	int status = result_file_write(cli, is_figure ? NULL : path, &out);
	buf_release(&out);
	return status == CLI_OK && is_figure ? compare_report_figure(report, path) : status;
}

static int answer(const struct compare_report *report)
{
	const struct comparison *comparison = report->comparison;
	bool is_any = false;
	bool is_bound = false;
	for (size_t i = 0; i < comparison->count; i++) {
		enum contender_end end = comparison->contenders[i].end;
		is_any = is_any || end == CONTENDER_ANSWERS || end == CONTENDER_AT_BEST;
		is_bound = is_bound || end == CONTENDER_OVERLOADED;
	}
	int status = print_report(report);
	if (status != CLI_OK || is_any)
		return status;
	fprintf(stderr, "%s: %s\n", report->cli->name,
		is_bound ? "no platform keeps the bounds" : "no platform can run this experiment; each row says why");
	return is_bound ? CLI_INFEASIBLE : CLI_WRONG;
}

static int run_compare(struct cli *cli, int argc, char **argv)
{
	struct compare_request request = {0};
	struct comparison comparison;
	const char *output = options_text(&cli->options, "output");
	if (options_given(&cli->options, "platforms"))
		read_platforms(cli, &request);
	int status = load(cli, argv[0], &request);
	bool is_figure = output && cli_format_of(cli, output) == TABLE_TEXT;
	if (status == CLI_OK)
		status = result_file_try(cli, is_figure ? arena_printf(&cli->arena, "%s.csv", output) : output);
	if (status != CLI_OK)
		return status;
	interrupt_catch();
	struct run_control control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()};
	struct outlook outlook;
	outlook_init(&outlook, cli);
	request.run = &control;
	request.trust = outlook.is_known ? &outlook.trust : NULL;
	request.is_quick = options_flag(&cli->options, "quick");
	/* A workflow's memory sizes are taken as stated: plans of workflows are not made platform by platform. */
	request.is_stated = options_flag(&cli->options, "stated") || request.experiment->workflow.steps;
	if (!compare_run(&request, &cli->arena, &comparison)) {
		fprintf(stderr, "%s: interrupted\n", cli->name);
		return CLI_FAILED;
	}
	struct compare_report report = {cli, &request, &comparison};
	return answer(&report);
}

static const struct option_row options[] = {
	{.name = "platforms",
	 .letter = 'p',
	 .kind = OPTION_TEXT,
	 .names = names_of_platforms,
	 .metavar = "A,B,...",
	 .help = "platforms by name or path; by default the experiment's list, else its own and all sold today"},
	OPTION_ROWS_BOUNDS,
	OPTION_ROWS_MARGINS,
	{.name = "stated",
	 .kind = OPTION_FLAG,
	 .help = "search for nothing: compare the experiment's own settings, where a platform sells them; so it is "
		 "with workflows always"},
	{.name = "quick", .kind = OPTION_FLAG, .help = "a fifth of the effort: fewer requests and replications"},
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "NAME",
	 .help = "cost against load becomes NAME.csv, NAME.gp and, through gnuplot, NAME.svg; a NAME that ends in "
		 ".csv or .json is the table, written there"},
	OPTION_ROW_FORMAT,
	OPTION_ROW_SET,
	OPTION_ROW_WITH,
	OPTION_ROW_SEED,
	OPTION_ROW_JOBS,
	OPTION_END,
};

const struct command cmd_compare = {
	.name = "compare",
	.summary = "one experiment on every platform, each at its best setting: what costs least, and from which load",
	.operands = "EXPERIMENT",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Finds each platform's own best setting under the same bounds (by the planner where its bounds hold, "
		"by simulations where requests share sandboxes) and simulates all of them on the same luck: cost of a "
		"month and of 1,000 requests, or of a run of a batch, times, cold starts, what is refused or lost, "
		"and what is paid for while idle, with 95 % intervals and the band that holds 90 % of single runs. A "
		"month has 730 hours. The cheapest and the fastest are named; what lies inside each other's band is "
		"called a toss-up.\n\n"
		"Load is then varied a thousandfold to both sides, settings staying as they are: the loads at which "
		"the order of cost changes are found by halving on the same luck, with 95 % intervals. Of a batch "
		"beside a machine it says from how many jobs at once functions are faster.\n\n"
		"What a provider has not published is not guessed: the row shows what the platform would do at best, "
		"and up to which value of each such quantity it would be the cheapest. `compare.values.NAME` in the "
		"experiment states what is known of a platform; `platform_values` are those of the experiment's own. "
		"Work on a device needs its time there, by the device's name in `work.devices` (of a profile, "
		"`framework.devices`); a platform without one takes `work.cpu_seconds_without_device` instead, a "
		"profile's layers its vCPUs.\n\n"
		"A platform that cannot run the experiment says why and costs its row alone: the exit status is 0 if "
		"one answers, 3 if none keeps the bounds, 2 if none can run it.",
	.examples = "lamina compare exp.yaml --latency p95=0.5\n"
		    "lamina compare exp.yaml --platforms aws-lambda,google-cloud-run --quick\n"
		    "lamina compare exp.yaml --latency p95=0.5 -o load\n"
		    "lamina compare configs/paper/fig5.yaml --stated --platforms aws-lambda-2019,titan-x-pascal-host\n",
	.options = options,
	.run = run_compare,
};
