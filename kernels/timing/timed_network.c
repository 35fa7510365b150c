#include "kernels/timing/timed_network.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/graph/crossing.h"
#include "kernels/graph/optimise.h"
#include "kernels/model/model_graph.h"
#include "kernels/operator/operator.h"
#include "kernels/record/record_batch.h"

struct bound_graph {
	int64_t images;
	struct graph graph;
	struct bound_graph *next;
};

static bool build(struct timed_network *network, int64_t images, struct diag *diag, struct graph *graph)
{
	if (network->chain) {
		size_t *ends = ARENA_ARRAY(network->arena, size_t, network->chain->layer_count);
		return model_graph_make(network->chain, images, network->arena, diag, graph, ends);
	}
	struct graph_options options = network->options;
	options.images = images;
	if (!onnx_build(&network->onnx, network->path, &options, network->arena, diag, graph))
		return false;
	graph_optimise(graph, network->arena);
	return true;
}

static const struct graph *bind(struct timed_network *network, int64_t images, struct err *err)
{
	struct diag diag;
	for (struct bound_graph *bound = network->bound; bound; bound = bound->next)
		if (bound->images == images)
			return &bound->graph;
	struct bound_graph *bound = ARENA_NEW(network->arena, struct bound_graph);
	bound->images = images;
	diag_init(&diag);
	bool ok = build(network, images, &diag, &bound->graph);
	if (!ok)
		err_set(err, "with %" PRId64 " images per record: %.300s", images, diag.entries[0].text);
	diag_release(&diag);
	if (ok && network->layer_count > 0 &&
	    bound->graph.node_count < network->layers[network->layer_count - 1].end_node)
		ok = err_set(err, "with %" PRId64 " images per record, the network has other layers", images);
	if (!ok)
		return NULL;
	bound->next = network->bound;
	network->bound = bound;
	return &bound->graph;
}

