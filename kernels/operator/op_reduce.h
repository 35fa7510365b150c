/* Reductions over any set of axes: mean, sum, largest, smallest and product. Sums are kept in double. */
#ifndef LAMINA_OP_REDUCE_H
#define LAMINA_OP_REDUCE_H

#include "kernels/operator/operator.h"

operator_infer infer_reduce, infer_reduce_sum;
operator_kernel run_reduce_mean, run_reduce_sum, run_reduce_max, run_reduce_min, run_reduce_prod;

#endif
