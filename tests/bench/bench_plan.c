/*
 * Proven optima over all that today's platform sells: every memory in steps of 1 MB (128 to 10,240), records of 50 to
 * 1,000 images in steps of 50, 1 to 1,000 parallel jobs, both schedules. A unit is one plan: the tables of times and
 * costs, and the cheapest plan for a deadline that costs neither nothing nor everything.
 */
#include "base/check.h"
#include "tests/bench/bench.h"

#include "plan/search.h"
#include "tests/unit/toy.h"

enum { IMAGES = 100000, IMAGES_MAX = 1000, IMAGES_STEP = 50 };

/* Per image, much as the paper's convolutions and fully connected layers. */
static const struct toy_work per_image[] = {
	{.cpu_seconds = 0.010, .download_mb = 0.602, .upload_mb = 0.173, .memory_mb = 1.451},
	{.cpu_seconds = 0.030, .download_mb = 0.173, .upload_mb = 0.111, .memory_mb = 0.766},
	{.cpu_seconds = 0.014, .download_mb = 0.111, .upload_mb = 0.038, .memory_mb = 0.353},
	{.cpu_seconds = 0.009, .download_mb = 0.038, .upload_mb = 0.004, .memory_mb = 0.060},
};

struct planning {
	size_t functions;
	double deadline_seconds;
	double gap; /* the largest that any plan left open */
};

static void set_today(struct platform *platform, struct arena *arena)
{
	platform->memory = (struct platform_memory){.min_mb = 128, .max_mb = 10240, .step_mb = 1};
	platform->cpu.mb_per_vcpu = 1769;
	platform->cpu.visible_up_to_mb = (struct bind_ints){ARENA_ARRAY(arena, int64_t, 1), 1};
	platform->cpu.visible_vcpus = (struct bind_ints){ARENA_ARRAY(arena, int64_t, 1), 1};
	platform->cpu.visible_up_to_mb.values[0] = 10240;
	platform->cpu.visible_vcpus.values[0] = 6;
	platform->price.granularity_seconds = 0.001;
	platform->limits.concurrency = 1000;
	platform->limits.burst = 1000;
}

static struct toy *make_pipeline(const struct planning *planning, int64_t images_per_record, struct arena *arena)
{
	struct toy *toy = ARENA_NEW(arena, struct toy);
	double n = (double)images_per_record;
	toy_init(toy);
	toy_lucky(toy);
	set_today(&toy->platform, &toy->arena);
	toy->setting.images_per_record = images_per_record;
	for (size_t i = 0; i < planning->functions; i++) {
		const struct toy_work *each = &per_image[i % ARRAY_LEN(per_image)];
		struct toy_work work = {
			.cpu_seconds = each->cpu_seconds * n * (1 + 0.03 * (double)i),
			.threads = 2,
			.download_mb = each->download_mb * n,
			.upload_mb = each->upload_mb * n,
			.import_seconds = 4,
			.memory_mb = 437 + each->memory_mb * n,
		};
		toy_function(toy, "f", 3008, &work)->sandbox.package_mb = 250;
	}
	toy_records(toy, div_ceil_int64(IMAGES, images_per_record));
	return toy;
}

static void plan_once(struct planning *planning)
{
	struct arena arena;
	struct toy *pipelines[IMAGES_MAX / IMAGES_STEP];
	struct space space;
	size_t count = 0;
	arena_init(&arena);
	for (int64_t images = IMAGES_STEP; images <= IMAGES_MAX; images += IMAGES_STEP) {
		struct toy *toy = pipelines[count] = make_pipeline(planning, images, &arena);
		struct plan_memory memory = {128, 10240, 1};
		if (count++ == 0)
			space_init_of_setting(&space, &toy->setting, &memory, 0.03, &arena);
		else
			space_add_setting(&space, &toy->setting);
	}
	struct search_request request = {.space = &space, .goal = search_cheapest()};
	struct search_answer answer;
	request.goal.seconds_max = planning->deadline_seconds;
	search(&request, &answer);
	if (!answer.found) {
		fprintf(stderr, "no plan for %g s\n", planning->deadline_seconds);
		exit(1);
	}
	planning->gap = fmax(planning->gap, (answer.objective - answer.bound) / answer.objective);
	for (size_t i = 0; i < count; i++)
		toy_release(pipelines[i]);
	arena_release(&arena);
}

static void run(void *context, uint64_t plans)
{
	for (uint64_t i = 0; i < plans; i++)
		plan_once(context);
}

int main(void)
{
	struct planning paper = {.functions = 4, .deadline_seconds = 120};
	struct planning ten = {.functions = 10, .deadline_seconds = 240};
	bench_report("plan_paper_1mb", bench_measure(run, &paper, 2), "plans/s", NULL, 0);
	bench_report("plan_ten_functions_1mb", bench_measure(run, &ten, 1), "plans/s", NULL, 0);
	printf("proven gaps at most %.2g %% and %.2g %%\n", 100 * paper.gap, 100 * ten.gap);
	return 0;
}
