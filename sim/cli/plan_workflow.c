#include "cli/plan_workflow.h"

#include <math.h>
#include <string.h>

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
		table_int(table, plan->best.setting->functions[f].memory_mb);
		table_int(table, plan->now.setting->functions[f].memory_mb);
		table_double(table, function->metrics[FUNCTION_METRIC_INVOCATIONS].mean);
		table_double(table, function->metrics[FUNCTION_METRIC_DURATION_MEAN_SECONDS].mean);
		add_place_on_path(table, result, f);
		table_end_row(table);
	}
}

static void say_trial(const struct trial *trial, const struct plan_request *request, const char *what, struct buf *out)
{
	buf_printf(out, "%s: %.4g s and %.4g USD a run", what, trial->seconds, trial->usd);
	if (trial->result.replications > 1 && request->share > 0)
		buf_printf(out, ", in %.4g %% of runs no more than %.4g s and %.4g USD", 100 * request->share,
			   trial->seconds_at, trial->usd_at);
	buf_add(out, trial_works(trial) ? "\n" : "; records fail\n");
}

static int64_t provisioned_of(const struct trial *trial, size_t function)
{
	return trial->setting->functions[function].sandbox.provisioned;
}

static bool emits_any(const struct cli *cli, const char *const *formats, size_t count)
{
	size_t emitted;
	const char *const *texts = options_list(&cli->options, "emit", &emitted);
	for (size_t i = 0; i < emitted; i++)
		for (size_t k = 0; k < count; k++)
			if (strncmp(texts[i], formats[k], strlen(formats[k])) == 0 &&
			    strchr("=", texts[i][strlen(formats[k])]))
				return true;
	return false;
}

/* Whether a key goes into a fragment that is emitted: functions' do, others into those of their resources. */
static bool is_emitted(const struct cli *cli, const struct workflow_plan *plan, const struct knob *knob)
{
	static const char *const of_machines[] = {"sam", "cloudformation", "serverless", "terraform-json"};
	static const char *const of_states[] = {"stepfunctions"};
	const char *resource = plan->best.setting->graph->resource;
	if (strcmp(knob->label, "workflow.kind") == 0)
		return resource && resource[0] && emits_any(cli, of_machines, ARRAY_LEN(of_machines));
	if (strstr(knob->label, ".map."))
		return emits_any(cli, of_states, ARRAY_LEN(of_states));
	return strncmp(knob->label, "functions.", strlen("functions.")) == 0;
}

/* Adds the keys that the plan sets beside memory, as --set takes them: all, or those that cli does not emit. */
static void say_layout(const struct workflow_plan *plan, const struct cli *cli, struct buf *out)
{
	const char *before = "Beside memory:";
	for (size_t i = 0; i < plan->knobs.count; i++) {
		const struct knob *knob = &plan->knobs.items[i];
		size_t at = plan->layout.at[i];
		if (at == 0 || (cli && is_emitted(cli, plan, knob)))
			continue;
		buf_printf(out, "%s %s=%s (now %s)", before, knob->label, knob->values[at], knob->values[0]);
		before = ",";
	}
	for (size_t f = 0; !cli && f < plan->best.setting->function_count; f++) {
		if (provisioned_of(&plan->best, f) == provisioned_of(&plan->now, f))
			continue;
		buf_printf(out, "%s functions.%s.provisioned_concurrency=%lld (now %lld)", before,
			   plan->best.setting->functions[f].name, (long long)provisioned_of(&plan->best, f),
			   (long long)provisioned_of(&plan->now, f));
		before = ",";
	}
	if (before[0] == ',')
		buf_add(out, ".\n");
}

static bool is_optimal_in_model(const struct workflow_plan *plan)
{
	return plan->is_proven && plan->doubt <= PLANNER_DEVIATION;
}

static void say_proof(const struct workflow_plan *plan, struct buf *out)
{
	if (plan->is_exhausted) {
		buf_printf(out, "Optimal: of %lld plans, %lld cost too much, and all others were simulated.\n",
			   (long long)plan->plans, (long long)(plan->plans - plan->plans_simulated));
		return;
	}
	buf_printf(out, "%s: ", is_optimal_in_model(plan) ? "Optimal in the model" : "The best that was found");
	if (plan->doubt > PLANNER_DEVIATION)
		buf_printf(out, "a simulation takes %.2g %% less than the model, which was to be below all; ",
			   100 * plan->doubt / (1 + plan->doubt));
	buf_printf(out,
		   "with other memories, a run that keeps the bounds costs no less than %.4g USD in the model of "
		   "its critical paths.\n",
		   plan->bound_usd);
}

static void say_search(const struct workflow_plan *plan, struct buf *out)
{
	say_proof(plan, out);
	if (plan->knobs.count > 0)
		buf_printf(out, "Of %lld ways to set the rest, %lld were simulated, %lld are refused%s.\n",
			   (long long)plan->layouts, (long long)plan->layouts_tried, (long long)plan->layouts_refused,
			   plan->is_whole && !plan->is_exhausted ? "; none can be better in the model" : "");
	buf_printf(
		out,
		"In the mean, without luck: %.4g s a record and %.4g USD of its calls; nothing as fast costs less than "
		"%.4g USD%s.\n",
		plan->mean_seconds, plan->mean_usd, plan->least.bound_usd,
		plan->least.is_proven ? "" : ", as far as was looked");
}

