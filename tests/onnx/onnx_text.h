/*
 * ONNX files for tests, made of a text of one statement a line:
 *
 *   opset 13                                 the operator set (13 without)
 *   name small                               the graph's ("test" without)
 *   input x float Nx3x8x8                    a letter is an open dimension, ? one without a name
 *   const w float 4x3x3x3 random 1           uniform in [-0.5, 0.5) by this seed
 *   const v float 4 random 2 0.1 3           0.1 times that, plus 3
 *   const s int64 2 = 1,-1                   these values; a scalar's shape is "scalar"
 *   const b float 4 external ../weights.bin  in another file; "absent": nowhere
 *   Conv x,w -> y pads=[1,1,1,1] group=1 name=conv1
 *   output y
 *
 * Attributes are integers, lists [1,2], floats (with a point), lists of floats and, in quotes, texts. An input that is
 * not there is written _. A node's domain is an attribute domain="...".
 */
#ifndef LAMINA_ONNX_TEXT_H
#define LAMINA_ONNX_TEXT_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "kernels/graph/value.h"
#include "kernels/onnx/onnx.pb-c.h"

enum { ONNX_TEXT_MAX = 2000, ONNX_TEXT_WORDS = 64 }; /* nodes, constants, inputs; words of a line */

struct onnx_text {
	struct arena *arena;
	Lamina__Onnx__Model model;
	Lamina__Onnx__OperatorSet set;
	Lamina__Onnx__OperatorSet *sets[1];
	Lamina__Onnx__Graph graph;
	Lamina__Onnx__Node *nodes[ONNX_TEXT_MAX];
	Lamina__Onnx__Tensor *constants[ONNX_TEXT_MAX];
	Lamina__Onnx__ValueInfo *inputs[ONNX_TEXT_MAX];
	Lamina__Onnx__ValueInfo *outputs[ONNX_TEXT_MAX];
};

/* The pieces of a text between separators, in the arena. */
static size_t onnx_text_split(struct arena *arena, const char *text, const char *separators, char **pieces, size_t most)
{
	size_t count = 0;
	while (*text && count < most) {
		text += strspn(text, separators);
		size_t length = strcspn(text, separators);
		if (length > 0)
			pieces[count++] = arena_strndup(arena, text, length);
		text += length;
	}
	return count;
}

static int onnx_text_type(const char *name)
{
	for (int i = 0; i < 30; i++)
		if (strcmp(value_type_name(i), name) == 0)
			return i;
	return (int)strtol(name, NULL, 10);
}

static void onnx_text_dims(struct onnx_text *text, const char *dims, int64_t *sides, char **names, size_t *count)
{
	char *pieces[20];
	*count = strcmp(dims, "scalar") == 0 ? 0 : onnx_text_split(text->arena, dims, "x", pieces, 20);
	for (size_t i = 0; i < *count; i++) {
		sides[i] = strtoll(pieces[i], NULL, 10);
		names[i] = isdigit((unsigned char)pieces[i][0]) || pieces[i][0] == '-' ? NULL : pieces[i];
	}
}

static Lamina__Onnx__ValueInfo *onnx_text_value(struct onnx_text *text, const char *name, const char *type,
						const char *dims)
{
	int64_t sides[20];
	char *names[20];
	size_t count;
	Lamina__Onnx__ValueInfo *info = ARENA_NEW(text->arena, Lamina__Onnx__ValueInfo);
	lamina__onnx__value_info__init(info);
	info->name = arena_strdup(text->arena, name);
	if (!type)
		return info;
	info->type = ARENA_NEW(text->arena, Lamina__Onnx__Type);
	lamina__onnx__type__init(info->type);
	Lamina__Onnx__TensorType *tensor = info->type->tensor_type = ARENA_NEW(text->arena, Lamina__Onnx__TensorType);
	lamina__onnx__tensor_type__init(tensor);
	tensor->has_elem_type = true;
	tensor->elem_type = onnx_text_type(type);
	tensor->shape = ARENA_NEW(text->arena, Lamina__Onnx__Shape);
	lamina__onnx__shape__init(tensor->shape);
	onnx_text_dims(text, dims, sides, names, &count);
	tensor->shape->n_dim = count;
	tensor->shape->dim = ARENA_ARRAY(text->arena, Lamina__Onnx__Dimension *, count);
	for (size_t i = 0; i < count; i++) {
		Lamina__Onnx__Dimension *dim = ARENA_NEW(text->arena, Lamina__Onnx__Dimension);
		lamina__onnx__dimension__init(dim);
		dim->has_value = !names[i];
		dim->value = sides[i];
		dim->param = names[i] && names[i][0] != '?' ? names[i] : NULL;
		tensor->shape->dim[i] = dim;
	}
	return info;
}

