/* Work that flows: times worked out by hand, a token bucket in closed form, and max-min fairness under random use. */
#include "engine/fluid.h"
#include "platform/network.h"
#include "random/stream.h"
#include "tests/tap.h"

enum { JOBS_MAX = 24, GROUPS = 4 };

struct bench {
	struct arena arena;
	struct engine engine;
	struct fluid fluid;
	struct fluid_group groups[GROUPS];
	struct fluid_job jobs[JOBS_MAX];
	int64_t ended_ns[JOBS_MAX];
	int ended;
};

static void bench_init(struct bench *bench, double capacity, double burst, double refill, double depth)
{
	*bench = (struct bench){0};
	arena_init(&bench->arena);
	engine_init(&bench->engine, &bench->arena, 64);
	fluid_init(&bench->fluid, &bench->engine, capacity);
	for (int i = 0; i < GROUPS; i++)
		fluid_group_init(&bench->groups[i], &bench->fluid, burst, refill, depth);
}

static void ended(struct engine *engine, void *subject, int64_t job)
{
	struct bench *bench = subject;
	bench->ended_ns[job] = engine_now_ns(engine);
	bench->ended++;
}

static void start(struct bench *bench, int job, int group, double work, double rate_max)
{
	fluid_start(&bench->jobs[job], &bench->groups[group], work, rate_max, ended, bench, job);
}

static void run(struct bench *bench, int64_t until_ns)
{
	engine_run(&bench->engine, until_ns, 1000000);
}

static void nothing(struct engine *engine, void *subject, int64_t argument)
{
}

/* Lets time pass, also where nothing flows. */
static void rest(struct bench *bench, int64_t ns)
{
	engine_schedule(&bench->engine, ns, EVENT_PRIORITY_MIN, nothing, NULL, 0);
	run(bench, engine_now_ns(&bench->engine) + ns);
}

static void by_hand(void)
{
	struct bench b;
	bench_init(&b, 2, 2, 2, 0);
	start(&b, 0, 0, 1000, 1);
	start(&b, 1, 0, 1000, 1);
	start(&b, 2, 0, 1000, 2);
	run(&b, INT64_MAX);
	t_int(b.ended_ns[0], 1500, "three on two vCPUs: two thirds of one for each");
	t_int(b.ended_ns[2], 1500, "all alike");
	arena_release(&b.arena);
	bench_init(&b, 2, 2, 2, 0);
	start(&b, 0, 0, 300, 0.25);
	start(&b, 1, 0, 1750, HUGE_VAL);
	run(&b, INT64_MAX);
	t_int(b.ended_ns[1], 1000, "what one cannot take the other has");
	t_int(b.ended_ns[0], 1200, "and it goes on at its own pace");
	arena_release(&b.arena);
	bench_init(&b, 3, 2, 2, 0);
	start(&b, 0, 0, 1500, HUGE_VAL);
	start(&b, 1, 0, 1500, HUGE_VAL);
	start(&b, 2, 1, 1500, HUGE_VAL);
	run(&b, INT64_MAX);
	t_int(b.ended_ns[2], 1000, "groups share alike: 1.5 each");
	t_int(b.ended_ns[0], 1000 + 750,
	      "a group's jobs share its part, and have the group's most when they are alone");
	arena_release(&b.arena);
}

static void stops(void)
{
	struct bench b;
	bench_init(&b, 1, 1, 1, 0);
	start(&b, 0, 0, 1000, 1);
	start(&b, 1, 0, 1000, 1);
	run(&b, 500);
	fluid_stop(&b.engine, &b.jobs[0]);
	fluid_stop(&b.engine, &b.jobs[0]);
	run(&b, INT64_MAX);
	t_int(b.ended, 1, "a stopped job is not told of");
	t_int(b.ended_ns[1], 1250, "and leaves its part to the other");
	start(&b, 0, 0, 0, 1);
	run(&b, INT64_MAX);
	t_int(b.ended_ns[0], 1250, "no work takes no time");
	arena_release(&b.arena);
}

static void stop_the_next(struct engine *engine, void *subject, int64_t job)
{
	struct bench *bench = subject;
	bench->ended++;
	fluid_stop(engine, &bench->jobs[job + 1]);
}

/* What ends in the same instant may be stopped by who is told first. */
static void stops_the_done(void)
{
	struct bench b;
	bench_init(&b, 2, 2, 2, 0);
	fluid_start(&b.jobs[0], &b.groups[0], 1000, 1, stop_the_next, &b, 0);
	start(&b, 1, 0, 1000, 1);
	run(&b, INT64_MAX);
	t_int(b.ended, 1, "two jobs are done together; the first one stops the second, which is not told of");
	t_int(engine_now_ns(&b.engine), 1000, "at the end of both");
	arena_release(&b.arena);
}

