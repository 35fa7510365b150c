/*
 * A counted resource (slots, megabytes, concurrency) with waiting. Who asks while enough units are free and nobody
 * waits gets them at once; others wait by priority, then in order of asking. The head of the queue is never
 * overtaken by a smaller request behind it. Usage is integrated in integers, so that it is exact.
 */
#ifndef LAMINA_RESOURCE_H
#define LAMINA_RESOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"

/* Names a waiter; 0 is never a valid ticket. */
typedef uint64_t resource_ticket;

struct resource_waiter;

struct resource {
	struct engine *engine;
	int64_t capacity;
	int64_t in_use;
	int64_t waiting;
	struct resource_waiter *waiters;
	uint32_t waiter_capacity;
	uint32_t first, last, free_first; /* indices + 1 into waiters; 0 is none */
	bool granting;
	int64_t changed_ns; /* the integrals below are complete up to here */
	__extension__ unsigned __int128 busy_unit_ns;
	__extension__ unsigned __int128 waiting_ns;
	uint64_t grants;
};

/* capacity >= 0. Memory comes from the engine's arena. */
void resource_init(struct resource *resource, struct engine *engine, int64_t capacity);

/*
 * Asks for units (>= 1). granted is called, at the time of the grant, with the units already taken: before this
 * function returns (then it returns 0), or later from within resource_release or resource_set_capacity. A request
 * above the capacity waits until the capacity grows.
 */
resource_ticket resource_acquire(struct resource *resource, int64_t units, event_action *granted, void *subject,
				 int64_t argument);

/* The same; among waiters a higher priority goes first. */
resource_ticket resource_acquire_priority(struct resource *resource, int64_t units, int32_t priority,
					  event_action *granted, void *subject, int64_t argument);

/* Gives units back and grants waiters, in order, as far as the units go. */
void resource_release(struct resource *resource, int64_t units);

/* Takes a waiter out of the queue; false where it does not wait any more. Those behind it may be granted. */
bool resource_cancel(struct resource *resource, resource_ticket ticket);

/* A capacity below the units in use takes effect as they are released. */
void resource_set_capacity(struct resource *resource, int64_t capacity);

static inline int64_t resource_free_units(const struct resource *resource)
{
	return resource->in_use < resource->capacity ? resource->capacity - resource->in_use : 0;
}

/* Integrals up to now: units in use x ns, and waiters x ns. Aborts where the result does not fit 63 bits. */
int64_t resource_busy_unit_ns(struct resource *resource);
int64_t resource_waiting_ns(struct resource *resource);

#endif
