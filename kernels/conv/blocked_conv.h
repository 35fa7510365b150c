/*
 * Convolution of blocked images (blocks.h): direct, without a column matrix or a copy of the image. Rows of the output
 * are cut into runs of a few pixels; a table tells where those of one row read each tap, and whether any of them reads
 * padding, which at a row's ends is left out, as are rows of the window outside the image. Channels are summed a chunk
 * at a time, so that the filters of a few blocks stay in the first-level cache while the runs of a band go by, and the
 * band stays in the second-level cache while the filters do.
 *
 * Sums run over channels and taps in one order whatever the number of threads: same bits for all.
 */
#ifndef LAMINA_BLOCKED_CONV_H
#define LAMINA_BLOCKED_CONV_H

#include "kernels/conv/blocked_kernel.h"
#include "kernels/layer/kernels.h"
#include "kernels/tensor/team.h"

enum {
	BLOCKED_TAPS_MAX = 256, /* window positions: of larger ones, im2col is as good */
};

/* How a convolution is done for inputs of one shape. Holds no memory. */
struct blocked_conv {
	const struct blocked_kernels *kernels;
	struct conv conv;
	struct shape input;
	struct shape output; /* its blocks are as deep as vectors are long */
	int64_t depth;       /* of the input's blocks */
	bool is_depthwise;
	bool is_shallow;   /* fewer channels than lanes: a row of the window is one stretch of a padded copy of rows */
	bool is_dense;     /* a 1x1 window without padding */
	bool is_gathered;  /* and with a stride: what it reads is copied side by side */
	int64_t strip_row; /* of such a copy, in values */
	bool is_3x3;       /* depthwise, of 3 x 3: no pixel misses more than one column */
	bool is_winograd;  /* by minimal filtering (blocked_winograd.h) */
	int64_t taps;
	int64_t channel_blocks; /* of a group of the input */
	int64_t filter_blocks;  /* of a group of the output */
	int64_t filters_step;   /* most blocks of filters that one kernel sums */
	int64_t pixels_max;     /* most pixels that it then sums */
	int64_t chunks;         /* of the channel blocks: one is summed at a time */
	bool is_clamped;        /* what is summed is kept within bounds */
	float bounds[2];
};

/*
 * Plans it for an input in blocks of this depth; false where the window has more than BLOCKED_TAPS_MAX positions, where
 * groups do not fill whole blocks and are not those of a depthwise convolution, and where an image of few channels is
 * very wide or its window dilated. conv must be one that conv_output accepts for this input.
 */
bool blocked_conv_init(struct blocked_conv *blocked, const struct conv *conv, struct shape input, int64_t depth,
		       enum isa isa);

/* Goes over to minimal filtering (blocked_winograd.h); false, and nothing changes, where that is for other windows. */
bool blocked_conv_use_winograd(struct blocked_conv *blocked);

/* Does so where it is likely to be faster for so many images. */
void blocked_conv_choose(struct blocked_conv *blocked, int64_t images);

/* What comes out is to be no less and no more than this, as after a ReLU or Clip; what is not a number stays so. */
void blocked_conv_clamp(struct blocked_conv *blocked, float least, float most);

/* Values that weights and bias take when packed. */
int64_t blocked_conv_packed_values(const struct blocked_conv *blocked);

/* weights: [filters][channels / groups][kernel height][kernel width]; bias: [filters] or NULL. */
void blocked_conv_pack(const struct blocked_conv *blocked, const float *weights, const float *bias, float *packed);

/* Of images in blocks of the plan's depth, into as many in blocks of the kernels' lanes; they must not overlap. */
void blocked_conv_run(const struct blocked_conv *blocked, const float *packed, const float *input, float *output,
		      int64_t images, struct team *team);

/* Bytes of scratch memory that blocked_conv_run takes of each worker for this many images. */
size_t blocked_conv_workspace_bytes(const struct blocked_conv *blocked, int64_t images);

#endif
