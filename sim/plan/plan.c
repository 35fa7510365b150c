#include "plan/plan.h"

#include <math.h>

#include "base/check.h"
#include "plan/refine.h"
#include "scenario/pipeline_split.h"

const char *const plan_strategy_names[] = {
	[STRATEGY_COST] = "cost",      [STRATEGY_SPEED] = "speed",    [STRATEGY_BALANCED] = "balanced",
	[STRATEGY_MEM_MIN] = "memMin", [STRATEGY_MEM_MAX] = "memMax", NULL,
};

static const int64_t uniform_sizes_mb[PLAN_UNIFORM_MAX] = {512, 1024, 1536, 1792, 2048, 3008, 4096, 6144, 8192, 10240};

enum known_plan plan_strategy_known(enum plan_strategy strategy)
{
	return strategy == STRATEGY_MEM_MIN   ? KNOWN_MEM_MIN
	       : strategy == STRATEGY_MEM_MAX ? KNOWN_MEM_MAX
					      : KNOWN_PLANS;
}

static struct space_request space_request_of(const struct plan_request *request)
{
	return (struct space_request){
		.experiment = request->experiment,
		.setting = request->setting,
		.library = request->library,
		.headroom = request->headroom,
		.quantile = request->quantile,
	};
}

/*
 * Weights and bounds. Balanced weighs cost over that of the fastest plan against time over that of the cheapest plan;
 * where the space has no plan at all, weights do not matter.
 */
static struct search_goal goal_of(const struct plan_request *request, const struct space *space)
{
	struct search_goal goal = request->strategy == STRATEGY_SPEED ? search_fastest() : search_cheapest();
	struct search_request fastest = {.space = space, .goal = search_fastest()};
	struct search_request cheapest = {.space = space, .goal = search_cheapest()};
	if (request->strategy == STRATEGY_BALANCED) {
		struct search_answer fast;
		struct search_answer cheap;
		search(&fastest, &fast);
		search(&cheapest, &cheap);
		if (cheap.found) {
			goal.usd_weight = request->cost_weight / fast.choice.usd;
			goal.seconds_weight = (1 - request->cost_weight) / cheap.choice.seconds;
		}
	}
	if (request->seconds_max > 0)
		goal.seconds_max = request->seconds_max;
	if (request->usd_max > 0)
		goal.usd_max = request->usd_max;
	return goal;
}

static struct trial_control control_of(const struct plan_request *request, const struct space *space,
				       struct arena *arena)
{
	int64_t usual = trial_replications(request->setting);
	int64_t replications = request->replications > 0 ? request->replications : usual;
	return (struct trial_control){
		.space = space,
		.seconds_metric = outcome_find_metric(request->seconds_metric),
		.seed = request->seed,
		.replications = replications,
		.runs_per_month = request->runs_per_month,
		.share = request->share,
		.failing_share = 1 - request->share,
		.visits_max = replications == usual ? TRIAL_VISITS_MAX : 0,
		.run = request->run,
		.arena = arena,
	};
}

static bool states_memory(const struct experiment *experiment)
{
	bool states = experiment->defaults.memory_mb > 0;
	const struct function_entry *entries = experiment->functions.items;
	for (size_t i = 0; i < experiment->functions.count; i++)
		states = states || entries[i].memory_mb > 0;
	return states;
}

/* False when interrupted, as everywhere below. */
static bool try_known(const struct plan_request *request, const struct space *space,
		      const struct trial_control *control, struct trial known[KNOWN_PLANS])
{
	for (int i = 0; i < KNOWN_PLANS; i++) {
		known[i] = (struct trial){0};
		if ((i == KNOWN_CURRENT && !states_memory(request->experiment)) ||
		    (i == KNOWN_MEM_MIN_HEADROOM && space->headroom == 0))
			continue;
		known[i].setting = known_plan_setting((enum known_plan)i, request->setting, &space->memory,
						      space->headroom, control->arena);
		if (known[i].setting && !trial_run(&known[i], 1, control))
			return false;
	}
	return true;
}

