#include "kernels/graph/optimise.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/op_normal.h"
#include "kernels/operator/op_window.h"

struct pass {
	struct graph *graph;
	struct arena *arena;
	size_t *uses; /* of every tensor: by nodes, and by the caller */
	bool *is_dropped;
};

static bool is_named(const struct graph_node *node, const char *name)
{
	return strcmp(node->operator->name, name) == 0;
}

static void count_uses(struct pass *pass)
{
	const struct graph *graph = pass->graph;
	memset(pass->uses, 0, graph->tensor_limit * sizeof *pass->uses);
	for (size_t i = 0; i < graph->node_count; i++)
		for (size_t input = 0; !pass->is_dropped[i] && input < graph->nodes[i].input_count; input++)
			if (graph->nodes[i].inputs[input] != GRAPH_NONE)
				pass->uses[graph->nodes[i].inputs[input]]++;
	for (size_t i = 0; i < graph->output_count; i++)
		pass->uses[graph->outputs[i]]++;
}

/* Backwards, so that what only a dead node needs is dead, too. */
static void drop_dead(struct pass *pass)
{
	struct graph *graph = pass->graph;
	for (size_t i = graph->node_count; i-- > 0;) {
		const struct graph_node *node = &graph->nodes[i];
		bool is_needed = false;
		for (size_t output = 0; output < node->output_count; output++) {
			const struct graph_tensor *tensor = graph_output(graph, node, output);
			is_needed = is_needed || (tensor && !tensor->is_constant && pass->uses[node->outputs[output]]);
		}
		if (is_needed || pass->is_dropped[i])
			continue;
		pass->is_dropped[i] = true;
		for (size_t input = 0; input < node->input_count; input++)
			if (node->inputs[input] != GRAPH_NONE)
				pass->uses[node->inputs[input]]--;
	}
}

static void replace_uses(struct pass *pass, size_t old, size_t new)
{
	for (size_t i = 0; i < pass->graph->node_count; i++)
		for (size_t input = 0; input < pass->graph->nodes[i].input_count; input++)
			if (pass->graph->nodes[i].inputs[input] == old)
				pass->graph->nodes[i].inputs[input] = new;
}

static bool is_output(const struct graph *graph, size_t tensor)
{
	for (size_t i = 0; i < graph->output_count; i++)
		if (graph->outputs[i] == tensor)
			return true;
	return false;
}

static void drop_identities(struct pass *pass)
{
	struct graph *graph = pass->graph;
	for (size_t i = 0; i < graph->node_count; i++) {
		const struct graph_node *node = &graph->nodes[i];
		if (pass->is_dropped[i] || !node->operator->is_view || is_output(graph, node->outputs[0]) ||
		    !dims_equal(&graph_input(graph, node, 0)->value.dims, &graph_output(graph, node, 0)->value.dims))
			continue;
		replace_uses(pass, node->outputs[0], node->inputs[0]);
		pass->is_dropped[i] = true;
	}
}

/* A factor and a summand for every channel; NULL where their values are not known, and with both NULL: neither is. */
struct affine {
	bool has_factors;
	bool are_known;
	float *factors;
	float *summands;
};

static bool is_parameter_list(const struct graph *graph, const struct graph_node *node, size_t input, int64_t count)
{
	const struct graph_tensor *tensor = graph_input(graph, node, input);
	return tensor && tensor->is_parameter && tensor->value.type == VALUE_FLOAT &&
	       value_elements(&tensor->value) == count;
}

static const float *floats_of(const struct graph *graph, const struct graph_node *node, size_t input)
{
	return graph_input(graph, node, input)->value.data;
}

static bool read_batch_norm(struct pass *pass, const struct graph_node *node, int64_t channels, struct affine *affine)
{
	const struct batch_norm_settings *settings = node->settings;
	affine->has_factors = affine->are_known = true;
	for (size_t i = 1; i < 5; i++) {
		if (!is_parameter_list(pass->graph, node, i, channels))
			return false;
		affine->are_known = affine->are_known && floats_of(pass->graph, node, i);
	}
	for (int64_t i = 0; affine->are_known && i < channels; i++) {
		float deviation = sqrtf(floats_of(pass->graph, node, 4)[i] + settings->epsilon);
		affine->factors[i] = floats_of(pass->graph, node, 1)[i] / deviation;
		affine->summands[i] =
			floats_of(pass->graph, node, 2)[i] - floats_of(pass->graph, node, 3)[i] * affine->factors[i];
	}
	return true;
}

