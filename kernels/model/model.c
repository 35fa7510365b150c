#include "kernels/model/model.h"

#include <string.h>

#include "base/check.h"

const struct model_function *model_function(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->function_count; i++)
		if (strcmp(model->functions[i].name, name) == 0)
			return &model->functions[i];
	return NULL;
}

int model_find_layer(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->layer_count; i++)
		if (strcmp(model->layers[i].name, name) == 0)
			return (int)i;
	return -1;
}

static void check_function(const struct model *model, const struct model_function *function)
{
	CHECK(function->count >= 1);
	CHECK(function->first + function->count <= model->layer_count);
}

struct shape model_function_input(const struct model *model, const struct model_function *function)
{
	check_function(model, function);
	return model->layers[function->first].input;
}

struct shape model_function_output(const struct model *model, const struct model_function *function)
{
	check_function(model, function);
	return model->layers[function->first + function->count - 1].output;
}

int64_t model_function_mac(const struct model *model, const struct model_function *function)
{
	int64_t sum = 0;
	check_function(model, function);
	for (size_t i = function->first; i < function->first + function->count; i++)
		sum += model->layers[i].mac_per_image;
	return sum;
}

int64_t model_function_parameters(const struct model *model, const struct model_function *function)
{
	int64_t sum = 0;
	check_function(model, function);
	for (size_t i = function->first; i < function->first + function->count; i++)
		sum += layer_parameters(&model->layers[i]);
	return sum;
}

struct model_function model_whole(const struct model *model)
{
	return (struct model_function){.name = model->name, .first = 0, .count = model->layer_count};
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
