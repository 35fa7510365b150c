#include "kernels/graph/memory_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/operator.h"

/* A place that is needed from one node to another, both included. */
struct need {
	size_t tensor;
	size_t from;
	size_t to;
	int64_t bytes;
	int64_t offset;
};

struct planner {
	const struct graph *graph;
	struct memory_plan *plan;
	bool has_inputs;
	size_t *last_use; /* of every root: the last node that uses it, or GRAPH_NONE */
};

static int64_t aligned(int64_t bytes)
{
	enum { ALIGN = 64 };
	return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

/* Whether the tensor is to have a place: made here, or brought and used here. */
static bool is_placed(const struct planner *planner, size_t tensor)
{
	size_t producer = planner->graph->tensors[tensor].producer;
	if (planner->graph->tensors[tensor].is_constant)
		return false;
	if (producer != GRAPH_NONE && producer >= planner->plan->first)
		return producer < planner->plan->last;
	return planner->has_inputs && planner->last_use[tensor] != GRAPH_NONE;
}

static void join_views(struct planner *planner)
{
	for (size_t i = 0; i < planner->plan->last; i++) {
		const struct graph_node *node = &planner->graph->nodes[i];
		if (node->operator->is_view && !planner->graph->tensors[node->outputs[0]].is_constant)
			planner->plan->roots[node->outputs[0]] = planner->plan->roots[node->inputs[0]];
	}
}

static void find_last_uses(struct planner *planner)
{
	const struct graph *graph = planner->graph;
	for (size_t i = 0; i < graph->tensor_count; i++)
		planner->last_use[i] = GRAPH_NONE;
	for (size_t i = planner->plan->first; i < graph->node_count; i++)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++)
			if (graph->nodes[i].inputs[input] != GRAPH_NONE)
				planner->last_use[planner->plan->roots[graph->nodes[i].inputs[input]]] = i;
	for (size_t i = 0; i < graph->output_count; i++)
		planner->last_use[planner->plan->roots[graph->outputs[i]]] = graph->node_count;
}

/* Outputs that take over their input's place: the place's owner then is used as long as they are. */
static void join_in_place(struct planner *planner)
{
	const struct graph *graph = planner->graph;
	size_t *roots = planner->plan->roots;
	for (size_t i = planner->plan->first; i < planner->plan->last; i++) {
		const struct graph_node *node = &graph->nodes[i];
		for (size_t output = 0; output < node->output_count; output++)
			if (node->outputs[output] != GRAPH_NONE)
				roots[node->outputs[output]] = roots[roots[node->outputs[output]]];
		if (!node->operator->is_in_place || node->outputs[0] == GRAPH_NONE)
			continue;
		size_t in = roots[roots[node->inputs[0]]];
		size_t out = node->outputs[0];
		size_t uses = 0;
		for (size_t input = 0; input < node->input_count; input++)
			uses += node->inputs[input] != GRAPH_NONE && roots[roots[node->inputs[input]]] == in;
		if (!is_placed(planner, in) || planner->last_use[in] != i || uses > 1 ||
		    value_bytes(&graph->tensors[in].value) != value_bytes(&graph->tensors[out].value))
			continue;
		roots[out] = in;
		planner->last_use[in] = planner->last_use[out];
	}
	for (size_t i = 0; i < graph->tensor_count; i++)
		while (roots[i] != roots[roots[i]])
			roots[i] = roots[roots[i]];
}

static int by_size(const void *a, const void *b)
{
	const struct need *x = a;
	const struct need *y = b;
	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	return (x->tensor > y->tensor) - (x->tensor < y->tensor);
}

static size_t collect_needs(const struct planner *planner, struct need *needs)
{
	const struct graph *graph = planner->graph;
	size_t count = 0;
	for (size_t i = 0; i < graph->tensor_count; i++) {
		if (planner->plan->roots[i] != i || !is_placed(planner, i))
			continue;
		size_t producer = graph->tensors[i].producer;
		bool is_brought = producer == GRAPH_NONE || producer < planner->plan->first;
		size_t from = is_brought ? planner->plan->first : producer;
		size_t to = planner->last_use[i] == GRAPH_NONE ? from : planner->last_use[i];
		needs[count++] = (struct need){
			.tensor = i,
			.from = from,
			.to = to < planner->plan->last ? to : planner->plan->last,
			.bytes = aligned((int64_t)value_bytes(&graph->tensors[i].value)),
		};
	}
	return count;
}

static bool is_at_once(const struct need *a, const struct need *b)
{
	return a->from <= b->to && b->from <= a->to;
}

/* The lowest place that no need of the same time has, of those placed so far, by offset. */
static int64_t lowest_place(const struct need *need, struct need *const *placed, size_t count)
{
	int64_t offset = 0;
	for (size_t i = 0; i < count && placed[i]->offset < offset + need->bytes; i++)
		if (placed[i]->offset + placed[i]->bytes > offset && is_at_once(need, placed[i]))
			offset = placed[i]->offset + placed[i]->bytes;
	return offset;
}

static void insert_by_offset(struct need **placed, size_t count, struct need *need)
{
	size_t at = count;
	while (at > 0 && placed[at - 1]->offset > need->offset)
		at--;
	memmove(placed + at + 1, placed + at, (count - at) * sizeof *placed);
	placed[at] = need;
}

static void place(struct memory_plan *plan, struct need *needs, size_t count, struct arena *arena)
{
	struct need **placed = ARENA_ARRAY(arena, struct need *, count);
	for (size_t i = 0; i < count; i++) {
		struct need *need = &needs[i];
		need->offset = lowest_place(need, placed, i);
		insert_by_offset(placed, i, need);
		plan->offsets[need->tensor] = need->offset;
		if (need->offset + need->bytes > plan->bytes)
			plan->bytes = need->offset + need->bytes;
	}
}

struct memory_plan memory_plan_make(const struct graph *graph, size_t first, size_t last, bool has_inputs,
				    struct arena *arena)
{
	CHECK(first <= last && last <= graph->node_count);
	struct memory_plan plan = {
		.first = first,
		.last = last,
		.roots = ARENA_ARRAY(arena, size_t, graph->tensor_count),
		.offsets = ARENA_ARRAY(arena, int64_t, graph->tensor_count),
	};
	struct planner planner = {
		.graph = graph,
		.plan = &plan,
		.has_inputs = has_inputs,
		.last_use = ARENA_ARRAY(arena, size_t, graph->tensor_count),
	};
	for (size_t i = 0; i < graph->tensor_count; i++) {
		plan.roots[i] = i;
		plan.offsets[i] = MEMORY_PLAN_NONE;
	}
	join_views(&planner);
	find_last_uses(&planner);
	join_in_place(&planner);
	struct need *needs = ARENA_ARRAY(arena, struct need, graph->tensor_count);
	size_t count = collect_needs(&planner, needs);
	qsort(needs, count, sizeof *needs, by_size);
	place(&plan, needs, count, arena);
	return plan;
}
