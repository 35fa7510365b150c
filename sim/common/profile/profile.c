/*
 * Looking up a profile: times between the measured points. Linear between record sizes, because inference time is
 * affine in batch size (header); at the two ends the nearest two points are continued, held between "proportional"
 * and "constant" so that noise in two close points cannot turn into a negative or shrinking time.
 */
#include "profile/profile.h"

#include <string.h>

const char *const profile_phase_names[PROFILE_PHASES] = {
	[PROFILE_READ] = "read",
	[PROFILE_DECODE] = "decode",
	[PROFILE_LOAD_WEIGHTS] = "load_weights",
	[PROFILE_SERIALISE] = "serialise",
};

bool profile_layer_is_arithmetic(const struct profile_layer *layer)
{
	return strcmp(layer->kind, "conv") == 0 || strcmp(layer->kind, "fc") == 0 || layer->mac_per_image > 0;
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

/* The points of one thread count: those that start at points->points[first]. */
static struct profile_points group_at(const struct profile_points *points, size_t first)
{
	size_t end = first;
	while (end < points->count && points->points[end].threads == points->points[first].threads)
		end++;
	return (struct profile_points){.points = points->points + first, .count = end - first};
}

static void narrow(const struct profile_points *points, int64_t *min, int64_t *max)
{
	for (size_t first = 0; first < points->count;) {
		struct profile_points group = group_at(points, first);
		int64_t least = (group.points[0].images + 1) / 2;
		int64_t most = group.points[group.count - 1].images * 2;
		if (least > *min)
			*min = least;
		if (most < *max)
			*max = most;
		first += group.count;
	}
}

bool profile_covers(const struct profile *profile, int64_t images, int64_t *min, int64_t *max)
{
	*min = 1;
	*max = INT64_MAX;
	for (size_t i = 0; i < profile->layer_count; i++)
		narrow(&profile->layers[i].times, min, max);
	for (size_t i = 0; i < profile->function_count; i++)
		for (int phase = 0; phase < PROFILE_PHASES; phase++)
			if (phase != PROFILE_LOAD_WEIGHTS)
				narrow(&profile->functions[i].phases[phase], min, max);
	return images >= *min && images <= *max;
}

static struct profile_points group_for_threads(const struct profile_points *points, int64_t threads)
{
	struct profile_points best = group_at(points, 0);
	for (size_t first = best.count; first < points->count;) {
		struct profile_points group = group_at(points, first);
		if (group.points[0].threads > threads)
			break;
		best = group;
		first += group.count;
	}
	return best;
}

static double on_line(const struct profile_point *a, const struct profile_point *b, double images)
{
	double slope = (b->seconds - a->seconds) / (double)(b->images - a->images);
	return a->seconds + slope * (images - (double)a->images);
}

static double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

static double below_first(const struct profile_points *group, double images)
{
	const struct profile_point *first = group->points;
	double proportional = first->seconds * images / (double)first->images;
	if (group->count == 1)
		return proportional;
	return clamp(on_line(first, first + 1, images), proportional, first->seconds);
}

static double above_last(const struct profile_points *group, double images)
{
	const struct profile_point *last = group->points + group->count - 1;
	double proportional = last->seconds * images / (double)last->images;
	if (group->count == 1)
		return proportional;
	double continued = on_line(last - 1, last, images);
	return continued < last->seconds ? last->seconds : continued;
}

static double group_seconds(const struct profile_points *group, int64_t images)
{
	const struct profile_point *points = group->points;
	if (images < points[0].images)
		return below_first(group, (double)images);
	for (size_t i = 0; i < group->count; i++) {
		if (points[i].images == images)
			return points[i].seconds;
		if (points[i].images > images)
			return on_line(&points[i - 1], &points[i], (double)images);
	}
	return above_last(group, (double)images);
}

/* Of these points alone: asking the whole profile for each of its layers would take the square of their number. */
static void check_covered(const struct profile_points *points, int64_t images)
{
	int64_t min = 1;
	int64_t max = INT64_MAX;
	narrow(points, &min, &max);
	CHECK(images >= min && images <= max);
}

double profile_layer_seconds(const struct profile *profile, size_t layer, int64_t images, int64_t threads)
{
	CHECK(layer < profile->layer_count);
	CHECK(threads >= 1);
	const struct profile_points *times = &profile->layers[layer].times;
	check_covered(times, images);
	struct profile_points group = group_for_threads(times, threads);
	return group_seconds(&group, images);
}

double profile_phase_seconds(const struct profile *profile, size_t function, enum profile_phase phase, int64_t images)
{
	CHECK(function < profile->function_count);
	const struct profile_points *points = &profile->functions[function].phases[phase];
	if (points->count == 0)
		return 0;
	if (phase != PROFILE_LOAD_WEIGHTS)
		check_covered(points, images);
	struct profile_points group = group_for_threads(points, 1);
	if (phase == PROFILE_LOAD_WEIGHTS) {
		int64_t least = group.points[0].images;
		int64_t most = group.points[group.count - 1].images;
		images = images < least ? least : images > most ? most : images;
	}
	return group_seconds(&group, images);
}
