/*
 * From the message to the graph: names become indices, inputs become shapes. Everything that is wrong with a file is
 * told at once, but for what follows from something that was told.
 */
#define _GNU_SOURCE /* tdestroy */
#include "kernels/onnx/onnx_model.h"

#include <inttypes.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "kernels/onnx/onnx_message.h"
#include "kernels/operator/operator.h"

/* Constants that shapes may be computed with; others are needed for values only. */
enum { SHAPE_ELEMENTS_MAX = 4096 };

struct named {
	const char *name;
	size_t tensor;
};

struct builder {
	const struct graph_options *options;
	struct arena *arena;
	struct diag *diag;
	struct graph *graph;
	const Lamina__Onnx__Graph *message;
	void *names;       /* a tree of struct named */
	const char *batch; /* the name of the batch's dimension; NULL: none */
};

static void wrong(struct builder *builder, const char *format, ...) PRINTF_LIKE(2, 3);

static void wrong(struct builder *builder, const char *format, ...)
{
	struct err err;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(err.text, sizeof err.text, format, arguments);
	va_end(arguments);
	diag_error(builder->diag, (struct diag_place){.file = builder->graph->path}, "%s", err.text);
}

static int by_name(const void *a, const void *b)
{
	const struct named *x = a;
	const struct named *y = b;
	return strcmp(x->name, y->name);
}

static size_t find_tensor(const struct builder *builder, const char *name)
{
	struct named key = {.name = name};
	struct named *const *found = tfind(&key, &builder->names, by_name);
	return found ? (*found)->tensor : GRAPH_NONE;
}

/* A new tensor; GRAPH_NONE, told, where the name is taken. */
static size_t add_tensor(struct builder *builder, const char *name, size_t producer)
{
	struct graph *graph = builder->graph;
	struct named *entry = ARENA_NEW(builder->arena, struct named);
	*entry = (struct named){name, graph->tensor_count};
	struct named **found = tsearch(entry, &builder->names, by_name);
	CHECK(found);
	if (*found != entry) {
		wrong(builder, "the name '%.80s' stands for two tensors", name);
		return GRAPH_NONE;
	}
	graph->tensors[graph->tensor_count] = (struct graph_tensor){.name = name, .producer = producer};
	return graph->tensor_count++;
}

static void add_constants(struct builder *builder)
{
	int64_t elements_max = builder->options->needs_values ? VALUE_ELEMENTS_MAX : SHAPE_ELEMENTS_MAX;
	for (size_t i = 0; i < builder->message->n_initializer; i++) {
		const Lamina__Onnx__Tensor *message = builder->message->initializer[i];
		const char *name = message->name ? message->name : "";
		struct err err;
		size_t index = add_tensor(builder, name, GRAPH_NONE);
		if (index == GRAPH_NONE)
			continue;
		struct graph_tensor *tensor = &builder->graph->tensors[index];
		tensor->is_constant = tensor->is_parameter = true;
		tensor->is_known = onnx_message_value(message, elements_max, builder->arena, &tensor->value, &err);
		if (!tensor->is_known)
			wrong(builder, "constant '%.80s': %s", name, err.text);
	}
}

/* Whether the option or the batch says how large a dimension is that the file leaves open. */
static bool bind_dimension(const struct builder *builder, const char *name, bool is_first, int64_t *size)
{
	const struct graph_options *options = builder->options;
	for (size_t i = 0; i < options->dimension_count; i++)
		if (name && strcmp(options->dimensions[i].name, name) == 0) {
			*size = options->dimensions[i].size;
			return true;
		}
	*size = options->images;
	return name && builder->batch ? strcmp(name, builder->batch) == 0 || (is_first && !builder->batch[0])
				      : is_first;
}

static bool read_side(struct builder *builder, const char *input, size_t i, const Lamina__Onnx__Dimension *dimension,
		      int64_t *side)
{
	const char *name = dimension->param && dimension->param[0] ? dimension->param : NULL;
	if (dimension->has_value && dimension->value < 0) {
		wrong(builder, "input '%.80s': dimension %zu is %" PRId64 " and must not be negative", input, i + 1,
		      dimension->value);
		return false;
	}
	/* Old exporters write 0 for what is not known. */
	*side = dimension->has_value ? dimension->value : 0;
	if (*side > 0 || bind_dimension(builder, name, i == 0, side))
		return true;
	if (name)
		wrong(builder,
		      "input '%.80s': dimension %zu, '%.40s', is open; --dimension %.40s=SIZE says how large it is",
		      input, i + 1, name, name);
	else
		wrong(builder,
		      "input '%.80s': dimension %zu is open and has no name; the file must say how large it is", input,
		      i + 1);
	return false;
}

