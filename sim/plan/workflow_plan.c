#include "plan/workflow_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "plan/planner.h"
#include "plan/stage.h"
#include "plan/workflow_exhaustive.h"
#include "plan/workflow_neighbours.h"
#include "plan/workflow_provision.h"

static bool check_request(const struct plan_request *request, struct diag *diag)
{
	struct diag_place place = {.file = "lamina plan"};
	bool is_cost_or_speed = request->strategy == STRATEGY_COST || request->strategy == STRATEGY_SPEED;
	size_t errors_before = diag->error_count;
	if (!is_cost_or_speed)
		diag_error(diag, place, "a workflow is planned for cost or speed, not by strategy '%s'",
			   plan_strategy_names[request->strategy]);
	if (setting_has_instances(request->setting))
		diag_error(diag, bind_place(request->experiment->root, "platform"),
			   "a plan's bounds hold where each request has a sandbox to itself; compare shared ones with "
			   "'lamina sweep'");
	return diag->error_count == errors_before;
}

/* --- all layouts --- */

/* Smaller batches are more of them, for which the map around has room with its largest concurrency. */
static void try_widest(struct workflow_search *search, const struct layout *layout, size_t knob)
{
	const struct knobs *knobs = &search->out->knobs;
	if (knobs->items[knob].widened_by < 0)
		return;
	struct layout wide = *layout;
	size_t by = (size_t)knobs->items[knob].widened_by;
	wide.at[by] = knobs->items[by].widest;
	workflow_try_layout(search, &wide);
}

/* Each key by itself, until none has a better value. */
static void try_keys(struct workflow_search *search)
{
	const struct knobs *knobs = &search->out->knobs;
	size_t unchanged = 0;
	for (size_t i = 0; unchanged < knobs->count && search->tried_count < WORKFLOW_LAYOUTS_MAX;
	     i = (i + 1) % knobs->count) {
		struct layout before = search->out->layout;
		struct layout layout = before;
		for (layout.at[i] = 0; layout.at[i] < knobs->items[i].value_count; layout.at[i]++) {
			workflow_try_layout(search, &layout);
			try_widest(search, &layout, i);
		}
		bool is_same = layout_equal(knobs, &before, &search->out->layout);
		unchanged = is_same ? unchanged + 1 : 1;
		if (workflow_search_is_spent(search))
			return;
	}
}

static void try_all_layouts(struct workflow_search *search)
{
	struct workflow_plan *out = search->out;
	out->layouts = knobs_product(&out->knobs, INT64_MAX / KNOB_VALUES_MAX);
	if (out->layouts > WORKFLOW_LAYOUTS_ALL) {
		try_keys(search);
		return;
	}
	for (struct layout layout = {{0}}; layout_next(&out->knobs, &layout);)
		workflow_try_layout(search, &layout);
	out->is_whole = !search->is_cut;
}

/* --- the plan --- */

/* What the plan is in the mean, and whether another one as fast is cheaper there. */
static void look_at_mean(const struct workflow_search *search)
{
	struct workflow_plan *out = search->out;
	struct workflow_attempt attempt;
	struct workflow_search again = *search;
	if (!workflow_attempt_init(&attempt, &again, &out->layout))
		return;
	out->graph = attempt.model.graph;
	out->mean_seconds = sp_seconds(&out->graph, attempt.options);
	out->mean_usd = sp_usd(&out->graph, attempt.options);
	sp_solve(&out->graph, out->mean_seconds, search->control.arena, &out->least);
}

/* What no run has called keeps the size that it has, where that holds it: nothing was learnt of it. */
static void keep_uncalled(const struct workflow_search *search)
{
	struct trial *best = &search->out->best;
	struct setting *setting = setting_copy(best->setting, search->control.arena);
	for (size_t f = 0; f < setting->function_count; f++) {
		int64_t now_mb = search->request->setting->functions[f].memory_mb;
		struct stage stage;
		stage_init(&stage, setting, f);
		bool is_called = best->result.functions[f].metrics[FUNCTION_METRIC_INVOCATIONS].mean > 0;
		if (!is_called && stage.memory_floor_mb <= (double)now_mb)
			setting->functions[f].memory_mb = now_mb;
	}
	best->setting = setting;
}

static struct trial_control control_of(const struct plan_request *request, struct arena *arena)
{
	const struct setting *setting = request->setting;
	int64_t usual = trial_replications(setting);
	return (struct trial_control){
		.seconds_metric = outcome_find_metric(request->seconds_metric),
		.seed = request->seed,
		.replications = request->replications > 0 ? request->replications : usual,
		.runs_per_month = request->runs_per_month,
		.share = request->share,
		.failing_share = 1 - request->share,
		.run = request->run,
		.arena = arena,
	};
}

enum plan_end workflow_plan_run(const struct plan_request *request, struct arena *arena, struct diag *diag,
				struct workflow_plan *out)
{
	*out = (struct workflow_plan){.is_proven = false};
	if (!check_request(request, diag))
		return PLAN_REFUSED;
	struct workflow_search search = {
		.request = request,
		.control = control_of(request, arena),
		.diag = diag,
		.tried = ARENA_ARRAY(arena, struct layout, WORKFLOW_LAYOUTS_MAX),
		.out = out,
	};
	size_t errors_before = diag->error_count;
	knobs_init(&out->knobs, request, arena);
	workflow_try_setting(&search, request->setting, &out->now);
	workflow_try_layout(&search, &(struct layout){{0}});
	if (diag->error_count != errors_before)
		return PLAN_REFUSED;
	try_all_layouts(&search);
	if (search.is_interrupted)
		return PLAN_INTERRUPTED;
	workflow_exhaustive(&search);
	workflow_neighbours(&search);
	workflow_provision(&search);
	if (search.is_interrupted)
		return PLAN_INTERRUPTED;
	keep_uncalled(&search);
	look_at_mean(&search);
	return workflow_keeps(&out->best, request) ? PLAN_FOUND : PLAN_INFEASIBLE;
}
