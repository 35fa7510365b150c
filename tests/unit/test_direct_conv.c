/*
 * Convolution without a column matrix, of planes and of blocked images, against the plain loop, for every instruction
 * set that this machine runs: random windows, strides, dilations, pads, groups, sizes from one pixel on, batches,
 * threads. A sum of n products in float is off by at most n + 1 rounding errors of the sum of their magnitudes (Higham,
 * Accuracy and Stability of Numerical Algorithms, 2nd ed., section 3.1), which the plain loop gives for the magnitudes.
 * Minimal filtering (kernels/conv/blocked_winograd.h) sums other terms, whose magnitudes its matrices' magnitudes give.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/blocked_conv.h"
#include "kernels/conv/blocked_winograd.h"
#include "kernels/conv/blocks.h"
#include "kernels/conv/direct_conv.h"
#include "kernels/layer/layer.h"
#include "kernels/reference/reference.h"
#include "tests/tap.h"
#include "tests/unit/square.h"

static const double ROUNDING = 0x1p-24;

enum { RANDOM_CASES = T_TIMES(400, 80), USUAL_STEP = T_TIMES(1, 6) };

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

struct values {
	float *data;
	void *memory;
	int64_t count;
};

static struct values random_values(int64_t count)
{
	struct values values = {.count = count};
	values.data = floats_alloc((size_t)count + 1, &values.memory);
	for (int64_t i = 0; i < count; i++)
		values.data[i] = (float)((double)(next_bits() >> 40) / (1 << 23) - 1.0);
	return values;
}

static struct values magnitudes(const struct values *of)
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
	bool is_winograd;
};

static struct tensor tensor_of(const struct trial *trial, const struct values *pixels)
{
	return (struct tensor){.images = trial->images, .shape = trial->layer.input, .data = pixels->data};
}

static void random_operands(struct trial *trial)
{
	trial->weights = random_values(trial->layer.weight_count);
	trial->bias = random_values(trial->layer.bias_count);
	trial->pixels = random_values(trial->images * shape_values(trial->layer.input));
}

static void free_operands(struct trial *trial)
{
	mem_free(trial->weights.memory);
	mem_free(trial->bias.memory);
	mem_free(trial->pixels.memory);
}

/* The plain loop's values, or those of the magnitudes. */
static void run_reference(const struct trial *trial, bool of_magnitudes, struct tensor *output)
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

/* --- what minimal filtering sums ---------------------------------------------------------------------------------- */

enum { TILE = WINOGRAD_TILE, OUTPUTS = WINOGRAD_OUTPUTS };

/* Magnitudes of the entries, as polynomials at the points 0, +-a, +-b and infinity make them. */
struct filtering {
	double of_filters[TILE][3];
	double of_pixels[TILE][TILE];
	double of_sums[OUTPUTS][TILE];
};

static struct filtering filtering_of_points(double a, double b)
{
	const double points[TILE - 1] = {0, a, -a, b, -b};
	struct filtering filtering = {.of_filters[TILE - 1][2] = 1, .of_sums[OUTPUTS - 1][TILE - 1] = 1};
	for (int i = 0; i < TILE - 1; i++) {
		/* The product of x - q over the other points q, by powers of x. */
		double product[TILE] = {1};
		double divisor = 1;
		for (int k = 0; k < TILE - 1; k++) {
			for (int power = TILE - 1; k != i && power >= 0; power--)
				product[power] = (power > 0 ? product[power - 1] : 0) - points[k] * product[power];
			divisor *= k == i ? 1 : points[i] - points[k];
		}
		for (int power = 0; power < TILE; power++)
			filtering.of_pixels[i][power] = fabs(product[power]);
		for (int power = 0; power < 3; power++)
			filtering.of_filters[i][power] = fabs(pow(points[i], power) / divisor);
		for (int power = 0; power < OUTPUTS; power++)
			filtering.of_sums[power][i] = fabs(pow(points[i], power));
	}
	/* x (x - a) (x + a) (x - b) (x + b) */
	filtering.of_pixels[TILE - 1][1] = a * a * b * b;
	filtering.of_pixels[TILE - 1][3] = a * a + b * b;
	filtering.of_pixels[TILE - 1][5] = 1;
	return filtering;
}

