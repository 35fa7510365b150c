/* Token buckets: the two public measurements that fix the depth, and what a transfer leaves for the next one. */
#include "platform/network.h"
#include "tests/tap.h"

static const struct platform_network lambda = {
	.burst_mb_per_second = 212, .bucket_mb = 134, .refill_mb_per_second = 75};

static struct token_bucket full(void)
{
	struct token_bucket bucket;
	token_bucket_init(&bucket, &lambda, 1024);
	return bucket;
}

static void published_rates(void)
{
	struct token_bucket bucket = full();
	double seconds = (double)token_bucket_transfer_ns(&bucket, 0, 512 << 20) / 1e9;
	t_near(536.870912 / seconds, 99.8, 0.01, 0, "512 MiB move at 99.8 MB/s (lithops, 2022)");
	bucket = full();
	seconds = (double)token_bucket_transfer_ns(&bucket, 0, 884000000) / 1e9;
	t_near(seconds, 10, 1e-3, 0, "10 s carry 707 Mbit/s (faas_measure, 2020)");
	bucket = full();
	seconds = (double)token_bucket_transfer_ns(&bucket, 0, 21200000) / 1e9;
	t_near(seconds, 0.1, 1e-9, 0, "a small object moves at the burst rate");
}

static void tokens_between_transfers(void)
{
	struct token_bucket bucket = full();
	token_bucket_transfer_ns(&bucket, 0, 106000000);
	t_near(bucket.tokens_bytes, 134e6 - 106e6 + 0.5 * 75e6, 0, 1, "tokens come back while a transfer takes them");
	bucket = full();
	int64_t first_ns = token_bucket_transfer_ns(&bucket, 0, 900000000);
	t_near(bucket.tokens_bytes, 0, 0, 1, "a long transfer empties the bucket");
	int64_t next_ns = token_bucket_transfer_ns(&bucket, first_ns, 75000000);
	t_near((double)next_ns, 1e9, 1e-9, 0, "the next one moves at the refill rate");
	int64_t later_ns = token_bucket_transfer_ns(&bucket, first_ns + next_ns + 1000000000, 75000000);
	t_near((double)later_ns, 75.0 / 212 * 1e9, 1e-6, 0, "a second's pause pays for a burst");
	token_bucket_transfer_ns(&bucket, 1000000000000, 0);
	t_near(bucket.tokens_bytes, 134e6, 0, 0, "a bucket holds no more than its depth");
}

static void odd_buckets(void)
{
	struct platform_network flat = {.burst_mb_per_second = 50, .bucket_mb = 0, .refill_mb_per_second = 50};
	struct token_bucket bucket;
	token_bucket_init(&bucket, &flat, 1024);
	t_int(token_bucket_transfer_ns(&bucket, 0, 100000000), 2000000000, "without a bucket the rate is flat");
	struct platform_network empty = {.burst_mb_per_second = 200, .bucket_mb = 0, .refill_mb_per_second = 50};
	token_bucket_init(&bucket, &empty, 1024);
	t_int(token_bucket_transfer_ns(&bucket, 0, 100000000), 2000000000, "an empty bucket allows no burst");
	t_int(token_bucket_transfer_ns(&bucket, 2000000000, 0), 0, "nothing takes no time");
}

/* Splitting a transfer changes nothing: the bucket is a fluid. */
static void split_transfers(void)
{
	struct token_bucket whole = full();
	struct token_bucket parts = full();
	int64_t whole_ns = token_bucket_transfer_ns(&whole, 0, 600000000);
	int64_t parts_ns = 0;
	for (int i = 0; i < 60; i++)
		parts_ns += token_bucket_transfer_ns(&parts, parts_ns, 10000000);
	t_near((double)parts_ns, (double)whole_ns, 0, 200, "60 parts take as long as the whole");
}

/* Bandwidth that is enabled rises with memory, along a line; the burst rate is no lower. */
static void enhanced(void)
{
	int64_t sizes[] = {2048, 10240};
	double rates[] = {80, 400};
	struct platform_network network = lambda;
	network.enhanced_memory_mb = (struct bind_ints){sizes, 2};
	network.enhanced_mb_per_second = (struct bind_doubles){rates, 2};
	t_near(network_refill_mb_per_second(&network, 6144), 75, 0, 0, "what is not enabled changes nothing");
	network.is_enhanced = true;
	t_near(network_refill_mb_per_second(&network, 2047), 75, 0, 0, "nor anything below the first size");
	t_near(network_refill_mb_per_second(&network, 2048), 80, 1e-12, 0, "the first size has its rate");
	t_near(network_refill_mb_per_second(&network, 6144), 240, 1e-12, 0, "one between has its part of the way");
	t_near(network_refill_mb_per_second(&network, 20000), 400, 1e-12, 0, "one above the last has the last one's");
	struct token_bucket bucket;
	token_bucket_init(&bucket, &network, 10240);
	t_int(token_bucket_transfer_ns(&bucket, 0, 2000000000), 5000000000, "which is faster than the burst rate was");
	struct arena arena;
	arena_init(&arena);
	network_speed_up(&network, 2, &arena);
	t_near(network_refill_mb_per_second(&network, 6144), 480, 1e-12, 0,
	       "and twice that on a network of twice the speed");
	t_near(rates[0], 80, 0, 0, "whose rates are its own");
	arena_release(&arena);
}

int main(void)
{
	enhanced();
	published_rates();
	tokens_between_transfers();
	odd_buckets();
	split_transfers();
	return t_done();
}
