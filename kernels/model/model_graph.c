#include "kernels/model/model_graph.h"

#include "base/check.h"
#include "kernels/operator/operator.h"

enum { NODES_OF_LAYER = 2, TENSORS_OF_LAYER = 4, OPERATOR_SET = 12 /* axes are attributes */ };

struct maker {
	struct graph *graph;
	struct arena *arena;
	size_t current; /* the tensor that the next node takes */
};

static size_t add_tensor(struct maker *maker, const char *name, const struct dims *dims, bool is_parameter)
{
	struct graph_tensor *tensor = &maker->graph->tensors[maker->graph->tensor_count];
	*tensor = (struct graph_tensor){
		.name = name,
		.value = {.type = VALUE_FLOAT},
		.producer = GRAPH_NONE,
		.is_constant = is_parameter,
		.is_parameter = is_parameter,
		.is_known = dims != NULL,
	};
	if (dims)
		tensor->value.dims = *dims;
	return maker->graph->tensor_count++;
}

/* A node of the current tensor and at most two parameters, whose output is current from then on. */
static void add_node(struct maker *maker, const char *name, const char *operator, const struct attribute * attributes,
		     size_t attribute_count, const struct dims *weights, const struct dims *bias)
{
	struct graph_node *node = &maker->graph->nodes[maker->graph->node_count];
	*node = (struct graph_node){
		.name = name,
		.operator= operator_find(operator),
		.attributes = attributes,
		.attribute_count = attribute_count,
		.inputs = ARENA_ARRAY(maker->arena, size_t, 3),
		.outputs = ARENA_ARRAY(maker->arena, size_t, 1),
		.output_count = 1,
	};
	CHECK(node->operator);
	node->inputs[node->input_count++] = maker->current;
	if (weights)
		node->inputs[node->input_count++] = add_tensor(maker, name, weights, true);
	if (bias)
		node->inputs[node->input_count++] =
			add_tensor(maker, arena_printf(maker->arena, "%s.bias", name), bias, true);
	node->outputs[0] = maker->current = add_tensor(maker, name, NULL, false);
	maker->graph->tensors[maker->current].producer = maker->graph->node_count++;
}

static struct attribute integer(const char *name, int64_t value)
{
	return (struct attribute){.name = name, .kind = ATTRIBUTE_INT, .integer = value};
}

static struct attribute number(const char *name, double value)
{
	return (struct attribute){.name = name, .kind = ATTRIBUTE_FLOAT, .number = value};
}

static struct attribute list(struct maker *maker, const char *name, const int64_t *values, size_t count)
{
	int64_t *copy = ARENA_ARRAY(maker->arena, int64_t, count);
	for (size_t i = 0; i < count; i++)
		copy[i] = values[i];
	return (struct attribute){.name = name, .kind = ATTRIBUTE_INTS, .ints = copy, .count = count};
}

enum { WINDOW_ATTRIBUTES = 4 };

static void window_attributes(struct maker *maker, const struct window *window, struct attribute *out)
{
	const struct window_axis *y = &window->y;
	const struct window_axis *x = &window->x;
	out[0] = list(maker, "kernel_shape", (int64_t[]){y->kernel, x->kernel}, 2);
	out[1] = list(maker, "strides", (int64_t[]){y->stride, x->stride}, 2);
	out[2] = list(maker, "dilations", (int64_t[]){y->dilation, x->dilation}, 2);
	out[3] = list(maker, "pads", (int64_t[]){y->pad_before, x->pad_before, y->pad_after, x->pad_after}, 4);
}

static void add_conv(struct maker *maker, const struct layer *layer)
{
	const struct conv *conv = &layer->conv;
	struct attribute *attributes = ARENA_ARRAY(maker->arena, struct attribute, WINDOW_ATTRIBUTES + 1);
	struct dims weights = {
		4, {conv->filters, layer->input.channels / conv->groups, conv->window.y.kernel, conv->window.x.kernel}};
	struct dims bias = {1, {conv->filters}};
	window_attributes(maker, &conv->window, attributes);
	attributes[WINDOW_ATTRIBUTES] = integer("group", conv->groups);
	add_node(maker, layer->name, "Conv", attributes, WINDOW_ATTRIBUTES + 1, &weights,
		 conv->has_bias ? &bias : NULL);
}

static void add_pool(struct maker *maker, const struct layer *layer, const char *operator)
{
	struct attribute *attributes = ARENA_ARRAY(maker->arena, struct attribute, WINDOW_ATTRIBUTES + 2);
	window_attributes(maker, &layer->pool.window, attributes);
	attributes[WINDOW_ATTRIBUTES] = integer("ceil_mode", layer->pool.window.ceil);
	attributes[WINDOW_ATTRIBUTES + 1] = integer("count_include_pad", layer->pool.count_include_pad);
	add_node(maker, layer->name, operator, attributes, WINDOW_ATTRIBUTES + 2, NULL, NULL);
}

