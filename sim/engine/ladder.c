/* Laying rungs over samples of the pending times, and moving buckets to the front. The model: ladder.h. */
#include "engine/ladder.h"

#include <string.h>

#include "base/check.h"

enum {
	TOP_TO_FRONT_MAX = 8,     /* so few events need no rung */
	BUCKET_TO_FRONT_MAX = 24, /* a bucket with more becomes a rung */
	BUCKETS_MIN = 16,
	SAMPLE_MAX = 64,
	PREFETCH_BUCKETS = 8,     /* reaches as far ahead as memory takes to answer, at two events a bucket */
	PREFETCH_RUNG_MIN = 4096, /* events of smaller rungs stay in the cache */
	TOP_SHIFT_MAX = 60,       /* the end of a bucket fits an int64_t */
};

/* Twice the events meant to be in a bucket: half of them lie before the median. Measured; flat around 6. */
enum { BUCKET_EVENTS_TWICE = 6 };

void ladder_init(struct ladder *ladder, struct arena *arena, uint32_t capacity)
{
	*ladder = (struct ladder){.arena = arena, .top_capacity = capacity, .scratch_capacity = capacity};
	ladder->rungs[0].end_ns = INT64_MIN;
	ladder->top = ARENA_ARRAY(arena, uint32_t, capacity);
	ladder->scratch = ARENA_ARRAY(arena, uint32_t, capacity);
}

static uint32_t *array_grow(struct arena *arena, const uint32_t *old, uint32_t count, uint32_t *capacity)
{
	CHECK(*capacity <= UINT32_MAX / 2);
	*capacity *= 2;
	uint32_t *array = ARENA_ARRAY(arena, uint32_t, *capacity);
	memcpy(array, old, count * sizeof *array);
	return array;
}

/* The sentinel where there is no rung. */
static inline struct rung *ladder_finest(struct ladder *ladder)
{
	return &ladder->rungs[ladder->rung_count];
}

static void top_add(struct ladder *ladder, struct event *events, uint32_t index)
{
	if (ladder->top_count == ladder->top_capacity)
		ladder->top = array_grow(ladder->arena, ladder->top, ladder->top_count, &ladder->top_capacity);
	events[index].previous = ladder->top_count;
	ladder->top[ladder->top_count++] = index;
}

static void scratch_add(struct ladder *ladder, uint32_t count, uint32_t index)
{
	if (count == ladder->scratch_capacity)
		ladder->scratch = array_grow(ladder->arena, ladder->scratch, count, &ladder->scratch_capacity);
	ladder->scratch[count] = index;
}

static inline uint32_t bucket_of(const struct rung *rung, int64_t time_ns)
{
	/* Before the start: a front that was given back may hold events scheduled since the rung was laid. */
	int64_t offset_ns = time_ns > rung->start_ns ? time_ns - rung->start_ns : 0;
	return (uint32_t)(offset_ns >> rung->bucket_shift);
}

