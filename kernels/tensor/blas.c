#include "kernels/tensor/blas.h"

#include <cblas.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/check.h"

static const char guard_variable[] = "LAMINA_BLAS_PREPARED";

/*
 * Choices of OpenBLAS that are not kept: the kernels that any x86-64 can run, which it takes where it does not know the
 * CPU's model number, and those with AVX-512. AWS documents AVX2 for Lambda's x86-64, and layers that were timed with
 * the platform's own instructions carry over best: products gain twice from AVX-512 where im2col, decoding and pooling
 * gain nothing. The paper's memMin rows came out 0.7 to 5.6 % off with Haswell's kernels and 4.2 to 11.2 % with
 * SkylakeX's on an Emerald Rapids, 2.2 to 5.5 % and 1.0 to 7.1 % on an EPYC of the fifth generation.
 */
static const char *const replaced_core_types[] = {"Prescott", "SkylakeX", "Cooperlake", "Sapphirerapids"};

static bool is_replaced(const char *core_type)
{
	for (size_t i = 0; i < ARRAY_LEN(replaced_core_types); i++) {
		if (strcasecmp(core_type, replaced_core_types[i]) == 0)
			return true;
	}
	return false;
}

/* What this CPU's instructions allow, up to AVX2. */
static const char *core_type_by_features(void)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return "Haswell";
	if (__builtin_cpu_supports("avx"))
		return "Sandybridge";
#endif
	return NULL;
}

/* Replaces the process by itself; a core_type of NULL leaves the choice to OpenBLAS. Returns where that fails. */
static void start_again(char *const argv[], const char *core_type)
{
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	if (length <= 0)
		return;
	program[length] = '\0';
	if (core_type)
		setenv("OPENBLAS_CORETYPE", core_type, 1);
	else
		unsetenv("OPENBLAS_CORETYPE");
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	setenv(guard_variable, core_type ? "chosen" : "free", 1);
	execv(program, argv);
	unsetenv(guard_variable);
}

void blas_prepare(char *const argv[])
{
	const char *prepared = getenv(guard_variable);
	bool is_chosen = prepared && strcmp(prepared, "chosen") == 0;
	bool is_forced = getenv("OPENBLAS_CORETYPE") != NULL;
	/* Children (profiling starts some) are to decide for themselves. */
	unsetenv(guard_variable);
	blas_set_threads(1);
	if (getenv("LAMINA_KEEP_CORETYPE"))
		return;
	if (is_forced && !prepared)
		start_again(argv, NULL);
	else if (!is_chosen && is_replaced(blas_core_type()) && core_type_by_features())
		start_again(argv, core_type_by_features());
	if (is_chosen)
		unsetenv("OPENBLAS_CORETYPE");
}

const char *blas_core_type(void)
{
	return openblas_get_corename();
}

const char *blas_config(void)
{
	return openblas_get_config();
}

void blas_set_threads(int threads)
{
	CHECK(threads >= 1);
	openblas_set_num_threads(threads);
}

int blas_threads(void)
{
	return openblas_get_num_threads();
}

const char *blas_version(char out[BLAS_VERSION_BYTES])
{
	const char *config = blas_config();
	size_t length = strcspn(config, " ");
	if (config[length] == ' ')
		length += 1 + strcspn(config + length + 1, " ");
	if (length > BLAS_VERSION_BYTES - 1)
		length = BLAS_VERSION_BYTES - 1;
	memcpy(out, config, length);
	out[length] = '\0';
	return out;
}
