/* The ring of waiters. Who goes first, and when grants are made: resource.h. */
#include "engine/resource.h"

#include <string.h>

enum { WAITERS_MIN = 16, TICKET_INDEX_BITS = 32 };

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
	*resource = (struct resource){.engine = engine, .capacity = capacity, .start_ns = engine_now_ns(engine)};
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
	waiters[0].priority = INT32_MAX;
	resource->waiters = waiters;
	resource->waiter_capacity = capacity;
}

/* Links the waiter behind all of its own or a higher priority. */
static inline void waiter_link(struct resource *resource, uint32_t index)
{
	struct resource_waiter *waiters = resource->waiters;
	uint32_t before = waiters[0].previous;
	while (waiters[before].priority < waiters[index].priority)
		before = waiters[before].previous;
	uint32_t after = waiters[before].next;
	waiters[index].previous = before;
	waiters[index].next = after;
	waiters[before].next = index;
	waiters[after].previous = index;
	resource->waiting++;
	resource->waiting_max = resource->waiting > resource->waiting_max ? resource->waiting : resource->waiting_max;
	resource->waiting_wrapped -= (uint64_t)engine_now_ns(resource->engine);
}

static inline void waiter_unlink(struct resource *resource, uint32_t index)
{
	struct resource_waiter *waiters = resource->waiters;
	uint32_t before = waiters[index].previous;
	uint32_t after = waiters[index].next;
	waiters[before].next = after;
	waiters[after].previous = before;
	waiters[index].generation++;
	waiters[index].next = resource->free_first;
	resource->free_first = index;
	resource->waiting--;
	resource->waiting_wrapped += (uint64_t)engine_now_ns(resource->engine);
}

/*
 * An action that is granted may release or acquire itself: the outermost call goes on with what it finds, so that
 * the depth of the stack does not grow with the length of the queue.
 */
void resource_grant(struct resource *resource)
{
	if (resource->granting)
		return;
	resource->granting = true;
	while (resource->waiting > 0) {
		uint32_t index = resource->waiters[0].next;
		const struct resource_waiter *waiter = &resource->waiters[index];
		int64_t units = waiter->units;
		if (units > resource_free_units(resource))
			break;
		event_action *granted = waiter->granted;
		void *subject = waiter->subject;
		int64_t argument = waiter->argument;
		waiter_unlink(resource, index);
		resource_take(resource, units);
		granted(resource->engine, subject, argument);
	}
	resource->granting = false;
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

resource_ticket resource_wait(struct resource *resource, int64_t units, int32_t priority, event_action *granted,
			      void *subject, int64_t argument)
{
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
	resource_ticket ticket = (resource_ticket)waiter->generation << TICKET_INDEX_BITS | index;
	waiter_link(resource, index);
	if (resource->waiters[0].next != index || units > resource_free_units(resource))
		return ticket;
	/* It went ahead of a waiter that does not fit, and fits itself. */
	resource_grant(resource);
	return ticket_index(resource, ticket) ? ticket : 0;
}

bool resource_cancel(struct resource *resource, resource_ticket ticket)
{
	uint32_t index = ticket_index(resource, ticket);
	if (index == 0)
		return false;
	waiter_unlink(resource, index);
	resource_grant(resource);
	return true;
}

void resource_set_capacity(struct resource *resource, int64_t capacity)
{
	CHECK(capacity >= 0);
	resource->capacity = capacity;
	resource_grant(resource);
}

static int64_t unwrap(uint64_t wrapped, int64_t level, int64_t level_max, const struct resource *resource)
{
	int64_t elapsed_ns = engine_now_ns(resource->engine) - resource->start_ns;
	int64_t bound;
	CHECK(!__builtin_mul_overflow(level_max, elapsed_ns, &bound));
	return (int64_t)(wrapped + (uint64_t)level * (uint64_t)engine_now_ns(resource->engine));
}

int64_t resource_busy_unit_ns(const struct resource *resource)
{
	return unwrap(resource->busy_wrapped, resource->in_use, resource->in_use_max, resource);
}

int64_t resource_waiting_ns(const struct resource *resource)
{
	return unwrap(resource->waiting_wrapped, resource->waiting, resource->waiting_max, resource);
}
