#include "plan/workflow_model.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "plan/stage.h"

/* --- from steps to an instance --- */

struct builder {
	const struct plan_request *request;
	const struct setting *setting;
	struct sp_graph *graph;
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
	return workflow_is_of_service(builder->setting->graph->kind);
}

static int32_t build_task(struct builder *builder, int32_t at, double visits)
{
	const struct setting *setting = builder->setting;
	const struct step *step = &setting->graph->steps[at];
	const struct quantiles *hop = at > 0 ? setting_hop(setting, 1) : NULL;
	int32_t node = new_node(builder, SP_TASK, hop ? quantile_mean(&hop->table) : 0);
	builder->graph->nodes[node].function = step->function;
	builder->graph->nodes[node].visits = visits;
	/* A call that is only queued is paid for, and not waited for. */
	builder->graph->nodes[node].weight = step->is_async ? HARDLY : 1;
	return node;
}

static int32_t build_parallel(struct builder *builder, int32_t at, double visits)
{
	const struct graph *graph = builder->setting->graph;
	const struct step *step = &graph->steps[at];
	double fork_seconds = is_of_service(builder) ? builder->setting->platform->workflow.fork_seconds : 0;
	int32_t node = new_node(builder, SP_PARALLEL, fork_seconds);
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
	const struct platform_workflow *workflow = &builder->setting->platform->workflow;
	const struct start_rate *starts = workflow_start_rate(workflow, step->child_kind == WORKFLOW_EXPRESS);
	*out = (struct map_means){0};
	for (int i = 0; i < MAP_SHARES; i++) {
		double drawn = items->drawn.count > 0 ? round(quantile_at(&items->drawn, (i + 0.5) / MAP_SHARES))
						      : (double)items->number;
		double batches = ceil(drawn / (double)step->batch);
		double width = fmin(batches, (double)step->concurrency);
		out->batches += batches / MAP_SHARES;
		out->waves += (width > 0 ? ceil(batches / width) : 0) / MAP_SHARES;
		for (int64_t k = 1; is_paced && k < (int64_t)fmin(width, 10000); k++)
			out->pace_seconds += seconds_from_ns(workflow_map_rest_ns(workflow, k)) / MAP_SHARES;
		if (step->is_distributed && starts->burst > 0)
			out->pace_seconds += fmax(0, width - (double)starts->burst) / starts->per_second / MAP_SHARES;
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
		builder->graph->nodes[child].weight = branch->probability;
		adopt(builder, node, child);
	}
	return node;
}

static int32_t build_loop(struct builder *builder, int32_t at, double visits)
{
	const struct graph *graph = builder->setting->graph;
	const struct step *step = &graph->steps[at];
	double rounds = graph_rounds(graph, step);
	int32_t node = new_node(builder, SP_SERIES, 0);
	builder->graph->nodes[node].weight = rounds;
	adopt(builder, node, build_sequence(builder, graph->branches[step->first_branch].first, visits * rounds));
	return node;
}

static int32_t build_wait(struct builder *builder, int32_t at, double visits)
{
	return new_node(builder, SP_SERIES, seconds_from_ns(builder->setting->graph->steps[at].wait_ns));
}

static int32_t build_fail(struct builder *builder, int32_t at, double visits)
{
	return new_node(builder, SP_SERIES, 0);
}

static int32_t (*const builders[STEP_KINDS])(struct builder *builder, int32_t at, double visits) = {
	[STEP_TASK] = build_task,     [STEP_PARALLEL] = build_parallel, [STEP_MAP] = build_map,
	[STEP_CHOICE] = build_choice, [STEP_LOOP] = build_loop,         [STEP_WAIT] = build_wait,
	[STEP_FAIL] = build_fail,
};

