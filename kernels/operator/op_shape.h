/*
 * Operators that change a value's shape and not its data, that read a shape, or that make constants: what a network's
 * shapes are computed with.
 */
#ifndef LAMINA_OP_SHAPE_H
#define LAMINA_OP_SHAPE_H

#include "kernels/operator/operator.h"

operator_infer infer_reshape, infer_flatten, infer_squeeze, infer_unsqueeze, infer_identity, infer_dropout;
operator_infer infer_shape, infer_size, infer_constant, infer_constant_of_shape, infer_range;
operator_kernel run_view, run_shape, run_size, run_constant, run_constant_of_shape, run_range;

#endif
