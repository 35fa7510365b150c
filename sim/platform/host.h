/*
 * Hosts: machines that sandboxes are put on, the first one with room first, and whose network card the sandboxes on
 * one share. Which other customers' sandboxes are there is not modelled.
 *
 * Source: Wang et al., Peeking Behind the Curtains of Serverless Platforms, USENIX ATC 2018: AWS Lambda packed one
 * customer's sandboxes onto virtual machines of 3,328 MB; all on one had about 538 Mbit/s together. That the card's
 * directions are apart, and that sandboxes share it max-min fairly, is assumed.
 */
#ifndef LAMINA_HOST_H
#define LAMINA_HOST_H

#include "base/arena.h"
#include "doc/bind.h"
#include "engine/fluid.h"

/* Machines whose network card the sandboxes on them share; memory_mb is 0 where nothing is known of them. */
struct platform_hosts {
	int64_t memory_mb;         /* that its sandboxes fill, the first host with room first */
	double card_mb_per_second; /* in each direction */
};
extern const struct bind_schema platform_hosts_schema;

struct host {
	struct fluid inbound; /* bytes per ns */
	struct fluid outbound;
	size_t index; /* in its pool */
};

struct host_pool {
	struct engine *engine;
	struct arena *arena;
	const struct platform_hosts *kind;
	struct host **hosts; /* oldest first */
	size_t count;
	size_t capacity;       /* a power of two */
	int64_t *most_free_mb; /* a tree; [1] is its root, and hosts' own free memory begins at [capacity] */
};

void host_pool_init(struct host_pool *pool, struct engine *engine, struct arena *arena,
		    const struct platform_hosts *kind);

/* A host with room for so much memory, which is taken; a sandbox larger than a host has one for itself. */
struct host *host_pool_place(struct host_pool *pool, int64_t memory_mb);

/* Gives the memory back. */
void host_leave(struct host_pool *pool, struct host *host, int64_t memory_mb);

#endif
