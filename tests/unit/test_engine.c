/* The engine's order, handles and ends, and a long random run against a plain sorted reference. */
#include <string.h>

#include "base/check.h"
#include "engine/engine.h"
#include "random/stream.h"
#include "tests/tap.h"

enum { LOG_MAX = 64 };

struct log {
	int64_t arguments[LOG_MAX];
	int64_t times_ns[LOG_MAX];
	int count;
};

static void note(struct engine *engine, void *subject, int64_t argument)
{
	struct log *log = subject;
	log->arguments[log->count] = argument;
	log->times_ns[log->count++] = engine_now_ns(engine);
}

static const char *log_text(const struct log *log)
{
	static char text[512];
	size_t used = 0;
	text[0] = '\0';
	for (int i = 0; i < log->count; i++)
		used += (size_t)snprintf(text + used, sizeof text - used, "%lld@%lld ", (long long)log->arguments[i],
					 (long long)log->times_ns[i]);
	return text;
}

static void test_order(void)
{
	struct arena arena;
	arena_init(&arena);
	struct engine engine;
	engine_init(&engine, &arena, 0);
	struct log log = {0};
	engine_schedule(&engine, 5, 0, note, &log, 1);
	engine_schedule(&engine, 3, 0, note, &log, 2);
	engine_schedule(&engine, 5, 1, note, &log, 3);
	engine_schedule(&engine, 5, 0, note, &log, 4);
	engine_schedule(&engine, 0, EVENT_PRIORITY_MIN, note, &log, 5);
	engine_schedule(&engine, 0, EVENT_PRIORITY_MAX, note, &log, 6);
	t_ok(engine_run(&engine, 10, 100) == ENGINE_EMPTY, "runs until nothing is left");
	t_str(log_text(&log), "6@0 5@0 2@3 3@5 1@5 4@5 ", "time, then priority, then sequence");
	t_int(engine_now_ns(&engine), 5, "the clock stands at the last event");
	t_int(engine_events_run(&engine), 6, "events are counted");
	arena_release(&arena);
}

static void test_handles(void)
{
	struct arena arena;
	arena_init(&arena);
	struct engine engine;
	engine_init(&engine, &arena, 0);
	struct log log = {0};
	event_id a = engine_schedule(&engine, 10, 0, note, &log, 1);
	event_id b = engine_schedule(&engine, 20, 0, note, &log, 2);
	event_id c = engine_schedule(&engine, 20, 0, note, &log, 3);
	t_ok(a && b && c && a != b && b != c, "ids are set and differ");
	t_ok(engine_cancel(&engine, a), "a pending event can be cancelled");
	t_ok(!engine_cancel(&engine, a) && !engine_reschedule(&engine, a, 1), "but only once");
	event_id d = engine_schedule(&engine, 30, 0, note, &log, 4);
	t_ok(d != a && !engine_cancel(&engine, a), "an old id does not name the event that took its place");
	t_ok(engine_reschedule(&engine, b, 20), "reschedule to the same time");
	t_ok(engine_reschedule(&engine, d, 1), "reschedule to an earlier time");
	t_ok(!engine_cancel(&engine, 0) && !engine_cancel(&engine, UINT64_MAX), "ids never given are refused");
	t_int((long long)engine_pending(&engine), 3, "three are pending");
	engine_run(&engine, 100, 100);
	t_str(log_text(&log), "4@1 3@20 2@20 ", "a rescheduled event queues behind its equals");
	t_ok(!engine_cancel(&engine, b), "an event that ran cannot be cancelled");
	arena_release(&arena);
}

static void again(struct engine *engine, void *subject, int64_t argument)
{
	int64_t *left = subject;
	if (--*left == 0)
		engine_stop(engine);
	engine_schedule(engine, 1, 0, again, subject, argument);
}

static volatile sig_atomic_t interrupted;

static void interrupt_at(struct engine *engine, void *subject, int64_t argument)
{
	if (engine_now_ns(engine) >= argument)
		interrupted = 1;
	engine_schedule(engine, 1, 0, interrupt_at, subject, argument);
}

