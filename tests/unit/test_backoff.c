/*
 * When a call that was throttled or has failed is made again: doubling, cap, the jitter's mean, and what begins anew
 * after a failure. Counts alone would not see a wrong delay, so times are held to those of plain loops.
 */
#include "base/check.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

/* Two callers want the one place, which the first keeps for so long. */
static void one_place(struct toy *toy, double busy_seconds)
{
	toy_init(toy);
	toy_records(toy, 2);
	toy->setting.parallel = 2;
	toy->platform.limits.concurrency = 1;
	toy->platform.limits.retry_min_seconds = 0.1;
	toy->platform.limits.retry_max_seconds = 3.2;
	toy_function(toy, "f", 1000, &(struct toy_work){.cpu_seconds = busy_seconds});
}

/* Mean number of refused calls in busy_seconds, with delays even between 0 and a cap that doubles up to the most. */
static double plain_refusals(double busy_seconds, double least, double most)
{
	enum { RUNS = 20000 };
	struct stream luck;
	stream_init(&luck, 7, 0, 1, 0);
	double refusals = 0;
	for (int run = 0; run < RUNS; run++) {
		double cap = least;
		double now = 0;
		for (; now < busy_seconds; cap = fmin(most, 2 * cap)) {
			refusals++;
			now += cap * stream_uniform(&luck);
		}
	}
	return refusals / RUNS;
}

static double simulated_refusals(struct toy *toy, int runs)
{
	double refusals = 0;
	for (int seed = 1; seed <= runs; seed++)
		refusals += (double)toy_simulate(toy, (uint64_t)seed).functions[0].throttles;
	return refusals / runs;
}

/* The first caller's sandbox takes 0.5 s to start. */
static void test_full_jitter(void)
{
	static const double seconds[] = {0.5, 2, 20, 200};
	for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
		struct toy toy;
		one_place(&toy, seconds[i]);
		double want = plain_refusals(seconds[i] + 0.5, 0.1, 3.2);
		char name[80];
		snprintf(name, sizeof name, "refusals while the place is taken for %g s", seconds[i]);
		t_near(simulated_refusals(&toy, 400), want, 0.05, 0, name);
		toy_release(&toy);
	}
}

/* How long after the place is free it is taken again: at most the cap, on average near a third of it. */
static void test_cap(void)
{
	struct toy toy;
	one_place(&toy, 500);
	double longest = 0;
	double sum = 0;
	for (int seed = 1; seed <= 400; seed++) {
		double idle = seconds_from_ns(toy_simulate(&toy, (uint64_t)seed).makespan_ns) - 0.5 - 500 - 0.01 - 500;
		longest = fmax(longest, idle);
		sum += idle;
	}
	t_ok(longest < 3.2, "no delay is longer than the cap (%.2f s)", longest);
	t_ok(longest > 2.2, "and some come near (%.2f s)", longest);
	/* What is left of a delay when the place gets free: E[d^2] / 2 E[d] of delays even between 0 and 3.2. */
	t_near(sum / 400, 3.2 / 3, 0.1, 0, "on average a third of it is left");
	toy_release(&toy);
}

enum { CALLERS = 3, TRIES = 3 };

/* A caller of a service's queue: when it calls next, how often it was refused since its last failure, its failures. */
struct caller {
	double next_seconds;
	int refused;
	int failed;
};

/* Whose call is next; at the same time the one who has waited for it longest would be, but no two are. */
static struct caller *next_caller(struct caller *callers)
{
	struct caller *next = NULL;
	for (int i = 0; i < CALLERS; i++)
		if (callers[i].failed < TRIES && (!next || callers[i].next_seconds < next->next_seconds))
			next = &callers[i];
	return next;
}

/* One place; every visit takes the same time and fails; a refused call waits 1, 2, 4, ... s, a failed one its rest. */
static double plain_queue(double visit_seconds, const double *rests, int *refusals)
{
	struct caller callers[CALLERS] = {{0}};
	double free_from = 0;
	double end = 0;
	*refusals = 0;
	for (int i = 0; i < CALLERS; i++)
		callers[i].next_seconds = 1e-9 * i;
	for (struct caller *caller; (caller = next_caller(callers));) {
		double now = caller->next_seconds;
		if (now < free_from) {
			++*refusals;
			caller->next_seconds = now + fmin(300, ldexp(1, caller->refused++));
			continue;
		}
		end = free_from = now + visit_seconds;
		caller->refused = 0;
		caller->next_seconds = end + (caller->failed < TRIES - 1 ? rests[caller->failed] : 0);
		caller->failed++;
	}
	return end;
}

/* The queue's back-off begins anew after a failure, and doubles up to its cap. */
static void test_after_failure(void)
{
	static const double visits[] = {7.3, 41.7, 97.1, 333.3};
	for (size_t i = 0; i < ARRAY_LEN(visits); i++) {
		struct toy toy;
		toy_init(&toy);
		double *rests = ARENA_ARRAY(&toy.arena, double, 2);
		rests[0] = 60;
		rests[1] = 120;
		toy.setting.invocation = INVOCATION_ASYNC;
		toy.platform.limits.async_retry_seconds = (struct bind_doubles){rests, 2};
		toy.platform.limits.async_backoff_min_seconds = 1;
		toy.platform.limits.async_backoff_max_seconds = 300;
		toy.platform.limits.async_age_seconds = 21600;
		toy.platform.limits.concurrency = 1;
		toy.platform.sandbox.cold_start_seconds = toy_constant(&toy.arena, 0);
		toy.platform.sandbox.warm_start_seconds = toy_constant(&toy.arena, 0);
		toy_records(&toy, CALLERS);
		toy.setting.parallel = CALLERS;
		toy.setting.failures.error_rate = 1;
		toy_function(&toy, "f", 1000, &(struct toy_work){.cpu_seconds = visits[i]});
		struct outcome outcome = toy_simulate(&toy, 1);
		int refusals;
		double end = plain_queue(visits[i], rests, &refusals);
		t_int(outcome.functions[0].errors, CALLERS * TRIES, "every visit fails");
		t_int(outcome.functions[0].throttles, refusals, "refused as often as in a plain queue");
		t_near(seconds_from_ns(outcome.makespan_ns), end, 1e-6, 0, "and done at the same time");
		toy_release(&toy);
	}
}

int main(void)
{
	test_full_jitter();
	test_cap();
	test_after_failure();
	return t_done();
}
