/*
 * Laying rungs over samples of the pending times, and moving buckets to the front. The algorithm is named in ladder.h.
 *
 * What always holds: a pending event is in one place, which follows from its time; a finer rung lies within the stretch
 * that the coarser one's current bucket had, so that ends ascend from the finest rung to the top; buckets before
 * `current` are empty; a bucket has overflow only while its own places are full. `scratch` is used by one of the
 * functions below at a time, for events that are nowhere at the moment.
 *
 * Example: 100 events lie evenly in 1,600 ns, and the front is empty. Half of them lie before the median of the
 * sample, at about 800 ns; 100 / 10 + 1 = 11 buckets up to there would be 73 ns wide, so the first rung has buckets
 * of 64 ns, 26 of them, with four events each. The first bucket becomes the front's run, and the front ends at 64
 * ns. An event that is now scheduled for 50 ns joins the front, one for 700 ns is put into bucket 10 without being
 * compared to any, one for 5,000 ns is put on top. Had 30 events been in bucket 10, it would become a finer rung
 * when its turn comes.
 */
#include "engine/ladder.h"

#include <string.h>

#include "base/check.h"

enum {
	TOP_TO_FRONT_MAX = 8,     /* so few events need no rung */
	BUCKET_TO_FRONT_MAX = 24, /* a bucket with more becomes a rung */
	BUCKETS_MIN = 16,
	SAMPLE_MAX = 64,
	PREFETCH_BUCKETS = 4, /* so far ahead a bucket's events are brought into the cache ... */
	PREFETCH_EVENTS = 8,  /* ... this many of them */
	TOP_SHIFT_MAX = 60,   /* the end of a bucket fits an int64_t */
};

/* Twice the events meant to be in a bucket: half of them lie before the median. Measured; flat from 10 to 12. */
enum { BUCKET_EVENTS_TWICE = 10 };

void ladder_init(struct ladder *ladder, struct arena *arena, uint32_t capacity)
{
	*ladder = (struct ladder){.arena = arena, .top_capacity = capacity, .scratch_capacity = capacity};
	ladder->rungs[0].end_ns = INT64_MIN;
	ladder->top = ARENA_ARRAY(arena, struct timed, capacity);
	ladder->scratch = ARENA_ARRAY(arena, struct timed, capacity);
}

static struct timed *array_grow(struct arena *arena, const struct timed *old, uint32_t count, uint32_t *capacity)
{
	CHECK(*capacity <= UINT32_MAX / 2);
	*capacity *= 2;
	struct timed *array = ARENA_ARRAY(arena, struct timed, *capacity);
	memcpy(array, old, count * sizeof *array);
	return array;
}

/* The sentinel where there is no rung. */
static inline struct rung *ladder_finest(struct ladder *ladder)
{
	return &ladder->rungs[ladder->rung_count];
}

static void top_add(struct ladder *ladder, struct event *events, int64_t time_ns, uint32_t index)
{
	if (ladder->top_count == ladder->top_capacity)
		ladder->top = array_grow(ladder->arena, ladder->top, ladder->top_count, &ladder->top_capacity);
	events[index].previous = ladder->top_count;
	ladder->top[ladder->top_count++] = (struct timed){time_ns, index};
}

static void scratch_add(struct ladder *ladder, uint32_t count, int64_t time_ns, uint32_t index)
{
	if (count == ladder->scratch_capacity)
		ladder->scratch = array_grow(ladder->arena, ladder->scratch, count, &ladder->scratch_capacity);
	ladder->scratch[count] = (struct timed){time_ns, index};
}

static inline uint32_t bucket_of(const struct rung *rung, int64_t time_ns)
{
	/* Before the start: a front that was given back may hold events scheduled since the rung was laid. */
	int64_t offset_ns = time_ns > rung->start_ns ? time_ns - rung->start_ns : 0;
	return (uint32_t)(offset_ns >> rung->bucket_shift);
}

static void overflow_add(uint32_t *first, struct event *events, uint32_t index)
{
	events[index].previous = 0;
	events[index].next = *first;
	events[*first].previous = index;
	*first = index;
}

