#include "platform/network.h"

#include <math.h>

#include "base/check.h"
#include "platform/keys.h"

static const struct bind_field network_fields[] = {
	NUMBER(struct platform_network, burst_mb_per_second, 0.01, 1e6,
	       "rate while the bucket has tokens, 10^6 bytes/s"),
	NUMBER(struct platform_network, bucket_mb, 0, 1e6, "depth of the token bucket, 10^6 bytes"),
	NUMBER(struct platform_network, refill_mb_per_second, 0.01, 1e6, "rate when the bucket is empty, 10^6 bytes/s"),
	NUMBER(struct platform_network, cpu_seconds_per_mb, 0, 10, "single-threaded CPU of a transfer on one vCPU"),
	MAYBE_NUMBER(struct platform_network, cpu_seconds_per_put_mb, "0", 0, 10,
		     "the same of bytes that go out; 0: no different"),
	BIND_FIELD(struct platform_network, cpu_runtime, BIND_TEXT, .fallback = "",
		   .help = "the runtimes whose client that is, by the beginning of their name; empty: not known"),
	BIND_FIELD(struct platform_network, is_overlapped, BIND_BOOL, .fallback = "false",
		   .help = "whether that CPU works while bytes flow, or after them"),
	BIND_END,
};

static void check_network(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_network *network = value;
	if (network->burst_mb_per_second < network->refill_mb_per_second)
		diag_error(diag, bind_place(node, "burst_mb_per_second"),
			   "'burst_mb_per_second' is below 'refill_mb_per_second' (%g)", network->refill_mb_per_second);
}

const struct bind_schema platform_network_schema = {
	.title = "network",
	.bytes = sizeof(struct platform_network),
	.fields = network_fields,
	.check = check_network,
};

void token_bucket_init(struct token_bucket *bucket, const struct platform_network *network)
{
	/* MB/s is bytes per microsecond: 1e6 / 1e9 bytes per ns. */
	*bucket = (struct token_bucket){
		.burst_bytes_per_ns = network->burst_mb_per_second * 1e-3,
		.refill_bytes_per_ns = network->refill_mb_per_second * 1e-3,
		.depth_bytes = network->bucket_mb * 1e6,
		.tokens_bytes = network->bucket_mb * 1e6,
	};
}

static void refill(struct token_bucket *bucket, int64_t now_ns)
{
	CHECK(now_ns >= bucket->updated_ns);
	double gained = (double)(now_ns - bucket->updated_ns) * bucket->refill_bytes_per_ns;
	bucket->tokens_bytes = fmin(bucket->depth_bytes, bucket->tokens_bytes + gained);
	bucket->updated_ns = now_ns;
}

int64_t token_bucket_transfer_ns(struct token_bucket *bucket, int64_t now_ns, int64_t bytes)
{
	CHECK(bytes >= 0);
	refill(bucket, now_ns);
	double size = (double)bytes;
	double drain = bucket->burst_bytes_per_ns - bucket->refill_bytes_per_ns;
	double burst_ns = drain > 0 ? bucket->tokens_bytes / drain : HUGE_VAL;
	double duration_ns = size / bucket->burst_bytes_per_ns;
	if (duration_ns > burst_ns)
		duration_ns = burst_ns + (size - burst_ns * bucket->burst_bytes_per_ns) / bucket->refill_bytes_per_ns;
	int64_t taken_ns = (int64_t)ceil(duration_ns);
	/* Tokens come and go at once, so that a full bucket loses nothing of the refill. */
	double left = bucket->tokens_bytes + (double)taken_ns * bucket->refill_bytes_per_ns - size;
	bucket->tokens_bytes = fmin(bucket->depth_bytes, fmax(0, left));
	bucket->updated_ns = now_ns + taken_ns;
	return taken_ns;
}

double network_cpu_seconds_per_mb(const struct platform_network *network, bool is_put)
{
	return is_put && network->cpu_seconds_per_put_mb > 0 ? network->cpu_seconds_per_put_mb
							     : network->cpu_seconds_per_mb;
}
