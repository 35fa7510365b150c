#include "cli/plan_shared.h"

#include <math.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/num.h"
#include "cli/experiment_options.h"
#include "cli/result_file.h"
#include "cli/table.h"
#include "compare/measurement.h"
#include "plan/shared_plan.h"

static const struct table_column columns[] = {
	{.name = "function"},
	{.name = "memory_mb", .heading = "memory MB", .align = TABLE_RIGHT},
	{.name = "requests_per_instance", .heading = "requests at once", .align = TABLE_RIGHT},
	{.name = "now_mb", .heading = "now MB", .align = TABLE_RIGHT},
	{.name = "now_requests_per_instance", .heading = "now at once", .align = TABLE_RIGHT},
};

bool plan_shared_is_due(const struct setting *setting)
{
	return setting->platform->kind == PLATFORM_FUNCTIONS && !setting->graph && !setting_is_polled(setting) &&
	       setting_has_instances(setting);
}

static void add_choice(struct table *table, const struct setting *setting, size_t function)
{
	int64_t requests = setting->functions[function].sandbox.requests_max;
	table_int(table, setting->functions[function].memory_mb);
	table_int(table, requests > 1 ? requests : 1);
}

static void fill_functions(struct table *table, const struct setting *best, const struct setting *now)
{
	table_init(table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < best->function_count; i++) {
		table_text(table, best->functions[i].name);
		add_choice(table, best, i);
		add_choice(table, now, i);
		table_end_row(table);
	}
}

/* What is made of other plans alone. */
static void check_options(const struct cli *cli, struct diag *diag)
{
	static const char *const of_alone[] = {"split", "pareto", "report", "emit", "current"};
	for (size_t i = 0; i < ARRAY_LEN(of_alone); i++)
		if (options_given(&cli->options, of_alone[i]))
			diag_error(diag, (struct diag_place){.file = arena_printf(&diag->arena, "--%s", of_alone[i])},
				   "is for plans in which each request has a sandbox to itself");
}

/* As many requests in all as make a steady figure, in three to twenty replications. */
static int64_t replications_of(const struct plan_request *request, double rate_per_second)
{
	static const double REQUESTS = 300000;
	double seconds = seconds_from_ns(request->setting->arrivals.duration_ns);
	double requests = seconds > 0 ? rate_per_second * seconds : (double)request->setting->records;
	if (request->replications > 0)
		return request->replications;
	return (int64_t)fmin(20, fmax(3, floor(REQUESTS / fmax(requests, 1))));
}

static int say_infeasible(const struct cli *cli, const struct plan_request *request, const struct shared_plan *plan,
			  double rate_per_second)
{
	struct setting *best = plan->best.setting;
	if (!best) {
		fprintf(stderr, "%s: no size that is sold holds the work\n", cli->name);
		return CLI_INFEASIBLE;
	}
	bool is_served = best->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	double least = is_served ? slice_instances_least(best, rate_per_second) : 0;
	fprintf(stderr, "%s: no plan keeps the bounds in %.4g %% of replications: ", cli->name, 100 * request->share);
	if (least > (double)best->platform->limits.concurrency)
		fprintf(stderr, "%.0f instances are always busy, and limits.concurrency is %lld\n", ceil(least),
			(long long)best->platform->limits.concurrency);
	else if (!trial_works(&plan->best))
		fprintf(stderr, "at the nearest of %zu settings not all requests are served\n", plan->tried);
	else
		fprintf(stderr, "the nearest of %zu settings takes %.4g s and costs %.4g USD\n", plan->tried,
			plan->best.seconds_at, plan->best.usd_at);
	return CLI_INFEASIBLE;
}

static void render_text(const struct study *study, const struct plan_request *request, const struct shared_plan *plan,
			struct table *table, struct buf *out)
{
	const struct trial *best = &plan->best;
	bool is_sliced = slice_is_due(best->setting);
	table_render(table, TABLE_TEXT, out);
	buf_printf(out, "\n%s: %s of %.4g s and %.4g USD a run%s.\n", study->experiment.name, request->seconds_metric,
		   best->seconds, best->usd, is_sliced ? ", as in the middle of traffic that goes on" : "");
	buf_printf(
		out,
		"The best of %zu settings, each simulated once, the best few in %lld replications: what is not among "
		"them is not proved to be worse.\n",
		plan->tried, (long long)best->result.replications);
}

static void render_json(const struct study *study, const struct plan_request *request, const struct shared_plan *plan,
			struct table *table, struct buf *out)
{
	struct json json;
	json_document_begin(&json, out);
	experiment_options_write_head(study->experiment.name, request->setting->platform->name, &json);
	json_field_int(&json, "seed", (int64_t)request->seed);
	json_key(&json, "functions");
	table_write_json(table, &json);
	json_field_text(&json, "seconds_metric", request->seconds_metric);
	json_field_double(&json, "seconds", plan->best.seconds);
	json_field_double(&json, "usd", plan->best.usd);
	json_field_int(&json, "settings_tried", (int64_t)plan->tried);
	json_field_int(&json, "replications", plan->best.result.replications);
	json_document_end(&json);
}

static int print_found(struct cli *cli, const struct study *study, const struct plan_request *request,
		       const struct shared_plan *plan)
{
	const char *path = options_text(&cli->options, "output");
	enum table_format format = cli_format_of(cli, path);
	struct table table;
	struct buf out;
	buf_init(&out);
	fill_functions(&table, plan->best.setting, request->setting);
	if (format == TABLE_TEXT)
		render_text(study, request, plan, &table, &out);
	else if (format == TABLE_JSON)
		render_json(study, request, plan, &table, &out);
	else
		table_render(&table, TABLE_CSV, &out);
	int status = result_file_write(cli, path, &out);
	table_release(&table);
	buf_release(&out);
	return status;
}

int plan_shared(struct cli *cli, const struct study *study, const struct plan_request *request)
{
	struct shared_plan plan;
	struct plan_request own = *request;
	struct diag diag;
	double rate = measurement_load(request->setting);
	diag_init(&diag);
	check_options(cli, &diag);
	own.replications = replications_of(request, rate);
	enum plan_end end =
		diag.error_count > 0 ? PLAN_REFUSED : shared_plan_run(&own, rate, &cli->arena, &diag, &plan);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	if (end == PLAN_REFUSED)
		return status;
	if (end == PLAN_INTERRUPTED) {
		fprintf(stderr, "%s: interrupted\n", cli->name);
		return CLI_FAILED;
	}
	return end == PLAN_INFEASIBLE ? say_infeasible(cli, request, &plan, rate)
				      : print_found(cli, study, request, &plan);
}
