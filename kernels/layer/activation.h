/* Functions of single values or of one image's vector: ReLU, softmax, and the bias that layers start from. */
#ifndef LAMINA_ACTIVATION_H
#define LAMINA_ACTIVATION_H

#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"

/* max(x, 0); output may be input. */
void relu_run(const struct tensor *input, struct tensor *output, struct team *team);

/*
 * exp(x - max) / sum over the channels at each pixel, so that a vector sums to 1 and no exponent overflows;
 * output may be input.
 */
void softmax_run(const struct tensor *input, struct tensor *output, struct team *team);

/* Copies input to output where they are not the same memory (dropout does nothing when serving). */
void copy_run(const struct tensor *input, struct tensor *output, struct team *team);

/* Fills rows x columns of a matrix whose rows are row_step apart with bias[row]; with NULL, with 0. */
void bias_fill_rows(float *matrix, int64_t rows, int64_t columns, int64_t row_step, const float *bias);

#endif
