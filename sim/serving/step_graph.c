#include "serving/step_graph.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"

const char *const workflow_kind_names[] = {[WORKFLOW_STANDARD] = "standard",
					   [WORKFLOW_EXPRESS] = "express",
					   [WORKFLOW_NONE] = "none",
					   [WORKFLOW_DURABLE] = "durable",
					   NULL};

const char *const step_kind_names[] = {
	[STEP_TASK] = "task", [STEP_PARALLEL] = "parallel", [STEP_MAP] = "map",   [STEP_CHOICE] = "choice",
	[STEP_LOOP] = "loop", [STEP_WAIT] = "wait",         [STEP_FAIL] = "fail", [STEP_KINDS] = NULL,
};

/*
 * Source: AWS Step Functions API reference, HistoryEvent: a state is entered and exited; a function is scheduled,
 * started, and has succeeded or failed; Parallel and Map have started and succeeded; an iteration likewise. A
 * distributed map writes the history of a MapRun instead, and its children write their own. A loop is a Choice state
 * that leads back. A Fail state is only entered.
 */
const struct history_entries step_history[STEP_KINDS] = {
	[STEP_TASK] = {.per_step = 2, .per_try = 3},
	[STEP_PARALLEL] = {.per_step = 4},
	[STEP_MAP] = {.per_step = 4, .per_item = 2},
	[STEP_CHOICE] = {.per_step = 2},
	[STEP_LOOP] = {.per_item = 2},
	[STEP_WAIT] = {.per_step = 2},
	[STEP_FAIL] = {.per_step = 1},
};

void graph_make_chain(size_t functions, int64_t retries, struct arena *arena, struct graph *out)
{
	*out = (struct graph){
		.kind = WORKFLOW_NONE,
		.steps = ARENA_ARRAY(arena, struct step, functions),
		.step_count = functions,
	};
	for (size_t i = 0; i < functions; i++)
		out->steps[i] = (struct step){
			.kind = STEP_TASK,
			.next = i + 1 < functions ? (int32_t)i + 1 : GRAPH_END,
			.around = GRAPH_END,
			.scope = GRAPH_END,
			.caught = GRAPH_UNCAUGHT,
			.writer = GRAPH_END,
			.payload_bytes = -1,
			.retry = {.attempts = retries},
			.function = i,
		};
}

uint32_t graph_branch_of(const struct graph *graph, int32_t step)
{
	const struct step *steps = graph->steps;
	int32_t scope = steps[step].scope;
	CHECK(scope >= 0);
	while (steps[step].around != scope)
		step = steps[step].around;
	uint32_t branch = steps[scope].first_branch;
	for (;; branch++) {
		CHECK(branch < steps[scope].first_branch + steps[scope].branch_count);
		for (int32_t at = graph->branches[branch].first; at >= 0; at = steps[at].next)
			if (at == step)
				return branch;
	}
}

/* Of a sequence, to its end. */
static double sequence_goes_on(const struct graph *graph, int32_t first)
{
	double probability = 1;
	for (int32_t at = first; at >= 0; at = graph->steps[at].next)
		probability *= graph_goes_on(graph, at);
	return probability;
}

/* The probability that a sequence fails, where no task does. */
static double sequence_fails(const struct graph *graph, int32_t first);

/* Of a step whose branches all have to come through: that one of them fails, which nothing catches. */
static double branches_fail(const struct graph *graph, const struct step *step)
{
	double through = 1;
	if (step->caught != GRAPH_UNCAUGHT)
		return 0;
	for (uint32_t i = 0; i < step->branch_count; i++)
		through *= 1 - sequence_fails(graph, graph->branches[step->first_branch + i].first);
	if (step->kind == STEP_MAP) {
		const struct item_count *items = step->writer >= 0 ? &graph->steps[step->writer].writes : &step->items;
		double mean = items->drawn.count > 0 ? quantile_mean(&items->drawn) : (double)items->number;
		through = pow(through, ceil(mean / (double)step->batch));
	}
	return 1 - through;
}

