/*
 * A counted resource (slots, megabytes, concurrency) with waiting. Who asks while enough units are free and nobody
 * waits gets them at once; others wait by priority, then in order of asking. The head of the queue is never
 * overtaken by a smaller request behind it. Usage is integrated in integers, so that it is exact.
 */
#ifndef LAMINA_RESOURCE_H
#define LAMINA_RESOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/check.h"
#include "engine/engine.h"

/* Names a waiter; 0 is never a valid ticket. */
typedef uint64_t resource_ticket;

struct resource_waiter;

struct resource {
	struct engine *engine;
	int64_t capacity;
	int64_t in_use;
	int64_t waiting;
	/* A ring in the order of service, linked by index; [0] is its end. NULL until somebody waits. */
	struct resource_waiter *waiters;
	uint32_t free_first;
	uint32_t waiter_capacity;
	bool granting;
	uint64_t grants;
	/*
	 * The integrals of in_use and waiting over time, less in_use and waiting times the present: what comes adds
	 * nothing but its own time. They wrap; resource_busy_unit_ns gives the exact sum and checks that it fits.
	 */
	uint64_t busy_wrapped;
	uint64_t waiting_wrapped;
	int64_t start_ns;
	int64_t in_use_max;
	int64_t waiting_max;
};

/* capacity >= 0. Memory comes from the engine's arena. */
void resource_init(struct resource *resource, struct engine *engine, int64_t capacity);

static inline int64_t resource_free_units(const struct resource *resource)
{
	return resource->in_use < resource->capacity ? resource->capacity - resource->in_use : 0;
}

/* For resource_acquire and resource_grant: the units are free. */
static inline void resource_take(struct resource *resource, int64_t units)
{
	resource->in_use += units;
	resource->in_use_max = resource->in_use > resource->in_use_max ? resource->in_use : resource->in_use_max;
	resource->busy_wrapped -= (uint64_t)units * (uint64_t)engine_now_ns(resource->engine);
	resource->grants++;
}

/* For resource_acquire: waits. */
resource_ticket resource_wait(struct resource *resource, int64_t units, int32_t priority, event_action *granted,
			      void *subject, int64_t argument);

/* For resource_release: grants waiters, in order, as far as the units go. */
void resource_grant(struct resource *resource);

/* resource_acquire; among waiters a higher priority goes first. */
static inline resource_ticket resource_acquire_priority(struct resource *resource, int64_t units, int32_t priority,
							event_action *granted, void *subject, int64_t argument)
{
	CHECK(units >= 1);
	if (resource->waiting > 0 || units > resource_free_units(resource))
		return resource_wait(resource, units, priority, granted, subject, argument);
	resource_take(resource, units);
	granted(resource->engine, subject, argument);
	return 0;
}

/*
 * Asks for units (>= 1). granted is called, at the time of the grant, with the units already taken: before this
 * function returns (then it returns 0), or later from within a call that frees units. A request above the capacity
 * waits until the capacity grows.
 */
static inline resource_ticket resource_acquire(struct resource *resource, int64_t units, event_action *granted,
					       void *subject, int64_t argument)
{
	return resource_acquire_priority(resource, units, 0, granted, subject, argument);
}

/* Gives units back and grants waiters. */
static inline void resource_release(struct resource *resource, int64_t units)
{
	CHECK(units >= 1);
	CHECK(units <= resource->in_use);
	resource->in_use -= units;
	resource->busy_wrapped += (uint64_t)units * (uint64_t)engine_now_ns(resource->engine);
	if (resource->waiting > 0)
		resource_grant(resource);
}

/* Takes a waiter out of the queue; false where it does not wait any more. Those behind it may be granted. */
bool resource_cancel(struct resource *resource, resource_ticket ticket);

/* A capacity below the units in use takes effect as they are released. */
void resource_set_capacity(struct resource *resource, int64_t capacity);

/* Integrals up to now, exact: units in use x ns, and waiters x ns. Abort where they might not fit 63 bits. */
int64_t resource_busy_unit_ns(const struct resource *resource);
int64_t resource_waiting_ns(const struct resource *resource);

#endif
