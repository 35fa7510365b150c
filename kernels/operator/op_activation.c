/* Functions of one value. Each is a float function with up to three settings; integers have their few of their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "kernels/operator/op_elementwise.h"

/* alpha and beta as ONNX names them; for Clip the least and the most. */
struct activation_settings {
	float alpha;
	float beta;
	bool is_tanh; /* Gelu's approximation */
};

/* Elements that one worker takes at a time. */
enum { GRAIN = 16 * 1024 };

static bool infer_same_shape(struct node_shapes *shapes)
{
	shapes->outputs[0].type = shapes->inputs[0]->type;
	shapes->outputs[0].dims = shapes->inputs[0]->dims;
	return true;
}

bool infer_unary(struct node_shapes *shapes, struct err *err)
{
	return infer_same_shape(shapes);
}

static bool read_settings(struct node_shapes *shapes, double alpha, const char *beta_name, double beta, struct err *err)
{
	struct activation_settings *settings = ARENA_NEW(shapes->arena, struct activation_settings);
	double value;
	shapes->settings = settings;
	if (!node_float(shapes->node, "alpha", alpha, &value, err))
		return false;
	settings->alpha = (float)value;
	if (!node_float(shapes->node, beta_name, beta, &value, err))
		return false;
	settings->beta = (float)value;
	return infer_same_shape(shapes);
}

bool infer_leaky_relu(struct node_shapes *shapes, struct err *err)
{
	return read_settings(shapes, 0.01, "beta", 0, err);
}

bool infer_elu(struct node_shapes *shapes, struct err *err)
{
	return read_settings(shapes, 1, "beta", 0, err);
}

bool infer_selu(struct node_shapes *shapes, struct err *err)
{
	return read_settings(shapes, 1.67326319217681884765625, "gamma", 1.05070102214813232421875, err);
}

bool infer_hard_sigmoid(struct node_shapes *shapes, struct err *err)
{
	return read_settings(shapes, 0.2, "beta", 0.5, err);
}

bool infer_thresholded_relu(struct node_shapes *shapes, struct err *err)
{
	return read_settings(shapes, 1, "beta", 0, err);
}

bool infer_gelu(struct node_shapes *shapes, struct err *err)
{
	struct activation_settings *settings = ARENA_NEW(shapes->arena, struct activation_settings);
	const char *approximate;
	shapes->settings = settings;
	if (!node_text(shapes->node, "approximate", "none", &approximate, err))
		return false;
	settings->is_tanh = strcmp(approximate, "tanh") == 0;
	if (!settings->is_tanh && strcmp(approximate, "none") != 0)
		return err_set(err, "approximate '%.20s' is neither 'none' nor 'tanh'", approximate);
	return infer_same_shape(shapes);
}

/* A bound of Clip that stands in an input. */
static bool read_bound(const struct node_shapes *shapes, size_t input, float *bound, struct err *err)
{
	if (!node_has_input(shapes, input))
		return true;
	const struct value *value = shapes->inputs[input];
	if (value->type != shapes->inputs[0]->type || value_elements(value) != 1)
		return err_set(err, "input %zu, a bound, must be one number of the first input's type", input + 1);
	if (!value->data)
		return err_set(err, "input %zu, a bound, must be a constant of this file", input + 1);
	*bound = value->type == VALUE_FLOAT ? *(const float *)value->data : (float)value_int(value, 0);
	return true;
}

bool infer_clip(struct node_shapes *shapes, struct err *err)
{
	enum { BOUNDS_ARE_INPUTS_SINCE = 11 };
	struct activation_settings *settings = ARENA_NEW(shapes->arena, struct activation_settings);
	double least, most;
	shapes->settings = settings;
	settings->alpha = -INFINITY;
	settings->beta = INFINITY;
	if (shapes->opset >= BOUNDS_ARE_INPUTS_SINCE)
		return read_bound(shapes, 1, &settings->alpha, err) && read_bound(shapes, 2, &settings->beta, err) &&
		       infer_same_shape(shapes);
	if (!node_float(shapes->node, "min", -INFINITY, &least, err) ||
	    !node_float(shapes->node, "max", INFINITY, &most, err))
		return false;
	settings->alpha = (float)least;
	settings->beta = (float)most;
	return infer_same_shape(shapes);
}

bool activation_bounds(const struct operator_row *activation, const void *settings, float *least, float *most)
{
	const struct activation_settings *clip = settings;
	bool is_clip = strcmp(activation->name, "Clip") == 0;
	*least = is_clip ? clip->alpha : 0;
	*most = is_clip ? clip->beta : INFINITY;
	return is_clip || strcmp(activation->name, "Relu") == 0;
}

struct unary_job {
	const struct activation_settings *settings;
	const float *in;
	float *out;
};

static void run_unary(const struct node_run *run, team_body *body, struct team *team)
{
	struct unary_job job = {
		.settings = run->settings,
		.in = run->inputs[0]->data,
		.out = run->outputs[0]->data,
	};
	team_run(team, value_elements(run->inputs[0]), GRAIN, body, &job);
}

