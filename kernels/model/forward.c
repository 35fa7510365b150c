#include "kernels/model/forward.h"

#include "base/check.h"

void model_run_layer(const struct model *model, size_t layer, const struct model_weights *weights,
		     const struct tensor *input, struct tensor *output, struct team *team)
{
	CHECK(layer < model->layer_count);
	CHECK(weights->model == model);
	layer_run(&model->layers[layer], &(struct layer_call){
						 .weights = model_weights_of(weights, layer),
						 .bias = model_biases_of(weights, layer),
						 .input = input,
						 .output = output,
						 .team = team,
					 });
}

void model_run_function(const struct model *model, const struct model_function *function,
			const struct model_weights *weights, const struct tensor *input, struct tensor *output,
			struct team *team)
{
	CHECK(function->count >= 1);
	/* A view of the caller's input, then a tensor of our own. */
	struct tensor current = tensor_slice(input, 0, input->images);
	for (size_t i = function->first; i < function->first + function->count; i++) {
		const struct layer *layer = &model->layers[i];
		if (current.memory && layer_in_place(layer)) {
			model_run_layer(model, i, weights, &current, &current, team);
			continue;
		}
		struct tensor next;
		tensor_init(&next, input->images, layer->output);
		model_run_layer(model, i, weights, &current, &next, team);
		tensor_release(&current);
		current = next;
	}
	*output = current;
}

int64_t model_function_peak_bytes(const struct model *model, const struct model_function *function, int64_t images)
{
	CHECK(images >= 1 && images <= TENSOR_IMAGES_MAX);
	int64_t current = 0;
	int64_t peak = 0;
	for (size_t i = function->first; i < function->first + function->count; i++) {
		const struct layer *layer = &model->layers[i];
		if (current > 0 && layer_in_place(layer))
			continue;
		int64_t next = shape_bytes(layer->output);
		peak = current + next > peak ? current + next : peak;
		current = next;
	}
	return images * (shape_bytes(model_function_input(model, function)) + peak);
}
