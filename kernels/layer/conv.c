/*
 * Convolution (cross-correlation, as in every deep-learning library) as im2col and sgemm: the input pixels under
 * each window position become a column, and weights times columns are the output (Chellapilla, Puri, Simard, 2006).
 * Columns are made for a tile of output rows at a time, so that the workspace stays inside CONV_WORKSPACE_BYTES per
 * thread whatever the image; a 1x1 window of stride 1 needs no columns at all.
 */
#include "kernels/layer/kernels.h"

#include <cblas.h>
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "base/num.h"

bool conv_output(const struct conv *conv, struct shape input, struct shape *output, const char **key, struct err *err)
{
	int64_t height, width;
	if (!window_output(&conv->window, input, &height, &width, key, err))
		return false;
	*key = "filters";
	if (conv->filters < 1 || conv->filters > SHAPE_SIDE_MAX)
		return err_set(err, "filters must be from 1 to %" PRId64, SHAPE_SIDE_MAX);
	*key = "groups";
	if (conv->groups < 1 || input.channels % conv->groups != 0)
		return err_set(err, "%" PRId64 " groups do not divide the input's %" PRId64 " channels", conv->groups,
			       input.channels);
	if (conv->filters % conv->groups != 0)
		return err_set(err, "%" PRId64 " groups do not divide the %" PRId64 " filters", conv->groups,
			       conv->filters);
	*output = (struct shape){conv->filters, height, width};
	*key = "filters";
	if (!shape_is_valid(*output))
		return err_set(
			err, "the output of %" PRId64 " x %" PRId64 " x %" PRId64 " is larger than %" PRId64 " values",
			conv->filters, height, width, SHAPE_VALUES_MAX);
	/* A filter is a shape too: channels x kernel height x kernel width. */
	struct shape filter = {input.channels / conv->groups, conv->window.y.kernel, conv->window.x.kernel};
	if (!shape_is_valid(filter) || shape_values(filter) > SHAPE_VALUES_MAX / conv->filters)
		return err_set(err, "the weights are more than %" PRId64 " values", SHAPE_VALUES_MAX);
	return true;
}

static int64_t filter_values(const struct conv *conv, struct shape input)
{
	return input.channels / conv->groups * conv->window.y.kernel * conv->window.x.kernel;
}

int64_t conv_weights(const struct conv *conv, struct shape input)
{
	return conv->filters * filter_values(conv, input);
}

int64_t conv_mac(const struct conv *conv, struct shape input, struct shape output)
{
	return shape_values(output) * filter_values(conv, input);
}

/* One convolution, and how its work is cut into items: image by image, group by group, tile by tile. */
struct conv_job {
	const struct conv *conv;
	const float *weights;
	const float *bias;
	const struct tensor *input;
	struct tensor *output;
	int64_t group_channels;
	int64_t group_filters;
	int64_t filter_values;
	int64_t pixels;      /* of one output plane */
	int64_t tile_pixels; /* columns made at a time */
	int64_t tiles;
	bool is_pointwise; /* 1x1, stride 1, no padding: the input is its own column matrix */
};

/* The columns [x, x + count) of one output row for one tap: what lies outside the image is zero. */
static void columns_of_row(const struct window_axis *axis, int64_t tap, const float *row, int64_t width,
			   int64_t output_width, int64_t x, int64_t count, float *out)
{
	int64_t first, last;
	window_axis_inside(axis, tap, width, output_width, &first, &last);
	int64_t end = x + count;
	first = first < x ? x : first > end ? end : first;
	last = last < first ? first : last > end ? end : last;
	memset(out, 0, (size_t)(first - x) * sizeof *out);
	int64_t shift = tap * axis->dilation - axis->pad_before;
	if (first < last && axis->stride == 1) {
		memcpy(out + (first - x), row + first + shift, (size_t)(last - first) * sizeof *out);
	} else {
		for (int64_t i = first; i < last; i++)
			out[i - x] = row[i * axis->stride + shift];
	}
	memset(out + (last - x), 0, (size_t)(end - last) * sizeof *out);
}

/* One row of the column matrix: a tap (ty, tx) of one channel's plane for output pixels [first, first + count). */
static void columns_of_tap(const struct conv_job *job, const float *plane, int64_t ty, int64_t tx, int64_t first,
			   int64_t count, float *out)
{
	const struct window *window = &job->conv->window;
	struct shape in = job->input->shape;
	int64_t output_width = job->output->shape.width;
	int64_t y = first / output_width;
	int64_t x = first % output_width;
	while (count > 0) {
		int64_t length = output_width - x < count ? output_width - x : count;
		int64_t source_y = y * window->y.stride + ty * window->y.dilation - window->y.pad_before;
		if (source_y < 0 || source_y >= in.height)
			memset(out, 0, (size_t)length * sizeof *out);
		else
			columns_of_row(&window->x, tx, plane + source_y * in.width, in.width, output_width, x, length,
				       out);
		out += length;
		count -= length;
		x = 0;
		y++;
	}
}

