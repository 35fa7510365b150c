/*
 * The pending events behind the front, in no more order than is needed yet: a ladder queue (Tang, Goh, Thng,
 * "Ladder queue: an O(1) priority queue structure for large-scale discrete event simulation", ACM TOMACS 15(3),
 * 2005) whose bucket width comes from a sample of the events themselves. The top holds the far future unsorted.
 * A rung cuts a stretch of time into buckets of equal width, a power of two. A bucket is a cache line of events; those
 * that do not fit are a doubly linked list.
 * The last rung is the finest and comes first in time. When the front runs empty, the next bucket is moved there;
 * a bucket that holds too many becomes a finer rung, and when no rung is left the top becomes one.
 *
 * Every event's place follows from its time alone: before front.end_ns it is in the front, else in the finest rung
 * that ends after it, else in the top. Inserting and removing cost O(1), whatever the number of pending events.
 */
#ifndef LAMINA_LADDER_H
#define LAMINA_LADDER_H /* private to engine */

#include <stdint.h>

#include "base/arena.h"
#include "engine/event.h"
#include "engine/front.h"

enum { LADDER_RUNGS_MAX = 10 };

/* Its events, each with its place here as `previous`. */
struct bucket {
	_Alignas(EVENT_BYTES) uint32_t events[FRONT_RUN_MAX];
};

/* An event with its time, so that events need not be visited in order of index. */
struct timed {
	int64_t time_ns;
	uint32_t event;
};

struct rung {
	int64_t start_ns;
	int64_t end_ns;
	struct bucket *buckets;
	uint8_t *counts;       /* of a bucket's events: apart, so that adding one waits for no far memory */
	uint32_t *overflows;   /* a full bucket's first event beyond its own, 0 for none */
	uint32_t bucket_shift; /* a bucket spans 2^bucket_shift ns */
	uint32_t bucket_count;
	uint32_t bucket_capacity;
	uint32_t current; /* the next bucket to be moved to the front; those before it are empty */
};

struct ladder {
	struct rung rungs[LADDER_RUNGS_MAX + 1]; /* coarsest first; [0] is a sentinel before all times */
	uint32_t rung_count;
	uint32_t top_count;
	uint32_t top_capacity;
	struct timed *top; /* events, each with its position here as `previous` */
	struct timed *scratch;
	uint32_t scratch_capacity;
	struct arena *arena;
};

void ladder_init(struct ladder *ladder, struct arena *arena, uint32_t capacity);

/* The event's time is at or after front.end_ns. */
void ladder_insert(struct ladder *ladder, struct event *events, int64_t time_ns, uint32_t index);

/* Takes out an event that ladder_insert put in, while its time is still at or after front.end_ns. */
void ladder_remove(struct ladder *ladder, struct event *events, uint32_t index);

/*
 * Fills an empty front with the earliest events and moves front.end_ns on. Without any event the front stays
 * empty and its end goes to the end of time: then everything that is scheduled goes there.
 */
void ladder_refill(struct ladder *ladder, struct event *events, struct front *front);

/* Moves a front that has grown past front.spill_count back and refills it with fewer events, where times differ. */
void ladder_spill(struct ladder *ladder, struct event *events, struct front *front);

#endif
