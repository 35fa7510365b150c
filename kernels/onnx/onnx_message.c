#include "kernels/onnx/onnx_message.h"

#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "kernels/record/wire.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "raw data is little-endian and used as it is");

#define RULES(name) \
	{ \
#name, name##_rules, ARRAY_LEN(name##_rules) \
	}

static const struct wire_rule tensor_rules[] = {
	{1, WIRE_VARINT, true, NULL},   {2, WIRE_VARINT, false, NULL},  {4, WIRE_FIXED32, true, NULL},
	{5, WIRE_VARINT, true, NULL},   {7, WIRE_VARINT, true, NULL},   {8, WIRE_BYTES, false, NULL},
	{9, WIRE_BYTES, false, NULL},   {10, WIRE_FIXED64, true, NULL}, {11, WIRE_VARINT, true, NULL},
	{14, WIRE_VARINT, false, NULL},
};
static const struct wire_message tensor_wire = RULES(tensor);
static const struct wire_rule attribute_rules[] = {
	{1, WIRE_BYTES, false, NULL}, {2, WIRE_FIXED32, false, NULL},       {3, WIRE_VARINT, false, NULL},
	{4, WIRE_BYTES, false, NULL}, {5, WIRE_BYTES, false, &tensor_wire}, {7, WIRE_FIXED32, true, NULL},
	{8, WIRE_VARINT, true, NULL}, {20, WIRE_VARINT, false, NULL},       {21, WIRE_BYTES, false, NULL},
};
static const struct wire_message attribute_wire = RULES(attribute);
static const struct wire_rule node_rules[] = {
	{1, WIRE_BYTES, false, NULL},
	{2, WIRE_BYTES, false, NULL},
	{3, WIRE_BYTES, false, NULL},
	{4, WIRE_BYTES, false, NULL},
	{5, WIRE_BYTES, false, &attribute_wire},
	{7, WIRE_BYTES, false, NULL},
};
static const struct wire_message node_wire = RULES(node);
static const struct wire_rule dimension_rules[] = {{1, WIRE_VARINT, false, NULL}, {2, WIRE_BYTES, false, NULL}};
static const struct wire_message dimension_wire = RULES(dimension);
static const struct wire_rule shape_rules[] = {{1, WIRE_BYTES, false, &dimension_wire}};
static const struct wire_message shape_wire = RULES(shape);
static const struct wire_rule tensor_type_rules[] = {{1, WIRE_VARINT, false, NULL},
						     {2, WIRE_BYTES, false, &shape_wire}};
static const struct wire_message tensor_type_wire = RULES(tensor_type);
static const struct wire_rule type_rules[] = {{1, WIRE_BYTES, false, &tensor_type_wire}};
static const struct wire_message type_wire = RULES(type);
static const struct wire_rule value_info_rules[] = {{1, WIRE_BYTES, false, NULL}, {2, WIRE_BYTES, false, &type_wire}};
static const struct wire_message value_info_wire = RULES(value_info);
static const struct wire_rule graph_rules[] = {
	{1, WIRE_BYTES, false, &node_wire},        {2, WIRE_BYTES, false, NULL},
	{5, WIRE_BYTES, false, &tensor_wire},      {11, WIRE_BYTES, false, &value_info_wire},
	{12, WIRE_BYTES, false, &value_info_wire},
};
static const struct wire_message graph_wire = RULES(graph);
static const struct wire_rule operator_set_rules[] = {{1, WIRE_BYTES, false, NULL}, {2, WIRE_VARINT, false, NULL}};
static const struct wire_message operator_set_wire = RULES(operator_set);
static const struct wire_rule model_rules[] = {
	{1, WIRE_VARINT, false, NULL},
	{7, WIRE_BYTES, false, &graph_wire},
	{8, WIRE_BYTES, false, &operator_set_wire},
};
static const struct wire_message model_wire = RULES(model);

static bool is_sound(const struct wire_message *message, const uint8_t *bytes, size_t length, struct err *err)
{
	if (length > ONNX_BYTES_MAX)
		return err_set(err, "the file has more than %zu bytes", ONNX_BYTES_MAX);
	return wire_check(message, bytes, length, 0, ONNX_FIELDS_MAX, err);
}

Lamina__Onnx__Model *onnx_message_model(const uint8_t *bytes, size_t length, struct err *err)
{
	Lamina__Onnx__Model *model = NULL;
	if (!is_sound(&model_wire, bytes, length, err))
		return NULL;
	model = lamina__onnx__model__unpack(NULL, length, bytes);
	if (!model)
		err_set(err, "the file is no ONNX model");
	return model;
}

