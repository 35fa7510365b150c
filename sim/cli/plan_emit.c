#include "cli/plan_emit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/version.h"
#include "cli/experiment_options.h"
#include "cli/result_file.h"
#include "compare/measurement.h"
#include "deploy/current.h"
#include "deploy/emit.h"

enum { FORMATS_MAX = 16 };

/* "sam=template.yaml": the format, or NULL, and the file, or NULL for standard output. */
static const struct emit_format *parse_emit(const char *text, struct arena *arena, const char **file)
{
	const char *equals = strchr(text, '=');
	*file = equals && strcmp(equals + 1, "-") != 0 ? equals + 1 : NULL;
	return emit_find(equals ? arena_strndup(arena, text, (size_t)(equals - text)) : text);
}

static void unknown_format(const char *text, struct diag *diag)
{
	const char *names[FORMATS_MAX];
	size_t count = 0;
	struct buf all;
	buf_init(&all);
	for (; emit_formats[count].name; count++) {
		CHECK(count < FORMATS_MAX);
		names[count] = emit_formats[count].name;
		buf_printf(&all, "%s%s", count > 0 ? ", " : "", names[count]);
	}
	const char *word = arena_strndup(&diag->arena, text, strcspn(text, "="));
	const char *meant = did_you_mean(word, names, count);
	struct diag_place place = {.file = "--emit"};
	if (meant)
		diag_error(diag, place, "there is no format '%s'; did you mean '%s'?", diag_excerpt(word, &diag->arena),
			   meant);
	else
		diag_error(diag, place, "there is no format '%s'; there are %s", diag_excerpt(word, &diag->arena),
			   buf_text(&all));
	buf_release(&all);
}

bool plan_emit_check(const struct cli *cli, struct diag *diag)
{
	size_t count;
	size_t to_output = 0;
	size_t errors_before = diag->error_count;
	const char *const *texts = options_list(&cli->options, "emit", &count);
	for (size_t i = 0; i < count; i++) {
		const char *file;
		if (!parse_emit(texts[i], &diag->arena, &file))
			unknown_format(texts[i], diag);
		else if (file && file[0] == '\0')
			diag_error(diag, (struct diag_place){.file = "--emit"}, "'%s' names no file behind '='",
				   diag_excerpt(texts[i], &diag->arena));
		to_output += !file;
	}
	if (to_output > 1)
		diag_error(diag, (struct diag_place){.file = "--emit"},
			   "only one fragment can go to standard output; give files to the others (FORMAT=FILE)");
	return diag->error_count == errors_before;
}

int plan_emit_try(const struct cli *cli)
{
	size_t count;
	const char *const *texts = options_list(&cli->options, "emit", &count);
	for (size_t i = 0; i < count; i++) {
		const char *equals = strchr(texts[i], '=');
		if (equals && result_file_try(cli, equals + 1) != CLI_OK)
			return CLI_FAILED;
	}
	return CLI_OK;
}

bool plan_emit_replaces_report(const struct cli *cli)
{
	size_t count;
	bool has_own_file = options_given(&cli->options, "output");
	const char *const *texts = options_list(&cli->options, "emit", &count);
	for (size_t i = 0; i < count && !has_own_file; i++) {
		const char *equals = strchr(texts[i], '=');
		if (!equals || strcmp(equals + 1, "-") == 0)
			return true;
	}
	return false;
}

static double runs_per_month(const struct plan_to_emit *plan)
{
	if (plan->request->runs_per_month > 0)
		return plan->request->runs_per_month;
	bool is_served = plan->setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	return is_served ? measurement_runs_per_month(plan->setting) : 1;
}

/*
 * What is emitted runs on Step Functions as they are, also where the simulated platform is from before their maps or
 * has none: where it states no limit of theirs, today's holds.
 */
static const struct platform_workflow *service_of(const struct plan_to_emit *plan)
{
	const struct platform_workflow *own = &plan->setting->platform->workflow;
	if (own->inline_map_limit > 0)
		return own;
	struct diag diag;
	diag_init(&diag);
	const struct platform *today =
		library_platform(plan->request->library, "aws-lambda", NULL, (struct diag_place){.file = ""}, &diag);
	diag_release(&diag);
	return today ? &today->workflow : own;
}

static struct deployment deployment_of(const struct plan_to_emit *plan, struct arena *arena)
{
	struct deployment deployment;
	double runs = runs_per_month(plan);
	double *calls = ARENA_ARRAY(arena, double, plan->setting->function_count);
	for (size_t i = 0; i < plan->setting->function_count; i++)
		calls[i] = runs * plan->result->functions[i].metrics[FUNCTION_METRIC_INVOCATIONS].mean;
	deployment_init(&deployment, plan->setting, calls, arena);
	deployment.service = service_of(plan);
	deployment.experiment = plan->experiment;
	deployment.version = lamina_version();
	deployment.strategy = plan_strategy_names[plan->request->strategy];
	deployment.seconds_metric = plan->request->seconds_metric;
	deployment.seconds = plan->seconds;
	deployment.cost_usd = plan->usd;
	deployment.monthly_requests = llround(fmin(runs * plan->result->metrics[METRIC_COMPLETED_RECORDS].mean, 1e18));
	return deployment;
}

int plan_emit_write(struct cli *cli, const struct plan_to_emit *plan)
{
	const struct deployment deployment = deployment_of(plan, &cli->arena);
	size_t count;
	int status = CLI_OK;
	const char *const *texts = options_list(&cli->options, "emit", &count);
	for (size_t i = 0; i < count; i++) {
		const char *file;
		struct buf out;
		buf_init(&out);
		parse_emit(texts[i], &cli->arena, &file)->write(&deployment, &cli->arena, &out);
		if (result_file_write(cli, file, &out) != CLI_OK)
			status = CLI_FAILED;
		buf_release(&out);
	}
	return status;
}

int plan_emit_load(struct cli *cli, const char *path, struct study *out, const char **stated)
{
	*stated = "";
	const char *file = options_text(&cli->options, "current");
	int status = experiment_options_load(cli, path, false, out);
	if (status != CLI_OK || !file)
		return status;
	const struct setting *setting = out->jobs[0].setting;
	const char **names = ARENA_ARRAY(&cli->arena, const char *, setting->function_count);
	for (size_t i = 0; i < setting->function_count; i++)
		names[i] = setting->functions[i].name;
	struct diag diag;
	struct current current;
	bool io_failed;
	diag_init(&diag);
	bool ok = current_read(file, names, setting->function_count, &cli->arena, &diag, &current, &io_failed);
	if (ok && setting->platform->cpu.arm64_speed == 0)
		current_forget_arm64(&current, &diag);
	if (ok)
		current_forget_snapshots(&current, setting, &diag);
	status = cli_report(cli, &diag);
	diag_release(&diag);
	if (!ok)
		return io_failed ? CLI_FAILED : status;
	*stated = current_lacking(&current, &cli->arena);
	return experiment_options_load_over(cli, path, false, current_overlay(&current, &cli->arena), out);
}
