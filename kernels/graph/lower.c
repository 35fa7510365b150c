#include "kernels/graph/lower.h"

#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/blocks.h"
#include "kernels/operator/op_blocks.h"
#include "kernels/operator/op_elementwise.h"
#include "kernels/operator/op_window.h"
#include "kernels/operator/window_node.h"

/* RANK_PLANES: images x channels x height x width. */
enum { RANK_PLANES = 4, RANK_BLOCKS = 5, NEW_NODES_MOST = 3 /* of a node: itself and two of another layout */ };

struct lowering {
	const struct graph *old;
	struct graph new;
	size_t first; /* nodes of the old graph */
	size_t last;
	enum isa isa;
	struct arena *arena;
	size_t *blocks;    /* of every tensor: the same in blocks, or GRAPH_NONE */
	bool *has_planes;  /* of every tensor: it is there as the file has it */
	size_t *last_uses; /* of every tensor: the last node that uses it; node_count: an output of the graph */
};

static struct graph_node *add_node(struct lowering *lowering, const struct graph_node *node)
{
	struct graph_node *added = &lowering->new.nodes[lowering->new.node_count];
	*added = *node;
	for (size_t i = 0; i < added->output_count; i++)
		if (added->outputs[i] != GRAPH_NONE && !lowering->new.tensors[added->outputs[i]].is_constant)
			lowering->new.tensors[added->outputs[i]].producer = lowering->new.node_count;
	lowering->new.node_count++;
	return added;
}

static size_t *one_port(struct lowering *lowering, size_t tensor)
{
	size_t *port = ARENA_NEW(lowering->arena, size_t);
	*port = tensor;
	return port;
}

static struct dims dims_in_blocks(const struct dims *planes, int64_t depth)
{
	return (struct dims){
		.rank = RANK_BLOCKS,
		.sides = {planes->sides[0], div_ceil_int64(planes->sides[1], depth), planes->sides[2], planes->sides[3],
			  depth},
	};
}

/* The tensor in blocks that are this deep, which somebody is to make. */
static size_t new_blocks(struct lowering *lowering, size_t tensor, int64_t depth)
{
	const struct graph_tensor *planes = &lowering->old->tensors[tensor];
	struct graph_tensor *blocks = &lowering->new.tensors[lowering->new.tensor_count];
	*blocks = (struct graph_tensor){
		.name = planes->name,
		.value = {.type = VALUE_FLOAT, .dims = dims_in_blocks(&planes->value.dims, depth)},
		.producer = GRAPH_NONE,
		.first_user = GRAPH_NONE,
		.is_known = true,
	};
	lowering->blocks[tensor] = lowering->new.tensor_count;
	return lowering->new.tensor_count++;
}

static void add_turn(struct lowering *lowering, const struct operator_row *operator, size_t from, size_t to)
{
	add_node(lowering, &(struct graph_node){
				   .name = operator->name,
				   .operator= operator,
				   .inputs = one_port(lowering, from),
				   .input_count = 1,
				   .outputs = one_port(lowering, to),
				   .output_count = 1,
			   });
}

/* Its number in blocks; it is turned where it is there as planes only. */
static size_t want_blocks(struct lowering *lowering, size_t tensor)
{
	if (lowering->blocks[tensor] == GRAPH_NONE) {
		int64_t channels = lowering->old->tensors[tensor].value.dims.sides[1];
		size_t blocks =
			new_blocks(lowering, tensor, blocks_depth(channels, blocked_kernels_of(lowering->isa)->lanes));
		add_turn(lowering, &op_to_blocks, tensor, blocks);
	}
	return lowering->blocks[tensor];
}

static void want_planes(struct lowering *lowering, size_t tensor)
{
	if (lowering->has_planes[tensor])
		return;
	add_turn(lowering, &op_from_blocks, lowering->blocks[tensor], tensor);
	lowering->has_planes[tensor] = true;
}

static const struct dims *dims_of(const struct lowering *lowering, size_t tensor)
{
	return &lowering->old->tensors[tensor].value.dims;
}

static bool is_image(const struct lowering *lowering, size_t tensor)
{
	const struct graph_tensor *value = &lowering->old->tensors[tensor];
	return !value->is_constant && value->value.type == VALUE_FLOAT && value->value.dims.rank == RANK_PLANES &&
	       value_elements(&value->value) > 0;
}

static int64_t depth_of(const struct lowering *lowering, size_t blocks)
{
	return lowering->new.tensors[blocks].value.dims.sides[RANK_BLOCKS - 1];
}

/* --- which nodes go over to blocks ------------------------------------------------------------------------------- */

/* Adds the node on blocks and returns it; NULL where it stays as it is. */
typedef struct graph_node *node_rule(struct lowering *lowering, const struct graph_node *node);

/* The node with other operator, settings and ports. */
static struct graph_node *add_blocked(struct lowering *lowering, const struct graph_node *node, size_t *inputs,
				      size_t output)
{
	struct graph_node blocked = *node;
	blocked.inputs = inputs;
	blocked.outputs = one_port(lowering, output);
	blocked.output_count = 1;
	lowering->has_planes[node->outputs[0]] = false;
	return add_node(lowering, &blocked);
}

