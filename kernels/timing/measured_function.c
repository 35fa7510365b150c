#include "kernels/timing/measured_function.h"

#include "base/num.h"

enum { LOAD_REPEATS = 5 };

/* A time of exactly 0 says that the clock was too coarse. */
#define LEAST_SECONDS 1e-9

void measured_function_init(struct measured_function *measured, struct timed_network *network,
			    const struct model_function *function, const int64_t *images, size_t size_count,
			    const int64_t *threads, size_t thread_count, struct arena *arena)
{
	*measured = (struct measured_function){
		.network = network,
		.function = function,
		.images = images,
		.size_count = size_count,
		.threads = threads,
		.thread_count = thread_count,
		.records = ARENA_ARRAY(arena, struct scratch_record, size_count),
		.timed = ARENA_ARRAY(arena, struct timed_function *, size_count),
		.phases = ARENA_ARRAY(arena, struct samples, PROFILE_PHASES * size_count),
		.layers = ARENA_ARRAY(arena, struct samples, function->count * thread_count * size_count),
		.times.layers = ARENA_ARRAY(arena, double, function->count),
		.memory = ARENA_ARRAY(arena, struct profile_memory_point, size_count),
	};
	for (size_t i = 0; i < size_count; i++)
		measured->records[i].fd = -1;
}

void measured_function_release(struct measured_function *measured)
{
	for (size_t i = 0; i < measured->size_count; i++)
		scratch_record_release(&measured->records[i]);
	network_weights_release(&measured->weights);
}

static struct samples *phase_samples(const struct measured_function *measured, int phase, size_t size)
{
	return &measured->phases[(size_t)phase * measured->size_count + size];
}

static struct samples *layer_samples(const struct measured_function *measured, size_t layer, size_t thread, size_t size)
{
	return &measured->layers[(layer * measured->thread_count + thread) * measured->size_count + size];
}

bool measured_function_make_records(struct measured_function *measured, struct err *err)
{
	bool is_picture = measured->function->first == 0 && measured->network->takes_pictures;
	for (size_t i = 0; i < measured->size_count; i++) {
		struct timed_function *timed =
			timed_network_function(measured->network, measured->function, measured->images[i], err);
		measured->timed[i] = timed;
		if (!timed ||
		    !scratch_record_init(&measured->records[i], measured->images[i], timed_function_input(timed),
					 is_picture ? RECORD_UINT8 : RECORD_FLOAT32, err))
			return false;
	}
	return true;
}

bool measured_function_load(struct measured_function *measured, struct team *team, struct err *err)
{
	struct network_weights copy;
	const struct execution *execution = &measured->timed[0]->execution;
	network_weights_init(&measured->weights, execution->graph, execution->first, execution->last);
	network_weights_make(&measured->weights, execution->graph, 1, team);
	network_weights_init(&copy, execution->graph, execution->first, execution->last);
	size_t bytes = network_weights_bytes(&measured->weights);
	bool ok = true;
	/* The first one touches the memory. */
	for (int i = 0; ok && i <= LOAD_REPEATS; i++) {
		double seconds;
		ok = function_load_weights(&copy, measured->weights.values, bytes, &seconds, err);
		if (ok && i > 0)
			samples_add(&measured->load, seconds);
	}
	network_weights_release(&copy);
	return ok;
}

bool measured_function_run(struct measured_function *measured, size_t size, size_t thread, struct kept_memory *kept,
			   struct team *team, bool is_warm_up, struct err *err)
{
	if (!function_run(measured->network, measured->timed[size], &measured->weights, &measured->records[size], kept,
			  team, &measured->times, err))
		return false;
	if (is_warm_up)
		return true;
	for (int phase = 0; phase < PROFILE_PHASES; phase++)
		if (phase != PROFILE_LOAD_WEIGHTS)
			samples_add(phase_samples(measured, phase, size), measured->times.phases[phase]);
	for (size_t layer = 0; layer < measured->function->count; layer++)
		samples_add(layer_samples(measured, layer, thread, size), measured->times.layers[layer]);
	return true;
}

static struct profile_point point_of(const struct samples *samples, int64_t images, int64_t threads)
{
	double seconds = samples_least(samples);
	return (struct profile_point){
		.images = images,
		.threads = threads,
		.seconds = samples_rounded(seconds < LEAST_SECONDS ? LEAST_SECONDS : seconds),
		.spread_seconds = samples_rounded(samples_spread(samples)),
	};
}

size_t measured_function_repeats(const struct measured_function *measured)
{
	size_t least = SAMPLES_MAX;
	for (size_t i = 0; i < measured->function->count * measured->thread_count * measured->size_count; i++)
		least = min_size(measured->layers[i].count, least);
	return least;
}

void measured_function_fill(const struct measured_function *measured, struct arena *arena, struct profile_function *out)
{
	*out = (struct profile_function){
		.name = measured->function->name,
		.memory = measured->memory,
		.memory_count = measured->memory_count,
	};
	for (int phase = 0; phase < PROFILE_PHASES; phase++) {
		struct profile_points *points = &out->phases[phase];
		points->count = phase == PROFILE_LOAD_WEIGHTS ? 1 : measured->size_count;
		points->points = ARENA_ARRAY(arena, struct profile_point, points->count);
		for (size_t i = 0; i < points->count; i++)
			points->points[i] = point_of(phase == PROFILE_LOAD_WEIGHTS ? &measured->load
										   : phase_samples(measured, phase, i),
						     measured->images[i], 1);
	}
}

void measured_function_fill_layer(const struct measured_function *measured, size_t index, struct arena *arena,
				  struct profile_layer *out)
{
	const struct timed_layer *layer = &measured->network->layers[measured->function->first + index];
	*out = (struct profile_layer){
		.name = layer->name,
		.kind = layer->kind,
		.function = measured->function->name,
		.mac_per_image = (double)layer->mac_per_image,
		.parameter_bytes = layer->parameter_bytes,
		.input_bytes_per_image = layer->input_bytes_per_image,
		.output_bytes_per_image = layer->output_bytes_per_image,
		.in_place = layer->in_place,
		.times.count = measured->thread_count * measured->size_count,
	};
	/* In a chain the output says all. */
	if (!measured->network->chain) {
		out->fused = layer->fused;
		out->live_bytes_per_image = layer->live_bytes_per_image;
		out->crossing = layer->crossing;
		out->crossing_count = layer->crossing_count;
		out->crossing_bytes_per_image = layer->crossing_bytes_per_image;
		out->cannot_be_cut = !layer->can_be_cut;
	}
	struct profile_point *point = ARENA_ARRAY(arena, struct profile_point, out->times.count);
	out->times.points = point;
	for (size_t thread = 0; thread < measured->thread_count; thread++)
		for (size_t size = 0; size < measured->size_count; size++)
			*point++ = point_of(layer_samples(measured, index, thread, size), measured->images[size],
					    measured->threads[thread]);
}
