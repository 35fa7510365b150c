#include "profile/profile_split.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/check.h"

/* Where functions end: indices past their last layers, ascending; the last one is the network's end. */
struct ends {
	size_t values[PROFILE_SPLIT_MAX];
	size_t count;
};

static bool can_cut_after(const struct profile *profile, size_t layer)
{
	return layer + 1 < profile->layer_count && !profile->layers[layer].cannot_be_cut;
}

static bool ends_from_layers(const struct profile *profile, const struct profile_split *split, struct ends *ends,
			     struct err *err)
{
	if (split->layer_count >= PROFILE_SPLIT_MAX)
		return err_set(err, "%zu cuts; at most %d can be made", split->layer_count, PROFILE_SPLIT_MAX - 1);
	for (size_t i = 0; i < split->layer_count; i++) {
		int layer = profile_find_layer(profile, split->layers[i]);
		if (layer < 0) {
			const char *names[1000];
			size_t count = profile->layer_count < 1000 ? profile->layer_count : 1000;
			for (size_t j = 0; j < count; j++)
				names[j] = profile->layers[j].name;
			const char *meant = did_you_mean(split->layers[i], names, count);
			return err_set(err, "model '%s' has no layer '%.80s'%s%s%s", profile->model, split->layers[i],
				       meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
		}
		if ((size_t)layer + 1 == profile->layer_count)
			return err_set(err, "layer '%s' is the last one: nothing comes after a cut there",
				       split->layers[i]);
		if (ends->count > 0 && (size_t)layer < ends->values[ends->count - 1])
			return err_set(err, "layer '%s' does not come after layer '%s'", split->layers[i],
				       split->layers[i - 1]);
		if (!can_cut_after(profile, (size_t)layer))
			return err_set(err,
				       "the network cannot be cut after layer '%s': what crosses there is not one "
				       "piece for each image",
				       split->layers[i]);
		ends->values[ends->count++] = (size_t)layer + 1;
	}
	ends->values[ends->count++] = profile->layer_count;
	return true;
}

/* The work up to each layer, in multiply-accumulates, or layers where there are none. */
static double *work_sums(const struct profile *profile, struct arena *arena)
{
	double *sums = ARENA_ARRAY(arena, double, profile->layer_count + 1);
	double all = 0;
	for (size_t i = 0; i < profile->layer_count; i++)
		all += profile->layers[i].mac_per_image;
	for (size_t i = 0; i < profile->layer_count; i++)
		sums[i + 1] = sums[i] + (all > 0 ? profile->layers[i].mac_per_image : 1);
	return sums;
}

/*
 * The cheapest cuts into `count` functions: best[k][i] are the bytes that cross when the first i layers are k
 * functions, from[k][i] where the last of these begins. False where there are none.
 */
static bool ends_from_count(const struct profile *profile, size_t count, struct arena *arena, struct ends *ends)
{
	size_t layers = profile->layer_count;
	double *sums = work_sums(profile, arena);
	double share = sums[layers] / (2.0 * (double)count);
	double *best = ARENA_ARRAY(arena, double, (count + 1) * (layers + 1));
	size_t *from = ARENA_ARRAY(arena, size_t, (count + 1) * (layers + 1));
	for (size_t i = 0; i < (count + 1) * (layers + 1); i++)
		best[i] = INFINITY;
	best[0] = 0;
	for (size_t k = 1; k <= count; k++)
		for (size_t i = k; i <= layers; i++) {
			if (i < layers && !can_cut_after(profile, i - 1))
				continue;
			double crossing = i < layers ? (double)profile_cut_bytes_per_image(&profile->layers[i - 1]) : 0;
			for (size_t j = k - 1; j < i && sums[i] - sums[j] >= share; j++) {
				double bytes = best[(k - 1) * (layers + 1) + j] + crossing;
				if (bytes >= best[k * (layers + 1) + i])
					continue;
				best[k * (layers + 1) + i] = bytes;
				from[k * (layers + 1) + i] = j;
			}
		}
	if (isinf(best[count * (layers + 1) + layers]))
		return false;
	ends->count = count;
	for (size_t k = count, i = layers; k > 0; k--) {
		ends->values[k - 1] = i;
		i = from[k * (layers + 1) + i];
	}
	return true;
}

static bool find_ends(const struct profile *profile, const struct profile_split *split, struct arena *arena,
		      struct ends *ends, struct err *err)
{
	*ends = (struct ends){.count = 0};
	if (split->is_auto) {
		size_t count = PROFILE_SPLIT_AUTO_MAX;
		while (!ends_from_count(profile, count, arena, ends))
			count--;
		return true;
	}
	if (split->count == 0)
		return ends_from_layers(profile, split, ends, err);
	return ends_from_count(profile, (size_t)split->count, arena, ends) ||
	       err_set(err,
		       "model '%s' cannot be cut into %" PRId64 " functions with half an even share of the work each",
		       profile->model, split->count);
}

/* The function of the profile that a layer was measured in. */
static const struct profile_function *measured_in(const struct profile *profile, size_t layer)
{
	int function = profile_find_function(profile, profile->layers[layer].function);
	CHECK(function >= 0);
	return &profile->functions[function];
}

static double parameter_bytes(const struct profile *profile, const char *function, size_t first, size_t end)
{
	double bytes = 0;
	for (size_t i = first; i < end; i++)
		if (strcmp(profile->layers[i].function, function) == 0)
			bytes += (double)profile->layers[i].parameter_bytes;
	return bytes;
}

/* The times of loading all functions that the piece has layers of, each by the piece's share of its weights. */
static void split_load(const struct profile *profile, size_t first, size_t end, struct arena *arena,
		       struct profile_points *out)
{
	const struct profile_points *points = &measured_in(profile, first)->phases[PROFILE_LOAD_WEIGHTS];
	double seconds = 0, spread = 0;
	for (size_t i = 0; i < profile->function_count; i++) {
		const struct profile_function *function = &profile->functions[i];
		const struct profile_points *load = &function->phases[PROFILE_LOAD_WEIGHTS];
		double whole = parameter_bytes(profile, function->name, 0, profile->layer_count);
		double part = parameter_bytes(profile, function->name, first, end);
		if (load->count == 0 || part == 0)
			continue;
		points = load;
		seconds += load->points[0].seconds * part / whole;
		spread += load->points[0].spread_seconds * part / whole;
	}
	if (seconds == 0)
		return;
	out->count = 1;
	out->points = ARENA_NEW(arena, struct profile_point);
	out->points[0] = points->points[0];
	out->points[0].seconds = seconds;
	out->points[0].spread_seconds = spread;
}

/* Times of copying what crosses after a layer, for the record sizes that the layer was measured with. */
static void copy_crossing(const struct profile *profile, size_t layer, struct arena *arena, struct profile_points *out)
{
	const struct profile_points *times = &profile->layers[layer].times;
	double bytes = 2 * (double)profile_cut_bytes_per_image(&profile->layers[layer]);
	double seconds_per_image = bytes / (1e9 * profile->host.memory_gb_per_second);
	*out = (struct profile_points){.points = ARENA_ARRAY(arena, struct profile_point, times->count)};
	for (size_t i = 0; i < times->count && times->points[i].threads == 1; i++)
		out->points[out->count++] = (struct profile_point){
			.images = times->points[i].images,
			.threads = 1,
			.seconds = seconds_per_image * (double)times->points[i].images,
		};
}

static bool begins_measured(const struct profile *profile, size_t layer)
{
	return layer == 0 || strcmp(profile->layers[layer].function, profile->layers[layer - 1].function) != 0;
}

/* A piece's phases: measured where one of the profile's functions begins or ends there. */
static void describe_piece(const struct profile *profile, size_t first, size_t end, struct arena *arena,
			   struct profile_function *piece)
{
	if (begins_measured(profile, first)) {
		piece->phases[PROFILE_READ] = measured_in(profile, first)->phases[PROFILE_READ];
		piece->phases[PROFILE_DECODE] = measured_in(profile, first)->phases[PROFILE_DECODE];
	} else {
		copy_crossing(profile, first - 1, arena, &piece->phases[PROFILE_DECODE]);
	}
	if (end == profile->layer_count || begins_measured(profile, end))
		piece->phases[PROFILE_SERIALISE] = measured_in(profile, end - 1)->phases[PROFILE_SERIALISE];
	else
		copy_crossing(profile, end - 1, arena, &piece->phases[PROFILE_SERIALISE]);
	split_load(profile, first, end, arena, &piece->phases[PROFILE_LOAD_WEIGHTS]);
}

bool profile_split_apply(const struct profile *profile, const struct profile_split *split, struct arena *arena,
			 struct profile *out, struct err *err)
{
	struct ends ends;
	if (!find_ends(profile, split, arena, &ends, err))
		return false;
	*out = *profile;
	out->layers = ARENA_ARRAY(arena, struct profile_layer, profile->layer_count);
	memcpy(out->layers, profile->layers, profile->layer_count * sizeof *out->layers);
	out->functions = ARENA_ARRAY(arena, struct profile_function, ends.count);
	out->function_count = ends.count;
	size_t first = 0;
	for (size_t i = 0; i < ends.count; i++) {
		struct profile_function *piece = &out->functions[i];
		piece->name = arena_printf(arena, "part%zu", i + 1);
		describe_piece(profile, first, ends.values[i], arena, piece);
		for (; first < ends.values[i]; first++)
			out->layers[first].function = piece->name;
	}
	return true;
}