static void render_text(const struct workflow_plan *plan, const struct study *study, const struct plan_request *request,
			const struct table *table, struct buf *out)
{
	bool is_cheapest = request->strategy == STRATEGY_COST;
	experiment_options_describe(study, plan->best.setting, out);
	buf_add(out, is_cheapest ? "cheapest" : "fastest, and then cheapest");
	if (request->seconds_max > 0)
		buf_printf(out, " within %.6g s of %s", request->seconds_max, request->seconds_metric);
	if (request->usd_max > 0)
		buf_printf(out, " within %.6g USD a run", request->usd_max);
	buf_printf(out, ", lamina %s\n\n", lamina_version());
	table_render(table, TABLE_TEXT, out);
	buf_add_char(out, '\n');
	say_layout(plan, NULL, out);
	say_trial(&plan->best, request, "Simulated", out);
	say_trial(&plan->now, request, "As it is now", out);
	say_search(plan, out);
}

static void write_trial(const struct trial *trial, const char *name, struct json *json)
{
	json_key(json, name);
	json_object_begin(json);
	json_field_double(json, "seconds", trial->seconds);
	json_field_double(json, "seconds_at_share", trial->seconds_at);
	json_field_double(json, "usd", trial->usd);
	json_field_double(json, "usd_at_share", trial->usd_at);
	json_key(json, "fails");
	json_bool(json, !trial_works(trial));
	json_object_end(json);
}

static void write_layout(const struct workflow_plan *plan, struct json *json)
{
	json_key(json, "set");
	json_object_begin(json);
	for (size_t i = 0; i < plan->knobs.count; i++) {
		const struct knob *knob = &plan->knobs.items[i];
		for (size_t k = 0; plan->layout.at[i] > 0 && k < knob->key_count; k++)
			json_field_text(json, knob->keys[k], knob->values[plan->layout.at[i]]);
	}
	for (size_t f = 0; f < plan->best.setting->function_count; f++) {
		char key[200];
		snprintf(key, sizeof key, "functions.%s.provisioned_concurrency",
			 plan->best.setting->functions[f].name);
		if (provisioned_of(&plan->best, f) != provisioned_of(&plan->now, f))
			json_field_int(json, key, provisioned_of(&plan->best, f));
	}
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
	write_layout(plan, &json);
	write_trial(&plan->best, "simulated", &json);
	write_trial(&plan->now, "now", &json);
	json_field_double(&json, "doubt", plan->doubt);
	json_field_double(&json, "bound_usd", plan->bound_usd);
	json_key(&json, "is_optimal_in_model");
	json_bool(&json, is_optimal_in_model(plan));
	json_key(&json, "is_optimal");
	json_bool(&json, plan->is_exhausted);
	json_field_int(&json, "plans", plan->plans);
	json_field_int(&json, "plans_simulated", plan->plans_simulated);
	json_field_int(&json, "layouts", plan->layouts);
	json_field_int(&json, "layouts_simulated", plan->layouts_tried);
	json_field_double(&json, "mean_seconds", plan->mean_seconds);
	json_field_double(&json, "mean_usd", plan->mean_usd);
	json_field_double(&json, "mean_bound_usd", plan->least.bound_usd);
	json_document_end(&json);
}

static int write_certificate(struct cli *cli, const struct workflow_plan *plan)
{
	const char *path = options_text(&cli->options, "certificate");
	struct buf text;
	if (!path)
		return CLI_OK;
	buf_init(&text);
	sp_write_lp(&plan->graph, plan->mean_seconds, &text);
	int status = result_file_write(cli, path, &text);
	buf_release(&text);
	return status;
}

static int print_found(struct cli *cli, const struct study *study, const struct plan_request *request,
		       const struct workflow_plan *plan)
{
	const char *path = options_text(&cli->options, "output");
	enum table_format format = cli_format_of(cli, path);
	struct table table;
	struct buf out;
	buf_init(&out);
	fill_functions(&table, plan);
	if (format == TABLE_TEXT)
		render_text(plan, study, request, &table, &out);
	else if (format == TABLE_JSON)
		render_json(plan, study, request, &table, &out);
	else
		table_render(&table, TABLE_CSV, &out);
	int status = result_file_write(cli, path, &out);
	table_release(&table);
	buf_release(&out);
	return status == CLI_OK ? write_certificate(cli, plan) : status;
}

static int say_infeasible(const struct cli *cli, const struct plan_request *request, const struct workflow_plan *plan)
{
	struct buf why;
	buf_init(&why);
	fprintf(stderr, "%s: no plan keeps the bounds in %.4g %% of replications: ", cli->name, 100 * request->share);
	if (!trial_works(&plan->best))
		failures_describe(plan->best.setting, &plan->best.result, &why);
	else
		buf_printf(&why, "what comes nearest takes %.4g s and costs %.4g USD", plan->best.seconds_at,
			   plan->best.usd_at);
	fprintf(stderr, "%s\n", buf_text(&why));
	buf_release(&why);
	return CLI_INFEASIBLE;
}

/* What the plan rests on and no fragment has must be set by hand. */
static void say_what_is_not_emitted(const struct cli *cli, const struct workflow_plan *plan)
{
	struct buf text;
	size_t count;
	options_list(&cli->options, "emit", &count);
	buf_init(&text);
	say_layout(plan, cli, &text);
	if (text.length > 0 && count > 0)
		fprintf(stderr, "%s: warning: the plan rests on more than what is emitted. %s", cli->name,
			buf_text(&text));
	buf_release(&text);
}

/* The plan for the tools that deploy it. */
static int hand_over(struct cli *cli, const struct study *study, const struct plan_request *request,
		     const struct workflow_plan *plan)
{
	const struct trial *best = &plan->best;
	say_what_is_not_emitted(cli, plan);
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
	int status = result_file_try(cli, options_text(&cli->options, "certificate"));
	if (status != CLI_OK)
		return status;
	diag_init(&diag);
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
