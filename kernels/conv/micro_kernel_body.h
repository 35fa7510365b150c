/*
 * Micro kernels for vectors of MICRO_LANES values, written once for all instruction sets. What includes this sets
 * MICRO_LANES, MICRO_TARGET (the functions' target attribute) and MICRO_SET (their prefix); unset, they are those of
 * plain C. Sums are variables by name, c00 for the first filter's first vector, as compilers keep arrays in memory.
 */
#ifndef LAMINA_MICRO_KERNEL_BODY_H
#define LAMINA_MICRO_KERNEL_BODY_H /* private to kernels/conv */

#include <stdint.h>
#include <string.h>

#include "kernels/conv/micro_kernel.h"

#ifndef MICRO_LANES
#define MICRO_LANES 4
#define MICRO_SET plain
#define MICRO_TARGET
#endif

typedef float micro_vector __attribute__((vector_size(MICRO_LANES * sizeof(float)), aligned(sizeof(float))));

#define MICRO_JOIN_(a, b) a##b
#define MICRO_JOIN(a, b) MICRO_JOIN_(a, b)

/* X for every vector of filter f, and for every filter. */
#define MICRO_VECTORS_1(X, f) X(f, 0)
#define MICRO_VECTORS_2(X, f) MICRO_VECTORS_1(X, f) X(f, 1)
#define MICRO_VECTORS_3(X, f) MICRO_VECTORS_2(X, f) X(f, 2)
#define MICRO_VECTORS_4(X, f) MICRO_VECTORS_3(X, f) X(f, 3)
#define MICRO_VECTORS_5(X, f) MICRO_VECTORS_4(X, f) X(f, 4)
#define MICRO_VECTORS_6(X, f) MICRO_VECTORS_5(X, f) X(f, 5)
#define MICRO_FILTERS_1(X, V) X(0, V)
#define MICRO_FILTERS_2(X, V) MICRO_FILTERS_1(X, V) X(1, V)
#define MICRO_FILTERS_3(X, V) MICRO_FILTERS_2(X, V) X(2, V)
#define MICRO_FILTERS_4(X, V) MICRO_FILTERS_3(X, V) X(3, V)
#define MICRO_FILTERS_5(X, V) MICRO_FILTERS_4(X, V) X(4, V)
#define MICRO_FILTERS_6(X, V) MICRO_FILTERS_5(X, V) X(5, V)
#define MICRO_FILTERS_7(X, V) MICRO_FILTERS_6(X, V) X(6, V)
#define MICRO_FILTERS_8(X, V) MICRO_FILTERS_7(X, V) X(7, V)

#define MICRO_DECLARE_ONE(f, v) micro_vector c##f##v;
#define MICRO_BIAS_ONE(f, v) c##f##v = (micro_vector){0} + product->bias[f];
#define MICRO_LOAD_ONE(f, v) c##f##v = *(const micro_vector *)(from + (f)*from_step + (v)*MICRO_LANES);
#define MICRO_STORE_ONE(f, v) *(micro_vector *)(to + (f)*to_step + (v)*MICRO_LANES) = c##f##v;
#define MICRO_PIXELS_ONE(f, v) const micro_vector p##v = *(const micro_vector *)(pixels + (v)*MICRO_LANES);
#define MICRO_ADD_ONE(f, v) c##f##v += filter * p##v;

#define MICRO_DECLARE(f, V) MICRO_VECTORS_##V(MICRO_DECLARE_ONE, f)
#define MICRO_BIAS(f, V) MICRO_VECTORS_##V(MICRO_BIAS_ONE, f)
#define MICRO_LOAD(f, V) MICRO_VECTORS_##V(MICRO_LOAD_ONE, f)
#define MICRO_STORE(f, V) MICRO_VECTORS_##V(MICRO_STORE_ONE, f)
#define MICRO_ADD(f, V) \
	{ \
		const float filter = filters[f]; \
		MICRO_VECTORS_##V(MICRO_ADD_ONE, f) \
	}

/* The rows of `columns` values that the product goes on from or leaves, in rows of whole vectors beside them. */
static void micro_widen(const struct micro_product *product, int filters, int64_t width, float *rows)
{
	for (int f = 0; f < filters; f++)
		memcpy(rows + f * width, product->out + f * product->out_step, (size_t)product->columns * sizeof *rows);
}

static void micro_narrow(const struct micro_product *product, int filters, int64_t width, const float *rows)
{
	for (int f = 0; f < filters; f++)
		memcpy(product->out + f * product->out_step, rows + f * width, (size_t)product->columns * sizeof *rows);
}