static inline void bucket_add(struct rung *rung, struct event *events, uint32_t index)
{
	struct event *event = &events[index];
	uint32_t *head = &rung->heads[bucket_of(rung, event->time_ns)];
	event->previous = 0;
	event->next = *head;
	events[*head].previous = index;
	*head = index;
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
static __attribute__((noinline)) void insert_behind(struct ladder *ladder, struct event *events, uint32_t index)
{
	struct rung *rung = rung_of(ladder, events[index].time_ns);
	if (rung)
		bucket_add(rung, events, index);
	else
		top_add(ladder, events, index);
}

void ladder_insert(struct ladder *ladder, struct event *events, uint32_t index)
{
	struct rung *rung = ladder_finest(ladder);
	if (events[index].time_ns < rung->end_ns)
		bucket_add(rung, events, index);
	else
		insert_behind(ladder, events, index);
}

void ladder_remove(struct ladder *ladder, struct event *events, uint32_t index)
{
	const struct event *event = &events[index];
	struct rung *rung = rung_of(ladder, event->time_ns);
	if (!rung) {
		uint32_t moved = ladder->top[--ladder->top_count];
		ladder->top[event->previous] = moved;
		events[moved].previous = event->previous;
		return;
	}
	if (event->previous)
		events[event->previous].next = event->next;
	else
		rung->heads[bucket_of(rung, event->time_ns)] = event->next;
	events[event->next].previous = event->previous;
}

static int64_t bucket_end_ns(const struct rung *rung, uint32_t bucket)
{
	return rung->start_ns + ((int64_t)(bucket + 1) << rung->bucket_shift);
}

/* A sample of the times of scratch[0..count), sorted; returns its size. */
static uint32_t sample_times(const struct ladder *ladder, const struct event *events, uint32_t count,
			     int64_t sample[SAMPLE_MAX])
{
	uint32_t size = count < SAMPLE_MAX ? count : SAMPLE_MAX;
	for (uint32_t i = 0; i < size; i++) {
		int64_t time_ns = events[ladder->scratch[(uint64_t)i * count / size]].time_ns;
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
	rung->heads = ARENA_ARRAY(ladder->arena, uint32_t, capacity);
	rung->bucket_capacity = capacity;
}

/*
 * Lays a new finest rung for the events scratch[0..count), none of which is before start_ns, that ends at or before
 * limit_ns: buckets wide enough for a few events at the density between start_ns and the median, as far as the
 * sample reaches. The caller distributes the events.
 */
static struct rung *rung_push(struct ladder *ladder, const struct event *events, uint32_t count, int64_t start_ns,
			      int64_t limit_ns, uint32_t shift_max)
{
	int64_t sample[SAMPLE_MAX];
	uint32_t size = sample_times(ladder, events, count, sample);
	uint64_t half_span = (uint64_t)(sample[size / 2] - start_ns);
	uint64_t width = half_span / (count / BUCKET_EVENTS_TWICE + 1);
	struct rung *rung = &ladder->rungs[++ladder->rung_count];
	rung->bucket_shift = 0;
	while (rung->bucket_shift < shift_max && ((uint64_t)3 << rung->bucket_shift) / 2 < width)
		rung->bucket_shift++;
	uint64_t buckets = ((uint64_t)(sample[size - 1] - start_ns) >> rung->bucket_shift) + 1;
	uint64_t buckets_max = ((uint64_t)(limit_ns - start_ns - 1) >> rung->bucket_shift) + 1;
	if (buckets > 2 * (uint64_t)count)
		buckets = 2 * (uint64_t)count;
	if (buckets < BUCKETS_MIN)
		buckets = BUCKETS_MIN;
	if (buckets > buckets_max)
		buckets = buckets_max;
	rung_reserve(ladder, rung, (uint32_t)buckets);
	memset(rung->heads, 0, buckets * sizeof rung->heads[0]);
	rung->bucket_count = (uint32_t)buckets;
	rung->current = 0;
	rung->start_ns = start_ns;
	int64_t end_ns = bucket_end_ns(rung, rung->bucket_count - 1);
	rung->end_ns = end_ns < limit_ns ? end_ns : limit_ns;
	return rung;
}

static void front_fill(struct front *front, const struct ladder *ladder, const struct event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t index = ladder->scratch[i];
		front_insert(front, events[index].time_ns, events[index].order, index);
	}
	front->spill_count = 2 * count > FRONT_SPILL_MIN ? 2 * count : FRONT_SPILL_MIN;
}

static int64_t earliest_time_ns(const struct ladder *ladder, const struct event *events, uint32_t count)
{
	int64_t earliest = INT64_MAX;
	for (uint32_t i = 0; i < count; i++) {
		int64_t time_ns = events[ladder->scratch[i]].time_ns;
		earliest = time_ns < earliest ? time_ns : earliest;
	}
	return earliest;
}

/* Empties the top into the front where it is small, else into a first rung. */
static void top_descend(struct ladder *ladder, struct event *events, struct front *front)
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
	int64_t start_ns = earliest_time_ns(ladder, events, count);
	front->end_ns = start_ns;
	rung_push(ladder, events, count, start_ns, EVENT_TIME_MAX_NS + 1, TOP_SHIFT_MAX);
	for (uint32_t i = 0; i < count; i++) {
		if (i + PREFETCH_BUCKETS < count)
			__builtin_prefetch(&events[ladder->scratch[i + PREFETCH_BUCKETS]], 1);
		ladder_insert(ladder, events, ladder->scratch[i]);
	}
}

