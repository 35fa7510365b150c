#include "platform/network.h"

#include <math.h>

#include "base/num.h"
#include "platform/keys.h"

static const struct bind_field network_fields[] = {
	NUMBER(struct platform_network, burst_mb_per_second, 0.01, 1e6,
	       "rate while the bucket has tokens, 10^6 bytes/s"),
	NUMBER(struct platform_network, bucket_mb, 0, 1e6, "depth of the token bucket, 10^6 bytes"),
	NUMBER(struct platform_network, refill_mb_per_second, 0.01, 1e6, "rate when the bucket is empty, 10^6 bytes/s"),
	BIND_FIELD(struct platform_network, is_enhanced, BIND_BOOL, .fallback = "false",
		   .help = "whether the bandwidth that rises with memory is enabled"),
	BIND_FIELD(
		struct platform_network, enhanced_memory_mb, BIND_INT_LIST, .min = 1, .max = 1048576,
		.help = "memory sizes, MB, ascending, of which enhanced_mb_per_second is known; a line between them, "
			"and nothing is enhanced below the first"),
	BIND_FIELD(struct platform_network, enhanced_mb_per_second, BIND_DOUBLE_LIST, .min = 0.01, .max = 1e6,
		   .help = "what then takes the place of refill_mb_per_second"),
	NUMBER(struct platform_network, cpu_seconds_per_mb, 0, 10, "CPU of a transfer on one vCPU"),
	MAYBE_NUMBER(struct platform_network, cpu_seconds_per_put_mb, "0", 0, 10,
		     "the same of bytes that go out; 0: no different"),
	BIND_FIELD(struct platform_network, cpu_runtime, BIND_TEXT, .fallback = "",
		   .help = "the runtimes whose client that is, by the beginning of their name; empty: not known"),
	BIND_FIELD(struct platform_network, is_overlapped, BIND_BOOL, .fallback = "false",
		   .help = "whether that CPU works while bytes flow, or after them"),
	MAYBE_NUMBER(struct platform_network, cpu_beside_share, "0", 0, 0.5,
		     "of that CPU, what a second thread does beside the first; 0: one thread does all"),
	BIND_END,
};

static void check_enhanced(const struct platform_network *network, const struct yaml_node *node, struct diag *diag)
{
	size_t count = network->enhanced_memory_mb.count;
	struct diag_place place = bind_place(node, "enhanced_memory_mb");
	if (count != network->enhanced_mb_per_second.count) {
		diag_error(diag, bind_place(node, "enhanced_mb_per_second"),
			   "'enhanced_mb_per_second' has %zu entries and 'enhanced_memory_mb' %zu; both need the same "
			   "number",
			   network->enhanced_mb_per_second.count, count);
	}
	for (size_t i = 1; i < count; i++) {
		if (network->enhanced_memory_mb.values[i - 1] >= network->enhanced_memory_mb.values[i])
			diag_error(diag, place, "'enhanced_memory_mb' must ascend");
	}
	if (network->is_enhanced && count == 0)
		diag_error(diag, bind_place(node, "is_enhanced"),
			   "nothing is known of enhanced bandwidth here; state 'enhanced_memory_mb' and "
			   "'enhanced_mb_per_second'");
}

static void check_network(void *value, const struct yaml_node *node, struct diag *diag)
{
	const struct platform_network *network = value;
	if (network->burst_mb_per_second < network->refill_mb_per_second)
		diag_error(diag, bind_place(node, "burst_mb_per_second"),
			   "'burst_mb_per_second' is below 'refill_mb_per_second' (%g)", network->refill_mb_per_second);
	if (network->cpu_beside_share > 0 && !network->is_overlapped)
		diag_error(diag, bind_place(node, "cpu_beside_share"),
			   "'cpu_beside_share' is of CPU that works while bytes flow: 'is_overlapped' must be true");
	check_enhanced(network, node, diag);
}

const struct bind_schema platform_network_schema = {
	.title = "network",
	.bytes = sizeof(struct platform_network),
	.fields = network_fields,
	.check = check_network,
};

double network_refill_mb_per_second(const struct platform_network *network, int64_t memory_mb)
{
	const int64_t *sizes = network->enhanced_memory_mb.values;
	const double *rates = network->enhanced_mb_per_second.values;
	size_t count = network->enhanced_memory_mb.count;
	if (!network->is_enhanced || memory_mb < sizes[0])
		return network->refill_mb_per_second;
	size_t above = 1;
	while (above < count && sizes[above] < memory_mb)
		above++;
	if (above == count)
		return rates[count - 1];
	double part = (double)(memory_mb - sizes[above - 1]) / (double)(sizes[above] - sizes[above - 1]);
	return rates[above - 1] + part * (rates[above] - rates[above - 1]);
}

void network_speed_up(struct platform_network *network, double factor, struct arena *arena)
{
	size_t count = network->enhanced_mb_per_second.count;
	double *rates = ARENA_ARRAY(arena, double, count + 1);
	network->burst_mb_per_second *= factor;
	network->refill_mb_per_second *= factor;
	for (size_t i = 0; i < count; i++)
		rates[i] = network->enhanced_mb_per_second.values[i] * factor;
	network->enhanced_mb_per_second.values = rates;
}

void token_bucket_init(struct token_bucket *bucket, const struct platform_network *network, int64_t memory_mb)
{
	double refill_mb_per_second = network_refill_mb_per_second(network, memory_mb);
	/* MB/s is bytes per microsecond: 1e6 / 1e9 bytes per ns. */
	*bucket = (struct token_bucket){
		.burst_bytes_per_ns = fmax(network->burst_mb_per_second, refill_mb_per_second) * 1e-3,
		.refill_bytes_per_ns = refill_mb_per_second * 1e-3,
		.depth_bytes = network->bucket_mb * 1e6,
		.tokens_bytes = network->bucket_mb * 1e6,
	};
}

static void refill(struct token_bucket *bucket, int64_t now_ns)
{
	CHECK(now_ns >= bucket->updated_ns);
	double gained = (double)(now_ns - bucket->updated_ns) * bucket->refill_bytes_per_ns;
	bucket->tokens_bytes = min_double(bucket->depth_bytes, bucket->tokens_bytes + gained);
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
	bucket->tokens_bytes = min_double(bucket->depth_bytes, max_double(0, left));
	bucket->updated_ns = now_ns + taken_ns;
	return taken_ns;
}

double network_cpu_seconds_per_mb(const struct platform_network *network, bool is_put)
{
	return is_put && network->cpu_seconds_per_put_mb > 0 ? network->cpu_seconds_per_put_mb
							     : network->cpu_seconds_per_mb;
}
