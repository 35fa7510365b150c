/*
 * A sandbox's network: one token bucket per direction. Bytes flow at the burst rate while there are tokens, then at
 * the refill rate. A transfer also needs CPU of the sandbox (TLS, copying, the client library), so that small
 * memories move data slowly.
 *
 * Sources: refill 75 MB/s and a depth of about 134 MB explain both 99.8 MB/s over 512 MiB objects (lithops
 * benchmarks, June 2022) and 707 Mbit/s over 10 s (faas_measure, March 2020); burst 1.7 Gbit/s
 * (sjakthol/aws-network-benchmark, June 2020). None depends on memory size.
 */
#ifndef LAMINA_NETWORK_H
#define LAMINA_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "doc/bind.h"

struct platform_network {
	double burst_mb_per_second; /* 10^6 bytes */
	double bucket_mb;
	double refill_mb_per_second;
	double cpu_seconds_per_mb;     /* single-threaded CPU of a transfer, on one vCPU */
	double cpu_seconds_per_put_mb; /* the same of bytes that go out; 0: no different */
	const char
		*cpu_runtime; /* the runtimes whose client these were measured with, by the beginning of their name */
	bool is_overlapped;   /* that CPU works while bytes flow, not after */
};
extern const struct bind_schema platform_network_schema;

struct token_bucket {
	double burst_bytes_per_ns;
	double refill_bytes_per_ns;
	double depth_bytes;
	double tokens_bytes;
	int64_t updated_ns;
};

/* A full bucket. */
void token_bucket_init(struct token_bucket *bucket, const struct platform_network *network);

/*
 * Time that moving bytes takes from now_ns on, at no more than the burst rate; takes the tokens. Transfers of one
 * bucket must be given in time order and may not overlap.
 */
int64_t token_bucket_transfer_ns(struct token_bucket *bucket, int64_t now_ns, int64_t bytes);

/* CPU on a nominal vCPU for 10^6 bytes that come in, or go out. */
double network_cpu_seconds_per_mb(const struct platform_network *network, bool is_put);

#endif