static inline void bucket_add(struct rung *rung, struct event *events, int64_t time_ns, uint32_t index)
{
	uint32_t bucket = bucket_of(rung, time_ns);
	uint8_t count = rung->counts[bucket];
	if (count == FRONT_RUN_MAX) {
		overflow_add(&rung->overflows[bucket], events, index);
		return;
	}
	events[index].previous = count;
	rung->buckets[bucket].events[count] = index;
	rung->counts[bucket] = count + 1;
}

/* The finest rung that ends after time_ns; NULL where only the top does. */
static inline struct rung *rung_of(struct ladder *ladder, int64_t time_ns)
{
	for (uint32_t i = ladder->rung_count; i > 0; i--)
		if (time_ns < ladder->rungs[i].end_ns)
			return &ladder->rungs[i];
	return NULL;
}

/* Where the finest rung ends before the event's time, or there is none. */
static __attribute__((noinline)) void insert_behind(struct ladder *ladder, struct event *events, int64_t time_ns,
						    uint32_t index)
{
	struct rung *rung = rung_of(ladder, time_ns);
	if (rung)
		bucket_add(rung, events, time_ns, index);
	else
		top_add(ladder, events, time_ns, index);
}

void ladder_insert(struct ladder *ladder, struct event *events, int64_t time_ns, uint32_t index)
{
	struct rung *rung = ladder_finest(ladder);
	if (time_ns < rung->end_ns)
		bucket_add(rung, events, time_ns, index);
	else
		insert_behind(ladder, events, time_ns, index);
}

/* A bucket with overflow is full: one of these takes a place that has become free. */
static void overflow_return(struct rung *rung, uint32_t bucket, struct event *events)
{
	uint32_t index = rung->overflows[bucket];
	if (index == 0)
		return;
	rung->overflows[bucket] = events[index].next;
	events[events[index].next].previous = 0;
	bucket_add(rung, events, events[index].time_ns, index);
}

static void bucket_remove(struct rung *rung, uint32_t bucket, struct event *events, uint32_t index)
{
	uint32_t *own = rung->buckets[bucket].events;
	uint32_t place = events[index].previous;
	if (place < rung->counts[bucket] && own[place] == index) {
		uint32_t moved = own[--rung->counts[bucket]];
		own[place] = moved;
		events[moved].previous = place;
		overflow_return(rung, bucket, events);
		return;
	}
	const struct event *event = &events[index];
	if (event->previous)
		events[event->previous].next = event->next;
	else
		rung->overflows[bucket] = event->next;
	events[event->next].previous = event->previous;
}

void ladder_remove(struct ladder *ladder, struct event *events, uint32_t index)
{
	const struct event *event = &events[index];
	struct rung *rung = rung_of(ladder, event->time_ns);
	if (rung) {
		bucket_remove(rung, bucket_of(rung, event->time_ns), events, index);
		return;
	}
	struct timed moved = ladder->top[--ladder->top_count];
	ladder->top[event->previous] = moved;
	events[moved.event].previous = event->previous;
}

static int64_t bucket_start_ns(const struct rung *rung, uint32_t bucket)
{
	return rung->start_ns + ((int64_t)bucket << rung->bucket_shift);
}

static int64_t bucket_end_ns(const struct rung *rung, uint32_t bucket)
{
	return rung->start_ns + ((int64_t)(bucket + 1) << rung->bucket_shift);
}

/* A sample of the times of scratch[0..count), sorted; returns its size. */
static uint32_t sample_times(const struct ladder *ladder, uint32_t count, int64_t sample[SAMPLE_MAX])
{
	uint32_t size = count < SAMPLE_MAX ? count : SAMPLE_MAX;
	for (uint32_t i = 0; i < size; i++) {
		int64_t time_ns = ladder->scratch[(uint64_t)i * count / size].time_ns;
		uint32_t at = i;
		for (; at > 0 && sample[at - 1] > time_ns; at--)
			sample[at] = sample[at - 1];
		sample[at] = time_ns;
	}
	return size;
}

static void rung_reserve(struct ladder *ladder, struct rung *rung, uint32_t bucket_count)
{
	if (rung->bucket_capacity >= bucket_count)
		return;
	uint32_t capacity = rung->bucket_capacity ? rung->bucket_capacity : BUCKETS_MIN;
	while (capacity < bucket_count)
		capacity *= 2;
	rung->counts = ARENA_ARRAY(ladder->arena, uint8_t, capacity);
	rung->overflows = ARENA_ARRAY(ladder->arena, uint32_t, capacity);
	uintptr_t memory = (uintptr_t)ARENA_ARRAY(ladder->arena, struct bucket, (size_t)capacity + 1);
	rung->buckets = (struct bucket *)((memory + EVENT_BYTES - 1) / EVENT_BYTES * EVENT_BYTES);
	rung->bucket_capacity = capacity;
}

