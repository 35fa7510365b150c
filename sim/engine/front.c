/*
 * The run, the heap behind the few, and its stale entries. What always holds: the next event is the least of the run's
 * next, the few's least and the heap's root; the run is sorted from run_at on; a heap entry is live as long as its
 * order is its event's.
 *
 * Example of a run: events in places 0, 1 and 2, at 5, 2 and 5 ns after its start, have the keys 0x50, 0x21 and 0x52,
 * the time above the place. Sorted they are 0x21, 0x50 and 0x52: places 1, 0, 2. Those in places 0 and 2 are of the
 * same time and are put into the order of their priorities and sequences afterwards.
 */
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
	front->run_at = 0;
	front->run_end = 0;
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

static inline void order_two(uint64_t *a, uint64_t *b)
{
	uint64_t low = *a < *b ? *a : *b;
	uint64_t high = *a < *b ? *b : *a;
	*a = low;
	*b = high;
}

/* Batcher's odd-even merge sort of eight, 19 comparisons (Knuth, The Art of Computer Programming 3, 5.3.4). */
static inline void sort_half(uint64_t k[FRONT_RUN_HALF])
{
	static const uint8_t pairs[19][2] = {
		{0, 1}, {2, 3}, {4, 5}, {6, 7}, {0, 2}, {1, 3}, {4, 6}, {5, 7}, {1, 2}, {5, 6},
		{0, 4}, {1, 5}, {2, 6}, {3, 7}, {2, 4}, {3, 5}, {1, 2}, {3, 4}, {5, 6},
	};
#pragma GCC unroll 19
	for (int i = 0; i < 19; i++)
		order_two(&k[pairs[i][0]], &k[pairs[i][1]]);
}

enum { PLACE_BITS = 4 };
_Static_assert(FRONT_RUN_MAX == 1 << PLACE_BITS, "a place in the run fits its bits");

/* Before the start all times look alike: of a front that was given back to the ladder. */
static inline uint64_t run_key(const struct event *events, const uint32_t *run, uint32_t place, int64_t start_ns)
{
	int64_t time_ns = events[run[place]].time_ns;
	return (uint64_t)(time_ns > start_ns ? time_ns - start_ns : 0) << PLACE_BITS | place;
}

/* Two sorted halves, each with UINT64_MAX behind it, by choosing and not by branching. */
static inline void merge_halves(const uint64_t *low, const uint64_t *high, uint64_t *out, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t a = *low;
		uint64_t b = *high;
		out[i] = a < b ? a : b;
		low += a < b;
		high += b <= a;
	}
}

static bool event_is_before(const struct event *a, const struct event *b)
{
	return front_is_before(a->time_ns, a->order, b->time_ns, b->order);
}

static __attribute__((noinline)) void order_ties(uint32_t *run, uint32_t count, const struct event *events)
{
	for (uint32_t i = 1; i < count; i++) {
		uint32_t event = run[i];
		uint32_t at = i;
		for (; at > 0 && event_is_before(&events[event], &events[run[at - 1]]); at--)
			run[at] = run[at - 1];
		run[at] = event;
	}
}

/* Of a million events, hardly any subject is in the caches: they are asked for together, before they are needed. */
static void fetch_subject(const struct event *event)
{
	__builtin_prefetch(event->subject);
	__builtin_prefetch((const char *)event->subject + EVENT_BYTES);
}

void front_run(struct front *front, const struct event *events, const uint32_t run[FRONT_RUN_MAX], uint32_t count,
	       int64_t start_ns)
{
	uint64_t low[FRONT_RUN_HALF + 1];
	uint64_t high[FRONT_RUN_HALF + 1];
	uint64_t merged[FRONT_RUN_MAX];
	const uint64_t *keys = low;
	for (uint32_t i = 0; i < FRONT_RUN_HALF; i++)
		low[i] = i < count ? run_key(events, run, i, start_ns) : UINT64_MAX;
	sort_half(low);
	if (count > FRONT_RUN_HALF) {
		low[FRONT_RUN_HALF] = UINT64_MAX;
		high[FRONT_RUN_HALF] = UINT64_MAX;
		for (uint32_t i = 0; i < FRONT_RUN_HALF; i++)
			high[i] = FRONT_RUN_HALF + i < count ? run_key(events, run, FRONT_RUN_HALF + i, start_ns)
							     : UINT64_MAX;
		sort_half(high);
		merge_halves(low, high, merged, count);
		keys = merged;
	}
	uint64_t before = UINT64_MAX;
	bool has_ties = false;
	for (uint32_t i = 0; i < count; i++) {
		front->run[i] = run[keys[i] % FRONT_RUN_MAX];
		fetch_subject(&events[front->run[i]]);
		has_ties |= keys[i] >> PLACE_BITS == before;
		before = keys[i] >> PLACE_BITS;
	}
	front->run_at = 0;
	front->run_end = count;
	if (has_ties)
		order_ties(front->run, count, events);
}

/* Where the earliest of the front stands. */
enum place { PLACE_NONE, PLACE_RUN, PLACE_FEW, PLACE_HEAP };

uint32_t front_take_behind(struct front *front, const struct event *events, int64_t until_ns)
{
	const struct front_entry *top = &front->heap[0];
	while (front->heap_count > 0 && events[top->event].order != top->order) {
		heap_pop(front);
		front->heap_stale--;
	}
	enum place place = PLACE_NONE;
	struct front_entry first = {.time_ns = INT64_MAX, .order = UINT64_MAX};
	uint32_t at = 0;
	if (front->heap_count > 0) {
		place = PLACE_HEAP;
		first = *top;
	}
	if (front->few_count > 0) {
		at = front_few_first(front);
		if (front_is_before(front->few_time_ns[at], front->few_order[at], first.time_ns, first.order)) {
			place = PLACE_FEW;
			first.time_ns = front->few_time_ns[at];
			first.order = front->few_order[at];
			first.event = front->few_event[at];
		}
	}
	if (front_has_run(front)) {
		uint32_t index = front->run[front->run_at];
		const struct event *event = &events[index];
		if (front_is_before(event->time_ns, event->order, first.time_ns, first.order)) {
			place = PLACE_RUN;
			first.time_ns = event->time_ns;
			first.event = index;
		}
	}
	if (place == PLACE_NONE || first.time_ns > until_ns)
		return 0;
	if (place == PLACE_RUN)
		front->run_at++;
	else if (place == PLACE_FEW)
		front_few_remove(front, at);
	else
		heap_pop(front);
	return first.event;
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
	for (uint32_t i = front->run_at; i < front->run_end; i++) {
		if (front->run[i] == event) {
			memmove(&front->run[i], &front->run[i + 1], (front->run_end - i - 1) * sizeof front->run[0]);
			front->run_end--;
			return;
		}
	}
	front->heap_stale++;
	if (front->heap_stale >= STALE_MIN && front->heap_stale > front->heap_count / 2)
		heap_sweep(front, events);
}
