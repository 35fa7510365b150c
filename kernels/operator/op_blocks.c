#include "kernels/operator/op_blocks.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "kernels/conv/blocks.h"
#include "kernels/operator/window_node.h"

/* Side of a value in blocks. */
enum { SIDE_IMAGES, SIDE_BLOCKS, SIDE_HEIGHT, SIDE_WIDTH, SIDE_DEPTH };

static void run_to_blocks(const struct node_run *run, struct team *team)
{
	struct tensor planes = window_tensor(run->inputs[0]);
	blocks_from_planes(&planes, run->outputs[0]->dims.sides[SIDE_DEPTH], run->outputs[0]->data, team);
}

static void run_from_blocks(const struct node_run *run, struct team *team)
{
	struct tensor planes = window_tensor(run->outputs[0]);
	planes_from_blocks(run->inputs[0]->data, run->inputs[0]->dims.sides[SIDE_DEPTH], &planes, team);
}

static const void *prepare_blocked_conv(const struct node_run *run, enum isa isa, struct arena *arena)
{
	const struct blocked_conv_settings *settings = run->settings;
	const struct blocked_conv *blocked = &settings->blocked;
	const float *bias = blocked->conv.has_bias ? run->inputs[2]->data : NULL;
	float *packed = arena_alloc(arena, (size_t)blocked_conv_packed_values(blocked) * sizeof *packed);
	blocked_conv_pack(blocked, run->inputs[1]->data, bias, packed);
	return packed;
}

static void run_blocked_conv(const struct node_run *run, struct team *team)
{
	const struct blocked_conv_settings *settings = run->settings;
	CHECK(run->prepared);
	blocked_conv_run(&settings->blocked, run->prepared, run->inputs[0]->data, run->outputs[0]->data,
			 run->inputs[0]->dims.sides[SIDE_IMAGES], team);
}

/* --- sums -------------------------------------------------------------------------------------------------------- */

/* By bands of rows, as convolutions make them: each thread reads what it made. */
struct adding {
	const struct blocked_add_settings *settings;
	const float *a;
	const float *b;
	float *out;
	int64_t blocks; /* of an image */
	int64_t bands;
	int64_t height;
	int64_t row_values;
};

static void add_values(const struct blocked_add_settings *settings, const float *restrict a, const float *restrict b,
		       float *restrict out, int64_t count)
{
	float least = settings->least;
	float most = settings->most;
	if (settings->is_clamped)
		for (int64_t i = 0; i < count; i++) {
			float sum = a[i] + b[i];
			float below_most = sum > most ? most : sum;
			out[i] = sum < least ? least : below_most;
		}
	else
		for (int64_t i = 0; i < count; i++)
			out[i] = a[i] + b[i];
}

static void add_bands(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct adding *adding = context;
	for (int64_t i = first; i < last; i++)
		for (int64_t block = 0; block < adding->blocks; block++) {
			int64_t band = i % adding->bands;
			int64_t begin = adding->height * band / adding->bands;
			int64_t end = adding->height * (band + 1) / adding->bands;
			int64_t plane = i / adding->bands * adding->blocks + block;
			int64_t at = (plane * adding->height + begin) * adding->row_values;
			add_values(adding->settings, adding->a + at, adding->b + at, adding->out + at,
				   (end - begin) * adding->row_values);
		}
}

static void run_blocked_add(const struct node_run *run, struct team *team)
{
	enum { BANDS_WANTED = 8, BAND_VALUES = 4096 /* enough to make waking a thread worth it */ };
	const struct dims *dims = &run->outputs[0]->dims;
	int64_t row_values = dims->sides[SIDE_WIDTH] * dims->sides[SIDE_DEPTH];
	int64_t image_values = dims_product(dims, SIDE_BLOCKS, SIDE_DEPTH + 1);
	int64_t bands = div_ceil_int64(BANDS_WANTED, dims->sides[SIDE_IMAGES]);
	bands = bands < dims->sides[SIDE_HEIGHT] ? bands : dims->sides[SIDE_HEIGHT];
	bands = bands < image_values / BAND_VALUES ? bands : image_values / BAND_VALUES;
	struct adding adding = {
		.settings = run->settings,
		.a = run->inputs[0]->data,
		.b = run->inputs[1]->data,
		.out = run->outputs[0]->data,
		.blocks = dims->sides[SIDE_BLOCKS],
		.bands = bands > 0 ? bands : 1,
		.height = dims->sides[SIDE_HEIGHT],
		.row_values = row_values,
	};
	team_run(team, dims->sides[SIDE_IMAGES] * adding.bands, 1, add_bands, &adding);
}

/* --- pooling -------------------------------------------------------------------------------------------------- */

struct pooling {
	const struct pool *pool;
	bool is_average;
	struct dims in;
	struct dims out;
	const float *input;
	float *output;
};

