#include "kernels/operator/op_shape.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/check.h"

void run_view(const struct node_run *run, struct team *team)
{
	if (run->outputs[0]->data != run->inputs[0]->data)
		memcpy(run->outputs[0]->data, run->inputs[0]->data, value_bytes(run->inputs[0]));
}

/* Reshape's list: 0 keeps the input's side, -1 takes what is left. */
static bool resolve_shape(const struct dims *in, const int64_t *wanted, size_t count, bool zero_is_zero,
			  struct dims *out, struct err *err)
{
	int open = -1;
	int64_t known = 1;
	if (count > DIMS_MAX)
		return err_set(err, "the shape has %zu dimensions; at most %d can be computed", count, DIMS_MAX);
	out->rank = (int)count;
	for (int i = 0; i < out->rank; i++) {
		int64_t side = wanted[i];
		if (side == 0 && !zero_is_zero && i >= in->rank)
			return err_set(err, "the shape keeps dimension %d, and the input has %d", i + 1, in->rank);
		if (side == 0 && !zero_is_zero)
			side = in->sides[i];
		if (side < -1 || (side == -1 && open >= 0))
			return err_set(err, "the shape has a side of %" PRId64 "%s", side,
				       side == -1 ? " twice" : "; only -1 has a meaning");
		out->sides[i] = side;
		if (side == -1)
			open = i;
		else if (side != 0 && known > VALUE_ELEMENTS_MAX / side)
			return err_set(err, "the shape is too large");
		else
			known *= side;
	}
	if (open >= 0)
		out->sides[open] = known > 0 ? dims_elements(in) / known : 0;
	return true;
}

bool infer_reshape(struct node_shapes *shapes, struct err *err)
{
	const struct dims *in = &shapes->inputs[0]->dims;
	struct dims *out = &shapes->outputs[0].dims;
	char in_text[DIMS_TEXT_BYTES];
	char out_text[DIMS_TEXT_BYTES];
	const int64_t *wanted;
	size_t count;
	int64_t zero_is_zero;
	shapes->outputs[0].type = shapes->inputs[0]->type;
	if (!node_int(shapes->node, "allowzero", 0, &zero_is_zero, err) ||
	    !node_constant_ints(shapes, 1, "shape", &wanted, &count, err) ||
	    !resolve_shape(in, wanted, count, zero_is_zero != 0, out, err))
		return false;
	return dims_elements(in) == dims_elements(out) ||
	       err_set(err, "%s cannot be reshaped to %s", dims_text(in, in_text), dims_text(out, out_text));
}

bool infer_flatten(struct node_shapes *shapes, struct err *err)
{
	const struct dims *in = &shapes->inputs[0]->dims;
	int64_t given;
	int axis;
	if (!node_int(shapes->node, "axis", 1, &given, err) || !node_axis(given, in->rank, true, &axis, err))
		return false;
	shapes->outputs[0].type = shapes->inputs[0]->type;
	shapes->outputs[0].dims =
		(struct dims){.rank = 2, .sides = {dims_product(in, 0, axis), dims_product(in, axis, in->rank)}};
	return true;
}

enum { AXES_ARE_INPUTS_SINCE = 13 };

