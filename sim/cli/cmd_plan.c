/* `lamina plan EXPERIMENT`: the memory of every function, the record size and the parallelism that a goal asks for. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/version.h"
#include "cli/commands.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "cli/outlook.h"
#include "cli/plan_emit.h"
#include "cli/plan_front.h"
#include "cli/plan_page.h"
#include "cli/plan_report.h"
#include "cli/plan_request.h"
#include "cli/plan_shared.h"
#include "cli/plan_workflow.h"
#include "cli/result_file.h"
#include "plan/reason.h"
#include "report/advice.h"

static int read_request(struct cli *cli, const struct study *study, struct plan_request *out)
{
	const struct run_job *job = &study->jobs[0];
	struct diag diag;
	diag_init(&diag);
	bool is_served = job->setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	plan_request_read(cli, is_served, job->setting->graph, out, &diag);
	plan_emit_check(cli, &diag);
	int64_t wanted = job->replications.min;
	bool is_stated = options_given(&cli->options, "replications") || wanted > TRIAL_REPLICATIONS;
	bool is_front = options_flag(&cli->options, "pareto") && !plan_emit_replaces_report(cli);
	out->experiment = &study->experiment;
	out->setting = job->setting;
	out->seed = job->seed;
	out->replications = is_stated ? wanted : 0;
	out->front_points = is_front ? (size_t)options_int(&cli->options, "points") : 0;
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	return status;
}

/* Adds why the records of a plan fail. */
static void say_failing(const struct trial *trial, struct buf *out)
{
	if (trial->is_stopped) {
		buf_add(out, "A bound of 'limits' ends their simulation.\n");
		return;
	}
	buf_printf(out, "In the last of them %.4g of %lld records fail: ", trial->failed,
		   (long long)trial->setting->records);
	failures_describe(trial->setting, &trial->result, out);
	buf_add(out, ".\n");
}

static int infeasible(const struct plan_report *report)
{
	const struct plan_nearest *nearest = &report->plan->nearest;
	struct buf why;
	buf_init(&why);
	fprintf(stderr, "%s: no plan keeps the bounds in %.4g %% of replications\n", report->cli->name,
		100 * report->request->share);
	reason_infeasible(report->plan, &why);
	if (nearest->failing.setting && !nearest->deadline.setting)
		say_failing(&nearest->failing, &why);
	if (why.length > 0)
		printable_make(why.text, "\n");
	fputs(buf_text(&why), stderr);
	buf_release(&why);
	return CLI_INFEASIBLE;
}

/* Why the plan that a strategy names is none. */
static int infeasible_known(const struct plan_report *report)
{
	const char *command = report->cli->name;
	const char *name = plan_strategy_names[report->request->strategy];
	const struct trial *trial = &report->plan->best;
	if (!trial->setting)
		fprintf(stderr, "%s: no memory size that is sold holds the records\n", command);
	else if (trial->is_stopped)
		fprintf(stderr, "%s: strategy '%s' does not work: a bound of 'limits' ends its simulation\n", command,
			name);
	else
		fprintf(stderr,
			"%s: strategy '%s' cannot keep the bounds: %.4g s (in %.4g %% of replications no more) and "
			"%.4g USD a run, %.4g records fail; leave the strategy or the bound out\n",
			command, name, trial->seconds_at, 100 * report->request->share, trial->usd_at, trial->failed);
	return CLI_INFEASIBLE;
}

/* The plan for the tools that deploy it. */
static int hand_over(const struct plan_report *report)
{
	const struct trial *trial = &report->plan->best;
	return plan_emit_write(report->cli, &(struct plan_to_emit){
						    .experiment = report->study->experiment.name,
						    .request = report->request,
						    .setting = trial->setting,
						    .result = &trial->result,
						    .seconds = trial->seconds,
						    .usd = trial->usd,
					    });
}

static int print_known(const struct plan_report *report)
{
	const struct trial *trial = &report->plan->best;
	int status = CLI_OK;
	struct buf out;
	buf_init(&out);
	buf_printf(&out, "%s: %s MB, %lld images per record, %lld at once: %.4g s and %.4g USD a run\n",
		   plan_strategy_names[report->request->strategy],
		   plan_report_memories(trial->setting, &report->cli->arena),
		   (long long)trial->setting->images_per_record, (long long)trial->setting->parallel, trial->seconds,
		   trial->usd);
	if (!plan_emit_replaces_report(report->cli))
		status = result_file_write(report->cli, options_text(&report->cli->options, "output"), &out);
	buf_release(&out);
	return status == CLI_OK ? hand_over(report) : status;
}

/*
 * Warns on standard error that the plan is in doubt where no report says so: CSV has tables only, and a fragment takes
 * the report's place.
 */
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

static int print_found(const struct plan_report *report)
{
	int status = CLI_OK;
	warn_of_doubt(report);
	if (report->plan->front)
		status = plan_front_print(report);
	else if (!plan_emit_replaces_report(report->cli))
		status = print_report(report);
	return status == CLI_OK ? hand_over(report) : status;
}

static int print_outcome(const struct plan_report *report, enum plan_end end, const char *experiment)
{
	bool is_known = plan_strategy_known(report->request->strategy) != KNOWN_PLANS;
	if (end == PLAN_INTERRUPTED) {
		fprintf(stderr, "%s: interrupted\n", report->cli->name);
		return CLI_FAILED;
	}
	if (end == PLAN_INFEASIBLE)
		return is_known ? infeasible_known(report) : infeasible(report);
	int status = is_known ? print_known(report) : print_found(report);
	int paged = plan_page_write(report, experiment);
	return status != CLI_OK ? status : paged;
}

