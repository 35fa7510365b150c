/*
 * M/M/1 at load 0.9, written as any model is: a source that schedules itself, a resource of one unit, a service
 * that schedules its end. The mean waiting time is printed so that one sees that it is the same queue everywhere.
 */
#include "base/arena.h"
#include "base/num.h"
#include "engine/engine.h"
#include "engine/resource.h"
#include "random/stream.h"
#include "tests/bench/bench.h"

#define MEAN_BETWEEN_ARRIVALS_NS 1e9
#define MEAN_SERVICE_NS 0.9e9

struct queue {
	struct engine engine;
	struct resource server;
	struct stream arrivals;
	struct stream services;
	uint64_t served;
	uint64_t limit;
};

static void service_end(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	if (++queue->served == queue->limit)
		engine_stop(engine);
	resource_release(&queue->server, 1);
}

static void service_start(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	int64_t service_ns = (int64_t)stream_exponential(&queue->services, MEAN_SERVICE_NS);
	engine_schedule(engine, service_ns, 0, service_end, queue, 0);
}

static void arrival(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	int64_t delay_ns = (int64_t)stream_exponential(&queue->arrivals, MEAN_BETWEEN_ARRIVALS_NS);
	engine_schedule(engine, delay_ns, 0, arrival, queue, 0);
	resource_acquire(&queue->server, 1, service_start, queue, 0);
}

static void run_customers(void *context, uint64_t customers)
{
	struct queue *queue = context;
	queue->limit = queue->served + customers;
	engine_run(&queue->engine, EVENT_TIME_MAX_NS, UINT64_MAX);
}

int main(void)
{
	struct arena arena;
	struct queue queue = {0};
	arena_init(&arena);
	engine_init(&queue.engine, &arena, 0);
	resource_init(&queue.server, &queue.engine, 1);
	stream_init(&queue.arrivals, 1, 0, stream_id_from_name("arrivals"), 0);
	stream_init(&queue.services, 1, 0, stream_id_from_name("services"), 0);
	engine_schedule(&queue.engine, 0, 0, arrival, &queue, 0);
	struct bench_rate rate = bench_measure(run_customers, &queue, 4000000);
	bench_report("mm1", rate, "customers/s", NULL, 0);
	printf("mean wait %g\n", (double)resource_waiting_ns(&queue.server) / (double)queue.served / 1e9);
	arena_release(&arena);
	return 0;
}
