/* How shape rules read what a node says: its attributes, and inputs that must be known before the network runs. */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/operator.h"

const struct attribute *node_attribute(const struct graph_node *node, const char *name)
{
	for (size_t i = 0; i < node->attribute_count; i++)
		if (strcmp(node->attributes[i].name, name) == 0)
			return &node->attributes[i];
	return NULL;
}

static bool has_kind(const struct attribute *attribute, enum attribute_kind kind, const char *what, struct err *err)
{
	return attribute->kind == kind || err_set(err, "attribute '%.60s' must be %s", attribute->name, what);
}

bool node_int(const struct graph_node *node, const char *name, int64_t fallback, int64_t *out, struct err *err)
{
	const struct attribute *attribute = node_attribute(node, name);
	*out = attribute ? attribute->integer : fallback;
	return !attribute || has_kind(attribute, ATTRIBUTE_INT, "an integer", err);
}

bool node_float(const struct graph_node *node, const char *name, double fallback, double *out, struct err *err)
{
	const struct attribute *attribute = node_attribute(node, name);
	*out = attribute ? attribute->number : fallback;
	return !attribute || has_kind(attribute, ATTRIBUTE_FLOAT, "a float", err);
}

bool node_text(const struct graph_node *node, const char *name, const char *fallback, const char **out, struct err *err)
{
	const struct attribute *attribute = node_attribute(node, name);
	*out = attribute && attribute->text ? attribute->text : fallback;
	return !attribute || has_kind(attribute, ATTRIBUTE_TEXT, "a text", err);
}

bool node_ints(const struct graph_node *node, const char *name, const int64_t **out, size_t *count, struct err *err)
{
	const struct attribute *attribute = node_attribute(node, name);
	*out = attribute ? attribute->ints : NULL;
	*count = attribute ? attribute->count : 0;
	return !attribute || has_kind(attribute, ATTRIBUTE_INTS, "a list of integers", err);
}

bool node_axis(int64_t given, int rank, bool may_be_rank, int *axis, struct err *err)
{
	int64_t last = may_be_rank ? rank : rank - 1;
	*axis = (int)(given < 0 ? given + rank : given);
	if (given >= -rank && given <= last)
		return true;
	return err_set(err, "axis %" PRId64 " is not one of the input's %d", given, rank);
}

bool node_has_input(const struct node_shapes *shapes, size_t index)
{
	return index < shapes->input_count && shapes->inputs[index];
}

bool node_rank_at_least(const struct node_shapes *shapes, size_t index, int rank, struct err *err)
{
	char text[DIMS_TEXT_BYTES];
	const struct dims *dims = &shapes->inputs[index]->dims;
	return dims->rank >= rank || err_set(err, "input %zu is %s and must have at least %d dimensions", index + 1,
					     dims_text(dims, text), rank);
}

bool node_constant_ints(const struct node_shapes *shapes, size_t input, const char *what, const int64_t **out,
			size_t *count, struct err *err)
{
	*out = NULL;
	*count = 0;
	if (!node_has_input(shapes, input))
		return true;
	const struct value *value = shapes->inputs[input];
	if (value->type != VALUE_INT64 && value->type != VALUE_INT32)
		return err_set(err, "input %zu, the %s, must be of type int64 or int32 and is %s", input + 1, what,
			       value_types[value->type].name);
	if (value->dims.rank > 1)
		return err_set(err, "input %zu, the %s, must be a list", input + 1, what);
	if (!value->data)
		return err_set(err,
			       "input %zu, the %s, must be known before the network runs: it is no constant, or its "
			       "values are not in this file",
			       input + 1, what);
	*count = (size_t)value_elements(value);
	int64_t *ints = ARENA_ARRAY(shapes->arena, int64_t, *count);
	for (size_t i = 0; i < *count; i++)
		ints[i] = value_int(value, (int64_t)i);
	*out = ints;
	return true;
}

bool node_list(const struct node_shapes *shapes, const char *attribute, size_t input, int64_t input_since,
	       const int64_t **out, size_t *count, struct err *err)
{
	if (shapes->opset >= input_since)
		return node_constant_ints(shapes, input, attribute, out, count, err);
	return node_ints(shapes->node, attribute, out, count, err);
}
