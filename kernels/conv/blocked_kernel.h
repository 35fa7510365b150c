/*
 * The innermost products of convolutions over blocked images: [channels / lanes][height][width][lanes], so that a
 * vector holds one pixel's values of as many channels as it has lanes. A product is a few pixels of the output times
 * one or two blocks of filters, summed over channels and taps while the sums stay in registers; the pixels' values are
 * broadcast one by one, the filters are read as whole vectors (the layout and the loops are those of Georganas et al.,
 * "Anatomy of High-Performance Deep Learning Convolutions on SIMD Architectures", SC18, arXiv 1808.05567).
 *
 * There is one function for each number of filter blocks and of pixels. The largest of both fill the registers: 2 x 6
 * of AVX2's 16, 2 x 12 of AVX-512's 32.
 */
#ifndef LAMINA_BLOCKED_KERNEL_H
#define LAMINA_BLOCKED_KERNEL_H

#include <stdint.h>

#include "kernels/conv/isa.h"

enum {
	BLOCKED_FILTERS_MAX = 2, /* blocks of filters of a product */
	BLOCKED_PIXELS_MAX = 12,
	BLOCKED_LANES_MAX = 16,
};

/* Every channel of a block with every filter. */
struct blocked_product {
	int64_t blocks; /* of channels */
	int64_t taps;
	int64_t depth;          /* channels of a block; of an image with fewer channels than lanes, these */
	const float *weights;   /* [blocks][taps][depth][filter blocks][lanes] */
	const float *image;     /* the first block */
	int64_t block_step;     /* from a block to the next, in values */
	const int32_t *offsets; /* [taps][pixels], in values from the block's first; negative: padding */
	const float *bias;      /* [filter blocks][lanes], where the sums begin; NULL: they go on from `out` */
	float *out;             /* [filter blocks][pixels][lanes] */
	int64_t out_step;       /* from a filter block to the next, in values */
};

typedef void blocked_kernel(const struct blocked_product *product);

/* What a row of output pixels reads through one position of the window. */
struct blocked_tap {
	int64_t weight; /* where its weights are, in values */
	int64_t input;  /* where pixel 0 of the row reads, in values; it may lie outside */
	int64_t first;  /* pixels [first, last) read inside the image */
	int64_t last;
};

/* Every channel with a filter of its own: a row of pixels of one block. */
struct blocked_depthwise {
	int64_t tap_count;
	const struct blocked_tap *taps;
	const float *weights;
	const float *image;
	int64_t pixel_step; /* from a pixel's input to the next one's */
	const float *bias;  /* [lanes] */
	float *out;         /* [pixels][lanes] */
	int64_t pixels;
};

struct blocked_kernels {
	int lanes;
	int pixels_max;
	/*
	 * [filter blocks - 1][pixels - 1]: `run` for blocks of `lanes` channels, `run_shallow` for any depth,
	 * `run_dense` for one tap of pixels side by side in such blocks, the first of which `image` is.
	 */
	blocked_kernel *run[BLOCKED_FILTERS_MAX][BLOCKED_PIXELS_MAX];
	blocked_kernel *run_shallow[BLOCKED_FILTERS_MAX][BLOCKED_PIXELS_MAX];
	blocked_kernel *run_dense[BLOCKED_FILTERS_MAX][BLOCKED_PIXELS_MAX];
	void (*run_depthwise)(const struct blocked_depthwise *product);
};

/* Of an instruction set that this processor supports. */
const struct blocked_kernels *blocked_kernels_of(enum isa isa);

#endif
