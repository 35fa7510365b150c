#include "platform/network.h"

#include <math.h>

#include "base/check.h"

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