static void test_ends(void)
{
	struct arena arena;
	arena_init(&arena);
	struct engine engine;
	engine_init(&engine, &arena, 0);
	t_ok(engine_run(&engine, 7, 5) == ENGINE_EMPTY, "nothing to run");
	int64_t left = 1000000;
	engine_schedule(&engine, 1, 0, again, &left, 0);
	t_ok(engine_run(&engine, 5, 100) == ENGINE_HORIZON, "horizon");
	t_int(engine_now_ns(&engine), 5, "events at the horizon run and the clock stands there");
	t_int((long long)engine_events_run(&engine), 5, "five events before it");
	t_ok(engine_run(&engine, INT64_MAX, 20000) == ENGINE_BUDGET, "budget");
	t_int((long long)engine_events_run(&engine), 20005, "exactly the budget");
	left = 7;
	t_ok(engine_run(&engine, INT64_MAX, UINT64_MAX) == ENGINE_STOPPED, "stopped by the model");
	t_int((long long)engine_events_run(&engine), 20012, "after the action that stopped it");
	engine_init(&engine, &arena, 0);
	engine.interrupted = &interrupted;
	engine_schedule(&engine, 1, 0, interrupt_at, NULL, 10000);
	t_ok(engine_run(&engine, INT64_MAX, UINT64_MAX) == ENGINE_INTERRUPTED, "interrupted");
	t_ok(engine_now_ns(&engine) < 20000, "soon after the flag was set");
	t_ok(engine_pending(&engine) == 1, "what was pending is still there");
	arena_release(&arena);
}

static void hold(struct engine *engine, void *subject, int64_t argument)
{
	engine_schedule(engine, (int64_t)stream_exponential(subject, 1e6), 0, hold, subject, argument);
}

static void test_memory(void)
{
	static const int pending[] = {1, 30, 3000};
	for (size_t i = 0; i < ARRAY_LEN(pending); i++) {
		struct arena arena;
		arena_init(&arena);
		struct engine engine;
		struct stream stream;
		engine_init(&engine, &arena, 0);
		stream_init(&stream, 1, 0, stream_id_from_name("hold"), 0);
		for (int j = 0; j < pending[i]; j++)
			hold(&engine, &stream, j);
		engine_run(&engine, EVENT_TIME_MAX_NS, 200000);
		size_t bytes = arena.bytes_used;
		engine_run(&engine, EVENT_TIME_MAX_NS, 2000000);
		t_ok(arena.bytes_used == bytes, "%d pending: two million events allocate nothing", pending[i]);
		t_int((long long)engine_pending(&engine), pending[i], "and none is lost");
		arena_release(&arena);
	}
}

static void schedule_in_the_past(void)
{
	struct arena arena;
	arena_init(&arena);
	struct engine engine;
	engine_init(&engine, &arena, 0);
	engine_schedule(&engine, -1, 0, note, NULL, 0);
}

/* No delay is too long to wait for: the clock has an end, which no horizon reaches. */
static void test_beyond_the_end(void)
{
	struct arena arena = {0};
	struct engine engine;
	engine_init(&engine, &arena, 0);
	event_id id = engine_schedule(&engine, INT64_MAX, 0, note, NULL, 0);
	t_int(engine_run(&engine, EVENT_TIME_MAX_NS - 1, 10), ENGINE_HORIZON, "a delay beyond the end waits until it");
	t_ok(engine_reschedule(&engine, id, INT64_MAX), "... as does one that is moved there");
	t_int(engine_now_ns(&engine), EVENT_TIME_MAX_NS - 1, "... and the clock stands at the horizon");
	engine_cancel(&engine, id);
	arena_release(&arena);
}

int main(void)
{
	test_order();
	test_handles();
	test_ends();
	test_memory();
	t_aborts(schedule_in_the_past, "a negative delay is a bug");
	test_beyond_the_end();
	return t_done();
}
