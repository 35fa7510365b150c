#include "kernels/operator/op_normal.h"

#include <inttypes.h>
#include <math.h>

#include "base/check.h"
#include "kernels/layer/kernels.h"

static void same_as_input(struct node_shapes *shapes)
{
	shapes->outputs[0].type = shapes->inputs[0]->type;
	shapes->outputs[0].dims = shapes->inputs[0]->dims;
}

/* Inputs [first, last) must be lists of so many floats. */
static bool are_lists(const struct node_shapes *shapes, size_t first, size_t last, int64_t count, struct err *err)
{
	char text[DIMS_TEXT_BYTES];
	for (size_t i = first; i < last; i++) {
		const struct value *value = shapes->inputs[i];
		if (value->type != VALUE_FLOAT || value->dims.rank != 1 || value->dims.sides[0] != count)
			return err_set(err, "input %zu is %s and must be %" PRId64 " floats, one for every channel",
				       i + 1, dims_text(&value->dims, text), count);
	}
	return true;
}

/* Images, channels and the elements of one channel: inputs of rank 1 have one channel. */
struct planes {
	int64_t images;
	int64_t channels;
	int64_t elements;
};

static struct planes planes_of(const struct dims *dims)
{
	return (struct planes){
		.images = dims->sides[0],
		.channels = dims->rank > 1 ? dims->sides[1] : 1,
		.elements = dims_product(dims, dims->rank > 1 ? 2 : 1, dims->rank),
	};
}

bool infer_batch_norm(struct node_shapes *shapes, struct err *err)
{
	struct batch_norm_settings *settings = ARENA_NEW(shapes->arena, struct batch_norm_settings);
	int64_t training, spatial;
	double epsilon;
	shapes->settings = settings;
	if (!node_rank_at_least(shapes, 0, 1, err) || !node_float(shapes->node, "epsilon", 1e-5, &epsilon, err) ||
	    !node_int(shapes->node, "training_mode", 0, &training, err) ||
	    !node_int(shapes->node, "spatial", 1, &spatial, err))
		return false;
	if (training || spatial != 1 || shapes->output_count > 1)
		return err_set(err, "training is not supported, nor statistics of every pixel");
	settings->epsilon = (float)epsilon;
	same_as_input(shapes);
	return are_lists(shapes, 1, 5, planes_of(&shapes->inputs[0]->dims).channels, err);
}

struct norm_job {
	const void *settings;
	const struct node_run *run;
	struct planes planes;
	const float *in;
	float *out;
};

static struct norm_job job_of(const struct node_run *run)
{
	return (struct norm_job){
		.settings = run->settings,
		.run = run,
		.planes = planes_of(&run->inputs[0]->dims),
		.in = run->inputs[0]->data,
		.out = run->outputs[0]->data,
	};
}

static const float *input_floats(const struct norm_job *job, size_t index)
{
	return job->run->inputs[index]->data;
}

enum { GRAIN_PLANES = 8 };

static void batch_norm_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct norm_job *job = context;
	const struct batch_norm_settings *settings = job->settings;
	int64_t elements = job->planes.elements;
	for (int64_t plane = first; plane < last; plane++) {
		int64_t channel = plane % job->planes.channels;
		float factor = input_floats(job, 1)[channel] / sqrtf(input_floats(job, 4)[channel] + settings->epsilon);
		float shift = input_floats(job, 2)[channel] - input_floats(job, 3)[channel] * factor;
		const float *in = job->in + plane * elements;
		float *out = job->out + plane * elements;
		for (int64_t i = 0; i < elements; i++)
			out[i] = in[i] * factor + shift;
	}
}

void run_batch_norm(const struct node_run *run, struct team *team)
{
	struct norm_job job = job_of(run);
	team_run(team, job.planes.images * job.planes.channels, GRAIN_PLANES, batch_norm_items, &job);
}

struct moments {
	double mean;
	double inverse_deviation;
};

static struct moments moments_of(const float *in, int64_t count, double epsilon)
{
	double sum = 0, squares = 0;
	for (int64_t i = 0; i < count; i++)
		sum += (double)in[i];
	double mean = sum / (double)count;
	for (int64_t i = 0; i < count; i++)
		squares += ((double)in[i] - mean) * ((double)in[i] - mean);
	return (struct moments){mean, 1 / sqrt(squares / (double)count + epsilon)};
}

struct layer_norm_settings {
	int64_t rows;
	int64_t elements; /* of a row, which is normalised */
	double epsilon;
};