/* The first dimension of the first input is the batch. */
static void choose_batch(struct builder *builder, const Lamina__Onnx__Shape *shape)
{
	const Lamina__Onnx__Dimension *first = shape->n_dim > 0 ? shape->dim[0] : NULL;
	bool is_fixed = !first || (first->has_value && first->value > 0);
	builder->graph->is_batch_fixed = is_fixed;
	builder->graph->batch = is_fixed ? (first ? first->value : 1) : builder->options->images;
	if (!is_fixed && first->param && first->param[0])
		builder->batch = first->param;
}

/* Whether the input's value is given: it is a constant then. */
static bool add_known_input(struct builder *builder, const char *name, const Lamina__Onnx__TensorType *type)
{
	const struct graph_options *options = builder->options;
	for (size_t i = 0; i < options->known_input_count; i++) {
		if (strcmp(options->known_inputs[i].name, name) != 0)
			continue;
		size_t index = add_tensor(builder, name, GRAPH_NONE);
		if (index == GRAPH_NONE)
			return true;
		struct graph_tensor *tensor = &builder->graph->tensors[index];
		tensor->value = options->known_inputs[i].value;
		tensor->is_known = tensor->is_constant = true;
		if (type && type->elem_type != value_types[tensor->value.type].onnx)
			wrong(builder, "input '%.80s' is of type %s, and %s is given", name,
			      value_type_name(type->elem_type), value_types[tensor->value.type].name);
		return true;
	}
	return false;
}

static void add_input(struct builder *builder, const Lamina__Onnx__ValueInfo *info)
{
	struct graph *graph = builder->graph;
	const char *name = info->name ? info->name : "";
	const Lamina__Onnx__TensorType *type = info->type ? info->type->tensor_type : NULL;
	if (add_known_input(builder, name, type))
		return;
	if (graph->input_count == 0 && type && type->shape)
		choose_batch(builder, type->shape);
	size_t index = add_tensor(builder, name, GRAPH_NONE);
	if (index == GRAPH_NONE)
		return;
	graph->inputs[graph->input_count++] = index;
	if (!type || !type->shape) {
		wrong(builder, "input '%.80s' has no shape", name);
		return;
	}
	struct value *value = &graph->tensors[index].value;
	value->type = value_type_find(type->elem_type);
	bool ok = value->type < VALUE_TYPES;
	if (!ok)
		wrong(builder, "input '%.80s': type %s is not supported", name, value_type_name(type->elem_type));
	if (type->shape->n_dim > DIMS_MAX) {
		wrong(builder, "input '%.80s' has %zu dimensions; at most %d can be computed", name, type->shape->n_dim,
		      DIMS_MAX);
		return;
	}
	value->dims.rank = (int)type->shape->n_dim;
	for (size_t i = 0; i < type->shape->n_dim; i++)
		ok = read_side(builder, name, i, type->shape->dim[i], &value->dims.sides[i]) && ok;
	if (ok && !dims_is_valid(&value->dims)) {
		wrong(builder, "input '%.80s' has more than %" PRId64 " elements", name, VALUE_ELEMENTS_MAX);
		ok = false;
	}
	graph->tensors[index].is_known = ok;
}

static void add_inputs(struct builder *builder)
{
	builder->graph->inputs = ARENA_ARRAY(builder->arena, size_t, builder->message->n_input);
	for (size_t i = 0; i < builder->message->n_input; i++) {
		const char *name = builder->message->input[i]->name;
		/* Files before IR version 4 list their constants as inputs, too. */
		if (!name || find_tensor(builder, name) == GRAPH_NONE ||
		    !builder->graph->tensors[find_tensor(builder, name)].is_constant)
			add_input(builder, builder->message->input[i]);
	}
	if (builder->graph->input_count == 0 && builder->options->known_input_count == 0)
		wrong(builder, "the network has no input");
}

/* AttributeProto.AttributeType; files of the first versions leave it out. */
static enum attribute_kind kind_of(const Lamina__Onnx__Attribute *message)
{
	static const enum attribute_kind kinds[] = {
		ATTRIBUTE_OTHER,  ATTRIBUTE_FLOAT, ATTRIBUTE_INT,    ATTRIBUTE_TEXT,
		ATTRIBUTE_TENSOR, ATTRIBUTE_OTHER, ATTRIBUTE_FLOATS, ATTRIBUTE_INTS,
	};
	if (message->has_type && message->type > 0)
		return message->type < (int)ARRAY_LEN(kinds) ? kinds[message->type] : ATTRIBUTE_OTHER;
	if (message->has_f)
		return ATTRIBUTE_FLOAT;
	if (message->has_i)
		return ATTRIBUTE_INT;
	if (message->has_s)
		return ATTRIBUTE_TEXT;
	if (message->t)
		return ATTRIBUTE_TENSOR;
	return message->n_floats ? ATTRIBUTE_FLOATS : ATTRIBUTE_INTS;
}

