/*
 * Blocked kernels for vectors of MICRO_LANES values, written once for all instruction sets, as micro_kernel_body.h,
 * which what includes this includes first. Sums are variables by name, s00 for the first pixel's first filter block.
 */
#ifndef LAMINA_BLOCKED_KERNEL_BODY_H
#define LAMINA_BLOCKED_KERNEL_BODY_H /* private to kernels/conv */

#include "kernels/conv/blocked_kernel.h"
#include "kernels/conv/micro_kernel_body.h"

typedef int32_t micro_mask __attribute__((vector_size(MICRO_LANES * sizeof(int32_t)), aligned(sizeof(int32_t))));

enum { LINE_VALUES = 16 /* of a cache line */ };

/* What pixels in the padding read. */
static const float blocked_zeros[BLOCKED_LANES_MAX];

#define BLOCKED_PIXELS_1(X, F) X(0, F)
#define BLOCKED_PIXELS_2(X, F) BLOCKED_PIXELS_1(X, F) X(1, F)
#define BLOCKED_PIXELS_3(X, F) BLOCKED_PIXELS_2(X, F) X(2, F)
#define BLOCKED_PIXELS_4(X, F) BLOCKED_PIXELS_3(X, F) X(3, F)
#define BLOCKED_PIXELS_5(X, F) BLOCKED_PIXELS_4(X, F) X(4, F)
#define BLOCKED_PIXELS_6(X, F) BLOCKED_PIXELS_5(X, F) X(5, F)
#define BLOCKED_PIXELS_7(X, F) BLOCKED_PIXELS_6(X, F) X(6, F)
#define BLOCKED_PIXELS_8(X, F) BLOCKED_PIXELS_7(X, F) X(7, F)
#define BLOCKED_PIXELS_9(X, F) BLOCKED_PIXELS_8(X, F) X(8, F)
#define BLOCKED_PIXELS_10(X, F) BLOCKED_PIXELS_9(X, F) X(9, F)
#define BLOCKED_PIXELS_11(X, F) BLOCKED_PIXELS_10(X, F) X(10, F)
#define BLOCKED_PIXELS_12(X, F) BLOCKED_PIXELS_11(X, F) X(11, F)

/* X for each filter block of pixel p. */
#define BLOCKED_FILTERS_1(X, p) X(p, 0)
#define BLOCKED_FILTERS_2(X, p) BLOCKED_FILTERS_1(X, p) X(p, 1)
#define BLOCKED_FILTERS_3(X, p) BLOCKED_FILTERS_2(X, p) X(p, 2)

#define BLOCKED_VECTOR(at) (*(const micro_vector *)(at))
#define BLOCKED_VECTOR_AT(at) (*(micro_vector *)(at))
#define BLOCKED_OUT(p, f) (product->out + (f)*product->out_step + (p)*MICRO_LANES)

#define BLOCKED_DECLARE_ONE(p, f) micro_vector s##p##f;
/* What is not a number stays so. */
#ifndef MICRO_LEAST
#define BLOCKED_WHERE(mask, a, b) (micro_vector)(((micro_mask)(a) & (mask)) | ((micro_mask)(b) & ~(mask)))
#define MICRO_LEAST(bound, sum) BLOCKED_WHERE(sum > bound, bound, sum)
#define MICRO_MOST(bound, sum) BLOCKED_WHERE(sum < bound, bound, sum)
#endif
#define BLOCKED_CLAMP(sum) \
	{ \
		const micro_vector least = (micro_vector){0} + product->bounds[0]; \
		const micro_vector most = (micro_vector){0} + product->bounds[1]; \
		sum = MICRO_LEAST(most, sum); \
		sum = MICRO_MOST(least, sum); \
	}