/* Where the plan was simulated in part, once as it is, unless that takes too long. */
static bool try_whole(const struct trial *best, const struct trial_control *trials, struct trial *out)
{
	enum { VISITS_MAX = 2000000 };
	struct trial_control control = *trials;
	double visits = (double)best->setting->records * (double)best->setting->function_count;
	if (best->excerpt.shorter == 0 || visits > VISITS_MAX)
		return true;
	control.visits_max = 0;
	control.replications = 1;
	*out = (struct trial){.choice = best->choice, .setting = best->setting};
	return trial_run(out, 1, &control);
}

/* At the plan's record size and parallelism. */
static bool try_uniform(const struct trial *best, const struct trial_control *control,
			struct trial out[PLAN_UNIFORM_MAX])
{
	for (size_t i = 0; i < PLAN_UNIFORM_MAX; i++) {
		int64_t nearest_mb;
		if (!platform_sells_memory(best->setting->platform, uniform_sizes_mb[i], &nearest_mb))
			continue;
		out[i].setting = known_plan_uniform(best->setting, uniform_sizes_mb[i], control->arena);
		if (!trial_run(&out[i], 1, control))
			return false;
	}
	return true;
}

/* The request for the experiment with the split that was chosen, which was resolved before. */
static struct plan_request with_split(const struct plan_request *request, const struct split_answer *split,
				      struct arena *arena)
{
	struct experiment *experiment = ARENA_NEW(arena, struct experiment);
	struct setting *setting = ARENA_NEW(arena, struct setting);
	struct plan_request own = *request;
	struct diag unsaid;
	diag_init(&unsaid);
	CHECK(experiment_bind(split->root, request->experiment->path, arena, &unsaid, experiment));
	CHECK(experiment_resolve(experiment, request->library, arena, &unsaid, setting));
	diag_release(&unsaid);
	own.experiment = experiment;
	own.setting = setting;
	return own;
}

static enum plan_end choose_split(const struct plan_request *request, const struct trial_control *control,
				  const struct search_goal *goal, struct diag *diag, struct split_answer *out)
{
	const struct experiment *experiment = request->experiment;
	const struct profile *profile = experiment_profile(experiment, request->library, diag);
	if (!split_check(experiment, profile, diag))
		return PLAN_REFUSED;
	struct space_request space = space_request_of(request);
	struct split_request split = {&space, profile, goal, control};
	switch (split_choose(&split, out)) {
	case PLANNER_INTERRUPTED:
		return PLAN_INTERRUPTED;
	case PLANNER_INFEASIBLE:
		return PLAN_INFEASIBLE;
	default:
		return PLAN_FOUND;
	}
}

/* What beats the plans that are always there, and how the plan moves with its inputs. */
static bool find_more(const struct plan_request *request, struct plan *out)
{
	static const enum known_plan always[] = {KNOWN_MEM_MIN, KNOWN_MEM_MAX};
	for (size_t i = 0; i < ARRAY_LEN(always); i++) {
		const struct trial *known = &out->known[always[i]];
		if (known->setting && !known_plan_dominators(&out->planner, known, &out->dominators[always[i]]))
			return false;
	}
	struct plan_uncertainty uncertainty =
		plan_uncertainty_over(request->library->uncertainty, &request->experiment->plan.uncertainty);
	sensitivity_find(&out->planner, &out->best, &uncertainty, out->sensitivity, &out->sensitivity_count);
	return true;
}

static bool find_front(const struct plan_request *request, struct plan *out)
{
	struct arena *arena = out->planner.control.arena;
	out->front = ARENA_NEW(arena, struct pareto);
	pareto_find(out->front, &out->planner, request->front_points);
	return try_uniform(&out->best, &out->planner.control, out->uniform);
}

/* The best plan for another goal; setting NULL where there is none. False when interrupted. */
static bool find_for_goal(const struct planner *planner, const struct search_goal *goal, struct trial *out,
			  struct trial *failing)
{
	struct planner other = planner_of(&planner->control, goal);
	struct planner_answer *answer = ARENA_NEW(planner->control.arena, struct planner_answer);
	planner_find(&other, answer);
	if (answer->end == PLANNER_FOUND)
		*out = answer->best;
	else if (answer->after.latest && !trial_works(&answer->after.latest->trial))
		*failing = answer->after.latest->trial;
	return answer->end != PLANNER_INTERRUPTED;
}

