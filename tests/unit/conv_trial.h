/*
 * A convolution of random or of usual shape that a test computes, held against the plain loop. A sum of n products in
 * float is off by at most n + 1 rounding errors of the sum of their magnitudes (Higham, Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., section 3.1), which the plain loop gives for the magnitudes.
 */
#ifndef LAMINA_CONV_TRIAL_H
#define LAMINA_CONV_TRIAL_H

#include "base/arena.h"
#include "base/check.h"
#include "base/num.h"
#include "kernels/layer/layer.h"
#include "kernels/reference/reference.h"
#include "tests/tap.h"
#include "tests/unit/square.h"

static const double ROUNDING = 0x1p-24;

enum { RANDOM_CASES = T_TIMES(400, 80), USUAL_STEP = T_TIMES(1, 6), WORKSPACE_MOST = 1 << 20 };

static uint64_t state_ = 20190607;

static inline uint64_t next_bits(void)
{
	uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From first to last, both included. */
static inline int64_t pick(int64_t first, int64_t last)
{
	return first + (int64_t)(next_bits() % (uint64_t)(last - first + 1));
}

struct values {
	float *data;
	void *memory;
	int64_t count;
};

static inline struct values random_values(int64_t count)
{
	struct values values = {.count = count};
	values.data = floats_alloc((size_t)count + 1, &values.memory);
	for (int64_t i = 0; i < count; i++)
		values.data[i] = (float)((double)(next_bits() >> 40) / (1 << 23) - 1.0);
	return values;
}

static inline struct values magnitudes(const struct values *of)
{
	struct values values = {.count = of->count};
	values.data = floats_alloc((size_t)of->count + 1, &values.memory);
	for (int64_t i = 0; i < of->count; i++)
		values.data[i] = fabsf(of->data[i]);
	return values;
}

struct trial {
	struct layer layer;
	int64_t images;
	struct values weights;
	struct values bias;
	struct values pixels;
	float most; /* what comes out is at least 0 and at most this; 0: whatever it is */
	/* Of minimal filtering: the magnitudes of what it sums, which are other terms; NULL: directly. */
	void (*sum_magnitudes)(const struct trial *trial, struct tensor *output);
};

static inline struct tensor tensor_of(const struct trial *trial, const struct values *pixels)
{
	return (struct tensor){.images = trial->images, .shape = trial->layer.input, .data = pixels->data};
}

static inline void random_operands(struct trial *trial)
{
	trial->weights = random_values(trial->layer.weight_count);
	trial->bias = random_values(trial->layer.bias_count);
	trial->pixels = random_values(trial->images * shape_values(trial->layer.input));
}

static inline void free_operands(struct trial *trial)
{
	mem_free(trial->weights.memory);
	mem_free(trial->bias.memory);
	mem_free(trial->pixels.memory);
}

/* The plain loop's values, or those of the magnitudes. */
static inline void run_reference(const struct trial *trial, bool of_magnitudes, struct tensor *output)
{
	struct values weights = of_magnitudes ? magnitudes(&trial->weights) : trial->weights;
	struct values bias = of_magnitudes ? magnitudes(&trial->bias) : trial->bias;
	struct values pixels = of_magnitudes ? magnitudes(&trial->pixels) : trial->pixels;
	struct tensor input = tensor_of(trial, &pixels);
	tensor_init(output, trial->images, trial->layer.output);
	reference_conv(
		&trial->layer,
		&(struct layer_call){.weights = weights.data, .bias = bias.data, .input = &input, .output = output});
	if (!of_magnitudes)
		return;
	mem_free(weights.memory);
	mem_free(bias.memory);
	mem_free(pixels.memory);
}

/*
 * Roundings that a term goes through: with its products, or, by minimal filtering, 4 in each of a tile's 2 x 2 lines
 * there and back, one as a filter, one as a product, one with the bias, and one for each channel.
 */
static inline double roundings(const struct trial *trial)
{
	int64_t products = trial->layer.weight_count / trial->layer.conv.filters;
	return (double)(trial->sum_magnitudes ? products / 9 + 19 : products + 1);
}

/* Errors in units of what rounding allows: the worst of them. */
static inline double worst_excess(const struct trial *trial, const struct tensor *got, const struct tensor *want,
				  const struct tensor *magnitude)
{
	double worst = 0;
	for (int64_t i = 0; i < tensor_values(got); i++) {
		double bound = ROUNDING * (roundings(trial) + 1) * (double)magnitude->data[i];
		double off = fabs((double)got->data[i] - (double)want->data[i]);
		double excess = off == 0 ? 0 : off / bound;
		if (!(excess <= worst))
			worst = excess;
	}
	return worst;
}

/* How a trial is computed. */
typedef void trial_run(const struct trial *trial, const void *plan, struct team *team, struct tensor *output);

static inline struct window_axis random_axis(void)
{
	int64_t kernel = pick(0, 3) == 0 ? pick(4, 11) : pick(1, 3);
	return (struct window_axis){
		.kernel = kernel,
		.stride = pick(0, 1) ? 1 : pick(1, 5),
		.pad_before = pick(0, 1) ? kernel / 2 : pick(0, 4),
		.pad_after = pick(0, 1) ? kernel / 2 : pick(0, 4),
		.dilation = pick(0, 2) ? 1 : pick(1, 3),
	};
}

/* False where the window does not fit the input. */
static inline bool random_trial(struct trial *trial)
{
	const char *key;
	struct err err;
	int64_t groups = pick(0, 2) ? 1 : pick(1, 6);
	bool is_pointwise = pick(0, 4) == 0;
	struct shape input = {groups * pick(1, pick(0, 9) ? 12 : 150), pick(1, 20),
			      pick(0, 3) ? pick(1, 30) : pick(1, 70)};
	*trial = (struct trial){.images = pick(1, pick(0, 3) ? 2 : 4)};
	trial->layer = (struct layer){.name = "random", .kind = LAYER_CONV};
	trial->layer.conv = (struct conv){
		.window = {.y = random_axis(), .x = random_axis()},
		.filters = groups * pick(1, 20),
		.groups = groups,
		.has_bias = pick(0, 1),
	};
	if (is_pointwise)
		trial->layer.conv.window = window_square(1, 1);
	if (pick(0, 8) == 0)
		trial->layer.conv.filters = trial->layer.conv.groups = input.channels;
	return layer_infer(&trial->layer, input, &key, &err);
}

static const char *describe(const struct trial *trial)
{
	static char text[400];
	const struct conv *conv = &trial->layer.conv;
	const struct window_axis *y = &conv->window.y;
	const struct window_axis *x = &conv->window.x;
	snprintf(text, sizeof text,
		 "%lld images of %lldx%lldx%lld, %lld filters in %lld groups, kernel %lldx%lld stride %lld,%lld pads "
		 "%lld+%lld,%lld+%lld dilation %lld,%lld",
		 (long long)trial->images, (long long)trial->layer.input.channels, (long long)trial->layer.input.height,
		 (long long)trial->layer.input.width, (long long)conv->filters, (long long)conv->groups,
		 (long long)y->kernel, (long long)x->kernel, (long long)y->stride, (long long)x->stride,
		 (long long)y->pad_before, (long long)y->pad_after, (long long)x->pad_before, (long long)x->pad_after,
		 (long long)y->dilation, (long long)x->dilation);
	return text;
}

/* Whether the trial's sums are within rounding of the plain loop's. */
static inline bool compare(struct trial *trial, trial_run *run, const void *plan, struct team *team)
{
	struct tensor got, want, magnitude;
	random_operands(trial);
	run(trial, plan, team, &got);
	run_reference(trial, false, &want);
	for (int64_t i = 0; trial->most > 0 && i < tensor_values(&want); i++)
		want.data[i] = fminf(fmaxf(want.data[i], 0), trial->most);
	if (trial->sum_magnitudes)
		trial->sum_magnitudes(trial, &magnitude);
	else
		run_reference(trial, true, &magnitude);
	double worst = worst_excess(trial, &got, &want, &magnitude);
	if (!(worst <= 1))
		printf("# %g times what rounding allows: %s\n", worst, describe(trial));
	tensor_release(&got);
	tensor_release(&want);
	tensor_release(&magnitude);
	free_operands(trial);
	return worst <= 1;
}

/* As in networks: large planes, many channels, one pixel. */
static const struct usual {
	const char *name;
	int64_t channels, side, filters, kernel, stride, pad, groups;
} usuals[] = {
	{"AlexNet's first", 3, 115, 24, 11, 4, 0, 1},
	{"AlexNet's second", 96, 27, 16, 5, 1, 2, 2},
	{"VGG's", 64, 56, 9, 3, 1, 1, 1},
	{"ResNet's first", 3, 112, 12, 7, 2, 3, 1},
	{"ResNet's last", 512, 7, 20, 3, 1, 1, 1},
	{"a projection", 256, 28, 96, 1, 2, 0, 1},
	{"depthwise", 96, 28, 96, 3, 1, 1, 96},
	{"depthwise, strided", 96, 28, 96, 3, 2, 1, 96},
	{"one pixel", 700, 1, 33, 1, 1, 0, 1},
	{"one output", 40, 7, 50, 7, 1, 0, 1},
};

static inline struct trial usual_trial(const struct usual *usual, int64_t images)
{
	const char *key;
	struct err err;
	struct trial trial = {.images = images, .layer = {.name = usual->name, .kind = LAYER_CONV}};
	trial.layer.conv = (struct conv){.window = window_square(usual->kernel, usual->stride),
					 .filters = usual->filters,
					 .groups = usual->groups,
					 .has_bias = true};
	struct window_axis *axes[] = {&trial.layer.conv.window.y, &trial.layer.conv.window.x};
	for (int i = 0; i < 2; i++)
		axes[i]->pad_before = axes[i]->pad_after = usual->pad;
	CHECK(layer_infer(&trial.layer, (struct shape){usual->channels, usual->side, usual->side}, &key, &err));
	return trial;
}

/* With one thread and with five. */
static inline bool has_same_bits(const struct trial *trial, trial_run *run, const void *plan)
{
	struct tensor outputs[2];
	for (int k = 0; k < 2; k++) {
		struct team team;
		team_init(&team, k == 0 ? 1 : 5);
		run(trial, plan, &team, &outputs[k]);
		team_release(&team);
	}
	size_t bytes = (size_t)tensor_values(&outputs[0]) * sizeof(float);
	bool is_same = memcmp(outputs[0].data, outputs[1].data, bytes) == 0;
	tensor_release(&outputs[0]);
	tensor_release(&outputs[1]);
	return is_same;
}

#endif
