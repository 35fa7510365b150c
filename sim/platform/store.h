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

#include "platform/quantiles.h"
#include "random/stream.h"

/*
 * Object store: a request's latency to its first byte, then its stream's rate. Objects above bulk_above_mb go through
 * the client's bulk path, which costs some time first and then moves ranges of the object over several connections.
 */
struct platform_store {
	struct quantiles get_seconds;
	struct quantiles put_seconds;
	struct quantiles kept_get_seconds; /* the same where the client keeps its connection; may be missing: ... */
	struct quantiles kept_put_seconds; /* ... nobody has measured that, and the others hold */
	double connection_mb_per_second;
	double bulk_above_mb; /* 10^6 bytes; 0: there is no such path */
	double bulk_get_seconds;
	double bulk_put_seconds;
	double bulk_connections;
	double part_mb;            /* clients move larger objects in parts, a request each; 10^6 bytes; 0: whole */
	int64_t part_put_max;      /* the most of one written: larger ones have parts of twice, four times it; 0: any */
	int64_t part_put_requests; /* beside the parts of an object that is written */
	int64_t part_get_requests; /* beside those of one that is read */
	double gets_per_second;    /* of all functions together (one prefix); above it requests get a 503 and ... */
	double puts_per_second;    /* ... repeated with back-off; 0: no bound */
	struct quantiles event_seconds; /* object written to the function it triggers; may be missing */
};
extern const struct bind_schema platform_store_schema;

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

/* A request's latency, on a connection that the client has kept or a new one. */
const struct quantiles *store_latency(const struct platform_store *store, bool is_put, bool is_kept);

void store_gate_init(struct store_gate *gate, double requests_per_second);

/*
 * How long the last of so many requests that are first made now is put off. first_seconds and most_seconds bound the
 * back-off. Calls come in order of time.
 */
int64_t store_gate_wait_ns(struct store_gate *gate, int64_t now_ns, int64_t requests, double first_seconds,
			   double most_seconds, struct stream *luck);

#endif