/* What follows a caught failure is not of the mean. */
static int32_t build_sequence(struct builder *builder, int32_t first, double visits)
{
	const struct graph *graph = builder->setting->graph;
	int32_t node = new_node(builder, SP_SERIES, 0);
	int32_t rest = node;
	for (int32_t at = first; at >= 0; at = graph->steps[at].next) {
		adopt(builder, rest, builders[graph->steps[at].kind](builder, at, visits));
		double goes_on = graph_goes_on(graph, at);
		if (goes_on == 1 || graph->steps[at].next < 0)
			continue;
		int32_t behind = new_node(builder, SP_SERIES, 0);
		builder->graph->nodes[behind].weight = fmax(goes_on, HARDLY);
		adopt(builder, rest, behind);
		rest = behind;
		visits *= goes_on;
	}
	return node;
}

/* --- options --- */

/* The most messages that a task has at once: a source's batch, unless a map around it walks that. */
static int64_t messages_of(const struct setting *setting, const struct step *step)
{
	for (int32_t at = step->scope; at >= 0; at = setting->graph->steps[at].scope)
		if (setting->graph->steps[at].counts_messages)
			return setting->graph->steps[at].batch;
	return setting->source.batch_max;
}

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
		if (step->kind != STEP_TASK || step->function != function)
			continue;
		struct setting_function *of = &functions[function];
		if (step->works)
			of->work = of->last_work = step->works[step->work_count - 1];
		else if (setting_is_polled(setting))
			of->work = of->last_work = of->sized_works[messages_of(setting, step) - 1];
	}
	stage_init(out, copy, function);
}

/* The sizes that hold the function and end in time; false where there is none. */
static bool find_options(const struct builder *builder, size_t function, struct diag *diag,
			 struct workflow_model *model)
{
	struct sp_options *out = &model->graph.functions[function];
	struct sp_options *every = &model->every[function];
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
	*every = (struct sp_options){
		.name = out->name,
		.seconds = ARENA_ARRAY(builder->arena, double, count),
		.usd = ARENA_ARRAY(builder->arena, double, count),
		.count = count,
	};
	memcpy(every->seconds, out->seconds, count * sizeof out->seconds[0]);
	memcpy(every->usd, out->usd, count * sizeof out->usd[0]);
	model->every_mb[function] = tried_mb;
	out->count = sp_options_sort(out->seconds, out->usd, order, count);
	model->sizes_mb[function] = ARENA_ARRAY(builder->arena, int64_t, out->count);
	for (size_t i = 0; i < out->count; i++)
		model->sizes_mb[function][i] = tried_mb[order[i]];
	return true;
}

bool workflow_model_make(const struct plan_request *request, const struct setting *setting, struct arena *arena,
			 struct diag *diag, struct workflow_model *out)
{
	const struct graph *steps = setting->graph;
	struct builder builder = {.request = request, .setting = setting, .graph = &out->graph, .arena = arena};
	size_t nodes = 3 * steps->step_count + steps->branch_count + 1;
	*out = (struct workflow_model){
		.graph.functions = ARENA_ARRAY(arena, struct sp_options, setting->function_count),
		.graph.function_count = setting->function_count,
		.graph.nodes = ARENA_ARRAY(arena, struct sp_node, nodes),
		.sizes_mb = ARENA_ARRAY(arena, int64_t *, setting->function_count),
		.every = ARENA_ARRAY(arena, struct sp_options, setting->function_count),
		.every_mb = ARENA_ARRAY(arena, int64_t *, setting->function_count),
	};
	bool ok = true;
	for (size_t f = 0; f < setting->function_count; f++)
		ok = find_options(&builder, f, diag, out) && ok;
	out->graph.root = build_sequence(&builder, 0, 1);
	return ok;
}

/* --- what a simulation tells --- */

/* Of a map that runs fewer at once than it has, the time of all items but the last ones is booked as its own. */
static double inner_factor(const struct builder *builder, const struct run_result *result, size_t map)
{
	const struct graph *graph = builder->setting->graph;
	const struct step_result *own = &result->steps[map];
	double inner_seconds = 0;
	double shared = fmax(1, result->metrics[METRIC_MESSAGES_PER_BATCH].mean);
	double executions = fmax(1, result->metrics[METRIC_COMPLETED_RECORDS].mean / shared);
	struct map_means means;
	find_map_means(builder, &graph->steps[map], &means);
	double pace_seconds = means.pace_seconds * own->metrics[STEP_METRIC_ENTERED].mean / executions +
			      (is_of_service(builder) ? builder->setting->platform->workflow.fork_seconds : 0);
	double waits_seconds = own->metrics[STEP_METRIC_CRITICAL_SECONDS].mean - pace_seconds;
	for (size_t i = 0; i < graph->step_count; i++)
		for (int32_t at = graph->steps[i].scope; at >= 0; at = graph->steps[at].scope)
			inner_seconds +=
				(size_t)at == map ? result->steps[i].metrics[STEP_METRIC_CRITICAL_SECONDS].mean : 0;
	return inner_seconds > 0 && waits_seconds > 0 ? 1 + waits_seconds / inner_seconds : 1;
}

