/* What an event is: an action to be called with its subject and an argument when the clock reaches its time. */
#ifndef LAMINA_EVENT_H
#define LAMINA_EVENT_H /* private to engine */

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* The clock (engine_now_ns) stands at the event's time; the event itself is no longer pending. */
typedef void event_action(struct engine *engine, void *subject, int64_t argument);

/* Names one pending event; 0 is never a valid id. Ids of events that ran or were cancelled are recognised. */
typedef uint64_t event_id;

/* Half of what fits, so that sums of two times never overflow: 146 years. */
#define EVENT_TIME_MAX_NS (INT64_MAX / 2)

enum { EVENT_PRIORITY_MIN = -32767, EVENT_PRIORITY_MAX = 32767 };

/* Index and generation share an event_id. */
enum { EVENT_INDEX_BITS = 28, EVENT_BYTES = 64 };

/* One pending event, or one that waits to be used: one cache line. Index 0 is none. */
struct event {
	_Alignas(EVENT_BYTES) int64_t time_ns;
	uint64_t order; /* (EVENT_PRIORITY_MAX - priority) above 48 bits of sequence: unique; 0 once cancelled */
	event_action *action;
	void *subject;
	int64_t argument;
	uint32_t next;
	uint32_t previous;
	uint64_t generation; /* counts the uses of this event */
};

_Static_assert(sizeof(struct event) == EVENT_BYTES, "an event is one cache line");

#define EVENT_SEQUENCE_BITS 48
#define EVENT_SEQUENCE_MASK ((UINT64_C(1) << EVENT_SEQUENCE_BITS) - 1)

static inline uint64_t event_order(int32_t priority, uint64_t sequence)
{
	return (uint64_t)(EVENT_PRIORITY_MAX - priority) << EVENT_SEQUENCE_BITS | sequence;
}

static inline int32_t event_priority(uint64_t order)
{
	return EVENT_PRIORITY_MAX - (int32_t)(order >> EVENT_SEQUENCE_BITS);
}

/* delay_ns >= 0 and now_ns + delay_ns <= EVENT_TIME_MAX_NS */
static inline bool event_delay_fits(int64_t delay_ns, int64_t now_ns)
{
	return (uint64_t)delay_ns <= (uint64_t)(EVENT_TIME_MAX_NS - now_ns);
}

static inline bool event_priority_fits(int32_t priority)
{
	return priority >= EVENT_PRIORITY_MIN && priority <= EVENT_PRIORITY_MAX;
}

static inline event_id event_id_of(uint32_t index, uint64_t generation)
{
	return generation << EVENT_INDEX_BITS | index;
}

#endif
