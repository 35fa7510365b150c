/*
 * Times between and beyond what a profile has measured.
 *
 * Between record sizes: inference time is affine in batch size (header), so straight lines where one line meets all of
 * a layer's sizes, as far as its points' residuals allow; elsewhere (a matrix-vector product that becomes a matrix
 * product, a cache that overflows) Steffen's monotone interpolation (Astronomy and Astrophysics 239, 1990; GSL's
 * gsl_interp_steffen) of the logarithms. Both go through every measured point. At the two ends the nearest two points
 * are continued, held between "proportional" and "constant" so that noise in two close points cannot turn into a
 * negative or shrinking time.
 *
 * Between thread counts: linear in 1 / threads, as Amdahl's law has it. Beyond the largest: Amdahl's law (AFIPS 1967)
 * with the serial share fitted by least squares to all measured counts, but never faster than the host's memory, whose
 * copy bandwidth over threads follows the same law, carries what the layer must move. Its error: what the repeats'
 * spreads do to the fitted share, and that threads scale at best as ideally from the largest measured count on.
 */
#include <gsl/gsl_interp.h>
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "profile/profile.h"

/* A line meets all sizes where it misses none by more than this part of it, or by more than its spreads. */
static const double AFFINE_RESIDUAL_MOST = 0.02;
static const double AFFINE_SPREADS_MOST = 2;

/* Threads that wait for each other longer than they compute; a larger share would be noise. */
static const double SERIAL_SHARE_MOST = 2;

/* A deviation of what is evenly spread is its whole width over this root, twice. */
static const double ROOT_OF_3 = 1.7320508075688772;

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
		int64_t least = (group.points[0].images + PROFILE_REACH - 1) / PROFILE_REACH;
		int64_t most = group.points[group.count - 1].images * PROFILE_REACH;
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

/* Whether one line, fitted by least squares of relative errors, meets all points. */
static bool is_affine(const struct profile_points *group)
{
	double weight = 0, x = 0, y = 0, xx = 0, xy = 0;
	for (size_t i = 0; i < group->count; i++) {
		const struct profile_point *point = &group->points[i];
		double w = 1 / (point->seconds * point->seconds);
		double images = (double)point->images;
		weight += w;
		x += w * images;
		y += w * point->seconds;
		xx += w * images * images;
		xy += w * images * point->seconds;
	}
	double slope = (weight * xy - x * y) / (weight * xx - x * x);
	double start = (y - slope * x) / weight;
	for (size_t i = 0; i < group->count; i++) {
		const struct profile_point *point = &group->points[i];
		double allowed =
			fmax(AFFINE_RESIDUAL_MOST * point->seconds, AFFINE_SPREADS_MOST * point->spread_seconds);
		if (fabs(start + slope * (double)point->images - point->seconds) > allowed)
			return false;
	}
	return true;
}

enum { NEIGHBOURS = 2 }; /* on either side: Steffen's curve depends on no others */

/* Between points[right - 1] and points[right]. */
static double on_curve(const struct profile_points *group, size_t right, double images)
{
	double x[2 * NEIGHBOURS];
	double y[2 * NEIGHBOURS];
	size_t first = right > NEIGHBOURS ? right - NEIGHBOURS : 0;
	size_t end = min_size(right + NEIGHBOURS, group->count);
	size_t count = 0;
	for (size_t i = first; i < end; i++, count++) {
		x[count] = log((double)group->points[i].images);
		y[count] = log(group->points[i].seconds);
	}
	gsl_interp *curve = gsl_interp_alloc(gsl_interp_steffen, count);
	gsl_interp_init(curve, x, y, count);
	double seconds = exp(gsl_interp_eval(curve, x, y, log(images), NULL));
	gsl_interp_free(curve);
	return seconds;
}

/* A curve needs three points, and logarithms. */
static bool can_be_curved(const struct profile_points *group)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->points[i].seconds <= 0)
			return false;
	return group->count > NEIGHBOURS;
}