#define BLOCKED_CLAMP_ONE(p, f) BLOCKED_CLAMP(s##p##f)
#define BLOCKED_CLAMP_SUMS(p, F) BLOCKED_FILTERS_##F(BLOCKED_CLAMP_ONE, p)
#define BLOCKED_CLAMP_ALONE(p, F) BLOCKED_CLAMP(s##p)
#define BLOCKED_BOUNDS(P, F) \
	if (product->bounds) { \
		BLOCKED_PIXELS_##P(BLOCKED_CLAMP_SUMS, F); \
	}
#define BLOCKED_BOUNDS_ALONE(P) \
	if (product->bounds) { \
		BLOCKED_PIXELS_##P(BLOCKED_CLAMP_ALONE, 1); \
	}
#define BLOCKED_BIAS_ONE(p, f) s##p##f = BLOCKED_VECTOR(product->bias + (f)*MICRO_LANES);
#define BLOCKED_LOAD_ONE(p, f) s##p##f = BLOCKED_VECTOR(BLOCKED_OUT(p, f));
#define BLOCKED_STORE_ONE(p, f) *(micro_vector *)BLOCKED_OUT(p, f) = s##p##f;
#define BLOCKED_WEIGHTS_ONE(p, f) const micro_vector w##f = BLOCKED_VECTOR(weights + (f)*MICRO_LANES);
#define BLOCKED_ADD_ONE(p, f) s##p##f += value * w##f;

#define BLOCKED_DECLARE(p, F) BLOCKED_FILTERS_##F(BLOCKED_DECLARE_ONE, p)
#define BLOCKED_BIAS(p, F) BLOCKED_FILTERS_##F(BLOCKED_BIAS_ONE, p)
#define BLOCKED_LOAD(p, F) BLOCKED_FILTERS_##F(BLOCKED_LOAD_ONE, p)
#define BLOCKED_STORE(p, F) BLOCKED_FILTERS_##F(BLOCKED_STORE_ONE, p)
#define BLOCKED_POINT(p, F) \
	const float *x##p = \
		tap[BLOCKED_PIXEL + (p)] == BLOCKED_PADDING ? blocked_zeros : image + tap[BLOCKED_PIXEL + (p)];
#define BLOCKED_POINT_BESIDE(p, F) const float *x##p = from + (p)*MICRO_LANES;

/* One channel's products, of all pixels or all but the first or last. */
#define BLOCKED_ADD(p, F) \
	{ \
		const float value = x##p[c]; \
		BLOCKED_FILTERS_##F(BLOCKED_ADD_ONE, p) \
	}
#define BLOCKED_ADD_BUT_FIRST(p, F) \
	if ((p) > 0) \
	BLOCKED_ADD(p, F)
#define BLOCKED_ADD_BUT_LAST(p, F) \
	if ((p) + 1 < PIXELS) \
	BLOCKED_ADD(p, F)

#define BLOCKED_NAME(F, P, kind) MICRO_JOIN(MICRO_SET, _blocked_##kind##_##F##x##P)

#define BLOCKED_START(F, P) \
	BLOCKED_PIXELS_##P(BLOCKED_DECLARE, F); \
	if (product->bias) { \
		BLOCKED_PIXELS_##P(BLOCKED_BIAS, F); \
	} else { \
		BLOCKED_PIXELS_##P(BLOCKED_LOAD, F); \
	}

/* A block's filters, into the second-level cache. */
#define BLOCKED_FETCH_WEIGHTS(F) \
	for (int64_t i = 0; weights_ahead != 0 && i < MICRO_LANES * (F)*MICRO_LANES; i += LINE_VALUES) \
		__builtin_prefetch(weights + weights_ahead + i, 0, 2);

#define BLOCKED_ADD_CHANNELS(F, P, DEPTH, ADD) \
	_Pragma("GCC unroll 4") for (int64_t c = 0; c < (DEPTH); c++) \
	{ \
		BLOCKED_FILTERS_##F(BLOCKED_WEIGHTS_ONE, 0); \
		BLOCKED_PIXELS_##P(ADD, F); \
		weights += (F)*MICRO_LANES; \
	}

