/*
 * Convolution of blocked images, directly and by minimal filtering, against the plain loop, for every instruction set
 * that this machine runs: random windows, strides, dilations, pads, groups, sizes from one pixel on, batches, threads.
 * Minimal filtering (kernels/conv/blocked_winograd.h) sums other terms, whose magnitudes its matrices' magnitudes give.
 */
#include "kernels/conv/blocked_conv.h"
#include "kernels/conv/blocked_winograd.h"
#include "kernels/conv/blocks.h"
#include "tests/unit/conv_trial.h"

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
		t_ok(cases[i] >= CASES / 80 && wrong[i] == 0, "%s, %s: %d of %d random cases wrong, %d threads",
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
	*trial = (struct trial){.images = pick(1, 3), .sum_magnitudes = winograd_magnitudes};
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

/* Groups that do not fill blocks. */
static bool is_left_to_planes(const struct usual *usual, int64_t lanes)
{
	return usual->groups > 1 && usual->groups < usual->channels &&
	       (usual->channels / usual->groups % lanes != 0 || usual->filters / usual->groups % lanes != 0);
}

static void test_usual(enum isa isa)
{
	struct team team;
	team_init(&team, 1);
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 2);
		struct blocked_conv blocked;
		bool is_served = plan_blocked(&trial, isa, &blocked);
		size_t bytes = is_served ? blocked_conv_workspace_bytes(&blocked, trial.images) : 0;
		t_ok(is_served != is_left_to_planes(&usuals[i], blocked.kernels->lanes), "%s, %s: served",
		     isa_names[isa], usuals[i].name);
		if (is_served)
			t_ok(compare(&trial, run_blocked, &blocked, &team) && bytes < WORKSPACE_MOST,
			     "%s, %s, in %zu KiB of workspace", isa_names[isa], usuals[i].name, bytes / 1024);
	}
	team_release(&team);
}

static void test_threads(enum isa isa)
{
	for (size_t i = 0; i < ARRAY_LEN(usuals); i += 3 * USUAL_STEP) {
		struct trial trial = usual_trial(&usuals[i], 1);
		struct blocked_conv blocked;
		if (!plan_blocked(&trial, isa, &blocked))
			continue;
		random_operands(&trial);
		t_ok(has_same_bits(&trial, run_blocked, &blocked), "%s, %s: 5 threads give the bits of one",
		     isa_names[isa], usuals[i].name);
		free_operands(&trial);
	}
}

/* The table of where a row's pixels read has a largest size. */
static void test_not_served(enum isa isa)
{
	int64_t lanes = blocked_kernels_of(isa)->lanes;
	struct blocked_conv blocked;
	struct conv conv = {.window = window_square(16, 1), .filters = lanes, .groups = 1};
	t_ok(blocked_conv_init(&blocked, &conv, (struct shape){lanes, 16, 100}, lanes, isa),
	     "%s: a window of 256 pixels is served", isa_names[isa]);
	t_ok(!blocked_conv_init(&blocked, &conv, (struct shape){lanes, 16, 1000}, lanes, isa),
	     "%s: over rows of 1,000 pixels it is left to others", isa_names[isa]);
}

/* Minimal filtering is for windows of 3 x 3 with work enough to make up for its filters, of which it reads more. */
static void test_choice(enum isa isa)
{
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

int main(void)
{
	for (int isa = 0; isa < ISAS; isa++) {
		if (!isa_is_supported((enum isa)isa)) {
			t_ok(true, "%s # SKIP this processor has none", isa_names[isa]);
			continue;
		}
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
