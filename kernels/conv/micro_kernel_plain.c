/* Micro kernels for vectors of four values, which every processor has or the compiler makes. */
#include "kernels/conv/blocked_winograd_body.h"
#include "kernels/conv/micro_kernel_sets.h"

MICRO_KERNELS_TO_4(1)
MICRO_KERNELS_TO_4(2)
MICRO_KERNELS_TO_4(3)

const struct micro_kernels micro_kernels_plain = {
	.lanes = MICRO_LANES,
	.filters_max = 4,
	.run_rows = plain_rows,
	.run = {{MICRO_NAMES_TO_4(1)}, {MICRO_NAMES_TO_4(2)}, {MICRO_NAMES_TO_4(3)}},
};

BLOCKED_KERNELS_TO_6(1)
BLOCKED_KERNELS_TO_4(2)
BLOCKED_KERNELS_TO_4(3)

const struct blocked_kernels blocked_kernels_plain = {
	.lanes = MICRO_LANES,
	.pixels_max = {6, 4, 4},
	.run = {{BLOCKED_NAMES_TO_6(1, deep)}, {BLOCKED_NAMES_TO_4(2, deep)}, {BLOCKED_NAMES_TO_4(3, deep)}},
	.run_dense = {{BLOCKED_NAMES_TO_6(1, dense)}, {BLOCKED_NAMES_TO_4(2, dense)}, {BLOCKED_NAMES_TO_4(3, dense)}},
	.run_shallow = {{BLOCKED_NAMES_TO_6(1, shallow)},
			{BLOCKED_NAMES_TO_4(2, shallow)},
			{BLOCKED_NAMES_TO_4(3, shallow)}},
	.run_depthwise = plain_blocked_depthwise,
	.run_depthwise_3x3 = plain_blocked_depthwise_3x3,
	.winograd_image = plain_winograd_image,
	.winograd_sums = plain_winograd_sums,
};
