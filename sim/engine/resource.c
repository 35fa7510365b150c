#include "engine/resource.h"

#include <string.h>

#include "base/check.h"

enum { WAITERS_MIN = 16, TICKET_INDEX_BITS = 32 };

/* Waiters form one list in the order of service; [0] is none, unused ones are linked by next. */
struct resource_waiter {
	int64_t units;
	event_action *granted;
	void *subject;
	int64_t argument;
	int32_t priority;
	uint32_t next;
	uint32_t previous;
	uint32_t generation; /* odd while it waits */
};

void resource_init(struct resource *resource, struct engine *engine, int64_t capacity)
{
	CHECK(capacity >= 0);
	*resource = (struct resource){.engine = engine, .capacity = capacity, .changed_ns = engine_now_ns(engine)};
}

static void integrate(struct resource *resource)
{
	uint64_t elapsed = (uint64_t)(engine_now_ns(resource->engine) - resource->changed_ns);
	__extension__ typedef unsigned __int128 wide;
	resource->busy_unit_ns += (wide)elapsed * (uint64_t)resource->in_use;
	resource->waiting_ns += (wide)elapsed * (uint64_t)resource->waiting;
	resource->changed_ns = engine_now_ns(resource->engine);
}

static void waiters_grow(struct resource *resource)
{
	uint32_t old = resource->waiter_capacity ? resource->waiter_capacity : 1;
	uint32_t capacity = old < WAITERS_MIN ? WAITERS_MIN : 2 * old;
	CHECK(capacity > old);
	struct resource_waiter *waiters = ARENA_ARRAY(resource->engine->arena, struct resource_waiter, capacity);
	if (resource->waiters)
		memcpy(waiters, resource->waiters, old * sizeof *waiters);
	for (uint32_t i = capacity; i-- > old;) {
		waiters[i].next = resource->free_first;
		resource->free_first = i;
	}
	resource->waiters = waiters;
	resource->waiter_capacity = capacity;
}

/* Links the waiter behind all of its own or a higher priority. */
static void waiter_link(struct resource *resource, uint32_t index)
{
	struct resource_waiter *waiters = resource->waiters;
	uint32_t before = resource->last;
	while (before && waiters[before].priority < waiters[index].priority)
		before = waiters[before].previous;
	uint32_t after = before ? waiters[before].next : resource->first;
	waiters[index].previous = before;
	waiters[index].next = after;
	*(before ? &waiters[before].next : &resource->first) = index;
	*(after ? &waiters[after].previous : &resource->last) = index;
}

static void waiter_unlink(struct resource *resource, uint32_t index)
{
	struct resource_waiter *waiters = resource->waiters;
	uint32_t before = waiters[index].previous;
	uint32_t after = waiters[index].next;
	*(before ? &waiters[before].next : &resource->first) = after;
	*(after ? &waiters[after].previous : &resource->last) = before;
	waiters[index].generation++;
	waiters[index].next = resource->free_first;
	resource->free_first = index;
	resource->waiting--;
}

/* The index of a waiter that still waits, else 0. */
static uint32_t ticket_index(const struct resource *resource, resource_ticket ticket)
{
	uint32_t index = (uint32_t)ticket;
	if (index == 0 || index >= resource->waiter_capacity)
		return 0;
	uint32_t generation = resource->waiters[index].generation;
	return generation == ticket >> TICKET_INDEX_BITS && generation % 2 == 1 ? index : 0;
}

/*
 * Grants from the head as far as the units go. An action may release or acquire itself: the outermost call goes
 * on with what it finds, so that the depth of the stack does not grow with the length of the queue.
 */
static void grant_waiters(struct resource *resource)
{
	if (resource->granting)
		return;
	resource->granting = true;
	while (resource->first) {
		struct resource_waiter waiter = resource->waiters[resource->first];
		if (waiter.units > resource_free_units(resource))
			break;
		waiter_unlink(resource, resource->first);
		resource->in_use += waiter.units;
		resource->grants++;
		waiter.granted(resource->engine, waiter.subject, waiter.argument);
	}
	resource->granting = false;
}

resource_ticket resource_acquire_priority(struct resource *resource, int64_t units, int32_t priority,
					  event_action *granted, void *subject, int64_t argument)
{
	CHECK(units >= 1);
	integrate(resource);
	if (!resource->first && units <= resource_free_units(resource)) {
		resource->in_use += units;
		resource->grants++;
		granted(resource->engine, subject, argument);
		return 0;
	}
	if (resource->free_first == 0)
		waiters_grow(resource);
	uint32_t index = resource->free_first;
	struct resource_waiter *waiter = &resource->waiters[index];
	resource->free_first = waiter->next;
	waiter->units = units;
	waiter->granted = granted;
	waiter->subject = subject;
	waiter->argument = argument;
	waiter->priority = priority;
	waiter->generation++;
	waiter_link(resource, index);
	resource->waiting++;
	resource_ticket ticket = (resource_ticket)waiter->generation << TICKET_INDEX_BITS | index;
	/* It may fit where the waiter it went ahead of does not. */
	if (resource->first == index)
		grant_waiters(resource);
	return ticket_index(resource, ticket) ? ticket : 0;
}

resource_ticket resource_acquire(struct resource *resource, int64_t units, event_action *granted, void *subject,
				 int64_t argument)
{
	return resource_acquire_priority(resource, units, 0, granted, subject, argument);
}

void resource_release(struct resource *resource, int64_t units)
{
	CHECK(units >= 1);
	CHECK(units <= resource->in_use);
	integrate(resource);
	resource->in_use -= units;
	grant_waiters(resource);
}

bool resource_cancel(struct resource *resource, resource_ticket ticket)
{
	uint32_t index = ticket_index(resource, ticket);
	if (index == 0)
		return false;
	integrate(resource);
	waiter_unlink(resource, index);
	grant_waiters(resource);
	return true;
}

void resource_set_capacity(struct resource *resource, int64_t capacity)
{
	CHECK(capacity >= 0);
	integrate(resource);
	resource->capacity = capacity;
	grant_waiters(resource);
}

int64_t resource_busy_unit_ns(struct resource *resource)
{
	integrate(resource);
	CHECK(resource->busy_unit_ns <= INT64_MAX);
	return (int64_t)resource->busy_unit_ns;
}

int64_t resource_waiting_ns(struct resource *resource)
{
	integrate(resource);
	CHECK(resource->waiting_ns <= INT64_MAX);
	return (int64_t)resource->waiting_ns;
}
