#include "serving/transfer.h"

#include "base/num.h"

/* Of two waits, neither longer than times can be: as long at most. */
static int64_t wait_sum(int64_t a_ns, int64_t b_ns)
{
	const int64_t longest_ns = SECONDS_LONGEST * NS_PER_SECOND;
	return a_ns + b_ns < longest_ns ? a_ns + b_ns : longest_ns;
}

/* Refused for their rate, requests wait before they are answered at all; those of a phase are sent together. */
static int64_t gate_wait_ns(struct simulation *simulation, const struct demand *demand, struct stream *luck)
{
	const struct platform_limits *limits = &simulation->setting->platform->limits;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	struct store_gate *gate = demand->is_put ? &simulation->puts : &simulation->gets;
	return store_gate_wait_ns(gate, now_ns, demand->requests, limits->retry_min_seconds, limits->retry_max_seconds,
				  luck);
}

void transfer_prepare(struct invocation *invocation, const struct demand *demand, struct transfer *out)
{
	const struct cpu_quota *quota = &invocation->sandbox->quota;
	double vcpus = (double)quota->quota_ns / (double)quota->period_ns;
	struct stream luck;
	invocation_stream(&luck, invocation, LUCK_PHASE + invocation->phase);
	*out = (struct transfer){
		.is_put = demand->is_put,
		.is_overlapped = demand->is_overlapped,
		.bytes = demand->bytes,
		.wait_ns = ns_from_seconds(demand_latency_seconds(demand, &luck)),
		.stream_ns = ns_from_seconds(demand->stream_seconds),
		.cpu_ns = ns_from_seconds(demand->client_cpu_seconds * invocation->sandbox->slowness),
		.threads = demand_client_threads(demand->client_threads, vcpus),
		.alone_ns = ns_from_seconds(demand->client_alone_seconds * invocation->sandbox->slowness),
	};
	out->wait_ns = wait_sum(out->wait_ns, gate_wait_ns(invocation->simulation, demand, &luck));
}

static int64_t later(int64_t a_ns, int64_t b_ns)
{
	return a_ns > b_ns ? a_ns : b_ns;
}

int64_t transfer_unthrottled_ns(const struct transfer *transfer, const struct cpu_quota *quota)
{
	return later(transfer->alone_ns, cpu_unthrottled_ns(quota, transfer->cpu_ns, transfer->threads));
}

/* The CPU works after the network or, where the platform says so, meanwhile. */
static struct transfer_ends find_ends(const struct invocation *invocation, const struct transfer *transfer,
				      int64_t now_ns)
{
	struct sandbox *sandbox = invocation->sandbox;
	struct token_bucket *bucket = transfer->is_put ? &sandbox->outbound : &sandbox->inbound;
	struct transfer_ends ends = {
		.stream_ns = now_ns + transfer->stream_ns,
		.network_ns = now_ns + token_bucket_transfer_ns(bucket, now_ns, transfer->bytes),
	};
	int64_t begin_ns = transfer->is_overlapped ? now_ns : ends.network_ns;
	int64_t unthrottled_ns = transfer_unthrottled_ns(transfer, &sandbox->quota);
	ends.cpu_ns = later(begin_ns + transfer->alone_ns,
			    cpu_quota_run(&sandbox->quota, begin_ns, transfer->cpu_ns, transfer->threads));
	ends.unthrottled_ns = unthrottled_ns < ends.cpu_ns - begin_ns ? begin_ns + unthrottled_ns : ends.cpu_ns;
	return ends;
}

int64_t transfer_divide(const struct transfer_ends *ends, int64_t begin_ns, struct phase_split *split)
{
	int64_t moved_ns = later(ends->stream_ns, ends->network_ns);
	int64_t unthrottled_ns = later(moved_ns, ends->unthrottled_ns);
	int64_t end_ns = later(moved_ns, ends->cpu_ns);
	split->ns[ends->stream_ns < ends->network_ns ? CAUSE_NETWORK : CAUSE_STREAM] = moved_ns - begin_ns;
	split->ns[CAUSE_COMPUTE] = unthrottled_ns - moved_ns;
	split->ns[CAUSE_THROTTLED] = end_ns - unthrottled_ns;
	return end_ns;
}

int64_t transfer_end_ns(struct invocation *invocation, const struct demand *demand, struct phase_split *split)
{
	struct transfer transfer;
	transfer_prepare(invocation, demand, &transfer);
	int64_t begin_ns = engine_now_ns(&invocation->simulation->engine) + transfer.wait_ns;
	split->ns[CAUSE_LATENCY] = transfer.wait_ns;
	struct transfer_ends ends = find_ends(invocation, &transfer, begin_ns);
	return transfer_divide(&ends, begin_ns, split);
}
