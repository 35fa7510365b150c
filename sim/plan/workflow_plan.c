#include "plan/workflow_plan.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "plan/stage.h"

/* --- from steps to an instance --- */

struct builder {
	const struct plan_request *request;
	const struct setting *setting;
	struct sp_graph *graph;
	enum branch_time branches;
	struct arena *arena;
};

/* Instead of no time at all, which an instance does not have. */
static const double HARDLY = 1e-9;

static int32_t build_sequence(struct builder *builder, int32_t first, double visits);

static int32_t new_node(struct builder *builder, enum sp_kind kind, double fixed_seconds)
{
	struct sp_graph *graph = builder->graph;
	graph->nodes[graph->node_count] = (struct sp_node){
		.kind = kind,
		.fixed_seconds = fixed_seconds,
		.weight = 1,
		.first_child = -1,
		.next = -1,
	};
	return (int32_t)graph->node_count++;
}

static void adopt(struct builder *builder, int32_t parent, int32_t child)
{
	struct sp_node *nodes = builder->graph->nodes;
	int32_t *link = &nodes[parent].first_child;
	while (*link >= 0)
		link = &nodes[*link].next;
	*link = child;
}

static bool is_of_service(const struct builder *builder)
{
	return builder->setting->graph->kind != WORKFLOW_NONE;
}

static int32_t build_task(struct builder *builder, int32_t at, double visits)
{
	const struct setting *setting = builder->setting;
	const struct step *step = &setting->graph->steps[at];
	const struct quantiles *hop = at > 0 ? setting_hop(setting, 1) : NULL;
	int32_t node = new_node(builder, SP_TASK, hop ? quantile_mean(&hop->table) : 0);
	builder->graph->nodes[node].function = step->function;
	builder->graph->nodes[node].visits = visits;
	return node;
}

static int32_t build_parallel(struct builder *builder, int32_t at, double visits)
{
	const struct graph *graph = builder->setting->graph;
	const struct step *step = &graph->steps[at];
	double fork_seconds = is_of_service(builder) ? builder->setting->platform->workflow.fork_seconds : 0;
	int32_t node = new_node(builder, builder->branches == BRANCH_EACH ? SP_SERIES : SP_PARALLEL, fork_seconds);
	for (uint32_t i = 0; i < step->branch_count; i++)
		adopt(builder, node, build_sequence(builder, graph->branches[step->first_branch + i].first, visits));
	return node;
}

/* Means over the distribution of a map's items. */
struct map_means {
	double batches;
	double waves;
	double pace_seconds; /* until the last of the first wave begins */
};

enum { MAP_SHARES = 64 };

static void find_map_means(const struct builder *builder, const struct step *step, struct map_means *out)
{
	const struct graph *graph = builder->setting->graph;
	const struct item_count *items = step->writer >= 0 ? &graph->steps[step->writer].writes : &step->items;
	bool is_paced = is_of_service(builder) && !step->is_distributed;
	*out = (struct map_means){0};
	for (int i = 0; i < MAP_SHARES; i++) {
		double drawn = items->drawn.count > 0 ? round(quantile_at(&items->drawn, (i + 0.5) / MAP_SHARES))
						      : (double)items->number;
		double batches = ceil(drawn / (double)step->batch);
		double width = fmin(batches, (double)step->concurrency);
		out->batches += batches / MAP_SHARES;
		out->waves += (width > 0 ? ceil(batches / width) : 0) / MAP_SHARES;
		for (int64_t k = 1; is_paced && k < (int64_t)fmin(width, 10000); k++)
			out->pace_seconds +=
				seconds_from_ns(workflow_map_rest_ns(&builder->setting->platform->workflow, k)) /
				MAP_SHARES;
	}
}

