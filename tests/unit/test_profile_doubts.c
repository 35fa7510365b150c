/* Which profiles are not to be trusted: one is made as a quiet machine makes it, then disturbed in one way. */
#include "profile/profile.h"

#include "tests/tap.h"

enum { SIZES = 3, POINTS = 2 * SIZES };

struct fixture {
	struct arena arena;
	struct profile profile;
	struct profile_layer layers[2];
	struct profile_function function;
	struct profile_point conv[POINTS];
	struct profile_point relu[POINTS];
};

static void fill_times(struct profile_layer *layer, struct profile_point *points, double seconds_per_image)
{
	static const int64_t images[SIZES] = {10, 50, 100};
	for (int i = 0; i < POINTS; i++) {
		int64_t threads = 1 + i / SIZES;
		double seconds = seconds_per_image * (double)images[i % SIZES] / (double)threads;
		points[i] = (struct profile_point){images[i % SIZES], threads, seconds, 0.002 * seconds};
	}
	layer->times = (struct profile_points){points, POINTS};
}

static void setup(struct fixture *f)
{
	*f = (struct fixture){0};
	arena_init(&f->arena);
	f->layers[0] = (struct profile_layer){.name = "conv1", .kind = "conv", .function = "all"};
	f->layers[1] = (struct profile_layer){.name = "relu1", .kind = "relu", .function = "all"};
	fill_times(&f->layers[0], f->conv, 0.01);
	fill_times(&f->layers[1], f->relu, 0.0001);
	f->function = (struct profile_function){.name = "all"};
	f->profile = (struct profile){
		.host = {.cores = 2, .sgemm_gflop_per_second_per_core = 100, .sgemm_parallel_speedup = 1.9},
		.measurement = {.repeats = 3, .other_programs_cores = 0.02},
		.layers = f->layers,
		.layer_count = 2,
		.functions = &f->function,
		.function_count = 1,
	};
}

/* The only doubt is this one; NULL: there is none. */
static void expect(struct fixture *f, const char *text, const char *name)
{
	struct profile_doubts doubts;
	profile_find_doubts(&f->profile, &f->arena, &doubts);
	t_int(doubts.count, text != NULL, name);
	if (text && doubts.count > 0)
		t_has(doubts.texts[0], text, name);
	arena_release(&f->arena);
}

static void test_memory_and_medians(void)
{
	struct fixture f;
	struct profile_memory_point memory[] = {{1, 300 << 20, 290 << 20}, {10, 500 << 20, 400 << 20}};
	setup(&f);
	f.function.memory = memory;
	f.function.memory_count = 1;
	expect(&f, NULL, "a process takes some for itself");
	setup(&f);
	f.function.memory = memory;
	f.function.memory_count = 2;
	expect(&f, "all takes 500 MiB for 10 images where its plan has 400", "but not so much");
	setup(&f);
	memory[1].planned_bytes = 0;
	f.function.memory = memory;
	f.function.memory_count = 2;
	expect(&f, NULL, "nobody planned");
	setup(&f);
	f.profile.measurement.interval_share = 0.029;
	expect(&f, NULL, "a median known to 3 %");
	setup(&f);
	f.profile.measurement.interval_share = 0.041;
	expect(&f, "some median of the network's time is known to 4.1 % only", "one that is not");
}

static void test_host(void)
{
	struct fixture f;
	setup(&f);
	expect(&f, NULL, "a quiet machine");
	setup(&f);
	f.profile.measurement.other_programs_cores = 1.4;
	expect(&f, "other programs kept 1.40 cores busy meanwhile", "a busy neighbour");
	setup(&f);
	f.profile.measurement.steal_cores = 0.2;
	expect(&f, "the hypervisor took 0.20 cores away meanwhile", "a busy host");
	setup(&f);
	f.profile.host.sgemm_parallel_speedup = 4.5;
	expect(&f, "matrix products are 4.50 times as fast on 2 cores as on one", "products");
}

static void test_repeats(void)
{
	struct fixture f;
	setup(&f);
	for (int i = 0; i < POINTS; i++)
		f.conv[i].spread_seconds = f.relu[i].spread_seconds = 0;
	expect(&f, "no time has a spread", "spreads of 0");
	setup(&f);
	f.profile.measurement.repeats = 2;
	expect(&f, "some times were measured only 2 times", "two repeats");
	setup(&f);
	f.profile.measurement.repeats = 0;
	expect(&f, NULL, "written by hand, with spreads");
	setup(&f);
	f.conv[POINTS - 1].spread_seconds = 0.08 * f.conv[POINTS - 1].seconds;
	expect(&f, "repeats disagree by 7.9 % of the network's time", "repeats that disagree");
	setup(&f);
	f.relu[POINTS - 1].spread_seconds = f.relu[POINTS - 1].seconds;
	expect(&f, NULL, "in a layer that hardly counts");
	setup(&f);
	f.profile.host.sgemm_spread_share = 0.1;
	expect(&f, "repeats disagree by 10.2 %", "the reference as well");
}

static void test_times(void)
{
	struct fixture f;
	setup(&f);
	for (int i = SIZES; i < POINTS; i++)
		f.conv[i].seconds = f.conv[i - SIZES].seconds / 4.5;
	expect(&f, "images is 4.5 times as fast with 2 threads as with 1", "threads too fast");
	setup(&f);
	f.conv[2].seconds = 0.9 * f.conv[1].seconds;
	f.conv[5].seconds = f.conv[2].seconds / 2;
	struct profile_doubts doubts;
	profile_find_doubts(&f.profile, &f.arena, &doubts);
	t_int(doubts.count, 1, "100 images take less than 50");
	t_has(doubts.texts[0], "conv1 takes 0.5 s for 50 images and 0.45 s for 100 (threads: 1)", "in words");
	arena_release(&f.arena);
	setup(&f);
	f.conv[2].seconds *= 2.4;
	f.conv[5].seconds *= 2.4;
	expect(&f, "conv1 takes 2.4 times as long an image with 100 images as with 50", "page faults in large records");
	setup(&f);
	f.relu[2].seconds = f.relu[1].seconds / 2;
	expect(&f, NULL, "noise in a layer that hardly counts");
}

static void test_shift(void)
{
	struct fixture f;
	setup(&f);
	f.profile.host.sgemm_spread_share = 0.1;
	profile_shift(&f.profile, 1);
	t_near(f.conv[0].seconds, 0.1002, 1e-12, 0, "a time with its spread");
	t_near(f.profile.host.sgemm_gflop_per_second_per_core, 110, 1e-12, 0, "the reference in the same direction");
	f.conv[0].spread_seconds = 5;
	profile_shift(&f.profile, -1);
	t_near(f.conv[0].seconds, 0.01002, 1e-12, 0, "a time stays above 0");
	arena_release(&f.arena);
}

int main(void)
{
	test_host();
	test_memory_and_medians();
	test_repeats();
	test_times();
	test_shift();
	return t_done();
}
