/*
 * The discrete-event engine: a clock and the pending events. Events run in the order (time, priority, sequence):
 * earlier first, at equal times the higher priority first, then the one scheduled (or rescheduled) first.
 * An engine has no globals, opens no file and asks no clock: the same calls give the same run.
 */
#ifndef LAMINA_ENGINE_H
#define LAMINA_ENGINE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "engine/event.h"
#include "engine/front.h"
#include "engine/ladder.h"

enum engine_end {
	ENGINE_EMPTY,       /* no pending event is left */
	ENGINE_HORIZON,     /* the next event lies after until_ns; the clock stands at until_ns */
	ENGINE_BUDGET,      /* event_budget events ran and others are pending */
	ENGINE_STOPPED,     /* an action called engine_stop */
	ENGINE_INTERRUPTED, /* the interrupt flag was seen */
};

struct engine {
	int64_t now_ns;
	uint64_t sequence; /* the last one given: counts what was scheduled and rescheduled */
	uint64_t removed;  /* counts what was cancelled and rescheduled */
	uint64_t events_run;
	uint64_t pause_at;    /* engine_run looks up when this many events ran */
	struct event *events; /* [0] is none */
	uint32_t free_first;
	uint32_t event_capacity;
	struct front front;
	struct ladder ladder;
	struct arena *arena;
	bool stop_requested;
	/* May be NULL. Polled every few thousand events: set it from a signal handler to end the run cleanly. */
	const volatile sig_atomic_t *interrupted;
};

/*
 * Everything is allocated from the arena, which must outlive the engine; event_capacity_hint events can be pending
 * before anything has to grow. The clock starts at 0. Set engine->interrupted afterwards where it is wanted.
 */
void engine_init(struct engine *engine, struct arena *arena, size_t event_capacity_hint);

static inline int64_t engine_now_ns(const struct engine *engine)
{
	return engine->now_ns;
}

/* Events that ran since engine_init. */
static inline uint64_t engine_events_run(const struct engine *engine)
{
	return engine->events_run;
}

/* Events that are scheduled and neither ran nor were cancelled. */
static inline uint64_t engine_pending(const struct engine *engine)
{
	return engine->sequence - engine->events_run - engine->removed;
}

/* For engine_schedule: puts an event into the front whose few are too many for it. */
void engine_crowd_front(struct engine *engine, uint32_t index);

/* Puts an event, whose time and order are set, where it waits. */
static inline void engine_place(struct engine *engine, uint32_t index)
{
	const struct event *event = &engine->events[index];
	struct front *front = &engine->front;
	if (event->time_ns >= front->end_ns)
		ladder_insert(&engine->ladder, engine->events, event->time_ns, index);
	else if (front->few_count < FRONT_FEW_MAX)
		front_few_add(front, event->time_ns, event->order, index);
	else
		engine_crowd_front(engine, index);
}

/* engine_schedule where it is known that an event is free and that delay and priority are in range. */
static inline event_id engine_schedule_checked(struct engine *engine, int64_t delay_ns, int32_t priority,
					       event_action *action, void *subject, int64_t argument)
{
	uint32_t index = engine->free_first;
	struct event *event = &engine->events[index];
	engine->free_first = event->next;
	event->time_ns = engine->now_ns + delay_ns;
	event->order = event_order(priority, ++engine->sequence);
	event->action = action;
	event->subject = subject;
	event->argument = argument;
	event_id id = event_id_of(index, event->generation);
	engine_place(engine, index);
	return id;
}

/* engine_schedule where more events are needed, where the delay is too long, or where it aborts. */
event_id engine_schedule_rare(struct engine *engine, int64_t delay_ns, int32_t priority, event_action *action,
			      void *subject, int64_t argument);

/*
 * delay_ns >= 0, of which no more counts than is left until EVENT_TIME_MAX_NS; priority in [EVENT_PRIORITY_MIN,
 * EVENT_PRIORITY_MAX], higher first among equal times.
 */
static inline event_id engine_schedule(struct engine *engine, int64_t delay_ns, int32_t priority, event_action *action,
				       void *subject, int64_t argument)
{
	bool fits = event_delay_fits(delay_ns, engine->now_ns) && event_priority_fits(priority);
	if (__builtin_expect(engine->free_first != 0 && fits, 1))
		return engine_schedule_checked(engine, delay_ns, priority, action, subject, argument);
	return engine_schedule_rare(engine, delay_ns, priority, action, subject, argument);
}

/* False where the event is not pending any more (it ran, runs now, or was cancelled) or id is 0. */
bool engine_cancel(struct engine *engine, event_id id);

/*
 * Moves a pending event to delay_ns from now; it keeps its id and priority and takes its place behind the events
 * scheduled before this call. False as engine_cancel.
 */
bool engine_reschedule(struct engine *engine, event_id id, int64_t delay_ns);

/*
 * Runs events in order until none is left, the next lies after until_ns, event_budget events ran in this call, or
 * somebody stops it. Can be called again to go on.
 */
enum engine_end engine_run(struct engine *engine, int64_t until_ns, uint64_t event_budget);

/* Ends engine_run after the action that calls this. */
void engine_stop(struct engine *engine);

#endif