/*
 * Lays a new finest rung for the events scratch[0..count), none of which is before start_ns, that ends at or before
 * limit_ns: buckets wide enough for a few events at the density between start_ns and the median, as far as the
 * sample reaches. The caller distributes the events.
 */
static void rung_push(struct ladder *ladder, uint32_t count, int64_t start_ns, int64_t limit_ns, uint32_t shift_max)
{
	int64_t sample[SAMPLE_MAX];
	uint32_t size = sample_times(ladder, count, sample);
	uint64_t half_span = (uint64_t)(sample[size / 2] - start_ns);
	uint64_t width = half_span / (count / BUCKET_EVENTS_TWICE + 1);
	struct rung *rung = &ladder->rungs[++ladder->rung_count];
	rung->bucket_shift = 0;
	while (rung->bucket_shift < shift_max && ((uint64_t)3 << rung->bucket_shift) / 2 < width)
		rung->bucket_shift++;
	uint64_t buckets = ((uint64_t)(sample[size - 1] - start_ns) >> rung->bucket_shift) + 1;
	uint64_t buckets_max = ((uint64_t)(limit_ns - start_ns - 1) >> rung->bucket_shift) + 1;
	if (buckets > count)
		buckets = count;
	if (buckets < BUCKETS_MIN)
		buckets = BUCKETS_MIN;
	if (buckets > buckets_max)
		buckets = buckets_max;
	/* For as many as there could be, so that another sample of as many events allocates nothing. */
	rung_reserve(ladder, rung, count > BUCKETS_MIN ? count : BUCKETS_MIN);
	memset(rung->counts, 0, buckets * sizeof rung->counts[0]);
	memset(rung->overflows, 0, buckets * sizeof rung->overflows[0]);
	rung->bucket_count = (uint32_t)buckets;
	rung->current = 0;
	rung->start_ns = start_ns;
	int64_t end_ns = bucket_end_ns(rung, rung->bucket_count - 1);
	rung->end_ns = end_ns < limit_ns ? end_ns : limit_ns;
}

static void front_fill(struct front *front, const struct ladder *ladder, const struct event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t index = ladder->scratch[i].event;
		front_insert(front, ladder->scratch[i].time_ns, events[index].order, index);
	}
	front->spill_count = 2 * count > FRONT_SPILL_MIN ? 2 * count : FRONT_SPILL_MIN;
}

static int64_t earliest_time_ns(const struct ladder *ladder, uint32_t count)
{
	int64_t earliest = INT64_MAX;
	for (uint32_t i = 0; i < count; i++) {
		int64_t time_ns = ladder->scratch[i].time_ns;
		earliest = time_ns < earliest ? time_ns : earliest;
	}
	return earliest;
}

/* Puts scratch[0..count) where it belongs now. */
static void place_scratch(struct ladder *ladder, struct event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		ladder_insert(ladder, events, ladder->scratch[i].time_ns, ladder->scratch[i].event);
}

/* Empties the top into the front where it is small, else into a first rung. */
static __attribute__((noinline)) void top_descend(struct ladder *ladder, struct event *events, struct front *front)
{
	uint32_t count = ladder->top_count;
	while (ladder->scratch_capacity < count)
		ladder->scratch = array_grow(ladder->arena, ladder->scratch, 0, &ladder->scratch_capacity);
	memcpy(ladder->scratch, ladder->top, count * sizeof ladder->top[0]);
	ladder->top_count = 0;
	if (count <= TOP_TO_FRONT_MAX) {
		front->end_ns = INT64_MAX;
		front_fill(front, ladder, events, count);
		return;
	}
	int64_t start_ns = earliest_time_ns(ladder, count);
	front->end_ns = start_ns;
	rung_push(ladder, count, start_ns, EVENT_TIME_MAX_NS + 1, TOP_SHIFT_MAX);
	place_scratch(ladder, events, count);
}

