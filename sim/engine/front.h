/*
 * The front of the pending events: those that run next, in exact order. Up to FRONT_SORTED_MAX they stand sorted,
 * the earliest last, so that taking it is one decrement; more than that form a 4-ary heap. Keys are compared as
 * one 128-bit number (time above order), without branches.
 *
 * Entries of a heap whose event was cancelled or moved stay where they are as stale ones: their order is not
 * their event's any more. They are swept out when they outnumber the others.
 */
#ifndef LAMINA_FRONT_H
#define LAMINA_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/event.h"

enum { FRONT_SORTED_MAX = 16, FRONT_SORTED_AGAIN = 8, FRONT_SPILL_MIN = 64 };

struct front_entry {
	int64_t time_ns;
	uint64_t order;
	uint32_t event; /* index into the events */
};

struct front {
	struct front_entry *entries;
	uint32_t count;
	uint32_t capacity;
	uint32_t stale;
	bool is_heap;
	uint32_t spill_count; /* with more than these the front is better cut (ladder_spill) */
	int64_t end_ns;       /* every pending event before this time is here, and no other */
};

void front_init(struct front *front, struct arena *arena, uint32_t capacity);

void front_clear(struct front *front);

/* Any count; memory grows from the arena. */
void front_insert(struct front *front, struct arena *arena, struct front_entry entry);

/* Takes out the entry of an event: at once, or by leaving it stale when a heap is large (then events tells which). */
void front_remove(struct front *front, const struct event *events, uint32_t event);

/* Takes the earliest entry out of a heap; may turn what is left into a sorted array. count > 0. */
struct front_entry front_heap_pop(struct front *front, const struct event *events);

static inline bool front_is_before(const struct front_entry *a, const struct front_entry *b)
{
	__extension__ typedef unsigned __int128 wide;
	return ((wide)(uint64_t)a->time_ns << 64 | a->order) < ((wide)(uint64_t)b->time_ns << 64 | b->order);
}

/* The earliest entry, which may be stale; count > 0. */
static inline const struct front_entry *front_first(const struct front *front)
{
	return front->is_heap ? &front->entries[0] : &front->entries[front->count - 1];
}

static inline struct front_entry front_pop(struct front *front, const struct event *events)
{
	if (front->is_heap)
		return front_heap_pop(front, events);
	return front->entries[--front->count];
}

#endif