Lamina__Onnx__Tensor *onnx_message_tensor(const uint8_t *bytes, size_t length, struct err *err)
{
	Lamina__Onnx__Tensor *tensor = NULL;
	if (!is_sound(&tensor_wire, bytes, length, err))
		return NULL;
	tensor = lamina__onnx__tensor__unpack(NULL, length, bytes);
	if (!tensor)
		err_set(err, "the file is no ONNX tensor");
	return tensor;
}

static bool read_dims(const Lamina__Onnx__Tensor *message, struct value *value, struct err *err)
{
	if (message->n_dims > DIMS_MAX)
		return err_set(err, "it has %zu dimensions; at most %d can be computed", message->n_dims, DIMS_MAX);
	value->dims.rank = (int)message->n_dims;
	for (size_t i = 0; i < message->n_dims; i++)
		value->dims.sides[i] = message->dims[i];
	for (size_t i = 0; i < message->n_dims; i++)
		if (message->dims[i] < 0)
			return err_set(err, "dimension %zu is %" PRId64 " and must not be negative", i + 1,
				       message->dims[i]);
	return dims_is_valid(&value->dims) || err_set(err, "it has more than %" PRId64 " elements", VALUE_ELEMENTS_MAX);
}

/* Where the elements are if they are not raw: as they are, or in 32-bit integers to be narrowed. */
static bool read_list(const Lamina__Onnx__Tensor *message, struct arena *arena, struct value *value, size_t *count)
{
	switch (value->type) {
	case VALUE_FLOAT:
		*count = message->n_float_data;
		value->data = message->float_data;
		return true;
	case VALUE_DOUBLE:
		*count = message->n_double_data;
		value->data = message->double_data;
		return true;
	case VALUE_INT64:
		*count = message->n_int64_data;
		value->data = message->int64_data;
		return true;
	case VALUE_INT32:
		*count = message->n_int32_data;
		value->data = message->int32_data;
		return true;
	case VALUE_UINT64:
		*count = message->n_uint64_data;
		value->data = message->uint64_data;
		return true;
	case VALUE_UINT32:
		*count = message->n_uint64_data;
		break;
	default:
		*count = message->n_int32_data;
	}
	size_t bytes = value_types[value->type].bytes;
	char *narrow = arena_alloc_array(arena, *count, bytes);
	for (size_t i = 0; i < *count; i++) {
		uint64_t x = value->type == VALUE_UINT32 ? message->uint64_data[i] : (uint64_t)message->int32_data[i];
		if (value->type == VALUE_BOOL)
			x = x != 0;
		memcpy(narrow + i * bytes, &x, bytes);
	}
	value->data = narrow;
	return true;
}

/* bool must be 0 or 1, whatever a file says. */
static void normalise_bools(struct value *value, struct arena *arena)
{
	const uint8_t *raw = value->data;
	int64_t elements = value_elements(value);
	uint8_t *bools = ARENA_ARRAY(arena, uint8_t, (size_t)elements);
	for (int64_t i = 0; i < elements; i++)
		bools[i] = raw[i] != 0;
	value->data = bools;
}

bool onnx_message_value(const Lamina__Onnx__Tensor *message, int64_t elements_max, struct arena *arena,
			struct value *value, struct err *err)
{
	*value = (struct value){.type = value_type_find(message->data_type)};
	if (value->type == VALUE_TYPES)
		return err_set(err, "values of type %s are not supported", value_type_name(message->data_type));
	if (!read_dims(message, value, err))
		return false;
	int64_t elements = value_elements(value);
	bool is_external = message->has_data_location && message->data_location != 0;
	if (is_external || elements > elements_max)
		return true;
	if (message->has_raw_data) {
		if (message->raw_data.len != value_bytes(value))
			return err_set(err, "it has %zu bytes of data and needs %zu", message->raw_data.len,
				       value_bytes(value));
		value->data = message->raw_data.data;
		if (value->type == VALUE_BOOL)
			normalise_bools(value, arena);
	} else {
		size_t count;
		read_list(message, arena, value, &count);
		if (count == 0 && elements > 0) {
			value->data = NULL;
			return true;
		}
		if ((int64_t)count != elements)
			return err_set(err, "it has %zu elements of data and needs %" PRId64, count, elements);
	}
	if (elements == 0)
		value->data = arena_alloc(arena, 1);
	return true;
}
