/*
 * The M/M/1 of bench_queue.c as a client of SimGrid 3.x (simgrid.org): a source and a server are actors that sleep,
 * a semaphore counts who waits. A reference for mm1 from a simulator in every Debian.
 */
#include "random/stream.h"
#include "tests/bench/bench.h"

#if __has_include(<simgrid/actor.h>)
#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/semaphore.h>
#include <unistd.h>

enum { CUSTOMERS = 150000 };

struct queue {
	sg_sem_t waiting;
	uint64_t arrived;
	double rates[BENCH_REPEATS];
};

static void source(int argc, char *argv[])
{
	struct queue *queue = sg_actor_self_get_data();
	struct stream stream;
	stream_init(&stream, 1, 0, stream_id_from_name("arrivals"), 0);
	for (uint64_t i = 0; i < (uint64_t)CUSTOMERS * (BENCH_REPEATS + 1); i++) {
		sg_actor_sleep_for(stream_exponential(&stream, 1.0));
		sg_sem_release(queue->waiting);
	}
}

static void server(int argc, char *argv[])
{
	struct queue *queue = sg_actor_self_get_data();
	struct stream stream;
	stream_init(&stream, 1, 0, stream_id_from_name("services"), 0);
	/* The first round is the warm-up. */
	for (int repeat = -1; repeat < BENCH_REPEATS; repeat++) {
		double start = bench_cpu_seconds();
		for (int i = 0; i < CUSTOMERS; i++) {
			sg_sem_acquire(queue->waiting);
			sg_actor_sleep_for(stream_exponential(&stream, 0.9));
		}
		if (repeat >= 0)
			queue->rates[repeat] = CUSTOMERS / (bench_cpu_seconds() - start);
	}
}

/* SimGrid wants a platform: one host, from a file. */
static void load_platform(void)
{
	char path[] = "/tmp/lamina-bench-XXXXXX";
	int file = mkstemp(path);
	FILE *out = file < 0 ? NULL : fdopen(file, "w");
	if (!out ||
	    fputs("<?xml version='1.0'?><!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
		  "<platform version=\"4.1\"><zone id=\"z\" routing=\"Full\"><host id=\"h\" speed=\"1Gf\"/>"
		  "</zone></platform>\n",
		  out) < 0 ||
	    fclose(out) != 0) {
		perror(path);
		exit(1);
	}
	simgrid_load_platform(path);
	unlink(path);
}

static void start_actor(const char *name, xbt_main_func_t code, struct queue *queue)
{
	char *no_arguments[] = {NULL};
	sg_actor_t actor = sg_actor_init(name, sg_host_by_name("h"));
	sg_actor_set_data(actor, queue);
	sg_actor_start(actor, code, 0, no_arguments);
}

int main(void)
{
	static struct queue queue;
	char name[] = "lamina";
	char quiet[] = "--log=root.threshold:error";
	char *arguments[] = {name, quiet, NULL};
	int argument_count = 2;
	simgrid_init(&argument_count, arguments);
	load_platform();
	queue.waiting = sg_sem_init(0);
	start_actor("source", source, &queue);
	start_actor("server", server, &queue);
	simgrid_run();
	bench_report("simgrid_mm1", bench_rate_of(queue.rates), "customers/s", NULL, 0);
	return 0;
}

#else

int main(void)
{
	puts("simgrid_mm1              skipped: libsimgrid-dev is not installed");
	return 0;
}

#endif
