#include "kernels/conv/isa.h"

const char *const isa_names[ISAS + 1] = {
	[ISA_PLAIN] = "plain",
	[ISA_AVX2] = "avx2",
	[ISA_AVX512] = "avx512",
};

bool isa_is_supported(enum isa isa)
{
#ifdef __x86_64__
	if (isa == ISA_AVX2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	if (isa == ISA_AVX512)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl");
#endif
	return isa == ISA_PLAIN;
}

enum isa isa_usual(void)
{
	return isa_is_supported(ISA_AVX2) ? ISA_AVX2 : ISA_PLAIN;
}