static void describe_crossing(struct timed_network *network, const struct graph *graph, struct timed_layer *layer)
{
	size_t *tensors;
	size_t count = graph_crossing(graph, layer->end_node, &tensors, network->arena);
	const char **names = ARENA_ARRAY(network->arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		names[i] = graph->tensors[tensors[i]].name;
	layer->crossing = names;
	layer->crossing_count = count;
	layer->can_be_cut = graph_crosses_by_image(graph, tensors, count);
	layer->crossing_bytes_per_image = graph_crossing_elements(graph, tensors, count) * (int64_t)sizeof(float);
}

void timed_network_from_model(struct timed_network *network, const struct model *model, struct arena *arena)
{
	struct graph *graph = ARENA_NEW(arena, struct graph);
	size_t *ends = ARENA_ARRAY(arena, size_t, model->layer_count);
	struct diag diag;
	*network = (struct timed_network){
		.path = model->path,
		.name = model->name,
		.arena = arena,
		.layers = ARENA_ARRAY(arena, struct timed_layer, model->layer_count),
		.layer_count = model->layer_count,
		.functions = model->functions,
		.function_count = model->function_count,
		.takes_pictures = true,
		.chain = model,
	};
	diag_init(&diag);
	bool ok = model_graph_make(model, 1, arena, &diag, graph, ends);
	/* A model that was checked is a graph that one image can go through. */
	CHECK(ok);
	diag_release(&diag);
	for (size_t i = 0; i < model->layer_count; i++) {
		const struct layer *layer = &model->layers[i];
		network->layers[i] = (struct timed_layer){
			.name = layer->name,
			.kind = layer_kinds[layer->kind].name,
			.mac_per_image = layer->mac_per_image,
			.parameter_bytes = layer_parameter_bytes(layer),
			.input_bytes_per_image = shape_bytes(layer->input),
			.output_bytes_per_image = shape_bytes(layer->output),
			.in_place = layer_in_place(layer),
			.first_node = i ? ends[i - 1] : 0,
			.end_node = ends[i],
		};
		describe_crossing(network, graph, &network->layers[i]);
	}
}

/* Names stand in tables, CSV and lists: blanks and the like become '_', and a second one of a name gets a number. */
static const char *layer_name(const struct timed_network *network, const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./";
	while (*name == '/')
		name++;
	char *clean = arena_strdup(network->arena, *name ? name : "node");
	for (char *p = clean; *p; p++)
		if (!strchr(letters, *p))
			*p = '_';
	const char *unique = clean;
	for (int number = 2;; number++) {
		size_t i = 0;
		while (i < network->layer_count && strcmp(network->layers[i].name, unique) != 0)
			i++;
		if (i == network->layer_count)
			return unique;
		unique = arena_printf(network->arena, "%s_%d", clean, number);
	}
}

static bool has_work(const struct graph *graph, const struct graph_node *node)
{
	const struct graph_tensor *output = graph_output(graph, node, 0);
	return output && !output->is_constant && !node->operator->is_view;
}

static int64_t per_image(const struct graph *graph, int64_t sum)
{
	return sum > graph->batch ? sum / graph->batch : 1;
}

/* Bytes that the node takes, constants aside, and makes. */
static int64_t node_bytes(const struct graph *graph, const struct graph_node *node, bool is_output)
{
	int64_t bytes = 0;
	size_t count = is_output ? node->output_count : node->input_count;
	for (size_t i = 0; i < count; i++) {
		const struct graph_tensor *tensor =
			is_output ? graph_output(graph, node, i) : graph_input(graph, node, i);
		if (tensor && !tensor->is_constant)
			bytes += (int64_t)value_bytes(&tensor->value);
	}
	return bytes;
}

/* A layer of the nodes up to this one, which does its work. */
static void add_layer(struct timed_network *network, const struct graph *graph, size_t index)
{
	const struct graph_node *node = &graph->nodes[index];
	struct timed_layer layer = {
		.name = layer_name(network, node->name),
		.kind = node->operator->name,
		.mac_per_image = node->mac / graph->batch,
		.parameter_bytes = graph_node_parameters(graph, index) * (int64_t)sizeof(float),
		.input_bytes_per_image = per_image(graph, node_bytes(graph, node, false)),
		.output_bytes_per_image = per_image(graph, node_bytes(graph, node, true)),
		.in_place = node->operator->is_in_place,
		.live_bytes_per_image = per_image(graph, graph_live_bytes(graph, index)),
		.fused = node->fused,
		.first_node = network->layer_count ? network->layers[network->layer_count - 1].end_node : 0,
		.end_node = index + 1,
	};
	describe_crossing(network, graph, &layer);
	network->layers[network->layer_count++] = layer;
}

/* Whether one float input of pictures is all that the network takes. */
static bool takes_pictures(const struct graph *graph)
{
	enum { COLOURS_MAX = 4 };
	const struct value *value = &graph->tensors[graph->inputs[0]].value;
	return graph->input_count == 1 && value->type == VALUE_FLOAT && value->dims.rank == 4 &&
	       value->dims.sides[1] <= COLOURS_MAX;
}

static bool describe_graph(struct timed_network *network, const struct graph *graph, struct diag *diag)
{
	network->name = graph->name[0] ? graph->name : network->path;
	network->takes_pictures = takes_pictures(graph);
	network->layers = ARENA_ARRAY(network->arena, struct timed_layer, graph->node_count);
	for (size_t i = 0; i < graph->node_count; i++)
		if (has_work(graph, &graph->nodes[i]))
			add_layer(network, graph, i);
	if (network->layer_count == 0 || network->layer_count > MODEL_LAYERS_MAX) {
		diag_error(diag, (struct diag_place){.file = network->path},
			   "the network has %zu layers; 1 to %d can be timed", network->layer_count, MODEL_LAYERS_MAX);
		return false;
	}
	network->layers[network->layer_count - 1].end_node = graph->node_count;
	network->functions = ARENA_NEW(network->arena, struct model_function);
	network->functions[0] = (struct model_function){.name = "network", .count = network->layer_count};
	network->function_count = 1;
	return true;
}

bool timed_network_from_onnx(struct timed_network *network, const char *path, const struct graph_options *options,
			     struct arena *arena, struct diag *diag)
{
	struct graph *graph = ARENA_NEW(arena, struct graph);
	*network = (struct timed_network){.path = path, .arena = arena, .options = *options};
	if (!onnx_open(path, options->needs_values, diag, &network->onnx))
		return false;
	if (build(network, 1, diag, graph) && describe_graph(network, graph, diag))
		return true;
	onnx_release(&network->onnx);
	return false;
}

void timed_network_release(struct timed_network *network)
{
	onnx_release(&network->onnx);
}

static bool describe_records(struct timed_network *network, const struct graph *graph, struct timed_function *timed,
			     struct err *err)
{
	const struct execution *execution = &timed->execution;
	timed->input_count = graph_crossing(graph, execution->first, &timed->inputs, network->arena);
	timed->output_count = graph_crossing(graph, execution->last, &timed->outputs, network->arena);
	bool ok = graph_crosses_by_image(graph, timed->inputs, timed->input_count) &&
		  (graph_crosses_by_image(graph, timed->outputs, timed->output_count) ||
		   execution->last == graph->node_count);
	if (!ok)
		return err_set(err, "function '%s' takes or makes values that are not one for each image",
			       timed->function->name);
	/* The network's own output need not be by image: its first dimension may be another. */
	if (graph_crossing_elements(graph, timed->inputs, timed->input_count) > SHAPE_SIDE_MAX ||
	    graph_crossing_elements(graph, timed->outputs, timed->output_count) > SHAPE_SIDE_MAX)
		return err_set(err, "an image of function '%s' has more than %" PRId64 " values", timed->function->name,
			       SHAPE_SIDE_MAX);
	return true;
}

struct timed_function *timed_network_function(struct timed_network *network, const struct model_function *function,
					      int64_t images, struct err *err)
{
	for (struct timed_function *timed = network->timed; timed; timed = timed->next)
		if (timed->images == images && timed->function->first == function->first &&
		    timed->function->count == function->count)
			return timed;
	const struct graph *graph = bind(network, images, err);
	if (!graph)
		return NULL;
	struct timed_function *timed = ARENA_NEW(network->arena, struct timed_function);
	*timed = (struct timed_function){
		.function = function,
		.images = images,
		.runs = (images + graph->batch - 1) / graph->batch,
	};
	size_t last_layer = function->first + function->count - 1;
	execution_init(&timed->execution, graph, network->layers[function->first].first_node,
		       network->layers[last_layer].end_node, true, &network->kernels, network->arena);
	if (!describe_records(network, graph, timed, err))
		return NULL;
	timed->next = network->timed;
	network->timed = timed;
	return timed;
}

/* A single tensor of pictures keeps its sides; others are a list of values. */
static struct shape record_shape(const struct graph *graph, const size_t *tensors, size_t count)
{
	const struct dims *dims = &graph->tensors[tensors[0]].value.dims;
	if (count == 1 && dims->rank == 4 && dims->sides[0] == graph->batch)
		return (struct shape){dims->sides[1], dims->sides[2], dims->sides[3]};
	int64_t elements = graph_crossing_elements(graph, tensors, count);
	return (struct shape){elements > 0 ? elements : 1, 1, 1};
}

struct shape timed_function_input(const struct timed_function *timed)
{
	return record_shape(timed->execution.graph, timed->inputs, timed->input_count);
}

struct shape timed_function_output(const struct timed_function *timed)
{
	return record_shape(timed->execution.graph, timed->outputs, timed->output_count);
}

int64_t timed_network_parameter_bytes(const struct timed_network *network, const struct model_function *function)
{
	int64_t bytes = 0;
	for (size_t i = function->first; i < function->first + function->count; i++)
		bytes += network->layers[i].parameter_bytes;
	return bytes;
}

/* Filters that kernels of Lamina's own read in an order of theirs. */
static int64_t packed_bytes(const struct timed_network *network, const struct timed_function *timed)
{
	const struct graph *graph = timed->execution.graph;
	int64_t bytes = 0;
	if (!network->kernels.are_lamina)
		return 0;
	for (size_t i = timed->execution.first; i < timed->execution.last; i++)
		if (graph->nodes[i].operator->prepare && execution_has_work(&timed->execution, i))
			bytes += graph_node_parameters(graph, i) * (int64_t)sizeof(float);
	return bytes;
}

int64_t timed_network_planned_bytes(const struct timed_network *network, const struct timed_function *timed,
				    int64_t record_bytes)
{
	struct tensor output = {.images = timed->images, .shape = timed_function_output(timed)};
	int64_t records = max_int64(record_bytes, (int64_t)record_batch_bytes(&output));
	return timed_network_parameter_bytes(network, timed->function) + packed_bytes(network, timed) +
	       timed->execution.plan.bytes + records;
}
