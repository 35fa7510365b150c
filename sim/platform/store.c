#include "platform/store.h"

#include <math.h>

#include "base/num.h"
#include "platform/keys.h"

static const struct bind_field store_fields[] = {
	QUANTILES(struct platform_store, get_seconds, "GET: request to first byte"),
	QUANTILES(struct platform_store, put_seconds, "PUT: request to answer, small object"),
	MAYBE_QUANTILES(struct platform_store, kept_get_seconds,
			"GET on a connection that the client has kept; missing: as get_seconds"),
	MAYBE_QUANTILES(struct platform_store, kept_put_seconds, "PUT, likewise"),
	NUMBER(struct platform_store, connection_mb_per_second, 0.01, 1e6, "the most one connection carries"),
	MAYBE_NUMBER(struct platform_store, bulk_above_mb, "0", 0, 1e6,
		     "size from which the client's bulk path is used, 10^6 bytes; 0: never"),
	MAYBE_NUMBER(struct platform_store, bulk_get_seconds, "0", 0, 100, "what that path costs first, GET"),
	MAYBE_NUMBER(struct platform_store, bulk_put_seconds, "0", 0, 100, "what that path costs first, PUT"),
	MAYBE_NUMBER(struct platform_store, bulk_connections, "1", 1, 1000, "connections that it uses"),
	MAYBE_NUMBER(
		struct platform_store, part_mb, "0", 0, 1e6,
		"size from which clients move objects in parts of this size, a request each, 10^6 bytes; 0: never"),
	BIND_FIELD(struct platform_store, part_put_max, BIND_INT, .fallback = "0", .min = 0, .max = 1000000,
		   .help = "the most parts of one that is written, which have twice, four times the size then; 0: any"),
	BIND_FIELD(struct platform_store, part_put_requests, BIND_INT, .fallback = "0", .min = 0, .max = 1000,
		   .help = "requests beside the parts of an object that is written"),
	BIND_FIELD(struct platform_store, part_get_requests, BIND_INT, .fallback = "0", .min = 0, .max = 1000,
		   .help = "requests beside the parts of an object that is read"),
	MAYBE_NUMBER(struct platform_store, gets_per_second, "0", 0, 1e9,
		     "GETs of one prefix; more are refused and repeated; 0: no bound"),
	MAYBE_NUMBER(struct platform_store, puts_per_second, "0", 0, 1e9, "PUTs of one prefix, likewise"),
	MAYBE_QUANTILES(struct platform_store, event_seconds, "object written to the call it triggers"),
	BIND_END,
};

const struct bind_schema platform_store_schema = {
	.title = "store",
	.bytes = sizeof(struct platform_store),
	.fields = store_fields,
};

static const double BURST_NS = 1e9;

/* Refusals that are drawn one by one. Of more, whose sum hardly varies, the mean is taken. */
enum { REFUSALS_DRAWN = 4096 };

/* In how many parts the object moves; 0 where it moves whole. */
static int64_t part_count(const struct platform_store *store, int64_t bytes, bool is_put)
{
	double part_bytes = fmax(1, store->part_mb * 1e6);
	if (store->part_mb == 0 || (double)bytes < part_bytes)
		return 0;
	double parts = ceil((double)bytes / part_bytes);
	while (is_put && store->part_put_max > 0 && parts > (double)store->part_put_max)
		parts = ceil((double)bytes / (part_bytes *= 2));
	return (int64_t)parts;
}

int64_t store_requests(const struct platform_store *store, int64_t bytes, bool is_put)
{
	int64_t parts = part_count(store, bytes, is_put);
	return parts == 0 ? 1 : parts + (is_put ? store->part_put_requests : store->part_get_requests);
}

/* Large objects take the client's bulk path. */
static bool is_bulk(const struct platform_store *store, int64_t bytes)
{
	return store->bulk_above_mb > 0 && (double)bytes > store->bulk_above_mb * 1e6;
}

double store_setup_seconds(const struct platform_store *store, int64_t bytes, bool is_put)
{
	if (!is_bulk(store, bytes))
		return 0;
	return is_put ? store->bulk_put_seconds : store->bulk_get_seconds;
}

double store_mb_per_second(const struct platform_store *store, int64_t bytes, bool is_put)
{
	double connections = is_bulk(store, bytes) ? store->bulk_connections : 1;
	if (store->part_mb > 0)
		connections = fmin(connections, fmax(1, (double)part_count(store, bytes, is_put)));
	return store->connection_mb_per_second * connections;
}

const struct quantiles *store_latency(const struct platform_store *store, bool is_put, bool is_kept)
{
	const struct quantiles *kept = is_put ? &store->kept_put_seconds : &store->kept_get_seconds;
	if (is_kept && kept->table.count > 0)
		return kept;
	return is_put ? &store->put_seconds : &store->get_seconds;
}

void store_gate_init(struct store_gate *gate, double requests_per_second)
{
	*gate = (struct store_gate){.interval_ns = requests_per_second > 0 ? 1e9 / requests_per_second : 0};
}

/*
 * Waits that are uniform up to most_ns, until early_ns is passed: a renewal process, which passes it by a third of
 * most_ns on average (Feller, An Introduction to Probability Theory, volume 2, 1971, section XI.4).
 */
static int64_t wait_on_average(struct store_gate *gate, double early_ns, double waited_ns, double most_ns)
{
	/* A wait is 1 ns long at least, which is the clock's unit. */
	most_ns = fmax(1, most_ns);
	gate->refusals += (int64_t)ceil(2 * (early_ns - waited_ns) / most_ns);
	return (int64_t)fmin(early_ns + most_ns / 3, 1e9 * (double)SECONDS_LONGEST);
}

int64_t store_gate_wait_ns(struct store_gate *gate, int64_t now_ns, int64_t requests, double first_seconds,
			   double most_seconds, struct stream *luck)
{
	if (gate->interval_ns == 0)
		return 0;
	gate->due_ns = fmax(gate->due_ns, (double)now_ns) + (double)requests * gate->interval_ns;
	double early_ns = fmin(gate->due_ns - BURST_NS - (double)now_ns, 1e9 * (double)SECONDS_LONGEST);
	double waited_ns = 0;
	for (int attempt = 0; waited_ns < early_ns; attempt++) {
		double most_ns = 1e9 * fmin(most_seconds, ldexp(first_seconds, attempt));
		if (attempt == REFUSALS_DRAWN)
			return wait_on_average(gate, early_ns, waited_ns, most_ns);
		waited_ns += most_ns * stream_uniform(luck);
		gate->refusals++;
	}
	return (int64_t)waited_ns;
}
