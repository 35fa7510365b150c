#include "kernels/timing/network_weights.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "kernels/tensor/tensor.h"
#include "random/stream.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "weights files are little-endian and copied as they are");

/* Values drawn from one stream: pieces of a tensor can be made by different threads. */
enum { CHUNK_VALUES = 64 * 1024 };

static bool is_weight(const struct graph_tensor *tensor)
{
	return tensor && tensor->is_parameter && tensor->value.type == VALUE_FLOAT && tensor->value.dims.rank > 0;
}

/* The tensors of the stretch, each once; tensors may be NULL to count them. */
static size_t list_weights(const struct graph *graph, size_t first, size_t last, size_t *tensors)
{
	bool *is_listed = mem_alloc(graph->tensor_count * sizeof *is_listed);
	size_t count = 0;
	for (size_t i = first; i < last; i++)
		for (size_t input = 0; input < graph->nodes[i].input_count; input++) {
			size_t tensor = graph->nodes[i].inputs[input];
			if (tensor == GRAPH_NONE || is_listed[tensor] || !is_weight(&graph->tensors[tensor]))
				continue;
			is_listed[tensor] = true;
			if (tensors)
				tensors[count] = tensor;
			count++;
		}
	mem_free(is_listed);
	return count;
}

void network_weights_init(struct network_weights *weights, const struct graph *graph, size_t first, size_t last)
{
	CHECK(first < last && last <= graph->node_count);
	weights->count = list_weights(graph, first, last, NULL);
	weights->tensors = mem_alloc((weights->count + 1) * sizeof *weights->tensors);
	weights->offsets = mem_alloc((weights->count + 1) * sizeof *weights->offsets);
	list_weights(graph, first, last, weights->tensors);
	for (size_t i = 0; i < weights->count; i++)
		weights->offsets[i + 1] =
			weights->offsets[i] + value_elements(&graph->tensors[weights->tensors[i]].value);
	weights->values = floats_alloc((size_t)weights->offsets[weights->count], &weights->memory);
}

void network_weights_release(struct network_weights *weights)
{
	mem_free(weights->memory);
	mem_free(weights->tensors);
	mem_free(weights->offsets);
	*weights = (struct network_weights){.count = 0};
}

struct fill_job {
	float *values;
	int64_t count;
	float bound;
	float centre;
	uint64_t seed;
	uint32_t tensor_id;
};

static void fill_chunks(void *context, struct team *team, int worker, int64_t first, int64_t last)
{
	const struct fill_job *job = context;
	uint32_t purpose = stream_id_from_name("weights");
	for (int64_t chunk = first; chunk < last; chunk++) {
		struct stream stream;
		stream_init(&stream, job->seed, 0, purpose, (uint64_t)job->tensor_id << 32 | (uint64_t)chunk);
		int64_t begin = chunk * CHUNK_VALUES;
		int64_t end = begin + CHUNK_VALUES < job->count ? begin + CHUNK_VALUES : job->count;
		uint64_t word = 0;
		for (int64_t i = begin; i < end; i++) {
			/* The 24 bits that a float holds, twice from each word. */
			word = (i - begin) % 2 == 0 ? stream_u64(&stream) : word << 32;
			int32_t bits = (int32_t)(word >> 40) - (1 << 23);
			job->values[i] = job->centre + ((float)bits + 0.5f) * 0x1p-23f * job->bound;
		}
	}
}

void network_weights_make(struct network_weights *weights, const struct graph *graph, uint64_t seed, struct team *team)
{
	for (size_t i = 0; i < weights->count; i++) {
		const struct graph_tensor *tensor = &graph->tensors[weights->tensors[i]];
		const struct dims *dims = &tensor->value.dims;
		bool is_list = dims->rank == 1;
		double inputs = (double)value_elements(&tensor->value) / (double)(dims->sides[0] ? dims->sides[0] : 1);
		struct fill_job job = {
			.values = weights->values + weights->offsets[i],
			.count = value_elements(&tensor->value),
			/* A uniform distribution on [-b, b] has variance b^2 / 3. */
			.bound = is_list ? 0.5f : (float)sqrt(6.0 / inputs),
			.centre = is_list ? 1.0f : 0.0f,
			.seed = seed,
			.tensor_id = stream_id_from_name(tensor->name),
		};
		team_run(team, (job.count + CHUNK_VALUES - 1) / CHUNK_VALUES, 1, fill_chunks, &job);
	}
}

size_t network_weights_bytes(const struct network_weights *weights)
{
	return (size_t)weights->offsets[weights->count] * sizeof(float);
}

bool network_weights_load(struct network_weights *weights, const void *bytes, size_t byte_count, struct err *err)
{
	if (byte_count != network_weights_bytes(weights))
		return err_set(err, "the weights have %zu bytes and need %zu", byte_count,
			       network_weights_bytes(weights));
	memcpy(weights->values, bytes, byte_count);
	return true;
}

bool network_weights_bind(const struct network_weights *weights, struct execution *execution, struct err *err)
{
	const struct graph *graph = execution->graph;
	size_t count = list_weights(graph, execution->first, execution->last, NULL);
	size_t *tensors = mem_alloc((count + 1) * sizeof *tensors);
	bool ok = count == weights->count;
	list_weights(graph, execution->first, execution->last, tensors);
	for (size_t i = 0; ok && i < count; i++) {
		ok = value_elements(&graph->tensors[tensors[i]].value) == weights->offsets[i + 1] - weights->offsets[i];
		if (ok)
			execution_set_data(execution, tensors[i], weights->values + weights->offsets[i]);
	}
	mem_free(tensors);
	return ok || err_set(err, "with another number of images per record, the network has other parameters");
}
