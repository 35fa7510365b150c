/*
 * Max-min fair rates by progressive filling (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2), worked out
 * anew whenever a job begins or ends or a bucket runs dry, and constant in between:
 *
 *     advance_to_now      what is left of jobs, and buckets, go on linearly to the present at the rates so far
 *     (the change)        a job is linked or unlinked
 *     divide_capacity     rates for groups, then for the jobs of each, and the event of the next change
 *
 * What always holds between calls: jobs and tokens are those of updated_ns; rates add up to no more than the capacity,
 * and within a group to the group's; a group is in the fluid's list as long as it has jobs; `next` is the one event of
 * the fluid; a job that flows has a group, one that is done and not told yet has an `ending`.
 *
 * Example: capacity 3 for takers of at most 0.5, 2 and 2. At level 3 / 3 = 1 the first one is full. The other two
 * share what it leaves: level (3 - 0.5) / 2 = 1.25, where neither is full. Rates are 0.5, 1.25 and 1.25. With work 5
 * each, the next change is at 5 / 1.25 = 4 ns, when two jobs end; the first one has 3 left and 6 ns to go.
 */
#include "engine/fluid.h"

#include <math.h>

#include "base/check.h"

/* Times are rounded to ns, and work with them: what takes less than this many ns is rounding, and counts as done. */
static const double REST_NS = 1e-3;

static void next_change(struct engine *engine, void *subject, int64_t argument);

void fluid_init(struct fluid *fluid, struct engine *engine, double capacity)
{
	CHECK(capacity > 0);
	*fluid = (struct fluid){
		.engine = engine, .capacity = capacity, .updated_ns = engine_now_ns(engine), .mark = HUGE_VAL};
}

void fluid_group_init(struct fluid_group *group, struct fluid *fluid, double burst, double refill, double depth)
{
	CHECK(burst > 0 && refill > 0);
	*group = (struct fluid_group){
		.fluid = fluid,
		.burst = burst,
		.refill = fmin(refill, burst),
		.depth = depth,
		.tokens = depth,
		.idle_since_ns = engine_now_ns(fluid->engine),
	};
}

static double add_tokens(const struct fluid_group *group, double rate, double passed_ns)
{
	return fmin(group->depth, fmax(0, group->tokens + passed_ns * (group->refill - rate)));
}

static bool has_tokens(const struct fluid_group *group)
{
	return group->tokens > REST_NS * group->burst;
}

static struct fluid_group *as_group(struct fluid_taker *taker)
{
	return (struct fluid_group *)taker;
}

static struct fluid_job *as_job(struct fluid_taker *taker)
{
	return (struct fluid_job *)taker;
}

/* Brings jobs and tokens up to now. */
static void advance_to_now(struct fluid *fluid)
{
	int64_t now_ns = engine_now_ns(fluid->engine);
	double passed_ns = (double)(now_ns - fluid->updated_ns);
	fluid->updated_ns = now_ns;
	if (passed_ns == 0)
		return;
	double rate = 0;
	for (struct fluid_taker *taker = fluid->groups; taker; taker = taker->next) {
		struct fluid_group *group = as_group(taker);
		group->tokens = add_tokens(group, taker->rate, passed_ns);
		fluid->done += passed_ns * taker->rate;
		rate += taker->rate;
		for (struct fluid_taker *job = group->jobs; job; job = job->next)
			as_job(job)->left -= passed_ns * job->rate;
	}
	fluid->beyond += passed_ns * fmax(0, rate - fluid->mark);
}

/*
 * Progressive filling: all takers get the same level, as high as the capacity allows. A taker whose rate_max is below
 * the level is full, and what it leaves raises the level of the others. The level never falls, so each round fills at
 * least one taker for good or is the last: at most one round more than there are takers.
 */
static void share_out(double capacity, struct fluid_taker *takers)
{
	double level = 0;
	for (;;) {
		double taken = 0;
		double thirsty = 0;
		for (const struct fluid_taker *taker = takers; taker; taker = taker->next) {
			if (taker->rate_max <= level)
				taken += taker->rate_max;
			else
				thirsty++;
		}
		double next = thirsty > 0 ? (capacity - taken) / thirsty : level;
		if (next <= level)
			break;
		level = next;
	}
	for (struct fluid_taker *taker = takers; taker; taker = taker->next)
		taker->rate = fmin(taker->rate_max, level);
}

static double group_rate_max(const struct fluid_group *group)
{
	double by_jobs = 0;
	for (const struct fluid_taker *job = group->jobs; job; job = job->next)
		by_jobs += job->rate_max;
	return fmin(by_jobs, has_tokens(group) ? group->burst : group->refill);
}

/* ns until a job of the group ends or its tokens do; HUGE_VAL where nothing changes by itself. */
static double change_ns(const struct fluid_group *group)
{
	double ns = HUGE_VAL;
	for (struct fluid_taker *job = group->jobs; job; job = job->next)
		ns = fmin(ns, fmax(0, as_job(job)->left) / job->rate);
	if (has_tokens(group) && group->taker.rate > group->refill)
		ns = fmin(ns, group->tokens / (group->taker.rate - group->refill));
	return ns;
}

