#include "kernels/graph/execute.h"

#include "base/check.h"
#include "kernels/operator/operator.h"

void execution_init(struct execution *execution, const struct graph *graph, size_t first, size_t last, bool has_inputs,
		    const struct kernel_choice *kernels, struct arena *arena)
{
	*execution = (struct execution){.graph = graph, .first = first, .last = last};
	if (kernels)
		execution->kernels = *kernels;
	execution->lowered = execution->kernels.are_lamina
				     ? graph_lower(graph, first, last, execution->kernels.isa, arena)
				     : graph_as_it_is(graph, arena);
	const struct lowered_graph *lowered = &execution->lowered;
	execution->plan =
		memory_plan_make(&lowered->graph, lowered->starts[first], lowered->starts[last], has_inputs, arena);
	execution->values = ARENA_ARRAY(arena, struct value, lowered->graph.tensor_count);
	for (size_t i = 0; i < lowered->graph.tensor_count; i++)
		execution->values[i] = lowered->graph.tensors[i].value;
}

/* Tensors that share a place share the pointer. */
static void set_followers(struct execution *execution, size_t root)
{
	for (size_t i = 0; i < execution->lowered.graph.tensor_count; i++)
		if (execution->plan.roots[i] == root)
			execution->values[i].data = execution->values[root].data;
}

void execution_set_block(struct execution *execution, void *block)
{
	const struct memory_plan *plan = &execution->plan;
	for (size_t i = 0; i < execution->lowered.graph.tensor_count; i++) {
		int64_t offset = plan->offsets[plan->roots[i]];
		if (offset != MEMORY_PLAN_NONE)
			execution->values[i].data = (char *)block + offset;
	}
}

void execution_set_data(struct execution *execution, size_t tensor, void *data)
{
	execution->values[tensor].data = data;
	set_followers(execution, execution->plan.roots[tensor]);
}

static bool has_work(const struct graph *graph, const struct graph_node *node)
{
	const struct graph_tensor *output = graph_output(graph, node, 0);
	return output && !output->is_constant && !node->operator->is_view;
}

bool execution_has_work(const struct execution *execution, size_t index)
{
	return has_work(execution->graph, &execution->graph->nodes[index]);
}

static void run_activation(const struct graph_node *node, struct value *output, struct team *team)
{
	const struct value *input = output;
	struct node_run run = {
		.settings = node->activation_settings,
		.input_count = 1,
		.inputs = &input,
		.output_count = 1,
		.outputs = &output,
	};
	node->activation->run(&run, team);
}

static bool has_constants(const struct execution *execution, const struct graph_node *node)
{
	for (size_t i = 1; i < node->input_count; i++) {
		size_t tensor = node->inputs[i];
		if (tensor != GRAPH_NONE &&
		    (!execution->lowered.graph.tensors[tensor].is_constant || !execution->values[tensor].data))
			return false;
	}
	return true;
}

void execution_prepare(struct execution *execution, struct arena *arena)
{
	const struct graph *graph = &execution->lowered.graph;
	if (execution->prepared || !execution->kernels.are_lamina)
		return;
	execution->prepared = ARENA_ARRAY(arena, const void *, graph->node_count);
	for (size_t n = execution->plan.first; n < execution->plan.last; n++) {
		const struct graph_node *node = &graph->nodes[n];
		const struct value *inputs[GRAPH_PORTS_MAX];
		if (!node->operator->prepare || !has_work(graph, node) || !has_constants(execution, node))
			continue;
		for (size_t i = 0; i < node->input_count; i++)
			inputs[i] = node->inputs[i] == GRAPH_NONE ? NULL : &execution->values[node->inputs[i]];
		struct node_run run = {.settings = node->settings, .input_count = node->input_count, .inputs = inputs};
		execution->prepared[n] = node->operator->prepare(&run, execution->kernels.isa, arena);
	}
}

static void run_step(struct execution *execution, size_t index, struct team *team)
{
	const struct value *inputs[GRAPH_PORTS_MAX];
	struct value *outputs[GRAPH_PORTS_MAX];
	const struct graph_node *node = &execution->lowered.graph.nodes[index];
	if (!has_work(&execution->lowered.graph, node))
		return;
	for (size_t i = 0; i < node->input_count; i++) {
		size_t tensor = node->inputs[i];
		inputs[i] = tensor == GRAPH_NONE ? NULL : &execution->values[tensor];
		CHECK(!inputs[i] || inputs[i]->data || node->operator->needs_shape_only);
	}
	for (size_t i = 0; i < node->output_count; i++) {
		size_t tensor = node->outputs[i];
		outputs[i] = tensor == GRAPH_NONE ? NULL : &execution->values[tensor];
		CHECK(!outputs[i] || outputs[i]->data);
	}
	struct node_run run = {
		.settings = node->settings,
		.prepared = execution->prepared ? execution->prepared[index] : NULL,
		.input_count = node->input_count,
		.inputs = inputs,
		.output_count = node->output_count,
		.outputs = outputs,
	};
	node->operator->run(&run, team);
	if (node->activation)
		run_activation(node, outputs[0], team);
}

void execution_run_node(struct execution *execution, size_t index, struct team *team)
{
	for (size_t n = execution->lowered.starts[index]; n < execution->lowered.starts[index + 1]; n++)
		run_step(execution, n, team);
}
