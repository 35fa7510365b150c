/*
 * Depthwise convolutions of blocked images: row by row of the output, without what lies in the padding. Windows of
 * 3 x 3, which nearly all are, have a kernel of their own; rows outside the image are read from a row of zeros.
 */
#include <string.h>

#include "base/num.h"
#include "kernels/conv/blocked_parts.h"

enum { TAP_KINDS = 4, BAND_ROWS = 3 /* of flatter bands, little is read twice from the cache */ };

/* Rows [first_row, last_row) of the output of one image's block. */
struct piece {
	int64_t plane;
	int64_t block;
	int64_t first_row;
	int64_t last_row;
};

/* Taps of rows of the output that read rows [first, last) of their window inside the image. */
struct row_taps {
	int64_t first;
	int64_t last;
	int64_t count;
	struct blocked_tap taps[BLOCKED_TAPS_MAX];
};

/* Of most rows they are the same, counted from the input's row that the first of them reads. */
static void find_taps(const struct blocked_conv *blocked, int64_t first, int64_t last, struct row_taps *taps)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t lanes = blocked->kernels->lanes;
	taps->first = first;
	taps->last = last;
	taps->count = 0;
	for (int64_t ky = first; ky < last; ky++)
		for (int64_t kx = 0; kx < x->kernel; kx++) {
			struct blocked_tap *tap = &taps->taps[taps->count++];
			int64_t row = (ky - first) * y->dilation;
			tap->weight = (ky * x->kernel + kx) * lanes;
			tap->input = (row * blocked->input.width + kx * x->dilation - x->pad_before) * lanes;
			window_axis_inside(x, kx, blocked->input.width, blocked->output.width, &tap->first, &tap->last);
		}
}

/* Those of rows at the top, in the middle and at the bottom, as they were last met. */
struct tap_cache {
	struct row_taps kinds[TAP_KINDS];
	int next;
};

static const struct row_taps *cached_taps(const struct blocked_conv *blocked, int64_t row, struct tap_cache *cache)
{
	int64_t first, last;
	blocked_rows_inside(blocked, row, &first, &last);
	for (int i = 0; i < TAP_KINDS; i++)
		if (cache->kinds[i].first == first && cache->kinds[i].last == last)
			return &cache->kinds[i];
	struct row_taps *taps = &cache->kinds[cache->next];
	cache->next = (cache->next + 1) % TAP_KINDS;
	find_taps(blocked, first, last, taps);
	return taps;
}

static void sum_rows_by_taps(const struct blocked_job *job, const struct piece *piece, struct tap_cache *cache)
{
	const struct blocked_conv *blocked = job->blocked;
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_row = blocked->input.width * lanes;
	const float *input = job->input + piece->plane * blocked->input.height * in_row;
	struct blocked_depthwise product = {
		.weights = job->packed + piece->block * blocked->taps * lanes,
		.bias = job->biases + piece->block * lanes,
		.bounds = job->bounds,
		.pixel_step = blocked->conv.window.x.stride * lanes,
		.pixels = blocked->output.width,
		.out = job->output +
		       (piece->plane * blocked->output.height + piece->first_row) * blocked->output.width * lanes,
	};
	for (int64_t row = piece->first_row; row < piece->last_row; row++) {
		const struct row_taps *taps = cached_taps(blocked, row, cache);
		int64_t first_row = row * y->stride - y->pad_before + taps->first * y->dilation;
		product.taps = taps->taps;
		product.tap_count = taps->count;
		product.image = input + (taps->count > 0 ? first_row * in_row : 0);
		blocked->kernels->run_depthwise(&product);
		product.out += blocked->output.width * lanes;
	}
}

/* --- 3 x 3 ------------------------------------------------------------------------------------------------------ */

static bool misses_first(const struct blocked_conv *blocked)
{
	return blocked->conv.window.x.pad_before == 1;
}

/* Where the last pixel's window ends behind the image. */
static int64_t columns_behind(const struct blocked_conv *blocked)
{
	const struct window_axis *x = &blocked->conv.window.x;
	return (blocked->output.width - 1) * x->stride - x->pad_before + x->kernel - blocked->input.width;
}

