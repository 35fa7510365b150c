/* The pool: newest idle sandbox first, gone when it was idle too long, reborn cold, with luck of its own. */
#include "platform/sandbox.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

struct fixture {
	struct toy toy;
	struct engine engine;
	struct sandbox_pool pool;
};

static void fixture_init(struct fixture *f)
{
	toy_init(&f->toy);
	engine_init(&f->engine, &f->toy.arena, 16);
	sandbox_pool_init(&f->pool, &f->engine, &f->toy.arena, &f->toy.platform,
			  &(struct sandbox_spec){.memory_mb = 500, .package_mb = 500}, 3, 1, 0);
}

static void reuse(void)
{
	struct fixture f;
	fixture_init(&f);
	t_ok(!sandbox_pool_take(&f.pool), "an empty pool has no sandbox");
	int64_t start_ns;
	struct sandbox *a = sandbox_pool_create(&f.pool, &start_ns);
	t_int(start_ns, 2500000000, "cold start: 0.5 s, and 1 s for every 250 MB of package");
	struct sandbox *b = sandbox_pool_create(&f.pool, &start_ns);
	struct sandbox *c = sandbox_pool_create(&f.pool, &start_ns);
	t_ok(a->loaded == 0, "a new sandbox has nothing loaded");
	sandbox_pool_return(b);
	sandbox_pool_return(a);
	sandbox_pool_return(c);
	t_int(f.pool.idle_count, 3, "three are idle");
	t_ok(sandbox_pool_take(&f.pool) == c, "the newest idle one goes first");
	t_ok(sandbox_pool_take(&f.pool) == a, "then the next");
	sandbox_pool_return(c);
	t_ok(sandbox_pool_take(&f.pool) == c, "who came back last goes first again");
	t_ok(sandbox_pool_take(&f.pool) == b, "the oldest goes last");
	t_ok(!sandbox_pool_take(&f.pool), "then there is none");
	t_int(f.pool.created, 3, "three were made");
	toy_release(&f.toy);
}

static void nothing(struct engine *engine, void *subject, int64_t argument)
{
}

static void expiry(void)
{
	struct fixture f;
	fixture_init(&f);
	int64_t start_ns;
	struct sandbox *a = sandbox_pool_create(&f.pool, &start_ns);
	struct sandbox *b = sandbox_pool_create(&f.pool, &start_ns);
	a->loaded = 1;
	sandbox_pool_return(a);
	engine_schedule(&f.engine, 100 * NS_PER_SECOND, 0, nothing, NULL, 0);
	engine_run(&f.engine, 100 * NS_PER_SECOND, 100);
	sandbox_pool_return(b);
	engine_run(&f.engine, 600 * NS_PER_SECOND - 1, 100);
	t_int(f.pool.idle_count, 2, "both live just before 600 s");
	engine_run(&f.engine, 600 * NS_PER_SECOND, 100);
	t_int(f.pool.idle_count, 1, "the first is gone after 600 s");
	t_ok(f.pool.newest_idle == b, "the second stays");
	sandbox_pool_take(&f.pool);
	engine_run(&f.engine, 5000 * NS_PER_SECOND, 100);
	t_int(f.pool.expired, 1, "a busy sandbox never expires");
	struct sandbox *c = sandbox_pool_create(&f.pool, &start_ns);
	t_ok(c == a, "its memory is used again");
	t_ok(c->loaded == 0 && c->ordinal == 2, "but it is a new, cold sandbox");
	toy_release(&f.toy);
}

static void luck(void)
{
	struct fixture f;
	fixture_init(&f);
	f.toy.platform.cpu.speed_spread = 0.02;
	f.toy.platform.sandbox.cold_start_seconds = toy_between(&f.toy.arena, 0.1, 0.9);
	int64_t first_ns;
	int64_t second_ns;
	struct sandbox *a = sandbox_pool_create(&f.pool, &first_ns);
	struct sandbox *b = sandbox_pool_create(&f.pool, &second_ns);
	t_ok(first_ns != second_ns, "two sandboxes start at different speed");
	t_ok(a->slowness != b->slowness, "and run on different hosts");
	struct sandbox_pool again;
	sandbox_pool_init(&again, &f.engine, &f.toy.arena, &f.toy.platform,
			  &(struct sandbox_spec){.memory_mb = 2000, .package_mb = 500}, 3, 1, 0);
	int64_t again_ns;
	struct sandbox *c = sandbox_pool_create(&again, &again_ns);
	t_int(again_ns, first_ns, "another memory size meets the same cold start");
	t_near(c->slowness, a->slowness, 0, 0, "and the same host");
	struct sandbox_pool other;
	sandbox_pool_init(&other, &f.engine, &f.toy.arena, &f.toy.platform,
			  &(struct sandbox_spec){.memory_mb = 500, .package_mb = 500}, 4, 1, 0);
	sandbox_pool_create(&other, &again_ns);
	t_ok(again_ns != first_ns, "another function has luck of its own");
	toy_release(&f.toy);
}

int main(void)
{
	reuse();
	expiry();
	luck();
	return t_done();
}
