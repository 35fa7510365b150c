/* `lamina plan EXPERIMENT`: the memory of every function, the record size and the parallelism that a goal asks for. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/plan_emit.h"
#include "cli/plan_front.h"
#include "cli/plan_report.h"
#include "cli/result_file.h"
#include "plan/reason.h"

static int load(struct cli *cli, const char *path, struct plan_report *report)
{
	struct study *study = ARENA_NEW(&cli->arena, struct study);
	int status = plan_emit_load(cli, path, study);
	if (status != CLI_OK)
		return status;
	report->cli = cli;
	report->study = study;
	const struct setting *setting = study->jobs[0].setting;
	int64_t wanted = study->jobs[0].replications.min;
	bool is_stated = options_given(&cli->options, "replications");
	int64_t usual = trial_replications(setting);
	int64_t replications = is_stated || wanted > TRIAL_REPLICATIONS ? wanted : usual;
	report->visits_max = replications == usual ? TRIAL_VISITS_MAX : 0;
	struct diag diag;
	diag_init(&diag);
	bool is_served = setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	bool ok = plan_request_read(cli, is_served, replications, &report->request, &diag);
	ok = plan_emit_check(cli, &diag) && ok;
	report->space_request = (struct space_request){
		.experiment = &study->experiment,
		.setting = setting,
		.root = study->root,
		.library = &study->library,
		.headroom = report->request.headroom,
		.quantile = report->request.quantile,
	};
	if (ok)
		space_init(&report->space, &report->space_request, &cli->arena, &diag);
	status = cli_report(cli, &diag);
	diag_release(&diag);
	return status;
}

static int infeasible(const struct plan_report *report)
{
	struct buf why;
	buf_init(&why);
	fprintf(stderr, "%s: no plan keeps the bounds in %.4g %% of replications\n", report->cli->name,
		100 * report->request.share);
	reason_infeasible(&report->planner, &why);
	if (why.length > 0)
		printable_make(why.text, "\n");
	fputs(buf_text(&why), stderr);
	buf_release(&why);
	return CLI_INFEASIBLE;
}

static int interrupted(const struct plan_report *report)
{
	fprintf(stderr, "%s: interrupted\n", report->cli->name);
	return CLI_FAILED;
}

static bool states_memory(const struct experiment *experiment)
{
	bool states = experiment->defaults.memory_mb > 0;
	const struct function_entry *entries = experiment->functions.items;
	for (size_t i = 0; i < experiment->functions.count; i++)
		states = states || entries[i].memory_mb > 0;
	return states;
}

static bool try_named(struct plan_report *report)
{
	const struct setting *setting = report->space_request.setting;
	for (int i = 0; i < NAMED_PLANS; i++) {
		struct trial *trial = &report->named[i];
		*trial = (struct trial){0};
		if ((i == NAMED_CURRENT && !states_memory(&report->study->experiment)) ||
		    (i == NAMED_MEM_MIN_HEADROOM && report->space.headroom == 0))
			continue;
		trial->setting = named_setting((enum named_plan)i, setting, &report->space.memory,
					       report->space.headroom, &report->cli->arena);
		if (trial->setting && !trial_run(trial, 1, &report->planner.control))
			return false;
	}
	return true;
}

/* The plan for the tools that deploy it. Where no runs per month were stated, a month has one. */
static int hand_over(const struct plan_report *report, const struct trial *trial)
{
	double runs = report->request.runs_per_month > 0 ? report->request.runs_per_month : 1;
	double records = trial->result.metrics[outcome_find_metric("completed_records")].mean;
	struct deployment deployment;
	deployment_init(&deployment, trial->setting, &report->cli->arena);
	deployment.experiment = report->study->experiment.name;
	deployment.version = lamina_version();
	deployment.strategy = plan_strategy_names[report->request.strategy];
	deployment.seconds_metric = report->request.seconds_metric;
	deployment.seconds = trial->seconds;
	deployment.cost_usd = trial->usd;
	deployment.monthly_requests = llround(fmin(records * runs, 1e18));
	return plan_emit_write(report->cli, &deployment);
}

