/* Sandboxes beyond the plain one: runtimes, init phase, snapshots, provisioned, halving, recycling, arm64. */
#include "base/check.h"
#include "platform/sandbox.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static struct toy toy;
static struct engine engine;

static void fresh(struct sandbox_pool *pool, const struct sandbox_spec *spec)
{
	engine_init(&engine, &toy.arena, 16);
	sandbox_pool_init(pool, &engine, &toy.arena, &toy.platform, spec, 0, 1, 0);
}

static double cold_start_seconds(const struct sandbox_spec *spec)
{
	struct sandbox_pool pool;
	int64_t cold_start_ns;
	fresh(&pool, spec);
	sandbox_pool_create(&pool, &cold_start_ns);
	return seconds_from_ns(cold_start_ns);
}

static void test_cold_starts(void)
{
	struct platform_runtime python = {.name = "python",
					  .init_seconds = toy_constant(&toy.arena, 0.1),
					  .image_init_seconds = toy_constant(&toy.arena, 0.2)};
	toy.platform.sandbox.image_seconds = toy_constant(&toy.arena, 0.3);
	toy.platform.sandbox.restore_seconds = toy_constant(&toy.arena, 0.25);
	toy.platform.limits.init_seconds = 10;
	struct sandbox_spec spec = {.memory_mb = 100, .package_mb = 250};
	t_near(cold_start_seconds(&spec), 1.5, 1e-9, 0, "placement and package");
	spec.runtime = &python;
	t_near(cold_start_seconds(&spec), 1.6, 1e-9, 0, "and a runtime");
	spec.init_cpu_ns = 2 * NS_PER_SECOND;
	t_near(cold_start_seconds(&spec), 3.6, 1e-9, 0, "and initialising at full speed, however small the memory");
	spec.is_image = true;
	t_near(cold_start_seconds(&spec), 3.0, 1e-9, 0, "a container image, which is not a zip package");
	spec.package_mb = 10000;
	t_near(cold_start_seconds(&spec), 3.0, 1e-9, 0, "whatever its size");
	spec.has_snapshot = true;
	t_near(cold_start_seconds(&spec), 0.75, 1e-9, 0, "a snapshot instead of package, runtime and initialising");
	spec = (struct sandbox_spec){.memory_mb = 100, .init_cpu_ns = 30 * NS_PER_SECOND};
	struct sandbox_pool pool;
	int64_t cold_start_ns;
	fresh(&pool, &spec);
	struct sandbox *sandbox = sandbox_pool_create(&pool, &cold_start_ns);
	t_near(seconds_from_ns(cold_start_ns), 10.5, 1e-9, 0, "initialising is broken off after 10 s");
	t_int(sandbox->repeat_init_ns, 30 * NS_PER_SECOND, "and left to the first request");
	toy.platform.cpu.arm64_speed = 0.8;
	spec.is_arm64 = true;
	fresh(&pool, &spec);
	t_near(sandbox_pool_create(&pool, &cold_start_ns)->slowness, 1.25, 1e-9, 0, "arm64 at its own speed");
}

static void test_provisioned(void)
{
	struct sandbox_pool pool;
	int64_t cold_start_ns;
	fresh(&pool, &(struct sandbox_spec){.memory_mb = 100, .provisioned = 2});
	t_int(pool.idle_count, 2, "two wait from the start");
	struct sandbox *own = sandbox_pool_create(&pool, &cold_start_ns);
	sandbox_pool_return(own);
	struct sandbox *first = sandbox_pool_take(&pool);
	struct sandbox *second = sandbox_pool_take(&pool);
	t_ok(first->is_provisioned && second->is_provisioned, "they are used first");
	t_ok(sandbox_pool_take(&pool) == own, "then the others");
	sandbox_pool_return(first);
	sandbox_pool_destroy(second);
	t_int(pool.idle_count, 2, "one that dies is replaced");
	sandbox_pool_return(own);
	engine_run(&engine, 100000 * NS_PER_SECOND, 1000);
	t_int(pool.idle_count, 2, "and they never expire");
}

