/*
 * Whether a 95 % interval holds the truth in 95 % of cases: 1,000 independent experiments each on M/M/1 and M/M/c
 * with replications, as `lamina run` makes them, and on one long M/M/1 with batch means. With 1,000 experiments a
 * true 95 % shows as 93.2 to 96.8 in 99 of 100 suites; the seeds are fixed, so that this one stays as it is.
 */
#include "base/arena.h"
#include "engine/engine.h"
#include "engine/resource.h"
#include "random/stream.h"
#include "stats/steady.h"
#include "stats/summary.h"
#include "tests/tap.h"

enum { EXPERIMENTS = 1000 };

struct line {
	struct engine engine;
	struct resource servers;
	struct stream arrivals;
	struct stream services;
	double between_arrivals_ns;
	uint64_t arrived;
};

static void service_end(struct engine *engine, void *subject, int64_t argument)
{
	struct line *line = subject;
	resource_release(&line->servers, 1);
}

static void service_start(struct engine *engine, void *subject, int64_t argument)
{
	struct line *line = subject;
	engine_schedule(engine, (int64_t)stream_exponential(&line->services, 1e9), 0, service_end, line, 0);
}

static void arrive(struct engine *engine, void *subject, int64_t argument)
{
	struct line *line = subject;
	line->arrived++;
	engine_schedule(engine, (int64_t)stream_exponential(&line->arrivals, line->between_arrivals_ns), 0, arrive,
			line, 0);
	resource_acquire(&line->servers, 1, service_start, line, 0);
}

/* The mean number waiting over seconds of simulated time after a warm-up of a tenth. */
static double mean_waiting(double load, int64_t servers, double seconds, uint32_t replication, uint64_t experiment)
{
	struct arena arena = {0};
	struct line line = {.between_arrivals_ns = 1e9 / (load * (double)servers)};
	engine_init(&line.engine, &arena, 0);
	resource_init(&line.servers, &line.engine, servers);
	stream_init(&line.arrivals, 1 + experiment, replication, stream_id_from_name("arrivals"), 0);
	stream_init(&line.services, 1 + experiment, replication, stream_id_from_name("services"), 0);
	engine_schedule(&line.engine, 0, 0, arrive, &line, 0);
	engine_run(&line.engine, (int64_t)(seconds * 1e8), UINT64_MAX);
	int64_t warm_up_ns = resource_waiting_ns(&line.servers);
	engine_run(&line.engine, (int64_t)(seconds * 11e8), UINT64_MAX);
	double waiting_ns = (double)(resource_waiting_ns(&line.servers) - warm_up_ns);
	arena_release(&arena);
	return waiting_ns / (seconds * 1e9);
}

static void test_replications(const char *name, double load, int64_t servers, double seconds, double truth)
{
	enum { REPLICATIONS = 10 };
	int held = 0;
	for (uint64_t experiment = 0; experiment < EXPERIMENTS; experiment++) {
		struct summary summary;
		summary_init(&summary);
		for (uint32_t i = 0; i < REPLICATIONS; i++)
			summary_add(&summary, mean_waiting(load, servers, seconds, i, experiment));
		held += fabs(summary_mean(&summary) - truth) <= summary_half_width(&summary, 0.95);
	}
	t_ok(held >= 930 && held <= 970, "%s: %d of 1,000 intervals hold the truth", name, held);
}

/* Waiting times one after the other by Lindley's recursion: the engine is not what is tested here. */
static void test_batch_means(double load, size_t customers)
{
	double *waits = mem_alloc(customers * sizeof *waits);
	double truth = load / (1 - load);
	int held = 0;
	int fine = 0;
	for (uint64_t experiment = 0; experiment < EXPERIMENTS; experiment++) {
		struct arena arena = {0};
		struct stream stream;
		stream_init(&stream, 1, 0, stream_id_from_name("batch means"), experiment);
		double wait = 0;
		for (size_t i = 0; i < customers; i++) {
			waits[i] = wait;
			wait += stream_exponential(&stream, 1) - stream_exponential(&stream, 1 / load);
			wait = wait > 0 ? wait : 0;
		}
		struct steady steady = steady_estimate(waits, customers, 0.95, &arena);
		fine += steady.doubt == STEADY_FINE;
		held += steady.doubt == STEADY_FINE && fabs(steady.mean - truth) <= steady.half_width;
		arena_release(&arena);
	}
	mem_free(waits);
	double share = (double)held / fine;
	t_ok(fine > 850, "batch means: %d of 1,000 long runs are found fine", fine);
	t_ok(share >= 0.93 && share <= 0.97, "batch means: %.3f of their intervals hold the truth", share);
}

int main(void)
{
	/* load^2 / (1 - load) wait in M/M/1; in M/M/3 at load 0.7 Erlang's C is 0.4923 and C load / (1 - load) wait. */
	test_replications("M/M/1 at load 0.6", 0.6, 1, 4000, 0.9);
	double b = 1;
	for (int k = 1; k <= 3; k++)
		b = 2.1 * b / (k + 2.1 * b);
	double c = b / (1 - 0.7 * (1 - b));
	test_replications("M/M/3 at load 0.7", 0.7, 3, 2000, c * 0.7 / 0.3);
	test_batch_means(0.5, 30000);
	return t_done();
}