#define MICRO_KERNEL(F, V) \
	MICRO_TARGET static void MICRO_JOIN(MICRO_SET, _##F##x##V)(const struct micro_product *product) \
	{ \
		enum { WIDTH = (V)*MICRO_LANES }; \
		float rows[(F)*WIDTH]; \
		const bool is_whole = product->columns == WIDTH; \
		const float *filters = product->filters; \
		const int32_t *offset = product->offsets; \
		const int32_t *end = offset + product->depth; \
		const float *origin = product->pixels; \
		MICRO_FILTERS_##F(MICRO_DECLARE, V); \
		if (product->bias) { \
			MICRO_FILTERS_##F(MICRO_BIAS, V); \
		} else { \
			const float *from = is_whole ? product->out : rows; \
			const int64_t from_step = is_whole ? product->out_step : WIDTH; \
			if (!is_whole) { \
				memset(rows, 0, sizeof rows); \
				micro_widen(product, F, WIDTH, rows); \
			} \
			MICRO_FILTERS_##F(MICRO_LOAD, V); \
		} \
		for (; offset < end; offset++) { \
			const float *pixels = origin + *offset; \
			MICRO_VECTORS_##V(MICRO_PIXELS_ONE, 0); \
			MICRO_FILTERS_##F(MICRO_ADD, V); \
			filters += (F); \
		} \
		float *to = is_whole ? product->out : rows; \
		const int64_t to_step = is_whole ? product->out_step : WIDTH; \
		MICRO_FILTERS_##F(MICRO_STORE, V); \
		if (!is_whole) \
			micro_narrow(product, F, WIDTH, rows); \
	}

#define MICRO_NAME(F, V) MICRO_JOIN(MICRO_SET, _##F##x##V)

#define MICRO_KERNELS_TO_4(V) \
	MICRO_KERNEL(1, V) \
	MICRO_KERNEL(2, V) \
	MICRO_KERNEL(3, V) \
	MICRO_KERNEL(4, V)
#define MICRO_KERNELS_TO_8(V) \
	MICRO_KERNELS_TO_4(V) \
	MICRO_KERNEL(5, V) \
	MICRO_KERNEL(6, V) \
	MICRO_KERNEL(7, V) \
	MICRO_KERNEL(8, V)

#define MICRO_NAMES_TO_4(V) MICRO_NAME(1, V), MICRO_NAME(2, V), MICRO_NAME(3, V), MICRO_NAME(4, V)
#define MICRO_NAMES_TO_8(V) MICRO_NAMES_TO_4(V), MICRO_NAME(5, V), MICRO_NAME(6, V), MICRO_NAME(7, V), MICRO_NAME(8, V)

/* So many vectors of a row from column x on. */
#define MICRO_ROW_START(f, v) micro_vector c##f##v = (micro_vector){0} + rows->bias;
#define MICRO_ROW_ADD(f, v) c##f##v += filter * *(const micro_vector *)(from + (v)*MICRO_LANES);
#define MICRO_ROW_STORE(f, v) *(micro_vector *)(out + x + (v)*MICRO_LANES) = c##f##v;
#define MICRO_ROW(V) \
	for (; x + (V)*MICRO_LANES <= rows->columns; x += (V)*MICRO_LANES) { \
		MICRO_VECTORS_##V(MICRO_ROW_START, 0); \
		for (int64_t t = 0; t < rows->taps; t++) { \
			const float filter = rows->filter[t]; \
			const float *from = pixels + x + rows->offsets[t]; \
			MICRO_VECTORS_##V(MICRO_ROW_ADD, 0); \
		} \
		MICRO_VECTORS_##V(MICRO_ROW_STORE, 0); \
	}

MICRO_TARGET static void MICRO_JOIN(MICRO_SET, _rows)(const struct micro_rows *rows)
{
	for (int64_t y = 0; y < rows->rows; y++) {
		const float *pixels = rows->pixels + y * rows->pixels_step;
		float *out = rows->out + y * rows->columns;
		int64_t x = 0;
		MICRO_ROW(6)
		MICRO_ROW(3)
		MICRO_ROW(2)
		MICRO_ROW(1)
		if (x == rows->columns)
			continue;
		/* The last pixels, less than a vector. */
		float rest[MICRO_LANES];
		micro_vector sum = (micro_vector){0} + rows->bias;
		for (int64_t t = 0; t < rows->taps; t++)
			sum += rows->filter[t] * *(const micro_vector *)(pixels + x + rows->offsets[t]);
		*(micro_vector *)rest = sum;
		memcpy(out + x, rest, (size_t)(rows->columns - x) * sizeof *rest);
	}
}

#endif
