/*
 * Moving bytes between a sandbox and the object store: first-byte latencies, one after the other, then the stream at
 * the pace of the slowest of store, client, network and CPU.
 *
 * Who may call it: visit.c, which needs the end; seat.c, which goes there step by step.
 */
#ifndef LAMINA_TRANSFER_H
#define LAMINA_TRANSFER_H /* private to serving */

#include "serving/demand.h"
#include "serving/simulation.h"

/* A phase's requests, sent now. What is timed elsewhere has only the store's refusals to wait for. */
struct transfer {
	bool is_put;
	bool is_overlapped; /* its CPU works while bytes flow */
	int64_t bytes;      /* that take time */
	int64_t wait_ns;    /* to the first byte of the last one */
	int64_t stream_ns;  /* that the store's or the client's stream takes */
	int64_t cpu_ns;     /* thread time of the sandbox, on so many threads, ... */
	int64_t threads;
	int64_t alone_ns; /* ... the busiest of which runs for this long */
};

/* When the bytes have passed the stream, the sandbox's network, and its CPU without and with a quota. */
struct transfer_ends {
	int64_t stream_ns;
	int64_t network_ns;
	int64_t unthrottled_ns;
	int64_t cpu_ns;
};

/* Draws the luck of the current phase's requests and counts them against the store's rate. */
void transfer_prepare(struct invocation *invocation, const struct demand *demand, struct transfer *out);

/* What the CPU of a transfer takes where it is never stopped. */
int64_t transfer_unthrottled_ns(const struct transfer *transfer, const struct cpu_quota *quota);

/*
 * The slower of stream and network has its whole time, the CPU what it takes beyond that, and its quota the rest.
 * Returns when all are over.
 */
int64_t transfer_divide(const struct transfer_ends *ends, int64_t begin_ns, struct phase_split *split);

/* When the current phase's requests, which begin now, are answered, and what that time goes to. */
int64_t transfer_end_ns(struct invocation *invocation, const struct demand *demand, struct phase_split *split);

#endif