static bool is_scale(const struct node_shapes *shapes, size_t input, int axis, struct err *err)
{
	char text[DIMS_TEXT_BYTES];
	const struct dims *dims = &shapes->inputs[0]->dims;
	struct dims normalised = {.rank = dims->rank - axis};
	struct dims both;
	for (int i = 0; i < normalised.rank; i++)
		normalised.sides[i] = dims->sides[axis + i];
	const struct value *scale = shapes->inputs[input];
	return (scale->type == VALUE_FLOAT && dims_broadcast(&scale->dims, &normalised, &both) &&
		dims_equal(&both, &normalised)) ||
	       err_set(err, "input %zu is %s and does not fit what is normalised", input + 1,
		       dims_text(&scale->dims, text));
}

bool infer_layer_norm(struct node_shapes *shapes, struct err *err)
{
	struct layer_norm_settings *settings = ARENA_NEW(shapes->arena, struct layer_norm_settings);
	const struct dims *dims = &shapes->inputs[0]->dims;
	int64_t given;
	int axis;
	shapes->settings = settings;
	if (!node_int(shapes->node, "axis", -1, &given, err) || !node_axis(given, dims->rank, false, &axis, err) ||
	    !node_float(shapes->node, "epsilon", 1e-5, &settings->epsilon, err) || !is_scale(shapes, 1, axis, err) ||
	    (node_has_input(shapes, 2) && !is_scale(shapes, 2, axis, err)))
		return false;
	settings->rows = dims_product(dims, 0, axis);
	settings->elements = dims_product(dims, axis, dims->rank);
	same_as_input(shapes);
	for (size_t i = 1; i < shapes->output_count; i++) {
		shapes->outputs[i].type = VALUE_FLOAT;
		shapes->outputs[i].dims = *dims;
		for (int side = axis; side < dims->rank; side++)
			shapes->outputs[i].dims.sides[side] = 1;
	}
	return true;
}

/* Where the element i of a row stands in a scale that may be smaller than the row. */
static int64_t scale_at(const struct value *scale, int64_t i)
{
	int64_t elements = value_elements(scale);
	return elements == 1 ? 0 : i % elements;
}

static void layer_norm_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct norm_job *job = context;
	const struct layer_norm_settings *settings = job->settings;
	const struct node_run *run = job->run;
	const float *scale = input_floats(job, 1);
	const struct value *bias = run->input_count > 2 ? run->inputs[2] : NULL;
	for (int64_t row = first; row < last; row++) {
		const float *in = job->in + row * settings->elements;
		float *out = job->out + row * settings->elements;
		struct moments moments = moments_of(in, settings->elements, settings->epsilon);
		for (int64_t i = 0; i < settings->elements; i++) {
			float x = (float)(((double)in[i] - moments.mean) * moments.inverse_deviation);
			out[i] = x * scale[scale_at(run->inputs[1], i)];
			if (bias)
				out[i] += ((const float *)bias->data)[scale_at(bias, i)];
		}
		const double extra[] = {moments.mean, moments.inverse_deviation};
		for (size_t i = 1; i < run->output_count; i++)
			if (run->outputs[i])
				((float *)run->outputs[i]->data)[row] = (float)extra[i - 1];
	}
}

void run_layer_norm(const struct node_run *run, struct team *team)
{
	struct norm_job job = job_of(run);
	const struct layer_norm_settings *settings = run->settings;
	team_run(team, settings->rows, GRAIN_PLANES, layer_norm_items, &job);
}

bool infer_instance_norm(struct node_shapes *shapes, struct err *err)
{
	double *epsilon = ARENA_NEW(shapes->arena, double);
	shapes->settings = epsilon;
	same_as_input(shapes);
	return node_float(shapes->node, "epsilon", 1e-5, epsilon, err) && node_rank_at_least(shapes, 0, 3, err) &&
	       are_lists(shapes, 1, 3, shapes->inputs[0]->dims.sides[1], err);
}

static void instance_norm_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct norm_job *job = context;
	const double *epsilon = job->settings;
	int64_t elements = job->planes.elements;
	for (int64_t plane = first; plane < last; plane++) {
		const float *in = job->in + plane * elements;
		float *out = job->out + plane * elements;
		int64_t channel = plane % job->planes.channels;
		struct moments moments = moments_of(in, elements, *epsilon);
		for (int64_t i = 0; i < elements; i++)
			out[i] = (float)(((double)in[i] - moments.mean) * moments.inverse_deviation) *
					 input_floats(job, 1)[channel] +
				 input_floats(job, 2)[channel];
	}
}

void run_instance_norm(const struct node_run *run, struct team *team)
{
	struct norm_job job = job_of(run);
	team_run(team, job.planes.images * job.planes.channels, GRAIN_PLANES, instance_norm_items, &job);
}

