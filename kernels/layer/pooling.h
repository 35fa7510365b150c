/*
 * Maximum and average pooling over each channel. Padding never wins a maximum. An average divides by the window
 * positions inside the image, or, with count_include_pad, by those inside the padded image (ONNX AveragePool,
 * https://onnx.ai/onnx/operators/onnx__AveragePool.html).
 */
#ifndef LAMINA_POOLING_H
#define LAMINA_POOLING_H

#include "kernels/layer/window.h"
#include "kernels/tensor/team.h"

struct pool {
	struct window window;
	bool count_include_pad; /* averages only */
};

/* Output shape; false with *key and err as in window_output, also where a window could lie in the padding alone. */
bool pool_output(const struct pool *pool, struct shape input, struct shape *output, const char **key, struct err *err);

/* Output has pool_output's shape and as many images as input; they must not overlap. */
void pool_max_run(const struct pool *pool, const struct tensor *input, struct tensor *output, struct team *team);
void pool_average_run(const struct pool *pool, const struct tensor *input, struct tensor *output, struct team *team);

#endif
