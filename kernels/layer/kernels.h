/*
 * The fast kernels of layers, a file each, with the settings that each kind of layer has. All take their tensors and
 * parameters as one struct layer_call.
 */
#ifndef LAMINA_KERNELS_H
#define LAMINA_KERNELS_H

#include "kernels/layer/window.h"
#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"

/* What a kernel computes from and to. Input and output have the same number of images. */
struct layer_call {
	const float *weights; /* NULL, like bias, where the layer has none */
	const float *bias;
	const struct tensor *input;
	struct tensor *output;
	struct team *team;
};

/* Convolution: conv.c. */

/* One row of output is the least that a tile holds: very wide layers may take more than this. */
enum { CONV_WORKSPACE_BYTES = 2 * 1024 * 1024 };

struct conv {
	struct window window;
	int64_t filters; /* output channels */
	int64_t groups;  /* divides input channels and filters */
	bool has_bias;
};

/* Output shape; false with *key and err as in window_output (also "filters", "groups"). */
bool conv_output(const struct conv *conv, struct shape input, struct shape *output, const char **key, struct err *err);

/* weights: [filters][channels / groups][kernel height][kernel width]; bias: [filters], ignored without has_bias. */
int64_t conv_weights(const struct conv *conv, struct shape input);

/* Multiply-accumulates for one image, padding included. */
int64_t conv_mac(const struct conv *conv, struct shape input, struct shape output);

/* Output has conv_output's shape and as many images as input; they must not overlap. */
void conv_run(const struct conv *conv, const struct layer_call *call);

/* Maximum and average pooling over each channel: pooling.c. */

struct pool {
	struct window window;
	bool count_include_pad; /* averages only */
};

/* Output shape; false with *key and err as in window_output, also where a window could lie in the padding alone. */
bool pool_output(const struct pool *pool, struct shape input, struct shape *output, const char **key, struct err *err);

/* Output has pool_output's shape and as many images as input; they must not overlap. */
void pool_max_run(const struct pool *pool, const struct layer_call *call);
void pool_average_run(const struct pool *pool, const struct layer_call *call);

/* A fully connected layer: fc.c. */

struct fc {
	int64_t outputs;
	bool has_bias;
};

/* weights: [outputs][input values]; bias: [outputs], ignored without has_bias. Output is outputs x 1 x 1. */
void fc_run(const struct fc *fc, const struct layer_call *call);

/* Local response normalisation across channels: lrn.c. */

struct lrn {
	int64_t size;
	float alpha;
	float beta;
	float k;
};

/* Output has the input's shape; output may be input. */
void lrn_run(const struct lrn *lrn, const struct layer_call *call);

/* Functions of single values or of one image's vector: activation.c. */

/* max(x, 0); output may be input. */
void relu_run(const struct layer_call *call);

/*
 * exp(x - max) / sum over the channels at each pixel, so that a vector sums to 1 and no exponent overflows;
 * output may be input.
 */
void softmax_run(const struct layer_call *call);

/* Copies input to output where they are not the same memory (dropout does nothing when serving). */
void copy_run(const struct layer_call *call);

/* Fills rows x columns of a matrix whose rows are row_step apart with bias[row]; with NULL, with 0. */
void bias_fill_rows(float *matrix, int64_t rows, int64_t columns, int64_t row_step, const float *bias);

#endif
