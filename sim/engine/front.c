#include "engine/front.h"

#include <string.h>

#include "base/check.h"

enum { HEAP_ARITY = 4, STALE_MIN = 16 };

void front_init(struct front *front, struct arena *arena, uint32_t capacity)
{
	*front = (struct front){.capacity = capacity > FRONT_SORTED_MAX ? capacity : FRONT_SORTED_MAX + 1};
	front->entries = ARENA_ARRAY(arena, struct front_entry, front->capacity);
	front->spill_count = FRONT_SPILL_MIN;
	front->end_ns = INT64_MAX;
}

void front_clear(struct front *front)
{
	front->count = 0;
	front->stale = 0;
	front->is_heap = false;
}

static void front_grow(struct front *front, struct arena *arena)
{
	uint32_t capacity = 2 * front->capacity;
	CHECK(capacity > front->capacity);
	struct front_entry *entries = ARENA_ARRAY(arena, struct front_entry, capacity);
	memcpy(entries, front->entries, front->count * sizeof *entries);
	front->entries = entries;
	front->capacity = capacity;
}

static void sift_up(struct front_entry *entries, uint32_t at, struct front_entry entry)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / HEAP_ARITY;
		if (!front_is_before(&entry, &entries[parent]))
			break;
		entries[at] = entries[parent];
		at = parent;
	}
	entries[at] = entry;
}

static uint32_t earliest_child(const struct front_entry *entries, uint32_t first, uint32_t end)
{
	uint32_t best = first;
	for (uint32_t i = first + 1; i < end; i++)
		best = front_is_before(&entries[i], &entries[best]) ? i : best;
	return best;
}

static void sift_down(struct front_entry *entries, uint32_t count, uint32_t at, struct front_entry entry)
{
	for (;;) {
		uint32_t child = at * HEAP_ARITY + 1;
		if (child >= count)
			break;
		uint32_t end = child + HEAP_ARITY < count ? child + HEAP_ARITY : count;
		child = earliest_child(entries, child, end);
		if (!front_is_before(&entries[child], &entry))
			break;
		entries[at] = entries[child];
		at = child;
	}
	entries[at] = entry;
}

static void sorted_insert(struct front_entry *entries, uint32_t count, struct front_entry entry)
{
	uint32_t at = count;
	for (; at > 0 && front_is_before(&entries[at - 1], &entry); at--)
		entries[at] = entries[at - 1];
	entries[at] = entry;
}

/* An array sorted with the earliest first is a heap as it is. */
static void heap_from_sorted(struct front *front)
{
	for (uint32_t i = 0, j = front->count - 1; i < j; i++, j--) {
		struct front_entry entry = front->entries[i];
		front->entries[i] = front->entries[j];
		front->entries[j] = entry;
	}
	front->is_heap = true;
}

static void heap_sweep(struct front *front, const struct event *events)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < front->count; i++)
		if (events[front->entries[i].event].order == front->entries[i].order)
			front->entries[kept++] = front->entries[i];
	front->count = kept;
	front->stale = 0;
}

static void sorted_from_heap(struct front *front, const struct event *events)
{
	heap_sweep(front, events);
	for (uint32_t i = 1; i < front->count; i++)
		sorted_insert(front->entries, i, front->entries[i]);
	front->is_heap = false;
}

static void heap_build(struct front *front)
{
	for (uint32_t i = (front->count + HEAP_ARITY - 2) / HEAP_ARITY; i-- > 0;)
		sift_down(front->entries, front->count, i, front->entries[i]);
}

void front_insert(struct front *front, struct arena *arena, struct front_entry entry)
{
	if (front->count == front->capacity)
		front_grow(front, arena);
	if (!front->is_heap && front->count == FRONT_SORTED_MAX)
		heap_from_sorted(front);
	if (front->is_heap)
		sift_up(front->entries, front->count, entry);
	else
		sorted_insert(front->entries, front->count, entry);
	front->count++;
}

struct front_entry front_heap_pop(struct front *front, const struct event *events)
{
	struct front_entry first = front->entries[0];
	front->count--;
	if (front->count > 0)
		sift_down(front->entries, front->count, 0, front->entries[front->count]);
	if (events[first.event].order != first.order)
		front->stale--;
	if (front->count <= FRONT_SORTED_AGAIN)
		sorted_from_heap(front, events);
	return first;
}

static void sorted_remove(struct front *front, uint32_t event)
{
	uint32_t at = 0;
	while (front->entries[at].event != event)
		at++;
	front->count--;
	memmove(&front->entries[at], &front->entries[at + 1], (front->count - at) * sizeof front->entries[0]);
}

void front_remove(struct front *front, const struct event *events, uint32_t event)
{
	if (!front->is_heap) {
		sorted_remove(front, event);
		return;
	}
	front->stale++;
	if (front->stale >= STALE_MIN && front->stale > front->count / 2) {
		heap_sweep(front, events);
		heap_build(front);
	}
}
