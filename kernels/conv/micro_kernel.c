#include "kernels/conv/micro_kernel.h"

#include "base/check.h"
#include "kernels/conv/micro_kernel_sets.h"

const struct micro_kernels *micro_kernels_of(enum isa isa)
{
	static const struct micro_kernels *const sets[ISAS] = {
		[ISA_PLAIN] = &micro_kernels_plain,
#ifdef __x86_64__
		[ISA_AVX2] = &micro_kernels_avx2,
		[ISA_AVX512] = &micro_kernels_avx512,
#endif
	};
	CHECK(isa < ISAS && sets[isa] && isa_is_supported(isa));
	return sets[isa];
}

const struct blocked_kernels *blocked_kernels_of(enum isa isa)
{
	static const struct blocked_kernels *const sets[ISAS] = {
		[ISA_PLAIN] = &blocked_kernels_plain,
#ifdef __x86_64__
		[ISA_AVX2] = &blocked_kernels_avx2,
		[ISA_AVX512] = &blocked_kernels_avx512,
#endif
	};
	CHECK(isa < ISAS && sets[isa] && isa_is_supported(isa));
	return sets[isa];
}
