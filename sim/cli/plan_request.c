#include "cli/plan_request.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "report/figure.h"

static const struct {
	const char *name;
	const char *metric;
	double quantile;
} latencies[] = {
	{"mean", "record_seconds", 0},
	{"p50", "record_p50_seconds", 0.5},
	{"p95", "record_p95_seconds", 0.95},
	{"p99", "record_p99_seconds", 0.99},
};

static struct diag_place at_option(const char *option)
{
	return (struct diag_place){.file = option};
}

/* "p95=SECONDS" */
static void read_latency(const char *text, struct plan_request *out, struct diag *diag)
{
	const char *equals = strchr(text, '=');
	size_t length = equals ? (size_t)(equals - text) : strlen(text);
	const char *metric = NULL;
	for (size_t i = 0; i < ARRAY_LEN(latencies); i++) {
		if (strlen(latencies[i].name) != length || strncmp(latencies[i].name, text, length) != 0)
			continue;
		metric = latencies[i].metric;
		out->quantile = latencies[i].quantile;
	}
	if (!equals || !metric) {
		diag_error(diag, at_option("--latency"),
			   "'%s' is not p95=SECONDS (mean, p50, p95 and p99 can be bounded)", text);
		return;
	}
	out->seconds_metric = metric;
	if (!num_parse_double(equals + 1, &out->seconds_max) || !(out->seconds_max > 0) || !isfinite(out->seconds_max))
		diag_error(diag, at_option("--latency"), "'%s' must be a number of seconds above 0", equals + 1);
}

/* What is planned of a workflow is its memories; what is planned of a chain has no instance to write down. */
static void check_workflow(const struct cli *cli, bool is_workflow, struct diag *diag)
{
	static const char *const of_chains[] = {"current", "pareto", "report", "split"};
	if (!is_workflow && options_given(&cli->options, "certificate"))
		diag_error(diag, at_option("--certificate"), "is written for the plan of a workflow");
	for (size_t i = 0; is_workflow && i < ARRAY_LEN(of_chains); i++)
		if (options_given(&cli->options, of_chains[i]))
			diag_error(diag, at_option(arena_printf(&diag->arena, "--%s", of_chains[i])),
				   "is for a chain of functions, not for a workflow");
}

static void check_together(const struct cli *cli, const struct plan_request *request, struct diag *diag)
{
	const struct options *options = &cli->options;
	bool is_known = plan_strategy_known(request->strategy) != KNOWN_PLANS;
	if (options_given(options, "balanced-weight") && request->strategy != STRATEGY_BALANCED)
		diag_error(diag, at_option("--balanced-weight"), "counts with --strategy balanced only, not '%s'",
			   plan_strategy_names[request->strategy]);
	if (is_known && options_given(options, "split"))
		diag_error(diag, at_option("--split"), "strategy '%s' keeps the experiment's own functions",
			   plan_strategy_names[request->strategy]);
	if (is_known && options_given(options, "pareto"))
		diag_error(diag, at_option("--pareto"), "strategy '%s' is one point and has no front",
			   plan_strategy_names[request->strategy]);
	if (options_given(options, "output") && !figure_name_is_right(options_text(options, "output")))
		diag_error(diag, at_option("--output"),
			   "a name of files is needed, without control characters and not of a folder");
}

/*
 * A bound says what is scarce: with a deadline money is saved, with a budget time. Without, a chain's plan weighs them
 * and a workflow's, which is never balanced, saves time.
 */
static enum plan_strategy default_strategy(const struct options *options, bool is_workflow)
{
	if (options_given(options, "deadline") || options_given(options, "latency"))
		return STRATEGY_COST;
	return options_given(options, "budget") || is_workflow ? STRATEGY_SPEED : STRATEGY_BALANCED;
}

bool plan_request_read_bounds(const struct cli *cli, bool is_served, struct plan_request *out, struct diag *diag)
{
	const struct options *options = &cli->options;
	size_t errors_before = diag->error_count;
	*out = (struct plan_request){
		.seconds_max = options_double(options, "deadline"),
		.usd_max = options_double(options, "budget"),
		.quantile = 0.95,
		.seconds_metric = is_served ? "record_p95_seconds" : "makespan_seconds",
		.strategy = default_strategy(options, false),
		.headroom = options_double(options, "headroom") / 100,
		.share = options_double(options, "share") / 100,
	};
	if (options_given(options, "latency"))
		read_latency(options_text(options, "latency"), out, diag);
	if (options_given(options, "deadline") && is_served)
		diag_error(
			diag, at_option("--deadline"),
			"requests come over time and have no common end; bound their latency (--latency p95=SECONDS)");
	if (options_given(options, "latency") && !is_served)
		diag_error(diag, at_option("--latency"),
			   "all records are there at once; bound the time of the whole batch (--deadline SECONDS)");
	return diag->error_count == errors_before;
}

bool plan_request_read(const struct cli *cli, bool is_served, bool is_workflow, struct plan_request *out,
		       struct diag *diag)
{
	const struct options *options = &cli->options;
	size_t errors_before = diag->error_count;
	plan_request_read_bounds(cli, is_served, out, diag);
	out->strategy = default_strategy(options, is_workflow);
	out->cost_weight = options_double(options, "balanced-weight");
	out->runs_per_month = options_double(options, "runs-per-month");
	out->wants_split = options_flag(options, "split");
	out->wants_more = !options_flag(options, "quick");
	if (options_given(options, "strategy"))
		out->strategy = (enum plan_strategy)options_choice(options, "strategy");
	check_together(cli, out, diag);
	check_workflow(cli, is_workflow, diag);
	return diag->error_count == errors_before;
}
