/*
 * One walk over the nodes in their order. Constants are computed here by the operators' own kernels. How much is
 * bounded: small values where only shapes are wanted, so that no file can make reading it long, and as many as memory
 * is meant for where values are.
 */
#include <inttypes.h>

#include "base/check.h"
#include "kernels/operator/operator.h"

enum {
	FOLD_ELEMENTS = 1 << 16,     /* of one constant that shapes may need */
	FOLD_ELEMENTS_ALL = 1 << 24, /* of all of them */
};
/* The same where values are wanted: 4 GiB of floats. */
#define VALUES_ELEMENTS_ALL (INT64_C(1) << 30)

#define MAC_ALL (INT64_C(1) << 62)

struct walk {
	struct graph *graph;
	const struct graph_options *options;
	struct arena *arena;
	struct diag *diag;
	struct team team;
	int64_t folded; /* elements */
	int64_t mac;    /* so far */
};

static void report(struct walk *walk, const struct graph_node *node, const char *text)
{
	diag_error(walk->diag, (struct diag_place){.file = walk->graph->path}, "node '%.80s' (%s): %s", node->name,
		   node->operator->name, text);
}

static bool type_fits(enum operator_types types, enum value_type type)
{
	switch (types) {
	case TYPES_FLOAT:
		return type == VALUE_FLOAT;
	case TYPES_NUMBERS:
		return type == VALUE_FLOAT || type == VALUE_INT64 || type == VALUE_INT32;
	case TYPES_BOOL:
		return type == VALUE_BOOL;
	default:
		return true;
	}
}

static bool check_ports(const struct graph_node *node, const struct value *const *inputs, struct err *err)
{
	const struct operator_row *row = node->operator;
	if (node->input_count < row->inputs_min || node->input_count > row->inputs_max)
		return err_set(err, "it has %zu inputs and must have %zu to %zu", node->input_count, row->inputs_min,
			       row->inputs_max);
	if (node->output_count < 1 || node->output_count > row->outputs_max)
		return err_set(err, "it has %zu outputs and must have 1 to %zu", node->output_count, row->outputs_max);
	for (size_t i = 0; i < row->inputs_min; i++)
		if (!inputs[i])
			return err_set(err, "input %zu is missing", i + 1);
	if (node->input_count > 0 && !type_fits(row->types, inputs[0]->type))
		return err_set(err, "inputs of type %s are not supported", value_types[inputs[0]->type].name);
	return true;
}

/* What the outputs are, by the operator's rule, into values. */
static bool infer_node(struct walk *walk, struct graph_node *node, const struct value *const *inputs,
		       struct value *outputs, struct err *err)
{
	if (!check_ports(node, inputs, err))
		return false;
	size_t wanted = node->output_count;
	while (wanted > 1 && node->outputs[wanted - 1] == GRAPH_NONE)
		wanted--;
	struct node_shapes shapes = {
		.arena = walk->arena,
		.node = node,
		.opset = walk->graph->opset,
		.input_count = node->input_count,
		.inputs = inputs,
		.output_count = wanted,
		.outputs = outputs,
	};
	if (!node->operator->infer(&shapes, err))
		return false;
	for (size_t i = 0; i < wanted; i++)
		if (!dims_is_valid(&outputs[i].dims))
			return err_set(err, "output %zu would have a negative side or more than %" PRId64 " elements",
				       i + 1, VALUE_ELEMENTS_MAX);
	if (shapes.mac > MAC_ALL - walk->mac)
		return err_set(err, "the network needs more than %" PRId64 " multiply-accumulates", MAC_ALL);
	walk->mac += shapes.mac;
	node->output_count = wanted;
	node->settings = shapes.settings;
	node->mac = shapes.mac;
	return true;
}

/* What a node's inputs say about its outputs. */
struct origin {
	bool is_constant;
	bool is_parameter;
	bool has_values;
	int64_t largest; /* elements of an input */
};

