/*
 * Maximum and average pooling over each channel. Padding never wins a maximum. An average divides by the window
 * positions inside the image, or, with count_include_pad, by those inside the padded image (ONNX AveragePool,
 * https://onnx.ai/onnx/operators/onnx__AveragePool.html).
 */
#include "kernels/layer/kernels.h"

#include <inttypes.h>
#include <math.h>

#include "base/check.h"
#include "base/num.h"

static bool pads_are_small(const struct window_axis *axis)
{
	return axis->pad_before < axis->kernel && axis->pad_after < axis->kernel;
}

bool pool_output(const struct pool *pool, struct shape input, struct shape *output, const char **key, struct err *err)
{
	int64_t height, width;
	if (!window_output(&pool->window, input, &height, &width, key, err))
		return false;
	*key = "pads";
	if (!pads_are_small(&pool->window.y) || !pads_are_small(&pool->window.x))
		return err_set(err, "pads of a pooling window must be smaller than its kernel");
	*output = (struct shape){input.channels, height, width};
	if (!shape_is_valid(*output))
		return err_set(
			err, "the output of %" PRId64 " x %" PRId64 " x %" PRId64 " is larger than %" PRId64 " values",
			input.channels, height, width, SHAPE_VALUES_MAX);
	return true;
}

struct pool_job {
	const struct pool *pool;
	const struct tensor *input;
	struct tensor *output;
};

/* Rows of the input under output row y: first row, step and how many of them lie inside the image. */
struct row_span {
	int64_t first;
	int64_t count;
};

static struct row_span rows_inside(const struct window_axis *axis, int64_t y, int64_t height)
{
	int64_t start = y * axis->stride - axis->pad_before;
	struct row_span span = {.first = start, .count = 0};
	bool found = false;
	for (int64_t tap = 0; tap < axis->kernel; tap++) {
		int64_t row = start + tap * axis->dilation;
		if (row < 0 || row >= height)
			continue;
		if (!found)
			span.first = row;
		found = true;
		span.count++;
	}
	return span;
}

/* Taps of the window at output o that lie inside the padded input, for averages that count the padding. */
static int64_t taps_inside_padding(const struct window_axis *axis, int64_t o, int64_t input)
{
	int64_t room = input + axis->pad_before + axis->pad_after - o * axis->stride;
	int64_t taps = (room - 1) / axis->dilation + 1;
	return min_int64(taps, axis->kernel);
}

static void row_max(float *restrict best, const float *restrict row, int64_t width)
{
	for (int64_t i = 0; i < width; i++)
		best[i] = row[i] > best[i] ? row[i] : best[i];
}

static void row_add(float *restrict sum, const float *restrict row, int64_t width)
{
	for (int64_t i = 0; i < width; i++)
		sum[i] += row[i];
}

static void fill_values(float *values, int64_t count, float value)
{
	for (int64_t i = 0; i < count; i++)
		values[i] = value;
}

/* The window's columns: outputs that do not lie inside for a tap are left as they are. */
static void columns_max(const struct window_axis *axis, const float *row, int64_t width, float *restrict out,
			int64_t output_width)
{
	fill_values(out, output_width, -INFINITY);
	for (int64_t tap = 0; tap < axis->kernel; tap++) {
		int64_t first, last;
		window_axis_inside(axis, tap, width, output_width, &first, &last);
		int64_t shift = tap * axis->dilation - axis->pad_before;
		for (int64_t o = first; o < last; o++) {
			float value = row[o * axis->stride + shift];
			out[o] = value > out[o] ? value : out[o];
		}
	}
}

static void columns_add(const struct window_axis *axis, const float *row, int64_t width, float *restrict out,
			int64_t output_width)
{
	fill_values(out, output_width, 0.0f);
	for (int64_t tap = 0; tap < axis->kernel; tap++) {
		int64_t first, last;
		window_axis_inside(axis, tap, width, output_width, &first, &last);
		int64_t shift = tap * axis->dilation - axis->pad_before;
		for (int64_t o = first; o < last; o++)
			out[o] += row[o * axis->stride + shift];
	}
}

/* Both poolings go down the window's rows first, over whole image rows (which vectorises), then along them. */
static void max_plane(const struct pool_job *job, const float *in, float *out, float *row)
{
	const struct window *window = &job->pool->window;
	struct shape input = job->input->shape;
	struct shape output = job->output->shape;
	for (int64_t y = 0; y < output.height; y++) {
		struct row_span span = rows_inside(&window->y, y, input.height);
		fill_values(row, input.width, -INFINITY);
		for (int64_t i = 0; i < span.count; i++)
			row_max(row, in + (span.first + i * window->y.dilation) * input.width, input.width);
		columns_max(&window->x, row, input.width, out + y * output.width, output.width);
	}
}

static void average_row(const struct pool_job *job, int64_t y, int64_t rows, float *out)
{
	const struct window *window = &job->pool->window;
	struct shape input = job->input->shape;
	int64_t rows_counted = job->pool->count_include_pad ? taps_inside_padding(&window->y, y, input.height) : rows;
	for (int64_t x = 0; x < job->output->shape.width; x++) {
		int64_t columns = job->pool->count_include_pad ? taps_inside_padding(&window->x, x, input.width)
							       : rows_inside(&window->x, x, input.width).count;
		int64_t count = rows_counted * columns;
		/* A dilated window can step over a small image altogether: the average of nothing is 0. */
		if (count > 0)
			out[x] /= (float)count;
	}
}

static void average_plane(const struct pool_job *job, const float *in, float *out, float *row)
{
	const struct window *window = &job->pool->window;
	struct shape input = job->input->shape;
	struct shape output = job->output->shape;
	for (int64_t y = 0; y < output.height; y++) {
		struct row_span span = rows_inside(&window->y, y, input.height);
		fill_values(row, input.width, 0.0f);
		for (int64_t i = 0; i < span.count; i++)
			row_add(row, in + (span.first + i * window->y.dilation) * input.width, input.width);
		columns_add(&window->x, row, input.width, out + y * output.width, output.width);
		average_row(job, y, span.count, out + y * output.width);
	}
}

static void max_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct pool_job *job = context;
	int64_t in_values = job->input->shape.height * job->input->shape.width;
	int64_t out_values = job->output->shape.height * job->output->shape.width;
	float *row = team_scratch(team, worker, (size_t)job->input->shape.width);
	for (int64_t i = first; i < last; i++)
		max_plane(job, job->input->data + i * in_values, job->output->data + i * out_values, row);
}

static void average_items(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct pool_job *job = context;
	int64_t in_values = job->input->shape.height * job->input->shape.width;
	int64_t out_values = job->output->shape.height * job->output->shape.width;
	float *row = team_scratch(team, worker, (size_t)job->input->shape.width);
	for (int64_t i = first; i < last; i++)
		average_plane(job, job->input->data + i * in_values, job->output->data + i * out_values, row);
}

static void run_planes(const struct pool *pool, const struct layer_call *call, team_body *body)
{
	enum { GRAIN_PLANES = 8 };
	const struct tensor *input = call->input;
	CHECK(input->images == call->output->images);
	CHECK(input->shape.channels == call->output->shape.channels);
	struct pool_job job = {.pool = pool, .input = input, .output = call->output};
	team_run(call->team, input->images * input->shape.channels, GRAIN_PLANES, body, &job);
}

void pool_max_run(const struct pool *pool, const struct layer_call *call)
{
	run_planes(pool, call, max_items);
}

void pool_average_run(const struct pool *pool, const struct layer_call *call)
{
	run_planes(pool, call, average_items);
}