bool infer_lrn(struct node_shapes *shapes, struct err *err)
{
	struct lrn *lrn = ARENA_NEW(shapes->arena, struct lrn);
	double alpha, beta, bias;
	shapes->settings = lrn;
	same_as_input(shapes);
	if (!node_int(shapes->node, "size", 0, &lrn->size, err) ||
	    !node_float(shapes->node, "alpha", 1e-4, &alpha, err) ||
	    !node_float(shapes->node, "beta", 0.75, &beta, err) || !node_float(shapes->node, "bias", 1, &bias, err) ||
	    !node_rank_at_least(shapes, 0, 2, err))
		return false;
	if (lrn->size < 1 || lrn->size > SHAPE_SIDE_MAX)
		return err_set(err, "size must be from 1 to %" PRId64, SHAPE_SIDE_MAX);
	lrn->alpha = (float)alpha;
	lrn->beta = (float)beta;
	lrn->k = (float)bias;
	return true;
}

void run_lrn_op(const struct node_run *run, struct team *team)
{
	struct planes planes = planes_of(&run->inputs[0]->dims);
	struct tensor input = {
		.images = planes.images, .shape = {planes.channels, 1, planes.elements}, .data = run->inputs[0]->data};
	struct tensor output = input;
	output.data = run->outputs[0]->data;
	if (value_elements(run->inputs[0]) > 0)
		lrn_run(run->settings, &(struct layer_call){.input = &input, .output = &output, .team = team});
}

/* Values that are normalised together stand `inner` apart. */
struct softmax_settings {
	int64_t outer;
	int64_t count;
	int64_t inner;
};

bool infer_softmax(struct node_shapes *shapes, struct err *err)
{
	enum { ONE_AXIS_SINCE = 13 };
	struct softmax_settings *settings = ARENA_NEW(shapes->arena, struct softmax_settings);
	const struct dims *dims = &shapes->inputs[0]->dims;
	bool is_one_axis = shapes->opset >= ONE_AXIS_SINCE;
	int64_t given;
	int axis;
	shapes->settings = settings;
	same_as_input(shapes);
	if (!node_int(shapes->node, "axis", is_one_axis ? -1 : 1, &given, err) ||
	    !node_axis(given, dims->rank, !is_one_axis, &axis, err))
		return false;
	/* Before, everything from the axis on was one vector. */
	settings->outer = dims_product(dims, 0, axis);
	settings->count = is_one_axis ? dims->sides[axis] : dims_product(dims, axis, dims->rank);
	settings->inner = is_one_axis ? dims_product(dims, axis + 1, dims->rank) : 1;
	return true;
}

static void softmax_of(const float *in, float *out, int64_t count, int64_t step, bool is_log)
{
	float most = in[0];
	double sum = 0;
	for (int64_t i = 1; i < count; i++)
		most = in[i * step] > most ? in[i * step] : most;
	for (int64_t i = 0; i < count; i++) {
		float x = in[i * step] - most;
		float e = expf(x);
		out[i * step] = is_log ? x : e;
		sum += (double)e;
	}
	float log_sum = (float)log(sum);
	float share = (float)(1 / sum);
	for (int64_t i = 0; i < count; i++)
		out[i * step] = is_log ? out[i * step] - log_sum : out[i * step] * share;
}

static void softmax_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct norm_job *job = context;
	const struct softmax_settings *s = job->settings;
	for (int64_t item = first; item < last; item++) {
		int64_t start = item / s->inner * s->count * s->inner + item % s->inner;
		softmax_of(job->in + start, job->out + start, s->count, s->inner, false);
	}
}

static void log_softmax_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct norm_job *job = context;
	const struct softmax_settings *s = job->settings;
	for (int64_t item = first; item < last; item++) {
		int64_t start = item / s->inner * s->count * s->inner + item % s->inner;
		softmax_of(job->in + start, job->out + start, s->count, s->inner, true);
	}
}

static void run_softmax_with(const struct node_run *run, team_body *body, struct team *team)
{
	const struct softmax_settings *settings = run->settings;
	struct norm_job job = {.settings = settings, .in = run->inputs[0]->data, .out = run->outputs[0]->data};
	if (settings->count > 0)
		team_run(team, settings->outer * settings->inner, GRAIN_PLANES, body, &job);
}

void run_softmax_op(const struct node_run *run, struct team *team)
{
	run_softmax_with(run, softmax_items, team);
}

void run_log_softmax(const struct node_run *run, struct team *team)
{
	run_softmax_with(run, log_softmax_items, team);
}
