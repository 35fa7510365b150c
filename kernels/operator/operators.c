/* The table of operators. */
#include <string.h>

#include "base/check.h"
#include "kernels/operator/op_elementwise.h"
#include "kernels/operator/op_matrix.h"
#include "kernels/operator/op_move.h"
#include "kernels/operator/op_normal.h"
#include "kernels/operator/op_reduce.h"
#include "kernels/operator/op_shape.h"
#include "kernels/operator/op_window.h"

#define MANY GRAPH_PORTS_MAX
#define PLAIN .is_in_place = false
#define SHAPES .is_foldable = true /* what shapes are computed with, and what weights go through */
#define ACTIVATION .is_in_place = true, .is_activation = true, .is_foldable = true

/* clang-format off */
static const struct operator_row rows[] = {
	/* name, since, inputs, outputs, types, shapes, kernel */
	{"Abs", 1, 1, 1, 1, TYPES_NUMBERS, infer_unary, run_abs, ACTIVATION},
	{"Add", 7, 2, 2, 1, TYPES_NUMBERS, infer_binary, run_add, SHAPES},
	{"And", 7, 2, 2, 1, TYPES_BOOL, infer_binary, run_and, SHAPES},
	{"AveragePool", 1, 1, 1, 1, TYPES_FLOAT, infer_pool, run_average_pool, PLAIN},
	{"BatchNormalization", 1, 5, 5, 5, TYPES_FLOAT, infer_batch_norm, run_batch_norm, .is_in_place = true},
	{"Cast", 1, 1, 1, 1, TYPES_ANY, infer_cast, run_cast, SHAPES},
	{"Ceil", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_ceil, ACTIVATION},
	{"Clip", 1, 1, 3, 1, TYPES_NUMBERS, infer_clip, run_clip, ACTIVATION},
	{"Concat", 1, 1, MANY, 1, TYPES_ANY, infer_concat, run_concat, SHAPES},
	{"Constant", 1, 0, 0, 1, TYPES_ANY, infer_constant, run_constant, SHAPES},
	{"ConstantOfShape", 9, 1, 1, 1, TYPES_ANY, infer_constant_of_shape, run_constant_of_shape, SHAPES},
	{"Conv", 1, 2, 3, 1, TYPES_FLOAT, infer_conv, run_conv_op, .prepare = prepare_conv},
	{"ConvTranspose", 1, 2, 3, 1, TYPES_FLOAT, infer_conv_transpose, run_conv_transpose, PLAIN},
	{"Cos", 7, 1, 1, 1, TYPES_FLOAT, infer_unary, run_cos, ACTIVATION},
	{"DepthToSpace", 1, 1, 1, 1, TYPES_ANY, infer_depth_to_space, run_strided, PLAIN},
	{"Div", 7, 2, 2, 1, TYPES_NUMBERS, infer_binary, run_div, SHAPES},
	{"Dropout", 7, 1, 3, 2, TYPES_ANY, infer_dropout, run_view, .is_view = true},
	{"Elu", 1, 1, 1, 1, TYPES_FLOAT, infer_elu, run_elu, ACTIVATION},
	{"Equal", 7, 2, 2, 1, TYPES_ANY, infer_compare, run_equal, SHAPES},
	{"Erf", 9, 1, 1, 1, TYPES_FLOAT, infer_unary, run_erf, ACTIVATION},
	{"Exp", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_exp, ACTIVATION},
	{"Expand", 8, 2, 2, 1, TYPES_ANY, infer_expand, run_strided, SHAPES},
	{"Flatten", 1, 1, 1, 1, TYPES_ANY, infer_flatten, run_view, .is_view = true, SHAPES},
	{"Floor", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_floor, ACTIVATION},
	{"Gather", 1, 2, 2, 1, TYPES_ANY, infer_gather, run_gather, SHAPES},
	{"Gelu", 20, 1, 1, 1, TYPES_FLOAT, infer_gelu, run_gelu, ACTIVATION},
	{"Gemm", 7, 2, 3, 1, TYPES_FLOAT, infer_gemm, run_gemm, PLAIN},
	{"GlobalAveragePool", 1, 1, 1, 1, TYPES_FLOAT, infer_global_pool, run_global_average_pool, PLAIN},
	{"GlobalMaxPool", 1, 1, 1, 1, TYPES_FLOAT, infer_global_pool, run_global_max_pool, PLAIN},
	{"Greater", 7, 2, 2, 1, TYPES_NUMBERS, infer_compare, run_greater, SHAPES},
	{"GreaterOrEqual", 12, 2, 2, 1, TYPES_NUMBERS, infer_compare, run_greater_or_equal, SHAPES},
	{"HardSigmoid", 1, 1, 1, 1, TYPES_FLOAT, infer_hard_sigmoid, run_hard_sigmoid, ACTIVATION},
	{"HardSwish", 14, 1, 1, 1, TYPES_FLOAT, infer_unary, run_hard_swish, ACTIVATION},
	{"Identity", 1, 1, 1, 1, TYPES_ANY, infer_identity, run_view, .is_view = true, SHAPES},
	{"InstanceNormalization", 6, 3, 3, 1, TYPES_FLOAT, infer_instance_norm, run_instance_norm, .is_in_place = true},
	{"LRN", 1, 1, 1, 1, TYPES_FLOAT, infer_lrn, run_lrn_op, .is_in_place = true},
	{"LayerNormalization", 17, 2, 3, 3, TYPES_FLOAT, infer_layer_norm, run_layer_norm, .is_in_place = true},
	{"LeakyRelu", 1, 1, 1, 1, TYPES_FLOAT, infer_leaky_relu, run_leaky_relu, ACTIVATION},
	{"Less", 7, 2, 2, 1, TYPES_NUMBERS, infer_compare, run_less, SHAPES},
	{"LessOrEqual", 12, 2, 2, 1, TYPES_NUMBERS, infer_compare, run_less_or_equal, SHAPES},
	{"Log", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_log, ACTIVATION},
	{"LogSoftmax", 1, 1, 1, 1, TYPES_FLOAT, infer_softmax, run_log_softmax, .is_in_place = true},
	{"MatMul", 1, 2, 2, 1, TYPES_FLOAT, infer_matmul, run_matmul, PLAIN},
	{"Max", 1, 1, MANY, 1, TYPES_NUMBERS, infer_variadic, run_max, SHAPES},
	{"MaxPool", 1, 1, 1, 2, TYPES_FLOAT, infer_pool, run_max_pool, PLAIN},
	{"Mean", 1, 1, MANY, 1, TYPES_FLOAT, infer_variadic, run_mean, SHAPES},
	{"Min", 1, 1, MANY, 1, TYPES_NUMBERS, infer_variadic, run_min, SHAPES},
	{"Mish", 18, 1, 1, 1, TYPES_FLOAT, infer_unary, run_mish, ACTIVATION},
	{"Mul", 7, 2, 2, 1, TYPES_NUMBERS, infer_binary, run_mul, SHAPES},
	{"Neg", 1, 1, 1, 1, TYPES_NUMBERS, infer_unary, run_neg, ACTIVATION},
	{"Not", 1, 1, 1, 1, TYPES_BOOL, infer_unary, run_not, SHAPES},
	{"Or", 7, 2, 2, 1, TYPES_BOOL, infer_binary, run_or, SHAPES},
	{"PRelu", 7, 2, 2, 1, TYPES_FLOAT, infer_prelu, run_prelu, PLAIN},
	{"Pad", 1, 1, 4, 1, TYPES_ANY, infer_pad, run_pad, SHAPES},
	{"Pow", 7, 2, 2, 1, TYPES_NUMBERS, infer_binary, run_pow, SHAPES},
	{"Range", 11, 3, 3, 1, TYPES_NUMBERS, infer_range, run_range, SHAPES},
	{"Reciprocal", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_reciprocal, ACTIVATION},
	{"ReduceMax", 1, 1, 2, 1, TYPES_NUMBERS, infer_reduce, run_reduce_max, SHAPES},
	{"ReduceMean", 1, 1, 2, 1, TYPES_FLOAT, infer_reduce, run_reduce_mean, SHAPES},
	{"ReduceMin", 1, 1, 2, 1, TYPES_NUMBERS, infer_reduce, run_reduce_min, SHAPES},
	{"ReduceProd", 1, 1, 2, 1, TYPES_NUMBERS, infer_reduce, run_reduce_prod, SHAPES},
	{"ReduceSum", 1, 1, 2, 1, TYPES_NUMBERS, infer_reduce_sum, run_reduce_sum, SHAPES},
	{"Relu", 1, 1, 1, 1, TYPES_NUMBERS, infer_unary, run_relu_op, ACTIVATION},
	{"Reshape", 5, 2, 2, 1, TYPES_ANY, infer_reshape, run_view, .is_view = true, SHAPES},
	{"Resize", 10, 1, 4, 1, TYPES_FLOAT, infer_resize, run_resize, PLAIN},
	{"Round", 11, 1, 1, 1, TYPES_FLOAT, infer_unary, run_round, ACTIVATION},
	{"Selu", 1, 1, 1, 1, TYPES_FLOAT, infer_selu, run_selu, ACTIVATION},
	{"Shape", 1, 1, 1, 1, TYPES_ANY, infer_shape, run_shape, .needs_shape_only = true, SHAPES},
	{"Sigmoid", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_sigmoid, ACTIVATION},
	{"Sign", 9, 1, 1, 1, TYPES_NUMBERS, infer_unary, run_sign, ACTIVATION},
	{"Sin", 7, 1, 1, 1, TYPES_FLOAT, infer_unary, run_sin, ACTIVATION},
	{"Size", 1, 1, 1, 1, TYPES_ANY, infer_size, run_size, .needs_shape_only = true, SHAPES},
	{"Slice", 1, 1, 5, 1, TYPES_ANY, infer_slice, run_strided, SHAPES},
	{"Softmax", 1, 1, 1, 1, TYPES_FLOAT, infer_softmax, run_softmax_op, .is_in_place = true},
	{"Softplus", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_softplus, ACTIVATION},
	{"Softsign", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_softsign, ACTIVATION},
	{"SpaceToDepth", 1, 1, 1, 1, TYPES_ANY, infer_space_to_depth, run_strided, PLAIN},
	{"Split", 1, 1, 2, MANY, TYPES_ANY, infer_split, run_split, SHAPES},
	{"Sqrt", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_sqrt, ACTIVATION},
	{"Squeeze", 1, 1, 2, 1, TYPES_ANY, infer_squeeze, run_view, .is_view = true, SHAPES},
	{"Sub", 7, 2, 2, 1, TYPES_NUMBERS, infer_binary, run_sub, SHAPES},
	{"Sum", 1, 1, MANY, 1, TYPES_FLOAT, infer_variadic, run_sum, SHAPES},
	{"Tanh", 1, 1, 1, 1, TYPES_FLOAT, infer_unary, run_tanh, ACTIVATION},
	{"ThresholdedRelu", 10, 1, 1, 1, TYPES_FLOAT, infer_thresholded_relu, run_thresholded_relu, ACTIVATION},
	{"Transpose", 1, 1, 1, 1, TYPES_ANY, infer_transpose, run_strided, SHAPES},
	{"Unsqueeze", 1, 1, 2, 1, TYPES_ANY, infer_unsqueeze, run_view, .is_view = true, SHAPES},
	{"Upsample", 7, 1, 2, 1, TYPES_FLOAT, infer_upsample, run_resize, PLAIN},
	{"Where", 9, 3, 3, 1, TYPES_ANY, infer_where, run_where, SHAPES},
	{"Xor", 7, 2, 2, 1, TYPES_BOOL, infer_binary, run_xor, SHAPES},
};
/* clang-format on */

const struct operator_row *operator_rows(size_t *count)
{
	*count = ARRAY_LEN(rows);
	return rows;
}

const struct operator_row *operator_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}