/* A kernel that computes `expression` of x (and s, the settings) for every float: a loop of its own, to vectorise. */
#define UNARY(kernel, expression) KERNEL(, kernel, expression)
#define OF_FLOATS(kernel, expression) KERNEL(static, kernel, expression)
#define KERNEL(storage, kernel, expression) \
	static void kernel##_items(void *context, struct team *team, int worker, int64_t first, int64_t last) \
	{ \
		const struct unary_job *job = context; \
		const struct activation_settings *s = job->settings; \
		(void)s; \
		for (int64_t i = first; i < last; i++) { \
			float x = job->in[i]; \
			job->out[i] = expression; \
		} \
	} \
	storage void kernel(const struct node_run *run, struct team *team) \
	{ \
		run_unary(run, kernel##_items, team); \
	}

static float gelu(float x, bool is_tanh)
{
	if (is_tanh)
		return 0.5f * x * (1.0f + tanhf(0.797884560802865f * (x + 0.044715f * x * x * x)));
	return 0.5f * x * (1.0f + erff(x * 0.707106781186548f));
}

static float clamp(float x, float least, float most)
{
	x = x < least ? least : x;
	return x > most ? most : x;
}

static float sigmoid(float x)
{
	return x >= 0 ? 1.0f / (1.0f + expf(-x)) : expf(x) / (1.0f + expf(x));
}

static float softplus(float x)
{
	return x > 0 ? x + log1pf(expf(-x)) : log1pf(expf(x));
}

UNARY(run_leaky_relu, x < 0 ? s->alpha * x : x)
UNARY(run_elu, x < 0 ? s->alpha * expm1f(x) : x)
UNARY(run_selu, x > 0 ? s->beta * x : s->beta * s->alpha * expm1f(x))
UNARY(run_sigmoid, sigmoid(x))
UNARY(run_hard_sigmoid, clamp(s->alpha *x + s->beta, 0, 1))
UNARY(run_hard_swish, x *clamp(x / 6.0f + 0.5f, 0, 1))
UNARY(run_tanh, tanhf(x))
UNARY(run_gelu, gelu(x, s->is_tanh))
UNARY(run_erf, erff(x))
UNARY(run_softplus, softplus(x))
UNARY(run_softsign, x / (1.0f + fabsf(x)))
UNARY(run_mish, x *tanhf(softplus(x)))
UNARY(run_thresholded_relu, x > s->alpha ? x : 0)
UNARY(run_exp, expf(x))
UNARY(run_log, logf(x))
UNARY(run_sqrt, sqrtf(x))
UNARY(run_reciprocal, 1.0f / x)
UNARY(run_floor, floorf(x))
UNARY(run_ceil, ceilf(x))
UNARY(run_round, rintf(x))
UNARY(run_sin, sinf(x))
UNARY(run_cos, cosf(x))
OF_FLOATS(abs_float, fabsf(x))
OF_FLOATS(neg_float, -x)
OF_FLOATS(sign_float, (float)((x > 0) - (x < 0)))
OF_FLOATS(relu_float, x > 0 ? x : 0)
OF_FLOATS(clip_float, clamp(x, s->alpha, s->beta))

/* The same for the integers that shapes are computed with. */
#define INTEGERS(kernel, of_floats, expression) \
	void kernel(const struct node_run *run, struct team *team) \
	{ \
		const struct value *in = run->inputs[0]; \
		if (in->type == VALUE_FLOAT) { \
			of_floats(run, team); \
			return; \
		} \
		const struct activation_settings *s = run->settings; \
		(void)s; \
		for (int64_t i = 0; i < value_elements(in); i++) { \
			int64_t x = value_int(in, i); \
			int64_t y = expression; \
			if (in->type == VALUE_INT32) \
				((int32_t *)run->outputs[0]->data)[i] = (int32_t)y; \
			else \
				((int64_t *)run->outputs[0]->data)[i] = y; \
		} \
	}

/* Two's complement, whatever the value: -INT64_MIN is itself. */
static int64_t negative(int64_t x)
{
	return (int64_t)(0 - (uint64_t)x);
}

static int64_t clamp_int(int64_t x, float least, float most)
{
	if ((float)x < least)
		return (int64_t)least;
	return (float)x > most ? (int64_t)most : x;
}

INTEGERS(run_abs, abs_float, x < 0 ? negative(x) : x)
INTEGERS(run_neg, neg_float, negative(x))
INTEGERS(run_sign, sign_float, (x > 0) - (x < 0))
INTEGERS(run_relu_op, relu_float, x > 0 ? x : 0)
INTEGERS(run_clip, clip_float, clamp_int(x, s->alpha, s->beta))

void run_not(const struct node_run *run, struct team *team)
{
	const bool *in = run->inputs[0]->data;
	bool *out = run->outputs[0]->data;
	for (int64_t i = 0; i < value_elements(run->inputs[0]); i++)
		out[i] = !in[i];
}
