#include "kernels/model/weights.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "random/stream.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "weights files are little-endian and copied as they are");

/* Values drawn from one stream: pieces of a layer can be made by different threads. */
enum { CHUNK_VALUES = 64 * 1024 };

void model_weights_init(struct model_weights *weights, const struct model *model, const struct model_function *function)
{
	CHECK(function->count >= 1 && function->first + function->count <= model->layer_count);
	*weights = (struct model_weights){.model = model, .first = function->first, .count = function->count};
	weights->offsets = mem_alloc((function->count + 1) * sizeof *weights->offsets);
	for (size_t i = 0; i < function->count; i++)
		weights->offsets[i + 1] = weights->offsets[i] + layer_parameters(&model->layers[function->first + i]);
	weights->value_count = weights->offsets[function->count];
	weights->values = floats_alloc((size_t)weights->value_count, &weights->memory);
}

void model_weights_release(struct model_weights *weights)
{
	mem_free(weights->memory);
	mem_free(weights->offsets);
	*weights = (struct model_weights){0};
}

struct fill_job {
	float *values;
	int64_t count;
	float bound;
	uint64_t seed;
	uint32_t layer_id;
};

static void fill_chunks(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct fill_job *job = context;
	uint32_t purpose = stream_id_from_name("weights");
	for (int64_t chunk = first; chunk < last; chunk++) {
		struct stream stream;
		stream_init(&stream, job->seed, 0, purpose, (uint64_t)job->layer_id << 32 | (uint64_t)chunk);
		int64_t begin = chunk * CHUNK_VALUES;
		int64_t end = begin + CHUNK_VALUES < job->count ? begin + CHUNK_VALUES : job->count;
		uint64_t word = 0;
		for (int64_t i = begin; i < end; i++) {
			/* The 24 bits that a float holds, twice from each word. */
			word = (i - begin) % 2 == 0 ? stream_u64(&stream) : word << 32;
			int32_t bits = (int32_t)(word >> 40) - (1 << 23);
			job->values[i] = ((float)bits + 0.5f) * 0x1p-23f * job->bound;
		}
	}
}

void model_weights_make(struct model_weights *weights, uint64_t seed, struct team *team)
{
	for (size_t i = 0; i < weights->count; i++) {
		const struct layer *layer = &weights->model->layers[weights->first + i];
		if (layer->weight_count == 0)
			continue;
		double inputs = (double)(layer->weight_count / layer->output.channels);
		struct fill_job job = {
			.values = weights->values + weights->offsets[i],
			.count = layer->weight_count,
			/* A uniform distribution on [-b, b] has variance b^2 / 3. */
			.bound = (float)sqrt(6.0 / inputs),
			.seed = seed,
			.layer_id = stream_id_from_name(layer->name),
		};
		team_run(team, (job.count + CHUNK_VALUES - 1) / CHUNK_VALUES, 1, fill_chunks, &job);
		memset(job.values + job.count, 0, (size_t)layer->bias_count * sizeof(float));
	}
}

int64_t model_weights_bytes(const struct model_weights *weights)
{
	return weights->value_count * (int64_t)sizeof(float);
}

bool model_weights_load(struct model_weights *weights, const void *bytes, size_t byte_count, struct err *err)
{
	size_t wanted = (size_t)model_weights_bytes(weights);
	if (byte_count != wanted)
		return err_set(err, "the weights have %zu bytes; layers '%s' to '%s' of model '%s' need %zu",
			       byte_count, weights->model->layers[weights->first].name,
			       weights->model->layers[weights->first + weights->count - 1].name, weights->model->name,
			       wanted);
	memcpy(weights->values, bytes, wanted);
	return true;
}

static size_t index_in(const struct model_weights *weights, size_t layer)
{
	CHECK(layer >= weights->first && layer < weights->first + weights->count);
	return layer - weights->first;
}

const float *model_weights_of(const struct model_weights *weights, size_t layer)
{
	size_t i = index_in(weights, layer);
	return weights->model->layers[layer].weight_count ? weights->values + weights->offsets[i] : NULL;
}

const float *model_biases_of(const struct model_weights *weights, size_t layer)
{
	size_t i = index_in(weights, layer);
	const struct layer *of = &weights->model->layers[layer];
	return of->bias_count ? weights->values + weights->offsets[i] + of->weight_count : NULL;
}
