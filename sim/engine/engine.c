#include "engine/engine.h"

#include <string.h>

#include "base/check.h"

enum { EVENT_CAPACITY_MIN = 64, POLL_EVENTS = 4096 };

/* Puts the events from first to event_capacity on the free list, lowest index first. */
static void free_list_extend(struct engine *engine, uint32_t first)
{
	for (uint32_t i = engine->event_capacity; i-- > first;) {
		engine->events[i].next = engine->free_first;
		engine->free_first = i;
	}
}

void engine_init(struct engine *engine, struct arena *arena, size_t event_capacity_hint)
{
	CHECK(event_capacity_hint < (size_t)1 << (EVENT_INDEX_BITS - 1));
	*engine = (struct engine){.arena = arena};
	engine->event_capacity = EVENT_CAPACITY_MIN;
	if (event_capacity_hint >= EVENT_CAPACITY_MIN)
		engine->event_capacity = (uint32_t)event_capacity_hint + 1;
	engine->events = ARENA_ARRAY(arena, struct event, engine->event_capacity);
	free_list_extend(engine, 1);
	front_init(&engine->front, arena, EVENT_CAPACITY_MIN);
	ladder_init(&engine->ladder, arena, engine->event_capacity);
}

static void events_grow(struct engine *engine)
{
	uint32_t old = engine->event_capacity;
	if (old >= (uint32_t)1 << (EVENT_INDEX_BITS - 1))
		die("more than %u events are pending at once; simulate fewer requests at a time", old);
	engine->event_capacity = 2 * old;
	struct event *events = ARENA_ARRAY(engine->arena, struct event, engine->event_capacity);
	memcpy(events, engine->events, old * sizeof *events);
	engine->events = events;
	free_list_extend(engine, old);
}

static void event_enqueue(struct engine *engine, uint32_t index, int64_t delay_ns, int32_t priority)
{
	CHECK(delay_ns >= 0);
	CHECK(delay_ns <= EVENT_TIME_MAX_NS - engine->now_ns);
	CHECK(priority >= EVENT_PRIORITY_MIN && priority <= EVENT_PRIORITY_MAX);
	struct event *event = &engine->events[index];
	event->time_ns = engine->now_ns + delay_ns;
	event->order = event_order(priority, ++engine->sequence);
	struct front *front = &engine->front;
	if (event->time_ns >= front->end_ns) {
		ladder_insert(&engine->ladder, engine->events, index);
		return;
	}
	struct front_entry entry = {.time_ns = event->time_ns, .order = event->order, .event = index};
	front_insert(front, engine->arena, entry);
	if (front->count > front->spill_count)
		ladder_spill(&engine->ladder, engine->events, front);
}

/* The event's order is 0 already. */
static void event_dequeue(struct engine *engine, uint32_t index)
{
	if (engine->events[index].time_ns < engine->front.end_ns)
		front_remove(&engine->front, engine->events, index);
	else
		ladder_remove(&engine->ladder, engine->events, index);
}

event_id engine_schedule(struct engine *engine, int64_t delay_ns, int32_t priority, event_action *action, void *subject,
			 int64_t argument)
{
	if (engine->free_first == 0)
		events_grow(engine);
	uint32_t index = engine->free_first;
	struct event *event = &engine->events[index];
	engine->free_first = event->next;
	event->action = action;
	event->subject = subject;
	event->argument = argument;
	engine->pending++;
	event_enqueue(engine, index, delay_ns, priority);
	return event_id_of(index, event->generation);
}

static void event_free(struct engine *engine, uint32_t index)
{
	struct event *event = &engine->events[index];
	event->order = 0;
	event->generation++;
	event->next = engine->free_first;
	engine->free_first = index;
	engine->pending--;
}

/* The index of a pending event, 0 where id does not name one. */
static uint32_t event_find(const struct engine *engine, event_id id)
{
	uint32_t index = id & (((uint32_t)1 << EVENT_INDEX_BITS) - 1);
	if (index == 0 || index >= engine->event_capacity)
		return 0;
	const struct event *event = &engine->events[index];
	return event->order != 0 && event_id_of(index, event->generation) == id ? index : 0;
}

bool engine_cancel(struct engine *engine, event_id id)
{
	uint32_t index = event_find(engine, id);
	if (index == 0)
		return false;
	engine->events[index].order = 0;
	event_dequeue(engine, index);
	event_free(engine, index);
	return true;
}

bool engine_reschedule(struct engine *engine, event_id id, int64_t delay_ns)
{
	uint32_t index = event_find(engine, id);
	if (index == 0)
		return false;
	struct event *event = &engine->events[index];
	int32_t priority = EVENT_PRIORITY_MAX - (int32_t)(event->order >> EVENT_SEQUENCE_BITS);
	event->order = 0;
	event_dequeue(engine, index);
	event_enqueue(engine, index, delay_ns, priority);
	return true;
}

/* Runs events until pause_at events ran; true when it got there, else *end says why not. */
static bool run_until_pause(struct engine *engine, int64_t until_ns, enum engine_end *end)
{
	while (engine->events_run < engine->pause_at) {
		if (engine->pending == 0) {
			*end = ENGINE_EMPTY;
			return false;
		}
		if (engine->front.count == 0)
			ladder_refill(&engine->ladder, engine->events, &engine->front);
		if (front_first(&engine->front)->time_ns > until_ns) {
			*end = ENGINE_HORIZON;
			return false;
		}
		struct front_entry entry = front_pop(&engine->front, engine->events);
		struct event *event = &engine->events[entry.event];
		if (event->order != entry.order)
			continue;
		engine->now_ns = entry.time_ns;
		engine->events_run++;
		event_action *action = event->action;
		void *subject = event->subject;
		int64_t argument = event->argument;
		event_free(engine, entry.event);
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
			return engine->pending ? ENGINE_BUDGET : ENGINE_EMPTY;
	}
}

void engine_stop(struct engine *engine)
{
	engine->stop_requested = true;
	engine->pause_at = 0;
}

const char *engine_end_text(enum engine_end end)
{
	static const char *const texts[] = {
		[ENGINE_EMPTY] = "no event was left",           [ENGINE_HORIZON] = "the time horizon was reached",
		[ENGINE_BUDGET] = "the event budget was spent", [ENGINE_STOPPED] = "the model stopped it",
		[ENGINE_INTERRUPTED] = "it was interrupted",
	};
	return texts[end];
}
