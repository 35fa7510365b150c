#include "serving/transfer.h"

#include <math.h>

#include "base/num.h"

int64_t transfer_end_ns(struct invocation *invocation, const struct phase *phase, const char *name)
{
	const struct platform *platform = invocation->simulation->setting->platform;
	struct sandbox *sandbox = invocation->sandbox;
	int64_t now_ns = engine_now_ns(&invocation->simulation->engine);
	struct stream luck;
	invocation_stream(&luck, invocation, name);
	double latency = 0;
	for (int64_t i = 0; i < phase->gets; i++)
		latency += quantile_draw(&platform->store.get_seconds.table, &luck);
	for (int64_t i = 0; i < phase->puts; i++)
		latency += quantile_draw(&platform->store.put_seconds.table, &luck);
	now_ns += ns_from_seconds(latency);

	double cap_mb_per_second = fmin(platform->store.connection_mb_per_second, phase->stream_mb_per_second);
	int64_t capped_ns = ns_from_seconds((double)phase->bytes / 1e6 / cap_mb_per_second);
	struct token_bucket *bucket = phase->puts > 0 ? &sandbox->outbound : &sandbox->inbound;
	int64_t network_ns = token_bucket_transfer_ns(bucket, now_ns, phase->bytes);
	double cpu_seconds = (double)phase->bytes / 1e6 * platform->network.cpu_seconds_per_mb * sandbox->slowness;
	int64_t local_end_ns = cpu_quota_run(&sandbox->quota, now_ns + network_ns, ns_from_seconds(cpu_seconds), 1);
	return now_ns + capped_ns > local_end_ns ? now_ns + capped_ns : local_end_ns;
}
