/* Output sizes and pads of windows, on cases worked out by hand or fixed by published networks. */
#include "base/check.h"
#include "kernels/layer/kernels.h"
#include "tests/tap.h"
#include "tests/unit/square.h"

static void test_sizes(void)
{
	static const struct {
		int64_t input, kernel, stride, before, after, dilation;
		bool ceil;
		int64_t output;
		const char *name;
	} cases[] = {
		{227, 11, 4, 0, 0, 1, false, 55, "AlexNet conv1"},
		{224, 11, 4, 0, 0, 1, false, 54, "AlexNet v2 conv1: a rest is left over"},
		{54, 3, 2, 0, 0, 1, false, 26, "AlexNet v2 pool1"},
		{54, 3, 2, 0, 0, 1, true, 27, "the same rounded up, as Caffe does"},
		{224, 3, 1, 1, 1, 1, false, 224, "VGG convolution"},
		{7, 3, 1, 0, 0, 3, false, 1, "a dilated kernel of extent 7"},
		{5, 2, 2, 0, 0, 1, true, 3, "a ceiling window that starts in the image"},
		{4, 2, 3, 0, 1, 1, true, 2, "a ceiling window that starts at the last pixel"},
		{3, 1, 3, 0, 2, 1, true, 1, "a ceiling window that would start after the image is dropped"},
		{1, 1, 1, 0, 0, 1, false, 1, "one pixel"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct window window = window_square(cases[i].kernel, cases[i].stride);
		window.y.pad_before = cases[i].before;
		window.y.pad_after = cases[i].after;
		window.y.dilation = cases[i].dilation;
		window.x = window.y;
		window.ceil = cases[i].ceil;
		int64_t height = 0, width = 0;
		const char *key;
		struct err err = {.text = ""};
		struct shape input = {1, cases[i].input, cases[i].input};
		bool ok = window_output(&window, input, &height, &width, &key, &err);
		t_ok(ok && height == width, "%s: fits", cases[i].name);
		t_int(height, cases[i].output, cases[i].name);
	}
}

/* Rounded up, a window more than whole ones, but only where it begins in the image or before it: over small axes. */
static void test_ceil(void)
{
	int wrong = 0;
	for (int64_t code = 0; code < 4 * 4 * 4 * 4 * 2 * 8; code++) {
		struct window window = window_square(1 + code % 4, 1 + code / 4 % 4);
		window.y.pad_before = code / 16 % 4;
		window.y.pad_after = code / 64 % 4;
		window.y.dilation = 1 + code / 256 % 2;
		window.x = window.y;
		window.ceil = true;
		int64_t input = 1 + code / 512;
		int64_t padded = input + window.y.pad_before + window.y.pad_after;
		int64_t extent = window.y.dilation * (window.y.kernel - 1) + 1;
		if (extent > padded)
			continue;
		int64_t plain = 0;
		for (int64_t start = 0; start < input + window.y.pad_before; start += window.y.stride)
			plain += start == 0 || start - window.y.stride + extent < padded;
		int64_t height = 0, width = 0;
		const char *key;
		struct err err;
		bool ok = window_output(&window, (struct shape){1, input, input}, &height, &width, &key, &err);
		wrong += !ok || height != plain || width != plain;
	}
	t_int(wrong, 0, "windows rounded up are those of the definition");
}

static void test_same(void)
{
	static const struct {
		int64_t input, kernel, stride, before, after, output;
	} cases[] = {
		{26, 5, 1, 2, 2, 26}, {28, 2, 2, 0, 0, 14}, {7, 2, 2, 0, 1, 4},
		{5, 3, 2, 1, 1, 3},   {4, 4, 1, 1, 2, 4},   {9, 1, 4, 0, 0, 3},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct window window = window_square(cases[i].kernel, cases[i].stride);
		struct shape input = {1, cases[i].input, cases[i].input};
		window_pad_same(&window, input);
		t_int(window.x.pad_before, cases[i].before, "SAME pads before");
		t_int(window.x.pad_after, cases[i].after, "SAME pads after");
		int64_t height = 0, width = 0;
		const char *key;
		struct err err;
		t_ok(window_output(&window, input, &height, &width, &key, &err), "SAME fits");
		t_int(width, cases[i].output, "SAME gives ceil(input / stride)");
	}
}

static void test_refusals(void)
{
	struct shape input = {3, 8, 8}, output;
	const char *key;
	struct err err;
	struct conv conv = {.window = window_square(9, 1), .filters = 4, .groups = 1};
	t_ok(!conv_output(&conv, input, &output, &key, &err), "a kernel larger than the input is refused");
	t_str(key, "kernel", "at the kernel");
	t_has(err.text, "covers 9 pixels and the input has 8", "with both sizes");
	conv.window = window_square(3, 0);
	t_ok(!conv_output(&conv, input, &output, &key, &err), "stride 0 is refused");
	t_str(key, "stride", "at the stride");
	conv.window = window_square(3, 1);
	conv.groups = 2;
	t_ok(!conv_output(&conv, input, &output, &key, &err), "groups that do not divide the channels are refused");
	t_has(err.text, "2 groups do not divide the input's 3 channels", "with both numbers");
	conv.groups = 3;
	t_ok(!conv_output(&conv, input, &output, &key, &err), "groups that do not divide the filters are refused");
	t_has(err.text, "3 groups do not divide the 4 filters", "with both numbers");
	conv = (struct conv){.window = window_square(1, 1), .filters = SHAPE_SIDE_MAX, .groups = 1};
	input = (struct shape){3, 9, 8};
	t_ok(!conv_output(&conv, input, &output, &key, &err), "an output beyond the bound is refused");
	t_has(err.text, "larger than", "naming the bound");
	struct pool pool = {.window = window_square(2, 1)};
	pool.window.x.pad_after = 2;
	t_ok(!pool_output(&pool, input, &output, &key, &err), "a pool that could see nothing but padding is refused");
	t_str(key, "pads", "at the pads");
}

/* Against the definition, over every small axis. */
static void test_inside(void)
{
	int wrong = 0;
	for (int64_t code = 0; code < 4 * 4 * 4 * 4 * 3 * 8; code++) {
		struct window_axis axis = {
			.kernel = 1 + code % 4,
			.stride = 1 + code / 4 % 4,
			.pad_before = code / 16 % 4,
			.pad_after = code / 64 % 4,
			.dilation = 1 + code / 256 % 3,
		};
		int64_t input = 1 + code / 768;
		int64_t output = (input + axis.pad_before + axis.pad_after) / axis.stride;
		for (int64_t tap = 0; tap < axis.kernel; tap++) {
			int64_t first, last, count = 0;
			window_axis_inside(&axis, tap, input, output, &first, &last);
			for (int64_t o = 0; o < output; o++) {
				int64_t at = o * axis.stride + tap * axis.dilation - axis.pad_before;
				bool inside = at >= 0 && at < input;
				wrong += inside != (o >= first && o < last);
				count += inside;
			}
			wrong += last - first != count;
		}
	}
	t_int(wrong, 0, "outputs whose tap is inside are those of the definition");
}

int main(void)
{
	test_sizes();
	test_ceil();
	test_same();
	test_inside();
	test_refusals();
	return t_done();
}
