/* Resources: order of grants, cancelling, changing capacity, exact integrals, a random run against a plain model. */
#include <string.h>

#include "engine/engine.h"
#include "engine/resource.h"
#include "random/stream.h"
#include "tests/tap.h"

struct fixture {
	struct arena arena;
	struct engine engine;
	struct resource resource;
	char grants[256]; /* arguments of the grants as letters, in order */
	int count;
};

static void fixture_init(struct fixture *fixture, int64_t capacity)
{
	memset(fixture, 0, sizeof *fixture);
	engine_init(&fixture->engine, &fixture->arena, 0);
	resource_init(&fixture->resource, &fixture->engine, capacity);
}

static void granted(struct engine *engine, void *subject, int64_t argument)
{
	struct fixture *fixture = subject;
	fixture->grants[fixture->count++] = (char)argument;
}

static resource_ticket ask(struct fixture *fixture, int64_t units, int32_t priority, char name)
{
	return resource_acquire_priority(&fixture->resource, units, priority, granted, fixture, name);
}

static void test_order(void)
{
	struct fixture f;
	fixture_init(&f, 3);
	t_ok(ask(&f, 2, 0, 'a') == 0, "free units are granted at once");
	t_ok(ask(&f, 2, 0, 'b') != 0, "who does not fit waits");
	t_ok(ask(&f, 1, 0, 'c') != 0, "nobody overtakes the head of the queue");
	t_ok(ask(&f, 2, 5, 'd') != 0, "a higher priority waits too where it does not fit");
	ask(&f, 1, 5, 'e');
	t_str(f.grants, "a", "no other was granted yet");
	resource_release(&f.resource, 2);
	t_str(f.grants, "ade", "by priority, then in order of asking");
	resource_release(&f.resource, 3);
	t_str(f.grants, "adebc", "then the others");
	t_int(f.resource.waiting, 0, "nobody waits");
	t_ok(ask(&f, 1, 1, 'f') != 0, "full");
	resource_release(&f.resource, 1);
	t_str(f.grants, "adebcf", "a unit that comes back is given on");
	arena_release(&f.arena);
}

static void test_priority_fits(void)
{
	struct fixture f;
	fixture_init(&f, 2);
	ask(&f, 1, 0, 'a');
	ask(&f, 2, 0, 'b');
	t_ok(ask(&f, 1, 1, 'c') == 0, "a higher priority that fits goes ahead at once");
	t_str(f.grants, "ac", "and was called");
	arena_release(&f.arena);
}

static void test_cancel(void)
{
	struct fixture f;
	fixture_init(&f, 1);
	ask(&f, 1, 0, 'a');
	resource_ticket big = ask(&f, 2, 0, 'b');
	resource_ticket small = ask(&f, 1, 0, 'c');
	resource_release(&f.resource, 1);
	t_str(f.grants, "a", "more units than there are wait for ever");
	t_ok(resource_cancel(&f.resource, big), "a waiter can give up");
	t_str(f.grants, "ac", "and lets the next one through");
	t_ok(!resource_cancel(&f.resource, big) && !resource_cancel(&f.resource, small), "once, and while it waits");
	t_ok(!resource_cancel(&f.resource, 0), "no ticket is 0");
	resource_ticket late = ask(&f, 1, 0, 'd');
	t_ok(late != big && late != small, "a ticket is not given twice");
	arena_release(&f.arena);
}

static void test_capacity(void)
{
	struct fixture f;
	fixture_init(&f, 0);
	ask(&f, 1, 0, 'a');
	ask(&f, 1, 0, 'b');
	resource_set_capacity(&f.resource, 1);
	t_str(f.grants, "a", "capacity that grows is given out");
	resource_set_capacity(&f.resource, 0);
	resource_release(&f.resource, 1);
	t_str(f.grants, "a", "capacity that shrank is not");
	t_int(resource_free_units(&f.resource), 0, "no unit is free");
	resource_set_capacity(&f.resource, 5);
	t_str(f.grants, "ab", "until it grows again");
	arena_release(&f.arena);
}

static void granted_and_released(struct engine *engine, void *subject, int64_t argument)
{
	struct fixture *fixture = subject;
	fixture->count++;
	resource_release(&fixture->resource, 1);
}

static void test_long_queue(void)
{
	struct fixture f;
	fixture_init(&f, 1);
	ask(&f, 1, 0, 'a');
	for (int i = 0; i < 300000; i++)
		resource_acquire(&f.resource, 1, granted_and_released, &f, 0);
	resource_release(&f.resource, 1);
	t_int(f.count, 300001, "a queue that empties at one instant needs no stack");
	arena_release(&f.arena);
}

static void nothing(struct engine *engine, void *subject, int64_t argument)
{
}

static void wait_until(struct engine *engine, int64_t time_ns)
{
	engine_schedule(engine, time_ns - engine_now_ns(engine), 0, nothing, NULL, 0);
	engine_run(engine, time_ns, 1000);
}

