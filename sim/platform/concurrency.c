#include "platform/concurrency.h"

#include <math.h>

void concurrency_init(struct concurrency *concurrency, const struct platform_limits *limits)
{
	*concurrency = (struct concurrency){
		.limit = limits->concurrency,
		.burst_tokens = (double)limits->burst,
		.burst_depth = (double)limits->burst,
		.tokens_per_ns = limits->burst_per_minute / 60e9,
		.calls_per_place = limits->invocations_per_place,
		.calls = HUGE_VAL,
	};
}

bool concurrency_may_call(struct concurrency *places, int64_t now_ns)
{
	if (places->calls_per_place == 0)
		return true;
	double a_second = places->calls_per_place * (double)places->limit;
	double gained = (double)(now_ns - places->calls_updated_ns) * 1e-9 * a_second;
	places->calls = fmin(a_second, places->calls + gained);
	places->calls_updated_ns = now_ns;
	return places->calls >= 1;
}

void concurrency_called(struct concurrency *places)
{
	places->calls -= 1;
}

static bool take_token(struct concurrency *bucket, int64_t now_ns)
{
	double gained = (double)(now_ns - bucket->updated_ns) * bucket->tokens_per_ns;
	bucket->burst_tokens = fmin(bucket->burst_depth, bucket->burst_tokens + gained);
	bucket->updated_ns = now_ns;
	if (bucket->burst_tokens < 1)
		return false;
	bucket->burst_tokens -= 1;
	return true;
}

bool concurrency_admit_from(struct concurrency *places, struct concurrency *bucket, int64_t now_ns,
			    bool needs_new_sandbox)
{
	if (places->in_use >= places->limit)
		return false;
	if (needs_new_sandbox && !take_token(bucket, now_ns))
		return false;
	places->in_use++;
	if (places->in_use > places->peak)
		places->peak = places->in_use;
	return true;
}

bool concurrency_admit(struct concurrency *concurrency, int64_t now_ns, bool needs_new_sandbox)
{
	return concurrency_admit_from(concurrency, concurrency, now_ns, needs_new_sandbox);
}

void concurrency_leave(struct concurrency *concurrency)
{
	CHECK(concurrency->in_use > 0);
	concurrency->in_use--;
}
