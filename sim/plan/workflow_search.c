#include "plan/workflow_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

/* --- which of two trials is better --- */

bool workflow_keeps(const struct trial *trial, const struct plan_request *request)
{
	return trial_works(trial) && (request->seconds_max == 0 || trial->seconds_at <= request->seconds_max) &&
	       (request->usd_max == 0 || trial->usd_at <= request->usd_max);
}

/* By how much the worse bound is missed; 1: not at all. */
static double miss(const struct trial *trial, const struct plan_request *request)
{
	double by_time = request->seconds_max > 0 ? trial->seconds_at / request->seconds_max : 0;
	double by_usd = request->usd_max > 0 ? trial->usd_at / request->usd_max : 0;
	return trial_works(trial) ? fmax(1, fmax(by_time, by_usd)) : HUGE_VAL;
}

bool workflow_wants_least_cost(const struct plan_request *request)
{
	return request->strategy == STRATEGY_COST;
}

/* Times this close are equal. */
static const double EQUAL_TIMES = 1e-6;

/* Another layout is better where it is by this much: nobody changes what runs for less. */
static const double CHANGE_PAYS = 0.005;

bool workflow_is_better(const struct trial *trial, const struct trial *than, double by,
			const struct plan_request *request)
{
	double missed = miss(trial, request);
	if (!than->setting || missed != miss(than, request))
		return !than->setting || missed < miss(than, request);
	bool takes_as_long = fabs(trial->seconds_at - than->seconds_at) <= fmax(EQUAL_TIMES, by) * than->seconds_at;
	if (workflow_wants_least_cost(request) || takes_as_long)
		return trial->usd < than->usd * (1 - by);
	return trial->seconds_at < than->seconds_at;
}

/* --- one layout --- */

enum {
	ROUNDS_FIRST = 14,     /* simulations of the first layout */
	ROUNDS_OTHER = 8,      /* and of others */
	ROUNDS_UNTIL_WARY = 3, /* so many misses until more is kept free */
};

/* What is no better than this is not looked for. */
static const double WORTH_WHILE = 1e-4;

/* No other layout is simulated after so many visits. */
static const double VISITS_MAX = 2e7;

/* The option next to the memory from above; else the largest. */
static size_t option_of(const struct workflow_model *model, size_t function, int64_t memory_mb)
{
	const int64_t *sizes_mb = model->sizes_mb[function];
	size_t best = 0;
	for (size_t i = 1; i < model->graph.functions[function].count; i++)
		if (llabs(sizes_mb[i] - memory_mb) < llabs(sizes_mb[best] - memory_mb))
			best = i;
	return best;
}

void workflow_try_setting(struct workflow_search *search, const struct setting *setting, struct trial *out)
{
	*out = (struct trial){.setting = setting_copy(setting, search->control.arena)};
	search->is_interrupted = !trial_run(out, 1, &search->control) || search->is_interrupted;
	if (!search->is_interrupted)
		search->visits +=
			run_result_metric(&out->result, METRIC_INVOCATIONS)->mean * (double)out->result.replications;
}

/* Where calls run out of time or memory, that function's slower options are none. */
static bool leave_out_failing(struct workflow_attempt *attempt, const struct trial *trial)
{
	bool is_changed = false;
	for (size_t f = 0; f < attempt->setting->function_count; f++) {
		const struct function_result *function = &trial->result.functions[f];
		double mendable = function->failures[FAILURE_TIMEOUT] + function->failures[FAILURE_MEMORY];
		if (mendable == 0 || attempt->options[f] == 0)
			continue;
		attempt->model.graph.functions[f].count = attempt->options[f];
		is_changed = true;
	}
	return is_changed;
}

