/*
 * The pending events against a plain reference, an array kept sorted by (time, priority, sequence), under random
 * schedule, cancel and reschedule: every event that runs must be the reference's first, whatever structure holds
 * the events inside.
 */
#include <string.h>

#include "base/check.h"
#include "engine/engine.h"
#include "random/stream.h"
#include "tests/tap.h"

enum { PENDING_MAX = 20000 };

/* Moving the reference's array takes most of the time. */
enum { EVENTS = T_TIMES(30000, 1000) };

struct reference_event {
	int64_t time_ns;
	int32_t priority;
	uint64_t sequence;
	int64_t name;
	event_id id;
};

struct world {
	struct reference_event sorted[PENDING_MAX];
	int count;
	int target; /* pending events to hover around */
	uint64_t sequence;
	int64_t names;
	int64_t (*delay_ns)(struct stream *stream);
	struct stream stream;
	int faults;
};

static int64_t delay_exponential(struct stream *stream)
{
	return (int64_t)stream_exponential(stream, 1e6);
}

static int64_t delay_ties(struct stream *stream)
{
	return (int64_t)stream_below(stream, 4) * 1000;
}

static int64_t delay_zero(struct stream *stream)
{
	return stream_below(stream, 50) ? 0 : 1;
}

static int64_t delay_far(struct stream *stream)
{
	return (int64_t)stream_exponential(stream, stream_below(stream, 10) ? 1e3 : 1e15);
}

static int64_t delay_two_scales(struct stream *stream)
{
	return (int64_t)stream_exponential(stream, stream_below(stream, 2) ? 2e3 : 6e11);
}

static int64_t delay_heavy_tail(struct stream *stream)
{
	return (int64_t)stream_lognormal(stream, 5, 5);
}

/* Several at one time within a bucket, and several buckets. */
static int64_t delay_rounded(struct stream *stream)
{
	return (int64_t)stream_exponential(stream, 1e3) / 20 * 20000;
}

/* So far apart that a bucket's times are more than its keys can hold, and so near that they look the same there. */
static int64_t delay_wide(struct stream *stream)
{
	return (int64_t)(stream_below(stream, 8) << 44 | stream_below(stream, 3));
}

static bool is_before(const struct reference_event *a, const struct reference_event *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	if (a->priority != b->priority)
		return a->priority > b->priority;
	return a->sequence < b->sequence;
}

static void reference_insert(struct world *world, struct reference_event event)
{
	int low = 0;
	int high = world->count;
	while (low < high) {
		int middle = (low + high) / 2;
		if (is_before(&world->sorted[middle], &event))
			low = middle + 1;
		else
			high = middle;
	}
	memmove(&world->sorted[low + 1], &world->sorted[low], (size_t)(world->count - low) * sizeof event);
	world->sorted[low] = event;
	world->count++;
}

static struct reference_event reference_remove(struct world *world, int at)
{
	struct reference_event event = world->sorted[at];
	world->count--;
	memmove(&world->sorted[at], &world->sorted[at + 1], (size_t)(world->count - at) * sizeof event);
	return event;
}

static void change_something(struct engine *engine, struct world *world);

static void check_first(struct engine *engine, void *subject, int64_t argument)
{
	struct world *world = subject;
	if (world->count == 0) {
		world->faults++;
		return;
	}
	struct reference_event first = reference_remove(world, 0);
	if (first.name != argument || first.time_ns != engine_now_ns(engine) || engine_cancel(engine, first.id))
		world->faults++;
	change_something(engine, world);
}

static void schedule_one(struct engine *engine, struct world *world)
{
	int64_t delay_ns = world->delay_ns(&world->stream);
	struct reference_event event = {
		.time_ns = engine_now_ns(engine) + delay_ns,
		.priority = (int32_t)stream_below(&world->stream, 3) - 1,
		.sequence = ++world->sequence,
		.name = ++world->names,
	};
	event.id = engine_schedule(engine, delay_ns, event.priority, check_first, world, event.name);
	reference_insert(world, event);
}

static void change_something(struct engine *engine, struct world *world)
{
	struct stream *stream = &world->stream;
	uint64_t births = stream_below(stream, world->count < world->target ? 4 : 2);
	if (stream_below(stream, 1000) == 0)
		births += (uint64_t)world->target / 4;
	for (uint64_t i = 0; i < births && world->count < PENDING_MAX; i++)
		schedule_one(engine, world);
	if (world->count > 0 && stream_below(stream, 3) == 0) {
		struct reference_event event =
			reference_remove(world, (int)stream_below(stream, (uint64_t)world->count));
		world->faults += !engine_cancel(engine, event.id);
	}
	if (world->count > 0 && stream_below(stream, 3) == 0) {
		struct reference_event event =
			reference_remove(world, (int)stream_below(stream, (uint64_t)world->count));
		int64_t delay_ns = world->delay_ns(stream);
		event.time_ns = engine_now_ns(engine) + delay_ns;
		event.sequence = ++world->sequence;
		world->faults += !engine_reschedule(engine, event.id, delay_ns);
		reference_insert(world, event);
	}
}

/* Runs in pieces, by budget and by horizon, with changes from outside between them. */
static int run_world(int64_t (*delay_ns)(struct stream *stream), int target, uint64_t seed, uint64_t events)
{
	static struct world world;
	struct arena arena;
	struct engine engine;
	arena_init(&arena);
	engine_init(&engine, &arena, 0);
	world = (struct world){.delay_ns = delay_ns, .target = target};
	stream_init(&world.stream, seed, 0, stream_id_from_name("pending"), 0);
	while (engine_events_run(&engine) < events && world.faults == 0) {
		while (world.count < target / 2 + 1)
			schedule_one(&engine, &world);
		if (stream_below(&world.stream, 2))
			engine_run(&engine, EVENT_TIME_MAX_NS, 1 + stream_below(&world.stream, 3 * (uint64_t)target));
		else
			engine_run(&engine, engine_now_ns(&engine) + delay_ns(&world.stream), 10 * (uint64_t)target);
		change_something(&engine, &world);
		world.faults += engine_pending(&engine) != (uint64_t)world.count;
	}
	arena_release(&arena);
	return world.faults;
}

int main(void)
{
	static const struct {
		const char *name;
		int64_t (*delay_ns)(struct stream *stream);
	} kinds[] = {
		{"exponential", delay_exponential},    {"ties", delay_ties},
		{"bursts at one time", delay_zero},    {"far future", delay_far},
		{"two time scales", delay_two_scales}, {"heavy tail", delay_heavy_tail},
		{"rounded times", delay_rounded},      {"wide buckets", delay_wide},
	};
	static const int targets[] = {2, 10, 20, 60, 300, 4000};
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		for (size_t j = 0; j < ARRAY_LEN(targets); j++) {
			int faults = run_world(kinds[i].delay_ns, targets[j], i * 100 + j, EVENTS);
			t_ok(faults == 0, "%s, about %d pending: the order is the reference's", kinds[i].name,
			     targets[j]);
		}
	return t_done();
}