static void test_integrals(void)
{
	struct fixture f;
	fixture_init(&f, 2);
	wait_until(&f.engine, 10);
	ask(&f, 2, 0, 'a');
	wait_until(&f.engine, 13);
	ask(&f, 1, 0, 'b');
	wait_until(&f.engine, 20);
	t_int(resource_busy_unit_ns(&f.resource), 20, "two units for 10 ns");
	t_int(resource_waiting_ns(&f.resource), 7, "one waiter for 7 ns");
	resource_release(&f.resource, 1);
	wait_until(&f.engine, 25);
	resource_release(&f.resource, 2);
	wait_until(&f.engine, 100);
	t_int(resource_busy_unit_ns(&f.resource), 30, "and two more for 5 ns");
	t_int(resource_waiting_ns(&f.resource), 7, "nobody waited any more");
	arena_release(&f.arena);
}

enum { RANDOM_STEPS = 20000, MODEL_MAX = 4096 };

/* The model of the random run: who waits, in order of asking; served by a scan for the first of the best priority. */
struct model {
	struct fixture fixture;
	struct {
		int64_t units;
		int32_t priority;
		int64_t name;
		resource_ticket ticket;
	} waiters[MODEL_MAX];
	int waiting;
	int64_t free;
	int64_t expected[MODEL_MAX];
	int64_t expected_units;
	int expected_count;
	int granted_count;
	int faults;
};

static void model_granted(struct engine *engine, void *subject, int64_t argument)
{
	struct model *model = subject;
	if (model->granted_count >= model->expected_count || model->expected[model->granted_count] != argument)
		model->faults++;
	model->granted_count++;
}

static void model_remove(struct model *model, int at)
{
	model->waiting--;
	memmove(&model->waiters[at], &model->waiters[at + 1], (size_t)(model->waiting - at) * sizeof model->waiters[0]);
}

static void model_serve(struct model *model)
{
	model->granted_count = 0;
	model->expected_count = 0;
	while (model->waiting > 0) {
		int best = 0;
		for (int i = 1; i < model->waiting; i++)
			if (model->waiters[i].priority > model->waiters[best].priority)
				best = i;
		if (model->waiters[best].units > model->free)
			break;
		model->free -= model->waiters[best].units;
		model->expected[model->expected_count++] = model->waiters[best].name;
		model_remove(model, best);
	}
}

static void model_ask(struct model *model, struct stream *stream, int64_t name)
{
	int at = model->waiting++;
	model->waiters[at].units = 1 + (int64_t)stream_below(stream, 4);
	model->waiters[at].priority = (int32_t)stream_below(stream, 3);
	model->waiters[at].name = name;
	int64_t units = model->waiters[at].units;
	int32_t priority = model->waiters[at].priority;
	model_serve(model);
	resource_ticket ticket =
		resource_acquire_priority(&model->fixture.resource, units, priority, model_granted, model, name);
	if (at < model->waiting && model->waiters[model->waiting - 1].name == name)
		model->waiters[model->waiting - 1].ticket = ticket;
	model->faults += (ticket == 0) != (model->expected_count == 1);
}

static void test_random(void)
{
	static struct model model;
	struct stream stream;
	stream_init(&stream, 3, 0, stream_id_from_name("resource"), 0);
	fixture_init(&model.fixture, 10);
	model.free = 10;
	for (int64_t step = 0; step < RANDOM_STEPS; step++) {
		uint64_t choice = stream_below(&stream, 10);
		int64_t in_use = model.fixture.resource.in_use;
		if (choice < 5 && model.waiting < MODEL_MAX) {
			model_ask(&model, &stream, step);
		} else if (choice < 9 && in_use > 0) {
			int64_t units = 1 + (int64_t)stream_below(&stream, (uint64_t)in_use);
			model.free += units;
			model_serve(&model);
			resource_release(&model.fixture.resource, units);
		} else if (model.waiting > 0) {
			int at = (int)stream_below(&stream, (uint64_t)model.waiting);
			resource_ticket ticket = model.waiters[at].ticket;
			model_remove(&model, at);
			model_serve(&model);
			model.faults += !resource_cancel(&model.fixture.resource, ticket);
		}
		model.faults += model.granted_count != model.expected_count;
		model.faults += model.fixture.resource.waiting != model.waiting;
	}
	t_int(model.faults, 0, "20,000 random steps: grants and waiters as in the plain model");
	arena_release(&model.fixture.arena);
}

static void release_too_much(void)
{
	struct fixture f;
	fixture_init(&f, 2);
	ask(&f, 1, 0, 'a');
	resource_release(&f.resource, 2);
}

static void ask_for_nothing(void)
{
	struct fixture f;
	fixture_init(&f, 2);
	ask(&f, 0, 0, 'a');
}

int main(void)
{
	test_order();
	test_priority_fits();
	test_cancel();
	test_capacity();
	test_long_queue();
	test_integrals();
	test_random();
	t_aborts(release_too_much, "more units released than taken is a bug");
	t_aborts(ask_for_nothing, "a request for nothing is a bug");
	return t_done();
}
