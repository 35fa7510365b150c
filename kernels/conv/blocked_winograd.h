/*
 * Convolutions with windows of 3 x 3 by minimal filtering: F(4 x 4, 3 x 3) of Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", CVPR 2016, arXiv 1509.09308. An output of 4 x 4 pixels is
 *
 *     A' [ sum over channels of (G g G') (B' d B) ] A
 *
 * of the 6 x 6 pixels d that it reads and the filters g, with 36 products for what takes 144 directly. A', B' and G
 * follow from six points at which polynomials are taken: 0, infinity and two of either sign. How much rounding costs
 * depends on them (Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural
 * Networks", ACM TOMS 46(4), 2020): with 1 and 2, Lavin and Gray's, sums of 256 channels of random numbers are off by
 * 4.5 times as much as directly, root mean square, with 5/8 and 3/2, the best of fractions tried, by 1.7 times as much.
 * All but G's entries are exact in float. What rounding may do at most is bounded where it is tested
 * (tests/unit/test_blocked_conv.c).
 *
 * Some tiles at a time, so that all stays in a second-level cache: a chunk of channels of them is transformed, becomes
 * 36 products of matrices on the kernels of 1x1 windows, and the sums of a part of the filters are transformed back.
 */
#ifndef LAMINA_BLOCKED_WINOGRAD_H
#define LAMINA_BLOCKED_WINOGRAD_H /* private to kernels/conv */

#include <stddef.h>
#include <stdint.h>

enum {
	WINOGRAD_TILE = 6,    /* rows and columns that a tile reads */
	WINOGRAD_OUTPUTS = 4, /* and makes */
	WINOGRAD_POINTS = WINOGRAD_TILE * WINOGRAD_TILE,
};

/* The points but 0 and infinity are these and their negatives. */
#define WINOGRAD_NEAR 0.625f
#define WINOGRAD_FAR 1.5f

/* One tile's sums of one block of filters, back to pixels. */
struct winograd_sums {
	const float *sums;
	int64_t step; /* from a point's sums to the next one's, in values */
	const float *bias;
	const float *bounds; /* the least and the most that outputs may be; NULL: none */
	float *out;
	int64_t row_step;
};

#endif