static bool read_attribute(struct builder *builder, const Lamina__Onnx__Attribute *message, struct attribute *attribute,
			   struct err *err)
{
	*attribute = (struct attribute){
		.name = message->name ? message->name : "",
		.kind = kind_of(message),
		.number = (double)message->f,
		.integer = message->i,
		.ints = message->ints,
		.count = message->n_ints,
	};
	if (message->ref_attr_name && message->ref_attr_name[0])
		return err_set(err, "attribute '%.60s' refers to a function's, which is not supported",
			       attribute->name);
	if (attribute->kind == ATTRIBUTE_TEXT)
		attribute->text = message->s.len
					  ? arena_strndup(builder->arena, (const char *)message->s.data, message->s.len)
					  : "";
	if (attribute->kind == ATTRIBUTE_FLOATS) {
		double *floats = ARENA_ARRAY(builder->arena, double, message->n_floats);
		for (size_t i = 0; i < message->n_floats; i++)
			floats[i] = (double)message->floats[i];
		attribute->floats = floats;
		attribute->count = message->n_floats;
	}
	if (attribute->kind != ATTRIBUTE_TENSOR)
		return true;
	int64_t elements_max = builder->options->needs_values ? VALUE_ELEMENTS_MAX : SHAPE_ELEMENTS_MAX;
	if (!message->t)
		return err_set(err, "attribute '%.60s' has no value", attribute->name);
	return onnx_message_value(message->t, elements_max, builder->arena, &attribute->tensor, err) ||
	       err_prefix(err, "attribute '%.60s'", attribute->name);
}

/* Files need not name their nodes: then the first output does. */
static const char *node_name(const Lamina__Onnx__Node *message)
{
	if (message->name && message->name[0])
		return message->name;
	return message->n_output > 0 ? message->output[0] : "";
}

/* The operator, where it is one that can be computed; told otherwise. */
static const struct operator_row *node_operator(struct builder *builder, const Lamina__Onnx__Node *message)
{
	const char *type = message->op_type ? message->op_type : "";
	bool is_default = !message->domain || !message->domain[0] || strcmp(message->domain, "ai.onnx") == 0;
	const struct operator_row *row = is_default ? operator_find(type) : NULL;
	if (!is_default)
		wrong(builder, "node '%.80s': operator '%.60s' of '%.60s' is not supported", node_name(message), type,
		      message->domain);
	else if (!row)
		wrong(builder, "node '%.80s': operator '%.60s' is not supported", node_name(message), type);
	else if (row->since > builder->graph->opset)
		wrong(builder, "node '%.80s': operator '%.60s' came with operator set %d, and the file has %" PRId64,
		      node_name(message), type, row->since, builder->graph->opset);
	return row && row->since <= builder->graph->opset ? row : NULL;
}

static bool read_attributes(struct builder *builder, const Lamina__Onnx__Node *message, struct graph_node *node)
{
	struct attribute *attributes = ARENA_ARRAY(builder->arena, struct attribute, message->n_attribute);
	struct err err;
	for (size_t i = 0; i < message->n_attribute; i++)
		if (!read_attribute(builder, message->attribute[i], &attributes[i], &err)) {
			wrong(builder, "node '%.80s': %s", node->name, err.text);
			return false;
		}
	node->attributes = attributes;
	node->attribute_count = message->n_attribute;
	return true;
}

/* The outputs get their tensors; inputs follow when all tensors are there. */
static void add_node(struct builder *builder, const Lamina__Onnx__Node *message)
{
	struct graph *graph = builder->graph;
	size_t index = graph->node_count++;
	struct graph_node *node = &graph->nodes[index];
	*node = (struct graph_node){
		.name = node_name(message),
		.operator= node_operator(builder, message),
		.inputs = ARENA_ARRAY(builder->arena, size_t, message->n_input),
		.outputs = ARENA_ARRAY(builder->arena, size_t, message->n_output),
	};
	if (message->n_input > GRAPH_PORTS_MAX || message->n_output > GRAPH_PORTS_MAX) {
		wrong(builder, "node '%.80s' has more than %d inputs or outputs", node->name, GRAPH_PORTS_MAX);
		return;
	}
	read_attributes(builder, message, node);
	for (size_t i = 0; i < message->n_output; i++)
		node->outputs[node->output_count++] =
			message->output[i][0] ? add_tensor(builder, message->output[i], index) : GRAPH_NONE;
}

