#include "kernels/graph/crossing.h"

#include "kernels/operator/operator.h"

/* The tensor whose data a view shows. */
static size_t shown_by(const struct graph *graph, size_t tensor)
{
	size_t producer = graph->tensors[tensor].producer;
	while (producer != GRAPH_NONE && graph->nodes[producer].operator->is_view) {
		tensor = graph->nodes[producer].inputs[0];
		producer = graph->tensors[tensor].producer;
	}
	return tensor;
}

static bool is_before(const struct graph *graph, size_t tensor, size_t node)
{
	size_t producer = graph->tensors[tensor].producer;
	return !graph->tensors[tensor].is_constant && (producer == GRAPH_NONE || producer < node);
}

static void mark(const struct graph *graph, size_t tensor, size_t node, bool *crosses)
{
	if (tensor != GRAPH_NONE && is_before(graph, shown_by(graph, tensor), node))
		crosses[shown_by(graph, tensor)] = true;
}

/* All tensors needed by nodes from this one on that are made before it. */
static void mark_crossing(const struct graph *graph, size_t node, bool *crosses)
{
	for (size_t i = node; i < graph->node_count; i++)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++)
			mark(graph, graph->nodes[i].inputs[input], node, crosses);
	for (size_t i = 0; i < graph->output_count; i++)
		mark(graph, graph->outputs[i], node, crosses);
}

size_t graph_crossing(const struct graph *graph, size_t node, size_t **tensors, struct arena *arena)
{
	bool *crosses = mem_alloc(graph->tensor_count * sizeof *crosses);
	size_t count = 0;
	mark_crossing(graph, node, crosses);
	for (size_t i = 0; i < graph->tensor_count; i++)
		count += crosses[i];
	*tensors = ARENA_ARRAY(arena, size_t, count);
	count = 0;
	for (size_t i = 0; i < graph->tensor_count; i++)
		if (crosses[i])
			(*tensors)[count++] = i;
	mem_free(crosses);
	return count;
}

bool graph_crosses_by_image(const struct graph *graph, const size_t *tensors, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct value *value = &graph->tensors[tensors[i]].value;
		if (value->dims.rank < 1 || value->dims.sides[0] != graph->batch || value_elements(value) == 0)
			return false;
	}
	return count > 0;
}

int64_t graph_crossing_elements(const struct graph *graph, const size_t *tensors, size_t count)
{
	int64_t elements = 0;
	for (size_t i = 0; i < count; i++)
		elements += value_elements(&graph->tensors[tensors[i]].value);
	return elements / graph->batch;
}

int64_t graph_live_bytes(const struct graph *graph, size_t node)
{
	bool *is_live = mem_alloc(graph->tensor_count * sizeof *is_live);
	int64_t bytes = 0;
	mark_crossing(graph, node, is_live);
	for (size_t output = 0; output < graph->nodes[node].output_count; output++)
		if (graph_output(graph, &graph->nodes[node], output))
			is_live[shown_by(graph, graph->nodes[node].outputs[output])] = true;
	for (size_t i = 0; i < graph->tensor_count; i++)
		bytes += is_live[i] && !graph->tensors[i].is_constant ? (int64_t)value_bytes(&graph->tensors[i].value)
								      : 0;
	mem_free(is_live);
	return bytes;
}