/* On provisioned sandboxes, or without. */
static bool find_nearest(const struct planner *planner, const struct provision *provision, struct plan_nearest *out)
{
	struct search_goal fastest = search_fastest();
	struct search_goal cheapest = search_cheapest();
	const struct trial *provisioned = &provision->nearest;
	fastest.usd_max = planner->goal.usd_max;
	cheapest.seconds_max = planner->goal.seconds_max;
	if (!find_for_goal(planner, &fastest, &out->deadline, &out->failing) ||
	    (planner->goal.usd_max < HUGE_VAL && !find_for_goal(planner, &cheapest, &out->budget, &out->failing)))
		return false;
	bool is_faster = provisioned->setting && planner_is_allowed(&fastest, provisioned) &&
			 (!out->deadline.setting || provisioned->seconds_at < out->deadline.seconds_at);
	if (is_faster)
		out->deadline = *provisioned;
	return true;
}

/* What was found, and what it is to be compared with. */
static bool compare(const struct plan_request *request, struct plan *out)
{
	if (!exhaustive_simulate(&out->planner, &out->best, &out->exhaustive) ||
	    !planner_rivals(&out->planner, &out->exhaustive.best, &out->rivals))
		return false;
	out->planner = out->rivals.after;
	out->best = out->rivals.best;
	out->best_share = planner_best_share(&out->planner, &out->rivals);
	return try_whole(&out->best, &out->planner.control, &out->whole) &&
	       (!request->wants_more || find_more(request, out)) &&
	       (request->front_points == 0 || find_front(request, out));
}

static enum plan_end find_plan(const struct plan_request *request, const struct planner *planner, struct plan *out)
{
	planner_find(planner, &out->answer);
	if (out->answer.end == PLANNER_INTERRUPTED || !provision_choose(&out->answer, &out->provision))
		return PLAN_INTERRUPTED;
	out->answer = out->provision.answer;
	out->planner = out->answer.after;
	if (out->answer.end == PLANNER_INFEASIBLE)
		return find_nearest(&out->planner, &out->provision, &out->nearest) ? PLAN_INFEASIBLE : PLAN_INTERRUPTED;
	out->best = out->answer.best;
	struct planner searched = out->planner;
	if (!refine_parallel(&searched, &out->best, &out->planner))
		return PLAN_INTERRUPTED;
	return compare(request, out) ? PLAN_FOUND : PLAN_INTERRUPTED;
}

/* Nothing is searched for, but a bound must hold. */
static enum plan_end take_known(enum known_plan plan, struct plan *out)
{
	out->best = out->known[plan];
	bool is_allowed = out->best.setting && planner_is_allowed(&out->goal, &out->best);
	return is_allowed ? PLAN_FOUND : PLAN_INFEASIBLE;
}

/* What can be chosen from; NULL with diag errors where that is nothing. */
static const struct space *space_of(const struct plan_request *request, struct arena *arena, struct diag *diag)
{
	struct space_request space_request = space_request_of(request);
	struct space *space = ARENA_NEW(arena, struct space);
	return space_init(space, &space_request, arena, diag) ? space : NULL;
}

enum plan_end plan_run(const struct plan_request *request, struct arena *arena, struct diag *diag, struct plan *out)
{
	*out = (struct plan){0};
	const struct space *space = space_of(request, arena, diag);
	if (!space || (request->wants_more && !library_uncertainty(request->library, diag)))
		return PLAN_REFUSED;
	struct trial_control control = control_of(request, space, arena);
	out->goal = goal_of(request, space);
	out->planner = planner_of(&control, &out->goal);
	if (!try_known(request, space, &control, out->known))
		return PLAN_INTERRUPTED;
	if (plan_strategy_known(request->strategy) != KNOWN_PLANS)
		return take_known(plan_strategy_known(request->strategy), out);
	const struct planner planner = out->planner;
	if (!request->wants_split)
		return find_plan(request, &planner, out);
	enum plan_end end = choose_split(request, &control, &out->goal, diag, &out->split);
	if (end == PLAN_REFUSED || end == PLAN_INTERRUPTED)
		return end;
	if (end == PLAN_INFEASIBLE || out->split.is_given)
		return find_plan(request, &planner, out);
	struct plan_request split = with_split(request, &out->split, arena);
	const struct space *split_space = space_of(&split, arena, diag);
	CHECK(split_space);
	struct planner split_planner = planner_in(&planner, split_space);
	return find_plan(&split, &split_planner, out);
}