/* One tap of pixels side by side. */
#define BLOCKED_ADD_BESIDE(F, P, ADD) \
	{ \
		const float *from = image + tap[BLOCKED_PIXEL]; \
		BLOCKED_PIXELS_##P(BLOCKED_POINT_BESIDE, F); \
		BLOCKED_ADD_CHANNELS(F, P, MICRO_LANES, ADD) \
	}

#define BLOCKED_DEEP(F, P) \
	MICRO_TARGET static void BLOCKED_NAME(F, P, deep)(const struct blocked_product *product) \
	{ \
		enum { PIXELS = (P) }; \
		const float *block_weights = product->weights; \
		const int64_t weights_ahead = product->weights_ahead; \
		const float *image = product->image; \
		const int32_t *end = product->offsets + product->taps * (BLOCKED_PIXEL + PIXELS); \
		BLOCKED_START(F, P) \
		for (int64_t block = 0; block < product->blocks; block++) { \
			for (const int32_t *tap = product->offsets; tap < end; tap += BLOCKED_PIXEL + PIXELS) { \
				const float *weights = block_weights + tap[BLOCKED_WEIGHTS] * (F); \
				BLOCKED_FETCH_WEIGHTS(F) \
				if (tap[BLOCKED_READ] == READ_ALL) \
					BLOCKED_ADD_BESIDE(F, P, BLOCKED_ADD) \
				else if (tap[BLOCKED_READ] == READ_BUT_FIRST) \
					BLOCKED_ADD_BESIDE(F, P, BLOCKED_ADD_BUT_FIRST) \
				else if (tap[BLOCKED_READ] == READ_BUT_LAST) \
					BLOCKED_ADD_BESIDE(F, P, BLOCKED_ADD_BUT_LAST) \
				else { \
					BLOCKED_PIXELS_##P(BLOCKED_POINT, F); \
					BLOCKED_ADD_CHANNELS(F, P, MICRO_LANES, BLOCKED_ADD) \
				} \
			} \
			image += product->block_step; \
			block_weights += product->weights_step; \
		} \
		BLOCKED_BOUNDS(P, F) \
		BLOCKED_PIXELS_##P(BLOCKED_STORE, F); \
	}

#define BLOCKED_POINT_DENSE(p, F) const float *x##p = image + (p)*MICRO_LANES;
#define BLOCKED_FETCH_DENSE(p, F) __builtin_prefetch(x##p + ahead);

#define BLOCKED_DENSE(F, P) \
	MICRO_TARGET static void BLOCKED_NAME(F, P, dense)(const struct blocked_product *product) \
	{ \
		const float *weights = product->weights; \
		const float *image = product->image; \
		const int64_t ahead = product->ahead; \
		const int64_t weights_ahead = product->weights_ahead; \
		BLOCKED_START(F, P) \
		for (int64_t block = 0; block < product->blocks; block++) { \
			BLOCKED_PIXELS_##P(BLOCKED_POINT_DENSE, F); \
			if (ahead != 0) { \
				BLOCKED_PIXELS_##P(BLOCKED_FETCH_DENSE, F); \
			} \
			BLOCKED_FETCH_WEIGHTS(F) \
			BLOCKED_ADD_CHANNELS(F, P, MICRO_LANES, BLOCKED_ADD) \
			image += product->block_step; \
		} \
		BLOCKED_BOUNDS(P, F) \
		BLOCKED_PIXELS_##P(BLOCKED_STORE, F); \
	}

#define BLOCKED_POINT_SHALLOW(p, F) const float *x##p = row + (p)*step;

