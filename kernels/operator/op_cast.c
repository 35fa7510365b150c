/*
 * Changes of type, by way of int64_t for integers and double for the rest. A number outside its new type is cut to the
 * type's nearest (ONNX leaves it open).
 */
#include <math.h>

#include "base/check.h"
#include "kernels/operator/op_elementwise.h"

static double load_double(const struct value *value, int64_t i)
{
	if (value->type == VALUE_FLOAT)
		return ((const float *)value->data)[i];
	if (value->type == VALUE_DOUBLE)
		return ((const double *)value->data)[i];
	if (value->type == VALUE_UINT64)
		return (double)((const uint64_t *)value->data)[i];
	return (double)value_int(value, i);
}

static bool is_real(enum value_type type)
{
	return type == VALUE_FLOAT || type == VALUE_DOUBLE;
}

static int64_t int_of_double(double x)
{
	if (isnan(x))
		return 0;
	if (x >= 0x1p63)
		return INT64_MAX;
	return x <= -0x1p63 ? INT64_MIN : (int64_t)x;
}

static void store_int(struct value *value, int64_t i, int64_t x)
{
	void *data = value->data;
	switch (value->type) {
	case VALUE_INT8:
		((int8_t *)data)[i] = (int8_t)x;
		return;
	case VALUE_UINT8:
		((uint8_t *)data)[i] = (uint8_t)x;
		return;
	case VALUE_INT16:
		((int16_t *)data)[i] = (int16_t)x;
		return;
	case VALUE_UINT16:
		((uint16_t *)data)[i] = (uint16_t)x;
		return;
	case VALUE_INT32:
		((int32_t *)data)[i] = (int32_t)x;
		return;
	case VALUE_UINT32:
		((uint32_t *)data)[i] = (uint32_t)x;
		return;
	default:
		CHECK(value->type == VALUE_INT64 || value->type == VALUE_UINT64);
		((int64_t *)data)[i] = x;
	}
}

void run_cast(const struct node_run *run, struct team *team)
{
	const struct value *in = run->inputs[0];
	struct value *out = run->outputs[0];
	for (int64_t i = 0; i < value_elements(in); i++) {
		if (out->type == VALUE_FLOAT)
			((float *)out->data)[i] = (float)load_double(in, i);
		else if (out->type == VALUE_DOUBLE)
			((double *)out->data)[i] = load_double(in, i);
		else if (out->type == VALUE_BOOL)
			((bool *)out->data)[i] = load_double(in, i) != 0;
		else
			store_int(out, i, is_real(in->type) ? int_of_double(load_double(in, i)) : value_int(in, i));
	}
}

bool infer_cast(struct node_shapes *shapes, struct err *err)
{
	int64_t to;
	if (!node_attribute(shapes->node, "to"))
		return err_set(err, "attribute 'to' is missing");
	if (!node_int(shapes->node, "to", 0, &to, err))
		return false;
	shapes->outputs[0].type = value_type_find(to);
	shapes->outputs[0].dims = shapes->inputs[0]->dims;
	if (shapes->outputs[0].type == VALUE_TYPES)
		return err_set(err, "a cast to %s is not supported", value_type_name(to));
	return true;
}
