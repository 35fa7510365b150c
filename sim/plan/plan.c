#include "plan/plan.h"

#include "scenario/pipeline_split.h"

const char *const plan_strategy_names[] = {
	[STRATEGY_COST] = "cost",      [STRATEGY_SPEED] = "speed",    [STRATEGY_BALANCED] = "balanced",
	[STRATEGY_MEM_MIN] = "memMin", [STRATEGY_MEM_MAX] = "memMax", NULL,
};

static const int64_t uniform_sizes_mb[PLAN_UNIFORM_MAX] = {512, 1024, 1536, 1792, 2048, 3008, 4096, 6144, 8192, 10240};

enum named_plan plan_strategy_named(enum plan_strategy strategy)
{
	return strategy == STRATEGY_MEM_MIN   ? NAMED_MEM_MIN
	       : strategy == STRATEGY_MEM_MAX ? NAMED_MEM_MAX
					      : NAMED_PLANS;
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
static bool try_named(const struct plan_request *request, const struct space *space,
		      const struct trial_control *control, struct trial named[NAMED_PLANS])
{
	for (int i = 0; i < NAMED_PLANS; i++) {
		named[i] = (struct trial){0};
		if ((i == NAMED_CURRENT && !states_memory(request->experiment)) ||
		    (i == NAMED_MEM_MIN_HEADROOM && space->headroom == 0))
			continue;
		named[i].setting = named_setting((enum named_plan)i, request->setting, &space->memory, space->headroom,
						 control->arena);
		if (named[i].setting && !trial_run(&named[i], 1, control))
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
		out[i].setting = named_uniform(best->setting, uniform_sizes_mb[i], control->arena);
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
	static const enum named_plan known[] = {NAMED_MEM_MIN, NAMED_MEM_MAX};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		const struct trial *trial = &out->named[known[i]];
		if (trial->setting && !versus_find(&out->planner, trial, &out->versus[known[i]]))
			return false;
	}
	struct plan_uncertainty uncertainty =
		plan_uncertainty_over(request->library->uncertainty, &request->experiment->plan.uncertainty);
	sensitivity_find(&out->planner, &out->answer.best, &uncertainty, out->sensitivity, &out->sensitivity_count);
	return true;
}

static bool find_front(const struct plan_request *request, struct plan *out)
{
	struct arena *arena = out->planner.control.arena;
	out->front = ARENA_NEW(arena, struct pareto);
	pareto_find(out->front, &out->planner, request->front_points);
	return try_uniform(&out->answer.best, &out->planner.control, out->uniform);
}

static enum plan_end find(const struct plan_request *request, struct plan *out)
{
	struct planner *planner = &out->planner;
	struct planner_answer *answer = &out->answer;
	planner_find(planner, answer);
	if (answer->end == PLANNER_INTERRUPTED || !provision_choose(planner, answer, &out->provision))
		return PLAN_INTERRUPTED;
	if (answer->end == PLANNER_INFEASIBLE)
		return PLAN_INFEASIBLE;
	if (!survivors_try(planner, &answer->best, &out->survivors) ||
	    !planner_rivals(planner, &answer->best, out->rivals, &out->rival_count) ||
	    !try_whole(&answer->best, &planner->control, &out->whole))
		return PLAN_INTERRUPTED;
	out->best_share = planner_best_share(planner, &answer->best, out->rivals, out->rival_count);
	if ((request->wants_more && !find_more(request, out)) ||
	    (request->front_points > 0 && !find_front(request, out)))
		return PLAN_INTERRUPTED;
	return PLAN_FOUND;
}

/* Nothing is searched for, but a bound must hold. */
static enum plan_end take_named(enum named_plan plan, struct plan *out)
{
	const struct trial *trial = &out->named[plan];
	out->answer.best = *trial;
	bool is_allowed = trial->setting && planner_is_allowed(&out->goal, trial);
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
	planner_init(&out->planner, &control, &out->goal);
	if (!try_named(request, space, &control, out->named))
		return PLAN_INTERRUPTED;
	if (plan_strategy_named(request->strategy) != NAMED_PLANS)
		return take_named(plan_strategy_named(request->strategy), out);
	if (!request->wants_split)
		return find(request, out);
	enum plan_end end = choose_split(request, &control, &out->goal, diag, &out->split);
	if (end == PLAN_REFUSED || end == PLAN_INTERRUPTED)
		return end;
	if (end == PLAN_INFEASIBLE || out->split.is_given)
		return find(request, out);
	struct plan_request split = with_split(request, &out->split, arena);
	out->planner.control.space = space_of(&split, arena, diag);
	CHECK(out->planner.control.space);
	return find(&split, out);
}