#define BLOCKED_SHALLOW(F, P) \
	MICRO_TARGET static void BLOCKED_NAME(F, P, shallow)(const struct shallow_product *product) \
	{ \
		struct { \
			float *out; \
			int64_t out_step; \
			const float *bias; \
		} at = {product->out, product->out_step, product->bias}; \
		const int64_t step = product->pixel_step; \
		const int64_t depth = product->depth; \
		const float *image = product->image; \
		for (int64_t run = 0; run < product->runs; run++) { \
			const float *weights = product->weights; \
			const float *row = image; \
			BLOCKED_PIXELS_##P(BLOCKED_DECLARE, F); \
			BLOCKED_PIXELS_##P(SHALLOW_BIAS, F); \
			for (int64_t y = 0; y < product->rows; y++) { \
				BLOCKED_PIXELS_##P(BLOCKED_POINT_SHALLOW, F); \
				BLOCKED_ADD_CHANNELS(F, P, depth, BLOCKED_ADD) \
				row += product->row_step; \
			} \
			BLOCKED_BOUNDS(P, F) \
			BLOCKED_PIXELS_##P(SHALLOW_STORE, F); \
			at.out += (P)*MICRO_LANES; \
			image += (P)*step; \
		} \
	}
#define SHALLOW_BIAS_ONE(p, f) s##p##f = BLOCKED_VECTOR(at.bias + (f)*MICRO_LANES);
#define SHALLOW_STORE_ONE(p, f) *(micro_vector *)(at.out + (f)*at.out_step + (p)*MICRO_LANES) = s##p##f;
#define SHALLOW_BIAS(p, F) BLOCKED_FILTERS_##F(SHALLOW_BIAS_ONE, p)
#define SHALLOW_STORE(p, F) BLOCKED_FILTERS_##F(SHALLOW_STORE_ONE, p)

#define BLOCKED_KERNEL(F, P) \
	BLOCKED_DEEP(F, P) \
	BLOCKED_SHALLOW(F, P) \
	BLOCKED_DENSE(F, P)

#define BLOCKED_KERNELS_TO_4(F) \
	BLOCKED_KERNEL(F, 1) \
	BLOCKED_KERNEL(F, 2) \
	BLOCKED_KERNEL(F, 3) \
	BLOCKED_KERNEL(F, 4)
#define BLOCKED_KERNELS_TO_6(F) \
	BLOCKED_KERNELS_TO_4(F) \
	BLOCKED_KERNEL(F, 5) \
	BLOCKED_KERNEL(F, 6)
#define BLOCKED_KERNELS_TO_8(F) \
	BLOCKED_KERNELS_TO_6(F) \
	BLOCKED_KERNEL(F, 7) \
	BLOCKED_KERNEL(F, 8)
#define BLOCKED_KERNELS_TO_12(F) \
	BLOCKED_KERNELS_TO_8(F) \
	BLOCKED_KERNEL(F, 9) \
	BLOCKED_KERNEL(F, 10) \
	BLOCKED_KERNEL(F, 11) \
	BLOCKED_KERNEL(F, 12)

#define BLOCKED_NAMES_TO_4(F, kind) \
	BLOCKED_NAME(F, 1, kind), BLOCKED_NAME(F, 2, kind), BLOCKED_NAME(F, 3, kind), BLOCKED_NAME(F, 4, kind)
#define BLOCKED_NAMES_TO_6(F, kind) BLOCKED_NAMES_TO_4(F, kind), BLOCKED_NAME(F, 5, kind), BLOCKED_NAME(F, 6, kind)
#define BLOCKED_NAMES_TO_8(F, kind) BLOCKED_NAMES_TO_6(F, kind), BLOCKED_NAME(F, 7, kind), BLOCKED_NAME(F, 8, kind)
#define BLOCKED_NAMES_TO_12(F, kind) \
	BLOCKED_NAMES_TO_8(F, kind), BLOCKED_NAME(F, 9, kind), BLOCKED_NAME(F, 10, kind), BLOCKED_NAME(F, 11, kind), \
		BLOCKED_NAME(F, 12, kind)

/* The row's pixels from x on, P at a time. At its ends some read padding through some taps. */
#define BLOCKED_ROW_START(p, F) micro_vector s##p = BLOCKED_VECTOR(product->bias);
#define BLOCKED_ROW_ADD(p, F) s##p += weight * BLOCKED_VECTOR(from + (p)*step);
#define BLOCKED_ROW_ADD_INSIDE(p, F) \
	if (x + (p) >= tap->first && x + (p) < tap->last) \
		s##p += weight * BLOCKED_VECTOR(from + (p)*step);
