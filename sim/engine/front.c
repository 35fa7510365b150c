/* The heap behind the few, and its stale entries. */
#include "engine/front.h"

#include <string.h>

#include "base/check.h"

enum { HEAP_ARITY = 4, HEAP_CAPACITY_MIN = 128, STALE_MIN = 16 };

void front_init(struct front *front, struct arena *arena)
{
	*front = (struct front){
		.end_ns = INT64_MAX,
		.heap = ARENA_ARRAY(arena, struct front_entry, HEAP_CAPACITY_MIN),
		.heap_capacity = HEAP_CAPACITY_MIN,
		.spill_count = FRONT_SPILL_MIN,
		.arena = arena,
	};
}

void front_clear(struct front *front)
{
	front->few_count = 0;
	front->heap_count = 0;
	front->heap_stale = 0;
}

static void heap_grow(struct front *front)
{
	CHECK(front->heap_capacity <= UINT32_MAX / 2);
	struct front_entry *heap = ARENA_ARRAY(front->arena, struct front_entry, 2 * (size_t)front->heap_capacity);
	memcpy(heap, front->heap, front->heap_count * sizeof *heap);
	front->heap = heap;
	front->heap_capacity *= 2;
}

static inline bool is_before(const struct front_entry *a, const struct front_entry *b)
{
	return front_is_before(a->time_ns, a->order, b->time_ns, b->order);
}

static void sift_up(struct front_entry *heap, uint32_t at, struct front_entry entry)
{
	while (at > 0) {
		uint32_t parent = (at - 1) / HEAP_ARITY;
		if (!is_before(&entry, &heap[parent]))
			break;
		heap[at] = heap[parent];
		at = parent;
	}
	heap[at] = entry;
}

static uint32_t earliest_child(const struct front_entry *heap, uint32_t first, uint32_t end)
{
	uint32_t best = first;
	for (uint32_t i = first + 1; i < end; i++)
		best = is_before(&heap[i], &heap[best]) ? i : best;
	return best;
}

static void sift_down(struct front_entry *heap, uint32_t count, uint32_t at, struct front_entry entry)
{
	for (;;) {
		uint32_t child = at * HEAP_ARITY + 1;
		if (child >= count)
			break;
		uint32_t end = child + HEAP_ARITY < count ? child + HEAP_ARITY : count;
		child = earliest_child(heap, child, end);
		if (!is_before(&heap[child], &entry))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = entry;
}

void front_flush(struct front *front)
{
	while (front->heap_count + front->few_count > front->heap_capacity)
		heap_grow(front);
	for (uint32_t i = 0; i < front->few_count; i++) {
		struct front_entry entry = {
			.time_ns = front->few_time_ns[i],
			.order = front->few_order[i],
			.event = front->few_event[i],
		};
		sift_up(front->heap, front->heap_count++, entry);
	}
	front->few_count = 0;
}

static void heap_pop(struct front *front)
{
	uint32_t count = --front->heap_count;
	if (count > 0)
		sift_down(front->heap, count, 0, front->heap[count]);
}

uint32_t front_take_behind(struct front *front, const struct event *events, int64_t until_ns)
{
	const struct front_entry *top = &front->heap[0];
	while (front->heap_count > 0 && events[top->event].order != top->order) {
		heap_pop(front);
		front->heap_stale--;
	}
	if (front->few_count > 0) {
		uint32_t at = front_few_first(front);
		int64_t time_ns = front->few_time_ns[at];
		if (front->heap_count == 0 ||
		    front_is_before(time_ns, front->few_order[at], top->time_ns, top->order)) {
			uint32_t event = front->few_event[at];
			if (time_ns > until_ns)
				return 0;
			front_few_remove(front, at);
			return event;
		}
	}
	if (front->heap_count == 0 || top->time_ns > until_ns)
		return 0;
	uint32_t event = top->event;
	heap_pop(front);
	return event;
}

static void heap_sweep(struct front *front, const struct event *events)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < front->heap_count; i++)
		if (events[front->heap[i].event].order == front->heap[i].order)
			front->heap[kept++] = front->heap[i];
	front->heap_count = kept;
	front->heap_stale = 0;
	for (uint32_t i = (kept + HEAP_ARITY - 2) / HEAP_ARITY; i-- > 0;)
		sift_down(front->heap, kept, i, front->heap[i]);
}

void front_remove(struct front *front, const struct event *events, uint32_t event)
{
	for (uint32_t i = 0; i < front->few_count; i++) {
		if (front->few_event[i] == event) {
			front_few_remove(front, i);
			return;
		}
	}
	front->heap_stale++;
	if (front->heap_stale >= STALE_MIN && front->heap_stale > front->heap_count / 2)
		heap_sweep(front, events);
}
