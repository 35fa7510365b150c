#include "kernels/graph/graph.h"

#include "base/check.h"

struct graph_tensor *graph_input(const struct graph *graph, const struct graph_node *node, size_t index)
{
	size_t tensor = index < node->input_count ? node->inputs[index] : GRAPH_NONE;
	return tensor == GRAPH_NONE ? NULL : &graph->tensors[tensor];
}

struct graph_tensor *graph_output(const struct graph *graph, const struct graph_node *node, size_t index)
{
	size_t tensor = index < node->output_count ? node->outputs[index] : GRAPH_NONE;
	return tensor == GRAPH_NONE ? NULL : &graph->tensors[tensor];
}

void graph_find_users(struct graph *graph)
{
	for (size_t i = 0; i < graph->tensor_count; i++)
		graph->tensors[i].first_user = GRAPH_NONE;
	for (size_t i = graph->node_count; i-- > 0;)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++) {
			struct graph_tensor *tensor = graph_input(graph, &graph->nodes[i], input);
			if (tensor)
				tensor->first_user = i;
		}
}

int64_t graph_mac(const struct graph *graph)
{
	int64_t sum = 0;
	for (size_t i = 0; i < graph->node_count; i++)
		sum += graph->nodes[i].mac;
	return sum;
}

int64_t graph_node_parameters(const struct graph *graph, size_t index)
{
	const struct graph_node *node = &graph->nodes[index];
	int64_t sum = 0;
	for (size_t input = 0; input < node->input_count; input++) {
		const struct graph_tensor *tensor = graph_input(graph, node, input);
		bool is_again = false;
		for (size_t i = 0; i < input; i++)
			is_again = is_again || node->inputs[i] == node->inputs[input];
		if (tensor && !is_again && tensor->is_parameter && tensor->first_user == index &&
		    tensor->value.type == VALUE_FLOAT && tensor->value.dims.rank > 0)
			sum += value_elements(&tensor->value);
	}
	return sum;
}

int64_t graph_parameters(const struct graph *graph)
{
	int64_t sum = 0;
	for (size_t i = 0; i < graph->node_count; i++)
		sum += graph_node_parameters(graph, i);
	return sum;
}
