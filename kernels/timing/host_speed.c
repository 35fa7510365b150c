#define _GNU_SOURCE /* sched_getaffinity */
#include "kernels/timing/host_speed.h"

#include <cblas.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "kernels/tensor/blas.h"
#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"
#include "kernels/timing/samples.h"

enum {
	MATRIX_SIDE = 1536, /* three matrices of 9 MiB: past the second-level cache, 0.1 s a product on a slow core */
	MATRIX_VALUES = MATRIX_SIDE * MATRIX_SIDE,
	COPY_FLOATS = 64 * 1024 * 1024, /* 256 MiB, larger than any cache */
	REPEATS = 7,
};

/* A slow machine gets fewer repeats. */
#define REPEATS_SECONDS 1.0

int64_t host_cores(void)
{
	cpu_set_t allowed;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		return 1;
	return CPU_COUNT(&allowed);
}

/* The text after "key ... :" on its first line in a file of /proc; NULL where there is none. */
static char *proc_value(const char *path, const char *key, struct arena *arena)
{
	FILE *in = fopen(path, "r");
	char line[512];
	char *value = NULL;
	while (in && !value && fgets(line, sizeof line, in)) {
		char *colon = strchr(line, ':');
		if (!colon || strncmp(line, key, strlen(key)) != 0)
			continue;
		char *start = colon + 1 + strspn(colon + 1, " \t");
		value = arena_strndup(arena, start, strcspn(start, "\n"));
	}
	if (in)
		fclose(in);
	return value;
}

int64_t host_available_bytes(void)
{
	struct arena arena;
	arena_init(&arena);
	const char *kib = proc_value("/proc/meminfo", "MemAvailable", &arena);
	int64_t bytes = kib ? strtoll(kib, NULL, 10) * 1024 : INT64_MAX;
	arena_release(&arena);
	return bytes;
}

static const char *cpu_name(struct arena *arena)
{
	const char *name = proc_value("/proc/cpuinfo", "model name", arena);
	struct utsname machine;
	if (name)
		return name;
	return uname(&machine) == 0 ? arena_strdup(arena, machine.machine) : "unknown";
}

struct products {
	const float *a;
	const float *b;
	float *c; /* one matrix for each product */
};

static void multiply(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct products *products = context;
	for (int64_t i = first; i < last; i++)
		cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, MATRIX_SIDE, MATRIX_SIDE, MATRIX_SIDE, 1,
			    products->a, MATRIX_SIDE, products->b, MATRIX_SIDE, 0, products->c + i * MATRIX_VALUES,
			    MATRIX_SIDE);
}

/* Products per second when every thread of the team makes one at the same time. */
static double product_rate(struct products *products, int threads)
{
	struct team team;
	struct samples seconds = {.count = 0};
	team_init(&team, threads);
	team_run(&team, threads, 1, multiply, products);
	double begin = stopwatch_seconds();
	for (int i = 0; i < REPEATS && (i == 0 || stopwatch_seconds() - begin < REPEATS_SECONDS); i++) {
		double start = stopwatch_cpu_seconds();
		team_run(&team, threads, 1, multiply, products);
		samples_add(&seconds, (stopwatch_cpu_seconds() - start) / threads);
	}
	team_release(&team);
	return threads / samples_median(&seconds);
}

static void measure_products(struct profile_host *host, int threads)
{
	void *memory;
	float *values = floats_alloc((size_t)(threads + 2) * MATRIX_VALUES, &memory);
	for (int64_t i = 0; i < 2 * MATRIX_VALUES; i++)
		values[i] = (float)(i % 251) / 251;
	struct products products = {values, values + MATRIX_VALUES, values + 2 * MATRIX_VALUES};
	double one = product_rate(&products, 1);
	host->sgemm_gflop_per_second_per_core = samples_rounded(one * 2e-9 * MATRIX_SIDE * MATRIX_VALUES);
	host->sgemm_parallel_speedup = threads == 1 ? 1 : samples_rounded(product_rate(&products, threads) / one);
	mem_free(memory);
}

static void measure_copy(struct profile_host *host)
{
	void *memory;
	float *values = floats_alloc(2 * (size_t)COPY_FLOATS, &memory);
	struct samples seconds = {.count = 0};
	for (int i = 0; i <= REPEATS; i++) {
		values[i] = 1;
		double start = stopwatch_cpu_seconds();
		memcpy(values + COPY_FLOATS, values, COPY_FLOATS * sizeof *values);
		/* The first copy touches the pages. */
		if (i > 0)
			samples_add(&seconds, stopwatch_cpu_seconds() - start);
	}
	host->memory_gb_per_second = samples_rounded(2e-9 * COPY_FLOATS * sizeof *values / samples_median(&seconds));
	mem_free(memory);
}

void host_speed_measure(struct profile_host *host, int threads, struct arena *arena)
{
	host->cpu = cpu_name(arena);
	host->cores = host_cores();
	char version[BLAS_VERSION_BYTES];
	host->blas = arena_strdup(arena, blas_version(version));
	host->blas_core_type = arena_strdup(arena, blas_core_type());
	measure_products(host, threads);
	host->blas_threads = blas_threads();
	measure_copy(host);
}
