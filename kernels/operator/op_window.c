#include "kernels/operator/op_window.h"

#include <inttypes.h>
#include <string.h>

#include "kernels/conv/direct_conv.h"
#include "kernels/layer/layer.h"
#include "kernels/operator/window_node.h"

bool infer_conv(struct node_shapes *shapes, struct err *err)
{
	struct conv_settings *settings = ARENA_NEW(shapes->arena, struct conv_settings);
	const struct value *input = shapes->inputs[0];
	const struct dims *weights = &shapes->inputs[1]->dims;
	struct conv *conv = &settings->conv;
	const char *key;
	struct shape out;
	shapes->settings = settings;
	if (!window_is_batch(input, err) || !window_weights_fit(shapes, weights->sides[0], err) ||
	    !window_is_shape(window_shape(&input->dims), err) || !window_read(shapes, weights, &conv->window, err) ||
	    !node_int(shapes->node, "group", 1, &conv->groups, err))
		return false;
	conv->filters = weights->sides[0];
	conv->has_bias = node_has_input(shapes, 2);
	struct shape in = window_shape(&input->dims);
	if (!conv_output(conv, in, &out, &key, err))
		return false;
	if (weights->sides[1] != in.channels / conv->groups)
		return err_set(err,
			       "the weights are for %" PRId64 " channels in each of %" PRId64
			       " groups, and the input has %" PRId64 " channels in all",
			       weights->sides[1], conv->groups, in.channels);
	shapes->outputs[0].type = VALUE_FLOAT;
	shapes->outputs[0].dims = window_dims(input->dims.sides[0], out, input->dims.rank);
	int64_t mac = conv_mac(conv, in, out);
	if (mac > LAYER_MAC_MAX || (input->dims.sides[0] > 0 && mac > LAYER_MAC_MAX / input->dims.sides[0]))
		return err_set(err, "the node needs more than %" PRId64 " multiply-accumulates", LAYER_MAC_MAX);
	shapes->mac = mac * input->dims.sides[0];
	return true;
}

/* Filters packed for one instruction set. */
struct prepared_conv {
	struct direct_conv direct;
	float *packed;
};

const void *prepare_conv(const struct node_run *run, enum isa isa, struct arena *arena)
{
	const struct conv_settings *settings = run->settings;
	struct prepared_conv *prepared = ARENA_NEW(arena, struct prepared_conv);
	if (!direct_conv_init(&prepared->direct, &settings->conv, window_shape(&run->inputs[0]->dims), isa))
		return NULL;
	prepared->packed = arena_alloc(arena, value_bytes(run->inputs[1]));
	direct_conv_pack(&prepared->direct, run->inputs[1]->data, prepared->packed);
	return prepared;
}

void run_conv_op(const struct node_run *run, struct team *team)
{
	const struct conv_settings *settings = run->settings;
	const struct prepared_conv *prepared = run->prepared;
	struct tensor input = window_tensor(run->inputs[0]);
	struct tensor output = window_tensor(run->outputs[0]);
	const float *bias = settings->conv.has_bias ? run->inputs[2]->data : NULL;
	if (prepared) {
		direct_conv_run(&prepared->direct, prepared->packed, bias, &input, &output, team);
		return;
	}
	conv_run(&settings->conv, &(struct layer_call){run->inputs[1]->data, bias, &input, &output, team});
}

bool infer_pool(struct node_shapes *shapes, struct err *err)
{
	struct pool *pool = ARENA_NEW(shapes->arena, struct pool);
	const struct value *input = shapes->inputs[0];
	const char *key;
	int64_t ceil, include, order;
	struct shape out;
	shapes->settings = pool;
	if (!window_is_batch(input, err) || !window_is_shape(window_shape(&input->dims), err) ||
	    !window_read(shapes, NULL, &pool->window, err) || !node_int(shapes->node, "ceil_mode", 0, &ceil, err) ||
	    !node_int(shapes->node, "count_include_pad", 0, &include, err) ||
	    !node_int(shapes->node, "storage_order", 0, &order, err))
		return false;
	if (shapes->output_count > 1)
		return err_set(err, "the output 'Indices' is not supported");
	pool->window.ceil = ceil != 0;
	pool->count_include_pad = include != 0;
	if (!pool_output(pool, window_shape(&input->dims), &out, &key, err))
		return false;
	shapes->outputs[0].type = VALUE_FLOAT;
	shapes->outputs[0].dims = window_dims(input->dims.sides[0], out, input->dims.rank);
	return true;
}

void run_max_pool(const struct node_run *run, struct team *team)
{
	struct tensor input = window_tensor(run->inputs[0]);
	struct tensor output = window_tensor(run->outputs[0]);
	pool_max_run(run->settings, &(struct layer_call){.input = &input, .output = &output, .team = team});
}

void run_average_pool(const struct node_run *run, struct team *team)
{
	struct tensor input = window_tensor(run->inputs[0]);
	struct tensor output = window_tensor(run->outputs[0]);
	pool_average_run(run->settings, &(struct layer_call){.input = &input, .output = &output, .team = team});
}

/* The window is the image, of any number of sides. */
bool infer_global_pool(struct node_shapes *shapes, struct err *err)
{
	const struct dims *in = &shapes->inputs[0]->dims;
	if (!node_rank_at_least(shapes, 0, 2, err))
		return false;
	struct dims *out = &shapes->outputs[0].dims;
	*out = *in;
	for (int i = 2; i < in->rank; i++) {
		if (in->sides[i] == 0)
			return err_set(err, "the input has no elements");
		out->sides[i] = 1;
	}
	shapes->outputs[0].type = VALUE_FLOAT;
	return true;
}

struct plane_job {
	const float *in;
	float *out;
	int64_t plane; /* elements of one channel */
};

static void average_planes(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct plane_job *job = context;
	for (int64_t i = first; i < last; i++) {
		double sum = 0;
		for (int64_t j = 0; j < job->plane; j++)
			sum += (double)job->in[i * job->plane + j];
		job->out[i] = (float)(sum / (double)job->plane);
	}
}

static void max_planes(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct plane_job *job = context;
	for (int64_t i = first; i < last; i++) {
		float most = job->in[i * job->plane];
		for (int64_t j = 1; j < job->plane; j++)
			most = job->in[i * job->plane + j] > most ? job->in[i * job->plane + j] : most;
		job->out[i] = most;
	}
}

static void run_planes(const struct node_run *run, team_body *body, struct team *team)
{
	const struct dims *dims = &run->inputs[0]->dims;
	struct plane_job job = {
		.in = run->inputs[0]->data,
		.out = run->outputs[0]->data,
		.plane = dims_product(dims, 2, dims->rank),
	};
	team_run(team, dims_product(dims, 0, 2), 16, body, &job);
}

void run_global_average_pool(const struct node_run *run, struct team *team)
{
	run_planes(run, average_planes, team);
}

void run_global_max_pool(const struct node_run *run, struct team *team)
{
	run_planes(run, max_planes, team);
}
