/*
 * A sandbox's network: one token bucket per direction. Bytes flow at the burst rate while there are tokens, then at
 * the refill rate. A transfer also needs CPU of the sandbox (TLS, copying, the client library), so that small
 * memories move data slowly.
 *
 * Sources: refill 75 MB/s and a depth of about 134 MB explain both 99.8 MB/s over 512 MiB objects (lithops
 * benchmarks, June 2022) and 707 Mbit/s over 10 s (faas_measure, March 2020); burst 1.7 Gbit/s
 * (sjakthol/aws-network-benchmark, June 2020). None depends on memory size, but for the enhanced bandwidth that can be
 * bought since August 2026: the refill rate then rises with memory along a line.
 *
 * Above one vCPU a transfer is no faster for a client that does its part of it on one thread; that of the AWS SDK for
 * Python moves large objects by several, so that some of the work is done beside the busiest one: time falls with the
 * vCPUs until that thread alone is what is waited for (cpu_beside_share).
 */
#ifndef LAMINA_NETWORK_H
#define LAMINA_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "doc/bind.h"

struct platform_network {
	double burst_mb_per_second; /* 10^6 bytes */
	double bucket_mb;
	double refill_mb_per_second;
	bool is_enhanced;                           /* bandwidth that rises with memory, where it is enabled: */
	struct bind_ints enhanced_memory_mb;        /* sizes, ascending, and ... */
	struct bind_doubles enhanced_mb_per_second; /* ... the refill rates there, a line between them */
	double cpu_seconds_per_mb;                  /* CPU of a transfer, on one vCPU */
	double cpu_seconds_per_put_mb;              /* the same of bytes that go out; 0: no different */
	const char
		*cpu_runtime; /* the runtimes whose client these were measured with, by the beginning of their name */
	bool is_overlapped;   /* that CPU works while bytes flow, not after */
	double cpu_beside_share; /* of it, what a second thread does beside the busiest; 0: one thread does all */
};
extern const struct bind_schema platform_network_schema;

struct token_bucket {
	double burst_bytes_per_ns;
	double refill_bytes_per_ns;
	double depth_bytes;
	double tokens_bytes;
	int64_t updated_ns;
};

/* The rate that a sandbox of this size keeps up. */
double network_refill_mb_per_second(const struct platform_network *network, int64_t memory_mb);

/* As if the sandbox's network were so many times as fast; what it has of its own is in the arena. */
void network_speed_up(struct platform_network *network, double factor, struct arena *arena);

/* A full bucket of a sandbox of this size. */
void token_bucket_init(struct token_bucket *bucket, const struct platform_network *network, int64_t memory_mb);

/*
 * Time that moving bytes takes from now_ns on, at no more than the burst rate; takes the tokens. Transfers of one
 * bucket must be given in time order and may not overlap.
 */
int64_t token_bucket_transfer_ns(struct token_bucket *bucket, int64_t now_ns, int64_t bytes);

/* CPU on a nominal vCPU for 10^6 bytes that come in, or go out. */
double network_cpu_seconds_per_mb(const struct platform_network *network, bool is_put);

#endif
