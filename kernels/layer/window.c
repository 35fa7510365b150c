#include "kernels/layer/window.h"

#include <inttypes.h>

#include "base/num.h"

static void axis_pad_same(struct window_axis *axis, int64_t input)
{
	int64_t extent = axis->dilation * (axis->kernel - 1) + 1;
	int64_t output = div_ceil_int64(input, axis->stride);
	int64_t total = (output - 1) * axis->stride + extent - input;
	if (total < 0)
		total = 0;
	axis->pad_before = total / 2;
	axis->pad_after = total - axis->pad_before;
}

void window_pad_same(struct window *window, struct shape input)
{
	axis_pad_same(&window->y, input.height);
	axis_pad_same(&window->x, input.width);
}

static bool in_range(int64_t value, int64_t min)
{
	return value >= min && value <= SHAPE_SIDE_MAX;
}

static bool axis_output(const struct window_axis *axis, bool ceil, int64_t input, const char *side, int64_t *output,
			const char **key, struct err *err)
{
	*key = "kernel";
	if (!in_range(axis->kernel, 1))
		return err_set(err, "the kernel's %s must be from 1 to %" PRId64, side, SHAPE_SIDE_MAX);
	*key = "stride";
	if (!in_range(axis->stride, 1))
		return err_set(err, "the stride along the %s must be from 1 to %" PRId64, side, SHAPE_SIDE_MAX);
	*key = "dilation";
	if (!in_range(axis->dilation, 1))
		return err_set(err, "the dilation along the %s must be from 1 to %" PRId64, side, SHAPE_SIDE_MAX);
	*key = "pads";
	if (!in_range(axis->pad_before, 0) || !in_range(axis->pad_after, 0))
		return err_set(err, "pads along the %s must be from 0 to %" PRId64, side, SHAPE_SIDE_MAX);
	*key = "kernel";
	int64_t extent = axis->dilation * (axis->kernel - 1) + 1;
	int64_t padded = input + axis->pad_before + axis->pad_after;
	if (extent > padded)
		return err_set(err,
			       "the kernel's %s covers %" PRId64 " pixels and the input has %" PRId64
			       " with its padding; it must not be larger",
			       side, extent, padded);
	int64_t steps = padded - extent;
	*output = (ceil ? div_ceil_int64(steps, axis->stride) : steps / axis->stride) + 1;
	int64_t starts = (input + axis->pad_before - 1) / axis->stride + 1;
	if (ceil && *output > starts)
		*output = starts;
	return true;
}

bool window_output(const struct window *window, struct shape input, int64_t *height, int64_t *width, const char **key,
		   struct err *err)
{
	return axis_output(&window->y, window->ceil, input.height, "height", height, key, err) &&
	       axis_output(&window->x, window->ceil, input.width, "width", width, key, err);
}

void window_axis_inside(const struct window_axis *axis, int64_t tap, int64_t input, int64_t output, int64_t *first,
			int64_t *last)
{
	/* Output o reads at o * stride + shift. */
	int64_t shift = tap * axis->dilation - axis->pad_before;
	*first = shift < 0 ? div_ceil_int64(-shift, axis->stride) : 0;
	*last = shift < input ? (input - 1 - shift) / axis->stride + 1 : 0;
	if (*last > output)
		*last = output;
	if (*first > *last)
		*first = *last;
}
