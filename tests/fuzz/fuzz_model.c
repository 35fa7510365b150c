/*
 * Whatever the bytes, a model is refused with reasons or read; what was read holds together, and where it is small
 * enough its layers are run and agree with their plain references.
 */
#include <math.h>
#include <stdint.h>

#include "doc/yaml.h"
#include "kernels/timing/timed_network.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Layers follow each other, functions too. */
static void check_chain(const struct model *model)
{
	CHECK(model->layer_count >= 1 && model->layer_count <= MODEL_LAYERS_MAX);
	struct shape shape = model->input;
	for (size_t i = 0; i < model->layer_count; i++) {
		CHECK(shape_equal(model->layers[i].input, shape));
		shape = model->layers[i].output;
		CHECK(shape_is_valid(shape));
		CHECK((size_t)model_find_layer(model, model->layers[i].name) == i);
	}
	size_t next = 0;
	for (size_t i = 0; i < model->function_count; i++) {
		CHECK(model->functions[i].first == next && model->functions[i].count >= 1);
		next += model->functions[i].count;
	}
	CHECK(next == model->layer_count);
	struct model_function whole = model_whole(model);
	CHECK(model_function_mac(model, &whole) >= 0 && model_function_parameters(model, &whole) >= 0);
	CHECK(model_function_peak_bytes(model, &whole, TENSOR_IMAGES_MAX) > 0);
}

static bool is_small(const struct model *model)
{
	enum { VALUES_MAX = 20000, TAPS_MAX = 100 };
	int64_t work = shape_values(model->input);
	for (size_t i = 0; i < model->layer_count && work <= VALUES_MAX; i++) {
		const struct layer *layer = &model->layers[i];
		int64_t taps = 1;
		if (layer->kind == LAYER_MAXPOOL || layer->kind == LAYER_AVGPOOL)
			taps = layer->pool.window.y.kernel * layer->pool.window.x.kernel;
		else if (layer->kind == LAYER_LRN)
			taps = layer->lrn.size;
		if (taps > TAPS_MAX)
			return false;
		work += layer->mac_per_image + shape_values(layer->output) * taps + layer_parameters(layer);
	}
	return work <= VALUES_MAX;
}

static void compare_layer(const struct layer *layer, const struct layer_call *call)
{
	struct tensor plain;
	tensor_init(&plain, call->input->images, layer->output);
	layer_kinds[layer->kind].reference(layer,
					   &(struct layer_call){call->weights, call->bias, call->input, &plain, NULL});
	layer_run(layer, call);
	for (int64_t i = 0; i < tensor_values(&plain); i++) {
		float a = call->output->data[i];
		float b = plain.data[i];
		/* Extreme but legal settings overflow float: only what is finite is compared. */
		if (isfinite(a) && isfinite(b))
			CHECK(fabsf(a - b) <= 1e-3f * (1.0f + fabsf(b)));
	}
	tensor_release(&plain);
}

static void fill(float *values, int64_t count)
{
	for (int64_t i = 0; i < count; i++)
		values[i] = (float)(i * 7919 % 251) / 128.0f - 1.0f;
}

static void run(const struct model *model)
{
	struct team team;
	struct tensor current;
	team_init(&team, 1);
	tensor_init(&current, 2, model->input);
	fill(current.data, tensor_values(&current));
	for (size_t i = 0; i < model->layer_count; i++) {
		const struct layer *layer = &model->layers[i];
		void *memory;
		float *values = floats_alloc((size_t)layer_parameters(layer) + 1, &memory);
		fill(values, layer_parameters(layer));
		struct tensor next;
		tensor_init(&next, 2, layer->output);
		compare_layer(layer,
			      &(struct layer_call){values, values + layer->weight_count, &current, &next, &team});
		tensor_release(&current);
		mem_free(memory);
		current = next;
	}
	tensor_release(&current);
	team_release(&team);
}

/* A model that was read is a graph, and its functions can be planned. */
static void plan(const struct model *model, struct arena *arena)
{
	struct timed_network network;
	struct err err;
	timed_network_from_model(&network, model, arena);
	for (size_t i = 0; i < network.function_count; i++) {
		const struct timed_function *timed = timed_network_function(&network, &network.functions[i], 2, &err);
		CHECK(!timed || timed->execution.plan.bytes > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct diag diag;
	struct model model;
	arena_init(&arena);
	diag_init(&diag);
	const struct yaml_node *root = yaml_parse("fuzz", (const char *)data, size, &arena, &diag);
	bool ok = root && model_from_yaml(root, "fuzz", &arena, &diag, &model);
	CHECK(ok != diag_has_errors(&diag));
	if (ok) {
		check_chain(&model);
		plan(&model, &arena);
		if (is_small(&model))
			run(&model);
	}
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
