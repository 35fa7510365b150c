/*
 * The sandboxes of one function: created cold, reused newest-idle first, gone when they were idle for as long as
 * the platform keeps them. A sandbox keeps what makes two requests on it differ: its CPU quota, its network buckets,
 * its host's speed, and whether the framework and the weights are loaded.
 *
 * Sources: newest-first reuse is what SimFaaS validated against AWS (12 % on cold probability); keep-alive is a dated
 * distribution because it changed at least six times between 2017 and 2025 (mikhail.io cold-start pages; SeBS).
 */
#ifndef LAMINA_SANDBOX_H
#define LAMINA_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/engine.h"
#include "platform/platform.h"

struct sandbox {
	struct sandbox_pool *pool;
	uint64_t ordinal; /* creation order within the function */
	struct cpu_quota quota;
	struct token_bucket inbound;
	struct token_bucket outbound;
	double slowness;     /* CPU time of this sandbox relative to the platform's nominal vCPU */
	bool is_initialised; /* framework imported, weights loaded */
	uint64_t idle_periods;
	event_id expiry;
	struct sandbox *newer; /* idle list */
	struct sandbox *older;
};

struct sandbox_pool {
	struct engine *engine;
	struct arena *arena;
	const struct platform *platform;
	int64_t memory_mb;
	double package_mb;
	uint64_t function; /* index, for random draws */
	uint64_t seed;
	uint32_t replication;
	uint64_t created;
	uint64_t expired;
	int64_t idle_count;
	int64_t busy_count;
	int64_t counted_ns; /* the two integrals below are complete up to here */
	price_mb_ns busy_instance_ns;
	price_mb_ns idle_instance_ns;
	struct sandbox *newest_idle;
	struct sandbox *free_list;
};

void sandbox_pool_init(struct sandbox_pool *pool, struct engine *engine, struct arena *arena,
		       const struct platform *platform, int64_t memory_mb, double package_mb, uint64_t function,
		       uint64_t seed, uint32_t replication);

/* The newest idle sandbox, now busy; NULL when there is none. */
struct sandbox *sandbox_pool_take(struct sandbox_pool *pool);

/* A new, cold, busy sandbox; *cold_start_ns gets the time until its handler can run. */
struct sandbox *sandbox_pool_create(struct sandbox_pool *pool, int64_t *cold_start_ns);

/* The sandbox becomes idle and will expire unless it is taken. */
void sandbox_pool_return(struct sandbox *sandbox);

/* Brings the integrals of busy and idle sandboxes over time up to now. */
void sandbox_pool_count(struct sandbox_pool *pool);

/* The busy sandbox is destroyed (its function crashed or ran out of time). */
void sandbox_pool_destroy(struct sandbox *sandbox);

#endif
