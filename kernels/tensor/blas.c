#include "kernels/tensor/blas.h"

#include <cblas.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"

static const char guard_variable[] = "LAMINA_BLAS_PREPARED";

void blas_prepare(char *const argv[])
{
	bool forced = getenv("OPENBLAS_CORETYPE") != NULL;
	bool keep = getenv("LAMINA_KEEP_CORETYPE") != NULL;
	bool already = getenv(guard_variable) != NULL;
	/* Children (profiling starts some) are to decide for themselves. */
	unsetenv(guard_variable);
	blas_set_threads(1);
	if (!forced || keep || already)
		return;
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	if (length <= 0)
		return;
	program[length] = '\0';
	unsetenv("OPENBLAS_CORETYPE");
	setenv("OPENBLAS_NUM_THREADS", "1", 1);
	setenv(guard_variable, "1", 1);
	execv(program, argv);
	unsetenv(guard_variable);
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
