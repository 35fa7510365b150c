#include "profile/profile_compare.h"

#include <math.h>

/* A pair of times and their spreads, summed. */
struct pair {
	double seconds[2];
	double spread[2];
};

static void add_pair(struct pair *pair, const struct profile_point *first, const struct profile_point *second)
{
	pair->seconds[0] += first->seconds;
	pair->seconds[1] += second->seconds;
	pair->spread[0] += first->spread_seconds;
	pair->spread[1] += second->spread_seconds;
}

/* Relative errors of a ratio add as squares: the two were measured apart. */
static struct profile_ratio ratio_of(const struct pair *pair, const char *layer, const struct profile_point *at)
{
	double ratio = pair->seconds[1] / pair->seconds[0];
	double error = hypot(pair->spread[0] / pair->seconds[0], pair->spread[1] / pair->seconds[1]);
	struct profile_ratio out = {
		.layer = layer,
		.images = at->images,
		.threads = at->threads,
		.seconds = {pair->seconds[0], pair->seconds[1]},
		.ratio = ratio,
		.low = ratio * exp(-error),
		.high = ratio * exp(error),
	};
	out.differs = out.low > 1 || out.high < 1;
	return out;
}

static const struct profile_points *times_of(const struct profile *profile, const char *layer)
{
	int index = profile_find_layer(profile, layer);
	return index < 0 ? NULL : &profile->layers[index].times;
}

static void compare_layer(const struct profile_layer *layer, const struct profile_points *others,
			  struct profile_comparison *out)
{
	for (size_t i = 0; i < layer->times.count; i++) {
		const struct profile_point *point = &layer->times.points[i];
		const struct profile_point *other = profile_find_point(others, point->images, point->threads);
		struct pair pair = {0};
		if (!other)
			continue;
		add_pair(&pair, point, other);
		out->layers[out->layer_count++] = ratio_of(&pair, layer->name, point);
	}
}

/* The network at a size and number of threads, where all layers that both have were measured there. */
static void compare_network(const struct profile *first, const struct profile *second, const struct profile_point *at,
			    struct profile_comparison *out)
{
	struct pair pair = {0};
	for (size_t i = 0; i < first->layer_count; i++) {
		const struct profile_points *others = times_of(second, first->layers[i].name);
		if (!others)
			continue;
		const struct profile_point *point =
			profile_find_point(&first->layers[i].times, at->images, at->threads);
		const struct profile_point *other = profile_find_point(others, at->images, at->threads);
		if (!point || !other)
			return;
		add_pair(&pair, point, other);
	}
	out->networks[out->network_count++] = ratio_of(&pair, NULL, at);
}

static size_t lacking(const struct profile *profile, const struct profile *other)
{
	size_t count = 0;
	for (size_t i = 0; i < other->layer_count; i++)
		count += profile_find_layer(profile, other->layers[i].name) < 0;
	return count;
}

bool profile_compare(const struct profile *first, const struct profile *second, struct arena *arena,
		     struct profile_comparison *out, struct err *err)
{
	const struct profile_layer *common = NULL;
	size_t points = 0;
	for (size_t i = 0; i < first->layer_count; i++)
		points += first->layers[i].times.count;
	*out = (struct profile_comparison){
		.layers = ARENA_ARRAY(arena, struct profile_ratio, points),
		.lacking = {lacking(first, second), lacking(second, first)},
	};
	for (size_t i = 0; i < first->layer_count; i++) {
		const struct profile_points *others = times_of(second, first->layers[i].name);
		if (!others)
			continue;
		common = common ? common : &first->layers[i];
		compare_layer(&first->layers[i], others, out);
	}
	if (!common)
		return err_set(err, "they have no layer in common: '%s' and '%s'", first->model, second->model);
	out->networks = ARENA_ARRAY(arena, struct profile_ratio, common->times.count);
	for (size_t i = 0; i < common->times.count; i++)
		compare_network(first, second, &common->times.points[i], out);
	for (size_t i = 0; i < out->network_count; i++)
		if (!out->worst || fabs(log(out->networks[i].ratio)) > fabs(log(out->worst->ratio)))
			out->worst = &out->networks[i];
	return out->worst || err_set(err, "they were measured at no record size and number of threads alike");
}