static void connect_node(struct builder *builder, size_t index)
{
	const Lamina__Onnx__Node *message = builder->message->node[index];
	struct graph_node *node = &builder->graph->nodes[index];
	for (size_t i = 0; i < message->n_input; i++) {
		const char *name = message->input[i];
		size_t tensor = name[0] ? find_tensor(builder, name) : GRAPH_NONE;
		node->inputs[node->input_count++] = tensor;
		if (!name[0])
			continue;
		if (tensor == GRAPH_NONE) {
			wrong(builder, "node '%.80s': there is no tensor '%.80s'", node->name, name);
			continue;
		}
		size_t producer = builder->graph->tensors[tensor].producer;
		if (producer != GRAPH_NONE && producer >= index)
			wrong(builder, "node '%.80s': input '%.80s' is made by node '%.80s', which is not before it",
			      node->name, name, builder->graph->nodes[producer].name);
	}
}

static void add_outputs(struct builder *builder)
{
	struct graph *graph = builder->graph;
	graph->outputs = ARENA_ARRAY(builder->arena, size_t, builder->message->n_output);
	for (size_t i = 0; i < builder->message->n_output; i++) {
		const char *name = builder->message->output[i]->name ? builder->message->output[i]->name : "";
		size_t tensor = find_tensor(builder, name);
		if (tensor == GRAPH_NONE)
			wrong(builder, "the network's output '%.80s' is made by no node", name);
		else
			graph->outputs[graph->output_count++] = tensor;
	}
	if (builder->message->n_output == 0)
		wrong(builder, "the network has no output");
}

/* Optional outputs that nobody uses (masks, indices) need not be computed. */
static void drop_unused_outputs(struct builder *builder)
{
	struct graph *graph = builder->graph;
	bool *is_used = ARENA_ARRAY(builder->arena, bool, graph->tensor_count);
	for (size_t i = 0; i < graph->node_count; i++)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++)
			if (graph->nodes[i].inputs[input] != GRAPH_NONE)
				is_used[graph->nodes[i].inputs[input]] = true;
	for (size_t i = 0; i < graph->output_count; i++)
		is_used[graph->outputs[i]] = true;
	for (size_t i = 0; i < graph->node_count; i++)
		for (size_t output = 1; output < graph->nodes[i].output_count; output++) {
			size_t *tensor = &graph->nodes[i].outputs[output];
			if (*tensor != GRAPH_NONE && !is_used[*tensor])
				*tensor = GRAPH_NONE;
		}
}

static void read_version(struct builder *builder, const Lamina__Onnx__Model *model)
{
	int64_t version = -1;
	for (size_t i = 0; i < model->n_opset_import; i++) {
		const char *domain = model->opset_import[i]->domain;
		if (!domain || !domain[0] || strcmp(domain, "ai.onnx") == 0)
			version = model->opset_import[i]->version;
	}
	builder->graph->opset = version;
	if (version < 0)
		wrong(builder, "the file does not say which operator set it uses");
	else if (version < OPSET_MIN || version > OPSET_MAX)
		wrong(builder, "operator set %" PRId64 " is not supported; %d to %d are", version, OPSET_MIN,
		      OPSET_MAX);
}

static bool make_room(struct builder *builder)
{
	const Lamina__Onnx__Graph *message = builder->message;
	struct graph *graph = builder->graph;
	if (message->n_node > GRAPH_NODES_MAX || message->n_node == 0) {
		wrong(builder, "the network has %zu nodes; it must have 1 to %d", message->n_node, GRAPH_NODES_MAX);
		return false;
	}
	/* Passes make at most two constants more for every node. */
	graph->tensor_limit = message->n_initializer + message->n_input + 2 * message->n_node;
	for (size_t i = 0; i < message->n_node; i++)
		graph->tensor_limit += message->node[i]->n_output;
	graph->tensors = ARENA_ARRAY(builder->arena, struct graph_tensor, graph->tensor_limit);
	graph->nodes = ARENA_ARRAY(builder->arena, struct graph_node, message->n_node);
	return true;
}

static void build(struct builder *builder, const Lamina__Onnx__Model *model)
{
	read_version(builder, model);
	if (!make_room(builder))
		return;
	add_constants(builder);
	add_inputs(builder);
	for (size_t i = 0; i < builder->message->n_node; i++)
		add_node(builder, builder->message->node[i]);
	for (size_t i = 0; i < builder->message->n_node; i++)
		if (builder->message->node[i]->n_input <= GRAPH_PORTS_MAX)
			connect_node(builder, i);
	add_outputs(builder);
	drop_unused_outputs(builder);
}

