/*
 * How much later than in the mean a batch ends, against what can be worked out by hand, and the method's own example
 * of a relaxation (solve.c).
 */
#include "plan/lateness.h"
#include "plan/solve.h"
#include "tests/tap.h"
#include "tests/unit/toy_plan.h"

static const int64_t memory_mb[LATENESS_STEPS] = {1000, 1500, 2000, 3000};

/* One value or the other, equally often. */
static struct quantiles either(struct toy *toy, double low, double high)
{
	struct quantiles q = toy_between(&toy->arena, low, high);
	q.probability.values[0] = 0.5 - 1e-9;
	q.probability.values[1] = 0.5 + 1e-9;
	return q;
}

static void measure(struct toy *toy, int64_t parallel_max, struct lateness *out)
{
	size_t count = toy->setting.function_count;
	struct stage *stages = ARENA_ARRAY(&toy->arena, struct stage, count);
	struct lateness_steps *steps = ARENA_ARRAY(&toy->arena, struct lateness_steps, count);
	for (size_t i = 0; i < count; i++) {
		stage_init(&stages[i], &toy->setting, i);
		for (int s = 0; s < LATENESS_STEPS; s++) {
			struct stage_figures figures;
			stage_at(&stages[i], memory_mb[s], &figures);
			steps[i].memory_mb[s] = memory_mb[s];
			steps[i].cold_seconds[s] = figures.cold_seconds;
		}
	}
	lateness_measure(&toy->setting, stages, steps, parallel_max, &toy->arena, out);
}

/* At the first step, all functions. */
static double late_seconds(const struct toy *toy, const struct lateness *lateness, int64_t waves)
{
	double seconds = 0;
	for (size_t i = 0; i < toy->setting.function_count; i++)
		seconds += lateness_of(lateness, i, waves, lateness->steps[i].cold_seconds[0]);
	return seconds;
}

static void init(struct toy *toy, int64_t records, size_t functions)
{
	toy_init(toy);
	toy->platform.sandbox.cold_start_seconds = either(toy, 1, 3);
	toy->platform.sandbox.package_seconds = toy_constant(&toy->arena, 0);
	for (size_t i = 0; i < functions; i++)
		toy_function(toy, "f", 1000, &(struct toy_work){.cpu_seconds = 3, .memory_mb = 100});
	toy_records(toy, records);
}

/* The longest of n visits of 1 s or 3 s takes 3 s but once in 2^n times. */
static void test_longest_of_many(void)
{
	for (int64_t n = 1; n <= 8; n *= 2) {
		struct toy toy;
		struct lateness lateness;
		init(&toy, n, 1);
		measure(&toy, 100, &lateness);
		double want = 3 - 2 * pow(0.5, (double)n) - 2;
		t_near(late_seconds(&toy, &lateness, 1), want, 0, n == 1 ? 0 : 0.08, "the longest of many");
		toy_release(&toy);
	}
}

/* Of two functions' visits both are long once in four times: the longest of two sums of 2, 4 or 6 s. */
static void test_functions(void)
{
	struct toy toy;
	struct lateness lateness;
	init(&toy, 2, 2);
	measure(&toy, 100, &lateness);
	double want = (6 * 7 + 4 * 8 + 2 * 1) / 16.0 - 4;
	t_near(late_seconds(&toy, &lateness, 1), want, 0, 0.1, "two functions are late together");
	t_near(lateness_of(&lateness, 0, 1, lateness.steps[0].cold_seconds[0]), want / 2, 0, 0.05,
	       "and equally so where they are alike");
	toy_release(&toy);
}

/*
 * Two jobs, four records: first visits of 4 s or 6 s, then ones of 3 s. The batch takes 7 s where both jobs begin
 * quickly, and 9 s else, as the fourth record goes to the second job at 6 s: 8.5 s in the mean, of which 5 s and 3 s
 * are in step.
 */
static void test_waves(void)
{
	struct toy toy;
	struct lateness lateness;
	init(&toy, 4, 1);
	toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0);
	measure(&toy, 100, &lateness);
	t_near(late_seconds(&toy, &lateness, 2), 0.25 * 7 + 0.75 * 9 - 8, 0, 0.1, "two waves");
	t_near(late_seconds(&toy, &lateness, 4), 0, 0, 0, "one job is never late");
	toy_release(&toy);

	/* First visits of 4 s or 12 s: where one job is slow, the other one takes both records, whichever it is. */
	init(&toy, 4, 1);
	toy.platform.sandbox.cold_start_seconds = either(&toy, 1, 9);
	toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0);
	measure(&toy, 100, &lateness);
	t_near(late_seconds(&toy, &lateness, 2), 0.25 * 7 + 0.5 * 12 + 0.25 * 15 - 11, 0, 0.2, "the first one free");
	toy_release(&toy);

	init(&toy, 64, 1);
	measure(&toy, 100, &lateness);
	double of_8 = late_seconds(&toy, &lateness, 8);
	double of_12 = late_seconds(&toy, &lateness, 12);
	t_ok(of_8 != of_12, "eight and twelve waves differ");
	t_near(late_seconds(&toy, &lateness, 9), of_8 + (of_12 - of_8) / 4, 1e-9, 0, "nine lie between them");
	t_near(late_seconds(&toy, &lateness, 64), 0, 0, 0, "as many waves as records are one job");
	toy_release(&toy);
	init(&toy, 64000, 1);
	measure(&toy, 1000, &lateness);
	t_near(late_seconds(&toy, &lateness, 640), late_seconds(&toy, &lateness, 64), 0, 0, "many are as many more");
	toy_release(&toy);
}