/* memMin and memMax are what they are: nothing is searched for, but a bound must hold. */
static int run_named(struct plan_report *report)
{
	bool is_least = report->request.strategy == STRATEGY_MEM_MIN;
	const struct trial *trial = &report->named[is_least ? NAMED_MEM_MIN : NAMED_MEM_MAX];
	const char *name = plan_strategy_names[report->request.strategy];
	if (!trial->setting) {
		fprintf(stderr, "%s: no memory size that is sold holds the records\n", report->cli->name);
		return CLI_INFEASIBLE;
	}
	if (trial->is_stopped) {
		fprintf(stderr, "%s: strategy '%s' does not work: a bound of 'limits' ends its simulation\n",
			report->cli->name, name);
		return CLI_INFEASIBLE;
	}
	if (!planner_is_allowed(&report->goal, trial)) {
		fprintf(stderr,
			"%s: strategy '%s' cannot keep the bounds: %.4g s (in %.4g %% of replications no more) and "
			"%.4g "
			"USD a run, %.4g records fail; leave the strategy or the bound out\n",
			report->cli->name, name, trial->seconds_at, 100 * report->request.share, trial->usd_at,
			trial->failed);
		return CLI_INFEASIBLE;
	}
	if (!plan_emit_replaces_report(report->cli))
		printf("%s: %s MB, %lld images per record, %lld at once: %.4g s and %.4g USD a run\n", name,
		       plan_report_memories(trial->setting, &report->cli->arena),
		       (long long)trial->setting->images_per_record, (long long)trial->setting->parallel,
		       trial->seconds, trial->usd);
	return hand_over(report, trial);
}

/* Where the plan was simulated in part, once as it is, unless that takes too long. */
static bool try_whole(struct plan_report *report)
{
	enum { VISITS_MAX = 2000000 };
	const struct trial *best = &report->answer.best;
	struct trial_control control = report->planner.control;
	double visits = (double)best->setting->records * (double)best->setting->function_count;
	if (best->excerpt.shorter == 0 || visits > VISITS_MAX)
		return true;
	control.visits_max = 0;
	control.replications = 1;
	report->whole = (struct trial){.choice = best->choice, .setting = best->setting};
	return trial_run(&report->whole, 1, &control);
}

static int find(struct plan_report *report)
{
	planner_find(&report->planner, &report->answer);
	if (report->answer.end == PLANNER_INTERRUPTED ||
	    !provision_choose(&report->planner, &report->answer, &report->provision))
		return interrupted(report);
	if (report->answer.end == PLANNER_INFEASIBLE)
		return infeasible(report);
	if (!survivors_try(&report->planner, &report->answer.best, &report->survivors))
		return interrupted(report);
	if (!planner_rivals(&report->planner, &report->answer.best, report->rivals, &report->rival_count))
		return interrupted(report);
	if (!try_whole(report))
		return interrupted(report);
	report->best_share =
		planner_best_share(&report->planner, &report->answer.best, report->rivals, report->rival_count);
	if (options_flag(&report->cli->options, "quick"))
		return CLI_OK;
	const int known[] = {NAMED_MEM_MIN, NAMED_MEM_MAX};
	for (size_t i = 0; i < 2; i++) {
		if (report->named[known[i]].setting &&
		    !versus_find(&report->planner, &report->named[known[i]], &report->versus[known[i]]))
			return interrupted(report);
	}
	sensitivity_find(&report->planner, &report->space_request, &report->answer.best, report->sensitivity,
			 &report->sensitivity_count);
	return CLI_OK;
}

/* Where no report says it: CSV has tables only, and a fragment takes the report's place. */
static void warn_of_doubt(const struct plan_report *report)
{
	struct buf doubt;
	buf_init(&doubt);
	bool is_front = options_flag(&report->cli->options, "pareto");
	bool is_unsaid = plan_emit_replaces_report(report->cli) || (cli_format(report->cli) == TABLE_CSV && !is_front);
	if (is_unsaid && plan_report_doubt(report, &doubt))
		fprintf(stderr, "%s: warning: this plan is %s\n", report->cli->name, buf_text(&doubt));
	buf_release(&doubt);
}

static int print_report(const struct plan_report *report)
{
	static void (*const renderers[])(const struct plan_report *report, struct buf *out) = {
		[TABLE_TEXT] = plan_report_text,
		[TABLE_JSON] = plan_report_json,
		[TABLE_CSV] = plan_report_csv,
	};
	const char *path = options_text(&report->cli->options, "output");
	struct buf out;
	buf_init(&out);
	renderers[cli_format_of(report->cli, path)](report, &out);
	int status = result_file_write(report->cli, path, &out);
	buf_release(&out);
	return status;
}

