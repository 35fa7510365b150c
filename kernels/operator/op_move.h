/*
 * Operators that move values and compute nothing, of any type: the output is the input seen with other steps (slices,
 * transposes, repetitions), pieces put side by side, or rows looked up.
 */
#ifndef LAMINA_OP_MOVE_H
#define LAMINA_OP_MOVE_H

#include "kernels/operator/operator.h"

operator_infer infer_concat, infer_split, infer_slice, infer_pad, infer_transpose, infer_gather, infer_expand;
operator_infer infer_depth_to_space, infer_space_to_depth, infer_resize, infer_upsample;
operator_kernel run_strided, run_concat, run_split, run_pad, run_gather, run_resize;

#endif
