/*
 * The instruction sets that kernels are written for, and which of them this processor runs. What is timed for a cloud
 * has to be what the cloud's processors run; plain C leaves it to the compiler, which makes NEON of it on arm64.
 */
#ifndef LAMINA_ISA_H
#define LAMINA_ISA_H

#include <stdbool.h>

enum isa {
	ISA_PLAIN,
	ISA_AVX2, /* with FMA */
	ISA_AVX512,
	ISAS,
};

/* Whether Lamina's own kernels compute what they serve, and for which instruction set; else OpenBLAS does. */
struct kernel_choice {
	bool are_lamina;
	enum isa isa;
};

extern const char *const isa_names[ISAS + 1]; /* ends with NULL */

bool isa_is_supported(enum isa isa);

/* AVX2, which clouds' processors have, where this one runs it. */
enum isa isa_usual(void);

#endif