/* Steps to the next bucket, and brings the events of a coming one into the cache; stale ones do no harm there. */
static inline void rung_step(struct rung *rung, const struct event *events)
{
	rung->current++;
	if (rung->current + PREFETCH_BUCKETS >= rung->bucket_count)
		return;
	const struct bucket *coming = &rung->buckets[rung->current + PREFETCH_BUCKETS];
	__builtin_prefetch(coming + PREFETCH_BUCKETS, 1);
	for (int i = 0; i < PREFETCH_EVENTS; i++)
		__builtin_prefetch(&events[coming->events[i]], 1);
}

static inline int64_t current_end_ns(const struct rung *rung)
{
	int64_t end_ns = bucket_end_ns(rung, rung->current);
	return end_ns < rung->end_ns ? end_ns : rung->end_ns;
}

/* Makes the current bucket the front's run; false, with nothing changed, where it holds more. */
static inline bool bucket_to_run(struct rung *rung, const struct event *events, struct front *front)
{
	uint32_t current = rung->current;
	uint32_t count = rung->counts[current];
	if (count == FRONT_RUN_MAX && rung->overflows[current])
		return false;
	front_run(front, events, rung->buckets[current].events, count, bucket_start_ns(rung, current));
	rung->counts[current] = 0;
	front->end_ns = current_end_ns(rung);
	rung_step(rung, events);
	return true;
}

/* Moves the current bucket of the finest rung to the front, or cuts it into a finer rung. */
static __attribute__((noinline)) void bucket_descend(struct ladder *ladder, struct event *events, struct front *front)
{
	struct rung *rung = ladder_finest(ladder);
	uint32_t current = rung->current;
	uint32_t count = 0;
	for (uint32_t i = 0; i < rung->counts[current]; i++) {
		uint32_t index = rung->buckets[current].events[i];
		scratch_add(ladder, count++, events[index].time_ns, index);
	}
	for (uint32_t index = rung->overflows[current]; index; index = events[index].next)
		scratch_add(ladder, count++, events[index].time_ns, index);
	rung->counts[current] = 0;
	rung->overflows[current] = 0;
	int64_t end_ns = current_end_ns(rung);
	if (count > BUCKET_TO_FRONT_MAX && rung->bucket_shift > 0 && ladder->rung_count < LADDER_RUNGS_MAX) {
		int64_t start_ns = earliest_time_ns(ladder, count);
		front->end_ns = start_ns;
		rung_push(ladder, count, start_ns, end_ns, rung->bucket_shift - 1);
		place_scratch(ladder, events, count);
		return;
	}
	rung_step(rung, events);
	front->end_ns = end_ns;
	front_fill(front, ladder, events, count);
}

/* Skips empty buckets; false where no other is left. */
static inline bool rung_seek(struct rung *rung, const struct event *events)
{
	while (rung->current < rung->bucket_count) {
		if (rung->counts[rung->current] > 0)
			return true;
		rung_step(rung, events);
	}
	return false;
}

void ladder_refill(struct ladder *ladder, struct event *events, struct front *front)
{
	while (front_is_empty(front)) {
		if (ladder->rung_count == 0) {
			top_descend(ladder, events, front);
			if (ladder->rung_count == 0)
				return;
		}
		struct rung *rung = ladder_finest(ladder);
		if (!rung_seek(rung, events))
			ladder->rung_count--;
		else if (!bucket_to_run(rung, events, front))
			bucket_descend(ladder, events, front);
	}
}

void ladder_spill(struct ladder *ladder, struct event *events, struct front *front)
{
	uint32_t count = 0;
	front_flush(front);
	for (uint32_t i = front->run_at; i < front->run_end; i++) {
		uint32_t index = front->run[i];
		scratch_add(ladder, count++, events[index].time_ns, index);
	}
	for (uint32_t i = 0; i < front->heap_count; i++) {
		const struct front_entry *entry = &front->heap[i];
		if (events[entry->event].order == entry->order)
			scratch_add(ladder, count++, entry->time_ns, entry->event);
	}
	front_clear(front);
	if (count == 0)
		return;
	int64_t earliest_ns = earliest_time_ns(ladder, count);
	front->end_ns = earliest_ns;
	if (ladder->rung_count > 0) {
		struct rung *rung = ladder_finest(ladder);
		rung->current = bucket_of(rung, earliest_ns);
	}
	place_scratch(ladder, events, count);
	ladder_refill(ladder, events, front);
}