/* After every change: who flows how fast, and when that changes by itself. */
static void divide_capacity(struct fluid *fluid)
{
	for (struct fluid_taker *group = fluid->groups; group; group = group->next)
		group->rate_max = group_rate_max(as_group(group));
	share_out(fluid->capacity, fluid->groups);
	double ns = HUGE_VAL;
	for (struct fluid_taker *group = fluid->groups; group; group = group->next) {
		share_out(group->rate, as_group(group)->jobs);
		ns = fmin(ns, change_ns(as_group(group)));
	}
	engine_cancel(fluid->engine, fluid->next);
	fluid->next = 0;
	if (!fluid->groups)
		return;
	/* A job that is done but for REST_NS does not wait for another ns. */
	int64_t delay_ns = (int64_t)fmin(ceil(ns - REST_NS), 4e18);
	if (event_delay_fits(delay_ns, engine_now_ns(fluid->engine)))
		fluid->next = engine_schedule(fluid->engine, delay_ns, 0, next_change, fluid, 0);
}

static void link_taker(struct fluid_taker *taker, struct fluid_taker **list)
{
	taker->previous = NULL;
	taker->next = *list;
	if (*list)
		(*list)->previous = taker;
	*list = taker;
}

static void unlink_taker(struct fluid_taker *taker, struct fluid_taker **list)
{
	if (taker->previous)
		taker->previous->next = taker->next;
	else
		*list = taker->next;
	if (taker->next)
		taker->next->previous = taker->previous;
}

static void unlink_job(struct fluid_job *job)
{
	struct fluid_group *group = job->group;
	unlink_taker(&job->taker, &group->jobs);
	job->group = NULL;
	if (group->jobs)
		return;
	unlink_taker(&group->taker, &group->fluid->groups);
	group->idle_since_ns = engine_now_ns(group->fluid->engine);
}

static void link_job(struct fluid_job *job, struct fluid_group *group)
{
	if (!group->jobs) {
		struct fluid *fluid = group->fluid;
		group->tokens = add_tokens(group, 0, (double)(engine_now_ns(fluid->engine) - group->idle_since_ns));
		link_taker(&group->taker, &fluid->groups);
	}
	job->group = group;
	link_taker(&job->taker, &group->jobs);
}

/* Unlinks the jobs that are done; returns them linked by `next`, in the order in which they began. */
static struct fluid_taker *take_done(struct fluid *fluid)
{
	struct fluid_taker *done = NULL;
	struct fluid_taker *next_group;
	for (struct fluid_taker *group = fluid->groups; group; group = next_group) {
		struct fluid_taker *next;
		next_group = group->next;
		for (struct fluid_taker *taker = as_group(group)->jobs; taker; taker = next) {
			struct fluid_job *job = as_job(taker);
			next = taker->next;
			if (job->left > REST_NS * taker->rate)
				continue;
			unlink_job(job);
			taker->next = done;
			done = taker;
		}
	}
	return done;
}

static void next_change(struct engine *engine, void *subject, int64_t argument)
{
	struct fluid *fluid = subject;
	fluid->next = 0;
	advance_to_now(fluid);
	struct fluid_taker *done = take_done(fluid);
	divide_capacity(fluid);
	/* An action may stop other jobs of this instant, so each has an event of its own. */
	for (; done; done = done->next) {
		struct fluid_job *job = as_job(done);
		job->ending = engine_schedule(engine, 0, 0, job->done, job->subject, job->argument);
	}
}

void fluid_start(struct fluid_job *job, struct fluid_group *group, double work, double rate_max, event_action *done,
		 void *subject, int64_t argument)
{
	CHECK(!job->group);
	CHECK(work >= 0 && rate_max > 0);
	advance_to_now(group->fluid);
	*job = (struct fluid_job){
		.taker = {.rate_max = rate_max}, .left = work, .done = done, .subject = subject, .argument = argument};
	link_job(job, group);
	divide_capacity(group->fluid);
}

void fluid_stop(struct engine *engine, struct fluid_job *job)
{
	struct fluid_group *group = job->group;
	if (!group) {
		/* The job may be done, and its `done` not called yet. */
		engine_cancel(engine, job->ending);
		job->ending = 0;
		return;
	}
	advance_to_now(group->fluid);
	unlink_job(job);
	divide_capacity(group->fluid);
}

double fluid_done(struct fluid *fluid)
{
	advance_to_now(fluid);
	return fluid->done;
}

void fluid_watch(struct fluid *fluid, double rate)
{
	advance_to_now(fluid);
	fluid->mark = rate;
	fluid->beyond = 0;
}

double fluid_beyond(struct fluid *fluid)
{
	advance_to_now(fluid);
	return fluid->beyond;
}

int64_t fluid_alone_ns(const struct fluid_group *group, double work, double rate_max)
{
	double rate = fmin(fmin(rate_max, group->burst), group->fluid->capacity);
	double tokens = group->jobs ? group->tokens
				    : add_tokens(group, 0,
						 (double)(engine_now_ns(group->fluid->engine) - group->idle_since_ns));
	double burst_ns = rate > group->refill ? tokens / (rate - group->refill) : HUGE_VAL;
	double ns = work / rate;
	if (ns > burst_ns)
		ns = burst_ns + (work - burst_ns * rate) / group->refill;
	return (int64_t)fmin(ceil(ns - REST_NS), 4e18);
}
