/* Handles, rare paths and the loop that runs events; the path that every event takes to wait stands in engine.h. */
#include "engine/engine.h"

#include <string.h>

#include "base/check.h"

enum { EVENT_CAPACITY_MIN = 64, POLL_EVENTS = 4096 };

/* Puts the events from first to event_capacity on the free list, lowest index first. */
static void free_list_extend(struct engine *engine, uint32_t first)
{
	for (uint32_t i = engine->event_capacity; i-- > first;) {
		engine->events[i].generation = 1;
		engine->events[i].next = engine->free_first;
		engine->free_first = i;
	}
}

/* Aligned, so that an event never lies across two cache lines. */
static struct event *events_alloc(struct arena *arena, uint32_t count)
{
	size_t align = sizeof(struct event);
	uintptr_t memory = (uintptr_t)ARENA_ARRAY(arena, struct event, (size_t)count + 1);
	return (struct event *)((memory + align - 1) / align * align);
}

void engine_init(struct engine *engine, struct arena *arena, size_t event_capacity_hint)
{
	CHECK(event_capacity_hint < (size_t)1 << (EVENT_INDEX_BITS - 1));
	*engine = (struct engine){.arena = arena};
	engine->event_capacity = EVENT_CAPACITY_MIN;
	if (event_capacity_hint >= EVENT_CAPACITY_MIN)
		engine->event_capacity = (uint32_t)event_capacity_hint + 1;
	engine->events = events_alloc(arena, engine->event_capacity);
	free_list_extend(engine, 1);
	front_init(&engine->front, arena);
	ladder_init(&engine->ladder, arena, engine->event_capacity);
}

static void events_grow(struct engine *engine)
{
	uint32_t old = engine->event_capacity;
	if (old >= (uint32_t)1 << (EVENT_INDEX_BITS - 1))
		die("more than %u events are pending at once; simulate fewer requests at a time", old);
	engine->event_capacity = 2 * old;
	struct event *events = events_alloc(engine->arena, engine->event_capacity);
	memcpy(events, engine->events, old * sizeof *events);
	engine->events = events;
	free_list_extend(engine, old);
}

/* What would come after the end of time comes at it, where no run gets to. */
static int64_t within_time(const struct engine *engine, int64_t delay_ns)
{
	CHECK(delay_ns >= 0);
	return event_delay_fits(delay_ns, engine->now_ns) ? delay_ns : EVENT_TIME_MAX_NS - engine->now_ns;
}

event_id engine_schedule_rare(struct engine *engine, int64_t delay_ns, int32_t priority, event_action *action,
			      void *subject, int64_t argument)
{
	CHECK(event_priority_fits(priority));
	delay_ns = within_time(engine, delay_ns);
	if (engine->free_first == 0)
		events_grow(engine);
	return engine_schedule_checked(engine, delay_ns, priority, action, subject, argument);
}

void engine_crowd_front(struct engine *engine, uint32_t index)
{
	struct front *front = &engine->front;
	const struct event *event = &engine->events[index];
	front_insert(front, event->time_ns, event->order, index);
	if (front->heap_count > front->spill_count)
		ladder_spill(&engine->ladder, engine->events, front);
}

static void event_dequeue(struct engine *engine, uint32_t index)
{
	engine->removed++;
	engine->events[index].order = 0;
	if (engine->events[index].time_ns < engine->front.end_ns)
		front_remove(&engine->front, engine->events, index);
	else
		ladder_remove(&engine->ladder, engine->events, index);
}

static inline void event_free(struct engine *engine, uint32_t index)
{
	struct event *event = &engine->events[index];
	event->generation++;
	event->next = engine->free_first;
	engine->free_first = index;
}

/* The index of a pending event, 0 where id does not name one. */
static uint32_t event_find(const struct engine *engine, event_id id)
{
	uint32_t index = id & (((uint32_t)1 << EVENT_INDEX_BITS) - 1);
	if (index == 0 || index >= engine->event_capacity)
		return 0;
	const struct event *event = &engine->events[index];
	return event_id_of(index, event->generation) == id ? index : 0;
}

bool engine_cancel(struct engine *engine, event_id id)
{
	uint32_t index = event_find(engine, id);
	if (index == 0)
		return false;
	event_dequeue(engine, index);
	event_free(engine, index);
	return true;
}

bool engine_reschedule(struct engine *engine, event_id id, int64_t delay_ns)
{
	delay_ns = within_time(engine, delay_ns);
	uint32_t index = event_find(engine, id);
	if (index == 0)
		return false;
	struct event *event = &engine->events[index];
	int32_t priority = event_priority(event->order);
	event_dequeue(engine, index);
	event->time_ns = engine->now_ns + delay_ns;
	event->order = event_order(priority, ++engine->sequence);
	engine_place(engine, index);
	return true;
}

/* Runs events until pause_at events ran; true when it got there, else *end says why not. */
static bool run_until_pause(struct engine *engine, int64_t until_ns, enum engine_end *end)
{
	struct front *front = &engine->front;
	while (engine->events_run < engine->pause_at) {
		uint32_t index = front_take(front, engine->events, until_ns);
		if (index == 0) {
			*end = engine_pending(engine) > 0 ? ENGINE_HORIZON : ENGINE_EMPTY;
			if (*end == ENGINE_EMPTY || !front_is_empty(front))
				return false;
			ladder_refill(&engine->ladder, engine->events, front);
			continue;
		}
		const struct event *event = &engine->events[index];
		event_action *action = event->action;
		void *subject = event->subject;
		int64_t argument = event->argument;
		engine->now_ns = event->time_ns;
		engine->events_run++;
		event_free(engine, index);
		action(engine, subject, argument);
	}
	return true;
}

enum engine_end engine_run(struct engine *engine, int64_t until_ns, uint64_t event_budget)
{
	CHECK(until_ns >= engine->now_ns);
	CHECK(engine->sequence < EVENT_SEQUENCE_MASK / 2);
	uint64_t limit = engine->events_run + event_budget;
	if (limit < event_budget)
		limit = UINT64_MAX;
	engine->stop_requested = false;
	for (;;) {
		if (engine->interrupted && *engine->interrupted)
			return ENGINE_INTERRUPTED;
		uint64_t left = limit - engine->events_run;
		engine->pause_at = engine->events_run + (left < POLL_EVENTS ? left : POLL_EVENTS);
		enum engine_end end = ENGINE_EMPTY;
		if (!run_until_pause(engine, until_ns, &end)) {
			if (end == ENGINE_HORIZON)
				engine->now_ns = until_ns;
			return end;
		}
		if (engine->stop_requested)
			return ENGINE_STOPPED;
		if (engine->events_run >= limit)
			return engine_pending(engine) > 0 ? ENGINE_BUDGET : ENGINE_EMPTY;
	}
}

void engine_stop(struct engine *engine)
{
	engine->stop_requested = true;
	engine->pause_at = 0;
}
