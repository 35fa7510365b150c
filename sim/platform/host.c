/*
 * First fit over hosts in the order in which they were made. A tournament tree of their free memory, each node the
 * larger of the two below it, finds the first one with room in steps that grow with the logarithm of their number.
 *
 * Example: four hosts have 100, 300, 0 and 500 MB free; the nodes above them 300 and 500, the root 500. For 200 MB the
 * way down is to the left where that node has as much (300), else to the right: it ends at the second host.
 */
#include "platform/host.h"

#include "platform/keys.h"

static const struct bind_field hosts_fields[] = {
	INTEGER(struct platform_hosts, memory_mb, 1, 1e9, "memory of a host that sandboxes fill, MB"),
	NUMBER(struct platform_hosts, card_mb_per_second, 0.01, 1e6,
	       "its network card, which they share, in each direction, 10^6 bytes/s"),
	BIND_END,
};

const struct bind_schema platform_hosts_schema = {
	.title = "hosts",
	.bytes = sizeof(struct platform_hosts),
	.fields = hosts_fields,
};

enum { HOSTS_MIN = 16 };

void host_pool_init(struct host_pool *pool, struct engine *engine, struct arena *arena,
		    const struct platform_hosts *kind)
{
	*pool = (struct host_pool){.engine = engine, .arena = arena, .kind = kind};
}

static int64_t needed_mb(const struct host_pool *pool, int64_t memory_mb)
{
	return memory_mb < pool->kind->memory_mb ? memory_mb : pool->kind->memory_mb;
}

/* Node i is above nodes 2i and 2i + 1; the leaves, hosts' free memory, begin at capacity. */
static void set_free(struct host_pool *pool, size_t index, int64_t free_mb)
{
	size_t node = pool->capacity + index;
	for (pool->most_free_mb[node] = free_mb; node > 1; node /= 2) {
		int64_t a = pool->most_free_mb[node];
		int64_t b = pool->most_free_mb[node ^ 1];
		pool->most_free_mb[node / 2] = a > b ? a : b;
	}
}

static void grow_tree(struct host_pool *pool)
{
	size_t old = pool->capacity;
	struct host **hosts = pool->hosts;
	const int64_t *leaves = pool->most_free_mb + old;
	pool->capacity = old > 0 ? 2 * old : HOSTS_MIN;
	pool->hosts = ARENA_ARRAY(pool->arena, struct host *, pool->capacity);
	pool->most_free_mb = ARENA_ARRAY(pool->arena, int64_t, 2 * pool->capacity);
	for (size_t i = 0; i < old; i++) {
		pool->hosts[i] = hosts[i];
		set_free(pool, i, leaves[i]);
	}
}

static size_t first_with_room(const struct host_pool *pool, int64_t needed)
{
	size_t node = 1;
	while (node < pool->capacity)
		node = 2 * node + (pool->most_free_mb[2 * node] < needed);
	return node - pool->capacity;
}

static size_t add_host(struct host_pool *pool)
{
	if (pool->count == pool->capacity)
		grow_tree(pool);
	struct host *host = ARENA_NEW(pool->arena, struct host);
	/* MB/s is bytes per microsecond: 1e6 / 1e9 bytes per ns. */
	fluid_init(&host->inbound, pool->engine, pool->kind->card_mb_per_second * 1e-3);
	fluid_init(&host->outbound, pool->engine, pool->kind->card_mb_per_second * 1e-3);
	host->index = pool->count;
	pool->hosts[host->index] = host;
	set_free(pool, host->index, pool->kind->memory_mb);
	return pool->count++;
}

static void take_memory(struct host_pool *pool, size_t index, int64_t mb)
{
	set_free(pool, index, pool->most_free_mb[pool->capacity + index] - mb);
}

struct host *host_pool_place(struct host_pool *pool, int64_t memory_mb)
{
	int64_t needed = needed_mb(pool, memory_mb);
	bool has_room = pool->count > 0 && pool->most_free_mb[1] >= needed;
	size_t index = has_room ? first_with_room(pool, needed) : add_host(pool);
	take_memory(pool, index, needed);
	return pool->hosts[index];
}

void host_leave(struct host_pool *pool, struct host *host, int64_t memory_mb)
{
	take_memory(pool, host->index, -needed_mb(pool, memory_mb));
}