static void test_none(void)
{
	struct toy toy;
	struct lateness lateness;
	init(&toy, 8, 1);
	toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 2);
	measure(&toy, 100, &lateness);
	t_near(late_seconds(&toy, &lateness, 1), 0, 0, 1e-9, "without luck nothing is late");
	toy_release(&toy);
	init(&toy, 8, 1);
	toy.functions[0].sandbox.provisioned = 8;
	measure(&toy, 100, &lateness);
	t_near(late_seconds(&toy, &lateness, 1), 0, 0, 1e-9, "nor on sandboxes that are there before");
	toy.functions[0].sandbox.provisioned = 4;
	measure(&toy, 100, &lateness);
	t_near(late_seconds(&toy, &lateness, 1), 3 - 2 / 16.0 - 2, 0, 0.1, "the others are as late as they are many");
	toy.functions[0].sandbox.provisioned = 0;
	measure(&toy, 4, &lateness);
	t_near(late_seconds(&toy, &lateness, 1), 0, 0, 0, "more jobs than are allowed are not measured");
	t_ok(late_seconds(&toy, &lateness, 2) > 0.2, "fewer are");
	toy_release(&toy);
}

/* Twice as fast a CPU makes half as late. */
static void test_memory(void)
{
	struct toy toy;
	struct lateness lateness;
	init(&toy, 16, 1);
	toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0);
	toy.platform.cpu.speed_spread = 0.2;
	toy.functions[0].work.phases[WORK_COMPUTE].threads = 2;
	toy.functions[0].last_work = toy.functions[0].work;
	measure(&toy, 100, &lateness);
	const double *cold = lateness.steps[0].cold_seconds;
	double slow = lateness_of(&lateness, 0, 1, cold[0]);
	double fast = lateness_of(&lateness, 0, 1, cold[2]);
	t_near(fast, slow / 2, 0.02, 0, "half the CPU time, half the lateness");
	/* Blom's approximation of the largest of 16 normal values: 1.77 deviations. */
	t_near(slow, 3 * (exp(1.77 * 0.2) - exp(0.02)), 0.1, 0, "which is that of the slowest of 16 sandboxes");
	double between = lateness_of(&lateness, 0, 1, (cold[0] + cold[1]) / 2);
	t_near(between, (slow + lateness_of(&lateness, 0, 1, cold[1])) / 2, 1e-9, 0, "in between it is in between");
	toy_release(&toy);
}

/* As solve.c works it out: 4 s and 3 s for 4 USD, and no gap. */
static void test_relaxation(void)
{
	static const double a_seconds[] = {4, 2};
	static const double a_usd[] = {1, 3};
	static const double b_seconds[] = {6, 3};
	static const double b_usd[] = {2, 3};
	static const double none[2];
	struct solve_task task = {
		.stages = {{a_seconds, none, none, a_usd, NULL, NULL, 2, 0},
			   {b_seconds, none, none, b_usd, NULL, NULL, 2, 0}},
		.stage_count = 2,
		.usd_weight = 1,
		.seconds_max = 8,
		.usd_max = HUGE_VAL,
		.beat = HUGE_VAL,
	};
	struct solve_multipliers start = {.usd = 0};
	struct solve_answer answer;
	solve(&task, &start, &answer);
	t_near(answer.bound, 11.0 / 3, 1e-3, 0, "the relaxation's bound");
	task.labels_max = 100;
	start = (struct solve_multipliers){.usd = 0};
	solve(&task, &start, &answer);
	t_ok(answer.found && answer.choice[0] == 0 && answer.choice[1] == 1, "the best choice");
	t_near(answer.usd, 4, 0, 0, "its cost");
	t_near(answer.bound, 4, 1e-12, 0, "which is proven");
}

int main(void)
{
	test_longest_of_many();
	test_functions();
	test_waves();
	test_none();
	test_memory();
	test_relaxation();
	return t_done();
}