static double step_fails(const struct graph *graph, int32_t index)
{
	const struct step *step = &graph->steps[index];
	const struct step_branch *branches = &graph->branches[step->first_branch];
	double probability = 0;
	if (step->kind == STEP_FAIL)
		return 1;
	if (step->kind == STEP_PARALLEL || step->kind == STEP_MAP)
		return branches_fail(graph, step);
	if (step->kind == STEP_LOOP)
		return fmin(1, graph_rounds(graph, step) * sequence_fails(graph, branches[0].first));
	for (uint32_t i = 0; step->kind == STEP_CHOICE && i < step->branch_count; i++)
		probability += branches[i].probability * sequence_fails(graph, branches[i].first);
	return probability;
}

static double sequence_fails(const struct graph *graph, int32_t first)
{
	double reached = 1;
	double fails = 0;
	for (int32_t at = first; at >= 0; at = graph->steps[at].next) {
		fails += reached * step_fails(graph, at);
		reached *= graph_goes_on(graph, at);
	}
	return fmin(fails, 1);
}

/* The mean number of rounds, of which each goes on with so much probability. */
static double rounds_of(const struct step *loop, double round)
{
	double again = loop->again * round;
	double at_most = (double)loop->at_most;
	return again < 1 ? (1 - pow(again, at_most)) / (1 - again) : at_most;
}

double graph_goes_on(const struct graph *graph, int32_t index)
{
	const struct step *step = &graph->steps[index];
	const struct step_branch *branches = &graph->branches[step->first_branch];
	double probability = 0;
	if (step->kind == STEP_LOOP) {
		/* Of all rounds, those that do not end it and are the last. */
		double round = sequence_goes_on(graph, branches[0].first);
		double last = pow(step->again * round, (double)step->at_most - 1);
		return round * ((1 - step->again) * rounds_of(step, round) + step->again * last);
	}
	if (step->kind != STEP_CHOICE)
		return 1 - step_fails(graph, index);
	for (uint32_t i = 0; i < step->branch_count; i++)
		if (!branches[i].ends)
			probability += branches[i].probability * sequence_goes_on(graph, branches[i].first);
	return fmin(probability, 1);
}

bool graph_never_goes_on(const struct graph *graph, int32_t index)
{
	const struct step *step = &graph->steps[index];
	if (step->kind != STEP_CHOICE || step->branch_count == 0)
		return step->kind == STEP_FAIL;
	for (uint32_t i = 0; i < step->branch_count; i++) {
		const struct step_branch *branch = &graph->branches[step->first_branch + i];
		bool ends = branch->ends;
		for (int32_t at = branch->first; at >= 0 && !ends; at = graph->steps[at].next)
			ends = graph_never_goes_on(graph, at);
		if (!ends)
			return false;
	}
	return true;
}

double graph_rounds(const struct graph *graph, const struct step *loop)
{
	return rounds_of(loop, sequence_goes_on(graph, graph->branches[loop->first_branch].first));
}

int64_t graph_batch_of(const struct graph *graph, const struct step *step)
{
	int32_t at = step->scope;
	while (at >= 0 && graph->steps[at].kind != STEP_MAP)
		at = graph->steps[at].scope;
	return at >= 0 ? graph->steps[at].batch : 1;
}

static int64_t whole(double number)
{
	return llround(fmin(number, 1e15));
}

int64_t item_count_draw(const struct item_count *count, struct stream *luck)
{
	return count->drawn.count > 0 ? whole(quantile_draw(&count->drawn, luck)) : count->number;
}

int64_t item_count_min(const struct item_count *count)
{
	return count->drawn.count > 0 ? whole(quantile_at(&count->drawn, 0)) : count->number;
}

int64_t item_count_max(const struct item_count *count)
{
	return count->drawn.count > 0 ? whole(quantile_at(&count->drawn, 1)) : count->number;
}

static const double REST_SECONDS_MAX = 1e9;

int64_t retry_rest_ns(const struct retry_rule *rule, int64_t failures)
{
	/* By products, which every C library rounds alike. */
	double seconds = rule->interval_seconds;
	for (int64_t i = 0; i < failures && seconds < REST_SECONDS_MAX; i++)
		seconds *= rule->backoff;
	if (rule->max_delay_seconds > 0)
		seconds = fmin(seconds, rule->max_delay_seconds);
	return ns_from_seconds(fmin(seconds, REST_SECONDS_MAX));
}
