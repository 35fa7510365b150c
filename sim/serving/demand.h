/*
 * What a phase asks of its sandbox and of the object store, as data that is said once. The simulation draws it, in
 * closed form (visit.c, transfer.c) or step by step (seat.c); the planner (plan/stage.c) takes its mean and variance.
 *
 * A transfer waits for its requests' latencies, one after the other, and for what the client sets up. Then its bytes
 * pass the stream of store or client, whichever is slower, and meanwhile the sandbox's network and the client's CPU,
 * one after the other or, where the platform says so, both at once. What is timed elsewhere asks for nothing.
 *
 * Who may call it: everybody who plays a visit, drawn or in the mean.
 */
#ifndef LAMINA_DEMAND_H
#define LAMINA_DEMAND_H

#include "serving/work.h"

enum { DEMAND_LATENCIES = 2 };

struct demand_latency {
	const struct quantiles *seconds;
	int64_t count;
};

struct demand {
	bool is_transfer;
	bool is_put;
	struct demand_latency latencies[DEMAND_LATENCIES];
	double setup_seconds;      /* what the client does first */
	double stream_seconds;     /* the store's or the client's, whatever the sandbox's network */
	int64_t bytes;             /* through the sandbox's network */
	double client_cpu_seconds; /* for these, on a nominal vCPU, one thread */
	bool is_overlapped;        /* that CPU works while bytes flow, not after */
};

void demand_init(struct demand *demand, const struct platform *platform, const struct phase *phase);

/* From a request to its first byte, of all requests; drawn with luck, or in the mean where that is NULL. */
double demand_latency_seconds(const struct demand *demand, struct stream *luck);

/* The variance of what is drawn. */
double demand_latency_variance(const struct demand *demand);

#endif