static void im2col(const struct conv_job *job, const float *planes, int64_t first, int64_t count, float *columns)
{
	const struct window *window = &job->conv->window;
	int64_t plane_values = job->input->shape.height * job->input->shape.width;
	for (int64_t c = 0; c < job->group_channels; c++)
		for (int64_t ty = 0; ty < window->y.kernel; ty++)
			for (int64_t tx = 0; tx < window->x.kernel; tx++) {
				columns_of_tap(job, planes + c * plane_values, ty, tx, first, count, columns);
				columns += count;
			}
}

static void run_tile(const struct conv_job *job, int64_t image, int64_t group, int64_t tile, struct team *team,
		     int worker)
{
	int64_t first = tile * job->tile_pixels;
	int64_t count = job->pixels - first < job->tile_pixels ? job->pixels - first : job->tile_pixels;
	int64_t plane_values = job->input->shape.height * job->input->shape.width;
	const float *planes = tensor_image(job->input, image) + group * job->group_channels * plane_values;
	int64_t filter = group * job->group_filters;
	float *out = tensor_image(job->output, image) + filter * job->pixels + first;

	const float *columns = planes + first;
	int64_t column_step = job->pixels;
	if (!job->is_pointwise) {
		float *scratch = team_scratch(team, worker, (size_t)(job->filter_values * job->tile_pixels));
		im2col(job, planes, first, count, scratch);
		columns = scratch;
		column_step = count;
	}
	/* sgemm adds to what is there. */
	bias_fill_rows(out, job->group_filters, count, job->pixels, job->bias ? job->bias + filter : NULL);
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)job->group_filters, (int)count,
		    (int)job->filter_values, 1.0f, job->weights + filter * job->filter_values, (int)job->filter_values,
		    columns, (int)column_step, 1.0f, out, (int)job->pixels);
}

static void run_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct conv_job *job = context;
	for (int64_t item = first; item < last; item++) {
		int64_t tile = item % job->tiles;
		int64_t group = item / job->tiles % job->conv->groups;
		int64_t image = item / job->tiles / job->conv->groups;
		run_tile(job, image, group, tile, team, worker);
	}
}

static bool axis_is_pointwise(const struct window_axis *axis)
{
	return axis->kernel == 1 && axis->stride == 1 && axis->pad_before == 0 && axis->pad_after == 0;
}

/*
 * Tiles fill the workspace; where there are few images they are smaller, so that there is something to share out.
 * The cut depends on the shapes and the number of images only.
 */
static void cut_tiles(struct conv_job *job)
{
	enum { ITEMS_WANTED = 8, TILE_PIXELS_MIN = 64 };
	int64_t most = CONV_WORKSPACE_BYTES / (int64_t)sizeof(float) / job->filter_values;
	int64_t per_plane = div_ceil_int64(ITEMS_WANTED, job->input->images * job->conv->groups);
	int64_t wanted = div_ceil_int64(job->pixels, per_plane);
	if (wanted < TILE_PIXELS_MIN)
		wanted = TILE_PIXELS_MIN;
	int64_t pixels = min_int64(wanted, most);
	if (pixels > job->pixels)
		pixels = job->pixels;
	if (pixels < 1)
		pixels = 1;
	/* Equal tiles: a small last one would cost nearly as much as a full one. */
	job->tiles = div_ceil_int64(job->pixels, pixels);
	job->tile_pixels = div_ceil_int64(job->pixels, job->tiles);
	job->tiles = div_ceil_int64(job->pixels, job->tile_pixels);
}

void conv_run(const struct conv *conv, const struct layer_call *call)
{
	const struct tensor *input = call->input;
	const struct tensor *output = call->output;
	CHECK(input->images == output->images);
	CHECK(output->shape.channels == conv->filters);
	struct conv_job job = {
		.conv = conv,
		.weights = call->weights,
		.bias = conv->has_bias ? call->bias : NULL,
		.input = input,
		.output = call->output,
		.group_channels = input->shape.channels / conv->groups,
		.group_filters = conv->filters / conv->groups,
		.filter_values = filter_values(conv, input->shape),
		.pixels = output->shape.height * output->shape.width,
		.is_pointwise = axis_is_pointwise(&conv->window.y) && axis_is_pointwise(&conv->window.x),
	};
	cut_tiles(&job);
	team_run(call->team, input->images * conv->groups * job.tiles, 1, run_items, &job);
}