#define BLOCKED_ROW_STORE(p, F) *(micro_vector *)(product->out + (x + (p)) * MICRO_LANES) = s##p;
#define BLOCKED_ROW(P) \
	for (; product->pixels - x >= (P); x += (P)) { \
		BLOCKED_PIXELS_##P(BLOCKED_ROW_START, 1); \
		for (const struct blocked_tap *tap = product->taps; tap < end; tap++) { \
			const micro_vector weight = BLOCKED_VECTOR(product->weights + tap->weight); \
			const float *from = product->image + tap->input + x * step; \
			if (x >= tap->first && x + (P) <= tap->last) { \
				BLOCKED_PIXELS_##P(BLOCKED_ROW_ADD, 1); \
			} else { \
				BLOCKED_PIXELS_##P(BLOCKED_ROW_ADD_INSIDE, 1); \
			} \
		} \
		BLOCKED_BOUNDS_ALONE(P) \
		BLOCKED_PIXELS_##P(BLOCKED_ROW_STORE, 1); \
	}

/* A step that the compiler knows is part of its addresses. */
#define BLOCKED_DEPTHWISE(name, STEP) \
	MICRO_TARGET static void MICRO_JOIN(MICRO_SET, name)(const struct blocked_depthwise *product) \
	{ \
		const struct blocked_tap *end = product->taps + product->tap_count; \
		const int64_t step = (STEP); \
		int64_t x = 0; \
		BLOCKED_ROW(8) \
		BLOCKED_ROW(7) \
		BLOCKED_ROW(6) \
		BLOCKED_ROW(5) \
		BLOCKED_ROW(4) \
		BLOCKED_ROW(3) \
		BLOCKED_ROW(2) \
		BLOCKED_ROW(1) \
	}

BLOCKED_DEPTHWISE(_blocked_stride_1, MICRO_LANES)
BLOCKED_DEPTHWISE(_blocked_stride_2, 2 * MICRO_LANES)
BLOCKED_DEPTHWISE(_blocked_any_stride, product->pixel_step)

static void MICRO_JOIN(MICRO_SET, _blocked_depthwise)(const struct blocked_depthwise *product)
{
	if (product->pixel_step == MICRO_LANES)
		MICRO_JOIN(MICRO_SET, _blocked_stride_1)(product);
	else if (product->pixel_step == 2 * MICRO_LANES)
		MICRO_JOIN(MICRO_SET, _blocked_stride_2)(product);
	else
		MICRO_JOIN(MICRO_SET, _blocked_any_stride)(product);
}

/* Windows of 3 x 3: the weights stay in registers. */
#define DEPTHWISE_WEIGHT(t) const micro_vector w##t = BLOCKED_VECTOR(product->weights + (t)*MICRO_LANES);
#define DEPTHWISE_START(p, F) micro_vector s##p = bias;
#define DEPTHWISE_ADD(p, row, t, column) s##p += w##t * BLOCKED_VECTOR(row + (p)*step + (column)*MICRO_LANES);
#define DEPTHWISE_ADD_0(p, F) DEPTHWISE_ADD(p, top, 0, 0)
#define DEPTHWISE_ADD_1(p, F) DEPTHWISE_ADD(p, top, 1, 1)
#define DEPTHWISE_ADD_2(p, F) DEPTHWISE_ADD(p, top, 2, 2)
#define DEPTHWISE_ADD_3(p, F) DEPTHWISE_ADD(p, middle, 3, 0)
#define DEPTHWISE_ADD_4(p, F) DEPTHWISE_ADD(p, middle, 4, 1)
#define DEPTHWISE_ADD_5(p, F) DEPTHWISE_ADD(p, middle, 5, 2)
#define DEPTHWISE_ADD_6(p, F) DEPTHWISE_ADD(p, bottom, 6, 0)
#define DEPTHWISE_ADD_7(p, F) DEPTHWISE_ADD(p, bottom, 7, 1)
#define DEPTHWISE_ADD_8(p, F) DEPTHWISE_ADD(p, bottom, 8, 2)
#define DEPTHWISE_STORE(p, F) *(micro_vector *)(out + (p)*MICRO_LANES) = s##p;
#define DEPTHWISE_FETCH(p, F) __builtin_prefetch(ahead + (p)*step);

