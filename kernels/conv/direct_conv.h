/*
 * Convolution without a column matrix: an implicit product of filters and pixels (implicit GEMM, as in cuDNN: Chetlur
 * et al., arXiv 1410.0759, 2014; blocked for caches as Goto's products are). Pixels of the output are cut into panels
 * of a few vectors; what a panel's taps read is found in one of these ways:
 *
 *   rows     the rows of each channel under a band of output rows are laid out once in a slab, with their padding and,
 *            where the stride is more than 1, each of its phases apart, so that every tap of neighbouring outputs is
 *            one stretch of the slab: read from there, where output rows fill whole vectors;
 *   packed   where they do not, the stretches are copied into panels that run on over rows and images;
 *   planes   a 1x1 window of stride 1 without padding needs no slab: its panels are copied from the input's planes;
 *   depthwise  where each channel has one filter of its own, a slab's rows are summed as they are.
 *
 * A depth of DIRECT_DEPTH channels and taps is summed at a time: a panel of it stays in the first-level cache while all
 * filters go over it. Filters are packed once, in the order in which they are read. Workspace is below 1 MiB a thread
 * for any layer that is served at all.
 *
 * Sums run over channels and taps in one order whatever the number of threads: same bits for all.
 */
#ifndef LAMINA_DIRECT_CONV_H
#define LAMINA_DIRECT_CONV_H

#include "kernels/conv/micro_kernel.h"
#include "kernels/layer/kernels.h"
#include "kernels/tensor/team.h"

enum {
	DIRECT_TAPS_MAX = 256, /* window positions: of larger ones, im2col is as good */
	DIRECT_DEPTH = 256,
};

enum direct_reading { DIRECT_ROWS, DIRECT_PACKED, DIRECT_PLANES, DIRECT_DEPTHWISE };

/* How a convolution is done for inputs of one shape. Holds no memory. */
struct direct_conv {
	const struct micro_kernels *kernels;
	struct conv conv;
	struct shape input;
	struct shape output;
	enum direct_reading reading;
	int64_t taps;
	int64_t group_channels;
	int64_t group_filters;
	int64_t channel_blocks; /* of a group: their depth is summed at a time */
	int64_t filter_blocks;  /* of a group: one is a micro kernel's filters */
	int64_t phases;         /* of the stride that taps read, apart in a slab's row */
	int64_t phase_step;     /* from a phase of a row to the next, in values */
	int64_t row_step;
};

/*
 * Plans it; false where the window has more than DIRECT_TAPS_MAX positions, or one channel's rows under a row of output
 * do not fit the workspace. conv must be one that conv_output accepts for this input.
 */
bool direct_conv_init(struct direct_conv *direct, const struct conv *conv, struct shape input, enum isa isa);

/*
 * Packs weights ([filters][channels / groups][kernel height][kernel width]) into as many values, for direct_conv_run of
 * the same plan. They must not overlap.
 */
void direct_conv_pack(const struct direct_conv *direct, const float *weights, float *packed);

/* bias: [filters] or NULL. Output has the plan's shape and as many images as input; they must not overlap. */
void direct_conv_run(const struct direct_conv *direct, const float *packed, const float *bias,
		     const struct tensor *input, struct tensor *output, struct team *team);

/* Bytes of scratch memory that direct_conv_run takes of each worker for this many images. */
size_t direct_conv_workspace_bytes(const struct direct_conv *direct, int64_t images);

#endif
