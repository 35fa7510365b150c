/*
 * The front of the pending events: those that run next. What comes from the ladder is a run, sorted once by a network
 * of comparisons without branches and then taken one by one. New events stand in no order among the few, where the
 * earliest is found by a scan without branches; that beats any order as long as there are few of them. When the few
 * are full, all of them move to a 4-ary heap behind. Keys compare as one 128-bit number, time above order.
 *
 * What is sorted are numbers of 64 bits, the time since the run's start above the event's place in it; events of the
 * same time are put into order afterwards.
 *
 * A heap entry whose event was cancelled or moved stays there stale: its order is not its event's any more. Stale
 * entries are swept out when they outnumber the others.
 *
 * The few are kept in one array per member: a member is then loaded by an instruction as wide as the one that
 * stored it, which a processor can forward from a store that is not yet in the cache.
 */
#ifndef LAMINA_FRONT_H
#define LAMINA_FRONT_H /* private to engine */

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/event.h"

enum { FRONT_FEW_MAX = 16, FRONT_RUN_HALF = 8, FRONT_RUN_MAX = 2 * FRONT_RUN_HALF, FRONT_SPILL_MIN = 8 };

struct front_entry {
	int64_t time_ns;
	uint64_t order;
	uint32_t event; /* index into the events */
};

struct front {
	int64_t end_ns;  /* every pending event before this time is here, and no other */
	uint32_t run_at; /* the next of the run; run_at == run_end: it is over */
	uint32_t run_end;
	uint32_t run[FRONT_RUN_MAX]; /* events */
	uint32_t few_count;
	uint32_t heap_count;
	int64_t few_time_ns[FRONT_FEW_MAX];
	uint64_t few_order[FRONT_FEW_MAX];
	uint32_t few_event[FRONT_FEW_MAX];
	struct front_entry *heap;
	uint32_t heap_capacity;
	uint32_t heap_stale;
	uint32_t spill_count; /* with more in the heap the front is better cut (ladder_spill) */
	struct arena *arena;
};

void front_init(struct front *front, struct arena *arena);

/* Empties it; the end stays. */
void front_clear(struct front *front);

/* Moves the few to the heap. */
void front_flush(struct front *front);

/* Makes a run of count events, in no order, at or after start_ns or else before all others; there is none before. */
void front_run(struct front *front, const struct event *events, const uint32_t run[FRONT_RUN_MAX], uint32_t count,
	       int64_t start_ns);

/* front_take where there are a run and few, or a heap. */
uint32_t front_take_behind(struct front *front, const struct event *events, int64_t until_ns);

/* Takes an event out whose order was set to 0 before. */
void front_remove(struct front *front, const struct event *events, uint32_t event);

static inline bool front_is_before(int64_t time_a, uint64_t order_a, int64_t time_b, uint64_t order_b)
{
	__extension__ typedef unsigned __int128 wide;
	return ((wide)(uint64_t)time_a << 64 | order_a) < ((wide)(uint64_t)time_b << 64 | order_b);
}

/* There must be room among the few. */
static inline void front_few_add(struct front *front, int64_t time_ns, uint64_t order, uint32_t event)
{
	uint32_t at = front->few_count++;
	front->few_time_ns[at] = time_ns;
	front->few_order[at] = order;
	front->few_event[at] = event;
}

static inline void front_few_remove(struct front *front, uint32_t at)
{
	uint32_t last = --front->few_count;
	front->few_time_ns[at] = front->few_time_ns[last];
	front->few_order[at] = front->few_order[last];
	front->few_event[at] = front->few_event[last];
}

static inline void front_insert(struct front *front, int64_t time_ns, uint64_t order, uint32_t event)
{
	if (front->few_count == FRONT_FEW_MAX)
		front_flush(front);
	front_few_add(front, time_ns, order, event);
}

/* The position of the earliest of the few; few_count > 0. */
static inline uint32_t front_few_first(const struct front *front)
{
	uint32_t first = 0;
	uint64_t first_time_ns = (uint64_t)front->few_time_ns[0];
	uint64_t first_order = front->few_order[0];
	for (uint32_t i = 1; i < front->few_count; i++) {
		uint64_t time_ns = (uint64_t)front->few_time_ns[i];
		uint64_t order = front->few_order[i];
		uint64_t mask =
			0 - (uint64_t)front_is_before((int64_t)time_ns, order, (int64_t)first_time_ns, first_order);
		first_time_ns ^= (first_time_ns ^ time_ns) & mask;
		first_order ^= (first_order ^ order) & mask;
		first ^= (first ^ i) & (uint32_t)mask;
	}
	return first;
}

static inline bool front_has_run(const struct front *front)
{
	return front->run_at < front->run_end;
}

static inline bool front_is_empty(const struct front *front)
{
	return !front_has_run(front) && front->few_count == 0 && front->heap_count == 0;
}

/* Takes out the one at a position when it is not after until_ns: its event. Else 0. */
static inline uint32_t front_few_take(struct front *front, uint32_t at, int64_t until_ns)
{
	uint32_t event = front->few_event[at];
	if (front->few_time_ns[at] > until_ns)
		return 0;
	front_few_remove(front, at);
	return event;
}

/*
 * Takes out the earliest event when it is not after until_ns: its index. Else 0, and only stale entries went. Where
 * two are all there is, as in small models, the earlier is found with a branch: which one it is decides what runs
 * next, and a processor that guesses the one has guessed the other.
 */
static inline uint32_t front_take(struct front *front, const struct event *events, int64_t until_ns)
{
	if (front_has_run(front)) {
		if (front->few_count + front->heap_count > 0)
			return front_take_behind(front, events, until_ns);
		uint32_t event = front->run[front->run_at];
		if (events[event].time_ns > until_ns)
			return 0;
		front->run_at++;
		return event;
	}
	if (front->heap_count > 0)
		return front_take_behind(front, events, until_ns);
	if (front->few_count == 2 && front->end_ns == INT64_MAX) {
		if (front_is_before(front->few_time_ns[1], front->few_order[1], front->few_time_ns[0],
				    front->few_order[0]))
			return front_few_take(front, 1, until_ns);
		return front_few_take(front, 0, until_ns);
	}
	if (front->few_count == 0)
		return 0;
	return front_few_take(front, front_few_first(front), until_ns);
}

#endif
