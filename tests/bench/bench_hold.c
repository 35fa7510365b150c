/*
 * The hold model: N events are pending; each one that runs schedules one successor after an exponential delay
 * (Vaucher and Duval, "A comparison of simulation event list algorithms", CACM 18(4), 1975). The delays are drawn
 * beforehand, so that the rows time the pending events and not the draws. The reference is a fixed plain binary
 * heap on (time, sequence), which does the same holds without handles, priorities or calls.
 */
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/num.h"
#include "engine/engine.h"
#include "random/stream.h"
#include "tests/bench/bench.h"

/* So many that no processor learns their order: with 4,096 the ladder seemed a third faster. */
enum { DELAYS = 65536 };

struct delays {
	int64_t ns[DELAYS];
	uint32_t next;
};

static void delays_init(struct delays *delays)
{
	struct stream stream;
	stream_init(&stream, 1, 0, stream_id_from_name("hold"), 0);
	for (int i = 0; i < DELAYS; i++)
		delays->ns[i] = (int64_t)stream_exponential(&stream, 1e9);
	delays->next = 0;
}

static inline int64_t delays_next(struct delays *delays)
{
	return delays->ns[delays->next++ % DELAYS];
}

static void hold(struct engine *engine, void *subject, int64_t argument)
{
	engine_schedule(engine, delays_next(subject), 0, hold, subject, argument);
}

static void run_engine(void *context, uint64_t events)
{
	engine_run(context, EVENT_TIME_MAX_NS, events);
}

static struct bench_rate measure_engine(uint32_t pending, uint64_t events)
{
	struct arena arena;
	struct engine engine;
	struct delays delays;
	arena_init(&arena);
	engine_init(&engine, &arena, pending);
	delays_init(&delays);
	for (uint32_t i = 0; i < pending; i++)
		engine_schedule(&engine, delays_next(&delays), 0, hold, &delays, i);
	struct bench_rate rate = bench_measure(run_engine, &engine, events);
	arena_release(&arena);
	return rate;
}

struct plain_event {
	int64_t time_ns;
	uint64_t sequence;
	void *subject;
};

struct plain_heap {
	struct plain_event *events;
	uint32_t count;
	uint64_t sequence;
	struct delays delays;
};

static inline bool plain_is_before(const struct plain_event *a, int64_t time_ns, uint64_t sequence)
{
	return a->time_ns < time_ns || (a->time_ns == time_ns && a->sequence < sequence);
}

/* Members are moved one by one: a whole struct loaded right after its members were stored waits for the stores. */
static inline void plain_put(struct plain_event *at, int64_t time_ns, uint64_t sequence, void *subject)
{
	at->time_ns = time_ns;
	at->sequence = sequence;
	at->subject = subject;
}

static void plain_push(struct plain_heap *heap, int64_t time_ns, void *subject)
{
	uint64_t sequence = ++heap->sequence;
	uint32_t at = heap->count++;
	while (at > 0 && !plain_is_before(&heap->events[(at - 1) / 2], time_ns, sequence)) {
		heap->events[at] = heap->events[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	plain_put(&heap->events[at], time_ns, sequence, subject);
}

static void plain_remove_first(struct plain_heap *heap)
{
	struct plain_event *events = heap->events;
	uint32_t count = --heap->count;
	int64_t time_ns = events[count].time_ns;
	uint64_t sequence = events[count].sequence;
	void *subject = events[count].subject;
	uint32_t at = 0;
	for (uint32_t child = 1; child < count; child = 2 * at + 1) {
		if (child + 1 < count &&
		    plain_is_before(&events[child + 1], events[child].time_ns, events[child].sequence))
			child++;
		if (!plain_is_before(&events[child], time_ns, sequence))
			break;
		events[at] = events[child];
		at = child;
	}
	plain_put(&events[at], time_ns, sequence, subject);
}

static void run_plain(void *context, uint64_t events)
{
	struct plain_heap *heap = context;
	for (uint64_t i = 0; i < events; i++) {
		int64_t now_ns = heap->events[0].time_ns;
		void *subject = heap->events[0].subject;
		plain_remove_first(heap);
		plain_push(heap, now_ns + delays_next(&heap->delays), subject);
	}
}

static struct bench_rate measure_plain(uint32_t pending, uint64_t events)
{
	struct arena arena;
	arena_init(&arena);
	struct plain_heap heap = {.events = ARENA_ARRAY(&arena, struct plain_event, pending + 1)};
	delays_init(&heap.delays);
	for (uint32_t i = 0; i < pending; i++)
		plain_push(&heap, delays_next(&heap.delays), NULL);
	struct bench_rate rate = bench_measure(run_plain, &heap, events);
	arena_release(&arena);
	return rate;
}

/* With an argument only the row of that name. */
int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		const char *plain_name;
		uint32_t pending;
		uint64_t events;
	} rows[] = {
		{"hold_1", "binary_heap_1", 1, 10000000},          {"hold_10", "binary_heap_10", 10, 10000000},
		{"hold_100", "binary_heap_100", 100, 4000000},     {"hold_1e3", "binary_heap_1e3", 1000, 4000000},
		{"hold_1e4", "binary_heap_1e4", 10000, 4000000},   {"hold_1e5", "binary_heap_1e5", 100000, 2000000},
		{"hold_1e6", "binary_heap_1e6", 1000000, 2000000},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (argc > 1 && strcmp(argv[1], rows[i].name) != 0)
			continue;
		struct bench_rate plain = measure_plain(rows[i].pending, rows[i].events);
		bench_report(rows[i].plain_name, plain, "events/s", NULL, 0);
		struct bench_rate engine = measure_engine(rows[i].pending, rows[i].events);
		bench_report(rows[i].name, engine, "events/s", rows[i].plain_name, plain.median);
	}
	return 0;
}
