/*
 * A fully connected layer: output = weights * input + bias for every image. A batch is one sgemm per slice of
 * outputs; a single image is sgemv, because sgemm with one row packs the weights to use them once (3 times slower).
 */
#ifndef LAMINA_FC_H
#define LAMINA_FC_H

#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"

struct fc {
	int64_t outputs;
	bool has_bias;
};

/* weights: [outputs][input values]; bias: [outputs], ignored without has_bias. Output is outputs x 1 x 1. */
void fc_run(const struct fc *fc, const float *weights, const float *bias, const struct tensor *input,
	    struct tensor *output, struct team *team);

#endif
