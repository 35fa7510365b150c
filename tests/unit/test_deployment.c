/* A setting as it is deployed: sizes for comparison, reserved places, what a request takes. */
#include "deploy/deployment.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* Of a month, of each function. */
static const double calls[] = {10, 2000.4, 300, 1e30};

static void test_points(void)
{
	struct toy toy;
	struct deployment plan;
	toy_network(&toy, 100, SCHEDULE_PER_RECORD, 10);
	toy.platform.memory = (struct platform_memory){.min_mb = 128, .max_mb = 3008, .step_mb = 1};
	toy.functions[0].memory_mb = 1769;
	deployment_init(&plan, &toy.setting, calls, &toy.arena);
	const struct deployed_function *conv1 = &plan.functions[0];
	static const int64_t sizes_mb[] = {1024, 1536, 1769, 2048, 3008};
	t_int(plan.function_count, 4, "four functions");
	t_str(conv1->name, "conv1", "the first");
	t_int(conv1->point_count, 5, "sizes that are sold and hold 900 MB, and its own");
	for (size_t i = 0; i < conv1->point_count; i++)
		t_int(conv1->points[i].memory_mb, sizes_mb[i], "a size");
	for (size_t i = 1; i < conv1->point_count; i++)
		t_ok(conv1->points[i].seconds <= conv1->points[i - 1].seconds, "more memory is not slower");
	t_near(conv1->seconds, conv1->points[2].seconds, 0, 0, "its own size's time");
	t_near(conv1->usd, conv1->points[2].usd, 0, 0, "and cost");
	t_ok(conv1->seconds > 6.0 / 2 && conv1->seconds < 6, "6 s of CPU on 1.77 vCPUs take %g s", conv1->seconds);
	t_int(plan.functions[1].monthly_requests, 2000, "calls of a month, each function's own");
	t_ok(plan.functions[3].monthly_requests > 0, "however many");
	t_int(conv1->timeout_seconds, 900, "the timeout");
	t_int(plan.images_per_record, 100, "images per record");
	t_str(plan.schedule, "per_record", "the schedule");
	toy_release(&toy);
}

static void test_reserved(void)
{
	struct toy toy;
	struct deployment plan;
	toy_network(&toy, 1000, SCHEDULE_PER_RECORD, 225);
	toy.platform.limits.unreserved = 100;
	toy.functions[1].reserved_concurrency = 7;
	toy.functions[2].timeout_ns = 1500 * NS_PER_MS;
	deployment_init(&plan, &toy.setting, calls, &toy.arena);
	t_int(plan.functions[0].reserved_concurrency, 225,
	      "places for every job, where 4 x 225 of 1000 - 100 are left");
	t_int(plan.functions[1].reserved_concurrency, 7, "what was stated stays");
	t_int(plan.functions[2].timeout_seconds, 2, "a timeout in whole seconds");
	toy.setting.parallel = 226;
	deployment_init(&plan, &toy.setting, calls, &toy.arena);
	t_int(plan.functions[0].reserved_concurrency, 0, "none where the account has not that many");
	toy.setting.parallel = INT64_MAX;
	deployment_init(&plan, &toy.setting, calls, &toy.arena);
	t_int(plan.functions[0].reserved_concurrency, 0, "none where jobs have no bound");
	toy_release(&toy);
}

int main(void)
{
	test_points();
	test_reserved();
	return t_done();
}
