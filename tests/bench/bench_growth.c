/*
 * Cost against length: requests to the serverless platform of bench_platform.c, from a thousand to a hundred
 * million. Time per request must not grow, nor the memory: what a finished request used is used again.
 */
#include "tests/bench/bench.h"
#include "tests/models/faas.h"

int main(void)
{
	static struct faas faas;
	double first_rate = 0;
	uint64_t requests = 1000;
	for (int digits = 3; digits <= 8; digits++, requests *= 10) {
		double rates[BENCH_REPEATS];
		size_t bytes = 0;
		for (int i = 0; i < BENCH_REPEATS; i++) {
			/* The long ones once; the others from a fresh engine each time. */
			if (digits >= 7 && i > 0) {
				rates[i] = rates[0];
				continue;
			}
			struct arena arena;
			arena_init(&arena);
			faas_init(&faas, &arena, 1, 0.9, 1.991, 2.244, 600);
			double start = bench_cpu_seconds();
			faas_run(&faas, requests);
			rates[i] = (double)requests / (bench_cpu_seconds() - start);
			bytes = arena.bytes_used;
			arena_release(&arena);
		}
		char name[32];
		snprintf(name, sizeof name, "requests_1e%d", digits);
		struct bench_rate rate = bench_rate_of(rates);
		first_rate = first_rate == 0 ? rate.median : first_rate;
		bench_report(name, rate, "requests/s", "requests_1e3", first_rate);
		printf("%-24s %zu bytes\n", "", bytes);
	}
	return 0;
}
