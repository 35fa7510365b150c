/*
 * The innermost product of a convolution: a few filters times a few vectors of pixels, summed over a depth of channels
 * and taps while the sums stay in registers. The filters' values are broadcast one by one, the pixels are read as whole
 * vectors from wherever a table of offsets says, and the sums leave as rows of output pixels (Goto and van de Geijn,
 * "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008, with pixels for columns).
 *
 * There is one function for each number of filters and of vectors. The largest of both fill the registers: 4 x 3 of
 * AVX2's 16, 8 x 3 of AVX-512's 32, and leave more sums under way than a fused multiply-add has cycles of latency.
 */
#ifndef LAMINA_MICRO_KERNEL_H
#define LAMINA_MICRO_KERNEL_H

#include <stdint.h>

#include "kernels/conv/isa.h"

enum {
	MICRO_VECTORS_MAX = 3,
	MICRO_FILTERS_MAX = 8,
	MICRO_LANES_MAX = 16,
	MICRO_PIXELS_MAX = MICRO_VECTORS_MAX * MICRO_LANES_MAX,
};

struct micro_product {
	int64_t depth;
	const float *filters;   /* [depth][filters] */
	const float *pixels;    /* what offsets count from; whole vectors are read */
	const int32_t *offsets; /* [depth], in values */
	const float *bias;      /* [filters], where the sums begin; NULL: they go on from what `out` holds */
	float *out;             /* [filters] rows of `columns` values */
	int64_t out_step;       /* from a row to the next, in values */
	int64_t columns;        /* values of a row that are read and written: at most vectors x lanes */
};

typedef void micro_kernel(const struct micro_product *product);

/* Rows of one channel under one filter. */
struct micro_rows {
	int64_t taps;
	const float *filter;
	const float *pixels; /* of the first row; whole vectors are read */
	const int32_t *offsets;
	int64_t pixels_step; /* from a row to the next */
	float bias;
	float *out; /* [rows][columns] */
	int64_t rows;
	int64_t columns;
};

struct micro_kernels {
	int lanes;       /* float32 values of a vector */
	int filters_max; /* of one product */
	/* [vectors - 1][filters - 1] */
	micro_kernel *run[MICRO_VECTORS_MAX][MICRO_FILTERS_MAX];
	void (*run_rows)(const struct micro_rows *rows);
};

/* Of an instruction set that this processor supports. */
const struct micro_kernels *micro_kernels_of(enum isa isa);

#endif
