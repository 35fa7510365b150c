/*
 * Transposed convolution: every input pixel adds weights times itself to the output pixels under its window
 * (https://onnx.ai/onnx/operators/onnx__ConvTranspose.html):
 *   output = stride * (input - 1) + output_padding + dilation * (kernel - 1) + 1 - pad_before - pad_after
 */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "kernels/layer/layer.h"
#include "kernels/operator/op_window.h"
#include "kernels/operator/window_node.h"

struct transpose_settings {
	struct window window;
	int64_t groups;
	bool has_bias;
};

/* One axis: output_shape, where it is given, says the pads; auto_pad where it puts what is odd. */
static bool infer_axis(struct window_axis *axis, int64_t input, int64_t padding, const int64_t *wanted,
		       const char *auto_pad, int64_t *output, struct err *err)
{
	if (axis->kernel < 1 || axis->stride < 1 || axis->dilation < 1 || padding < 0 || axis->pad_before < 0 ||
	    axis->pad_after < 0 || axis->kernel > SHAPE_SIDE_MAX || axis->stride > SHAPE_SIDE_MAX ||
	    axis->dilation > SHAPE_SIDE_MAX || padding > SHAPE_SIDE_MAX || axis->pad_before > SHAPE_SIDE_MAX ||
	    axis->pad_after > SHAPE_SIDE_MAX)
		return err_set(err, "kernel, strides, dilations and pads must be from 0 or 1 to %" PRId64,
			       SHAPE_SIDE_MAX);
	int64_t whole = axis->stride * (input - 1) + padding + axis->dilation * (axis->kernel - 1) + 1;
	bool is_same = strncmp(auto_pad, "SAME", 4) == 0;
	if (wanted || is_same) {
		int64_t total = whole - (wanted ? *wanted : input * axis->stride);
		total = total > 0 ? total : 0;
		/* What is odd goes before the image but with SAME_UPPER, as onnxruntime does. */
		axis->pad_before = strcmp(auto_pad, "SAME_UPPER") == 0 ? total / 2 : total - total / 2;
		axis->pad_after = total - axis->pad_before;
	}
	*output = wanted ? *wanted : whole - axis->pad_before - axis->pad_after;
	return *output >= 1 || err_set(err, "the pads leave nothing of the output");
}

static bool read_lists(const struct node_shapes *shapes, size_t sides, const int64_t **padding, const int64_t **wanted,
		       struct err *err)
{
	size_t padding_count, wanted_count;
	if (!node_ints(shapes->node, "output_padding", padding, &padding_count, err) ||
	    !node_ints(shapes->node, "output_shape", wanted, &wanted_count, err))
		return false;
	if (*wanted && wanted_count == sides + 2)
		*wanted += 2;
	else if (*wanted && wanted_count != sides)
		return err_set(err, "attribute 'output_shape' must have %zu numbers", sides);
	if (*padding && padding_count != sides)
		return err_set(err, "attribute 'output_padding' must have %zu numbers", sides);
	return true;
}

static bool infer_output(struct node_shapes *shapes, struct transpose_settings *settings, struct shape in,
			 struct shape *out, struct err *err)
{
	size_t sides = (size_t)shapes->inputs[0]->dims.rank - 2;
	const int64_t *padding, *wanted;
	const char *auto_pad;
	struct window *window = &settings->window;
	if (!node_text(shapes->node, "auto_pad", "NOTSET", &auto_pad, err) ||
	    !read_lists(shapes, sides, &padding, &wanted, err))
		return false;
	out->height = 1;
	if (sides == 2 && !infer_axis(&window->y, in.height, padding ? padding[0] : 0, wanted ? &wanted[0] : NULL,
				      auto_pad, &out->height, err))
		return false;
	return infer_axis(&window->x, in.width, padding ? padding[sides - 1] : 0, wanted ? &wanted[sides - 1] : NULL,
			  auto_pad, &out->width, err);
}

