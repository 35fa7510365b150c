/* The parts of a cold start: what a simulation draws has the mean that the planner takes, over random sandboxes. */
#include "platform/cold_start.h"

#include <math.h>

#include "plan/stage.h"
#include "random/stream.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

static struct toy toy;
static struct stream luck;

static struct quantiles two_humps(double low, double high)
{
	double *p = ARENA_ARRAY(&toy.arena, double, 4);
	double *x = ARENA_ARRAY(&toy.arena, double, 4);
	p[0] = 0, p[1] = 0.8, p[2] = 0.801, p[3] = 1;
	x[0] = low, x[1] = 2 * low, x[2] = high, x[3] = 1.1 * high;
	return (struct quantiles){
		.probability = {p, 4}, .value = {x, 4}, .table = {.probability = p, .value = x, .count = 4}};
}

static double below(double limit)
{
	return stream_uniform(&luck) * limit;
}

static struct quantiles maybe(double low, double high)
{
	return stream_below(&luck, 3) == 0 ? (struct quantiles){0} : two_humps(low + below(low), high + below(high));
}

static void random_platform(struct platform_runtime *runtime)
{
	struct platform_sandbox *sandbox = &toy.platform.sandbox;
	sandbox->cold_start_seconds = two_humps(0.1 + below(0.2), 0.5 + below(0.5));
	sandbox->package_seconds = two_humps(0.3 + below(0.3), 6 + below(2));
	sandbox->image_seconds = maybe(0.3, 0.8);
	sandbox->restore_seconds = maybe(0.2, 1);
	toy.platform.device.start_seconds = two_humps(below(2), 3 + below(3));
	*runtime = (struct platform_runtime){
		.name = "x", .init_seconds = two_humps(0.1, 0.3), .image_init_seconds = maybe(0.2, 0.6)};
}

static struct sandbox_spec random_spec(const struct platform_runtime *runtime, const struct quantiles *measured)
{
	return (struct sandbox_spec){
		.memory_mb = 1000,
		.package_mb = below(250),
		.is_image = stream_below(&luck, 2) == 0,
		.has_snapshot = stream_below(&luck, 3) == 0,
		.runtime = stream_below(&luck, 2) == 0 ? runtime : NULL,
		.init_cpu_ns = (int64_t)below(3e9),
		.measured_init = stream_below(&luck, 3) == 0 ? measured : NULL,
		.has_device = stream_below(&luck, 2) == 0,
	};
}

enum { SPECS = 200, DRAWS = 4000 };

static void draws_have_the_mean(void)
{
	int off = 0;
	for (int i = 0; i < SPECS; i++) {
		struct platform_runtime runtime;
		random_platform(&runtime);
		struct quantiles measured = two_humps(1 + below(1), 5);
		struct sandbox_spec spec = random_spec(&runtime, &measured);
		struct cold_start start;
		struct cold_start_times mean;
		cold_start_init(&start, &toy.platform, &spec);
		cold_start_add_up(&start, 1.1, NULL, &mean);
		double sum = 0;
		double squares = 0;
		double init = 0;
		for (int k = 0; k < DRAWS; k++) {
			struct cold_start_times drawn;
			cold_start_add_up(&start, 1.1, &luck, &drawn);
			double seconds = seconds_from_ns(drawn.placed_ns + drawn.init_ns);
			sum += seconds / DRAWS;
			squares += seconds * seconds / DRAWS;
			init += seconds_from_ns(drawn.init_ns) / DRAWS;
		}
		double bar = 4.5 * sqrt(fmax(0, squares - sum * sum) / DRAWS) + 1e-8;
		off += fabs(sum - seconds_from_ns(mean.placed_ns + mean.init_ns)) > bar ||
		       fabs(init - seconds_from_ns(mean.init_ns)) > bar;
	}
	t_int(off, 0, "the mean of a start's draws is its mean");
}

/* What calibrate writes, and what only a GPU instance has, used to be missing from the planner's mean. */
static void planner_knows_every_part(void)
{
	struct quantiles measured = toy_constant(&toy.arena, 3);
	toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = 1});
	struct sandbox_spec *spec = &toy.functions[0].sandbox;
	toy.platform.sandbox = (struct platform_sandbox){
		.cold_start_seconds = toy_constant(&toy.arena, 0.5),
		.package_reference_mb = 250,
		.package_seconds = toy_constant(&toy.arena, 1),
		.warm_start_seconds = toy_constant(&toy.arena, 0.01),
	};
	toy.platform.device.start_seconds = toy_constant(&toy.arena, 5);
	toy.platform.price.init_billed = true;
	struct stage stage;
	spec->init_cpu_ns = 2 * NS_PER_SECOND;
	spec->measured_init = &measured;
	stage_init(&stage, &toy.setting, 0);
	t_near(stage.visits[STAGE_COLD].start_seconds, 3.5, 1e-9, 0, "a measured init phase is all of it");
	t_near(stage.visits[STAGE_COLD].billed_start_seconds, 3, 1e-9, 0, "and is billed");
	spec->has_device = true;
	stage_init(&stage, &toy.setting, 0);
	t_near(stage.visits[STAGE_COLD].start_seconds, 8.5, 1e-9, 0, "a device must be ready");
	spec->is_image = true;
	spec->package_mb = 6000;
	toy.platform.sandbox.image_mb_per_second = 500;
	toy.platform.sandbox.image_read_share = 1;
	stage_init(&stage, &toy.setting, 0);
	t_near(stage.visits[STAGE_COLD].start_seconds, 8.5 + 12, 1e-9, 0, "an image is pulled");
	toy.platform.sandbox.image_read_share = 0.065;
	stage_init(&stage, &toy.setting, 0);
	t_near(stage.visits[STAGE_COLD].start_seconds, 8.5 + 0.78, 1e-9, 0, "or the chunks of it that are read");
}

int main(void)
{
	toy_init(&toy);
	stream_init(&luck, 1, 0, stream_id_from_name("test"), 0);
	draws_have_the_mean();
	planner_knows_every_part();
	toy_release(&toy);
	return t_done();
}
