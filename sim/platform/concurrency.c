#include "platform/concurrency.h"

#include <math.h>

void concurrency_init(struct concurrency *concurrency, const struct platform_limits *limits)
{
	*concurrency = (struct concurrency){
		.limit = limits->concurrency,
		.burst_tokens = (double)limits->burst,
		.burst_depth = (double)limits->burst,
		.tokens_per_ns = limits->burst_per_minute / 60e9,
	};
}

bool concurrency_admit(struct concurrency *concurrency, int64_t now_ns, bool needs_new_sandbox)
{
	if (concurrency->in_use >= concurrency->limit)
		return false;
	double gained = (double)(now_ns - concurrency->updated_ns) * concurrency->tokens_per_ns;
	concurrency->burst_tokens = fmin(concurrency->burst_depth, concurrency->burst_tokens + gained);
	concurrency->updated_ns = now_ns;
	if (needs_new_sandbox) {
		if (concurrency->burst_tokens < 1)
			return false;
		concurrency->burst_tokens -= 1;
	}
	concurrency->in_use++;
	if (concurrency->in_use > concurrency->peak)
		concurrency->peak = concurrency->in_use;
	return true;
}

void concurrency_leave(struct concurrency *concurrency)
{
	CHECK(concurrency->in_use > 0);
	concurrency->in_use--;
}