static void onnx_text_fill_random(float *values, size_t count, unsigned seed, float scale, float offset)
{
	uint32_t state = seed * 2654435761u + 1;
	for (size_t i = 0; i < count; i++) {
		state = state * 1664525u + 1013904223u;
		values[i] = ((float)(state >> 8) * 0x1p-24f - 0.5f) * scale + offset;
	}
}

static void onnx_text_list(struct onnx_text *text, const char *list, Lamina__Onnx__Tensor *tensor)
{
	static char *pieces[100000];
	size_t count = onnx_text_split(text->arena, list, ",[]", pieces, 100000);
	if (tensor->data_type == 1) {
		tensor->n_float_data = count;
		tensor->float_data = ARENA_ARRAY(text->arena, float, count);
		for (size_t i = 0; i < count; i++)
			tensor->float_data[i] = strtof(pieces[i], NULL);
	} else if (tensor->data_type == 7) {
		tensor->n_int64_data = count;
		tensor->int64_data = ARENA_ARRAY(text->arena, int64_t, count);
		for (size_t i = 0; i < count; i++)
			tensor->int64_data[i] = strtoll(pieces[i], NULL, 10);
	} else {
		tensor->n_int32_data = count;
		tensor->int32_data = ARENA_ARRAY(text->arena, int32_t, count);
		for (size_t i = 0; i < count; i++)
			tensor->int32_data[i] = (int32_t)strtol(pieces[i], NULL, 10);
	}
}

static Lamina__Onnx__Tensor *onnx_text_tensor(struct onnx_text *text, char **words, size_t count)
{
	char *names[20];
	Lamina__Onnx__Tensor *tensor = ARENA_NEW(text->arena, Lamina__Onnx__Tensor);
	lamina__onnx__tensor__init(tensor);
	tensor->name = words[1];
	tensor->has_data_type = true;
	tensor->data_type = onnx_text_type(words[2]);
	tensor->dims = ARENA_ARRAY(text->arena, int64_t, 20);
	onnx_text_dims(text, words[3], tensor->dims, names, &tensor->n_dims);
	size_t elements = 1;
	for (size_t i = 0; i < tensor->n_dims; i++)
		if (__builtin_mul_overflow(elements, (size_t)tensor->dims[i], &elements) || elements > 1 << 28)
			elements = 0;
	if (count > 5 && strcmp(words[4], "random") == 0) {
		tensor->has_raw_data = true;
		tensor->raw_data.len = elements * sizeof(float);
		float *values = arena_alloc(text->arena, tensor->raw_data.len);
		onnx_text_fill_random(values, elements, (unsigned)strtoul(words[5], NULL, 10),
				      count > 6 ? strtof(words[6], NULL) : 1.0f,
				      count > 7 ? strtof(words[7], NULL) : 0.0f);
		tensor->raw_data.data = (uint8_t *)values;
	} else if (count > 5 && strcmp(words[4], "=") == 0) {
		onnx_text_list(text, words[5], tensor);
	} else if (count > 5 && strcmp(words[4], "external") == 0) {
		tensor->has_data_location = true;
		tensor->data_location = 1;
	}
	return tensor;
}

static void onnx_text_number_list(struct onnx_text *text, const char *list, Lamina__Onnx__Attribute *attribute)
{
	char *pieces[ONNX_TEXT_WORDS];
	size_t count = onnx_text_split(text->arena, list, ",[]", pieces, ONNX_TEXT_WORDS);
	bool is_float = strchr(list, '.') != NULL;
	attribute->floats = ARENA_ARRAY(text->arena, float, count);
	attribute->ints = ARENA_ARRAY(text->arena, int64_t, count);
	for (size_t i = 0; i < count; i++) {
		attribute->floats[i] = strtof(pieces[i], NULL);
		attribute->ints[i] = strtoll(pieces[i], NULL, 10);
	}
	attribute->n_floats = is_float ? count : 0;
	attribute->n_ints = is_float ? 0 : count;
	attribute->type = is_float ? 6 : 7;
}

static Lamina__Onnx__Attribute *onnx_text_attribute(struct onnx_text *text, char *name, char *value)
{
	Lamina__Onnx__Attribute *attribute = ARENA_NEW(text->arena, Lamina__Onnx__Attribute);
	lamina__onnx__attribute__init(attribute);
	attribute->name = name;
	attribute->has_type = true;
	if (value[0] == '[') {
		onnx_text_number_list(text, value, attribute);
	} else if (value[0] == '"') {
		attribute->type = 3;
		attribute->has_s = true;
		attribute->s.len = strlen(value) > 1 ? strlen(value) - 2 : 0;
		attribute->s.data = (uint8_t *)value + 1;
	} else if (strchr(value, '.')) {
		attribute->type = 1;
		attribute->has_f = true;
		attribute->f = strtof(value, NULL);
	} else {
		attribute->type = 2;
		attribute->has_i = true;
		attribute->i = strtoll(value, NULL, 10);
	}
	return attribute;
}

