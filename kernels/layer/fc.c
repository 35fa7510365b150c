/*
 * A fully connected layer: output = weights * input + bias for every image. A batch is one sgemm per slice of
 * outputs; a single image is sgemv, because sgemm with one row packs the weights to use them once (3 times slower).
 */
#include "kernels/layer/kernels.h"

#include <cblas.h>

#include "base/check.h"
#include "base/num.h"

struct fc_job {
	const struct fc *fc;
	const float *weights;
	const float *bias;
	const struct tensor *input;
	struct tensor *output;
	int64_t inputs;
	int64_t slice; /* outputs computed at a time */
};

static void run_slice(const struct fc_job *job, int64_t first, int64_t count)
{
	const float *weights = job->weights + first * job->inputs;
	int64_t images = job->input->images;
	float *out = job->output->data + first;
	for (int64_t image = 0; image < images; image++)
		for (int64_t i = 0; i < count; i++)
			out[image * job->fc->outputs + i] = job->bias ? job->bias[first + i] : 0.0f;
	if (images == 1)
		cblas_sgemv(CblasRowMajor, CblasNoTrans, (int)count, (int)job->inputs, 1.0f, weights, (int)job->inputs,
			    job->input->data, 1, 1.0f, out, 1);
	else
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)images, (int)count, (int)job->inputs, 1.0f,
			    job->input->data, (int)job->inputs, weights, (int)job->inputs, 1.0f, out,
			    (int)job->fc->outputs);
}

static void run_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct fc_job *job = context;
	for (int64_t item = first; item < last; item++) {
		int64_t output = item * job->slice;
		int64_t left = job->fc->outputs - output;
		run_slice(job, output, min_int64(left, job->slice));
	}
}

void fc_run(const struct fc *fc, const struct layer_call *call)
{
	/* Each slice packs the whole input again, so slices must be wide; but several threads want one each. */
	enum { SLICE_OUTPUTS = 512 };
	CHECK(call->input->images == call->output->images);
	CHECK(shape_values(call->output->shape) == fc->outputs);
	struct fc_job job = {
		.fc = fc,
		.weights = call->weights,
		.bias = fc->has_bias ? call->bias : NULL,
		.input = call->input,
		.output = call->output,
		.inputs = shape_values(call->input->shape),
		.slice = SLICE_OUTPUTS,
	};
	team_run(call->team, (fc->outputs + job.slice - 1) / job.slice, 1, run_items, &job);
}