void blocked_depthwise_plan(struct blocked_conv *blocked)
{
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	blocked->is_3x3 = y->kernel == 3 && x->kernel == 3 && y->dilation == 1 && x->dilation == 1 && x->stride <= 2 &&
			  x->pad_before <= 1 && columns_behind(blocked) <= 1 && blocked->output.width >= 2;
}

static size_t zero_row_values(const struct blocked_conv *blocked)
{
	return (size_t)((blocked->input.width + 2) * blocked->kernels->lanes);
}

static void sum_rows(const struct blocked_job *job, const struct piece *piece, const float *zeros)
{
	const struct blocked_conv *blocked = job->blocked;
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t lanes = blocked->kernels->lanes;
	int64_t in_row = blocked->input.width * lanes;
	int64_t before = blocked->conv.window.x.pad_before * lanes;
	const float *input = job->input + piece->plane * blocked->input.height * in_row;
	float *output = job->output + piece->plane * blocked->output.height * blocked->output.width * lanes;
	struct blocked_depthwise_3x3 product = {
		.pixel_step = blocked->conv.window.x.stride * lanes,
		.misses_first = misses_first(blocked),
		.misses_last = columns_behind(blocked) == 1,
		.weights = job->packed + piece->block * blocked->taps * lanes,
		.bias = job->biases + piece->block * lanes,
		.bounds = job->bounds,
		.pixels = blocked->output.width,
	};
	for (int64_t row = piece->first_row; row < piece->last_row; row++) {
		int64_t first = row * y->stride - y->pad_before;
		for (int64_t ky = 0; ky < y->kernel; ky++) {
			bool is_inside = first + ky >= 0 && first + ky < blocked->input.height;
			product.rows[ky] = (is_inside ? input + (first + ky) * in_row : zeros + lanes) - before;
		}
		product.ahead = input + (first + y->kernel + y->stride - 1) * in_row;
		product.out = output + row * blocked->output.width * lanes;
		blocked->kernels->run_depthwise_3x3(&product);
	}
}

/* --- both -------------------------------------------------------------------------------------------------------- */

/* Bands of rows of the output, of each image as many: what neighbouring layers do with the same rows is near, then. */
struct bands {
	const struct blocked_job *job;
	int64_t count;
};

static void sum_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct bands *bands = context;
	const struct blocked_conv *blocked = bands->job->blocked;
	struct tap_cache cache = {.next = 0};
	float *zeros = NULL;
	if (blocked->is_3x3) {
		zeros = team_scratch(team, worker, zero_row_values(blocked));
		memset(zeros, 0, zero_row_values(blocked) * sizeof *zeros);
	}
	for (int i = 0; i < TAP_KINDS; i++)
		cache.kinds[i].first = -1;
	for (int64_t item = first; item < last; item++)
		for (int64_t block = 0; block < blocked->channel_blocks; block++) {
			int64_t band = item % bands->count;
			const struct piece piece = {
				.plane = item / bands->count * blocked->channel_blocks + block,
				.block = block,
				.first_row = share_begin(blocked->output.height, bands->count, band),
				.last_row = share_begin(blocked->output.height, bands->count, band + 1),
			};
			if (blocked->is_3x3)
				sum_rows(bands->job, &piece, zeros);
			else
				sum_rows_by_taps(bands->job, &piece, &cache);
		}
}

void blocked_depthwise_run(const struct blocked_job *job, struct team *team)
{
	int64_t height = job->blocked->output.height;
	int64_t wanted = div_ceil_int64(BLOCKED_ITEMS_WANTED, job->images);
	int64_t most = most_int64(height / BAND_ROWS, least_int64(height, 2));
	struct bands bands = {.job = job, .count = least_int64(wanted, most)};
	team_run(team, job->images * bands.count, 1, sum_items, &bands);
}

size_t blocked_depthwise_workspace_bytes(const struct blocked_job *job)
{
	return job->blocked->is_3x3 ? zero_row_values(job->blocked) * sizeof(float) : 0;
}