/* Add or Mul with a constant that has one value for each channel: its sides are 1 but for the channels'. */
static bool read_channel_constant(struct pass *pass, const struct graph_node *node, size_t input, int64_t channels,
				  int rank, struct affine *affine)
{
	if (!is_parameter_list(pass->graph, node, input, channels))
		return false;
	const struct graph_tensor *tensor = graph_input(pass->graph, node, input);
	const struct dims *dims = &tensor->value.dims;
	int channel_axis = dims->rank - (rank - 1);
	if (channel_axis < 0 || dims->rank > rank || dims->sides[channel_axis] != channels)
		return false;
	affine->has_factors = is_named(node, "Mul");
	affine->are_known = tensor->value.data != NULL;
	for (int64_t i = 0; affine->are_known && i < channels; i++) {
		affine->factors[i] = affine->has_factors ? floats_of(pass->graph, node, input)[i] : 1;
		affine->summands[i] = affine->has_factors ? 0 : floats_of(pass->graph, node, input)[i];
	}
	return true;
}

/* A constant of these dims, with room for its values where they are known. */
static size_t new_parameter(struct pass *pass, const char *name, const struct dims *dims, bool is_known)
{
	struct graph *graph = pass->graph;
	CHECK(graph->tensor_count < graph->tensor_limit);
	struct graph_tensor *tensor = &graph->tensors[graph->tensor_count];
	*tensor = (struct graph_tensor){
		.name = name,
		.value = {.type = VALUE_FLOAT, .dims = *dims},
		.producer = GRAPH_NONE,
		.is_known = true,
		.is_constant = true,
		.is_parameter = true,
	};
	if (is_known)
		value_alloc(&tensor->value, pass->arena);
	return graph->tensor_count++;
}

static void add_fused(struct pass *pass, struct graph_node *node, const char *name)
{
	node->fused = node->fused ? arena_printf(pass->arena, "%s + %s", node->fused, name) : name;
}

/* Weights times factors, and biases times factors plus summands. */
static void apply_affine(struct pass *pass, struct graph_node *conv, const struct affine *affine, int64_t channels)
{
	struct graph *graph = pass->graph;
	struct graph_tensor *old = graph_input(graph, conv, 1);
	struct graph_tensor *old_bias = graph_input(graph, conv, 2);
	int64_t per_channel = value_elements(&old->value) / channels;
	struct dims bias_dims = {.rank = 1, .sides = {channels}};
	bool knows_bias = affine->are_known && (!old_bias || old_bias->value.data);
	size_t bias = new_parameter(pass, arena_printf(pass->arena, "%s.bias", conv->name), &bias_dims, knows_bias);
	for (int64_t i = 0; knows_bias && i < channels; i++)
		((float *)graph->tensors[bias].value.data)[i] =
			(old_bias ? ((const float *)old_bias->value.data)[i] * affine->factors[i] : 0) +
			affine->summands[i];
	size_t weights = conv->inputs[1];
	if (affine->has_factors) {
		bool knows_weights = affine->are_known && old->value.data;
		weights = new_parameter(pass, old->name, &old->value.dims, knows_weights);
		float *values = graph->tensors[weights].value.data;
		for (int64_t i = 0; knows_weights && i < channels * per_channel; i++)
			values[i] = ((const float *)old->value.data)[i] * affine->factors[i / per_channel];
	}
	size_t *inputs = ARENA_ARRAY(pass->arena, size_t, 3);
	inputs[0] = conv->inputs[0];
	inputs[1] = weights;
	inputs[2] = bias;
	conv->inputs = inputs;
	conv->input_count = 3;
	struct conv_settings *settings = ARENA_NEW(pass->arena, struct conv_settings);
	*settings = *(const struct conv_settings *)conv->settings;
	settings->conv.has_bias = true;
	conv->settings = settings;
}

/* The node that makes the tensor, where nobody else uses it and the node is still there. */
static struct graph_node *sole_maker(struct pass *pass, size_t tensor)
{
	if (tensor == GRAPH_NONE || pass->uses[tensor] != 1 || is_output(pass->graph, tensor))
		return NULL;
	size_t producer = pass->graph->tensors[tensor].producer;
	if (producer == GRAPH_NONE || pass->is_dropped[producer])
		return NULL;
	return &pass->graph->nodes[producer];
}