/* Positions of the window that lie inside the image, and inside the padded one. */
struct reach {
	int64_t first;
	int64_t last;
	int64_t padded;
};

static struct reach reach_of(const struct window_axis *axis, int64_t o, int64_t side)
{
	int64_t start = o * axis->stride - axis->pad_before;
	struct reach reach = {.first = 0, .last = axis->kernel};
	while (reach.first < reach.last && start + reach.first * axis->dilation < 0)
		reach.first++;
	while (reach.last > reach.first && start + (reach.last - 1) * axis->dilation >= side)
		reach.last--;
	while (reach.padded < axis->kernel && start + reach.padded * axis->dilation < side + axis->pad_after)
		reach.padded++;
	return reach;
}

static void pool_pixel(const struct pooling *pooling, const float *plane, int64_t y, int64_t x, float *out)
{
	const struct window *window = &pooling->pool->window;
	int64_t depth = pooling->in.sides[SIDE_DEPTH];
	int64_t width = pooling->in.sides[SIDE_WIDTH];
	struct reach rows = reach_of(&window->y, y, pooling->in.sides[SIDE_HEIGHT]);
	struct reach columns = reach_of(&window->x, x, width);
	int64_t positions = pooling->pool->count_include_pad
				    ? rows.padded * columns.padded
				    : (rows.last - rows.first) * (columns.last - columns.first);
	for (int64_t c = 0; c < depth; c++)
		out[c] = pooling->is_average ? 0 : -INFINITY;
	for (int64_t ky = rows.first; ky < rows.last; ky++)
		for (int64_t kx = columns.first; kx < columns.last; kx++) {
			int64_t row = y * window->y.stride - window->y.pad_before + ky * window->y.dilation;
			int64_t column = x * window->x.stride - window->x.pad_before + kx * window->x.dilation;
			const float *restrict from = plane + (row * width + column) * depth;
			float *restrict to = out;
			if (pooling->is_average)
				for (int64_t c = 0; c < depth; c++)
					to[c] += from[c];
			else
				for (int64_t c = 0; c < depth; c++)
					to[c] = from[c] > to[c] ? from[c] : to[c];
		}
	for (int64_t c = 0; pooling->is_average && c < depth; c++)
		out[c] /= (float)positions;
}

static void pool_planes(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct pooling *pooling = context;
	int64_t depth = pooling->in.sides[SIDE_DEPTH];
	int64_t in_plane = dims_product(&pooling->in, SIDE_HEIGHT, SIDE_DEPTH + 1);
	int64_t out_plane = dims_product(&pooling->out, SIDE_HEIGHT, SIDE_DEPTH + 1);
	for (int64_t i = first; i < last; i++) {
		float *out = pooling->output + i * out_plane;
		for (int64_t y = 0; y < pooling->out.sides[SIDE_HEIGHT]; y++)
			for (int64_t x = 0; x < pooling->out.sides[SIDE_WIDTH]; x++, out += depth)
				pool_pixel(pooling, pooling->input + i * in_plane, y, x, out);
	}
}

static void pool_blocks(const struct node_run *run, bool is_average, struct team *team)
{
	const struct blocked_pool_settings *settings = run->settings;
	struct pooling pooling = {
		.pool = &settings->pool,
		.is_average = is_average,
		.in = run->inputs[0]->dims,
		.out = run->outputs[0]->dims,
		.input = run->inputs[0]->data,
		.output = run->outputs[0]->data,
	};
	team_run(team, dims_product(&pooling.in, SIDE_IMAGES, SIDE_HEIGHT), 1, pool_planes, &pooling);
}

static void run_blocked_max_pool(const struct node_run *run, struct team *team)
{
	pool_blocks(run, false, team);
}

static void run_blocked_average_pool(const struct node_run *run, struct team *team)
{
	pool_blocks(run, true, team);
}

const struct operator_row op_to_blocks = {.name = "ToBlocks", .types = TYPES_FLOAT, .run = run_to_blocks};
const struct operator_row op_from_blocks = {.name = "FromBlocks", .types = TYPES_FLOAT, .run = run_from_blocks};
const struct operator_row op_blocked_conv = {
	.name = "BlockedConv", .types = TYPES_FLOAT, .run = run_blocked_conv, .prepare = prepare_blocked_conv};
const struct operator_row op_blocked_add = {.name = "BlockedAdd", .types = TYPES_FLOAT, .run = run_blocked_add};
const struct operator_row op_blocked_max_pool = {
	.name = "BlockedMaxPool", .types = TYPES_FLOAT, .run = run_blocked_max_pool};
const struct operator_row op_blocked_average_pool = {
	.name = "BlockedAveragePool", .types = TYPES_FLOAT, .run = run_blocked_average_pool};
