/*
 * A value of a graph: any number of dimensions, the last one running fastest, of one of ONNX's number types
 * (https://onnx.ai/onnx/intro/concepts.html#element-type). A value may be known by its shape only: data is NULL then.
 */
#ifndef LAMINA_VALUE_H
#define LAMINA_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum { DIMS_MAX = 8, DIMS_TEXT_BYTES = DIMS_MAX * 21 };

/* Most elements of one value, and most of one dimension: sums over a graph stay inside int64_t. */
#define VALUE_ELEMENTS_MAX (INT64_C(1) << 40)

struct dims {
	int rank;
	int64_t sides[DIMS_MAX]; /* 0 is allowed: such a value has no elements */
};

enum value_type {
	VALUE_FLOAT,
	VALUE_DOUBLE,
	VALUE_INT8,
	VALUE_INT16,
	VALUE_INT32,
	VALUE_INT64,
	VALUE_UINT8,
	VALUE_UINT16,
	VALUE_UINT32,
	VALUE_UINT64,
	VALUE_BOOL,
	VALUE_TYPES,
};

struct value_type_row {
	const char *name; /* as ONNX's documentation writes it */
	int onnx;         /* TensorProto.DataType */
	size_t bytes;     /* of an element */
};

extern const struct value_type_row value_types[VALUE_TYPES];

/* The type of this number in ONNX files, or VALUE_TYPES; and the name of any number, also of one not supported. */
enum value_type value_type_find(int64_t onnx);
const char *value_type_name(int64_t onnx);

struct value {
	enum value_type type;
	struct dims dims;
	void *data; /* NULL where only the shape is known */
};

/* False where a side is negative or there are more than VALUE_ELEMENTS_MAX elements. */
bool dims_is_valid(const struct dims *dims);
bool dims_equal(const struct dims *a, const struct dims *b);

/* Elements of valid dims; 1 for rank 0. */
int64_t dims_elements(const struct dims *dims);

/* Elements of the sides [first, last). */
int64_t dims_product(const struct dims *dims, int first, int last);

/* "1x3x224x224", "scalar" for rank 0. Returns out. */
const char *dims_text(const struct dims *dims, char out[DIMS_TEXT_BYTES]);

/*
 * What a and b broadcast to (https://onnx.ai/onnx/repo-docs/Broadcasting.html). False where they do not, or where it
 * has too many elements.
 */
bool dims_broadcast(const struct dims *a, const struct dims *b, struct dims *out);

/*
 * Steps in elements by which to walk a value of these dims along every side of `out`, to which they broadcast: 0 where
 * it is repeated.
 */
void dims_steps(const struct dims *dims, const struct dims *out, int64_t steps[DIMS_MAX]);

int64_t value_elements(const struct value *value);
size_t value_bytes(const struct value *value);

/* An integer of any type, or a bool, as int64_t; the data must be there. */
int64_t value_int(const struct value *value, int64_t index);

/* Memory for the value's data from the arena, zeroed. */
void value_alloc(struct value *value, struct arena *arena);

/* The same, filled: floats uniform in [-1, 1) by the name, other numbers 0, an index that everything has. */
void value_make_up(struct value *value, const char *name, struct arena *arena);

#endif
