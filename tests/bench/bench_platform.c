/*
 * A serverless platform by its requests per second: the example of SimFaaS's README (0.9 requests/s, 1.991 s warm,
 * 2.244 s cold, 600 s idle limit; its answer: cold probability 0.0014, 7.66 sandboxes, 1.79 running) and the same
 * at a rate that keeps 1,000 sandboxes. The references are the Python SimFaaS's own rates on a 2-core AVX-512
 * machine, quoted, not measured here.
 */
#include <string.h>

#include "base/check.h"
#include "tests/bench/bench.h"
#include "tests/models/faas.h"

static void run(void *context, uint64_t requests)
{
	faas_run(context, requests);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		double requests_per_second;
		const char *reference;
		double reference_rate;
	} rows[] = {
		{"platform_readme", 0.9, "SimFaaS, quoted", 107000},
		{"platform_1000", 450, "SimFaaS, quoted", 4900},
	};
	static struct faas faas;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (argc > 1 && strcmp(argv[1], rows[i].name) != 0)
			continue;
		struct arena arena;
		arena_init(&arena);
		faas_init(&faas, &arena, 1, rows[i].requests_per_second, 1.991, 2.244, 600);
		faas_run(&faas, 1000000);
		faas_clear_counts(&faas);
		int64_t start_ns = engine_now_ns(&faas.engine);
		struct bench_rate rate = bench_measure(run, &faas, 2000000);
		bench_report(rows[i].name, rate, "requests/s", rows[i].reference, rows[i].reference_rate);
		double elapsed_ns = (double)(faas.changed_ns - start_ns);
		printf("%-24s cold probability %.5f, %.2f sandboxes, %.2f running\n", "",
		       (double)faas.cold_starts / (double)faas.requests, (double)faas.sandbox_ns / elapsed_ns,
		       (double)faas.running_ns / elapsed_ns);
		arena_release(&arena);
	}
	return 0;
}
