/* What is looked up in a profile by name, and the reasons not to trust one. Times are in profile_times.c. */
#include "profile/profile.h"

#include <string.h>

#include "base/num.h"

const char *const profile_phase_names[PROFILE_PHASES] = {
	[PROFILE_READ] = "read",
	[PROFILE_DECODE] = "decode",
	[PROFILE_LOAD_WEIGHTS] = "load_weights",
	[PROFILE_SERIALISE] = "serialise",
};

int64_t profile_cut_bytes_per_image(const struct profile_layer *layer)
{
	return layer->crossing_bytes_per_image > 0 ? layer->crossing_bytes_per_image : layer->output_bytes_per_image;
}

/* Never to less than a tenth, nor below what a measured time must be. */
static double shifted(double value, double by)
{
	return value + by > value / 10 ? value + by : value / 10;
}

static void shift_points(struct profile_points *points, double spreads)
{
	for (size_t i = 0; i < points->count; i++) {
		struct profile_point *point = &points->points[i];
		point->seconds = shifted(point->seconds, spreads * point->spread_seconds);
	}
}

void profile_shift(struct profile *profile, double spreads)
{
	struct profile_host *host = &profile->host;
	for (size_t i = 0; i < profile->layer_count; i++)
		shift_points(&profile->layers[i].times, spreads);
	for (size_t i = 0; i < profile->function_count; i++)
		for (int phase = 0; phase < PROFILE_PHASES; phase++)
			shift_points(&profile->functions[i].phases[phase], spreads);
	host->sgemm_gflop_per_second_per_core =
		shifted(host->sgemm_gflop_per_second_per_core,
			spreads * host->sgemm_spread_share * host->sgemm_gflop_per_second_per_core);
	host->memory_gb_per_second =
		shifted(host->memory_gb_per_second, spreads * host->memory_spread_share * host->memory_gb_per_second);
}

int profile_find_layer(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->layer_count; i++)
		if (strcmp(profile->layers[i].name, name) == 0)
			return (int)i;
	return -1;
}

int profile_find_function(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->function_count; i++)
		if (strcmp(profile->functions[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct profile_point *profile_find_point(const struct profile_points *points, int64_t images, int64_t threads)
{
	for (size_t i = 0; i < points->count; i++)
		if (points->points[i].images == images && points->points[i].threads == threads)
			return &points->points[i];
	return NULL;
}

/*
 * A single odd time proves nothing where it is a small part of the whole: what a time is too short or too long by
 * counts against the seconds that the whole network takes with that record and those threads.
 */

/* Part of all cores; an idle machine's own services take about a hundredth. */
static const double OTHERS_MOST = 0.05;
static const double STEAL_MOST = 0.05; /* cores */

/* Parts of the network's time. */
static const double SPREAD_MOST = 0.05;
static const double INTERVAL_MOST = 0.03; /* of one size and number of threads */
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

/* Seconds of all layers with the record and threads of a point. */
static double network_seconds(const struct profile *profile, const struct profile_point *at)
{
	double seconds = 0;
	for (size_t i = 0; i < profile->layer_count; i++) {
		const struct profile_point *point =
			profile_find_point(&profile->layers[i].times, at->images, at->threads);
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
	const struct profile_point *alone = profile_find_point(points, point->images, 1);
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

static void add_doubt(struct profile_doubts *out, const char *text)
{
	CHECK(out->count < PROFILE_DOUBTS_MAX);
	if (text)
		out->texts[out->count++] = text;
}

static void add_host(const struct profile *profile, struct arena *arena, struct profile_doubts *out)
{
	const struct profile_measurement *measurement = &profile->measurement;
	if (measurement->other_programs_cores > OTHERS_MOST * (double)profile->host.cores)
		add_doubt(out, arena_printf(arena, "other programs kept %.2f cores busy meanwhile",
					    measurement->other_programs_cores));
	if (measurement->steal_cores > STEAL_MOST)
		add_doubt(out, arena_printf(arena, "the hypervisor took %.2f cores away meanwhile",
					    measurement->steal_cores));
	if (profile->host.sgemm_parallel_speedup > THREADS_SLACK * (double)profile->host.cores)
		add_doubt(out, arena_printf(arena, "matrix products are %.2f times as fast on %lld cores as on one",
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
		add_doubt(out, "no time has a spread: each was measured once, or nothing is known of its repeats");
	else if (repeats > 0 && repeats < PROFILE_REPEATS_LEAST)
		add_doubt(out, arena_printf(arena, "some times were measured only %lld times", (long long)repeats));
	if (profile->measurement.interval_share > INTERVAL_MOST)
		add_doubt(out, arena_printf(arena, "some median of the network's time is known to %.1f %% only",
					    100 * profile->measurement.interval_share));
	if (share > SPREAD_MOST)
		add_doubt(out, arena_printf(arena, "repeats disagree by %.1f %% of the network's time", 100 * share));
}

/* More than the plan of its tensors' lives and the process itself explain. */
static void add_memory(const struct profile *profile, struct arena *arena, struct profile_doubts *out)
{
	static const double SLACK_SHARE = 0.1;
	static const double PROCESS_BYTES = 32 * 1024 * 1024;
	static const double MIB = 1024 * 1024;
	double most = 0;
	const char *text = NULL;
	for (size_t i = 0; i < profile->function_count; i++)
		for (size_t k = 0; k < profile->functions[i].memory_count; k++) {
			const struct profile_memory_point *point = &profile->functions[i].memory[k];
			double planned = (double)point->planned_bytes;
			double excess = (double)point->peak_bytes - (1 + SLACK_SHARE) * planned - PROCESS_BYTES;
			if (planned == 0 || excess <= most)
				continue;
			most = excess;
			text = arena_printf(arena, "%s takes %.0f MiB for %lld images where its plan has %.0f",
					    profile->functions[i].name, (double)point->peak_bytes / MIB,
					    (long long)point->images, planned / MIB);
		}
	add_doubt(out, text);
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
	add_memory(profile, arena, out);
	add_doubt(out, search.faster_threads.text);
	add_doubt(out, search.falling.text);
	add_doubt(out, search.uneven.text);
}
