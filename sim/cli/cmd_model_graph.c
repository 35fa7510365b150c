#include "cli/cmd_model_graph.h"

#include "kernels/graph/memory_plan.h"
#include "kernels/operator/operator.h"

static const char function_name[] = "network";

/* What depends on no input is there before the network runs: it is no layer. */
static bool is_layer(const struct graph *graph, const struct graph_node *node)
{
	const struct graph_tensor *output = graph_output(graph, node, 0);
	return output && !output->is_constant;
}

/* A list attribute, else the weights' sides after the second; count 0 where there is neither. */
static size_t kernel_of(const struct graph *graph, const struct graph_node *node, int64_t kernel[DIMS_MAX])
{
	const struct attribute *attribute = node_attribute(node, "kernel_shape");
	size_t count = attribute && attribute->kind == ATTRIBUTE_INTS ? attribute->count : 0;
	for (size_t i = 0; i < count && i < DIMS_MAX; i++)
		kernel[i] = attribute->ints[i];
	const struct graph_tensor *weights = graph_input(graph, node, 1);
	bool has_weights = node->operator== operator_find("Conv") || node->operator== operator_find("ConvTranspose");
	if (count > 0 || !has_weights || !weights)
		return count < DIMS_MAX ? count : DIMS_MAX;
	for (int i = 2; i < weights->value.dims.rank; i++)
		kernel[count++] = weights->value.dims.sides[i];
	return count;
}

static void add_product(struct buf *out, const int64_t *sides, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s%lld", i ? "x" : "", (long long)sides[i]);
}

/* "7x7/2" as papers write it: a step is named where it is not 1, and by axis where it differs. */
static void put_window(struct table *table, const struct graph *graph, const struct graph_node *node)
{
	int64_t kernel[DIMS_MAX];
	size_t count = kernel_of(graph, node, kernel);
	const struct attribute *strides = node_attribute(node, "strides");
	struct buf text;
	if (count == 0) {
		table_missing(table);
		return;
	}
	buf_init(&text);
	add_product(&text, kernel, count);
	bool is_same = true;
	bool is_one = true;
	for (size_t i = 0; strides && i < strides->count; i++) {
		is_same = is_same && strides->ints[i] == strides->ints[0];
		is_one = is_one && strides->ints[i] == 1;
	}
	if (strides && !is_one) {
		buf_add_char(&text, '/');
		add_product(&text, strides->ints, is_same ? 1 : strides->count);
	}
	table_text(table, buf_text(&text));
	buf_release(&text);
}

/* Bytes of the node's inputs that are no constants, for one image. */
static int64_t input_bytes(const struct graph *graph, const struct graph_node *node)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < node->input_count; i++) {
		const struct graph_tensor *tensor = graph_input(graph, node, i);
		if (tensor && !tensor->is_constant)
			bytes += (int64_t)value_bytes(&tensor->value);
	}
	return bytes / graph->batch;
}

static int64_t output_bytes(const struct graph *graph, const struct graph_node *node)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < node->output_count; i++) {
		const struct graph_tensor *tensor = graph_output(graph, node, i);
		if (tensor)
			bytes += (int64_t)value_bytes(&tensor->value);
	}
	return bytes / graph->batch;
}

static void put_node(struct table *table, const struct graph *graph, size_t index)
{
	const struct graph_node *node = &graph->nodes[index];
	char dims[DIMS_TEXT_BYTES];
	int64_t parameters = graph_node_parameters(graph, index);
	table_text(table, function_name);
	table_text(table, node->name);
	table_text(table, node->operator->name);
	put_window(table, graph, node);
	table_text(table, dims_text(&graph_output(graph, node, 0)->value.dims, dims));
	table_int(table, node->mac / graph->batch);
	table_int(table, parameters);
	table_int(table, parameters * (int64_t)sizeof(float));
	table_int(table, input_bytes(graph, node));
	table_int(table, output_bytes(graph, node));
	table_end_row(table);
}

void model_graph_fill_layers(struct table *table, const struct graph *graph)
{
	for (size_t i = 0; i < graph->node_count; i++)
		if (is_layer(graph, &graph->nodes[i]))
			put_node(table, graph, i);
}

static int64_t tensors_bytes(const struct graph *graph, const size_t *tensors, size_t count)
{
	int64_t bytes = 0;
	for (size_t i = 0; i < count; i++)
		bytes += (int64_t)value_bytes(&graph->tensors[tensors[i]].value);
	return bytes;
}

void model_graph_fill_functions(struct table *table, const struct graph *graph, struct arena *arena)
{
	struct memory_plan plan = memory_plan_make(graph, 0, graph->node_count, true, arena);
	int64_t in = tensors_bytes(graph, graph->inputs, graph->input_count);
	int64_t parameters = graph_parameters(graph);
	int64_t layers = 0;
	for (size_t i = 0; i < graph->node_count; i++)
		layers += is_layer(graph, &graph->nodes[i]);
	table_text(table, function_name);
	table_int(table, layers);
	table_int(table, graph_mac(graph) / graph->batch);
	table_int(table, parameters);
	table_int(table, parameters * (int64_t)sizeof(float));
	table_int(table, in / graph->batch);
	table_int(table, tensors_bytes(graph, graph->outputs, graph->output_count) / graph->batch);
	table_int(table, plan.bytes / graph->batch);
	table_end_row(table);
}

void model_graph_write_head(const struct graph *graph, struct buf *out)
{
	char dims[DIMS_TEXT_BYTES];
	buf_printf(out, "%s, ONNX operator set %lld", graph->name, (long long)graph->opset);
	for (size_t i = 0; i < graph->input_count; i++) {
		const struct graph_tensor *tensor = &graph->tensors[graph->inputs[i]];
		buf_printf(out, ", input %s %s%s%s", tensor->name, dims_text(&tensor->value.dims, dims),
			   tensor->value.type == VALUE_FLOAT ? "" : " ",
			   tensor->value.type == VALUE_FLOAT ? "" : value_types[tensor->value.type].name);
	}
	buf_printf(out, "%s\n\n", graph->is_batch_fixed ? "" : ", any number of images");
}

void model_graph_write_json(const struct graph *graph, struct json *json)
{
	json_field_text(json, "model", graph->name);
	json_field_int(json, "operator_set", graph->opset);
	json_key(json, "batch_is_fixed");
	json_bool(json, graph->is_batch_fixed);
	json_key(json, "inputs");
	json_array_begin(json);
	for (size_t i = 0; i < graph->input_count; i++) {
		const struct graph_tensor *tensor = &graph->tensors[graph->inputs[i]];
		json_object_begin(json);
		json_field_text(json, "name", tensor->name);
		json_field_text(json, "type", value_types[tensor->value.type].name);
		json_key(json, "shape");
		json_array_begin(json);
		for (int side = 0; side < tensor->value.dims.rank; side++)
			json_int(json, tensor->value.dims.sides[side]);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}