/* From here on the experiment is the one with that split, which was resolved before. */
static void adopt_split(struct plan_report *report)
{
	struct diag unsaid;
	struct study *study = report->study;
	struct arena *arena = &report->cli->arena;
	struct setting *setting = ARENA_NEW(arena, struct setting);
	study->root = report->split.root;
	report->space_request.root = study->root;
	report->space_request.setting = study->jobs[0].setting = setting;
	diag_init(&unsaid);
	CHECK(experiment_bind(study->root, study->experiment.path, arena, &unsaid, &study->experiment));
	CHECK(experiment_resolve(&study->experiment, &study->library, arena, &unsaid, setting));
	CHECK(space_init(&report->space, &report->space_request, arena, &unsaid));
	diag_release(&unsaid);
}

static int choose_split(struct plan_report *report, const struct trial_control *trials)
{
	struct study *study = report->study;
	const struct experiment *experiment = &study->experiment;
	struct diag diag;
	diag_init(&diag);
	const struct profile *profile = NULL;
	if (experiment->profile[0] != '\0')
		profile = library_profile(&study->library, experiment->profile, bind_place(experiment->root, "profile"),
					  &diag);
	struct split_request request = {&report->space_request, profile, &report->goal, trials};
	enum planner_end end = PLANNER_INFEASIBLE;
	if (split_check(experiment, profile, &diag)) {
		report->has_split = true;
		end = split_choose(&request, &report->split);
		if (end == PLANNER_FOUND && !report->split.is_given)
			adopt_split(report);
	}
	int status = cli_report(report->cli, &diag);
	diag_release(&diag);
	return end == PLANNER_INTERRUPTED ? interrupted(report) : status;
}

static int run(struct cli *cli, int argc, char **argv)
{
	struct plan_report *report = ARENA_NEW(&cli->arena, struct plan_report);
	int status = load(cli, argv[0], report);
	if (status == CLI_OK)
		status = plan_emit_try(cli);
	if (status == CLI_OK)
		status = plan_front_try(cli);
	if (status != CLI_OK)
		return status;
	interrupt_catch();
	struct run_control control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()};
	struct trial_control trials = {
		.space = &report->space,
		.seconds_metric = outcome_find_metric(report->request.seconds_metric),
		.seed = report->study->jobs[0].seed,
		.replications = report->request.replications,
		.runs_per_month = report->request.runs_per_month,
		.share = report->request.share,
		.failing_share = 1 - report->request.share,
		.visits_max = report->visits_max,
		.run = &control,
		.arena = &cli->arena,
	};
	plan_request_goal(&report->request, &report->space, &report->goal);
	planner_init(&report->planner, &trials, &report->goal);
	if (!try_named(report))
		return interrupted(report);
	if (report->request.strategy >= STRATEGY_MEM_MIN)
		return run_named(report);
	status = options_flag(&cli->options, "split") ? choose_split(report, &trials) : CLI_OK;
	if (status == CLI_OK)
		status = find(report);
	if (status != CLI_OK)
		return status;
	warn_of_doubt(report);
	if (!plan_emit_replaces_report(cli))
		status = options_flag(&cli->options, "pareto") ? plan_front_run(report) : print_report(report);
	return status == CLI_OK ? hand_over(report, &report->answer.best) : status;
}

