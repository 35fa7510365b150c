#include "platform/host.h"

void host_pool_init(struct host_pool *pool, struct engine *engine, struct arena *arena,
		    const struct platform_hosts *kind)
{
	*pool = (struct host_pool){.engine = engine, .arena = arena, .kind = kind};
}

static int64_t needed_mb(const struct host_pool *pool, int64_t memory_mb)
{
	return memory_mb < pool->kind->memory_mb ? memory_mb : pool->kind->memory_mb;
}

struct host *host_pool_place(struct host_pool *pool, int64_t memory_mb)
{
	int64_t needed = needed_mb(pool, memory_mb);
	struct host **at = &pool->first;
	while (*at && (*at)->free_mb < needed)
		at = &(*at)->next;
	if (!*at) {
		struct host *host = ARENA_NEW(pool->arena, struct host);
		/* MB/s is bytes per microsecond: 1e6 / 1e9 bytes per ns. */
		fluid_init(&host->inbound, pool->engine, pool->kind->card_mb_per_second * 1e-3);
		fluid_init(&host->outbound, pool->engine, pool->kind->card_mb_per_second * 1e-3);
		host->free_mb = pool->kind->memory_mb;
		*at = host;
	}
	(*at)->free_mb -= needed;
	return *at;
}

void host_leave(struct host_pool *pool, struct host *host, int64_t memory_mb)
{
	host->free_mb += needed_mb(pool, memory_mb);
}