/* The maker makes the node's output from now on. */
static void absorb(struct pass *pass, struct graph_node *maker, size_t index)
{
	const struct graph_node *node = &pass->graph->nodes[index];
	pass->graph->tensors[node->outputs[0]].producer = (size_t)(maker - pass->graph->nodes);
	maker->outputs[0] = node->outputs[0];
	add_fused(pass, maker, node->name);
	pass->is_dropped[index] = true;
}

static bool read_affine(struct pass *pass, const struct graph_node *node, size_t *input, struct affine *affine)
{
	bool is_norm = is_named(node, "BatchNormalization");
	if (!is_norm && !is_named(node, "Add") && !is_named(node, "Mul"))
		return false;
	const struct dims *dims = &graph_output(pass->graph, node, 0)->value.dims;
	if (dims->rank < 3 || dims->sides[1] < 1)
		return false;
	int64_t channels = dims->sides[1];
	affine->factors = ARENA_ARRAY(pass->arena, float, (size_t)channels);
	affine->summands = ARENA_ARRAY(pass->arena, float, (size_t)channels);
	*input = 0;
	if (is_norm)
		return read_batch_norm(pass, node, channels, affine);
	for (size_t constant = 2; constant-- > 0;) {
		*input = 1 - constant;
		if (read_channel_constant(pass, node, constant, channels, dims->rank, affine))
			return true;
	}
	return false;
}

static void fold_into_convolutions(struct pass *pass)
{
	for (size_t i = 0; i < pass->graph->node_count; i++) {
		const struct graph_node *node = &pass->graph->nodes[i];
		struct affine affine = {.has_factors = false};
		size_t input;
		if (pass->is_dropped[i] || !read_affine(pass, node, &input, &affine))
			continue;
		struct graph_node *conv = sole_maker(pass, node->inputs[input]);
		if (!conv || !is_named(conv, "Conv") || conv->activation ||
		    !graph_input(pass->graph, conv, 1)->is_parameter ||
		    (graph_input(pass->graph, conv, 2) && !graph_input(pass->graph, conv, 2)->is_parameter))
			continue;
		apply_affine(pass, conv, &affine, graph_output(pass->graph, node, 0)->value.dims.sides[1]);
		absorb(pass, conv, i);
	}
}

static bool takes_activation(const struct graph_node *node)
{
	static const char *const names[] = {"Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "BatchNormalization"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (is_named(node, names[i]))
			return !node->activation;
	return false;
}

static void fuse_activations(struct pass *pass)
{
	for (size_t i = 0; i < pass->graph->node_count; i++) {
		const struct graph_node *node = &pass->graph->nodes[i];
		if (pass->is_dropped[i] || !node->operator->is_activation)
			continue;
		struct graph_node *maker = sole_maker(pass, node->inputs[0]);
		if (!maker || !takes_activation(maker) || graph_output(pass->graph, node, 0)->value.type != VALUE_FLOAT)
			continue;
		maker->activation = node->operator;
		maker->activation_settings = node->settings;
		absorb(pass, maker, i);
	}
}

static size_t compact(struct pass *pass)
{
	struct graph *graph = pass->graph;
	size_t count = 0;
	/* What made a constant, or what nobody makes any more, is gone. */
	for (size_t i = 0; i < graph->tensor_count; i++)
		graph->tensors[i].producer = GRAPH_NONE;
	for (size_t i = 0; i < graph->node_count; i++) {
		if (pass->is_dropped[i])
			continue;
		graph->nodes[count] = graph->nodes[i];
		for (size_t output = 0; output < graph->nodes[count].output_count; output++) {
			struct graph_tensor *tensor = graph_output(graph, &graph->nodes[count], output);
			if (tensor && !tensor->is_constant)
				tensor->producer = count;
		}
		count++;
	}
	size_t dropped = graph->node_count - count;
	graph->node_count = count;
	return dropped;
}

size_t graph_optimise(struct graph *graph, struct arena *arena)
{
	struct pass pass = {
		.graph = graph,
		.arena = arena,
		.uses = ARENA_ARRAY(arena, size_t, graph->tensor_limit),
		.is_dropped = ARENA_ARRAY(arena, bool, graph->node_count),
	};
	count_uses(&pass);
	drop_dead(&pass);
	drop_identities(&pass);
	count_uses(&pass);
	fold_into_convolutions(&pass);
	count_uses(&pass);
	fuse_activations(&pass);
	size_t dropped = compact(&pass);
	graph_find_users(graph);
	return dropped;
}
