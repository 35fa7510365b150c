/* Micro kernels for AVX2 with FMA: 16 registers of eight values. */
#ifdef __x86_64__
#include <immintrin.h>

#include "kernels/conv/micro_kernel_sets.h"

#define MICRO_LANES 8
#define MICRO_SET avx2
/* Of a number and what is not one, the second. */
#define MICRO_LEAST(bound, sum) (micro_vector) _mm256_min_ps((__m256)(bound), (__m256)(sum))
#define MICRO_MOST(bound, sum) (micro_vector) _mm256_max_ps((__m256)(bound), (__m256)(sum))
#define MICRO_TARGET __attribute__((target("avx2,fma")))
#include "kernels/conv/blocked_winograd_body.h"

MICRO_KERNELS_TO_4(1)
MICRO_KERNELS_TO_4(2)
MICRO_KERNELS_TO_4(3)

const struct micro_kernels micro_kernels_avx2 = {
	.lanes = MICRO_LANES,
	.filters_max = 4,
	.run_rows = avx2_rows,
	.run = {{MICRO_NAMES_TO_4(1)}, {MICRO_NAMES_TO_4(2)}, {MICRO_NAMES_TO_4(3)}},
};

BLOCKED_KERNELS_TO_12(1)
BLOCKED_KERNELS_TO_6(2)
BLOCKED_KERNELS_TO_4(3)

const struct blocked_kernels blocked_kernels_avx2 = {
	.lanes = MICRO_LANES,
	.pixels_max = {12, 6, 4},
	.run = {{BLOCKED_NAMES_TO_12(1, deep)}, {BLOCKED_NAMES_TO_6(2, deep)}, {BLOCKED_NAMES_TO_4(3, deep)}},
	.run_dense = {{BLOCKED_NAMES_TO_12(1, dense)}, {BLOCKED_NAMES_TO_6(2, dense)}, {BLOCKED_NAMES_TO_4(3, dense)}},
	.run_shallow = {{BLOCKED_NAMES_TO_12(1, shallow)},
			{BLOCKED_NAMES_TO_6(2, shallow)},
			{BLOCKED_NAMES_TO_4(3, shallow)}},
	.run_depthwise = avx2_blocked_depthwise,
	.run_depthwise_3x3 = avx2_blocked_depthwise_3x3,
	.winograd_image = avx2_winograd_image,
	.winograd_sums = avx2_winograd_sums,
};
#endif
