#define _GNU_SOURCE /* sched_getaffinity */
#include "kernels/timing/host_speed.h"

#include <cblas.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kernels/tensor/blas.h"
#include "kernels/tensor/team.h"
#include "kernels/tensor/tensor.h"
#include "kernels/timing/samples.h"

enum {
	MATRIX_SIDE = 1536, /* three matrices of 9 MiB: past the second-level cache, 0.1 s a product on a slow core */
	MATRIX_VALUES = MATRIX_SIDE * MATRIX_SIDE,
	COPY_FLOATS = 64 * 1024 * 1024, /* 256 MiB, larger than any cache */
	COPY_BYTES = COPY_FLOATS * (int)sizeof(float),
	TOUCH_BYTES = 128 * 1024 * 1024,
	PRODUCTS_IN_A_ROW = 3,
	COPIES_IN_A_ROW = 3,
};

/* Seconds per 10^9 bytes: 0 would mean that it was not measured. */
#define TOUCH_LEAST 1e-6

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

/* Seconds of a product when every thread of a team makes one at the same time. */
static double product_seconds(struct host_speed *speed, int threads)
{
	struct products products = {speed->values, speed->values + MATRIX_VALUES, speed->values + 2 * MATRIX_VALUES};
	struct team team;
	team_init(&team, threads);
	double start = team_seconds(&team);
	team_run(&team, threads, 1, multiply, &products);
	double seconds = team_seconds(&team) - start;
	team_release(&team);
	return seconds;
}

static void copy_part(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	float *values = context;
	memcpy(values + COPY_FLOATS + first, values + first, (size_t)(last - first) * sizeof *values);
}

/* Thread seconds over threads of a copy between the blocks, whose parts a team's threads copy at the same time. */
static double copy_seconds(struct host_speed *speed, int threads)
{
	struct team team;
	team_init(&team, threads);
	double start = team_seconds(&team);
	team_run(&team, COPY_FLOATS, COPY_FLOATS / threads, copy_part, speed->values);
	double seconds = team_seconds(&team) - start;
	team_release(&team);
	return seconds;
}

/* Seconds to fill a block; a pointer that the compiler knows nothing of keeps it from leaving that out. */
static double fill_seconds(void *volatile block, int value)
{
	double start = stopwatch_cpu_seconds();
	memset(block, value, TOUCH_BYTES);
	return stopwatch_cpu_seconds() - start;
}

/* What the first touch of a fresh mapping takes more than a second one; 0 where there is no memory for it. */
static double touch_seconds(void)
{
	void *block = mmap(NULL, TOUCH_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (block == MAP_FAILED)
		return 0;
	double first = fill_seconds(block, 1);
	double again = fill_seconds(block, 2);
	munmap(block, TOUCH_BYTES);
	return first > again ? first - again : 0;
}

void host_speed_init(struct host_speed *speed, int threads)
{
	size_t matrices = (size_t)(threads + 2) * MATRIX_VALUES;
	size_t floats = matrices > 2 * (size_t)COPY_FLOATS ? matrices : 2 * (size_t)COPY_FLOATS;
	*speed = (struct host_speed){.threads = threads};
	speed->values = floats_alloc(floats, &speed->memory);
	/* Pages that were only ever read are all one and the same page of zeros, which stays in the cache. */
	for (size_t i = 0; i < floats; i++)
		speed->values[i] = (float)(i % 251) / 251;
	product_seconds(speed, threads);
}

void host_speed_release(struct host_speed *speed)
{
	mem_free(speed->memory);
	*speed = (struct host_speed){.memory = NULL};
}

void host_speed_measure(struct host_speed *speed)
{
	for (int i = 0; i < PRODUCTS_IN_A_ROW; i++)
		samples_add(&speed->one, product_seconds(speed, 1));
	if (speed->threads > 1)
		samples_add(&speed->all, product_seconds(speed, speed->threads));
	for (int i = 0; i < COPIES_IN_A_ROW; i++)
		samples_add(&speed->copy, copy_seconds(speed, 1));
	for (int i = 0; i < COPIES_IN_A_ROW && speed->threads > 1; i++)
		samples_add(&speed->copies, copy_seconds(speed, speed->threads));
	samples_add(&speed->touch, touch_seconds());
}

static double spread_share(const struct samples *seconds)
{
	return samples_rounded(samples_spread(seconds) / samples_least(seconds));
}

void host_speed_fill(const struct host_speed *speed, struct arena *arena, struct profile_host *host)
{
	static const double touched_gb = 1e-9 * TOUCH_BYTES;
	char version[BLAS_VERSION_BYTES];
	double one = samples_least(&speed->one);
	host->cpu = cpu_name(arena);
	host->cores = host_cores();
	host->blas = arena_strdup(arena, blas_version(version));
	host->blas_core_type = arena_strdup(arena, blas_core_type());
	host->blas_threads = blas_threads();
	host->sgemm_gflop_per_second_per_core = samples_rounded(2e-9 * MATRIX_SIDE * MATRIX_VALUES / one);
	host->sgemm_spread_share = spread_share(&speed->one);
	host->sgemm_parallel_speedup =
		speed->threads == 1 ? 1 : samples_rounded(speed->threads * one / samples_least(&speed->all));
	host->memory_gb_per_second = samples_rounded(2e-9 * COPY_BYTES / samples_least(&speed->copy));
	host->memory_spread_share = spread_share(&speed->copy);
	host->memory_parallel_threads = speed->threads;
	if (speed->threads > 1)
		host->memory_parallel_speedup =
			samples_rounded(samples_least(&speed->copy) / samples_least(&speed->copies));
	double touch = samples_least(&speed->touch) / touched_gb;
	host->first_touch_seconds_per_gb = samples_rounded(touch > TOUCH_LEAST ? touch : TOUCH_LEAST);
	host->first_touch_spread_seconds_per_gb = samples_rounded(samples_spread(&speed->touch) / touched_gb);
}

bool host_load_parse(const char *line, double ticks_per_second, struct host_load *load)
{
	unsigned long long user, nice, system, idle, wait, irq, soft, steal;
	if (sscanf(line, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &user, &nice, &system, &idle, &wait, &irq,
		   &soft, &steal) != 8)
		return false;
	load->busy = (double)(user + nice + system + irq + soft) / ticks_per_second;
	load->steal = (double)steal / ticks_per_second;
	return true;
}

static double used_seconds(int who)
{
	struct rusage used;
	if (getrusage(who, &used) != 0)
		return 0;
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

struct host_load host_load_now(void)
{
	char line[256] = "";
	struct host_load load = {
		.wall = stopwatch_seconds(),
		.own = used_seconds(RUSAGE_SELF) + used_seconds(RUSAGE_CHILDREN),
	};
	FILE *in = fopen("/proc/stat", "r");
	if (in && fgets(line, sizeof line, in))
		host_load_parse(line, (double)sysconf(_SC_CLK_TCK), &load);
	if (in)
		fclose(in);
	return load;
}

static double per_second(double seconds, const struct host_load *start, const struct host_load *end)
{
	return seconds > 0 && end->wall > start->wall ? seconds / (end->wall - start->wall) : 0;
}

double host_load_others(const struct host_load *start, const struct host_load *end)
{
	return per_second((end->busy - start->busy) - (end->own - start->own), start, end);
}

double host_load_stolen(const struct host_load *start, const struct host_load *end)
{
	return per_second(end->steal - start->steal, start, end);
}