static void test_halving(void)
{
	enum { SANDBOXES = 4000 };
	static const struct {
		double seconds, share;
	} measured[] = {{360, 1}, {600, 0.51}, {1000, 0.27}, {1300, 0.14}};
	struct sandbox *busy[SANDBOXES];
	struct sandbox_pool pool;
	toy.platform.sandbox.halving_seconds = 380;
	toy.platform.sandbox.surplus_keep_alive_seconds = toy_constant(&toy.arena, 1420);
	fresh(&pool, &(struct sandbox_spec){.memory_mb = 100});
	int64_t cold_start_ns;
	for (int i = 0; i < SANDBOXES; i++)
		busy[i] = sandbox_pool_create(&pool, &cold_start_ns);
	for (int i = 0; i < SANDBOXES; i++)
		sandbox_pool_return(busy[i]);
	for (size_t i = 0; i < ARRAY_LEN(measured); i++) {
		char name[64];
		engine_run(&engine, ns_from_seconds(measured[i].seconds), 100000);
		snprintf(name, sizeof name, "idle for %g s (SeBS, 2020)", measured[i].seconds);
		t_near((double)pool.idle_count / SANDBOXES, measured[i].share, 0, 0.03, name);
	}
	engine_run(&engine, ns_from_seconds(1420), 100000);
	t_int(pool.idle_count, 0, "then they are too long idle");
	toy.platform.sandbox.surplus_keep_alive_seconds = (struct quantiles){0};
	toy.platform.sandbox.halving_seconds = 0;
}

/* Pauses between requests that are served by the newest idle sandbox of `sandboxes`. */
static int64_t left_after(int sandboxes, int pauses, double pause_seconds)
{
	struct sandbox_pool pool;
	struct sandbox *busy[64];
	int64_t cold_start_ns;
	fresh(&pool, &(struct sandbox_spec){.memory_mb = 100});
	for (int i = 0; i < sandboxes; i++)
		busy[i] = sandbox_pool_create(&pool, &cold_start_ns);
	for (int i = 0; i < sandboxes; i++)
		sandbox_pool_return(busy[i]);
	for (int i = 1; i <= pauses; i++) {
		engine_run(&engine, ns_from_seconds(i * pause_seconds), 1000);
		struct sandbox *sandbox = sandbox_pool_take(&pool);
		if (sandbox)
			sandbox_pool_return(sandbox);
	}
	return pool.idle_count;
}

static void test_long_request(void)
{
	struct sandbox_pool pool;
	struct sandbox *busy[4];
	int64_t cold_start_ns;
	fresh(&pool, &(struct sandbox_spec){.memory_mb = 100});
	for (int i = 0; i < 4; i++)
		busy[i] = sandbox_pool_create(&pool, &cold_start_ns);
	for (int i = 0; i < 4; i++)
		sandbox_pool_return(busy[i]);
	engine_run(&engine, 300 * NS_PER_SECOND, 10);
	struct sandbox *sandbox = sandbox_pool_take(&pool);
	engine_run(&engine, 700 * NS_PER_SECOND, 10);
	t_int(pool.idle_count, 3, "none goes while a request is worked on");
	sandbox_pool_return(sandbox);
	engine_run(&engine, 1079 * NS_PER_SECOND, 10);
	t_int(pool.idle_count, 4, "nor before 380 s after its end");
	engine_run(&engine, 1081 * NS_PER_SECOND, 10);
	t_int(pool.idle_count, 2, "then half of them");
}

