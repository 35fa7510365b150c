#include "kernels/operator/window_node.h"

#include <inttypes.h>
#include <string.h>

/* Images x channels x one or two sides, as the kernels of kernels/layer/ take it. */
bool window_is_batch(const struct value *value, struct err *err)
{
	char text[DIMS_TEXT_BYTES];
	if (value->dims.rank == 3 || value->dims.rank == 4)
		return true;
	return err_set(err, "the input is %s; images x channels x width, or x height x width, can be computed",
		       dims_text(&value->dims, text));
}

struct shape window_shape(const struct dims *dims)
{
	bool is_line = dims->rank == 3;
	return (struct shape){dims->sides[1], is_line ? 1 : dims->sides[2], dims->sides[dims->rank - 1]};
}

struct tensor window_tensor(const struct value *value)
{
	return (struct tensor){
		.images = value->dims.sides[0], .shape = window_shape(&value->dims), .data = value->data};
}

bool window_is_shape(struct shape shape, struct err *err)
{
	return shape_is_valid(shape) ||
	       err_set(err, "an image of %" PRId64 " x %" PRId64 " x %" PRId64 " values cannot be computed",
		       shape.channels, shape.height, shape.width);
}

struct dims window_dims(int64_t images, struct shape shape, int rank)
{
	struct dims dims = {.rank = rank, .sides = {images, shape.channels, shape.height, shape.width}};
	if (rank == 3)
		dims.sides[2] = shape.width;
	return dims;
}

/* A list with one entry for every side of the image (or two, for pads), or none. */
static bool side_list(const struct node_shapes *shapes, const char *name, size_t wanted, const int64_t **out,
		      struct err *err)
{
	size_t count;
	if (!node_ints(shapes->node, name, out, &count, err))
		return false;
	if (*out && count != wanted)
		return err_set(err, "attribute '%s' has %zu numbers and must have %zu", name, count, wanted);
	if (count == 0)
		*out = NULL;
	return true;
}

static bool read_axis_lists(const struct node_shapes *shapes, size_t sides, struct window_axis *axes[2],
			    struct err *err)
{
	const int64_t *strides, *dilations, *pads;
	if (!side_list(shapes, "strides", sides, &strides, err) ||
	    !side_list(shapes, "dilations", sides, &dilations, err) ||
	    !side_list(shapes, "pads", 2 * sides, &pads, err))
		return false;
	for (size_t i = 0; i < sides; i++) {
		axes[i]->stride = strides ? strides[i] : 1;
		axes[i]->dilation = dilations ? dilations[i] : 1;
		axes[i]->pad_before = pads ? pads[i] : 0;
		axes[i]->pad_after = pads ? pads[sides + i] : 0;
	}
	return true;
}

/* Pads what auto_pad asks for: like SAME, or with what is odd before the image. */
static bool apply_auto_pad(const struct node_shapes *shapes, struct window *window, struct shape input, struct err *err)
{
	const char *mode;
	struct window_axis *axes[] = {&window->y, &window->x};
	if (!node_text(shapes->node, "auto_pad", "NOTSET", &mode, err))
		return false;
	if (strcmp(mode, "NOTSET") == 0)
		return true;
	bool is_lower = strcmp(mode, "SAME_LOWER") == 0;
	if (strcmp(mode, "VALID") == 0) {
		for (size_t i = 0; i < 2; i++)
			axes[i]->pad_before = axes[i]->pad_after = 0;
		return true;
	}
	if (!is_lower && strcmp(mode, "SAME_UPPER") != 0)
		return err_set(err, "auto_pad '%.20s' is none of NOTSET, VALID, SAME_UPPER and SAME_LOWER", mode);
	for (size_t i = 0; i < 2; i++)
		if (axes[i]->kernel < 1 || axes[i]->stride < 1 || axes[i]->dilation < 1 ||
		    axes[i]->kernel > SHAPE_SIDE_MAX || axes[i]->stride > SHAPE_SIDE_MAX ||
		    axes[i]->dilation > SHAPE_SIDE_MAX)
			return err_set(err, "kernel, strides and dilations must be from 1 to %" PRId64, SHAPE_SIDE_MAX);
	window_pad_same(window, input);
	for (size_t i = 0; i < 2 && is_lower; i++) {
		int64_t after = axes[i]->pad_before;
		axes[i]->pad_before = axes[i]->pad_after;
		axes[i]->pad_after = after;
	}
	return true;
}

/* The window of a node whose kernel is `taken` from its weights where no attribute says it. */
bool window_read(const struct node_shapes *shapes, const struct dims *weights, struct window *window, struct err *err)
{
	const struct dims *dims = &shapes->inputs[0]->dims;
	size_t sides = (size_t)dims->rank - 2;
	const int64_t *kernel;
	struct window_axis *axes[2] = {&window->y, &window->x};
	if (sides == 1) {
		window->y = (struct window_axis){.kernel = 1, .stride = 1, .dilation = 1};
		axes[0] = &window->x;
	}
	if (!side_list(shapes, "kernel_shape", sides, &kernel, err) || !read_axis_lists(shapes, sides, axes, err))
		return false;
	if (!kernel && !weights)
		return err_set(err, "attribute 'kernel_shape' is missing");
	for (size_t i = 0; i < sides; i++) {
		axes[i]->kernel = kernel ? kernel[i] : weights->sides[2 + i];
		if (weights && axes[i]->kernel != weights->sides[2 + i])
			return err_set(err, "attribute 'kernel_shape' says %" PRId64 " where the weights have %" PRId64,
				       axes[i]->kernel, weights->sides[2 + i]);
	}
	return apply_auto_pad(shapes, window, window_shape(dims), err);
}

bool window_weights_fit(const struct node_shapes *shapes, int64_t filters, struct err *err)
{
	char text[DIMS_TEXT_BYTES];
	const struct value *weights = shapes->inputs[1];
	if (weights->type != VALUE_FLOAT || weights->dims.rank != shapes->inputs[0]->dims.rank)
		return err_set(err,
			       "the weights are %s of type %s and must be float, of as many dimensions as the input",
			       dims_text(&weights->dims, text), value_types[weights->type].name);
	if (!node_has_input(shapes, 2))
		return true;
	const struct value *bias = shapes->inputs[2];
	return (bias->type == VALUE_FLOAT && bias->dims.rank == 1 && bias->dims.sides[0] == filters) ||
	       err_set(err, "the bias is %s and must be %" PRId64 " floats", dims_text(&bias->dims, text), filters);
}