/* Simulates the attempt's options and learns from it. False where there is no use in going on. */
bool workflow_try_options(struct workflow_attempt *attempt)
{
	struct workflow_search *search = attempt->search;
	const struct plan_request *request = search->request;
	struct workflow_plan *out = search->out;
	struct trial trial;
	struct path_point point;
	struct setting *setting = setting_copy(attempt->setting, search->control.arena);
	for (size_t f = 0; f < setting->function_count; f++)
		setting->functions[f].memory_mb = attempt->model.sizes_mb[f][attempt->options[f]];
	workflow_try_setting(search, setting, &trial);
	if (search->is_interrupted)
		return false;
	bool is_other = !layout_equal(&out->knobs, attempt->layout, &out->layout);
	if (workflow_is_better(&trial, &out->best, is_other ? CHANGE_PAYS : 0, request)) {
		out->best = trial;
		out->layout = *attempt->layout;
	}
	bool is_kept = workflow_keeps(&trial, request);
	attempt->has_kept = attempt->has_kept || is_kept;
	if (!trial_works(&trial) && leave_out_failing(attempt, &trial)) {
		path_model_init(&attempt->path, attempt->model.graph.functions, setting->function_count,
				search->control.arena);
		return true;
	}
	if (attempt->path.point_count == PATH_POINTS_MAX || trial.result.metrics[METRIC_COMPLETED_RECORDS].mean == 0)
		return false;
	workflow_model_learn(request, &attempt->model, &trial, attempt->options, search->control.arena, &point);
	path_model_add(&attempt->path, &point);
	double late = request->seconds_max > 0 ? trial.seconds_at / request->seconds_max - 1 : 0;
	if (late > 0 && ++attempt->misses > ROUNDS_UNTIL_WARY && !attempt->has_kept)
		attempt->seconds_max *= 1 - 1.5 * fmin(late, 0.1);
	return true;
}

bool workflow_was_tried(const struct path_model *path, const size_t *options)
{
	for (size_t k = 0; k < path->point_count; k++)
		if (memcmp(path->points[k].options, options, path->function_count * sizeof options[0]) == 0)
			return true;
	return false;
}

/* What the model has for best. */
void workflow_ask_model(const struct workflow_attempt *attempt, struct path_answer *out)
{
	const struct plan_request *request = attempt->search->request;
	double usd_max = request->usd_max > 0 ? request->usd_max : HUGE_VAL;
	if (workflow_wants_least_cost(request))
		path_model_cheapest(&attempt->path, attempt->seconds_max, out);
	else
		path_model_fastest(&attempt->path, usd_max, out);
	bool misses = !out->is_feasible && !workflow_keeps(&attempt->search->out->best, request);
	if (misses && workflow_wants_least_cost(request))
		path_model_fastest(&attempt->path, HUGE_VAL, out);
	else if (misses)
		path_model_cheapest(&attempt->path, HUGE_VAL, out);
}

/* Whether what the model has is no better than the best there is. */
bool workflow_is_beaten(const struct workflow_attempt *attempt, const struct path_answer *answer)
{
	const struct plan_request *request = attempt->search->request;
	const struct workflow_plan *out = attempt->search->out;
	const struct trial *best = &out->best;
	double by = layout_equal(&out->knobs, attempt->layout, &out->layout) ? WORTH_WHILE : CHANGE_PAYS;
	if (!answer->is_feasible)
		return true;
	if (!workflow_keeps(best, request))
		return false;
	if (workflow_wants_least_cost(request))
		return answer->bound_usd >= best->usd * (1 - by);
	bool is_as_fast = answer->seconds >= best->seconds_at * (1 - by);
	return is_as_fast && answer->bound_usd >= best->usd * (1 - by);
}

/* Whether less time than is allowed would cost less; else what the model says of time does not matter. */
static bool rests_on_time(const struct workflow_attempt *attempt)
{
	struct path_answer cheapest;
	if (!workflow_wants_least_cost(attempt->search->request) || attempt->path.point_count == 0)
		return true;
	path_model_cheapest(&attempt->path, HUGE_VAL, &cheapest);
	return attempt->search->out->best.usd > cheapest.bound_usd * (1 + WORTH_WHILE);
}

/* Asks the model and simulates what it has, until it has nothing better. */
static void follow_model(struct workflow_attempt *attempt, int rounds)
{
	struct workflow_search *search = attempt->search;
	struct path_answer answer = {.is_feasible = false};
	bool is_proven = false;
	for (int round = 0; round < rounds && !is_proven; round++) {
		if (attempt->path.point_count > 0) {
			workflow_ask_model(attempt, &answer);
			is_proven = workflow_is_beaten(attempt, &answer) ||
				    workflow_was_tried(&attempt->path, answer.options);
			if (is_proven)
				break;
			memcpy(attempt->options, answer.options,
			       attempt->setting->function_count * sizeof answer.options[0]);
		} else {
			memset(attempt->options, 0, attempt->setting->function_count * sizeof attempt->options[0]);
		}
		if (!workflow_try_options(attempt))
			break;
	}
	search->is_cut = search->is_cut || !is_proven;
	if (!layout_equal(&search->out->knobs, attempt->layout, &search->out->layout))
		return;
	search->out->is_proven = is_proven;
	search->out->doubt = rests_on_time(attempt) ? path_model_doubt(&attempt->path) : 0;
	search->out->bound_usd =
		answer.is_feasible ? fmin(answer.bound_usd, search->out->best.usd) : search->out->best.usd;
}