/* M X M' for a square X. */
static void both_sides(int rows, int columns, const double *matrix, const double *square, double *out)
{
	double half[TILE * TILE];
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < columns; j++) {
			half[i * columns + j] = 0;
			for (int k = 0; k < columns; k++)
				half[i * columns + j] += matrix[i * columns + k] * square[k * columns + j];
		}
	for (int i = 0; i < rows; i++)
		for (int j = 0; j < rows; j++) {
			out[i * rows + j] = 0;
			for (int k = 0; k < columns; k++)
				out[i * rows + j] += half[i * columns + k] * matrix[j * columns + k];
		}
}

static double magnitude_at(const struct trial *trial, int64_t plane, int64_t y, int64_t x)
{
	const struct shape *shape = &trial->layer.input;
	bool is_inside = y >= 0 && y < shape->height && x >= 0 && x < shape->width;
	return is_inside ? fabs((double)trial->pixels.data[(plane * shape->height + y) * shape->width + x]) : 0;
}

enum { POINTS = WINOGRAD_POINTS };

/* Of all filters, or of all tiles of all channels and images: the magnitudes at every point. */
static double *filter_points(const struct trial *trial, const struct filtering *filtering, struct arena *arena)
{
	int64_t count = trial->weights.count / 9;
	double *points = ARENA_ARRAY(arena, double, (size_t)(count * POINTS));
	for (int64_t i = 0; i < count; i++) {
		double taps[9];
		for (int k = 0; k < 9; k++)
			taps[k] = fabs((double)trial->weights.data[i * 9 + k]);
		both_sides(TILE, 3, filtering->of_filters[0], taps, points + i * POINTS);
	}
	return points;
}

static double *pixel_points(const struct trial *trial, const struct filtering *filtering, int64_t rows, int64_t columns,
			    struct arena *arena)
{
	const struct window *window = &trial->layer.conv.window;
	int64_t planes = trial->images * trial->layer.input.channels;
	double *points = ARENA_ARRAY(arena, double, (size_t)(planes * rows * columns * POINTS));
	for (int64_t i = 0; i < planes * rows * columns; i++) {
		double pixels[POINTS];
		int64_t y = i / columns % rows * OUTPUTS - window->y.pad_before;
		int64_t x = i % columns * OUTPUTS - window->x.pad_before;
		for (int64_t k = 0; k < POINTS; k++)
			pixels[k] = magnitude_at(trial, i / columns / rows, y + k / TILE, x + k % TILE);
		both_sides(TILE, TILE, filtering->of_pixels[0], pixels, points + i * POINTS);
	}
	return points;
}

static void winograd_magnitudes(const struct trial *trial, struct tensor *output)
{
	const struct filtering filtering = filtering_of_points((double)WINOGRAD_NEAR, (double)WINOGRAD_FAR);
	const struct conv *conv = &trial->layer.conv;
	struct shape shape = trial->layer.output;
	int64_t channels = trial->layer.input.channels / conv->groups;
	int64_t rows = div_ceil_int64(shape.height, OUTPUTS);
	int64_t columns = div_ceil_int64(shape.width, OUTPUTS);
	struct arena arena;
	arena_init(&arena);
	const double *filters = filter_points(trial, &filtering, &arena);
	const double *pixels = pixel_points(trial, &filtering, rows, columns, &arena);
	tensor_init(output, trial->images, shape);
	for (int64_t i = 0; i < trial->images * shape.channels * rows * columns; i++) {
		int64_t plane = i / rows / columns;
		int64_t filter = plane % shape.channels;
		int64_t group = filter / (conv->filters / conv->groups);
		int64_t first = (plane / shape.channels * conv->groups + group) * channels;
		double sums[POINTS] = {0}, out[OUTPUTS * OUTPUTS];
		for (int64_t c = 0; c < channels; c++)
			for (int64_t k = 0; k < POINTS; k++)
				sums[k] += filters[(filter * channels + c) * POINTS + k] *
					   pixels[((first + c) * rows * columns + i % (rows * columns)) * POINTS + k];
		both_sides(OUTPUTS, TILE, filtering.of_sums[0], sums, out);
		double bias = conv->has_bias ? fabs((double)trial->bias.data[filter]) : 0;
		for (int64_t k = 0; k < OUTPUTS * OUTPUTS; k++) {
			int64_t y = i / columns % rows * OUTPUTS + k / OUTPUTS;
			int64_t x = i % columns * OUTPUTS + k % OUTPUTS;
			if (y < shape.height && x < shape.width)
				output->data[(plane * shape.height + y) * shape.width + x] = (float)(out[k] + bias);
		}
	}
	arena_release(&arena);
}