static char **onnx_text_names(struct onnx_text *text, const char *list, size_t *count)
{
	char **names = ARENA_ARRAY(text->arena, char *, 2000);
	*count = onnx_text_split(text->arena, list, ",", names, 2000);
	for (size_t i = 0; i < *count; i++)
		if (strcmp(names[i], "_") == 0)
			names[i] = arena_strdup(text->arena, "");
	return names;
}

static Lamina__Onnx__Node *onnx_text_node(struct onnx_text *text, char **words, size_t count)
{
	Lamina__Onnx__Node *node = ARENA_NEW(text->arena, Lamina__Onnx__Node);
	lamina__onnx__node__init(node);
	node->op_type = words[0];
	node->attribute = ARENA_ARRAY(text->arena, Lamina__Onnx__Attribute *, count);
	size_t arrow = count > 1 ? 1 : count;
	while (arrow < count && strcmp(words[arrow], "->") != 0)
		arrow++;
	if (arrow == 2)
		node->input = onnx_text_names(text, words[1], &node->n_input);
	if (arrow + 1 < count)
		node->output = onnx_text_names(text, words[arrow + 1], &node->n_output);
	for (size_t i = arrow + 2; i < count; i++) {
		char *equals = strchr(words[i], '=');
		if (!equals)
			continue;
		*equals = '\0';
		if (strcmp(words[i], "name") == 0)
			node->name = equals + 1;
		else if (strcmp(words[i], "domain") == 0)
			node->domain = equals + 1;
		else
			node->attribute[node->n_attribute++] = onnx_text_attribute(text, words[i], equals + 1);
	}
	return node;
}

static void onnx_text_line(struct onnx_text *text, char **words, size_t count)
{
	Lamina__Onnx__Graph *graph = &text->graph;
	bool is_const = strcmp(words[0], "const") == 0;
	if (count < (is_const ? 4 : 2) || graph->n_input + graph->n_output + graph->n_initializer >= ONNX_TEXT_MAX ||
	    graph->n_node >= ONNX_TEXT_MAX)
		return;
	if (strcmp(words[0], "opset") == 0)
		text->set.version = strtol(words[1], NULL, 10);
	else if (strcmp(words[0], "name") == 0)
		graph->name = words[1];
	else if (strcmp(words[0], "input") == 0)
		text->inputs[graph->n_input++] =
			onnx_text_value(text, words[1], count > 2 ? words[2] : NULL, count > 3 ? words[3] : "scalar");
	else if (strcmp(words[0], "output") == 0)
		text->outputs[graph->n_output++] =
			onnx_text_value(text, words[1], count > 2 ? words[2] : NULL, count > 3 ? words[3] : "scalar");
	else if (is_const)
		text->constants[graph->n_initializer++] = onnx_text_tensor(text, words, count);
	else
		text->nodes[graph->n_node++] = onnx_text_node(text, words, count);
}

/* The file's bytes, in the arena. */
static uint8_t *onnx_text_pack(const char *source, struct arena *arena, size_t *length)
{
	struct onnx_text *text = ARENA_NEW(arena, struct onnx_text);
	text->arena = arena;
	lamina__onnx__model__init(&text->model);
	lamina__onnx__operator_set__init(&text->set);
	lamina__onnx__graph__init(&text->graph);
	text->set.has_version = true;
	text->set.version = 13;
	text->sets[0] = &text->set;
	text->model.has_ir_version = true;
	text->model.ir_version = 8;
	text->model.graph = &text->graph;
	text->model.n_opset_import = 1;
	text->model.opset_import = text->sets;
	text->graph.name = arena_strdup(arena, "test");
	text->graph.node = text->nodes;
	text->graph.initializer = text->constants;
	text->graph.input = text->inputs;
	text->graph.output = text->outputs;
	char **lines = ARENA_ARRAY(arena, char *, 3 * ONNX_TEXT_MAX);
	size_t line_count = onnx_text_split(arena, source, "\n", lines, 3 * ONNX_TEXT_MAX);
	for (size_t i = 0; i < line_count; i++) {
		char *words[ONNX_TEXT_WORDS];
		size_t count = onnx_text_split(arena, lines[i], " \t", words, ONNX_TEXT_WORDS);
		if (count > 0 && words[0][0] != '#')
			onnx_text_line(text, words, count);
	}
	uint8_t *bytes = arena_alloc(arena, lamina__onnx__model__get_packed_size(&text->model));
	*length = lamina__onnx__model__pack(&text->model, bytes);
	return bytes;
}

#endif
