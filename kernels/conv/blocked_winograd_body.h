/*
 * The transforms of Winograd's minimal filtering F(4 x 4, 3 x 3) for vectors of MICRO_LANES channels, written once for
 * all instruction sets; what includes this includes blocked_kernel_body.h first. What they compute, and the source, is
 * in blocked_winograd.h.
 */
#ifndef LAMINA_BLOCKED_WINOGRAD_BODY_H
#define LAMINA_BLOCKED_WINOGRAD_BODY_H /* private to kernels/conv */

#include "kernels/conv/blocked_kernel_body.h"
#include "kernels/conv/blocked_winograd.h"

#define WINOGRAD_NEAR_2 (WINOGRAD_NEAR * WINOGRAD_NEAR)
#define WINOGRAD_FAR_2 (WINOGRAD_FAR * WINOGRAD_FAR)

/* One line of six through B', the line's values `step` vectors apart. */
MICRO_TARGET static inline __attribute__((always_inline)) void
MICRO_JOIN(MICRO_SET, _winograd_image_line)(const micro_vector *x, int step, micro_vector *out)
{
	const micro_vector x1 = x[step], x2 = x[2 * step], x3 = x[3 * step], x4 = x[4 * step];
	const micro_vector near_even = x4 - WINOGRAD_FAR_2 * x2;
	const micro_vector near_odd = x3 - WINOGRAD_FAR_2 * x1;
	const micro_vector far_even = x4 - WINOGRAD_NEAR_2 * x2;
	const micro_vector far_odd = x3 - WINOGRAD_NEAR_2 * x1;
	out[0] = WINOGRAD_NEAR_2 * WINOGRAD_FAR_2 * x[0] + (x4 - (WINOGRAD_NEAR_2 + WINOGRAD_FAR_2) * x2);
	out[1] = near_even + WINOGRAD_NEAR * near_odd;
	out[2] = near_even - WINOGRAD_NEAR * near_odd;
	out[3] = far_even + WINOGRAD_FAR * far_odd;
	out[4] = far_even - WINOGRAD_FAR * far_odd;
	out[5] = WINOGRAD_NEAR_2 * WINOGRAD_FAR_2 * x1 + (x[5 * step] - (WINOGRAD_NEAR_2 + WINOGRAD_FAR_2) * x3);
}

/* One line of six through A', which makes four. */
MICRO_TARGET static inline __attribute__((always_inline)) void
MICRO_JOIN(MICRO_SET, _winograd_sums_line)(const micro_vector *m, int step, micro_vector *out)
{
	const micro_vector near_even = m[step] + m[2 * step];
	const micro_vector near_odd = m[step] - m[2 * step];
	const micro_vector far_even = m[3 * step] + m[4 * step];
	const micro_vector far_odd = m[3 * step] - m[4 * step];
	out[0] = m[0] + near_even + far_even;
	out[1] = WINOGRAD_NEAR * near_odd + WINOGRAD_FAR * far_odd;
	out[2] = WINOGRAD_NEAR_2 * near_even + WINOGRAD_FAR_2 * far_even;
	out[3] = WINOGRAD_NEAR_2 * WINOGRAD_NEAR * near_odd + (WINOGRAD_FAR_2 * WINOGRAD_FAR * far_odd + m[5 * step]);
}

MICRO_TARGET static void MICRO_JOIN(MICRO_SET, _winograd_image)(const float *image, int64_t row_step, float *out,
								int64_t out_step)
{
	micro_vector lines[WINOGRAD_TILE][WINOGRAD_TILE];
	for (int row = 0; row < WINOGRAD_TILE; row++)
		MICRO_JOIN(MICRO_SET, _winograd_image_line)
	((const micro_vector *)(image + row * row_step), 1, lines[row]);
	for (int column = 0; column < WINOGRAD_TILE; column++) {
		micro_vector points[WINOGRAD_TILE];
		MICRO_JOIN(MICRO_SET, _winograd_image_line)(&lines[0][column], WINOGRAD_TILE, points);
		for (int row = 0; row < WINOGRAD_TILE; row++)
			BLOCKED_VECTOR_AT(out + (row * WINOGRAD_TILE + column) * out_step) = points[row];
	}
}

MICRO_TARGET static void MICRO_JOIN(MICRO_SET, _winograd_sums)(const struct winograd_sums *product)
{
	micro_vector lines[WINOGRAD_TILE][WINOGRAD_OUTPUTS];
	const micro_vector bias = BLOCKED_VECTOR(product->bias);
	for (int row = 0; row < WINOGRAD_TILE; row++) {
		micro_vector points[WINOGRAD_TILE];
		for (int column = 0; column < WINOGRAD_TILE; column++)
			points[column] = BLOCKED_VECTOR(product->sums + (row * WINOGRAD_TILE + column) * product->step);
		MICRO_JOIN(MICRO_SET, _winograd_sums_line)(points, 1, lines[row]);
	}
	for (int column = 0; column < WINOGRAD_OUTPUTS; column++) {
		micro_vector outputs[WINOGRAD_OUTPUTS];
		MICRO_JOIN(MICRO_SET, _winograd_sums_line)(&lines[0][column], WINOGRAD_OUTPUTS, outputs);
		for (int row = 0; row < WINOGRAD_OUTPUTS; row++) {
			micro_vector sum = outputs[row] + bias;
			if (product->bounds)
				BLOCKED_CLAMP(sum)
			BLOCKED_VECTOR_AT(product->out + row * product->row_step + column * MICRO_LANES) = sum;
		}
	}
}

#endif