static double group_seconds(const struct profile_points *group, int64_t images)
{
	const struct profile_point *points = group->points;
	size_t right = 0;
	while (right < group->count && points[right].images < images)
		right++;
	if (right < group->count && points[right].images == images)
		return points[right].seconds;
	if (right == 0)
		return below_first(group, (double)images);
	if (right == group->count)
		return above_last(group, (double)images);
	if (!can_be_curved(group) || is_affine(group))
		return on_line(&points[right - 1], &points[right], (double)images);
	return on_curve(group, right, (double)images);
}

/* Of these points alone: asking the whole profile for each of its layers would take the square of their number. */
static void check_covered(const struct profile_points *points, int64_t images)
{
	int64_t min = 1;
	int64_t max = INT64_MAX;
	narrow(points, &min, &max);
	CHECK(images >= min && images <= max);
}

/* A layer's time for so many images with each number of threads that was measured. */
struct by_threads {
	double threads[PROFILE_THREADS_MAX];
	double seconds[PROFILE_THREADS_MAX];
	double spread_share[PROFILE_THREADS_MAX]; /* of the nearest measured size */
	size_t count;
};

static double nearest_spread_share(const struct profile_points *group, int64_t images)
{
	const struct profile_point *nearest = group->points;
	for (size_t i = 1; i < group->count && group->points[i].images <= images; i++)
		nearest = &group->points[i];
	return nearest->seconds > 0 ? nearest->spread_seconds / nearest->seconds : 0;
}

static void tabulate_threads(const struct profile_points *times, int64_t images, struct by_threads *out)
{
	out->count = 0;
	for (size_t first = 0; first < times->count;) {
		struct profile_points group = group_at(times, first);
		out->threads[out->count] = (double)group.points[0].threads;
		out->seconds[out->count] = group_seconds(&group, images);
		out->spread_share[out->count++] = nearest_spread_share(&group, images);
		first += group.count;
	}
}

/* By least squares: t_i / t_1 - 1 / p_i = share * (1 - 1 / p_i). With one thread alone nothing is known: all of it. */
static double serial_share(const struct by_threads *by, double *deviation)
{
	double products = 0;
	double squares = 0;
	double variance = 0;
	for (size_t i = 1; i < by->count; i++) {
		double ideal = 1 / by->threads[i];
		double ratio = by->seconds[i] / by->seconds[0];
		double noise = ratio * hypot(by->spread_share[i], by->spread_share[0]);
		products += (1 - ideal) * (ratio - ideal);
		squares += (1 - ideal) * (1 - ideal);
		variance += (1 - ideal) * (1 - ideal) * noise * noise;
	}
	*deviation = squares > 0 ? sqrt(variance) / squares : 0;
	return squares > 0 ? clamp(products / squares, 0, SERIAL_SHARE_MOST) : 1;
}

static double amdahl(double serial, double threads)
{
	return serial + (1 - serial) / threads;
}

/* Bytes that a layer must move: its parameters once, each image's activations in and out. */
static double bytes_moved(const struct profile_layer *layer, int64_t images)
{
	double per_image = (double)layer->input_bytes_per_image + (double)layer->output_bytes_per_image;
	return (double)layer->parameter_bytes + (double)images * per_image;
}

/* What the memory cannot do faster with so many threads; 0 where nobody knows how its bandwidth grows. */
static double memory_seconds(const struct profile_host *host, const struct profile_layer *layer, int64_t images,
			     double threads)
{
	if (host->memory_parallel_speedup <= 0 || host->memory_parallel_threads < 2)
		return 0;
	double measured = (double)host->memory_parallel_threads;
	double serial = clamp((1 / host->memory_parallel_speedup - 1 / measured) / (1 - 1 / measured), 0, 1);
	return bytes_moved(layer, images) / (1e9 * host->memory_gb_per_second) * amdahl(serial, threads);
}