static size_t *copy_ports(struct lowering *lowering, const struct graph_node *node)
{
	size_t *ports = ARENA_ARRAY(lowering->arena, size_t, node->input_count);
	memcpy(ports, node->inputs, node->input_count * sizeof *ports);
	return ports;
}

static bool is_parameter(const struct lowering *lowering, const struct graph_node *node, size_t input)
{
	if (input >= node->input_count || node->inputs[input] == GRAPH_NONE)
		return true;
	return lowering->old->tensors[node->inputs[input]].is_constant;
}

static struct graph_node *lower_conv(struct lowering *lowering, const struct graph_node *node)
{
	const struct conv_settings *settings = node->settings;
	size_t image = node->inputs[0];
	int64_t lanes = blocked_kernels_of(lowering->isa)->lanes;
	if (!is_image(lowering, image) || !is_parameter(lowering, node, 1) || !is_parameter(lowering, node, 2))
		return NULL;
	struct shape shape = window_shape(dims_of(lowering, image));
	int64_t depth = lowering->blocks[image] != GRAPH_NONE ? depth_of(lowering, lowering->blocks[image])
							      : blocks_depth(shape.channels, lanes);
	struct blocked_conv_settings *blocked = ARENA_NEW(lowering->arena, struct blocked_conv_settings);
	if (!blocked_conv_init(&blocked->blocked, &settings->conv, shape, depth, lowering->isa))
		return NULL;
	blocked_conv_choose(&blocked->blocked, dims_of(lowering, image)->sides[0]);
	float least, most;
	size_t *inputs = copy_ports(lowering, node);
	inputs[0] = want_blocks(lowering, image);
	struct graph_node *added = add_blocked(lowering, node, inputs, new_blocks(lowering, node->outputs[0], lanes));
	added->operator= & op_blocked_conv;
	added->settings = blocked;
	if (node->activation && activation_bounds(node->activation, node->activation_settings, &least, &most)) {
		blocked_conv_clamp(&blocked->blocked, least, most);
		added->activation = NULL;
	}
	return added;
}

/* What is computed value by value, and makes something finite of the zeros that fill up a block. */
static struct graph_node *lower_unary(struct lowering *lowering, const struct graph_node *node)
{
	size_t in = node->inputs[0];
	if (!is_image(lowering, in) || lowering->blocks[in] == GRAPH_NONE)
		return NULL;
	size_t *inputs = copy_ports(lowering, node);
	inputs[0] = lowering->blocks[in];
	return add_blocked(lowering, node, inputs,
			   new_blocks(lowering, node->outputs[0], depth_of(lowering, inputs[0])));
}

/* Of two images of the same sides, at least one of them in blocks already. */
static struct graph_node *lower_binary(struct lowering *lowering, const struct graph_node *node)
{
	size_t a = node->inputs[0];
	size_t b = node->inputs[1];
	if (!is_image(lowering, a) || !is_image(lowering, b) ||
	    !dims_equal(dims_of(lowering, a), dims_of(lowering, b)) ||
	    (lowering->blocks[a] == GRAPH_NONE && lowering->blocks[b] == GRAPH_NONE))
		return NULL;
	size_t *inputs = ARENA_ARRAY(lowering->arena, size_t, 2);
	inputs[0] = want_blocks(lowering, a);
	inputs[1] = want_blocks(lowering, b);
	int64_t depth = depth_of(lowering, inputs[0]);
	if (depth != depth_of(lowering, inputs[1]))
		return NULL;
	return add_blocked(lowering, node, inputs, new_blocks(lowering, node->outputs[0], depth));
}

static struct graph_node *lower_add(struct lowering *lowering, const struct graph_node *node)
{
	struct graph_node *added = lower_binary(lowering, node);
	if (!added)
		return NULL;
	struct blocked_add_settings *settings = ARENA_NEW(lowering->arena, struct blocked_add_settings);
	added->operator= & op_blocked_add;
	added->settings = settings;
	if (node->activation &&
	    activation_bounds(node->activation, node->activation_settings, &settings->least, &settings->most)) {
		settings->is_clamped = true;
		added->activation = NULL;
	}
	return added;
}

static struct graph_node *lower_pool(struct lowering *lowering, const struct graph_node *node)
{
	const struct pool *pool = node->settings;
	struct graph_node *added = lower_unary(lowering, node);
	if (!added)
		return NULL;
	struct blocked_pool_settings *settings = ARENA_NEW(lowering->arena, struct blocked_pool_settings);
	settings->pool = *pool;
	added->operator= strcmp(node->operator->name, "MaxPool") == 0 ? &op_blocked_max_pool : &op_blocked_average_pool;
	added->settings = settings;
	return added;
}

