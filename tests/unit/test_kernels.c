/*
 * Every kernel against its plain reference on random settings: sizes, strides, uneven pads, dilations, groups,
 * batches, threads. A case that fails prints its settings; the seed is fixed.
 */
#include "base/arena.h"
#include "kernels/layer/layer.h"
#include "tests/tap.h"
#include "tests/unit/square.h"

/* Sums of thousands of float products differ by less; a tap in the wrong place differs by far more. */
#define TOLERANCE 1e-4

static uint64_t state_ = 20190607;

static uint64_t next_bits(void)
{
	uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From first to last, both included. */
static int64_t pick(int64_t first, int64_t last)
{
	return first + (int64_t)(next_bits() % (uint64_t)(last - first + 1));
}

static void fill_random(float *values, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		values[i] = (float)((double)(next_bits() >> 40) / (1 << 23) - 1.0);
}

static struct window_axis random_axis(int64_t dilation_max, bool small_pads)
{
	int64_t kernel = pick(1, 5);
	int64_t pads_max = small_pads ? kernel - 1 : 4;
	return (struct window_axis){
		.kernel = kernel,
		.stride = pick(1, 4),
		.pad_before = pick(0, pads_max),
		.pad_after = pick(0, pads_max),
		.dilation = pick(1, dilation_max),
	};
}

/* 1x1 with at most one thing that keeps the input from being its own column matrix. */
static void make_nearly_pointwise(struct window *window)
{
	*window = window_square(1, 1);
	struct window_axis *axis = pick(0, 1) ? &window->y : &window->x;
	int64_t *members[] = {&axis->stride, &axis->pad_before, &axis->pad_after};
	if (pick(0, 3) > 0)
		*members[pick(0, 2)] += 1;
}

static struct layer random_layer(enum layer_kind kind, struct shape *input)
{
	struct layer layer = {.name = "random", .kind = kind};
	*input = (struct shape){pick(1, 9), pick(1, 19), pick(1, 23)};
	if (kind == LAYER_CONV) {
		int64_t groups = pick(1, 3);
		input->channels *= groups;
		layer.conv = (struct conv){
			.window = {.y = random_axis(3, false), .x = random_axis(3, false)},
			.filters = groups * pick(1, 7),
			.groups = groups,
			.has_bias = pick(0, 1),
		};
		if (pick(0, 2) == 0)
			make_nearly_pointwise(&layer.conv.window);
	} else if (kind == LAYER_MAXPOOL || kind == LAYER_AVGPOOL) {
		layer.pool = (struct pool){
			.window = {.y = random_axis(2, true), .x = random_axis(2, true), .ceil = pick(0, 1)},
			.count_include_pad = pick(0, 1),
		};
	} else if (kind == LAYER_LRN) {
		layer.lrn = (struct lrn){pick(1, 6), 0.5f, pick(0, 1) ? 0.75f : 0.5f, 2.0f};
	} else if (kind == LAYER_FC) {
		layer.fc = (struct fc){.outputs = pick(1, 2) * pick(1, 400), .has_bias = pick(0, 1)};
	}
	return layer;
}

static double worst_difference(const struct tensor *a, const struct tensor *b)
{
	double worst = 0.0;
	for (int64_t i = 0; i < tensor_values(a); i++) {
		double x = (double)a->data[i];
		double y = (double)b->data[i];
		/* A window without a pixel gives -inf in both; NaN must not pass. */
		double difference = x == y ? 0.0 : fabs(x - y) / (1.0 + fabs(y));
		if (!(difference <= worst))
			worst = difference;
	}
	return worst;
}

struct parameters {
	float *weights;
	float *bias;
	void *weights_memory;
	void *bias_memory;
};

static struct parameters random_parameters(const struct layer *layer)
{
	struct parameters parameters;
	parameters.weights = floats_alloc((size_t)layer->weight_count, &parameters.weights_memory);
	parameters.bias = floats_alloc((size_t)layer->bias_count, &parameters.bias_memory);
	fill_random(parameters.weights, layer->weight_count);
	fill_random(parameters.bias, layer->bias_count);
	return parameters;
}

static void free_parameters(struct parameters *parameters)
{
	mem_free(parameters->weights_memory);
	mem_free(parameters->bias_memory);
}

static const char *describe(const struct layer *layer, int64_t images, int threads)
{
	static char text[400];
	const struct window *w = layer->kind == LAYER_CONV ? &layer->conv.window : &layer->pool.window;
	int length = snprintf(text, sizeof text, "%s, %d images of %dx%dx%d, %d threads", layer_kinds[layer->kind].name,
			      (int)images, (int)layer->input.channels, (int)layer->input.height,
			      (int)layer->input.width, threads);
	if (layer->kind <= LAYER_AVGPOOL)
		snprintf(text + length, sizeof text - (size_t)length,
			 ", y %d/%d pads %d %d dilation %d, x %d/%d pads %d %d dilation %d, ceil %d", (int)w->y.kernel,
			 (int)w->y.stride, (int)w->y.pad_before, (int)w->y.pad_after, (int)w->y.dilation,
			 (int)w->x.kernel, (int)w->x.stride, (int)w->x.pad_before, (int)w->x.pad_after,
			 (int)w->x.dilation, w->ceil);
	return text;
}

/* False where the settings do not fit together (a kernel larger than the input): the caller draws again. */
static bool compare_once(enum layer_kind kind, struct team *team, bool *agrees)
{
	struct shape shape;
	struct layer layer = random_layer(kind, &shape);
	const char *key;
	struct err err;
	if (!layer_infer(&layer, shape, &key, &err))
		return false;
	int64_t images = pick(1, 5);
	struct parameters parameters = random_parameters(&layer);
	struct tensor input, fast, plain;
	tensor_init(&input, images, shape);
	tensor_init(&fast, images, layer.output);
	tensor_init(&plain, images, layer.output);
	fill_random(input.data, tensor_values(&input));
	layer_kinds[kind].reference(&layer,
				    &(struct layer_call){parameters.weights, parameters.bias, &input, &plain, NULL});
	layer_run(&layer, &(struct layer_call){parameters.weights, parameters.bias, &input, &fast, team});
	double worst = worst_difference(&fast, &plain);
	if (layer_in_place(&layer)) {
		layer_run(&layer, &(struct layer_call){parameters.weights, parameters.bias, &input, &input, team});
		worst = fmax(worst, worst_difference(&input, &plain));
	}
	*agrees = worst < TOLERANCE;
	if (!*agrees)
		printf("# differs by %g: %s\n", worst, describe(&layer, images, team->threads));
	tensor_release(&input);
	tensor_release(&fast);
	tensor_release(&plain);
	free_parameters(&parameters);
	return true;
}

static void test_against_reference(enum layer_kind kind, int threads)
{
	enum { CASES = 60 };
	struct team team;
	team_init(&team, threads);
	int wrong = 0;
	for (int done = 0; done < CASES;) {
		bool agrees = true;
		if (!compare_once(kind, &team, &agrees))
			continue;
		wrong += !agrees;
		done++;
	}
	team_release(&team);
	t_ok(wrong == 0, "%s agrees with its reference in %d random cases, %d threads", layer_kinds[kind].name, CASES,
	     threads);
}

/* A layer of the size networks have, cut into several tiles and slices. */
static struct layer large_layer(enum layer_kind kind, struct shape *input)
{
	struct layer layer = {.name = "large", .kind = kind};
	*input = kind == LAYER_CONV ? (struct shape){24, 60, 60} : (struct shape){32, 20, 20};
	if (kind == LAYER_CONV)
		layer.conv = (struct conv){
			.window = window_square(5, 1),
			.filters = 16,
			.groups = 1,
			.has_bias = true,
		};
	else
		layer.fc = (struct fc){.outputs = 1500, .has_bias = true};
	return layer;
}

static void test_threads_change_no_bit(enum layer_kind kind)
{
	struct shape shape;
	const char *key;
	struct err err;
	struct layer layer = large_layer(kind, &shape);
	t_ok(layer_infer(&layer, shape, &key, &err), "%s: shapes", layer_kinds[kind].name);
	struct parameters parameters = random_parameters(&layer);
	struct tensor input, one, many, plain;
	tensor_init(&input, 3, shape);
	tensor_init(&one, 3, layer.output);
	tensor_init(&many, 3, layer.output);
	tensor_init(&plain, 3, layer.output);
	fill_random(input.data, tensor_values(&input));
	layer_kinds[kind].reference(&layer,
				    &(struct layer_call){parameters.weights, parameters.bias, &input, &plain, NULL});
	struct team team;
	team_init(&team, 1);
	layer_run(&layer, &(struct layer_call){parameters.weights, parameters.bias, &input, &one, &team});
	t_ok((int64_t)team.workers[0].scratch_floats * 4 <= CONV_WORKSPACE_BYTES, "%s: workspace is bounded",
	     layer_kinds[kind].name);
	team_release(&team);
	t_ok(worst_difference(&one, &plain) < TOLERANCE, "%s: a large layer agrees with its reference",
	     layer_kinds[kind].name);
	for (int threads = 2; threads <= 5; threads++) {
		team_init(&team, threads);
		memset(many.data, 0, (size_t)tensor_values(&many) * sizeof(float));
		layer_run(&layer, &(struct layer_call){parameters.weights, parameters.bias, &input, &many, &team});
		team_release(&team);
		t_ok(memcmp(one.data, many.data, (size_t)tensor_values(&one) * sizeof(float)) == 0,
		     "%s: %d threads give the bits of 1 thread", layer_kinds[kind].name, threads);
	}
	tensor_release(&input);
	tensor_release(&one);
	tensor_release(&many);
	tensor_release(&plain);
	free_parameters(&parameters);
}

static void test_softmax_is_safe(void)
{
	struct layer layer = {.kind = LAYER_SOFTMAX};
	const char *key;
	struct err err;
	struct team team;
	struct tensor values;
	team_init(&team, 1);
	tensor_init(&values, 1, (struct shape){3, 1, 1});
	memcpy(values.data, (float[]){1000.0f, 1000.0f, -1000.0f}, 3 * sizeof(float));
	t_ok(layer_infer(&layer, values.shape, &key, &err), "softmax: shapes");
	layer_run(&layer, &(struct layer_call){NULL, NULL, &values, &values, &team});
	t_near((double)values.data[0], 0.5, 1e-6, 0, "softmax of equal large values is even");
	t_near((double)values.data[2], 0.0, 0, 1e-30, "softmax of a far smaller value is nothing");
	tensor_release(&values);
	team_release(&team);
}

/* A dilated window can step over a small image: there the average is 0 and the maximum -inf. */
static void test_window_over_nothing(void)
{
	struct layer layer = {.kind = LAYER_AVGPOOL, .pool.window = window_square(2, 1)};
	struct window_axis axis = {.kernel = 2, .stride = 1, .pad_before = 1, .pad_after = 1, .dilation = 2};
	layer.pool.window.y = layer.pool.window.x = axis;
	const char *key;
	struct err err;
	struct team team;
	struct tensor input, output;
	team_init(&team, 1);
	tensor_init(&input, 1, (struct shape){1, 1, 1});
	input.data[0] = 5.0f;
	t_ok(layer_infer(&layer, input.shape, &key, &err), "avgpool over nothing: shapes");
	tensor_init(&output, 1, layer.output);
	layer_run(&layer, &(struct layer_call){NULL, NULL, &input, &output, &team});
	t_near((double)output.data[0], 0.0, 0, 0, "the average of nothing is 0");
	layer.kind = LAYER_MAXPOOL;
	layer_run(&layer, &(struct layer_call){NULL, NULL, &input, &output, &team});
	t_near((double)output.data[0], -HUGE_VAL, 0, 0, "the maximum of nothing is -inf");
	tensor_release(&input);
	tensor_release(&output);
	team_release(&team);
}

int main(void)
{
	for (int kind = 0; kind < LAYER_KINDS; kind++) {
		test_against_reference((enum layer_kind)kind, 1);
		test_against_reference((enum layer_kind)kind, 3);
	}
	test_threads_change_no_bit(LAYER_CONV);
	test_threads_change_no_bit(LAYER_FC);
	test_softmax_is_safe();
	test_window_over_nothing();
	return t_done();
}