static int run_plan(struct cli *cli, int argc, char **argv)
{
	struct study *study = ARENA_NEW(&cli->arena, struct study);
	struct plan *plan = ARENA_NEW(&cli->arena, struct plan);
	struct plan_request request = {0};
	const char *stated;
	int status = plan_emit_load(cli, argv[0], study, &stated);
	if (status == CLI_OK)
		status = read_request(cli, study, &request);
	if (status == CLI_OK)
		status = plan_emit_try(cli);
	if (status == CLI_OK)
		status = plan_front_try(cli);
	if (status == CLI_OK)
		status = result_file_try(cli, options_text(&cli->options, "report"));
	if (status != CLI_OK)
		return status;
	interrupt_catch();
	struct run_control control = {.jobs = experiment_options_jobs(cli), .interrupt = interrupt_flag()};
	struct diag diag;
	request.library = &study->library;
	request.run = &control;
	if (request.setting->graph)
		return plan_workflow(cli, study, &request);
	if (plan_shared_is_due(request.setting))
		return plan_shared(cli, study, &request);
	diag_init(&diag);
	enum plan_end end = plan_run(&request, &cli->arena, &diag, plan);
	status = cli_report(cli, &diag);
	diag_release(&diag);
	struct outlook outlook;
	outlook_init(&outlook, cli);
	struct plan_report report = {
		.cli = cli,
		.study = study,
		.request = &request,
		.plan = plan,
		.trust = outlook.is_known ? &outlook.trust : NULL,
		.stated = stated,
	};
	return end == PLAN_REFUSED ? status : print_outcome(&report, end, argv[0]);
}

static const struct option_row options[] = {
	OPTION_ROWS_BOUNDS,
	{.name = "strategy",
	 .kind = OPTION_CHOICE,
	 .metavar = "STRATEGY",
	 .choices = plan_strategy_names,
	 .help = "what is least; by default cost with a deadline, speed with a budget, else balanced (of a workflow: "
		 "speed)"},
	{.name = "balanced-weight",
	 .kind = OPTION_DOUBLE,
	 .metavar = "W",
	 .fallback = "0.5",
	 .min = 0,
	 .max = 1,
	 .help = "balanced: weight of cost, 1 - W is that of time"},
	OPTION_ROWS_MARGINS,
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
	{.name = "certificate",
	 .kind = OPTION_TEXT,
	 .metavar = "FILE",
	 .help = "of a workflow: the instance that was solved, as a mixed integer program for glpsol, cbc and others"},
	{.name = "quick",
	 .kind = OPTION_FLAG,
	 .help = "leave out what beats memMin and memMax, and how the plan moves with its inputs"},
	OPTION_ROW_REPORT,
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
		"schedules and numbers of parallel jobs, and proves that nothing is better in its model of expected "
		"values. What it finds is then simulated, always on the same luck, corrected and searched for "
		"again, until deadline and budget hold in the wanted share of replications. What may vary is in the "
		"experiment's `plan` section; whether a function is restored from snapshots is tried both ways "
		"where its runtime has them, and /tmp is bought where its work needs more than comes with it. Where "
		"requests come over time, it also decides how many sandboxes to keep provisioned, by simulations "
		"without such a proof; for a batch, whether to provision none, what is stated, or one for each job.\n\n"
		"Strategies: `cost` is least cost (then time), `speed` least time (then cost), `balanced` the least "
		"of W times cost over the fastest plan's cost plus 1 - W times time over the cheapest plan's time. "
		"`memMin` and `memMax` are the least and the largest memory at the experiment's own record size and "
		"parallelism, without headroom unless it says so; both are always shown beside the recommended "
		"plan, with what beats them: the cheapest plan that takes no longer and the fastest that costs no "
		"more.\n\n"
		"Time and cost stand with the band that holds 90 % of single runs, the model's own error as `lamina "
		"validate` finds it included; what differs in time or cost by so little that each plan is inside "
		"the other's band is called a toss-up.\n\n"
		"With --report the plan, beside those it is compared with, all of them simulated whole, also becomes a "
		"page like those of `lamina report`.\n\n"
		"Of a workflow it plans the memory of every function, on the critical path and off it, and with it "
		"the kind, the architecture, how many executions and items of maps run at once, and batches; for cost "
		"or for speed, the latter where no bound is given.\n\n"
		"Where requests share instances, or instances are paid for by the clock, no model of expected values "
		"holds: memory and requests at once are scanned by simulations, without a proof.\n\n"
		"Every number comes with what keeps it from moving. Exit status 3 says that no plan keeps the "
		"bounds; the nearest bounds that can be kept are on standard error.",
	.examples = "lamina plan configs/paper/common.yaml --deadline 90\n"
		    "lamina plan exp.yaml --budget 0.05 --runs-per-month 3000\n"
		    "lamina plan exp.yaml --strategy balanced --balanced-weight 0.7 --format json\n"
		    "lamina plan exp.yaml --pareto -o front\n"
		    "lamina plan exp.yaml --deadline 90 --report plan.html\n"
		    "lamina plan exp.yaml --current template.yaml --emit sam=fragment.yaml\n",
	.options = options,
	.run = run_plan,
};
