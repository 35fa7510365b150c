/* Micro kernels for AVX-512: 32 registers of sixteen values. */
#ifdef __x86_64__
#include <immintrin.h>

#include "kernels/conv/micro_kernel_sets.h"

#define MICRO_LANES 16
#define MICRO_SET avx512
/* Of a number and what is not one, the second. */
#define MICRO_LEAST(bound, sum) (micro_vector) _mm512_min_ps((__m512)(bound), (__m512)(sum))
#define MICRO_MOST(bound, sum) (micro_vector) _mm512_max_ps((__m512)(bound), (__m512)(sum))
#define MICRO_TARGET __attribute__((target("avx512f,avx512vl,fma")))
#include "kernels/conv/blocked_winograd_body.h"

MICRO_KERNELS_TO_8(1)
MICRO_KERNELS_TO_8(2)
MICRO_KERNELS_TO_8(3)

const struct micro_kernels micro_kernels_avx512 = {
	.lanes = MICRO_LANES,
	.filters_max = 8,
	.run_rows = avx512_rows,
	.run = {{MICRO_NAMES_TO_8(1)}, {MICRO_NAMES_TO_8(2)}, {MICRO_NAMES_TO_8(3)}},
};

BLOCKED_KERNELS_TO_12(1)
BLOCKED_KERNELS_TO_12(2)
BLOCKED_KERNELS_TO_8(3)

const struct blocked_kernels blocked_kernels_avx512 = {
	.lanes = MICRO_LANES,
	.pixels_max = {12, 12, 8},
	.run = {{BLOCKED_NAMES_TO_12(1, deep)}, {BLOCKED_NAMES_TO_12(2, deep)}, {BLOCKED_NAMES_TO_8(3, deep)}},
	.run_dense = {{BLOCKED_NAMES_TO_12(1, dense)}, {BLOCKED_NAMES_TO_12(2, dense)}, {BLOCKED_NAMES_TO_8(3, dense)}},
	.run_shallow = {{BLOCKED_NAMES_TO_12(1, shallow)},
			{BLOCKED_NAMES_TO_12(2, shallow)},
			{BLOCKED_NAMES_TO_8(3, shallow)}},
	.run_depthwise = avx512_blocked_depthwise,
	.run_depthwise_3x3 = avx512_blocked_depthwise_3x3,
	.winograd_image = avx512_winograd_image,
	.winograd_sums = avx512_winograd_sums,
};
#endif
