/*
 * Images of fewer channels than a vector has lanes, as a network's first layer has: a band of rows is copied with its
 * padding, so that a row of the window is one stretch of values and the pixels of a row read at equal steps.
 */
#include <string.h>

#include "base/num.h"
#include "kernels/conv/blocked_parts.h"

enum {
	/* What a band reads and makes: half of a second-level cache of 1 MiB. */
	BAND_VALUES = 128 * 1024,
	STRIP_VALUES_MAX = 128 * 1024,
};

/* Rows of the input under so many rows of the output. */
static int64_t strip_rows(const struct blocked_conv *blocked, int64_t rows)
{
	const struct window_axis *y = &blocked->conv.window.y;
	return (rows - 1) * y->stride + (y->kernel - 1) * y->dilation + 1;
}

bool blocked_shallow_plan(struct blocked_conv *blocked)
{
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t read = (blocked->output.width - 1) * x->stride + x->kernel;
	blocked->strip_row = read * blocked->depth;
	return blocked->conv.groups == 1 && x->dilation == 1 &&
	       blocked->strip_row * strip_rows(blocked, 1) <= STRIP_VALUES_MAX;
}

/* Bands of rows of the output, of each image as many. */
struct bands {
	const struct blocked_job *job;
	int64_t count;
	int64_t rows; /* most that a band has */
};

static struct bands cut_bands(const struct blocked_job *job)
{
	const struct blocked_conv *blocked = job->blocked;
	int64_t height = blocked->output.height;
	int64_t row_values = blocked->filter_blocks * blocked->kernels->lanes * blocked->output.width +
			     blocked->conv.window.y.stride * blocked->strip_row;
	int64_t window_values = strip_rows(blocked, 1) * blocked->strip_row;
	int64_t fitting = most_int64((BAND_VALUES - window_values) / row_values, 1);
	int64_t wanted = div_ceil_int64(BLOCKED_ITEMS_WANTED, job->images);
	struct bands bands = {.job = job};
	bands.count = least_int64(most_int64(div_ceil_int64(height, fitting), wanted), height);
	bands.rows = div_ceil_int64(height, bands.count);
	return bands;
}

static size_t strip_values(const struct bands *bands)
{
	const struct blocked_conv *blocked = bands->job->blocked;
	return (size_t)(strip_rows(blocked, bands->rows) * blocked->strip_row);
}

/* Rows of an image with their padding, from the first that the output's row `begin` reads on. */
static void fill_strip(const struct blocked_conv *blocked, const float *image, int64_t begin, int64_t rows,
		       float *strip)
{
	const struct window_axis *y = &blocked->conv.window.y;
	int64_t row_values = blocked->input.width * blocked->depth;
	int64_t before = least_int64(blocked->conv.window.x.pad_before * blocked->depth, blocked->strip_row);
	int64_t copied = least_int64(row_values, blocked->strip_row - before);
	int64_t after = blocked->strip_row - before - copied;
	for (int64_t i = 0; i < rows; i++, strip += blocked->strip_row) {
		int64_t row = begin * y->stride - y->pad_before + i;
		if (row < 0 || row >= blocked->input.height) {
			memset(strip, 0, (size_t)blocked->strip_row * sizeof *strip);
			continue;
		}
		memset(strip, 0, (size_t)before * sizeof *strip);
		memcpy(strip + before, image + row * row_values, (size_t)copied * sizeof *strip);
		memset(strip + before + copied, 0, (size_t)after * sizeof *strip);
	}
}

/* One set of filter blocks over a row of the output: runs of as equal lengths as can be, the longer ones first. */
static void sum_row(const struct blocked_conv *blocked, struct shallow_product *product, int64_t filters)
{
	int64_t width = blocked->output.width;
	int64_t runs = div_ceil_int64(width, blocked->pixels_max);
	int64_t pixels = div_ceil_int64(width, runs);
	int64_t longer = width - runs * (pixels - 1);
	product->runs = longer;
	blocked->kernels->run_shallow[filters - 1][pixels - 1](product);
	if (longer == runs)
		return;
	product->image += longer * pixels * product->pixel_step;
	product->out += longer * pixels * blocked->kernels->lanes;
	product->runs = runs - longer;
	blocked->kernels->run_shallow[filters - 1][pixels - 2](product);
}

/* Rows [begin, end) of an image's output, whose input the strip holds. */
static void sum_band(const struct blocked_job *job, int64_t image, int64_t begin, int64_t end, const float *strip)
{
	const struct blocked_conv *blocked = job->blocked;
	const struct window_axis *y = &blocked->conv.window.y;
	const struct window_axis *x = &blocked->conv.window.x;
	int64_t lanes = blocked->kernels->lanes;
	int64_t out_plane = blocked->output.height * blocked->output.width * lanes;
	int64_t filter_weights = blocked->taps * blocked->depth * lanes;
	float *output = job->output + image * blocked->filter_blocks * out_plane;
	for (int64_t row = begin; row < end; row++)
		for (int64_t set = 0; set < blocked_sets(blocked); set++) {
			int64_t filter = blocked_set_begin(blocked, set);
			struct shallow_product product = {
				.rows = y->kernel,
				.depth = x->kernel * blocked->depth,
				.weights = job->packed + filter * filter_weights,
				.image = strip + (row - begin) * y->stride * blocked->strip_row,
				.row_step = y->dilation * blocked->strip_row,
				.pixel_step = x->stride * blocked->depth,
				.bias = job->biases + filter * lanes,
				.bounds = job->bounds,
				.out = output + filter * out_plane + row * blocked->output.width * lanes,
				.out_step = out_plane,
			};
			sum_row(blocked, &product, blocked_set_begin(blocked, set + 1) - filter);
		}
}

static void sum_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct bands *bands = context;
	const struct blocked_job *job = bands->job;
	const struct blocked_conv *blocked = job->blocked;
	float *strip = team_scratch(team, worker, strip_values(bands));
	int64_t image_values = blocked->input.height * blocked->input.width * blocked->depth;
	for (int64_t item = first; item < last; item++) {
		int64_t image = item / bands->count;
		int64_t begin = share_begin(blocked->output.height, bands->count, item % bands->count);
		int64_t end = share_begin(blocked->output.height, bands->count, item % bands->count + 1);
		fill_strip(blocked, job->input + image * image_values, begin, strip_rows(blocked, end - begin), strip);
		sum_band(job, image, begin, end, strip);
	}
}

void blocked_shallow_run(const struct blocked_job *job, struct team *team)
{
	struct bands bands = cut_bands(job);
	team_run(team, job->images * bands.count, 1, sum_items, &bands);
}

size_t blocked_shallow_workspace_bytes(const struct blocked_job *job)
{
	struct bands bands = cut_bands(job);
	return strip_values(&bands) * sizeof(float);
}
