/*
 * A serverless platform on the engine against the answers of others: the example of SimFaaS's README, and the
 * analytic example of the same authors (100 requests/s, 2 s warm, 25 s cold, 600 s idle limit: 251.04 sandboxes,
 * cold probability 6.5e-5, utilisation 0.7966). Their analysis takes what overflows a sandbox for a Poisson stream;
 * it comes in bursts, and 160 million requests simulated here gave 252.5, 8.4e-5 and 0.7926. Hence the tolerances:
 * 1 %, and half of the cold probability.
 */
#include "stats/summary.h"
#include "tests/models/faas.h"
#include "tests/tap.h"

struct answers {
	struct summary cold;
	struct summary sandboxes;
	struct summary running;
	struct summary utilisation;
};

static struct answers measure(double requests_per_second, double warm_seconds, double cold_seconds,
			      uint32_t replications, uint64_t requests)
{
	static struct faas faas;
	struct answers answers;
	summary_init(&answers.cold);
	summary_init(&answers.sandboxes);
	summary_init(&answers.running);
	summary_init(&answers.utilisation);
	for (uint32_t i = 0; i < replications; i++) {
		struct arena arena = {0};
		faas_init(&faas, &arena, 100 + i, requests_per_second, warm_seconds, cold_seconds, 600);
		faas_run(&faas, requests / 5);
		faas_clear_counts(&faas);
		int64_t start_ns = engine_now_ns(&faas.engine);
		faas_run(&faas, requests);
		faas_integrate(&faas);
		double elapsed_ns = (double)(engine_now_ns(&faas.engine) - start_ns);
		summary_add(&answers.cold, (double)faas.cold_starts / (double)faas.requests);
		summary_add(&answers.sandboxes, (double)faas.sandbox_ns / elapsed_ns);
		summary_add(&answers.running, (double)faas.running_ns / elapsed_ns);
		summary_add(&answers.utilisation, (double)faas.running_ns / (double)faas.sandbox_ns);
		arena_release(&arena);
	}
	return answers;
}

static void check(const char *what, const struct summary *summary, double truth, double tolerance)
{
	double half_width = summary_half_width(summary, 0.999);
	t_ok(fabs(summary_mean(summary) - truth) < half_width + tolerance, "%s: %.6g +- %.2g, theirs %.6g", what,
	     summary_mean(summary), half_width, truth);
}

int main(void)
{
	struct answers readme = measure(0.9, 1.991, 2.244, 10, 300000);
	check("README, cold probability", &readme.cold, 0.0014, 0.00005);
	check("README, sandboxes", &readme.sandboxes, 7.66, 0.06);
	check("README, running", &readme.running, 1.79, 0.005);
	struct answers analytic = measure(100, 2, 25, 10, 1000000);
	check("analytic, cold probability", &analytic.cold, 6.5e-5, 3.3e-5);
	check("analytic, sandboxes", &analytic.sandboxes, 251.04, 2.51);
	check("analytic, utilisation", &analytic.utilisation, 0.7966, 0.008);
	return t_done();
}