static const struct {
	const char *name;
	node_rule *rule;
} rules[] = {
	{"Conv", lower_conv},     {"MaxPool", lower_pool},  {"AveragePool", lower_pool},  {"Add", lower_add},
	{"Mul", lower_binary},    {"Sub", lower_binary},    {"Relu", lower_unary},        {"LeakyRelu", lower_unary},
	{"Clip", lower_unary},    {"Sigmoid", lower_unary}, {"HardSigmoid", lower_unary}, {"HardSwish", lower_unary},
	{"Tanh", lower_unary},    {"Elu", lower_unary},     {"Selu", lower_unary},        {"Mish", lower_unary},
	{"Gelu", lower_unary},    {"Erf", lower_unary},     {"Softplus", lower_unary},    {"Identity", lower_unary},
	{"Dropout", lower_unary},
};

static node_rule *find_rule(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i].name, name) == 0)
			return rules[i].rule;
	return NULL;
}

static bool lower_node(struct lowering *lowering, const struct graph_node *node)
{
	if (node->output_count == 0 || node->outputs[0] == GRAPH_NONE || !is_image(lowering, node->outputs[0]))
		return false;
	if (node->activation && find_rule(node->activation->name) != lower_unary)
		return false;
	for (size_t i = 1; i < node->output_count; i++)
		if (node->outputs[i] != GRAPH_NONE)
			return false;
	node_rule *rule = find_rule(node->operator->name);
	return rule && rule(lowering, node);
}

/* --- the whole --------------------------------------------------------------------------------------------------- */

static void find_last_uses(struct lowering *lowering)
{
	const struct graph *graph = lowering->old;
	for (size_t i = 0; i < graph->node_count; i++)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++)
			if (graph->nodes[i].inputs[input] != GRAPH_NONE)
				lowering->last_uses[graph->nodes[i].inputs[input]] = i;
	for (size_t i = 0; i < graph->output_count; i++)
		lowering->last_uses[graph->outputs[i]] = graph->node_count;
}

static void lower_stretch_node(struct lowering *lowering, size_t index)
{
	const struct graph_node *node = &lowering->old->nodes[index];
	if (!lower_node(lowering, node)) {
		/* What is a constant, as a shape is, is there without a run. */
		const struct graph_tensor *output = graph_output(lowering->old, node, 0);
		for (size_t i = 0; output && !output->is_constant && i < node->input_count; i++)
			if (node->inputs[i] != GRAPH_NONE)
				want_planes(lowering, node->inputs[i]);
		add_node(lowering, node);
		return;
	}
	if (lowering->last_uses[node->outputs[0]] >= lowering->last)
		want_planes(lowering, node->outputs[0]);
}

static void copy_tensors(struct lowering *lowering)
{
	const struct graph *old = lowering->old;
	size_t limit = 2 * old->tensor_count;
	lowering->new.tensors = ARENA_ARRAY(lowering->arena, struct graph_tensor, limit);
	lowering->new.tensor_limit = limit;
	memcpy(lowering->new.tensors, old->tensors, old->tensor_count * sizeof old->tensors[0]);
	lowering->blocks = ARENA_ARRAY(lowering->arena, size_t, old->tensor_count);
	lowering->has_planes = ARENA_ARRAY(lowering->arena, bool, old->tensor_count);
	lowering->last_uses = ARENA_ARRAY(lowering->arena, size_t, old->tensor_count);
	for (size_t i = 0; i < old->tensor_count; i++) {
		lowering->blocks[i] = GRAPH_NONE;
		lowering->has_planes[i] = true;
	}
}

struct lowered_graph graph_lower(const struct graph *graph, size_t first, size_t last, enum isa isa,
				 struct arena *arena)
{
	struct lowering lowering = {
		.old = graph, .new = *graph, .first = first, .last = last, .isa = isa, .arena = arena};
	size_t *starts = ARENA_ARRAY(arena, size_t, graph->node_count + 1);
	size_t ports = 0;
	for (size_t i = 0; i < graph->node_count; i++)
		ports += graph->nodes[i].input_count;
	/* Each tensor is turned at most once either way, and each node is there once. */
	lowering.new.nodes = ARENA_ARRAY(arena, struct graph_node, NEW_NODES_MOST * graph->node_count + 2 * ports);
	lowering.new.node_count = 0;
	copy_tensors(&lowering);
	find_last_uses(&lowering);
	for (size_t i = 0; i < graph->node_count; i++) {
		starts[i] = lowering.new.node_count;
		if (i >= first && i < last)
			lower_stretch_node(&lowering, i);
		else
			add_node(&lowering, &graph->nodes[i]);
	}
	starts[graph->node_count] = lowering.new.node_count;
	graph_find_users(&lowering.new);
	return (struct lowered_graph){.graph = lowering.new, .starts = starts};
}

struct lowered_graph graph_as_it_is(const struct graph *graph, struct arena *arena)
{
	size_t *starts = ARENA_ARRAY(arena, size_t, graph->node_count + 1);
	for (size_t i = 0; i <= graph->node_count; i++)
		starts[i] = i;
	return (struct lowered_graph){.graph = *graph, .starts = starts};
}