static void keep(void *entry)
{
}

/* Large values that nobody is to see need no memory. protobuf-c takes its memory where mem_free gives it back. */
static void drop_values(Lamina__Onnx__Graph *graph)
{
	for (size_t i = 0; i < graph->n_initializer; i++) {
		ProtobufCBinaryData *raw = &graph->initializer[i]->raw_data;
		if (raw->len > SHAPE_ELEMENTS_MAX * sizeof(int64_t)) {
			mem_free(raw->data);
			*raw = (ProtobufCBinaryData){0};
		}
	}
}

bool onnx_open_bytes(const char *path, const uint8_t *bytes, size_t length, bool needs_values, struct diag *diag,
		     struct onnx_model *model)
{
	struct err err;
	Lamina__Onnx__Model *message = onnx_message_model(bytes, length, &err);
	model->message = message;
	if (message && !message->graph)
		err_set(&err, "the file has no graph");
	if (message && message->graph && !needs_values)
		drop_values(message->graph);
	if (message && message->graph)
		return true;
	diag_error(diag, (struct diag_place){.file = path}, "%s", err.text);
	onnx_release(model);
	return false;
}

bool onnx_open(const char *path, bool needs_values, struct diag *diag, struct onnx_model *model)
{
	struct arena file;
	struct err err;
	char *text;
	size_t length;
	arena_init(&file);
	bool ok = file_read(path, ONNX_BYTES_MAX, &file, &text, &length, &err);
	if (ok)
		ok = onnx_open_bytes(path, (const uint8_t *)text, length, needs_values, diag, model);
	else
		diag_error(diag, (struct diag_place){.file = path}, "%s", err.text);
	arena_release(&file);
	return ok;
}

bool onnx_build(const struct onnx_model *model, const char *path, const struct graph_options *options,
		struct arena *arena, struct diag *diag, struct graph *graph)
{
	const Lamina__Onnx__Model *message = model->message;
	size_t errors = diag->error_count;
	*graph = (struct graph){.path = path, .batch = 1, .is_batch_fixed = true};
	graph->name = message->graph->name ? message->graph->name : "";
	struct builder builder = {
		.options = options, .arena = arena, .diag = diag, .graph = graph, .message = message->graph};
	build(&builder, message);
	tdestroy(builder.names, keep);
	return diag->error_count == errors && graph_infer(graph, options, arena, diag);
}

void onnx_release(struct onnx_model *model)
{
	if (model->message)
		lamina__onnx__model__free_unpacked(model->message, NULL);
	model->message = NULL;
}

bool onnx_is_named(const char *path)
{
	static const char ending[] = ".onnx";
	size_t length = strlen(path);
	return length >= sizeof ending - 1 && strcmp(path + length - (sizeof ending - 1), ending) == 0;
}

static bool build_opened(const char *path, const struct graph_options *options, struct arena *arena, struct diag *diag,
			 struct onnx_model *model, struct graph *graph)
{
	bool ok = onnx_build(model, path, options, arena, diag, graph);
	if (!ok)
		onnx_release(model);
	return ok;
}

bool onnx_read(const char *path, const struct graph_options *options, struct arena *arena, struct diag *diag,
	       struct onnx_model *model, struct graph *graph)
{
	return onnx_open(path, options->needs_values, diag, model) &&
	       build_opened(path, options, arena, diag, model, graph);
}

bool onnx_parse(const char *path, const uint8_t *bytes, size_t length, const struct graph_options *options,
		struct arena *arena, struct diag *diag, struct onnx_model *model, struct graph *graph)
{
	return onnx_open_bytes(path, bytes, length, options->needs_values, diag, model) &&
	       build_opened(path, options, arena, diag, model, graph);
}

bool onnx_parse_value(const uint8_t *bytes, size_t length, struct arena *arena, struct value *value, const char **name,
		      struct err *err)
{
	Lamina__Onnx__Tensor *message = onnx_message_tensor(bytes, length, err);
	if (!message)
		return false;
	bool ok = onnx_message_value(message, VALUE_ELEMENTS_MAX, arena, value, err);
	if (ok && !value->data)
		ok = err_set(err, "it has no values");
	if (ok) {
		const void *data = value->data;
		value_alloc(value, arena);
		memcpy(value->data, data, value_bytes(value));
		*name = arena_strdup(arena, message->name ? message->name : "");
	}
	lamina__onnx__tensor__free_unpacked(message, NULL);
	return ok;
}