bool infer_squeeze(struct node_shapes *shapes, struct err *err)
{
	const struct dims *in = &shapes->inputs[0]->dims;
	struct dims *out = &shapes->outputs[0].dims;
	bool drops[DIMS_MAX] = {false};
	const int64_t *axes;
	size_t count;
	if (!node_list(shapes, "axes", 1, AXES_ARE_INPUTS_SINCE, &axes, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		int axis;
		if (!node_axis(axes[i], in->rank, false, &axis, err))
			return false;
		if (in->sides[axis] != 1)
			return err_set(err, "axis %d has %" PRId64 " elements and cannot be squeezed", axis,
				       in->sides[axis]);
		drops[axis] = true;
	}
	*out = (struct dims){.rank = 0};
	for (int i = 0; i < in->rank; i++)
		if (!(axes ? drops[i] : in->sides[i] == 1))
			out->sides[out->rank++] = in->sides[i];
	shapes->outputs[0].type = shapes->inputs[0]->type;
	return true;
}

bool infer_unsqueeze(struct node_shapes *shapes, struct err *err)
{
	const struct dims *in = &shapes->inputs[0]->dims;
	struct dims *out = &shapes->outputs[0].dims;
	bool is_new[DIMS_MAX] = {false};
	const int64_t *axes;
	size_t count;
	if (!node_list(shapes, "axes", 1, AXES_ARE_INPUTS_SINCE, &axes, &count, err))
		return false;
	if (!axes)
		return err_set(err, "there are no axes");
	if (count > (size_t)(DIMS_MAX - in->rank))
		return err_set(err, "the output would have more than %d dimensions", DIMS_MAX);
	*out = (struct dims){.rank = in->rank + (int)count};
	for (size_t i = 0; i < count; i++) {
		int axis;
		if (!node_axis(axes[i], out->rank, false, &axis, err))
			return false;
		if (is_new[axis])
			return err_set(err, "axis %d is named twice", axis);
		is_new[axis] = true;
	}
	int from = 0;
	for (int i = 0; i < out->rank; i++)
		out->sides[i] = is_new[i] ? 1 : in->sides[from++];
	shapes->outputs[0].type = shapes->inputs[0]->type;
	return true;
}

bool infer_identity(struct node_shapes *shapes, struct err *err)
{
	shapes->outputs[0].type = shapes->inputs[0]->type;
	shapes->outputs[0].dims = shapes->inputs[0]->dims;
	return true;
}

bool infer_dropout(struct node_shapes *shapes, struct err *err)
{
	if (node_has_input(shapes, 2) &&
	    (!shapes->inputs[2]->data || shapes->inputs[2]->type != VALUE_BOOL ||
	     value_elements(shapes->inputs[2]) != 1 || *(const bool *)shapes->inputs[2]->data))
		return err_set(err, "training is not supported");
	if (shapes->output_count > 1)
		return err_set(err, "the output 'mask' is not supported");
	return infer_identity(shapes, err);
}

struct shape_settings {
	struct dims dims; /* that are told */
};

bool infer_shape(struct node_shapes *shapes, struct err *err)
{
	struct shape_settings *settings = ARENA_NEW(shapes->arena, struct shape_settings);
	const struct dims *in = &shapes->inputs[0]->dims;
	int64_t start, end;
	shapes->settings = settings;
	if (!node_int(shapes->node, "start", 0, &start, err) || !node_int(shapes->node, "end", in->rank, &end, err))
		return false;
	start = start < 0 ? start + in->rank : start;
	end = end < 0 ? end + in->rank : end;
	start = start < 0 ? 0 : start;
	end = end > in->rank ? in->rank : end;
	for (int64_t i = start; i < end; i++)
		settings->dims.sides[settings->dims.rank++] = in->sides[i];
	shapes->outputs[0].type = VALUE_INT64;
	shapes->outputs[0].dims = (struct dims){.rank = 1, .sides = {settings->dims.rank}};
	return true;
}

void run_shape(const struct node_run *run, struct team *team)
{
	const struct shape_settings *settings = run->settings;
	memcpy(run->outputs[0]->data, settings->dims.sides, (size_t)settings->dims.rank * sizeof(int64_t));
}

bool infer_size(struct node_shapes *shapes, struct err *err)
{
	int64_t *size = ARENA_NEW(shapes->arena, int64_t);
	*size = value_elements(shapes->inputs[0]);
	shapes->settings = size;
	shapes->outputs[0].type = VALUE_INT64;
	shapes->outputs[0].dims = (struct dims){.rank = 0};
	return true;
}

void run_size(const struct node_run *run, struct team *team)
{
	memcpy(run->outputs[0]->data, run->settings, sizeof(int64_t));
}

/* One value in any of its forms. */
static bool read_constant(struct node_shapes *shapes, const struct attribute *attribute, struct value *value,
			  struct err *err)
{
	bool is_list = attribute->kind == ATTRIBUTE_INTS || attribute->kind == ATTRIBUTE_FLOATS;
	if (attribute->kind == ATTRIBUTE_TENSOR) {
		*value = attribute->tensor;
		return true;
	}
	if (attribute->kind == ATTRIBUTE_TEXT || attribute->kind == ATTRIBUTE_OTHER)
		return err_set(err, "a constant of texts is not supported");
	bool is_int = attribute->kind == ATTRIBUTE_INT || attribute->kind == ATTRIBUTE_INTS;
	value->type = is_int ? VALUE_INT64 : VALUE_FLOAT;
	value->dims = (struct dims){.rank = is_list ? 1 : 0, .sides = {(int64_t)attribute->count}};
	value_alloc(value, shapes->arena);
	for (int64_t i = 0; i < value_elements(value); i++) {
		if (is_int)
			((int64_t *)value->data)[i] = is_list ? attribute->ints[i] : attribute->integer;
		else
			((float *)value->data)[i] = (float)(is_list ? attribute->floats[i] : attribute->number);
	}
	return true;
}

bool infer_constant(struct node_shapes *shapes, struct err *err)
{
	struct value *value = ARENA_NEW(shapes->arena, struct value);
	if (shapes->node->attribute_count != 1)
		return err_set(err, "the node must have one attribute: its value");
	if (!read_constant(shapes, &shapes->node->attributes[0], value, err))
		return false;
	shapes->settings = value;
	shapes->outputs[0] = *value;
	return true;
}

void run_constant(const struct node_run *run, struct team *team)
{
	const struct value *value = run->settings;
	if (value->data)
		memcpy(run->outputs[0]->data, value->data, value_bytes(value));
}

bool infer_constant_of_shape(struct node_shapes *shapes, struct err *err)
{
	const struct attribute *attribute = node_attribute(shapes->node, "value");
	struct value *element = ARENA_NEW(shapes->arena, struct value);
	const int64_t *sides;
	size_t count;
	*element = (struct value){.type = VALUE_FLOAT, .dims = {.rank = 0}};
	if (attribute && attribute->kind != ATTRIBUTE_TENSOR)
		return err_set(err, "attribute 'value' must be a tensor");
	if (attribute)
		*element = attribute->tensor;
	else
		value_alloc(element, shapes->arena);
	if (value_elements(element) != 1 || !element->data)
		return err_set(err, "attribute 'value' must be one number");
	if (!node_constant_ints(shapes, 0, "shape", &sides, &count, err))
		return false;
	if (count > DIMS_MAX)
		return err_set(err, "the shape has %zu dimensions; at most %d can be computed", count, DIMS_MAX);
	shapes->settings = element;
	shapes->outputs[0].type = element->type;
	shapes->outputs[0].dims.rank = (int)count;
	for (size_t i = 0; i < count; i++)
		shapes->outputs[0].dims.sides[i] = sides[i];
	return true;
}

void run_constant_of_shape(const struct node_run *run, struct team *team)
{
	const struct value *element = run->settings;
	size_t bytes = value_types[element->type].bytes;
	char *out = run->outputs[0]->data;
	for (int64_t i = 0; i < value_elements(run->outputs[0]); i++)
		memcpy(out + (size_t)i * bytes, element->data, bytes);
}

struct range_settings {
	double start;
	double step;
};

bool infer_range(struct node_shapes *shapes, struct err *err)
{
	struct range_settings *settings = ARENA_NEW(shapes->arena, struct range_settings);
	enum value_type type = shapes->inputs[0]->type;
	double numbers[3];
	for (size_t i = 0; i < 3; i++) {
		const struct value *value = shapes->inputs[i];
		if (!value->data || value->type != type || value_elements(value) != 1)
			return err_set(err, "input %zu must be one known number of the first one's type", i + 1);
		numbers[i] = type == VALUE_FLOAT ? (double)*(const float *)value->data : (double)value_int(value, 0);
	}
	*settings = (struct range_settings){numbers[0], numbers[2]};
	shapes->settings = settings;
	if (fabs(numbers[0]) > 0x1p53 || fabs(numbers[1]) > 0x1p53 || fabs(numbers[2]) > 0x1p53)
		return err_set(err, "the range has numbers beyond 2^53");
	double count = ceil((numbers[1] - numbers[0]) / numbers[2]);
	if (!(count <= (double)VALUE_ELEMENTS_MAX))
		return err_set(err, "the range has no end");
	shapes->outputs[0].type = type;
	shapes->outputs[0].dims = (struct dims){.rank = 1, .sides = {count > 0 ? (int64_t)count : 0}};
	return true;
}

void run_range(const struct node_run *run, struct team *team)
{
	const struct range_settings *s = run->settings;
	struct value *out = run->outputs[0];
	for (int64_t i = 0; i < value_elements(out); i++) {
		double x = s->start + (double)i * s->step;
		if (out->type == VALUE_FLOAT)
			((float *)out->data)[i] = (float)x;
		else if (out->type == VALUE_INT32)
			((int32_t *)out->data)[i] = (int32_t)x;
		else
			((int64_t *)out->data)[i] = (int64_t)x;
	}
}
