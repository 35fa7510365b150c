#include "platform/sandbox.h"

#include <math.h>
#include <string.h>

#include "base/num.h"
#include "random/stream.h"

void sandbox_pool_init(struct sandbox_pool *pool, struct engine *engine, struct arena *arena,
		       const struct platform *platform, int64_t memory_mb, double package_mb, uint64_t function,
		       uint64_t seed, uint32_t replication)
{
	*pool = (struct sandbox_pool){
		.engine = engine,
		.arena = arena,
		.platform = platform,
		.memory_mb = memory_mb,
		.package_mb = package_mb,
		.function = function,
		.seed = seed,
		.replication = replication,
	};
}

/* Every draw belongs to a named purpose and a sandbox, so that two settings meet the same luck. */
static void named_stream(struct stream *stream, const struct sandbox_pool *pool, const char *name, uint64_t ordinal)
{
	stream_init(stream, pool->seed, pool->replication, stream_id_from_name(name), pool->function << 48 | ordinal);
}

void sandbox_pool_count(struct sandbox_pool *pool)
{
	int64_t now_ns = engine_now_ns(pool->engine);
	price_mb_ns passed_ns = (price_mb_ns)(now_ns - pool->counted_ns);
	pool->busy_instance_ns += passed_ns * (price_mb_ns)pool->busy_count;
	pool->idle_instance_ns += passed_ns * (price_mb_ns)pool->idle_count;
	pool->counted_ns = now_ns;
}

static void unlink_idle(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	sandbox_pool_count(pool);
	if (sandbox->newer)
		sandbox->newer->older = sandbox->older;
	else
		pool->newest_idle = sandbox->older;
	if (sandbox->older)
		sandbox->older->newer = sandbox->newer;
	sandbox->newer = NULL;
	sandbox->older = NULL;
	pool->idle_count--;
}

struct sandbox *sandbox_pool_take(struct sandbox_pool *pool)
{
	struct sandbox *sandbox = pool->newest_idle;
	if (!sandbox)
		return NULL;
	unlink_idle(sandbox);
	pool->busy_count++;
	bool was_pending = engine_cancel(pool->engine, sandbox->expiry);
	CHECK(was_pending);
	sandbox->expiry = 0;
	return sandbox;
}

struct sandbox *sandbox_pool_create(struct sandbox_pool *pool, int64_t *cold_start_ns)
{
	struct sandbox *sandbox = pool->free_list;
	if (sandbox)
		pool->free_list = sandbox->older;
	else
		sandbox = ARENA_NEW(pool->arena, struct sandbox);
	sandbox_pool_count(pool);
	pool->busy_count++;
	const struct platform *platform = pool->platform;
	uint64_t ordinal = pool->created++;
	struct stream luck;
	named_stream(&luck, pool, "sandbox", ordinal);
	*sandbox = (struct sandbox){
		.pool = pool,
		.ordinal = ordinal,
		.slowness = stream_lognormal(&luck, 0, platform->cpu.speed_spread),
	};
	int64_t period_ns = ns_from_seconds(platform->cpu.period_seconds);
	cpu_quota_init(&sandbox->quota, &platform->cpu, pool->memory_mb,
		       (int64_t)stream_below(&luck, (uint64_t)period_ns));
	token_bucket_init(&sandbox->inbound, &platform->network);
	token_bucket_init(&sandbox->outbound, &platform->network);
	named_stream(&luck, pool, "cold start", ordinal);
	double seconds = quantile_draw(&platform->sandbox.cold_start_seconds.table, &luck);
	double package = pool->package_mb / platform->sandbox.package_reference_mb;
	seconds += package * quantile_draw(&platform->sandbox.package_seconds.table, &luck);
	*cold_start_ns = ns_from_seconds(seconds);
	return sandbox;
}

static void forget(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	sandbox->older = pool->free_list;
	pool->free_list = sandbox;
}

void sandbox_pool_destroy(struct sandbox *sandbox)
{
	sandbox_pool_count(sandbox->pool);
	sandbox->pool->busy_count--;
	forget(sandbox);
}

static void expire(struct engine *engine, void *subject, int64_t argument)
{
	struct sandbox *sandbox = subject;
	unlink_idle(sandbox);
	sandbox->pool->expired++;
	forget(sandbox);
}

void sandbox_pool_return(struct sandbox *sandbox)
{
	struct sandbox_pool *pool = sandbox->pool;
	sandbox_pool_count(pool);
	pool->busy_count--;
	sandbox->older = pool->newest_idle;
	sandbox->newer = NULL;
	if (pool->newest_idle)
		pool->newest_idle->newer = sandbox;
	pool->newest_idle = sandbox;
	pool->idle_count++;
	struct stream luck;
	named_stream(&luck, pool, "keep alive", sandbox->ordinal << 20 | sandbox->idle_periods++);
	double idle_seconds = quantile_draw(&pool->platform->sandbox.keep_alive_seconds.table, &luck);
	sandbox->expiry = engine_schedule(pool->engine, ns_from_seconds(idle_seconds), 0, expire, sandbox, 0);
}
