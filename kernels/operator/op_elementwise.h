/*
 * Operators that compute every element by itself: activations and other functions of one value, arithmetic and
 * comparisons of two that are broadcast to each other (https://onnx.ai/onnx/repo-docs/Broadcasting.html), choices,
 * and changes of type.
 */
#ifndef LAMINA_OP_ELEMENTWISE_H
#define LAMINA_OP_ELEMENTWISE_H

#include "kernels/operator/operator.h"

operator_infer infer_unary;
operator_infer infer_leaky_relu, infer_elu, infer_selu, infer_hard_sigmoid, infer_gelu, infer_thresholded_relu;
operator_infer infer_clip;
operator_infer infer_binary, infer_compare, infer_variadic, infer_prelu, infer_where, infer_cast;

operator_kernel run_relu_op, run_leaky_relu, run_elu, run_selu, run_sigmoid, run_hard_sigmoid, run_hard_swish;
operator_kernel run_tanh, run_gelu, run_erf, run_softplus, run_softsign, run_mish, run_thresholded_relu;
operator_kernel run_exp, run_log, run_sqrt, run_reciprocal, run_floor, run_ceil, run_round;
operator_kernel run_sin, run_cos, run_abs, run_neg, run_sign, run_clip, run_not;
operator_kernel run_add, run_sub, run_mul, run_div, run_pow, run_prelu;
operator_kernel run_sum, run_max, run_min, run_mean;
operator_kernel run_equal, run_greater, run_less, run_greater_or_equal, run_less_or_equal;
operator_kernel run_and, run_or, run_xor;
operator_kernel run_where, run_cast;

/* Whether this activation only bounds its values, as Relu and Clip do, and between what. */
bool activation_bounds(const struct operator_row *activation, const void *settings, float *least, float *most);

#endif