bool infer_conv_transpose(struct node_shapes *shapes, struct err *err)
{
	struct transpose_settings *settings = ARENA_NEW(shapes->arena, struct transpose_settings);
	const struct dims *dims = &shapes->inputs[0]->dims;
	const struct dims *weights = &shapes->inputs[1]->dims;
	struct shape in, out;
	shapes->settings = settings;
	if (!node_int(shapes->node, "group", 1, &settings->groups, err) || !window_is_batch(shapes->inputs[0], err))
		return false;
	in = window_shape(dims);
	if (settings->groups < 1 || settings->groups > SHAPE_SIDE_MAX || in.channels % settings->groups != 0)
		return err_set(err, "%" PRId64 " groups do not divide the input's %" PRId64 " channels",
			       settings->groups, in.channels);
	if (weights->sides[1] > SHAPE_SIDE_MAX / settings->groups)
		return err_set(err, "there are too many filters");
	out.channels = weights->sides[1] * settings->groups;
	settings->has_bias = node_has_input(shapes, 2);
	if (!window_weights_fit(shapes, out.channels, err) || !window_is_shape(in, err) ||
	    !window_read(shapes, weights, &settings->window, err) || !infer_output(shapes, settings, in, &out, err) ||
	    !window_is_shape(out, err))
		return false;
	if (weights->sides[0] != in.channels)
		return err_set(err, "the weights are for %" PRId64 " channels and the input has %" PRId64,
			       weights->sides[0], in.channels);
	shapes->outputs[0].type = VALUE_FLOAT;
	shapes->outputs[0].dims = window_dims(dims->sides[0], out, dims->rank);
	int64_t per_pixel = dims_product(weights, 1, weights->rank);
	if (dims_elements(dims) > 0 && per_pixel > LAYER_MAC_MAX / dims_elements(dims))
		return err_set(err, "the node needs more than %" PRId64 " multiply-accumulates", LAYER_MAC_MAX);
	shapes->mac = dims_elements(dims) * per_pixel;
	return true;
}

struct transpose_job {
	const struct transpose_settings *settings;
	const float *weights; /* [channels][filters / groups][kernel height][kernel width] */
	const float *bias;
	const struct tensor *input;
	const struct tensor *output;
};

/* Adds one input plane, by one kernel, to one output plane. */
static void add_plane(const struct transpose_job *job, const float *in, const float *kernel, float *out)
{
	const struct window *window = &job->settings->window;
	struct shape from = job->input->shape;
	struct shape to = job->output->shape;
	for (int64_t ty = 0; ty < window->y.kernel; ty++)
		for (int64_t tx = 0; tx < window->x.kernel; tx++) {
			/* An output pixel is to its inputs what a convolution's input is to its outputs. */
			int64_t first_y, last_y, first_x, last_x;
			window_axis_inside(&window->y, ty, to.height, from.height, &first_y, &last_y);
			window_axis_inside(&window->x, tx, to.width, from.width, &first_x, &last_x);
			float weight = kernel[ty * window->x.kernel + tx];
			int64_t shift_y = ty * window->y.dilation - window->y.pad_before;
			int64_t shift_x = tx * window->x.dilation - window->x.pad_before;
			for (int64_t y = first_y; y < last_y; y++) {
				float *row = out + (y * window->y.stride + shift_y) * to.width + shift_x;
				for (int64_t x = first_x; x < last_x; x++)
					row[x * window->x.stride] += weight * in[y * from.width + x];
			}
		}
}

static void run_planes(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct transpose_job *job = context;
	struct shape from = job->input->shape;
	struct shape to = job->output->shape;
	int64_t group_channels = from.channels / job->settings->groups;
	int64_t group_filters = to.channels / job->settings->groups;
	int64_t kernel = job->settings->window.y.kernel * job->settings->window.x.kernel;
	for (int64_t item = first; item < last; item++) {
		int64_t filter = item % to.channels;
		float *out = job->output->data + item * to.height * to.width;
		const float *in = tensor_image(job->input, item / to.channels);
		for (int64_t i = 0; i < to.height * to.width; i++)
			out[i] = job->bias ? job->bias[filter] : 0.0f;
		for (int64_t i = 0; i < group_channels; i++) {
			int64_t channel = filter / group_filters * group_channels + i;
			add_plane(job, in + channel * from.height * from.width,
				  job->weights + (channel * group_filters + filter % group_filters) * kernel, out);
		}
	}
}

void run_conv_transpose(const struct node_run *run, struct team *team)
{
	const struct transpose_settings *settings = run->settings;
	struct tensor input = window_tensor(run->inputs[0]);
	struct tensor output = window_tensor(run->outputs[0]);
	struct transpose_job job = {
		.settings = settings,
		.weights = run->inputs[1]->data,
		.bias = settings->has_bias ? run->inputs[2]->data : NULL,
		.input = &input,
		.output = &output,
	};
	team_run(team, output.images * output.shape.channels, 1, run_planes, &job);
}