static const struct option_row options[] = {
	{.name = "deadline",
	 .letter = 'd',
	 .kind = OPTION_DOUBLE,
	 .metavar = "SECONDS",
	 .min = 1e-6,
	 .max = 4e9,
	 .help = "the batch must be done by then"},
	{.name = "budget",
	 .letter = 'b',
	 .kind = OPTION_DOUBLE,
	 .metavar = "USD",
	 .min = 1e-12,
	 .max = 1e12,
	 .help = "a run may cost no more"},
	{.name = "latency",
	 .kind = OPTION_TEXT,
	 .metavar = "p95=SECONDS",
	 .help = "requests that come over time: bound of their mean, p50, p95 or p99"},
	{.name = "strategy",
	 .kind = OPTION_CHOICE,
	 .metavar = "STRATEGY",
	 .choices = plan_strategy_names,
	 .help = "what is least; by default cost with a deadline, speed with a budget, else balanced"},
	{.name = "balanced-weight",
	 .kind = OPTION_DOUBLE,
	 .metavar = "W",
	 .fallback = "0.5",
	 .min = 0,
	 .max = 1,
	 .help = "balanced: weight of cost, 1 - W is that of time"},
	{.name = "headroom",
	 .kind = OPTION_DOUBLE,
	 .metavar = "PERCENT",
	 .fallback = "3",
	 .min = 0,
	 .max = 1000,
	 .help = "memory above the peak"},
	{.name = "share",
	 .kind = OPTION_DOUBLE,
	 .metavar = "PERCENT",
	 .fallback = "95",
	 .min = 1,
	 .max = 100,
	 .help = "of replications that must keep the bounds"},
	{.name = "runs-per-month",
	 .kind = OPTION_DOUBLE,
	 .metavar = "N",
	 .fallback = "0",
	 .min = 0,
	 .max = 1e12,
	 .help = "also print the price of a month"},
	{.name = "split",
	 .kind = OPTION_FLAG,
	 .help = "also decide which neighbouring functions of the profile are one"},
	{.name = "pareto", .kind = OPTION_FLAG, .help = "print the whole time-cost front instead"},
	{.name = "points",
	 .kind = OPTION_INT,
	 .metavar = "N",
	 .fallback = "40",
	 .min = 2,
	 .max = PARETO_POINTS_MAX,
	 .help = "deadlines along the front"},
	{.name = "output",
	 .letter = 'o',
	 .kind = OPTION_TEXT,
	 .metavar = "NAME",
	 .help = "write the report there; the front becomes NAME.csv, NAME.gp and, through gnuplot, NAME.svg. "
		 "Without --format, a NAME that ends in .csv or .json is a table of that kind"},
	{.name = "quick",
	 .kind = OPTION_FLAG,
	 .help = "leave out what beats memMin and memMax, and how the plan moves with its inputs"},
	OPTION_ROW_EMIT,
	OPTION_ROW_CURRENT,
	OPTION_ROW_FORMAT,
	OPTION_ROW_SET,
	OPTION_ROW_WITH,
	OPTION_ROW_REPLICATIONS,
	OPTION_ROW_SEED,
	OPTION_ROW_JOBS,
	OPTION_END,
};

const struct command cmd_plan = {
	.name = "plan",
	.summary = "find memory, record size and parallelism for a deadline, a budget or a balance",
	.operands = "EXPERIMENT",
	.operands_min = 1,
	.operands_max = 1,
	.description =
		"Searches all memory sizes that the platform sells, for every function, with all record sizes, "
		"schedules and "
		"numbers of parallel jobs, and proves that nothing is better in its model of expected values. What it "
		"finds "
		"is then simulated, always on the same luck, corrected and searched for again, until deadline and "
		"budget hold "
		"in the wanted share of replications. What may vary is in the experiment's `plan` section; whether a "
		"function is restored from snapshots is tried both ways where its runtime has them, and /tmp is bought "
		"where its work needs more than comes with it. Where requests come over time, it also decides how many "
		"sandboxes to keep provisioned, by simulations without such a proof.\n\n"
		"Strategies: `cost` is least cost (then time), `speed` least time (then cost), `balanced` the least of "
		"W "
		"times cost over the fastest plan's cost plus 1 - W times time over the cheapest plan's time. `memMin` "
		"and "
		"`memMax` are the least and the largest memory at the experiment's own record size and parallelism, "
		"without "
		"headroom unless it says so; both are always shown beside the recommended plan, with what beats them: "
		"the "
		"cheapest plan that takes no longer and the fastest that costs no more.\n\n"
		"Every number comes with what keeps it from moving. Exit status 3 says that no plan keeps the bounds; "
		"the "
		"nearest bounds that can be kept are on standard error.",
	.examples = "lamina plan configs/paper/common.yaml --deadline 90\n"
		    "lamina plan exp.yaml --budget 0.05 --runs-per-month 3000\n"
		    "lamina plan exp.yaml --strategy balanced --balanced-weight 0.7 --format json\n"
		    "lamina plan exp.yaml --pareto -o front\n"
		    "lamina plan exp.yaml --current template.yaml --emit sam=fragment.yaml\n",
	.options = options,
	.run = run,
};