/*
 * Steps to the next bucket and brings the lists of coming ones into the cache: the first event of a far bucket, the
 * second of one less far, whose first is there by now, and so on.
 */
static inline void rung_step(struct rung *rung, const struct event *events)
{
	rung->current++;
	if (rung->bucket_count < PREFETCH_RUNG_MIN || rung->current + PREFETCH_BUCKETS >= rung->bucket_count)
		return;
	const uint32_t *heads = &rung->heads[rung->current];
	__builtin_prefetch(&heads[4 * PREFETCH_BUCKETS]);
	__builtin_prefetch(&events[heads[PREFETCH_BUCKETS]], 1);
	__builtin_prefetch(&events[events[heads[6]].next], 1);
	__builtin_prefetch(&events[events[events[heads[4]].next].next], 1);
	__builtin_prefetch(&events[events[events[events[heads[2]].next].next].next], 1);
}

static inline int64_t current_end_ns(const struct rung *rung)
{
	int64_t end_ns = bucket_end_ns(rung, rung->current);
	return end_ns < rung->end_ns ? end_ns : rung->end_ns;
}

/* Moves the current bucket to the front's few; false, with nothing changed, where it holds more. */
static inline bool bucket_to_few(struct rung *rung, const struct event *events, struct front *front)
{
	uint32_t index = rung->heads[rung->current];
	uint32_t count = 0;
	do {
		if (count == FRONT_FEW_MAX)
			return false;
		const struct event *event = &events[index];
		front->few_time_ns[count] = event->time_ns;
		front->few_order[count] = event->order;
		front->few_event[count] = index;
		count++;
		index = event->next;
	} while (index);
	front->few_count = count;
	front->end_ns = current_end_ns(rung);
	rung->heads[rung->current] = 0;
	rung_step(rung, events);
	return true;
}

/* Moves the current bucket of the finest rung to the front, or cuts it into a finer rung. */
static void bucket_descend(struct ladder *ladder, struct event *events, struct front *front)
{
	struct rung *rung = ladder_finest(ladder);
	uint32_t count = 0;
	for (uint32_t index = rung->heads[rung->current]; index; index = events[index].next)
		scratch_add(ladder, count++, index);
	rung->heads[rung->current] = 0;
	int64_t end_ns = current_end_ns(rung);
	if (count > BUCKET_TO_FRONT_MAX && rung->bucket_shift > 0 && ladder->rung_count < LADDER_RUNGS_MAX) {
		int64_t start_ns = earliest_time_ns(ladder, events, count);
		front->end_ns = start_ns;
		rung_push(ladder, events, count, start_ns, end_ns, rung->bucket_shift - 1);
		for (uint32_t i = 0; i < count; i++)
			ladder_insert(ladder, events, ladder->scratch[i]);
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
		if (rung->heads[rung->current])
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
		else if (!bucket_to_few(rung, events, front))
			bucket_descend(ladder, events, front);
	}
}

void ladder_spill(struct ladder *ladder, struct event *events, struct front *front)
{
	uint32_t count = 0;
	int64_t earliest_ns = INT64_MAX;
	front_flush(front);
	for (uint32_t i = 0; i < front->heap_count; i++) {
		const struct front_entry *entry = &front->heap[i];
		if (events[entry->event].order != entry->order)
			continue;
		scratch_add(ladder, count++, entry->event);
		earliest_ns = entry->time_ns < earliest_ns ? entry->time_ns : earliest_ns;
	}
	front_clear(front);
	if (count == 0)
		return;
	front->end_ns = earliest_ns;
	if (ladder->rung_count > 0) {
		struct rung *rung = ladder_finest(ladder);
		rung->current = bucket_of(rung, earliest_ns);
	}
	for (uint32_t i = 0; i < count; i++)
		ladder_insert(ladder, events, ladder->scratch[i]);
	ladder_refill(ladder, events, front);
}
