/*
 * The innermost products of convolutions over blocked images: [channels / lanes][height][width][lanes], so that a
 * vector holds one pixel's values of as many channels as it has lanes. A product is a few pixels of the output times
 * one to three blocks of filters, summed over channels and taps while the sums stay in registers; the pixels' values
 * are broadcast one by one, the filters are read as whole vectors (the layout and the loops are those of Georganas et
 * al., "Anatomy of High-Performance Deep Learning Convolutions on SIMD Architectures", SC18, arXiv 1808.05567).
 *
 * There is one function for each number of filter blocks and of pixels. The largest of both fill the registers: 1 x 12,
 * 2 x 6 or 3 x 4 of AVX2's 16, 2 x 12 or 3 x 8 of AVX-512's 32.
 */
#ifndef LAMINA_BLOCKED_KERNEL_H
#define LAMINA_BLOCKED_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernels/conv/blocked_winograd.h"
#include "kernels/conv/isa.h"

enum {
	BLOCKED_FILTERS_MAX = 3, /* blocks of filters of a product */
	BLOCKED_PIXELS_MAX = 12,
	BLOCKED_LANES_MAX = 16,
};

/* Every channel of a block with every filter. */
struct blocked_product {
	int64_t blocks;       /* of channels */
	int64_t taps;         /* that any of the pixels reads inside the image */
	const float *weights; /* [blocks][window positions][lanes of channels][filter blocks][lanes] */
	int64_t weights_step; /* from a block of channels to the next, in values */
	const float *image;   /* the first block */
	int64_t block_step;   /* from a block to the next, in values */
	/*
	 * [taps][BLOCKED_PIXEL + pixels]: where the tap's weights are, counted from the block's, if there were one
	 * block of filters; how the pixels read it; where they read, counted from the image's block. In values.
	 */
	const int32_t *offsets;
	int64_t ahead; /* dense: from what a pixel reads to what is read soon, and is fetched, in values; 0: none */
	int64_t weights_ahead; /* from weights to those that are read soon, and are fetched, in values; 0: none */
	const float *bias;     /* [filter blocks][lanes], where the sums begin; NULL: they go on from `out` */
	const float *bounds;   /* the least and the most that sums leave as; NULL: none */
	float *out;            /* [filter blocks][pixels][lanes] */
	int64_t out_step;      /* from a filter block to the next, in values */
};

/* Of a tap, in the table of offsets. */
enum { BLOCKED_WEIGHTS, BLOCKED_READ, BLOCKED_PIXEL };

/*
 * How pixels read a tap: side by side, which takes one address for all and is usual, maybe without the first or the
 * last, which is left out; or each where the table says or, in the padding, zeros.
 */
enum blocked_read { READ_ALL, READ_BUT_FIRST, READ_BUT_LAST, READ_EACH };
enum { BLOCKED_PADDING = INT32_MIN };

typedef void blocked_kernel(const struct blocked_product *product);

/* Of an image with fewer channels than lanes: runs of pixels of one row, which read at equal steps. */
struct shallow_product {
	int64_t runs;
	int64_t rows;         /* of the window */
	int64_t depth;        /* of a row of it, channels and columns */
	const float *weights; /* [rows][depth][filter blocks][lanes] */
	const float *image;   /* where the first pixel's window begins */
	int64_t row_step;     /* from a row of the window to the next, in values */
	int64_t pixel_step;   /* from a pixel to the next, in values */
	const float *bias;    /* [filter blocks][lanes] */
	const float *bounds;
	float *out;       /* [filter blocks][runs][pixels][lanes] */
	int64_t out_step; /* from a filter block to the next, in values */
};

typedef void shallow_kernel(const struct shallow_product *product);

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
	const float *bounds;
	float *out; /* [pixels][lanes] */
	int64_t pixels;
};

/* The same for windows of 3 x 3, of whose columns at most one lies outside the image, at either end. */
struct blocked_depthwise_3x3 {
	const float *rows[3]; /* where pixel 0's window begins in each; of rows outside, a row of zeros */
	const float *ahead;   /* where a row begins that is read soon, and is fetched */
	int64_t pixel_step;   /* one or two pixels of the input */
	bool misses_first;    /* pixel 0 reads outside by its first column */
	bool misses_last;     /* the last pixel by its last */
	const float *weights;
	const float *bias;
	const float *bounds;
	float *out;
	int64_t pixels; /* two at least, where both are missed */
};

struct blocked_kernels {
	int lanes;
	int pixels_max[BLOCKED_FILTERS_MAX]; /* by filter blocks */
	/* [filter blocks - 1][pixels - 1]; `run_dense` is for one tap of pixels side by side, the first at `image`. */
	blocked_kernel *run[BLOCKED_FILTERS_MAX][BLOCKED_PIXELS_MAX];
	blocked_kernel *run_dense[BLOCKED_FILTERS_MAX][BLOCKED_PIXELS_MAX];
	shallow_kernel *run_shallow[BLOCKED_FILTERS_MAX][BLOCKED_PIXELS_MAX];
	void (*run_depthwise)(const struct blocked_depthwise *product);
	void (*run_depthwise_3x3)(const struct blocked_depthwise_3x3 *product);
	/* As blocked_winograd.h says: a tile to its points, `out_step` values apart, and sums of points to pixels. */
	void (*winograd_image)(const float *image, int64_t row_step, float *out, int64_t out_step);
	void (*winograd_sums)(const struct winograd_sums *product);
};

/* Of an instruction set that this processor supports. */
const struct blocked_kernels *blocked_kernels_of(enum isa isa);

#endif
