/* Functions of single values or of one image's vector: ReLU, softmax, and the bias that layers start from. */
#include "kernels/layer/kernels.h"

#include <math.h>
#include <string.h>

#include "base/check.h"

/* Values of one item: enough to make waking a thread worth it. */
enum { GRAIN_VALUES = 64 * 1024 };

static void check_shapes(const struct layer_call *call)
{
	CHECK(call->input->images == call->output->images);
	CHECK(shape_values(call->input->shape) == shape_values(call->output->shape));
}

static void relu_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct layer_call *call = context;
	const float *in = call->input->data;
	float *out = call->output->data;
	for (int64_t i = first; i < last; i++)
		out[i] = in[i] > 0.0f ? in[i] : 0.0f;
}

void relu_run(const struct layer_call *call)
{
	struct layer_call job = *call;
	check_shapes(call);
	team_run(call->team, tensor_values(call->input), GRAIN_VALUES, relu_items, &job);
}

static void softmax_pixel(const float *in, float *out, int64_t channels, int64_t step)
{
	float most = -INFINITY;
	for (int64_t c = 0; c < channels; c++)
		most = fmaxf(most, in[c * step]);
	double sum = 0.0;
	for (int64_t c = 0; c < channels; c++) {
		float e = expf(in[c * step] - most);
		out[c * step] = e;
		sum += (double)e;
	}
	float scale = (float)(1.0 / sum);
	for (int64_t c = 0; c < channels; c++)
		out[c * step] *= scale;
}

static void softmax_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct layer_call *call = context;
	struct shape shape = call->input->shape;
	int64_t pixels = shape.height * shape.width;
	for (int64_t image = first; image < last; image++)
		for (int64_t pixel = 0; pixel < pixels; pixel++)
			softmax_pixel(tensor_image(call->input, image) + pixel,
				      tensor_image(call->output, image) + pixel, shape.channels, pixels);
}

void softmax_run(const struct layer_call *call)
{
	struct layer_call job = *call;
	check_shapes(call);
	int64_t grain = GRAIN_VALUES / 16 / shape_values(call->input->shape) + 1;
	team_run(call->team, call->input->images, grain, softmax_items, &job);
}

static void copy_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct layer_call *call = context;
	memcpy(call->output->data + first, call->input->data + first, (size_t)(last - first) * sizeof(float));
}

void copy_run(const struct layer_call *call)
{
	struct layer_call job = *call;
	check_shapes(call);
	if (call->input->data != call->output->data)
		team_run(call->team, tensor_values(call->input), GRAIN_VALUES, copy_items, &job);
}

void bias_fill_rows(float *matrix, int64_t rows, int64_t columns, int64_t row_step, const float *bias)
{
	for (int64_t row = 0; row < rows; row++) {
		float value = bias ? bias[row] : 0.0f;
		float *out = matrix + row * row_step;
		for (int64_t i = 0; i < columns; i++)
			out[i] = value;
	}
}