/* Beyond the most threads that were measured. */
static struct profile_time beyond_threads(const struct profile *profile, const struct profile_layer *layer,
					  const struct by_threads *by, int64_t images, double threads)
{
	size_t last = by->count - 1;
	double deviation;
	double serial = serial_share(by, &deviation);
	double law = by->seconds[0] * amdahl(serial, threads);
	double seconds = fmax(law, memory_seconds(&profile->host, layer, images, threads));
	double ideal = by->seconds[last] * by->threads[last] / threads;
	double of_fit = by->seconds[0] * (1 - 1 / threads) * deviation;
	double of_law = fmax(0, seconds - ideal) / ROOT_OF_3;
	return (struct profile_time){.seconds = seconds, .error_share = hypot(of_fit, of_law) / seconds};
}

struct profile_time profile_layer_time(const struct profile *profile, size_t index, int64_t images, int64_t threads)
{
	CHECK(index < profile->layer_count);
	CHECK(threads >= 1);
	const struct profile_layer *layer = &profile->layers[index];
	struct by_threads by;
	check_covered(&layer->times, images);
	tabulate_threads(&layer->times, images, &by);
	double wanted = (double)threads;
	size_t right = 0;
	while (right < by.count && by.threads[right] < wanted)
		right++;
	if (right == by.count)
		return beyond_threads(profile, layer, &by, images, wanted);
	if (by.threads[right] == wanted)
		return (struct profile_time){.seconds = by.seconds[right]};
	double part = (1 / by.threads[right - 1] - 1 / wanted) / (1 / by.threads[right - 1] - 1 / by.threads[right]);
	return (struct profile_time){.seconds = by.seconds[right - 1] +
						part * (by.seconds[right] - by.seconds[right - 1])};
}

double profile_layer_seconds(const struct profile *profile, size_t layer, int64_t images, int64_t threads)
{
	return profile_layer_time(profile, layer, images, threads).seconds;
}

struct profile_roofs profile_layer_roofs(const struct profile *profile, size_t index, int64_t images)
{
	const struct profile_layer *layer = &profile->layers[index];
	const struct profile_host *host = &profile->host;
	double gflop = 2e-9 * layer->mac_per_image * (double)images;
	/* Matrix products that somebody wrote down without their number. */
	bool is_uncounted = gflop == 0 && (strcmp(layer->kind, "conv") == 0 || strcmp(layer->kind, "fc") == 0);
	return (struct profile_roofs){
		.arithmetic_seconds = is_uncounted ? HUGE_VAL : gflop / host->sgemm_gflop_per_second_per_core,
		.memory_seconds = bytes_moved(layer, images) / (1e9 * host->memory_gb_per_second),
	};
}

double profile_phase_seconds(const struct profile *profile, size_t function, enum profile_phase phase, int64_t images)
{
	CHECK(function < profile->function_count);
	const struct profile_points *points = &profile->functions[function].phases[phase];
	if (points->count == 0)
		return 0;
	if (phase != PROFILE_LOAD_WEIGHTS)
		check_covered(points, images);
	struct profile_points group = group_at(points, 0);
	if (phase == PROFILE_LOAD_WEIGHTS) {
		int64_t least = group.points[0].images;
		int64_t most = group.points[group.count - 1].images;
		images = min_int64(max_int64(images, least), most);
	}
	return group_seconds(&group, images);
}

double profile_peak_bytes(const struct profile *profile, size_t index, int64_t images)
{
	CHECK(index < profile->function_count);
	const struct profile_function *function = &profile->functions[index];
	const struct profile_memory_point *points = function->memory;
	if (function->memory_count < 2)
		return function->memory_count
			       ? (double)points[0].peak_bytes * fmax(1, (double)images / (double)points[0].images)
			       : 0;
	size_t right = 1;
	while (right + 1 < function->memory_count && points[right].images < images)
		right++;
	const struct profile_memory_point *a = &points[right - 1];
	const struct profile_memory_point *b = &points[right];
	double slope = (double)(b->peak_bytes - a->peak_bytes) / (double)(b->images - a->images);
	return fmax((double)a->peak_bytes + fmax(0, slope) * (double)(images - a->images), 0);
}
