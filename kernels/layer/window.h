/*
 * The window that convolution and pooling slide over an image: size, step, padding and dilation, and the size of
 * what comes out. Output sizes follow ONNX (operators Conv and MaxPool, https://onnx.ai/onnx/operators/):
 *   extent = dilation * (kernel - 1) + 1
 *   output = floor_or_ceil((input + pad_before + pad_after - extent) / stride) + 1
 * where a ceiling window that would start in the padding after the image is dropped (as Caffe and PyTorch do).
 */
#ifndef LAMINA_WINDOW_H
#define LAMINA_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "kernels/tensor/tensor.h"

/* One axis of a window. */
struct window_axis {
	int64_t kernel;
	int64_t stride;
	int64_t pad_before;
	int64_t pad_after;
	int64_t dilation;
};

struct window {
	struct window_axis y;
	struct window_axis x;
	bool ceil; /* round output sizes up */
};
/*
 * Pads as TensorFlow's SAME does: output = ceil(input / stride), what is odd goes after the image.
 * https://www.tensorflow.org/api_docs/python/tf/nn#notes_on_padding_2
 */
void window_pad_same(struct window *window, struct shape input);

/*
 * Height and width of the output for this input. False where the window does not fit: *key is then the setting at
 * fault ("kernel", "stride", "pads", "dilation") and err says why.
 */
bool window_output(const struct window *window, struct shape input, int64_t *height, int64_t *width, const char **key,
		   struct err *err);

/*
 * Outputs [*first, *last) of an axis whose tap (0 <= tap < kernel) reads inside an input of this length; empty
 * ranges have *first == *last.
 */
void window_axis_inside(const struct window_axis *axis, int64_t tap, int64_t input, int64_t output, int64_t *first,
			int64_t *last);

#endif