/* The window's columns 0, 1 and 2 that P pixels read; of the row's ends, not all. */
#define DEPTHWISE_FIRST(P) \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_0, 1); \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_3, 1); \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_6, 1);
#define DEPTHWISE_MIDDLE(P) \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_1, 1); \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_4, 1); \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_7, 1);
#define DEPTHWISE_LAST(P) \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_2, 1); \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_5, 1); \
	BLOCKED_PIXELS_##P(DEPTHWISE_ADD_8, 1);
#define DEPTHWISE_RUN(P, COLUMNS) \
	{ \
		BLOCKED_PIXELS_##P(DEPTHWISE_FETCH, 1); \
		BLOCKED_PIXELS_##P(DEPTHWISE_START, 1); \
		COLUMNS \
		BLOCKED_BOUNDS_ALONE(P) \
		BLOCKED_PIXELS_##P(DEPTHWISE_STORE, 1); \
		top += (P)*step; \
		middle += (P)*step; \
		bottom += (P)*step; \
		ahead += (P)*step; \
		out += (P)*MICRO_LANES; \
	}
#define DEPTHWISE_ALL(P) DEPTHWISE_FIRST(P) DEPTHWISE_MIDDLE(P) DEPTHWISE_LAST(P)

#define BLOCKED_DEPTHWISE_3X3(name, STEP) \
	MICRO_TARGET static void MICRO_JOIN(MICRO_SET, name)(const struct blocked_depthwise_3x3 *product) \
	{ \
		const int64_t step = (STEP); \
		const float *top = product->rows[0]; \
		const float *middle = product->rows[1]; \
		const float *bottom = product->rows[2]; \
		const float *ahead = product->ahead; \
		float *out = product->out; \
		const micro_vector bias = BLOCKED_VECTOR(product->bias); \
		DEPTHWISE_WEIGHT(0) \
		DEPTHWISE_WEIGHT(1) \
		DEPTHWISE_WEIGHT(2) \
		DEPTHWISE_WEIGHT(3) \
		DEPTHWISE_WEIGHT(4) \
		DEPTHWISE_WEIGHT(5) \
		DEPTHWISE_WEIGHT(6) \
		DEPTHWISE_WEIGHT(7) \
		DEPTHWISE_WEIGHT(8) \
		int64_t whole = product->pixels - product->misses_first - product->misses_last; \
		if (product->misses_first) \
			DEPTHWISE_RUN(1, DEPTHWISE_MIDDLE(1) DEPTHWISE_LAST(1)) \
		for (; whole >= 4; whole -= 4) \
			DEPTHWISE_RUN(4, DEPTHWISE_ALL(4)) \
		for (; whole > 0; whole--) \
			DEPTHWISE_RUN(1, DEPTHWISE_ALL(1)) \
		if (product->misses_last) \
			DEPTHWISE_RUN(1, DEPTHWISE_FIRST(1) DEPTHWISE_MIDDLE(1)) \
	}

BLOCKED_DEPTHWISE_3X3(_blocked_3x3_stride_1, MICRO_LANES)
BLOCKED_DEPTHWISE_3X3(_blocked_3x3_stride_2, 2 * MICRO_LANES)

static void MICRO_JOIN(MICRO_SET, _blocked_depthwise_3x3)(const struct blocked_depthwise_3x3 *product)
{
	if (product->pixel_step == MICRO_LANES)
		MICRO_JOIN(MICRO_SET, _blocked_3x3_stride_1)(product);
	else
		MICRO_JOIN(MICRO_SET, _blocked_3x3_stride_2)(product);
}

#endif
