#include "kernels/graph/value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "random/stream.h"

const struct value_type_row value_types[VALUE_TYPES] = {
	[VALUE_FLOAT] = {"float", 1, sizeof(float)},       [VALUE_DOUBLE] = {"double", 11, sizeof(double)},
	[VALUE_INT8] = {"int8", 3, sizeof(int8_t)},        [VALUE_INT16] = {"int16", 5, sizeof(int16_t)},
	[VALUE_INT32] = {"int32", 6, sizeof(int32_t)},     [VALUE_INT64] = {"int64", 7, sizeof(int64_t)},
	[VALUE_UINT8] = {"uint8", 2, sizeof(uint8_t)},     [VALUE_UINT16] = {"uint16", 4, sizeof(uint16_t)},
	[VALUE_UINT32] = {"uint32", 12, sizeof(uint32_t)}, [VALUE_UINT64] = {"uint64", 13, sizeof(uint64_t)},
	[VALUE_BOOL] = {"bool", 9, sizeof(bool)},
};

/* Types that ONNX has and Lamina has not, for messages. */
static const struct {
	int onnx;
	const char *name;
} other_types[] = {
	{0, "undefined"}, {8, "string"},        {10, "float16"},        {14, "complex64"},  {15, "complex128"},
	{16, "bfloat16"}, {17, "float8e4m3fn"}, {18, "float8e4m3fnuz"}, {19, "float8e5m2"}, {20, "float8e5m2fnuz"},
	{21, "uint4"},    {22, "int4"},         {23, "float4e2m1"},
};

enum value_type value_type_find(int64_t onnx)
{
	int type = 0;
	while (type < VALUE_TYPES && value_types[type].onnx != onnx)
		type++;
	return (enum value_type)type;
}

const char *value_type_name(int64_t onnx)
{
	enum value_type type = value_type_find(onnx);
	if (type < VALUE_TYPES)
		return value_types[type].name;
	for (size_t i = 0; i < ARRAY_LEN(other_types); i++)
		if (other_types[i].onnx == onnx)
			return other_types[i].name;
	return "an unknown type";
}

bool dims_is_valid(const struct dims *dims)
{
	int64_t elements = 1;
	bool is_empty = false;
	for (int i = 0; i < dims->rank; i++) {
		int64_t side = dims->sides[i];
		if (side < 0 || side > VALUE_ELEMENTS_MAX)
			return false;
		is_empty = is_empty || side == 0;
		/* Sides beside a 0 are bounded together, too: shapes are computed with them. */
		if (side > 0 && elements > VALUE_ELEMENTS_MAX / side)
			return false;
		elements *= side > 0 ? side : 1;
	}
	return true;
}

bool dims_equal(const struct dims *a, const struct dims *b)
{
	return a->rank == b->rank && memcmp(a->sides, b->sides, (size_t)a->rank * sizeof *a->sides) == 0;
}

int64_t dims_elements(const struct dims *dims)
{
	return dims_product(dims, 0, dims->rank);
}

int64_t dims_product(const struct dims *dims, int first, int last)
{
	int64_t elements = 1;
	for (int i = first; i < last; i++)
		elements *= dims->sides[i];
	return elements;
}

const char *dims_text(const struct dims *dims, char out[DIMS_TEXT_BYTES])
{
	size_t at = 0;
	snprintf(out, DIMS_TEXT_BYTES, "scalar");
	for (int i = 0; i < dims->rank; i++)
		at += (size_t)snprintf(out + at, DIMS_TEXT_BYTES - at, "%s%" PRId64, i ? "x" : "", dims->sides[i]);
	return out;
}

/* The side of dims that lies over side i of a rank, counted from the last. */
static int64_t side_under(const struct dims *dims, int rank, int i)
{
	int own = i - (rank - dims->rank);
	return own < 0 ? 1 : dims->sides[own];
}

bool dims_broadcast(const struct dims *a, const struct dims *b, struct dims *out)
{
	struct dims result = {.rank = a->rank > b->rank ? a->rank : b->rank};
	for (int i = 0; i < result.rank; i++) {
		int64_t x = side_under(a, result.rank, i);
		int64_t y = side_under(b, result.rank, i);
		if (x != y && x != 1 && y != 1)
			return false;
		result.sides[i] = x == 1 ? y : x;
	}
	*out = result;
	return dims_is_valid(out);
}

void dims_steps(const struct dims *dims, const struct dims *out, int64_t steps[DIMS_MAX])
{
	int64_t step = 1;
	for (int i = out->rank - 1; i >= 0; i--) {
		int64_t side = side_under(dims, out->rank, i);
		steps[i] = side == 1 ? 0 : step;
		step *= side;
	}
}

int64_t value_elements(const struct value *value)
{
	return dims_elements(&value->dims);
}

size_t value_bytes(const struct value *value)
{
	return (size_t)value_elements(value) * value_types[value->type].bytes;
}

int64_t value_int(const struct value *value, int64_t index)
{
	CHECK(value->data && index >= 0 && index < value_elements(value));
	const void *data = value->data;
	switch (value->type) {
	case VALUE_INT8:
		return ((const int8_t *)data)[index];
	case VALUE_INT16:
		return ((const int16_t *)data)[index];
	case VALUE_INT32:
		return ((const int32_t *)data)[index];
	case VALUE_UINT8:
		return ((const uint8_t *)data)[index];
	case VALUE_UINT16:
		return ((const uint16_t *)data)[index];
	case VALUE_UINT32:
		return ((const uint32_t *)data)[index];
	case VALUE_BOOL:
		return ((const bool *)data)[index];
	default:
		CHECK(value->type == VALUE_INT64 || value->type == VALUE_UINT64);
		return ((const int64_t *)data)[index];
	}
}

void value_alloc(struct value *value, struct arena *arena)
{
	value->data = arena_alloc(arena, value_bytes(value));
}

void value_make_up(struct value *value, const char *name, struct arena *arena)
{
	struct stream stream;
	value_alloc(value, arena);
	if (value->type != VALUE_FLOAT)
		return;
	stream_init(&stream, 1, 0, stream_id_from_name("input"), stream_id_from_name(name));
	for (int64_t i = 0; i < value_elements(value); i++)
		((float *)value->data)[i] = (float)(stream_u64(&stream) >> 40) * 0x1p-23f - 1.0f;
}
