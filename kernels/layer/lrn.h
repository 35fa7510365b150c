/*
 * Local response normalisation across channels (Krizhevsky, Sutskever, Hinton, 2012, section 3.3, in the form of
 * Caffe and ONNX, https://onnx.ai/onnx/operators/onnx__LRN.html): with S the sum of squares over the `size` channels
 * around c, from c - (size - 1) / 2 to c + size / 2 inside the image,
 *   y = x / (k + alpha / size * S) ^ beta
 */
#ifndef LAMINA_LRN_H
#define LAMINA_LRN_H

#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"

struct lrn {
	int64_t size;
	float alpha;
	float beta;
	float k;
};

/* Output has the input's shape; output may be input. */
void lrn_run(const struct lrn *lrn, const struct tensor *input, struct tensor *output, struct team *team);

#endif
