#include "plan/workflow_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "plan/planner.h"
#include "plan/workflow_model.h"

static bool check_request(const struct plan_request *request, struct diag *diag)
{
	struct diag_place place = {.file = "lamina plan"};
	bool is_bounded = request->seconds_max > 0 || request->usd_max > 0;
	bool is_cost_or_speed = request->strategy == STRATEGY_COST || request->strategy == STRATEGY_SPEED ||
				(request->strategy == STRATEGY_BALANCED && !is_bounded);
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

/* --- which of two trials is better --- */

static bool keeps(const struct trial *trial, const struct plan_request *request)
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

static bool wants_least_cost(const struct plan_request *request)
{
	return request->strategy == STRATEGY_COST;
}

/* Times this close are equal. */
static const double EQUAL_TIMES = 1e-6;

/* Another layout is better where it is by this much: nobody changes what runs for less. */
static const double CHANGE_PAYS = 0.005;

/* By a part of what is wanted; `by` 0: at all. */
static bool is_better(const struct trial *trial, const struct trial *than, double by,
		      const struct plan_request *request)
{
	double missed = miss(trial, request);
	if (!than->setting || missed != miss(than, request))
		return !than->setting || missed < miss(than, request);
	bool takes_as_long = fabs(trial->seconds_at - than->seconds_at) <= fmax(EQUAL_TIMES, by) * than->seconds_at;
	if (wants_least_cost(request) || takes_as_long)
		return trial->usd < than->usd * (1 - by);
	return trial->seconds_at < than->seconds_at;
}

/* --- one layout --- */

struct search {
	const struct plan_request *request;
	struct trial_control control;
	struct diag *diag;
	struct layout *tried;
	size_t tried_count;
	struct workflow_plan *out;
	double visits; /* that were simulated */
	bool is_interrupted;
	bool is_cut; /* of some layout not all that may be better was looked at */
};

enum {
	LAYOUTS_ALL = 128,     /* so many are all tried */
	LAYOUTS_MAX = 160,     /* so many at most */
	ROUNDS_FIRST = 14,     /* simulations of the first layout */
	ROUNDS_OTHER = 8,      /* and of others */
	ROUNDS_UNTIL_WARY = 3, /* so many misses until more is kept free */
	NEIGHBOURS_MAX = 60,   /* that are simulated around the best */
};

/* What is no better than this is not looked for. */
static const double WORTH_WHILE = 1e-4;

/* No other layout is simulated after so many visits. */
static const double VISITS_MAX = 2e7;

struct attempt {
	struct search *search;
	const struct setting *setting;
	const struct layout *layout;
	struct workflow_model model;
	struct path_model path;
	size_t *options;
	double seconds_max; /* that the model is asked for */
	int misses;
	bool has_kept;
};

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

static void try_setting(struct search *search, const struct setting *setting, struct trial *out)
{
	*out = (struct trial){.setting = setting_copy(setting, search->control.arena)};
	search->is_interrupted = !trial_run(out, 1, &search->control) || search->is_interrupted;
}

/* Where calls run out of time or memory, that function's slower options are none. */
static bool leave_out_failing(struct attempt *attempt, const struct trial *trial)
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
static bool try_options(struct attempt *attempt)
{
	struct search *search = attempt->search;
	const struct plan_request *request = search->request;
	struct workflow_plan *out = search->out;
	struct trial trial;
	struct path_point point;
	struct setting *setting = setting_copy(attempt->setting, search->control.arena);
	for (size_t f = 0; f < setting->function_count; f++)
		setting->functions[f].memory_mb = attempt->model.sizes_mb[f][attempt->options[f]];
	try_setting(search, setting, &trial);
	if (search->is_interrupted)
		return false;
	search->visits +=
		run_result_metric(&trial.result, METRIC_INVOCATIONS)->mean * (double)trial.result.replications;
	bool is_other = !layout_equal(&out->knobs, attempt->layout, &out->layout);
	if (is_better(&trial, &out->best, is_other ? CHANGE_PAYS : 0, request)) {
		out->best = trial;
		out->layout = *attempt->layout;
	}
	bool is_kept = keeps(&trial, request);
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

static bool was_tried(const struct path_model *path, const size_t *options)
{
	for (size_t k = 0; k < path->point_count; k++)
		if (memcmp(path->points[k].options, options, path->function_count * sizeof options[0]) == 0)
			return true;
	return false;
}

/* What the model has for best. */
static void ask_model(const struct attempt *attempt, struct path_answer *out)
{
	const struct plan_request *request = attempt->search->request;
	double usd_max = request->usd_max > 0 ? request->usd_max : HUGE_VAL;
	if (wants_least_cost(request))
		path_model_cheapest(&attempt->path, attempt->seconds_max, out);
	else
		path_model_fastest(&attempt->path, usd_max, out);
	bool misses = !out->is_feasible && !keeps(&attempt->search->out->best, request);
	if (misses && wants_least_cost(request))
		path_model_fastest(&attempt->path, HUGE_VAL, out);
	else if (misses)
		path_model_cheapest(&attempt->path, HUGE_VAL, out);
}

/* Whether what the model has is no better than the best there is. */
static bool is_beaten(const struct attempt *attempt, const struct path_answer *answer)
{
	const struct plan_request *request = attempt->search->request;
	const struct workflow_plan *out = attempt->search->out;
	const struct trial *best = &out->best;
	double by = layout_equal(&out->knobs, attempt->layout, &out->layout) ? WORTH_WHILE : CHANGE_PAYS;
	if (!answer->is_feasible)
		return true;
	if (!keeps(best, request))
		return false;
	if (wants_least_cost(request))
		return answer->bound_usd >= best->usd * (1 - by);
	bool is_as_fast = answer->seconds >= best->seconds_at * (1 - by);
	return is_as_fast && answer->bound_usd >= best->usd * (1 - by);
}

/* Whether less time than is allowed would cost less; else what the model says of time does not matter. */
static bool rests_on_time(const struct attempt *attempt)
{
	struct path_answer cheapest;
	if (!wants_least_cost(attempt->search->request) || attempt->path.point_count == 0)
		return true;
	path_model_cheapest(&attempt->path, HUGE_VAL, &cheapest);
	return attempt->search->out->best.usd > cheapest.bound_usd * (1 + WORTH_WHILE);
}

/* Asks the model and simulates what it has, until it has nothing better. */
static void follow_model(struct attempt *attempt, int rounds)
{
	struct search *search = attempt->search;
	struct path_answer answer = {.is_feasible = false};
	bool is_proven = false;
	for (int round = 0; round < rounds && !is_proven; round++) {
		if (attempt->path.point_count > 0) {
			ask_model(attempt, &answer);
			is_proven = is_beaten(attempt, &answer) || was_tried(&attempt->path, answer.options);
			if (is_proven)
				break;
			memcpy(attempt->options, answer.options,
			       attempt->setting->function_count * sizeof answer.options[0]);
		} else {
			memset(attempt->options, 0, attempt->setting->function_count * sizeof attempt->options[0]);
		}
		if (!try_options(attempt))
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
static void choose_in_mean(struct attempt *attempt)
{
	const struct plan_request *request = attempt->search->request;
	const struct sp_graph *graph = &attempt->model.graph;
	size_t *fastest = ARENA_ARRAY(attempt->search->control.arena, size_t, graph->function_count);
	struct sp_answer answer;
	double least_seconds = sp_seconds(graph, fastest) * (1 + 1e-9);
	double seconds_max = request->seconds_max > 0 ? request->seconds_max / turns_of(attempt->setting) : HUGE_VAL;
	if (!wants_least_cost(request))
		seconds_max = least_seconds;
	sp_solve(graph, fmax(seconds_max, least_seconds), attempt->search->control.arena, &answer);
	memcpy(attempt->options, answer.options, graph->function_count * sizeof answer.options[0]);
}

/* False where the layout is refused. */
static bool attempt_init(struct attempt *attempt, struct search *search, const struct layout *layout)
{
	const struct plan_request *request = search->request;
	struct arena *arena = search->control.arena;
	*attempt = (struct attempt){
		.search = search,
		.setting = layout_resolve(request, &search->out->knobs, layout, arena),
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

/* Once: false where it was tried before, or there is no time left. */
static bool note_layout(struct search *search, const struct layout *layout)
{
	for (size_t i = 0; i < search->tried_count; i++)
		if (layout_equal(&search->out->knobs, &search->tried[i], layout))
			return false;
	if (search->tried_count == LAYOUTS_MAX || search->is_interrupted || search->visits > VISITS_MAX) {
		search->is_cut = true;
		return false;
	}
	search->tried[search->tried_count++] = *layout;
	return true;
}

static void try_layout(struct search *search, const struct layout *layout)
{
	struct attempt attempt;
	struct diag unsaid;
	if (!note_layout(search, layout))
		return;
	bool is_first = search->tried_count == 1;
	struct diag *said = search->diag;
	diag_init(&unsaid);
	if (!is_first)
		search->diag = &unsaid;
	if (!attempt_init(&attempt, search, layout)) {
		search->out->layouts_refused++;
	} else {
		search->out->layouts_tried++;
		if (try_options(&attempt) && is_first) {
			choose_in_mean(&attempt);
			if (!was_tried(&attempt.path, attempt.options))
				try_options(&attempt);
		}
		follow_model(&attempt, is_first ? ROUNDS_FIRST : ROUNDS_OTHER);
	}
	search->diag = said;
	diag_release(&unsaid);
}

/* --- all layouts --- */

/* Smaller batches are more of them, for which the map around has room with its largest concurrency. */
static void try_widest(struct search *search, const struct layout *layout, size_t knob)
{
	const struct knobs *knobs = &search->out->knobs;
	if (knobs->items[knob].widened_by < 0)
		return;
	struct layout wide = *layout;
	size_t by = (size_t)knobs->items[knob].widened_by;
	wide.at[by] = knobs->items[by].widest;
	try_layout(search, &wide);
}

/* Each key by itself, until none has a better value. */
static void try_keys(struct search *search)
{
	const struct knobs *knobs = &search->out->knobs;
	size_t unchanged = 0;
	for (size_t i = 0; unchanged < knobs->count && search->tried_count < LAYOUTS_MAX; i = (i + 1) % knobs->count) {
		struct layout before = search->out->layout;
		struct layout layout = before;
		for (layout.at[i] = 0; layout.at[i] < knobs->items[i].value_count; layout.at[i]++) {
			try_layout(search, &layout);
			try_widest(search, &layout, i);
		}
		bool is_same = layout_equal(knobs, &before, &search->out->layout);
		unchanged = is_same ? unchanged + 1 : 1;
		if (search->is_interrupted || search->visits > VISITS_MAX)
			return;
	}
}

static void try_all_layouts(struct search *search)
{
	struct workflow_plan *out = search->out;
	out->layouts = knobs_product(&out->knobs, INT64_MAX / KNOB_VALUES_MAX);
	if (out->layouts > LAYOUTS_ALL) {
		try_keys(search);
		return;
	}
	for (struct layout layout = {{0}}; layout_next(&out->knobs, &layout);)
		try_layout(search, &layout);
	out->is_whole = !search->is_cut;
}

/* --- where the model is not to be trusted: what is around the best --- */

struct neighbourhood {
	struct attempt attempt; /* of the best's layout */
	size_t *centre;
	int64_t left; /* simulations */
};

static size_t moved(const struct sp_options *options, size_t at, int64_t by)
{
	int64_t to = (int64_t)at + by;
	return (size_t)max_int64(0, min_int64(to, (int64_t)options->count - 1));
}

/* Simulates what some functions' options moved from the centre are; goes there where that is better. */
static bool try_neighbour(struct neighbourhood *around, size_t f, int64_t by_f, size_t g, int64_t by_g)
{
	struct attempt *attempt = &around->attempt;
	struct search *search = attempt->search;
	const struct sp_options *options = attempt->model.graph.functions;
	const size_t functions = attempt->setting->function_count;
	memcpy(attempt->options, around->centre, functions * sizeof around->centre[0]);
	attempt->options[f] = moved(&options[f], around->centre[f], by_f);
	if (by_g != 0)
		attempt->options[g] = moved(&options[g], around->centre[g], by_g);
	if (memcmp(attempt->options, around->centre, functions * sizeof around->centre[0]) == 0 || around->left <= 0 ||
	    search->is_interrupted)
		return false;
	around->left--;
	const struct setting *before = search->out->best.setting;
	attempt->path.point_count = 0;
	try_options(attempt);
	if (search->out->best.setting == before)
		return false;
	memcpy(around->centre, attempt->options, functions * sizeof around->centre[0]);
	return true;
}

/* One function by itself, then one for another. */
static bool improve_around(struct neighbourhood *around, int64_t by)
{
	const size_t functions = around->attempt.setting->function_count;
	int64_t wanted = wants_least_cost(around->attempt.search->request) ? by : -by;
	bool is_improved = false;
	for (size_t f = 0; f < functions; f++)
		is_improved = try_neighbour(around, f, wanted, f, 0) || is_improved;
	for (size_t f = 0; f < functions; f++)
		for (size_t g = 0; g < functions; g++)
			is_improved = (f != g && try_neighbour(around, f, wanted, g, -wanted)) || is_improved;
	return is_improved;
}

static void look_around(struct search *search)
{
	struct workflow_plan *out = search->out;
	struct neighbourhood around = {.left = NEIGHBOURS_MAX};
	int64_t by = 0;
	struct layout layout = out->layout;
	bool is_known = out->is_proven && out->doubt <= PLANNER_DEVIATION;
	if (is_known || search->is_interrupted || !attempt_init(&around.attempt, search, &layout))
		return;
	size_t functions = around.attempt.setting->function_count;
	around.centre = ARENA_ARRAY(search->control.arena, size_t, functions);
	memcpy(around.centre, around.attempt.options, functions * sizeof around.centre[0]);
	for (size_t f = 0; f < functions; f++)
		by = max_int64(by, (int64_t)around.attempt.model.graph.functions[f].count / 4);
	for (by = max_int64(by, 1); by > 0 && around.left > 0; by /= 3)
		while (improve_around(&around, by) && around.left > 0)
			;
	out->bound_usd = fmin(out->bound_usd, out->best.usd);
}

/* --- the plan --- */

/* What the plan is in the mean, and whether another one as fast is cheaper there. */
static void look_at_mean(const struct search *search)
{
	struct workflow_plan *out = search->out;
	struct attempt attempt;
	struct search again = *search;
	if (!attempt_init(&attempt, &again, &out->layout))
		return;
	out->graph = attempt.model.graph;
	out->mean_seconds = sp_seconds(&out->graph, attempt.options);
	out->mean_usd = sp_usd(&out->graph, attempt.options);
	sp_solve(&out->graph, out->mean_seconds, search->control.arena, &out->least);
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
	struct search search = {
		.request = request,
		.control = control_of(request, arena),
		.diag = diag,
		.tried = ARENA_ARRAY(arena, struct layout, LAYOUTS_MAX),
		.out = out,
	};
	size_t errors_before = diag->error_count;
	knobs_init(&out->knobs, request, arena);
	try_setting(&search, request->setting, &out->now);
	try_layout(&search, &(struct layout){{0}});
	if (diag->error_count != errors_before)
		return PLAN_REFUSED;
	try_all_layouts(&search);
	if (search.is_interrupted)
		return PLAN_INTERRUPTED;
	look_around(&search);
	look_at_mean(&search);
	return keeps(&out->best, request) ? PLAN_FOUND : PLAN_INFEASIBLE;
}
