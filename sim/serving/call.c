/*
 * Calling a function: the driver starts one call at a time, the call is admitted or throttled, and a sandbox is found
 * or made for it. A throttled call is repeated with exponential back-off and full jitter, as the AWS SDKs do.
 */
#include <math.h>

#include "base/num.h"
#include "serving/simulation.h"

static void call(struct engine *engine, void *subject, int64_t argument);

static void retry_later(struct invocation *invocation)
{
	const struct platform_limits *limits = &invocation->simulation->setting->platform->limits;
	counts_of(invocation)->throttles++;
	double cap = fmin(limits->retry_max_seconds, ldexp(limits->retry_min_seconds, invocation->attempts));
	struct stream luck;
	invocation_stream(&luck, invocation, "retry");
	double jitter = 0;
	for (int i = 0; i <= invocation->attempts % 64; i++)
		jitter = stream_uniform(&luck);
	invocation->attempts++;
	engine_schedule(&invocation->simulation->engine, ns_from_seconds(cap * jitter) + 1, 0, call, invocation, 0);
}

static void handler_starts(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	int64_t now_ns = engine_now_ns(engine);
	if (invocation->is_cold)
		visit_span(invocation, "cold start", now_ns - invocation->init_ns, now_ns);
	visit_start(invocation);
}

static void call(struct engine *engine, void *subject, int64_t argument)
{
	struct invocation *invocation = subject;
	struct simulation *simulation = invocation->simulation;
	struct sandbox_pool *pool = &simulation->pools[invocation->function];
	struct function_outcome *counts = counts_of(invocation);
	bool needs_new_sandbox = pool->idle_count == 0;
	if (!concurrency_admit(&simulation->concurrency, engine_now_ns(engine), needs_new_sandbox)) {
		retry_later(invocation);
		return;
	}
	int64_t start_ns;
	invocation->is_cold = needs_new_sandbox;
	if (needs_new_sandbox) {
		invocation->sandbox = sandbox_pool_create(pool, &start_ns);
		invocation->init_ns = start_ns;
		counts->cold_starts++;
		counts->init_ns += start_ns;
	} else {
		struct stream luck;
		invocation_stream(&luck, invocation, "warm start");
		invocation->sandbox = sandbox_pool_take(pool);
		invocation->init_ns = 0;
		start_ns = ns_from_seconds(
			quantile_draw(&simulation->setting->platform->sandbox.warm_start_seconds.table, &luck));
	}
	counts->invocations++;
	counts->wait_ns += engine_now_ns(engine) - invocation->asked_ns;
	engine_schedule(engine, start_ns, 0, handler_starts, invocation, 0);
}

bool call_again(struct invocation *invocation)
{
	if (invocation->failures >= invocation->simulation->setting->retries)
		return false;
	invocation->failures++;
	counts_of(invocation)->retries++;
	invocation->asked_ns = engine_now_ns(&invocation->simulation->engine);
	call_soon(invocation);
	return true;
}

void call_soon(struct invocation *invocation)
{
	struct simulation *simulation = invocation->simulation;
	int64_t now_ns = engine_now_ns(&simulation->engine);
	int64_t call_ns = simulation->driver_free_ns > now_ns ? simulation->driver_free_ns : now_ns;
	simulation->driver_free_ns = call_ns + simulation->setting->dispatch_ns;
	engine_schedule(&simulation->engine, call_ns - now_ns, 0, call, invocation, 0);
}
