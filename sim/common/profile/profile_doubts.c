/*
 * A single odd time proves nothing where it is a small part of the whole: what a time is too short or too long by
 * counts against the seconds that the whole network takes with that record and those threads.
 */
#include "profile/profile_doubts.h"

#include <string.h>

/* Part of all cores; an idle machine's own services take about a hundredth. */
static const double OTHERS_MOST = 0.05;
static const double STEAL_MOST = 0.05; /* cores */

/* Parts of the network's time. */
static const double SPREAD_MOST = 0.05;
static const double ODD_MOST = 0.03;

/* Speeds that noise and caches of their own explain. */
static const double THREADS_SLACK = 1.1;

/* From records that fill a matrix product on, a layer takes the same time for each image. */
enum { EVEN_FROM_IMAGES = 10 };
static const double UNEVEN_MOST = 1.35;

/* The worst case of a kind so far. */
struct worst {
	double share; /* of the network's time */
	const char *text;
};

struct search {
	const struct profile *profile;
	struct arena *arena;
	struct worst faster_threads;
	struct worst falling;
	struct worst uneven;
};

static const struct profile_point *find_point(const struct profile_points *points, int64_t images, int64_t threads)
{
	for (size_t i = 0; i < points->count; i++)
		if (points->points[i].images == images && points->points[i].threads == threads)
			return &points->points[i];
	return NULL;
}

/* Seconds of all layers with the record and threads of a point. */
static double network_seconds(const struct profile *profile, const struct profile_point *at)
{
	double seconds = 0;
	for (size_t i = 0; i < profile->layer_count; i++) {
		const struct profile_point *point = find_point(&profile->layers[i].times, at->images, at->threads);
		seconds += point ? point->seconds : 0;
	}
	return seconds;
}

static bool is_worse(const struct search *search, struct worst *worst, double seconds, const struct profile_point *at)
{
	double whole = network_seconds(search->profile, at);
	double share = whole > 0 ? seconds / whole : 1;
	if (share <= ODD_MOST || share <= worst->share)
		return false;
	worst->share = share;
	return true;
}

static void check_threads(struct search *search, const char *name, const struct profile_points *points,
			  const struct profile_point *point)
{
	const struct profile_point *alone = find_point(points, point->images, 1);
	if (!alone || point->threads == 1)
		return;
	double gain = alone->seconds / point->seconds;
	double most = THREADS_SLACK * (double)point->threads;
	if (gain > most && is_worse(search, &search->faster_threads, alone->seconds * (1 - most / gain), alone))
		search->faster_threads.text = arena_printf(
			search->arena, "%s of %lld images is %.1f times as fast with %lld threads as with 1", name,
			(long long)point->images, gain, (long long)point->threads);
}

static void check_growth(struct search *search, const char *name, const struct profile_point *before,
			 const struct profile_point *point)
{
	double fall = before->seconds - point->seconds;
	if (fall > 0 && is_worse(search, &search->falling, fall, before))
		search->falling.text = arena_printf(
			search->arena, "%s takes %.3g s for %lld images and %.3g s for %lld (threads: %lld)", name,
			before->seconds, (long long)before->images, point->seconds, (long long)point->images,
			(long long)point->threads);
	double growth = (double)point->images / (double)before->images;
	double excess = point->seconds - UNEVEN_MOST * growth * before->seconds;
	/* A phase may take no time at all. */
	bool is_comparable = before->images >= EVEN_FROM_IMAGES && before->seconds > 0;
	if (is_comparable && excess > 0 && is_worse(search, &search->uneven, excess, point))
		search->uneven.text = arena_printf(
			search->arena,
			"%s takes %.1f times as long an image with %lld images as with %lld (threads: %lld)", name,
			point->seconds / before->seconds / growth, (long long)point->images, (long long)before->images,
			(long long)point->threads);
}

static void check_points(struct search *search, const char *name, const struct profile_points *points)
{
	for (size_t i = 0; i < points->count; i++) {
		const struct profile_point *point = &points->points[i];
		check_threads(search, name, points, point);
		if (i > 0 && points->points[i - 1].threads == point->threads)
			check_growth(search, name, &points->points[i - 1], point);
	}
}

static void add(struct profile_doubts *out, const char *text)
{
	CHECK(out->count < PROFILE_DOUBTS_MAX);
	if (text)
		out->texts[out->count++] = text;
}

static void add_host(const struct profile *profile, struct arena *arena, struct profile_doubts *out)
{
	const struct profile_measurement *measurement = &profile->measurement;
	if (measurement->other_programs_cores > OTHERS_MOST * (double)profile->host.cores)
		add(out, arena_printf(arena, "other programs kept %.2f cores busy meanwhile",
				      measurement->other_programs_cores));
	if (measurement->steal_cores > STEAL_MOST)
		add(out,
		    arena_printf(arena, "the hypervisor took %.2f cores away meanwhile", measurement->steal_cores));
	if (profile->host.sgemm_parallel_speedup > THREADS_SLACK * (double)profile->host.cores)
		add(out, arena_printf(arena, "matrix products are %.2f times as fast on %lld cores as on one",
				      profile->host.sgemm_parallel_speedup, (long long)profile->host.cores));
}

/* Of the largest records: what small ones spread by matters little. */
static void add_spread(const struct profile *profile, struct arena *arena, struct profile_doubts *out)
{
	double seconds = 0;
	double spread = 0;
	bool has_spread = false;
	for (size_t i = 0; i < profile->layer_count; i++) {
		const struct profile_points *times = &profile->layers[i].times;
		seconds += times->points[times->count - 1].seconds;
		spread += times->points[times->count - 1].spread_seconds;
		for (size_t k = 0; k < times->count; k++)
			has_spread = has_spread || times->points[k].spread_seconds > 0;
	}
	double share = spread / seconds + profile->host.sgemm_spread_share;
	int64_t repeats = profile->measurement.repeats;
	if (!has_spread)
		add(out, "no time has a spread: each was measured once, or nothing is known of its repeats");
	else if (repeats > 0 && repeats < PROFILE_REPEATS_LEAST)
		add(out, arena_printf(arena, "some times were measured only %lld times", (long long)repeats));
	if (share > SPREAD_MOST)
		add(out, arena_printf(arena, "repeats disagree by %.1f %% of the network's time", 100 * share));
}

void profile_find_doubts(const struct profile *profile, struct arena *arena, struct profile_doubts *out)
{
	struct search search = {.profile = profile, .arena = arena};
	*out = (struct profile_doubts){.count = 0};
	for (size_t i = 0; i < profile->layer_count; i++)
		check_points(&search, profile->layers[i].name, &profile->layers[i].times);
	for (size_t i = 0; i < profile->function_count; i++)
		for (int phase = 0; phase < PROFILE_PHASES; phase++)
			check_points(&search, profile_phase_names[phase], &profile->functions[i].phases[phase]);
	add_host(profile, arena, out);
	add_spread(profile, arena, out);
	add(out, search.faster_threads.text);
	add(out, search.falling.text);
	add(out, search.uneven.text);
}
