/*
 * What a second thread gains on the paper's largest sweep: wall time with one thread over wall time with two. Unlike
 * other benchmarks it sees busy neighbours: it needs two processors to itself.
 */
#include "bench.h"

#include "base/file.h"
#include "base/parallel.h"
#include "experiment/study.h"

static const double TARGET = 1.9;

static double wall_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double sweep_seconds(int threads)
{
	struct arena arena;
	struct diag diag;
	struct study study;
	int64_t replications = 100;
	double start = wall_seconds();
	arena_init(&arena);
	diag_init(&diag);
	struct study_request request = {
		.load = {.path = data_file_find("configs/paper/fig5.yaml", &arena)},
		.with_sweep = true,
		.replications = &replications,
	};
	struct run_control control = {.jobs = threads};
	CHECK(request.load.path);
	bool ok = study_load(&request, &arena, &diag, &study, NULL) && study_run(&study, &control, &arena);
	CHECK(ok);
	diag_release(&diag);
	arena_release(&arena);
	return wall_seconds() - start;
}

int main(void)
{
	double gains[BENCH_REPEATS];
	if (parallel_processors() < 2)
		return 0;
	for (int i = 0; i < BENCH_REPEATS; i++)
		gains[i] = sweep_seconds(1) / sweep_seconds(2);
	bench_report("threads_2", bench_rate_of(gains), "x", "the gain that is expected of two cores", TARGET);
	return 0;
}