static void add_lrn(struct maker *maker, const struct layer *layer)
{
	struct attribute *attributes = ARENA_ARRAY(maker->arena, struct attribute, 4);
	attributes[0] = integer("size", layer->lrn.size);
	attributes[1] = number("alpha", (double)layer->lrn.alpha);
	attributes[2] = number("beta", (double)layer->lrn.beta);
	attributes[3] = number("bias", (double)layer->lrn.k);
	add_node(maker, layer->name, "LRN", attributes, 4, NULL, NULL);
}

static void add_fc(struct maker *maker, const struct layer *layer)
{
	struct attribute *attributes = ARENA_ARRAY(maker->arena, struct attribute, 1);
	struct dims weights = {2, {layer->fc.outputs, shape_values(layer->input)}};
	struct dims bias = {1, {layer->fc.outputs}};
	attributes[0] = integer("transB", 1);
	add_node(maker, layer->name, "Flatten", NULL, 0, NULL, NULL);
	add_node(maker, layer->name, "Gemm", attributes, 1, &weights, layer->fc.has_bias ? &bias : NULL);
}

static void add_softmax(struct maker *maker, const struct layer *layer)
{
	struct attribute *axis = ARENA_NEW(maker->arena, struct attribute);
	*axis = integer("axis", 1);
	add_node(maker, layer->name, "Softmax", axis, 1, NULL, NULL);
}

static void add_layer(struct maker *maker, const struct layer *layer)
{
	switch (layer->kind) {
	case LAYER_CONV:
		add_conv(maker, layer);
		return;
	case LAYER_MAXPOOL:
		add_pool(maker, layer, "MaxPool");
		return;
	case LAYER_AVGPOOL:
		add_pool(maker, layer, "AveragePool");
		return;
	case LAYER_LRN:
		add_lrn(maker, layer);
		return;
	case LAYER_FC:
		add_fc(maker, layer);
		return;
	case LAYER_SOFTMAX:
		add_softmax(maker, layer);
		return;
	case LAYER_RELU:
		add_node(maker, layer->name, "Relu", NULL, 0, NULL, NULL);
		return;
	default:
		CHECK(layer->kind == LAYER_DROPOUT);
		add_node(maker, layer->name, "Identity", NULL, 0, NULL, NULL);
	}
}

/* After a fully connected layer a tensor has two dimensions; windows and normalisations take four. */
static bool needs_image(enum layer_kind kind)
{
	return kind == LAYER_CONV || kind == LAYER_MAXPOOL || kind == LAYER_AVGPOOL;
}

static void init_graph(const struct model *model, int64_t images, struct arena *arena, struct graph *graph)
{
	size_t layers = model->layer_count;
	*graph = (struct graph){
		.path = model->path,
		.name = model->name,
		.opset = OPERATOR_SET,
		.batch = images,
		.tensor_limit = 1 + TENSORS_OF_LAYER * layers,
		.tensors = ARENA_ARRAY(arena, struct graph_tensor, 1 + TENSORS_OF_LAYER * layers),
		.nodes = ARENA_ARRAY(arena, struct graph_node, NODES_OF_LAYER * layers),
		.inputs = ARENA_ARRAY(arena, size_t, 1),
		.outputs = ARENA_ARRAY(arena, size_t, 1),
		.input_count = 1,
		.output_count = 1,
	};
}

static void add_image(struct maker *maker, const char *name)
{
	struct attribute *axes = ARENA_NEW(maker->arena, struct attribute);
	*axes = list(maker, "axes", (int64_t[]){2, 3}, 2);
	add_node(maker, name, "Unsqueeze", axes, 1, NULL, NULL);
}

bool model_graph_make(const struct model *model, int64_t images, struct arena *arena, struct diag *diag,
		      struct graph *graph, size_t *ends)
{
	struct shape shape = model->input;
	struct dims dims = {4, {images, shape.channels, shape.height, shape.width}};
	struct graph_options options = {.images = images};
	struct maker maker = {.graph = graph, .arena = arena};
	bool is_flat = false;
	init_graph(model, images, arena, graph);
	maker.current = graph->inputs[0] = add_tensor(&maker, "input", &dims, false);
	for (size_t i = 0; i < model->layer_count; i++) {
		const struct layer *layer = &model->layers[i];
		if (is_flat && needs_image(layer->kind)) {
			add_image(&maker, layer->name);
			is_flat = false;
		}
		add_layer(&maker, layer);
		is_flat = is_flat || layer->kind == LAYER_FC;
		ends[i] = graph->node_count;
	}
	graph->outputs[0] = maker.current;
	return graph_infer(graph, &options, arena, diag);
}
