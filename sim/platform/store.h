/*
 * The object store's bound on requests: so many a second for one prefix, a second's worth at once. A request above it
 * is refused (503 Slow Down) and repeated with exponential back-off and full jitter until it is due; requests are
 * served in the order in which they were first made. Refused requests are not paid for.
 *
 * Source: S3 user guide, optimising performance: at least 3,500 PUT and 5,500 GET a second for each prefix since July
 * 2018; multipart upload: 10,000 parts at most, for which clients double their size. Assumptions: all functions use one
 * prefix, and the store does not split it meanwhile.
 */
#ifndef LAMINA_STORE_H
#define LAMINA_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/platform.h"
#include "random/stream.h"

struct store_gate {
	double interval_ns; /* 0: no bound */
	double due_ns;      /* when the next request would be due if they came evenly */
	int64_t refusals;
};

/* Requests that move an object of so many bytes: one, or, where the client moves it in parts, all that this takes. */
int64_t store_requests(const struct platform_store *store, int64_t bytes, bool is_put);

/* What the client's bulk path costs first, where the object takes it. */
double store_setup_seconds(const struct platform_store *store, int64_t bytes, bool is_put);

/* The most that moves of it: over one connection, or over as many as the bulk path has and there are parts. */
double store_mb_per_second(const struct platform_store *store, int64_t bytes, bool is_put);

void store_gate_init(struct store_gate *gate, double requests_per_second);

/*
 * How long the last of so many requests that are first made now is put off. first_seconds and most_seconds bound the
 * back-off. Calls come in order of time.
 */
int64_t store_gate_wait_ns(struct store_gate *gate, int64_t now_ns, int64_t requests, double first_seconds,
			   double most_seconds, struct stream *luck);

#endif