static int32_t build_map(struct builder *builder, int32_t at, double visits)
{
	const struct graph *graph = builder->setting->graph;
	const struct step *step = &graph->steps[at];
	const struct platform_workflow *workflow = &builder->setting->platform->workflow;
	struct map_means means;
	find_map_means(builder, step, &means);
	double fork_seconds = is_of_service(builder) && !step->is_distributed ? workflow->fork_seconds : 0;
	int32_t node = new_node(builder, SP_SERIES, fork_seconds + means.pace_seconds);
	builder->graph->nodes[node].weight = fmax(means.waves, HARDLY);
	adopt(builder, node,
	      build_sequence(builder, graph->branches[step->first_branch].first, visits * means.batches));
	return node;
}

static int32_t build_choice(struct builder *builder, int32_t at, double visits)
{
	const struct graph *graph = builder->setting->graph;
	const struct step *step = &graph->steps[at];
	int32_t node = new_node(builder, SP_SERIES, 0);
	for (uint32_t i = 0; i < step->branch_count; i++) {
		const struct step_branch *branch = &graph->branches[step->first_branch + i];
		if (branch->first < 0 || branch->probability <= 0)
			continue;
		int32_t child = build_sequence(builder, branch->first, visits * branch->probability);
		double likely = branch->probability >= 0.5 ? 1 : HARDLY;
		builder->graph->nodes[child].weight = builder->branches != BRANCH_LIKELY ? branch->probability : likely;
		adopt(builder, node, child);
	}
	return node;
}

static int32_t build_loop(struct builder *builder, int32_t at, double visits)
{
	const struct graph *graph = builder->setting->graph;
	const struct step *step = &graph->steps[at];
	double rounds = step->again < 1 ? (1 - pow(step->again, (double)step->at_most)) / (1 - step->again)
					: (double)step->at_most;
	int32_t node = new_node(builder, SP_SERIES, 0);
	builder->graph->nodes[node].weight = rounds;
	adopt(builder, node, build_sequence(builder, graph->branches[step->first_branch].first, visits * rounds));
	return node;
}

static int32_t build_wait(struct builder *builder, int32_t at, double visits)
{
	return new_node(builder, SP_SERIES, seconds_from_ns(builder->setting->graph->steps[at].wait_ns));
}

static int32_t (*const builders[STEP_KINDS])(struct builder *builder, int32_t at, double visits) = {
	[STEP_TASK] = build_task,     [STEP_PARALLEL] = build_parallel, [STEP_MAP] = build_map,
	[STEP_CHOICE] = build_choice, [STEP_LOOP] = build_loop,         [STEP_WAIT] = build_wait,
};

/* What follows a caught failure is not of the mean. */
static int32_t build_sequence(struct builder *builder, int32_t first, double visits)
{
	const struct step *steps = builder->setting->graph->steps;
	int32_t node = new_node(builder, SP_SERIES, 0);
	for (int32_t at = first; at >= 0; at = steps[at].next)
		adopt(builder, node, builders[steps[at].kind](builder, at, visits));
	return node;
}

/* --- options --- */

/* A function's work in the workflow: that of its tasks in batches, where they have them, is of a full one. */
static void stage_of(const struct setting *setting, size_t function, struct arena *arena, struct stage *out)
{
	const struct graph *graph = setting->graph;
	struct setting *copy = ARENA_NEW(arena, struct setting);
	struct setting_function *functions = ARENA_ARRAY(arena, struct setting_function, setting->function_count);
	memcpy(functions, setting->functions, setting->function_count * sizeof functions[0]);
	*copy = *setting;
	copy->functions = functions;
	for (size_t i = 0; i < graph->step_count; i++) {
		const struct step *step = &graph->steps[i];
		if (step->kind == STEP_TASK && step->function == function && step->works)
			functions[function].work = step->works[step->work_count - 1];
	}
	stage_init(out, copy, function);
}

