/*
 * Convolution (cross-correlation, as in every deep-learning library) as im2col and sgemm: the input pixels under
 * each window position become a column, and weights times columns are the output (Chellapilla, Puri, Simard, 2006).
 * Columns are made for a tile of output rows at a time, so that the workspace stays inside CONV_WORKSPACE_BYTES per
 * thread whatever the image; a 1x1 window of stride 1 needs no columns at all.
 */
#ifndef LAMINA_CONV_H
#define LAMINA_CONV_H

#include "kernels/layer/window.h"
#include "kernels/tensor/team.h"

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
void conv_run(const struct conv *conv, const float *weights, const float *bias, const struct tensor *input,
	      struct tensor *output, struct team *team);

#endif
