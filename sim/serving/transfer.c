#include "serving/transfer.h"

#include <math.h>

#include "base/num.h"

/* One transfer of a phase. */
struct transfer {
	const struct platform *platform;
	struct sandbox *sandbox;
	const struct phase *phase;
	bool is_put;
	bool is_bulk;
};

static double latency_seconds(const struct transfer *transfer, struct stream *luck)
{
	const struct platform_store *store = &transfer->platform->store;
	double seconds = 0;
	for (int64_t i = 0; i < transfer->phase->gets; i++)
		seconds += quantile_draw(&store->get_seconds.table, luck);
	for (int64_t i = 0; i < transfer->phase->puts; i++)
		seconds += quantile_draw(&store->put_seconds.table, luck);
	if (transfer->is_bulk)
		seconds += transfer->is_put ? store->bulk_put_seconds : store->bulk_get_seconds;
	return seconds;
}

/* Refused for their rate, requests wait before they are answered at all. */
static int64_t gate_wait_ns(struct simulation *simulation, const struct transfer *transfer, struct stream *luck)
{
	const struct platform_limits *limits = &transfer->platform->limits;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	struct store_gate *gate = transfer->is_put ? &simulation->puts : &simulation->gets;
	int64_t requests = transfer->phase->gets + transfer->phase->puts;
	int64_t wait_ns = 0;
	for (int64_t i = 0; i < requests; i++)
		wait_ns += store_gate_wait_ns(gate, now_ns, limits->retry_min_seconds, limits->retry_max_seconds, luck);
	return wait_ns;
}

static int64_t stream_ns(const struct transfer *transfer)
{
	const struct platform_store *store = &transfer->platform->store;
	double connections = transfer->is_bulk ? store->bulk_connections : 1;
	double mb_per_second =
		fmin(store->connection_mb_per_second * connections, transfer->phase->stream_mb_per_second);
	return ns_from_seconds((double)transfer->phase->bytes / 1e6 / mb_per_second);
}

static int64_t cpu_ns(const struct transfer *transfer)
{
	const struct platform_network *network = &transfer->platform->network;
	double per_mb = transfer->is_put && network->cpu_seconds_per_put_mb > 0 ? network->cpu_seconds_per_put_mb
										: network->cpu_seconds_per_mb;
	return ns_from_seconds((double)transfer->phase->bytes / 1e6 * per_mb * transfer->sandbox->slowness);
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

/* When the bytes have passed the stream, the sandbox's network, and its CPU without and with a quota. */
struct transfer_ends {
	int64_t stream_ns;
	int64_t network_ns;
	int64_t unthrottled_ns;
	int64_t cpu_ns;
};

/* The CPU works after the network or, where the platform says so, meanwhile. */
static struct transfer_ends find_ends(const struct transfer *transfer, int64_t now_ns)
{
	struct sandbox *sandbox = transfer->sandbox;
	struct token_bucket *bucket = transfer->is_put ? &sandbox->outbound : &sandbox->inbound;
	struct transfer_ends ends = {
		.stream_ns = now_ns + stream_ns(transfer),
		.network_ns = now_ns + token_bucket_transfer_ns(bucket, now_ns, transfer->phase->bytes),
	};
	int64_t begin_ns = transfer->platform->network.is_overlapped ? now_ns : ends.network_ns;
	int64_t work_ns = cpu_ns(transfer);
	ends.cpu_ns = cpu_quota_run(&sandbox->quota, begin_ns, work_ns, 1);
	ends.unthrottled_ns = work_ns < ends.cpu_ns - begin_ns ? begin_ns + work_ns : ends.cpu_ns;
	return ends;
}

/* The slower of stream and network has its whole time, the CPU what it takes beyond that, and its quota the rest. */
static int64_t divide(const struct transfer_ends *ends, int64_t begin_ns, struct phase_split *split)
{
	int64_t moved_ns = later(ends->stream_ns, ends->network_ns);
	int64_t unthrottled_ns = later(moved_ns, ends->unthrottled_ns);
	int64_t end_ns = later(moved_ns, ends->cpu_ns);
	split->ns[ends->stream_ns < ends->network_ns ? CAUSE_NETWORK : CAUSE_STREAM] = moved_ns - begin_ns;
	split->ns[CAUSE_COMPUTE] = unthrottled_ns - moved_ns;
	split->ns[CAUSE_THROTTLED] = end_ns - unthrottled_ns;
	return end_ns;
}

int64_t transfer_end_ns(struct invocation *invocation, const struct phase *phase, const char *name,
			struct phase_split *split)
{
	const struct platform *platform = invocation->simulation->setting->platform;
	const struct transfer transfer = {
		.platform = platform,
		.sandbox = invocation->sandbox,
		.phase = phase,
		.is_put = phase->puts > 0,
		.is_bulk =
			platform->store.bulk_above_mb > 0 && (double)phase->bytes > platform->store.bulk_above_mb * 1e6,
	};
	struct stream luck;
	invocation_stream(&luck, invocation, name);
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	int64_t begin_ns = now_ns + ns_from_seconds(latency_seconds(&transfer, &luck));
	begin_ns += gate_wait_ns(invocation->simulation, &transfer, &luck);
	split->ns[CAUSE_LATENCY] = begin_ns - now_ns;
	struct transfer_ends ends = find_ends(&transfer, begin_ns);
	return divide(&ends, begin_ns, split);
}