/*
 * Roundings that a term goes through: with its products, or, by minimal filtering, 4 in each of a tile's 2 x 2 lines
 * there and back, one as a filter, one as a product, one with the bias, and one for each channel.
 */
static double roundings(const struct trial *trial)
{
	int64_t products = trial->layer.weight_count / trial->layer.conv.filters;
	return (double)(trial->is_winograd ? products / 9 + 19 : products + 1);
}

/* Errors in units of what rounding allows: the worst of them. */
static double worst_excess(const struct trial *trial, const struct tensor *got, const struct tensor *want,
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

static void run_direct(const struct trial *trial, const void *plan, struct team *team, struct tensor *output)
{
	const struct direct_conv *direct = plan;
	void *memory;
	float *packed = floats_alloc((size_t)trial->weights.count, &memory);
	struct tensor input = tensor_of(trial, &trial->pixels);
	tensor_init(output, trial->images, trial->layer.output);
	for (int64_t i = 0; i < tensor_values(output); i++)
		output->data[i] = NAN;
	direct_conv_pack(direct, trial->weights.data, packed);
	direct_conv_run(direct, packed, trial->layer.conv.has_bias ? trial->bias.data : NULL, &input, output, team);
	mem_free(memory);
}

/* The input goes into blocks and the output comes out of them; blocks are filled with NAN before. */
static void run_blocked(const struct trial *trial, const void *plan, struct team *team, struct tensor *output)
{
	struct blocked_conv clamped = *(const struct blocked_conv *)plan;
	struct blocked_conv *blocked = &clamped;
	int64_t lanes = blocked->kernels->lanes;
	if (trial->most > 0)
		blocked_conv_clamp(blocked, 0, trial->most);
	struct values packed = random_values(blocked_conv_packed_values(blocked));
	struct values in = random_values(trial->images * blocks_values(trial->layer.input, blocked->depth));
	struct values out = random_values(trial->images * blocks_values(trial->layer.output, lanes));
	struct tensor input = tensor_of(trial, &trial->pixels);
	tensor_init(output, trial->images, trial->layer.output);
	for (int64_t i = 0; i < out.count; i++)
		out.data[i] = NAN;
	for (int64_t i = 0; i < in.count; i++)
		in.data[i] = NAN;
	blocked_conv_pack(blocked, trial->weights.data, trial->layer.conv.has_bias ? trial->bias.data : NULL,
			  packed.data);
	blocks_from_planes(&input, blocked->depth, in.data, team);
	blocked_conv_run(blocked, packed.data, in.data, out.data, trial->images, team);
	planes_from_blocks(out.data, lanes, output, team);
	mem_free(packed.memory);
	mem_free(in.memory);
	mem_free(out.memory);
}

static struct window_axis random_axis(void)
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
static bool random_trial(struct trial *trial)
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
static bool compare(struct trial *trial, trial_run *run, const void *plan, struct team *team)
{
	struct tensor got, want, magnitude;
	random_operands(trial);
	run(trial, plan, team, &got);
	run_reference(trial, false, &want);
	for (int64_t i = 0; trial->most > 0 && i < tensor_values(&want); i++)
		want.data[i] = fminf(fmaxf(want.data[i], 0), trial->most);
	if (trial->is_winograd)
		winograd_magnitudes(trial, &magnitude);
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

static void test_random(enum isa isa, int threads)
{
	enum { CASES = RANDOM_CASES };
	static const char *const readings[] = {"rows", "packed", "planes", "depthwise"};
	enum { READINGS = ARRAY_LEN(readings) };
	int cases[READINGS] = {0};
	int wrong[READINGS] = {0};
	struct team team;
	team_init(&team, threads);
	for (int done = 0; done < CASES;) {
		struct trial trial;
		struct direct_conv direct;
		if (!random_trial(&trial) || !direct_conv_init(&direct, &trial.layer.conv, trial.layer.input, isa))
			continue;
		done++;
		cases[direct.reading]++;
		wrong[direct.reading] += !compare(&trial, run_direct, &direct, &team);
	}
	team_release(&team);
	for (int i = 0; i < READINGS; i++)
		t_ok(cases[i] >= CASES / 80 && wrong[i] == 0, "%s, %s: %d of %d random cases wrong, %d threads",
		     isa_names[isa], readings[i], wrong[i], cases[i], threads);
}

static bool plan_blocked(const struct trial *trial, enum isa isa, struct blocked_conv *blocked)
{
	int64_t lanes = blocked_kernels_of(isa)->lanes;
	bool is_depthwise = trial->layer.conv.groups > 1;
	int64_t depth = is_depthwise ? lanes : blocks_depth(trial->layer.input.channels, lanes);
	return blocked_conv_init(blocked, &trial->layer.conv, trial->layer.input, depth, isa);
}

static void test_random_blocks(enum isa isa, int threads)
{
	enum { CASES = RANDOM_CASES / 2 };
	static const char *const kinds[] = {"deep", "shallow", "depthwise", "in groups"};
	enum { KINDS = ARRAY_LEN(kinds) };
	int cases[KINDS] = {0};
	int wrong[KINDS] = {0};
	struct team team;
	team_init(&team, threads);
	for (int done = 0; done < CASES;) {
		struct trial trial;
		struct blocked_conv blocked;
		if (!random_trial(&trial))
			continue;
		if (pick(0, 3) == 0 && trial.layer.conv.groups > 1) {
			const char *key;
			struct err err;
			int64_t groups = trial.layer.conv.groups = pick(2, 3);
			int64_t lanes = blocked_kernels_of(isa)->lanes;
			struct shape input = trial.layer.input;
			input.channels = groups * lanes * pick(1, 3);
			trial.layer.conv.filters = groups * lanes * pick(1, 4);
			CHECK(layer_infer(&trial.layer, input, &key, &err));
		}
		if (!plan_blocked(&trial, isa, &blocked))
			continue;
		int kind = blocked.is_depthwise                     ? 2
			   : trial.layer.conv.groups > 1            ? 3
			   : blocked.depth < blocked.kernels->lanes ? 1
								    : 0;
		done++;
		cases[kind]++;
		if (pick(0, 1))
			trial.most = pick(0, 1) ? 6 : INFINITY;
		wrong[kind] += !compare(&trial, run_blocked, &blocked, &team);
	}
	team_release(&team);
	for (int i = 0; i < KINDS; i++)
		t_ok(cases[i] >= CASES / 80 && wrong[i] == 0, "%s, blocks, %s: %d of %d random cases wrong, %d threads",
		     isa_names[isa], kinds[i], wrong[i], cases[i], threads);
}

/* Windows of 3 x 3, the sides of the output from one pixel to a few tiles. */
static void random_winograd(struct trial *trial, int64_t lanes)
{
	const char *key;
	struct err err;
	int64_t groups = pick(0, 4) ? 1 : pick(2, 3);
	int64_t channels = groups > 1 ? lanes * pick(1, 2) : pick(lanes < 5 ? lanes : 5, pick(0, 15) ? 40 : 300);
	struct shape input = {groups * channels, pick(1, 14), pick(1, 14)};
	struct window window = window_square(3, 1);
	struct window_axis *axes[] = {&window.y, &window.x};
	for (int i = 0; i < 2; i++) {
		int64_t side = i == 0 ? input.height : input.width;
		axes[i]->pad_before = pick(0, 2) ? 1 : pick(0, 4);
		axes[i]->pad_after = pick(0, 2) && side + axes[i]->pad_before > 1 ? 1 : pick(2, 4);
	}
	*trial = (struct trial){.images = pick(1, 3), .is_winograd = true};
	trial->layer = (struct layer){.name = "random", .kind = LAYER_CONV};
	trial->layer.conv = (struct conv){
		.window = window,
		.filters = groups > 1 ? groups * lanes * pick(1, 2) : pick(1, pick(0, 9) ? 20 : 200),
		.groups = groups,
		.has_bias = pick(0, 1),
	};
	CHECK(layer_infer(&trial->layer, input, &key, &err));
}

static void test_random_winograd(enum isa isa, int threads)
{
	enum { CASES = RANDOM_CASES / 4 };
	int wrong[2] = {0};
	struct team team;
	team_init(&team, threads);
	for (int i = 0; i < CASES; i++) {
		struct trial trial;
		struct blocked_conv blocked;
		random_winograd(&trial, blocked_kernels_of(isa)->lanes);
		CHECK(blocked_conv_init(&blocked, &trial.layer.conv, trial.layer.input, blocked_kernels_of(isa)->lanes,
					isa));
		CHECK(blocked_conv_use_winograd(&blocked));
		if (pick(0, 1))
			trial.most = pick(0, 1) ? 6 : INFINITY;
		wrong[trial.layer.conv.groups > 1] += !compare(&trial, run_blocked, &blocked, &team);
	}
	team_release(&team);
	t_ok(wrong[0] == 0 && wrong[1] == 0,
	     "%s, minimal filtering: %d and, in groups, %d of %d random cases wrong, %d threads", isa_names[isa],
	     wrong[0], wrong[1], CASES, threads);
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

static struct trial usual_trial(const struct usual *usual, int64_t images)
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

/* Groups that do not fill blocks. */
static bool is_left_to_planes(const struct usual *usual, int64_t lanes)
{
	return usual->groups > 1 && usual->groups < usual->channels &&
	       (usual->channels / usual->groups % lanes != 0 || usual->filters / usual->groups % lanes != 0);
}

static void test_usual(enum isa isa)
{
	enum { WORKSPACE_MOST = 1 << 20 };
	struct team team;
	team_init(&team, 1);
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 2);
		struct direct_conv direct;
		bool is_served = direct_conv_init(&direct, &trial.layer.conv, trial.layer.input, isa);
		size_t bytes = is_served ? direct_conv_workspace_bytes(&direct, trial.images) : 0;
		t_ok(is_served && compare(&trial, run_direct, &direct, &team) && bytes < WORKSPACE_MOST,
		     "%s, %s, in %zu KiB of workspace", isa_names[isa], usuals[i].name, bytes / 1024);
	}
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 2);
		struct blocked_conv blocked;
		bool is_served = plan_blocked(&trial, isa, &blocked);
		size_t bytes = is_served ? blocked_conv_workspace_bytes(&blocked, trial.images) : 0;
		t_ok(is_served != is_left_to_planes(&usuals[i], blocked.kernels->lanes), "%s, blocks, %s: served",
		     isa_names[isa], usuals[i].name);
		if (is_served)
			t_ok(compare(&trial, run_blocked, &blocked, &team) && bytes < WORKSPACE_MOST,
			     "%s, blocks, %s, in %zu KiB of workspace", isa_names[isa], usuals[i].name, bytes / 1024);
	}
	team_release(&team);
}

