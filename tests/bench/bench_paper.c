/* The paper's whole evaluation with 30 replications of every point, the fit included, on one core: seconds. */
#include "bench.h"

#include "base/file.h"
#include "report/paper.h"

/* What the evaluation may take at most to be tried out while thinking. */
static const double TARGET_SECONDS = 2;

static double evaluate(void)
{
	struct arena arena;
	struct diag diag;
	arena_init(&arena);
	diag_init(&diag);
	struct paper *paper = ARENA_NEW(&arena, struct paper);
	struct paper_request request = {.folder = data_file_find("configs/paper", &arena), .control = {.jobs = 1}};
	CHECK(request.folder);
	double start = bench_cpu_seconds();
	bool ok = paper_run(&request, &arena, &diag, paper);
	double seconds = bench_cpu_seconds() - start;
	diag_print(&diag, stderr);
	CHECK(ok);
	diag_release(&diag);
	arena_release(&arena);
	return seconds;
}

int main(void)
{
	double seconds[BENCH_REPEATS];
	for (int i = 0; i < BENCH_REPEATS; i++)
		seconds[i] = evaluate();
	qsort(seconds, BENCH_REPEATS, sizeof seconds[0], bench_compare_);
	struct bench_rate rate = {.median = seconds[BENCH_REPEATS / 2]};
	rate.spread_percent = 50 * (seconds[BENCH_REPEATS * 3 / 4] - seconds[BENCH_REPEATS / 4]) / rate.median;
	bench_report("paper_evaluation", rate, "s", "the 2 s it may take", TARGET_SECONDS);
	return 0;
}