/* The sizes that hold the function and end in time; false where there is none. */
static bool find_options(const struct builder *builder, size_t function, struct diag *diag, int64_t *sizes_mb,
			 struct sp_options *out)
{
	const struct setting *setting = builder->setting;
	const struct platform_memory *sold = &setting->platform->memory;
	const struct plan_memory *wanted = &builder->request->experiment->plan.memory;
	int64_t from_mb = wanted->from_mb > 0 ? wanted->from_mb : sold->min_mb;
	int64_t to_mb = wanted->to_mb > 0 ? wanted->to_mb : sold->max_mb;
	int64_t step_mb = wanted->step_mb > 0 ? wanted->step_mb : sold->step_mb;
	size_t most = (size_t)((to_mb - from_mb) / step_mb) + 1;
	int64_t *tried_mb = ARENA_ARRAY(builder->arena, int64_t, most);
	size_t *order = ARENA_ARRAY(builder->arena, size_t, most);
	struct stage stage;
	struct stage_figures figures;
	size_t count = 0;
	stage_of(setting, function, builder->arena, &stage);
	*out = (struct sp_options){
		.name = setting->functions[function].name,
		.seconds = ARENA_ARRAY(builder->arena, double, most),
		.usd = ARENA_ARRAY(builder->arena, double, most),
	};
	for (int64_t mb = from_mb; mb <= to_mb; mb += step_mb) {
		int64_t nearest_mb;
		if ((double)mb < stage.memory_floor_mb * (1 + builder->request->headroom) ||
		    !platform_sells_memory(setting->platform, mb, &nearest_mb))
			continue;
		stage_at(&stage, mb, &figures);
		if (figures.handler_seconds > stage.timeout_seconds)
			continue;
		tried_mb[count] = mb;
		out->seconds[count] = figures.warm_seconds;
		out->usd[count++] = figures.warm_usd;
	}
	if (count == 0) {
		diag_error(diag, bind_place(builder->request->experiment->root, "workflow"),
			   "no size from %lld to %lld MB holds function '%s' and ends within its time-out",
			   (long long)from_mb, (long long)to_mb, out->name);
		return false;
	}
	out->count = sp_options_sort(out->seconds, out->usd, order, count);
	for (size_t i = 0; i < out->count; i++)
		sizes_mb[i] = tried_mb[order[i]];
	return true;
}

bool workflow_plan_instance(const struct plan_request *request, enum branch_time branches, struct arena *arena,
			    struct diag *diag, struct sp_graph *out, int64_t ***sizes_mb)
{
	const struct setting *setting = request->setting;
	const struct graph *steps = setting->graph;
	struct builder builder = {
		.request = request, .setting = setting, .graph = out, .branches = branches, .arena = arena};
	size_t nodes = steps->step_count + steps->branch_count + steps->step_count + 1;
	size_t sizes = (size_t)setting->platform->memory.max_mb + 1;
	*out = (struct sp_graph){
		.functions = ARENA_ARRAY(arena, struct sp_options, setting->function_count),
		.function_count = setting->function_count,
		.nodes = ARENA_ARRAY(arena, struct sp_node, nodes),
	};
	*sizes_mb = ARENA_ARRAY(arena, int64_t *, setting->function_count);
	bool ok = true;
	for (size_t f = 0; f < setting->function_count; f++) {
		(*sizes_mb)[f] = ARENA_ARRAY(arena, int64_t, sizes);
		ok = find_options(&builder, f, diag, (*sizes_mb)[f], &out->functions[f]) && ok;
	}
	out->root = build_sequence(&builder, 0, 1);
	return ok;
}

/* --- trials --- */

static void try_memories(const struct plan_request *request, const int64_t *memory_mb, int kind, struct arena *arena,
			 struct workflow_trial *out)
{
	const struct setting *own = request->setting;
	struct setting *setting = ARENA_NEW(arena, struct setting);
	struct graph *graph = ARENA_NEW(arena, struct graph);
	*setting = *own;
	*graph = *own->graph;
	graph->kind = kind;
	setting->graph = graph;
	setting->functions = ARENA_ARRAY(arena, struct setting_function, own->function_count);
	memcpy(setting->functions, own->functions, own->function_count * sizeof own->functions[0]);
	out->memory_mb = ARENA_ARRAY(arena, int64_t, own->function_count);
	for (size_t i = 0; i < own->function_count; i++)
		setting->functions[i].memory_mb = out->memory_mb[i] = memory_mb[i];
	struct run_job job = {.setting = setting, .seed = request->seed};
	int64_t replications = request->replications > 0 ? request->replications : trial_replications(setting);
	job.replications = (struct replications){.min = replications, .max = replications, .until = {.metric = ""}};
	replicate(&job, 1, request->run, arena);
	out->setting = setting;
	out->result = job.result;
	out->seconds = job.result.metrics[outcome_find_metric(request->seconds_metric)].mean;
	out->usd = job.result.metrics[METRIC_COST_USD].mean;
	out->fails = job.result.metrics[METRIC_FAILED_RECORDS].mean > 0 || job.result.end != OUTCOME_COMPLETE;
}