/* With one thread and with five. */
static bool has_same_bits(const struct trial *trial, trial_run *run, const void *plan)
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

static void test_threads(enum isa isa)
{
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += 3 * USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 1);
		struct direct_conv direct;
		struct blocked_conv blocked;
		CHECK(direct_conv_init(&direct, &trial.layer.conv, trial.layer.input, isa));
		random_operands(&trial);
		t_ok(has_same_bits(&trial, run_direct, &direct), "%s, %s: 5 threads give the bits of one",
		     isa_names[isa], usuals[i].name);
		if (plan_blocked(&trial, isa, &blocked))
			t_ok(has_same_bits(&trial, run_blocked, &blocked), "%s, blocks, %s: 5 threads give the bits",
			     isa_names[isa], usuals[i].name);
		free_operands(&trial);
	}
}

/* Minimal filtering is for windows of 3 x 3 with work enough to make up for its filters, of which it reads more. */
static void test_choice(enum isa isa)
{
	enum { WORKSPACE_MOST = 1 << 20 };
	static const struct {
		struct usual usual;
		int64_t images;
		bool is_chosen;
	} rows[] = {
		{{"VGG's second", 64, 224, 64, 3, 1, 1, 1}, 1, true},
		{{"VGG's last", 512, 14, 512, 3, 1, 1, 1}, 1, true},
		{{"AlexNet's fourth", 384, 13, 384, 3, 1, 1, 2}, 16, true},
		{{"ResNet's last", 512, 7, 512, 3, 1, 1, 1}, 16, true},
		{{"ResNet's last, of one image", 512, 7, 512, 3, 1, 1, 1}, 1, false},
		{{"a single pixel", 512, 1, 512, 3, 1, 1, 1}, 16, false},
		{{"strided", 128, 56, 128, 3, 2, 1, 1}, 1, false},
		{{"wider", 128, 56, 128, 5, 1, 2, 1}, 1, false},
		{{"pointwise", 128, 56, 128, 1, 1, 0, 1}, 1, false},
		{{"depthwise", 128, 56, 128, 3, 1, 1, 128}, 1, false},
		{{"a network's first", 3, 224, 64, 3, 1, 1, 1}, 1, false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trial trial = usual_trial(&rows[i].usual, rows[i].images);
		struct blocked_conv blocked;
		CHECK(plan_blocked(&trial, isa, &blocked));
		blocked_conv_choose(&blocked, trial.images);
		size_t bytes = blocked_conv_workspace_bytes(&blocked, trial.images);
		t_ok(blocked.is_winograd == rows[i].is_chosen && bytes < WORKSPACE_MOST,
		     "%s, %s: minimal filtering %s, in %zu KiB of workspace", isa_names[isa], rows[i].usual.name,
		     rows[i].is_chosen ? "pays" : "does not", bytes / 1024);
	}
	static const struct usual several = {"", 48, 25, 40, 3, 1, 1, 1};
	struct trial trial = usual_trial(&several, 2);
	struct blocked_conv blocked;
	CHECK(plan_blocked(&trial, isa, &blocked) && blocked_conv_use_winograd(&blocked));
	random_operands(&trial);
	t_ok(has_same_bits(&trial, run_blocked, &blocked), "%s: and 5 threads give the bits of one", isa_names[isa]);
	free_operands(&trial);
}

static void test_not_served(enum isa isa)
{
	struct direct_conv direct;
	struct conv conv = {.window = window_square(17, 1), .filters = 4, .groups = 1};
	struct shape input = {4, 40, 40};
	t_ok(!direct_conv_init(&direct, &conv, input, isa), "%s: a window of 289 pixels is left to others",
	     isa_names[isa]);
	conv.window = window_square(2, 1);
	conv.window.y.dilation = conv.window.x.dilation = 5000;
	input = (struct shape){1, 5001, 5001};
	t_ok(!direct_conv_init(&direct, &conv, input, isa), "%s: and one spread over 25 million", isa_names[isa]);
	struct team team;
	team_init(&team, 1);
	conv = (struct conv){.window = window_square(3, 1), .filters = 4, .groups = 1};
	t_ok(direct_conv_init(&direct, &conv, (struct shape){4, 8, 8}, isa), "%s: an empty batch", isa_names[isa]);
	struct tensor none = {.shape = direct.input};
	struct tensor out = {.shape = direct.output};
	direct_conv_run(&direct, NULL, NULL, &none, &out, &team);
	team_release(&team);
}

int main(void)
{
	for (int isa = 0; isa < ISAS; isa++) {
		if (!isa_is_supported((enum isa)isa)) {
			t_ok(true, "%s # SKIP this processor has none", isa_names[isa]);
			continue;
		}
		test_random((enum isa)isa, 1);
		test_random((enum isa)isa, 3);
		test_random_blocks((enum isa)isa, 1);
		test_random_blocks((enum isa)isa, 3);
		test_random_winograd((enum isa)isa, 1);
		test_random_winograd((enum isa)isa, 3);
		test_usual((enum isa)isa);
		test_threads((enum isa)isa);
		test_choice((enum isa)isa);
		test_not_served((enum isa)isa);
	}
	return t_done();
}
