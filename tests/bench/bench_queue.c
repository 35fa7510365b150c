/*
 * M/M/1 at load 0.9, customers per second: once with the waiting line kept by the model as a number (mm1), once with
 * a resource of one unit (mm1_resource). Both are ordinary clients of the engine. The reference is SimGrid's M/M/1
 * of the same run (bench_simgrid.c), where it was measured.
 */
#include "base/arena.h"
#include "engine/engine.h"
#include "engine/resource.h"
#include "random/stream.h"
#include "tests/bench/bench.h"

#define MEAN_BETWEEN_ARRIVALS_NS 1e9
#define MEAN_SERVICE_NS 0.9e9

enum { CUSTOMERS = 4000000 };

struct queue {
	struct engine engine;
	struct resource server;
	struct stream arrivals;
	struct stream services;
	uint64_t present;
	uint64_t served;
	uint64_t limit;
};

static inline void count_served(struct queue *queue)
{
	if (++queue->served == queue->limit)
		engine_stop(&queue->engine);
}

static inline int64_t draw_service_ns(struct queue *queue)
{
	return (int64_t)stream_exponential(&queue->services, MEAN_SERVICE_NS);
}

static inline int64_t draw_arrival_ns(struct queue *queue)
{
	return (int64_t)stream_exponential(&queue->arrivals, MEAN_BETWEEN_ARRIVALS_NS);
}

static void service_end(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	count_served(queue);
	if (--queue->present > 0)
		engine_schedule(engine, draw_service_ns(queue), 0, service_end, queue, 0);
}

static void arrival(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	engine_schedule(engine, draw_arrival_ns(queue), 0, arrival, queue, 0);
	if (queue->present++ == 0)
		engine_schedule(engine, draw_service_ns(queue), 0, service_end, queue, 0);
}

static void resource_service_end(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	count_served(queue);
	resource_release(&queue->server, 1);
}

static void resource_granted(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	engine_schedule(engine, draw_service_ns(queue), 0, resource_service_end, queue, 0);
}

static void resource_arrival(struct engine *engine, void *subject, int64_t argument)
{
	struct queue *queue = subject;
	engine_schedule(engine, draw_arrival_ns(queue), 0, resource_arrival, queue, 0);
	resource_acquire(&queue->server, 1, resource_granted, queue, 0);
}

static void run_customers(void *context, uint64_t customers)
{
	struct queue *queue = context;
	queue->limit = queue->served + customers;
	engine_run(&queue->engine, EVENT_TIME_MAX_NS, UINT64_MAX);
}

static void measure(const char *name, event_action *first_arrival, double reference)
{
	struct arena arena;
	struct queue queue = {0};
	arena_init(&arena);
	engine_init(&queue.engine, &arena, 0);
	resource_init(&queue.server, &queue.engine, 1);
	stream_init(&queue.arrivals, 1, 0, stream_id_from_name("arrivals"), 0);
	stream_init(&queue.services, 1, 0, stream_id_from_name("services"), 0);
	engine_schedule(&queue.engine, 0, 0, first_arrival, &queue, 0);
	struct bench_rate rate = bench_measure(run_customers, &queue, CUSTOMERS);
	bench_report(name, rate, "customers/s", reference > 0 ? "simgrid_mm1" : NULL, reference);
	arena_release(&arena);
}

int main(void)
{
	double reference = bench_earlier("simgrid_mm1");
	measure("mm1", arrival, reference);
	measure("mm1_resource", resource_arrival, reference);
	return 0;
}