static bool is_interrupted(const struct plan_request *request)
{
	return request->run->interrupt && *request->run->interrupt;
}

static bool keeps(const struct workflow_trial *trial, const struct plan_request *request)
{
	return !trial->fails && (request->seconds_max == 0 || trial->seconds <= request->seconds_max);
}

/* --- the plan --- */

static bool check_request(const struct plan_request *request, struct diag *diag)
{
	struct diag_place place = {.file = "lamina plan"};
	bool is_cost_or_speed = request->strategy == STRATEGY_COST || request->strategy == STRATEGY_SPEED ||
				(request->strategy == STRATEGY_BALANCED && request->seconds_max == 0);
	size_t errors_before = diag->error_count;
	if (!is_cost_or_speed)
		diag_error(diag, place, "a workflow is planned for cost or speed, not by strategy '%s'",
			   plan_strategy_names[request->strategy]);
	if (request->usd_max > 0)
		diag_error(
			diag, place,
			"a workflow is planned within a deadline or a latency; a budget is for a chain of functions");
	if (setting_has_instances(request->setting))
		diag_error(diag, bind_place(request->experiment->root, "platform"),
			   "a plan's bounds hold where each request has a sandbox to itself; compare shared ones with "
			   "'lamina sweep'");
	return diag->error_count == errors_before;
}

/* How many records one after the other a deadline of the whole batch is for. */
static double turns_of(const struct setting *setting)
{
	if (setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE)
		return 1;
	return ceil((double)setting->records / (double)setting->parallel);
}

/* So often at most, and no closer than this. */
enum { ROUNDS_MAX = 8 };
static const double CLOSE_ENOUGH = 0.995;

/* Whether the trial is better than the best one so far. */
static bool improves(const struct workflow_trial *trial, const struct workflow_plan *plan,
		     const struct plan_request *request)
{
	const struct workflow_trial *best = &plan->best;
	if (!best->memory_mb || keeps(trial, request) != keeps(best, request))
		return !best->memory_mb || keeps(trial, request);
	bool wants_time = !keeps(trial, request) || request->strategy != STRATEGY_COST;
	return wants_time ? trial->seconds < best->seconds : trial->usd < best->usd;
}

/* One model of the workflow, and where its deadline is looked for. */
struct model {
	const struct plan_request *request;
	struct sp_graph graph;
	int64_t **sizes_mb;
	double least_seconds; /* of a record */
	struct arena *arena;
};

/* The cheapest plan for a deadline of the model, simulated; whether that keeps the request's. *seconds: the model's. */
static bool try_deadline(const struct model *model, double deadline, struct workflow_plan *out, double *seconds)
{
	const struct plan_request *request = model->request;
	const struct setting *setting = request->setting;
	int64_t *memory_mb = ARENA_ARRAY(model->arena, int64_t, setting->function_count);
	struct sp_answer answer;
	struct workflow_trial trial;
	sp_solve(&model->graph, deadline, model->arena, &answer);
	for (size_t f = 0; f < setting->function_count; f++)
		memory_mb[f] = model->sizes_mb[f][answer.options[f]];
	try_memories(request, memory_mb, setting->graph->kind, model->arena, &trial);
	*seconds = answer.seconds;
	if (improves(&trial, out, request)) {
		out->best = trial;
		out->graph = model->graph;
		out->fastest_seconds = model->least_seconds;
		out->model_seconds = answer.seconds;
		out->model_usd = answer.usd * (double)setting->records;
		out->bound_usd = answer.bound_usd * (double)setting->records;
		out->is_proven = answer.is_proven;
		out->deadline_seconds = deadline;
	}
	return keeps(&trial, request);
}

