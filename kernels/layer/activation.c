#include "kernels/layer/activation.h"

#include <math.h>
#include <string.h>

#include "base/check.h"

/* Values of one item: enough to make waking a thread worth it. */
enum { GRAIN_VALUES = 64 * 1024 };

struct activation_job {
	const struct tensor *input;
	struct tensor *output;
};

static struct activation_job job_make(const struct tensor *input, struct tensor *output)
{
	CHECK(input->images == output->images);
	CHECK(shape_values(input->shape) == shape_values(output->shape));
	return (struct activation_job){.input = input, .output = output};
}

static void relu_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct activation_job *job = context;
	const float *in = job->input->data;
	float *out = job->output->data;
	for (int64_t i = first; i < last; i++)
		out[i] = in[i] > 0.0f ? in[i] : 0.0f;
}

void relu_run(const struct tensor *input, struct tensor *output, struct team *team)
{
	struct activation_job job = job_make(input, output);
	team_run(team, tensor_values(input), GRAIN_VALUES, relu_items, &job);
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
	const struct activation_job *job = context;
	struct shape shape = job->input->shape;
	int64_t pixels = shape.height * shape.width;
	for (int64_t image = first; image < last; image++)
		for (int64_t pixel = 0; pixel < pixels; pixel++)
			softmax_pixel(tensor_image(job->input, image) + pixel, tensor_image(job->output, image) + pixel,
				      shape.channels, pixels);
}

void softmax_run(const struct tensor *input, struct tensor *output, struct team *team)
{
	struct activation_job job = job_make(input, output);
	int64_t grain = GRAIN_VALUES / 16 / shape_values(input->shape) + 1;
	team_run(team, input->images, grain, softmax_items, &job);
}

static void copy_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct activation_job *job = context;
	memcpy(job->output->data + first, job->input->data + first, (size_t)(last - first) * sizeof(float));
}

void copy_run(const struct tensor *input, struct tensor *output, struct team *team)
{
	struct activation_job job = job_make(input, output);
	if (input->data != output->data)
		team_run(team, tensor_values(input), GRAIN_VALUES, copy_items, &job);
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
