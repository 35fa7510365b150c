#include "cli/plan_workflow.h"

#include <math.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/json.h"
#include "base/version.h"
#include "cli/experiment_options.h"
#include "cli/plan_emit.h"
#include "cli/result_file.h"
#include "cli/table.h"
#include "plan/workflow_plan.h"
#include "report/advice.h"

static const struct table_column columns[] = {
	{.name = "function"},
	{.name = "memory_mb", .heading = "memory MB", .align = TABLE_RIGHT},
	{.name = "now_mb", .heading = "now MB", .align = TABLE_RIGHT},
	{.name = "invocations", .heading = "calls", .align = TABLE_RIGHT, .decimals = TABLE_SIGNIFICANT},
	{.name = "duration_mean_seconds", .heading = "handler s", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "critical_seconds", .heading = "on critical path", .align = TABLE_RIGHT, .decimals = 3},
	{.name = "slack_seconds", .heading = "slack s", .align = TABLE_RIGHT, .decimals = 3},
};

/* Of all tasks of the function: time on the critical path together, and the least slack. */
static void add_place_on_path(struct table *table, const struct run_result *result, size_t function)
{
	double critical_seconds = 0;
	double slack_seconds = HUGE_VAL;
	for (size_t i = 0; i < result->step_count; i++) {
		const struct step_result *step = &result->steps[i];
		if (step->step->kind != STEP_TASK || step->step->function != function)
			continue;
		critical_seconds += step->metrics[STEP_METRIC_CRITICAL_SECONDS].mean;
		slack_seconds = fmin(slack_seconds, step->metrics[STEP_METRIC_SLACK_SECONDS].mean);
	}
	table_double(table, critical_seconds);
	if (isfinite(slack_seconds))
		table_double(table, slack_seconds);
	else
		table_missing(table);
}

static void fill_functions(struct table *table, const struct workflow_plan *plan)
{
	const struct run_result *result = &plan->best.result;
	table_init(table, columns, ARRAY_LEN(columns));
	for (size_t f = 0; f < result->function_count; f++) {
		const struct function_result *function = &result->functions[f];
		table_text(table, function->name);
		table_int(table, plan->best.memory_mb[f]);
		table_int(table, plan->now.memory_mb[f]);
		table_double(table, function->metrics[FUNCTION_METRIC_INVOCATIONS].mean);
		table_double(table, function->metrics[FUNCTION_METRIC_DURATION_MEAN_SECONDS].mean);
		add_place_on_path(table, result, f);
		table_end_row(table);
	}
}

static void say_trial(const struct workflow_trial *trial, const char *what, struct buf *out)
{
	buf_printf(out, "%s: %.4g s and %.4g USD a run%s\n", what, trial->seconds, trial->usd,
		   trial->fails ? "; records fail" : "");
}

/* A plan whose simulation is this far from the model is not called optimal. */
static const double DOUBT_MAX = 0.05;

static void say_model(const struct workflow_plan *plan, const struct plan_request *request, struct buf *out)
{
	double doubt = workflow_plan_doubt(request, plan);
	bool is_close = fabs(doubt) <= DOUBT_MAX;
	buf_printf(
		out,
		"%s: in the mean, without luck, %.4g s a record and %.4g USD of functions a run; no plan within that "
		"time costs less than %.4g USD.\n",
		plan->is_proven && is_close ? "Optimal" : "The best that was found", plan->model_seconds,
		plan->model_usd, plan->bound_usd);
	if (!is_close)
		buf_printf(
			out,
			"The simulation takes %+.0f %% beside that: joins wait for the slowest branch, new sandboxes "
			"start, records differ.\n",
			100 * doubt);
}

static void render_text(const struct workflow_plan *plan, const struct study *study, const struct plan_request *request,
			const struct table *table, struct buf *out)
{
	experiment_options_describe(study, request->setting, out);
	if (request->seconds_max > 0)
		buf_printf(out, "cheapest within %.6g s of %s, lamina %s\n\n", request->seconds_max,
			   request->seconds_metric, lamina_version());
	else
		buf_printf(out, "%s, lamina %s\n\n",
			   request->strategy == STRATEGY_COST ? "cheapest" : "fastest, and then cheapest",
			   lamina_version());
	table_render(table, TABLE_TEXT, out);
	buf_add_char(out, '\n');
	say_trial(&plan->best, "Simulated", out);
	say_trial(&plan->now, "With the memories of now", out);
	if (plan->other_kind.memory_mb)
		say_trial(&plan->other_kind, plan->kind == WORKFLOW_EXPRESS ? "As express" : "As standard", out);
	say_model(plan, request, out);
}

