/*
 * Rows come from the top, so an output row is complete when the last source row that it needs was fed: each source row
 * is resized in x once and added, weighted, to the few output rows that it touches. Nothing is kept but that row.
 */
#include "kernels/record/resize.h"

#include <string.h>

#include "base/arena.h"

static void axis_release(struct resize_axis *axis)
{
	mem_free(axis->firsts);
	mem_free(axis->counts);
	mem_free(axis->weights);
}

/* In units of 1/target source pixel, target pixel i covers [i source, (i + 1) source): shares are exact integers. */
static void shrink_pixel(struct resize_axis *axis, int64_t i, float scale)
{
	int64_t begin = i * axis->source;
	int64_t end = begin + axis->source;
	int64_t first = begin / axis->target;
	int64_t last = (end - 1) / axis->target;
	axis->firsts[i] = (int32_t)first;
	axis->counts[i] = (int32_t)(last - first + 1);
	for (int64_t p = first; p <= last; p++) {
		int64_t low = p * axis->target > begin ? p * axis->target : begin;
		int64_t high = (p + 1) * axis->target < end ? (p + 1) * axis->target : end;
		axis->weights[i * axis->taps + p - first] = (float)(high - low) / (float)axis->source * scale;
	}
}

/* In units of 1/(2 target) source pixel, the centre is (2 i + 1) source - target. */
static void grow_pixel(struct resize_axis *axis, int64_t i, float scale)
{
	int64_t unit = 2 * axis->target;
	int64_t centre = (2 * i + 1) * axis->source - axis->target;
	int64_t centre_max = (axis->source - 1) * unit;
	if (centre < 0)
		centre = 0;
	if (centre > centre_max)
		centre = centre_max;
	float share = (float)(centre % unit) / (float)unit;
	axis->firsts[i] = (int32_t)(centre / unit);
	axis->counts[i] = share > 0 ? 2 : 1;
	axis->weights[i * axis->taps] = (1 - share) * scale;
	if (share > 0)
		axis->weights[i * axis->taps + 1] = share * scale;
}

static void axis_set(struct resize_axis *axis, int64_t source, int64_t target, float scale)
{
	CHECK(source > 0 && target > 0);
	if (axis->source == source && axis->target == target)
		return;
	axis_release(axis);
	axis->source = source;
	axis->target = target;
	axis->taps = source > target ? (source - 1) / target + 2 : 2;
	axis->firsts = mem_alloc((size_t)target * sizeof *axis->firsts);
	axis->counts = mem_alloc((size_t)target * sizeof *axis->counts);
	axis->weights = mem_alloc((size_t)(target * axis->taps) * sizeof *axis->weights);
	for (int64_t i = 0; i < target; i++) {
		if (source > target)
			shrink_pixel(axis, i, scale);
		else
			grow_pixel(axis, i, scale);
	}
}

void resize_init(struct resize *resize)
{
	*resize = (struct resize){0};
}

void resize_release(struct resize *resize)
{
	axis_release(&resize->x);
	axis_release(&resize->y);
	mem_free(resize->row);
	resize_init(resize);
}

void resize_begin(struct resize *resize, int64_t channels, int64_t source_height, int64_t source_width,
		  int64_t target_height, int64_t target_width, float *out)
{
	/* Bytes become [0, 1] on the way through x. */
	axis_set(&resize->x, source_width, target_width, 1.0f / 255);
	axis_set(&resize->y, source_height, target_height, 1);
	size_t row_bytes = (size_t)(channels * target_width) * sizeof *resize->row;
	resize->channels = channels;
	resize->row = mem_realloc(resize->row, row_bytes);
	resize->rows = 0;
	resize->row_next = 0;
	memset(out, 0, row_bytes * (size_t)target_height);
}

static void resize_row_x(const struct resize_axis *x, const uint8_t *pixels, int64_t channels, float *restrict row)
{
	for (int64_t c = 0; c < channels; c++, row += x->target) {
		for (int64_t i = 0; i < x->target; i++) {
			const uint8_t *source = pixels + x->firsts[i] * channels + c;
			const float *weights = x->weights + i * x->taps;
			float sum = 0;
			for (int32_t k = 0; k < x->counts[i]; k++)
				sum += weights[k] * source[k * channels];
			row[i] = sum;
		}
	}
}

static void add_row(const float *restrict row, float weight, float *restrict out, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		out[i] += weight * row[i];
}

void resize_row(struct resize *resize, const uint8_t *pixels, float *out)
{
	const struct resize_axis *y = &resize->y;
	int64_t width = resize->x.target;
	int64_t source = resize->rows++;
	CHECK(source < y->source);
	resize_row_x(&resize->x, pixels, resize->channels, resize->row);
	for (int64_t i = resize->row_next; i < y->target && y->firsts[i] <= source; i++) {
		float weight = y->weights[i * y->taps + source - y->firsts[i]];
		for (int64_t c = 0; c < resize->channels; c++)
			add_row(resize->row + c * width, weight, out + (c * y->target + i) * width, width);
	}
	while (resize->row_next < y->target && y->firsts[resize->row_next] + y->counts[resize->row_next] - 1 <= source)
		resize->row_next++;
}
