/*
 * Convolution and pooling over one or two dimensions (https://onnx.ai/onnx/operators/onnx__Conv.html, __ConvTranspose,
 * __MaxPool, __AveragePool). One dimension is taken as two, of which the first has height 1. The kernels are those of
 * kernels/layer/.
 */
#ifndef LAMINA_OP_WINDOW_H
#define LAMINA_OP_WINDOW_H

#include "kernels/layer/kernels.h"
#include "kernels/operator/operator.h"

/* Conv's settings, also for passes that put more into it. */
struct conv_settings {
	struct conv conv;
};

operator_infer infer_conv, infer_conv_transpose, infer_pool, infer_global_pool;
operator_prepare prepare_conv;
operator_kernel run_conv_op, run_conv_transpose, run_max_pool, run_average_pool;
operator_kernel run_global_max_pool, run_global_average_pool;

#endif