static struct origin origin_of(const struct walk *walk, const struct graph_node *node)
{
	struct origin origin = {.is_constant = true, .is_parameter = true, .has_values = true};
	for (size_t i = 0; i < node->input_count; i++) {
		const struct graph_tensor *tensor = graph_input(walk->graph, node, i);
		if (!tensor)
			continue;
		int64_t elements = value_elements(&tensor->value);
		origin.is_constant = origin.is_constant && tensor->is_constant;
		origin.is_parameter = origin.is_parameter && tensor->is_parameter;
		origin.has_values = origin.has_values && tensor->value.data;
		origin.largest = elements > origin.largest ? elements : origin.largest;
	}
	if (node->operator->needs_shape_only) {
		origin.is_constant = origin.has_values = true;
		origin.largest = 0;
	}
	return origin;
}

static bool may_fold(struct walk *walk, const struct graph_node *node, const struct origin *origin,
		     const struct value *outputs)
{
	int64_t elements = 0;
	if (!origin->is_constant || !origin->has_values || !node->operator->is_foldable)
		return false;
	for (size_t i = 0; i < node->output_count; i++)
		elements += value_elements(&outputs[i]);
	int64_t all = walk->options->needs_values ? VALUES_ELEMENTS_ALL : FOLD_ELEMENTS_ALL;
	bool is_small = elements <= FOLD_ELEMENTS && origin->largest <= FOLD_ELEMENTS;
	if ((!is_small && !walk->options->needs_values) || elements + origin->largest > all - walk->folded)
		return false;
	walk->folded += elements + origin->largest;
	return true;
}

static void fold(struct walk *walk, const struct graph_node *node, const struct value *const *inputs,
		 struct value *outputs)
{
	struct value **wanted = ARENA_ARRAY(walk->arena, struct value *, node->output_count);
	for (size_t i = 0; i < node->output_count; i++) {
		wanted[i] = node->outputs[i] == GRAPH_NONE ? NULL : &outputs[i];
		value_alloc(&outputs[i], walk->arena);
	}
	struct node_run run = {
		.settings = node->settings,
		.input_count = node->input_count,
		.inputs = inputs,
		.output_count = node->output_count,
		.outputs = wanted,
	};
	node->operator->run(&run, &walk->team);
}

/* False where an input is not known, for a reason that was told before. */
static bool gather_inputs(const struct walk *walk, const struct graph_node *node, const struct value **inputs)
{
	for (size_t i = 0; i < node->input_count; i++) {
		const struct graph_tensor *tensor = graph_input(walk->graph, node, i);
		if (tensor && !tensor->is_known)
			return false;
		inputs[i] = tensor ? &tensor->value : NULL;
	}
	return true;
}

static void walk_node(struct walk *walk, struct graph_node *node)
{
	const struct value *inputs[GRAPH_PORTS_MAX];
	struct value outputs[GRAPH_PORTS_MAX];
	struct err err;
	if (!gather_inputs(walk, node, inputs))
		return;
	for (size_t i = 0; i < node->output_count; i++)
		outputs[i] = (struct value){.type = VALUE_FLOAT};
	if (!infer_node(walk, node, inputs, outputs, &err)) {
		report(walk, node, err.text);
		return;
	}
	struct origin origin = origin_of(walk, node);
	/* A node Constant is its value. */
	bool is_folded = outputs[0].data != NULL;
	if (!is_folded && node->input_count > 0 && may_fold(walk, node, &origin, outputs)) {
		fold(walk, node, inputs, outputs);
		is_folded = true;
	}
	bool stays_unknown = node->operator->is_foldable && !walk->options->needs_values;
	for (size_t i = 0; i < node->output_count; i++) {
		struct graph_tensor *tensor = graph_output(walk->graph, node, i);
		if (!tensor)
			continue;
		tensor->value = outputs[i];
		tensor->is_known = true;
		tensor->is_constant = origin.is_constant && (is_folded || stays_unknown);
		tensor->is_parameter = tensor->is_constant && origin.is_parameter;
	}
}

bool graph_infer(struct graph *graph, const struct graph_options *options, struct arena *arena, struct diag *diag)
{
	struct walk walk = {.graph = graph, .options = options, .arena = arena, .diag = diag};
	size_t errors = diag->error_count;
	team_init(&walk.team, 1);
	for (size_t i = 0; i < graph->node_count; i++)
		walk_node(&walk, &graph->nodes[i]);
	team_release(&walk.team);
	graph_find_users(graph);
	return diag->error_count == errors;
}