/* A function's only sandbox goes before one that has others beside it; requests keep halvings away. */
static void test_company(void)
{
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 640);
	toy.platform.sandbox.surplus_keep_alive_seconds = toy_constant(&toy.arena, 1420);
	toy.platform.sandbox.halving_seconds = 380;
	t_int(left_after(1, 1, 639), 1, "a single one is there for 640 s");
	t_int(left_after(1, 1, 641), 0, "and no longer");
	t_int(left_after(2, 4, 350), 2, "of two, the idle one is there after 1,400 s");
	t_int(left_after(2, 5, 350), 1, "and not after 1,750 s");
	t_int(left_after(16, 1, 381), 8, "half of sixteen go when nothing comes for 380 s");
	t_int(left_after(16, 3, 379), 16, "none where requests come before that");
	t_int(left_after(16, 1, 380 * 3 + 1), 2, "three times: down to two");
	t_int(left_after(3, 1, 381), 2, "of three one goes, of two none");
	t_int(left_after(2, 1, 1000), 2, "however long nothing comes, before they expire");
	toy.platform.sandbox.halving_share = 0.25;
	toy.platform.sandbox.halving_spares = 8;
	t_int(left_after(16, 1, 381), 12, "or a quarter of them go");
	t_int(left_after(16, 1, 380 * 2 + 1), 9, "and again");
	t_int(left_after(16, 1, 380 * 3 + 1), 8, "down to as many as are spared");
	toy.platform.sandbox.halving_share = 0.01;
	t_int(left_after(16, 1, 1000), 16, "of few sandboxes a small share is none");
	toy.platform.sandbox.halving_share = 0.5;
	toy.platform.sandbox.halving_spares = 2;
	test_long_request();
	toy.platform.sandbox.halving_seconds = 0;
	toy.platform.sandbox.surplus_keep_alive_seconds = (struct quantiles){0};
	toy.platform.sandbox.keep_alive_seconds = toy_constant(&toy.arena, 600);
}

static int64_t observed_seconds(struct sandbox_pool *pool)
{
	sandbox_pool_count(pool);
	return (int64_t)(sandbox_pool_observed_ns(pool, 300 * NS_PER_SECOND) / NS_PER_SECOND);
}

/* Kept for 600 s, and believed to be kept for 300 s. */
static void test_observed(void)
{
	struct sandbox_pool pool;
	int64_t cold_start_ns;
	fresh(&pool, &(struct sandbox_spec){.memory_mb = 100});
	struct sandbox *first = sandbox_pool_create(&pool, &cold_start_ns);
	struct sandbox *second = sandbox_pool_create(&pool, &cold_start_ns);
	sandbox_pool_return(first);
	engine_run(&engine, 200 * NS_PER_SECOND, 10);
	t_int(observed_seconds(&pool), 400, "one is idle and one busy: both are seen up to now");
	engine_run(&engine, 500 * NS_PER_SECOND, 10);
	t_int(observed_seconds(&pool), 300 + 500, "the idle one is believed to be gone after 300 s");
	sandbox_pool_return(second);
	engine_run(&engine, 700 * NS_PER_SECOND, 10);
	t_int(pool.idle_count, 1, "it is gone after 600 s");
	t_int(observed_seconds(&pool), 300 + 700, "which changes nothing for who sees requests");
	t_ok(sandbox_pool_take(&pool) == second, "the other one is used again");
	t_int(observed_seconds(&pool), 300 + 700, "so that its pause was not its end");
	sandbox_pool_destroy(second);
	t_int(observed_seconds(&pool), 300 + 1000, "one that is destroyed is not seen to be");
}

static void test_recycling(void)
{
	struct sandbox_pool pool;
	int64_t cold_start_ns;
	toy.platform.sandbox.lifetime_seconds = toy_constant(&toy.arena, 100);
	fresh(&pool, &(struct sandbox_spec){.memory_mb = 100});
	struct sandbox *sandbox = sandbox_pool_create(&pool, &cold_start_ns);
	sandbox_pool_return(sandbox);
	engine_run(&engine, 99 * NS_PER_SECOND, 10);
	t_int(pool.idle_count, 1, "young enough");
	engine_run(&engine, 100 * NS_PER_SECOND, 10);
	t_int(pool.idle_count, 0, "too old, though not idle for long");
	toy.platform.sandbox.lifetime_seconds = (struct quantiles){0};
}

int main(void)
{
	toy_init(&toy);
	test_cold_starts();
	test_provisioned();
	test_halving();
	test_company();
	test_observed();
	test_recycling();
	toy_release(&toy);
	return t_done();
}
