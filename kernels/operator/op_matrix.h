/*
 * Products of matrices: Gemm (https://onnx.ai/onnx/operators/onnx__Gemm.html) and MatMul, which multiplies whatever
 * stands in the last two dimensions and broadcasts the others. OpenBLAS computes them.
 */
#ifndef LAMINA_OP_MATRIX_H
#define LAMINA_OP_MATRIX_H

#include "kernels/operator/operator.h"

/* Gemm's settings, also for passes that put more into it. */
struct gemm_settings {
	float alpha;
	float beta;
	bool is_a_transposed;
	bool is_b_transposed;
	int64_t m; /* rows of the output */
	int64_t n; /* its columns */
	int64_t k; /* terms of every sum */
};

operator_infer infer_gemm, infer_matmul;
operator_kernel run_gemm, run_matmul;

#endif