/* Alone in its group and fluid, a job takes as long as the closed form of the sandbox's own network says. */
static void token_bucket(void)
{
	struct stream luck;
	stream_init(&luck, 1, 0, 7, 0);
	int differing = 0;
	int wrong_alone = 0;
	for (int round = 0; round < 300; round++) {
		const struct platform_network network = {
			.burst_mb_per_second = 50 + 200 * stream_uniform(&luck),
			.bucket_mb = 100 * stream_uniform(&luck),
			.refill_mb_per_second = 10 + 60 * stream_uniform(&luck),
		};
		struct token_bucket bucket;
		token_bucket_init(&bucket, &network, 1024);
		struct bench b;
		bench_init(&b, HUGE_VAL, bucket.burst_bytes_per_ns,
			   fmin(bucket.burst_bytes_per_ns, bucket.refill_bytes_per_ns), bucket.depth_bytes);
		int64_t now_ns = 0;
		for (int i = 0; i < 4; i++) {
			double bytes = floor(3e8 * stream_uniform(&luck) * stream_uniform(&luck));
			int64_t expected_ns = token_bucket_transfer_ns(&bucket, now_ns, (int64_t)bytes);
			int64_t alone_ns = fluid_alone_ns(&b.groups[0], bytes, HUGE_VAL);
			start(&b, 0, 0, bytes, HUGE_VAL);
			run(&b, INT64_MAX);
			/* A bucket runs dry at a whole ns, one too late at most, 25 at the refill rate.. */
			double rounding_ns = 100;
			differing += fabs((double)(b.ended_ns[0] - now_ns - expected_ns)) > rounding_ns;
			wrong_alone += fabs((double)(alone_ns - expected_ns)) > rounding_ns;
			rest(&b, 2 + (int64_t)(4e9 * stream_uniform(&luck)));
			now_ns = engine_now_ns(&b.engine);
		}
		arena_release(&b.arena);
	}
	t_int(differing, 0, "1,200 transfers after rests: as the bucket's closed form");
	t_int(wrong_alone, 0, "which fluid_alone_ns tells beforehand");
}

/* Nobody is below who could take more; all that `capacity` allows is used unless everybody has what they can take. */
static bool is_fair(const struct fluid_taker *takers, double capacity)
{
	const double tiny = 1e-9 * (1 + fmin(capacity, 1e9));
	double total = 0;
	double largest = 0;
	for (const struct fluid_taker *taker = takers; taker; taker = taker->next) {
		total += taker->rate;
		largest = fmax(largest, taker->rate);
	}
	bool all_full = true;
	for (const struct fluid_taker *taker = takers; taker; taker = taker->next) {
		if (taker->rate > taker->rate_max + tiny)
			return false;
		if (taker->rate >= taker->rate_max - tiny)
			continue;
		all_full = false;
		if (taker->rate < largest - tiny)
			return false;
	}
	return total <= capacity + tiny && (all_full || total > capacity - tiny);
}

static bool is_fair_throughout(const struct bench *bench)
{
	if (!is_fair(bench->fluid.groups, bench->fluid.capacity))
		return false;
	for (int i = 0; i < GROUPS; i++) {
		const struct fluid_group *group = &bench->groups[i];
		if (group->jobs && !is_fair(group->jobs, group->taker.rate))
			return false;
	}
	return true;
}

static void random_use(void)
{
	struct bench b;
	bench_init(&b, 2.5, 1.5, 0.5, 1000);
	struct stream luck;
	stream_init(&luck, 2, 0, 7, 0);
	int unfair = 0;
	int started = 0;
	int stopped = 0;
	double started_work = 0;
	double stopped_work = 0;
	for (int step = 0; step < 20000; step++) {
		int job = (int)stream_below(&luck, JOBS_MAX);
		struct fluid_job *subject = &b.jobs[job];
		if (!subject->group && !subject->ending) {
			double work = floor(2000 * stream_uniform(&luck));
			started_work += work;
			double most = stream_uniform(&luck) < 0.3 ? HUGE_VAL : 0.1 + stream_uniform(&luck);
			start(&b, job, (int)stream_below(&luck, GROUPS), work, most);
			started++;
		} else if (subject->group && stream_uniform(&luck) < 0.1) {
			fluid_stop(&b.engine, subject);
			stopped_work += subject->left;
			stopped++;
		}
		unfair += !is_fair_throughout(&b);
		rest(&b, (int64_t)stream_below(&luck, 300));
		for (int i = 0; i < JOBS_MAX; i++)
			b.jobs[i].ending = 0;
		unfair += !is_fair_throughout(&b);
	}
	run(&b, INT64_MAX);
	t_int(unfair, 0, "40,000 looks at random use: max-min fair");
	t_int(b.ended, started - stopped, "each job ends once, or was stopped");
	double capacity_ns = 2.5 * (double)engine_now_ns(&b.engine);
	t_ok(started_work - stopped_work < capacity_ns, "no more is done than the capacity allows");
	arena_release(&b.arena);
}

int main(void)
{
	by_hand();
	stops();
	stops_the_done();
	token_bucket();
	random_use();
	return t_done();
}