/* How many records one after the other a deadline of the whole batch is for. */
static double turns_of(const struct setting *setting)
{
	if (setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE)
		return 1;
	return ceil((double)setting->records / (double)setting->parallel);
}

/* The best in the mean. */
static void choose_in_mean(struct workflow_attempt *attempt)
{
	const struct plan_request *request = attempt->search->request;
	const struct sp_graph *graph = &attempt->model.graph;
	size_t *fastest = ARENA_ARRAY(attempt->search->control.arena, size_t, graph->function_count);
	struct sp_answer answer;
	double least_seconds = sp_seconds(graph, fastest) * (1 + 1e-9);
	double seconds_max = request->seconds_max > 0 ? request->seconds_max / turns_of(attempt->setting) : HUGE_VAL;
	if (!workflow_wants_least_cost(request))
		seconds_max = least_seconds;
	sp_solve(graph, fmax(seconds_max, least_seconds), attempt->search->control.arena, &answer);
	memcpy(attempt->options, answer.options, graph->function_count * sizeof answer.options[0]);
}

/* The layout's, with the sandboxes that the search provisions. */
static const struct setting *setting_of(const struct workflow_search *search, const struct layout *layout)
{
	struct arena *arena = search->control.arena;
	const struct setting *setting = layout_resolve(search->request, &search->out->knobs, layout, arena);
	if (!setting || !search->provisioned)
		return setting;
	struct setting *copy = setting_copy(setting, arena);
	for (size_t f = 0; f < copy->function_count; f++)
		copy->functions[f].sandbox.provisioned = search->provisioned[f];
	return copy;
}

bool workflow_attempt_init(struct workflow_attempt *attempt, struct workflow_search *search,
			   const struct layout *layout)
{
	const struct plan_request *request = search->request;
	struct arena *arena = search->control.arena;
	*attempt = (struct workflow_attempt){
		.search = search,
		.setting = setting_of(search, layout),
		.layout = layout,
		.seconds_max = request->seconds_max > 0 ? request->seconds_max : HUGE_VAL,
	};
	if (!attempt->setting || !workflow_model_make(request, attempt->setting, arena, search->diag, &attempt->model))
		return false;
	size_t functions = attempt->setting->function_count;
	const struct setting *from = search->out->best.setting ? search->out->best.setting : attempt->setting;
	attempt->options = ARENA_ARRAY(arena, size_t, functions);
	for (size_t f = 0; f < functions; f++)
		attempt->options[f] = option_of(&attempt->model, f, from->functions[f].memory_mb);
	path_model_init(&attempt->path, attempt->model.graph.functions, functions, arena);
	return true;
}

bool workflow_search_is_spent(const struct workflow_search *search)
{
	return search->is_interrupted || search->visits > VISITS_MAX;
}

/* Once: false where it was tried before, or there is no time left. */
static bool note_layout(struct workflow_search *search, const struct layout *layout)
{
	for (size_t i = 0; i < search->tried_count; i++)
		if (layout_equal(&search->out->knobs, &search->tried[i], layout))
			return false;
	if (search->tried_count == WORKFLOW_LAYOUTS_MAX || workflow_search_is_spent(search)) {
		search->is_cut = true;
		return false;
	}
	search->tried[search->tried_count++] = *layout;
	return true;
}

void workflow_try_layout(struct workflow_search *search, const struct layout *layout)
{
	struct workflow_attempt attempt;
	struct diag unsaid;
	if (!note_layout(search, layout))
		return;
	bool is_first = search->tried_count == 1;
	struct diag *said = search->diag;
	diag_init(&unsaid);
	if (!is_first)
		search->diag = &unsaid;
	if (!workflow_attempt_init(&attempt, search, layout)) {
		search->out->layouts_refused++;
	} else {
		search->out->layouts_tried++;
		if (workflow_try_options(&attempt) && is_first) {
			choose_in_mean(&attempt);
			if (!workflow_was_tried(&attempt.path, attempt.options))
				workflow_try_options(&attempt);
		}
		follow_model(&attempt, is_first ? ROUNDS_FIRST : ROUNDS_OTHER);
	}
	search->diag = said;
	diag_release(&unsaid);
}
