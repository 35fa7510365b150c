/*
 * Operators on images in blocks of channels (kernels/conv/blocks.h), which no file has: lowering a graph puts them in
 * place of its own (kernels/graph/lower.h). A value in blocks has the dims images x blocks x height x width x depth.
 */
#ifndef LAMINA_OP_BLOCKS_H
#define LAMINA_OP_BLOCKS_H

#include "kernels/conv/blocked_conv.h"
#include "kernels/operator/operator.h"

/* Settings of a convolution: its plan. */
struct blocked_conv_settings {
	struct blocked_conv blocked;
};

/* Settings of a pooling: what it pools. */
struct blocked_pool_settings {
	struct pool pool;
};

/* Settings of a sum of two: what it is kept within, as by a ReLU. */
struct blocked_add_settings {
	bool is_clamped;
	float least;
	float most;
};

/* Between planes and blocks; the settings are not used. */
extern const struct operator_row op_to_blocks, op_from_blocks;
extern const struct operator_row op_blocked_conv, op_blocked_max_pool, op_blocked_average_pool, op_blocked_add;

#endif
