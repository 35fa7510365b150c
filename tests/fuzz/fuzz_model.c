/*
 * Whatever the bytes, a model is refused with reasons or read; what was read holds together, and where it is small
 * enough its layers are run and agree with their plain references.
 */
#include <math.h>
#include <stdint.h>

#include "doc/yaml.h"
#include "kernels/model/forward.h"

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

static void compare_layer(const struct layer *layer, const float *weights, const float *bias,
			  const struct tensor *input, struct tensor *output, struct team *team)
{
	struct tensor plain;
	tensor_init(&plain, input->images, layer->output);
	layer_kinds[layer->kind].reference(layer, weights, bias, input, &plain, NULL);
	layer_run(layer, weights, bias, input, output, team);
	for (int64_t i = 0; i < tensor_values(output); i++) {
		float a = output->data[i];
		float b = plain.data[i];
		/* Extreme but legal settings overflow float: only what is finite is compared. */
		if (isfinite(a) && isfinite(b))
			CHECK(fabsf(a - b) <= 1e-3f * (1.0f + fabsf(b)));
	}
	tensor_release(&plain);
}

static void run(const struct model *model)
{
	struct model_function whole = model_whole(model);
	struct model_weights weights;
	struct team team;
	struct tensor current;
	team_init(&team, 1);
	model_weights_init(&weights, model, &whole);
	model_weights_make(&weights, 1, &team);
	tensor_init(&current, 2, model->input);
	for (int64_t i = 0; i < tensor_values(&current); i++)
		current.data[i] = (float)(i % 17) / 8.0f - 1.0f;
	for (size_t i = 0; i < model->layer_count; i++) {
		struct tensor next;
		tensor_init(&next, 2, model->layers[i].output);
		compare_layer(&model->layers[i], model_weights_of(&weights, i), model_biases_of(&weights, i), &current,
			      &next, &team);
		tensor_release(&current);
		current = next;
	}
	tensor_release(&current);
	model_weights_release(&weights);
	team_release(&team);
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
		if (is_small(&model))
			run(&model);
	}
	diag_release(&diag);
	arena_release(&arena);
	return 0;
}