/* A record that waits makes the mean of records' times tell little of their quantiles. */
static const double WAITS_LITTLE = 0.1;

/*
 * What a second of every record is of what is bounded: of a batch's whole time, of which those that wait for their turn
 * are on no path, as many as go through one after the other.
 */
static double seconds_per_record_second(const struct trial *trial)
{
	const struct run_result *result = &trial->result;
	double record_seconds = result->metrics[METRIC_RECORD_SECONDS].mean;
	double path_seconds = 0;
	double wait_seconds = 0;
	for (size_t i = 0; i < result->step_count; i++) {
		double seconds = result->steps[i].metrics[STEP_METRIC_CRITICAL_SECONDS].mean;
		path_seconds += seconds;
		wait_seconds += result->steps[i].step->kind == STEP_WAIT ? seconds : 0;
	}
	bool is_latency = trial->setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
	if (is_latency && wait_seconds > WAITS_LITTLE * record_seconds)
		return 1;
	if (!is_latency && !setting_is_polled(trial->setting) && path_seconds > 0)
		return trial->seconds_at / path_seconds;
	return record_seconds > 0 ? trial->seconds_at / record_seconds : 0;
}

void workflow_model_learn(const struct plan_request *request, const struct workflow_model *model,
			  const struct trial *trial, const size_t *options, struct arena *arena, struct path_point *out)
{
	const struct setting *setting = trial->setting;
	const struct graph *graph = setting->graph;
	const struct run_result *result = &trial->result;
	struct builder builder = {.request = request, .setting = setting, .arena = arena};
	double *factors = ARENA_ARRAY(arena, double, graph->step_count);
	double scale = seconds_per_record_second(trial);
	const struct quantiles *hop = setting_hop(setting, 1);
	double hop_seconds = hop ? quantile_mean(&hop->table) : 0;
	*out = (struct path_point){
		.options = ARENA_ARRAY(arena, size_t, setting->function_count),
		.seconds = trial->seconds_at,
		.calls = ARENA_ARRAY(arena, double, setting->function_count),
		.usd = request->usd_max > 0 ? trial->usd_at : trial->usd,
		.visits = ARENA_ARRAY(arena, double, setting->function_count),
		.usd_per_second =
			trial->seconds_at > 0 ? result->bill.lines[BILL_EXPRESS_TIME].usd / trial->seconds_at : 0,
	};
	for (size_t f = 0; f < setting->function_count; f++) {
		out->options[f] = options[f];
		out->visits[f] = result->functions[f].metrics[FUNCTION_METRIC_INVOCATIONS].mean;
	}
	for (size_t i = 0; i < graph->step_count; i++) {
		const struct step *step = &graph->steps[i];
		const struct step_result *took = &result->steps[i];
		factors[i] = step->scope >= 0 ? factors[step->scope] : 1;
		if (step->kind == STEP_MAP)
			factors[i] *= inner_factor(&builder, result, i);
		double mean_seconds = took->metrics[STEP_METRIC_MEAN_SECONDS].mean;
		if (step->kind != STEP_TASK || step->is_async || mean_seconds <= 0)
			continue;
		double of_call = fmax(0, 1 - hop_seconds / mean_seconds);
		double critical_seconds = took->metrics[STEP_METRIC_CRITICAL_SECONDS].mean * of_call * factors[i];
		out->calls[step->function] += scale * critical_seconds /
					      model->graph.functions[step->function].seconds[options[step->function]];
	}
}