/* Halves what is between deadlines of the model whose plans keep the request's, and do not. */
static void search_model(const struct model *model, struct workflow_plan *out)
{
	const struct plan_request *request = model->request;
	double keeping = model->least_seconds;
	double failing;
	if (request->strategy != STRATEGY_COST) {
		try_deadline(model, model->least_seconds, out, &failing);
		return;
	}
	/* What costs least of all may do. */
	if (try_deadline(model, HUGE_VAL, out, &failing))
		return;
	double own = request->seconds_max / turns_of(request->setting);
	double seconds;
	if (own > keeping && own < failing && try_deadline(model, own, out, &seconds))
		keeping = own;
	else if (!try_deadline(model, keeping, out, &seconds))
		return;
	else if (own > keeping && own < failing)
		failing = own;
	for (int round = 0; round < ROUNDS_MAX && failing > keeping / CLOSE_ENOUGH && !is_interrupted(request);
	     round++) {
		double middle = sqrt(keeping * failing);
		if (try_deadline(model, middle, out, &seconds))
			keeping = middle;
		else
			failing = middle;
	}
}

double workflow_plan_doubt(const struct plan_request *request, const struct workflow_plan *plan)
{
	return plan->best.seconds / (plan->model_seconds * turns_of(request->setting)) - 1;
}

static bool has_distributed_map(const struct graph *graph)
{
	for (size_t i = 0; i < graph->step_count; i++)
		if (graph->steps[i].is_distributed)
			return true;
	return false;
}

/* Standard and express differ in what they charge, keep and allow; the simulation knows all of it. */
static void try_other_kind(const struct plan_request *request, struct arena *arena, struct workflow_plan *out)
{
	const struct setting *setting = request->setting;
	bool is_offered = setting->platform->price.usd_per_million_express > 0;
	if (setting->graph->kind == WORKFLOW_NONE || has_distributed_map(setting->graph) || !is_offered)
		return;
	out->kind = setting->graph->kind == WORKFLOW_STANDARD ? WORKFLOW_EXPRESS : WORKFLOW_STANDARD;
	try_memories(request, out->best.memory_mb, out->kind, arena, &out->other_kind);
}

enum plan_end workflow_plan_run(const struct plan_request *request, struct arena *arena, struct diag *diag,
				struct workflow_plan *out)
{
	const struct setting *setting = request->setting;
	*out = (struct workflow_plan){.is_proven = false};
	if (!check_request(request, diag))
		return PLAN_REFUSED;
	int64_t *stated_mb = ARENA_ARRAY(arena, int64_t, setting->function_count);
	for (size_t f = 0; f < setting->function_count; f++)
		stated_mb[f] = setting->functions[f].memory_mb;
	try_memories(request, stated_mb, setting->graph->kind, arena, &out->now);
	for (int time = 0; time < BRANCH_TIMES && !is_interrupted(request); time++) {
		struct model model = {.request = request, .arena = arena};
		if (!workflow_plan_instance(request, (enum branch_time)time, arena, diag, &model.graph,
					    &model.sizes_mb))
			return PLAN_REFUSED;
		size_t *fastest = ARENA_ARRAY(arena, size_t, setting->function_count);
		model.least_seconds = sp_seconds(&model.graph, fastest) * (1 + 1e-9);
		search_model(&model, out);
	}
	if (is_interrupted(request))
		return PLAN_INTERRUPTED;
	if (!keeps(&out->best, request))
		return PLAN_INFEASIBLE;
	try_other_kind(request, arena, out);
	return is_interrupted(request) ? PLAN_INTERRUPTED : PLAN_FOUND;
}
