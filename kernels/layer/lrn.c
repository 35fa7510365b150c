/*
 * Local response normalisation across channels (Krizhevsky, Sutskever, Hinton, 2012, section 3.3, in the form of
 * Caffe and ONNX, https://onnx.ai/onnx/operators/onnx__LRN.html): with S the sum of squares over the `size` channels
 * around c, from c - (size - 1) / 2 to c + size / 2 inside the image,
 *   y = x / (k + alpha / size * S) ^ beta
 */
#include "kernels/layer/kernels.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"

/* Pixels worked on at a time: their squares over all channels stay in the second-level cache. */
enum { LRN_BLOCK_PIXELS = 256 };

struct lrn_job {
	const struct lrn *lrn;
	const struct tensor *input;
	struct tensor *output;
	int64_t pixels;
	int64_t blocks; /* per image */
};

static void square(float *restrict out, const float *restrict in, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		out[i] = in[i] * in[i];
}

static void add_values(float *restrict sum, const float *restrict values, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		sum[i] += values[i];
}

/* out = in / (k + scale * sum)^0.75, the exponent of every published network: two square roots instead of powf. */
static void divide_three_quarters(float *out, const float *in, const float *restrict sum, int64_t count, float k,
				  float scale)
{
	for (int64_t i = 0; i < count; i++) {
		float root = sqrtf(k + scale * sum[i]);
		out[i] = in[i] / (root * sqrtf(root));
	}
}

static void divide_power(float *out, const float *in, const float *restrict sum, int64_t count, const struct lrn *lrn)
{
	float scale = lrn->alpha / (float)lrn->size;
	for (int64_t i = 0; i < count; i++)
		out[i] = in[i] * powf(lrn->k + scale * sum[i], -lrn->beta);
}

/* Squares of all channels come first, so that the output may overwrite the input. */
static void run_block(const struct lrn_job *job, const float *in, float *out, int64_t count, float *squares)
{
	const struct lrn *lrn = job->lrn;
	int64_t channels = job->input->shape.channels;
	float *sum = squares + channels * LRN_BLOCK_PIXELS;
	for (int64_t c = 0; c < channels; c++)
		square(squares + c * LRN_BLOCK_PIXELS, in + c * job->pixels, count);
	for (int64_t c = 0; c < channels; c++) {
		int64_t first = c - (lrn->size - 1) / 2;
		int64_t last = c + lrn->size / 2;
		first = max_int64(first, 0);
		last = min_int64(last, channels - 1);
		for (int64_t i = 0; i < count; i++)
			sum[i] = 0.0f;
		for (int64_t other = first; other <= last; other++)
			add_values(sum, squares + other * LRN_BLOCK_PIXELS, count);
		const float *from = in + c * job->pixels;
		float *to = out + c * job->pixels;
		if (lrn->beta == 0.75f)
			divide_three_quarters(to, from, sum, count, lrn->k, lrn->alpha / (float)lrn->size);
		else
			divide_power(to, from, sum, count, lrn);
	}
}

static void run_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct lrn_job *job = context;
	int64_t channels = job->input->shape.channels;
	float *scratch = team_scratch(team, worker, (size_t)((channels + 1) * LRN_BLOCK_PIXELS));
	for (int64_t item = first; item < last; item++) {
		int64_t image = item / job->blocks;
		int64_t pixel = item % job->blocks * LRN_BLOCK_PIXELS;
		int64_t count = job->pixels - pixel < LRN_BLOCK_PIXELS ? job->pixels - pixel : LRN_BLOCK_PIXELS;
		run_block(job, tensor_image(job->input, image) + pixel, tensor_image(job->output, image) + pixel, count,
			  scratch);
	}
}

void lrn_run(const struct lrn *lrn, const struct layer_call *call)
{
	const struct tensor *input = call->input;
	CHECK(input->images == call->output->images);
	CHECK(shape_equal(input->shape, call->output->shape));
	int64_t pixels = input->shape.height * input->shape.width;
	struct lrn_job job = {
		.lrn = lrn,
		.input = input,
		.output = call->output,
		.pixels = pixels,
		.blocks = (pixels + LRN_BLOCK_PIXELS - 1) / LRN_BLOCK_PIXELS,
	};
	team_run(call->team, input->images * job.blocks, 1, run_items, &job);
}