static void write_trial(const struct workflow_trial *trial, const char *name, struct json *json)
{
	json_key(json, name);
	json_object_begin(json);
	json_field_double(json, "seconds", trial->seconds);
	json_field_double(json, "usd", trial->usd);
	json_key(json, "fails");
	json_bool(json, trial->fails);
	json_object_end(json);
}

static void render_json(const struct workflow_plan *plan, const struct study *study, const struct plan_request *request,
			struct table *table, struct buf *out)
{
	struct json json;
	json_document_begin(&json, out);
	experiment_options_write_head(study->experiment.name, request->setting->platform->name, &json);
	json_field_int(&json, "seed", (int64_t)request->seed);
	json_key(&json, "functions");
	table_write_json(table, &json);
	write_trial(&plan->best, "simulated", &json);
	write_trial(&plan->now, "now", &json);
	if (plan->other_kind.memory_mb)
		write_trial(&plan->other_kind, plan->kind == WORKFLOW_EXPRESS ? "as_express" : "as_standard", &json);
	json_field_double(&json, "model_seconds", plan->model_seconds);
	json_field_double(&json, "model_usd", plan->model_usd);
	json_field_double(&json, "bound_usd", plan->bound_usd);
	json_key(&json, "is_proven");
	json_bool(&json, plan->is_proven);
	json_document_end(&json);
}

static int write_certificate(struct cli *cli, const struct workflow_plan *plan)
{
	const char *path = options_text(&cli->options, "certificate");
	struct buf text;
	if (!path)
		return CLI_OK;
	buf_init(&text);
	sp_write_lp(&plan->graph, fmin(plan->deadline_seconds, 1e12), &text);
	int status = result_file_write(cli, path, &text);
	buf_release(&text);
	return status;
}

static int print_found(struct cli *cli, const struct study *study, const struct plan_request *request,
		       const struct workflow_plan *plan)
{
	struct table table;
	struct buf out;
	buf_init(&out);
	fill_functions(&table, plan);
	if (cli_format(cli) == TABLE_TEXT)
		render_text(plan, study, request, &table, &out);
	else if (cli_format(cli) == TABLE_JSON)
		render_json(plan, study, request, &table, &out);
	else
		table_render(&table, TABLE_CSV, &out);
	cli_print(&out);
	table_release(&table);
	buf_release(&out);
	return write_certificate(cli, plan);
}

static int say_infeasible(const struct cli *cli, const struct plan_request *request, const struct workflow_plan *plan)
{
	struct buf why;
	buf_init(&why);
	if (plan->best.fails)
		failures_describe(request->setting, &plan->best.result, &why);
	else
		buf_printf(&why, "the fastest that was found takes %.4g s (%.4g s a record in the mean, without luck)",
			   plan->best.seconds, plan->fastest_seconds);
	fprintf(stderr, "%s: no plan keeps the bound of %g s: %s\n", cli->name, request->seconds_max, buf_text(&why));
	buf_release(&why);
	return CLI_INFEASIBLE;
}

/* The plan for the tools that deploy it. */
static int hand_over(struct cli *cli, const struct study *study, const struct plan_request *request,
		     const struct workflow_plan *plan)
{
	const struct workflow_trial *best = &plan->best;
	return plan_emit_write(cli, &(struct plan_to_emit){
					    .experiment = study->experiment.name,
					    .request = request,
					    .setting = best->setting,
					    .result = &best->result,
					    .seconds = best->seconds,
					    .usd = best->usd,
				    });
}

int plan_workflow(struct cli *cli, const struct study *study, const struct plan_request *request)
{
	struct workflow_plan plan;
	struct diag diag;
	diag_init(&diag);
	int status = result_file_try(cli, options_text(&cli->options, "certificate"));
	if (status != CLI_OK)
		return status;
	enum plan_end end = workflow_plan_run(request, &cli->arena, &diag, &plan);
	status = cli_report(cli, &diag);
	diag_release(&diag);
	if (end == PLAN_REFUSED)
		return status;
	if (end == PLAN_INTERRUPTED) {
		fprintf(stderr, "%s: interrupted\n", cli->name);
		return CLI_FAILED;
	}
	if (end == PLAN_INFEASIBLE)
		return say_infeasible(cli, request, &plan);
	status = plan_emit_replaces_report(cli) ? write_certificate(cli, &plan)
						: print_found(cli, study, request, &plan);
	return status == CLI_OK ? hand_over(cli, study, request, &plan) : status;
}
