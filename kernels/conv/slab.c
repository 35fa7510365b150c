#include "kernels/conv/slab.h"

#include "base/num.h"

int slab_phases(const struct window_axis *axis, int64_t phases[DIRECT_TAPS_MAX])
{
	int count = 0;
	for (int64_t tap = 0; tap < axis->kernel; tap++) {
		int64_t phase = tap * axis->dilation % axis->stride;
		int i = 0;
		while (i < count && phases[i] != phase)
			i++;
		phases[i] = phase;
		count += i == count;
	}
	return count;
}

int64_t slab_tap_offset(const struct direct_conv *direct, int64_t tap_y, int64_t tap_x)
{
	const struct window *window = &direct->conv.window;
	int64_t phases[DIRECT_TAPS_MAX];
	int64_t shift = tap_x * window->x.dilation;
	int phase = 0;
	slab_phases(&window->x, phases);
	while (phases[phase] != shift % window->x.stride)
		phase++;
	return tap_y * window->y.dilation * direct->row_step + phase * direct->phase_step + shift / window->x.stride;
}

int64_t slab_rows(const struct direct_conv *direct, int64_t output_rows)
{
	const struct window_axis *y = &direct->conv.window.y;
	return (output_rows - 1) * y->stride + (y->kernel - 1) * y->dilation + 1;
}

/* Whether any tap of an output row reads this row of a slab: strides may pass over some. */
static bool row_is_read(const struct window_axis *axis, int64_t row)
{
	for (int64_t tap = 0; tap < axis->kernel && tap * axis->dilation <= row; tap++)
		if ((row - tap * axis->dilation) % axis->stride == 0)
			return true;
	return false;
}

/* Every stride-th value; the usual strides as constants, which compilers make vectors of. */
static void copy_phase(const float *from, int64_t stride, int64_t count, float *out)
{
	if (stride == 1)
		for (int64_t i = 0; i < count; i++)
			out[i] = from[i];
	else if (stride == 2)
		for (int64_t i = 0; i < count; i++)
			out[i] = from[2 * i];
	else if (stride == 4)
		for (int64_t i = 0; i < count; i++)
			out[i] = from[4 * i];
	else
		for (int64_t i = 0; i < count; i++)
			out[i] = from[i * stride];
}

/* What of an input row a phase of the stride reads: `count` values from value `first` of the phase on. */
struct phase_extent {
	int64_t from; /* the input value that value `first` is */
	int64_t first;
	int64_t count;
};

static struct phase_extent extent_of(const struct direct_conv *direct, int64_t phase)
{
	const struct window_axis *x = &direct->conv.window.x;
	int64_t shift = phase - x->pad_before;
	int64_t first = shift < 0 ? div_ceil_int64(-shift, x->stride) : 0;
	int64_t last = shift < direct->input.width ? (direct->input.width - 1 - shift) / x->stride + 1 : 0;
	last = last < direct->phase_step ? last : direct->phase_step;
	return (struct phase_extent){
		.from = first * x->stride + shift, .first = first, .count = last > first ? last - first : 0};
}

void slab_fill(const struct direct_conv *direct, const float *plane, int64_t output_row, int64_t output_rows,
	       float *slab)
{
	const struct window *window = &direct->conv.window;
	int64_t phases[DIRECT_TAPS_MAX];
	int count = slab_phases(&window->x, phases);
	int64_t rows = slab_rows(direct, output_rows);
	int64_t top = output_row * window->y.stride - window->y.pad_before;
	int64_t first = top < 0 ? -top : 0;
	int64_t last = direct->input.height - top < rows ? direct->input.height - top : rows;
	for (int p = 0; p < count; p++) {
		struct phase_extent extent = extent_of(direct, phases[p]);
		float *out = slab + p * direct->phase_step + extent.first;
		for (int64_t i = first; i < last; i++)
			if (window->y.stride == 1 || row_is_read(&window->y, i))
				copy_phase(plane + (top + i) * direct->input.width + extent.from, window->x.stride,
					   extent.count, out + i * direct->row_step);
	}
}
