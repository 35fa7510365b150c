/* The micro kernels of each instruction set. */
#ifndef LAMINA_MICRO_KERNEL_SETS_H
#define LAMINA_MICRO_KERNEL_SETS_H /* private to kernels/conv */

#include "kernels/conv/blocked_kernel.h"
#include "kernels/conv/micro_kernel.h"

extern const struct micro_kernels micro_kernels_plain;
extern const struct micro_kernels micro_kernels_avx2;
extern const struct micro_kernels micro_kernels_avx512;
extern const struct blocked_kernels blocked_kernels_plain;
extern const struct blocked_kernels blocked_kernels_avx2;
extern const struct blocked_kernels blocked_kernels_avx512;

#endif
