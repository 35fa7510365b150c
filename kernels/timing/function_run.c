#include "kernels/timing/function_run.h"

#include "base/arena.h"
#include "kernels/record/record_batch.h"
#include "kernels/timing/samples.h"

/* The record's bytes are given back before anything is computed. */
static bool read_and_decode(const struct scratch_record *record, struct shape shape, struct tensor *input,
			    struct function_times *times, struct err *err)
{
	double start = stopwatch_cpu_seconds();
	uint8_t *bytes = mem_alloc(record->bytes);
	bool ok = scratch_record_read(record, bytes, err);
	times->phases[PROFILE_READ] = stopwatch_cpu_seconds() - start;
	if (ok) {
		start = stopwatch_cpu_seconds();
		tensor_init(input, record->images, shape);
		ok = record_batch_decode("a temporary record", bytes, record->bytes, input, err);
		times->phases[PROFILE_DECODE] = stopwatch_cpu_seconds() - start;
		if (!ok)
			tensor_release(input);
	}
	mem_free(bytes);
	return ok;
}

/* Runs the layers one by one; tensor holds the input before and the output after. */
static void run_layers(const struct model *model, const struct model_function *function,
		       const struct model_weights *weights, struct tensor *tensor, struct team *team, double *seconds)
{
	for (size_t i = 0; i < function->count; i++) {
		const struct layer *layer = &model->layers[function->first + i];
		double start = stopwatch_cpu_seconds();
		if (layer_in_place(layer)) {
			model_run_layer(model, function->first + i, weights, tensor, tensor, team);
		} else {
			struct tensor output;
			tensor_init(&output, tensor->images, layer->output);
			model_run_layer(model, function->first + i, weights, tensor, &output, team);
			tensor_release(tensor);
			*tensor = output;
		}
		seconds[i] = (stopwatch_cpu_seconds() - start) / team->threads;
	}
}

static double serialise(const struct tensor *output)
{
	double start = stopwatch_cpu_seconds();
	uint8_t *bytes = mem_alloc(record_batch_bytes(output));
	record_batch_pack(output, bytes);
	mem_free(bytes);
	return stopwatch_cpu_seconds() - start;
}

bool function_run(const struct model *model, const struct model_function *function, const struct model_weights *weights,
		  const struct scratch_record *record, struct team *team, struct function_times *times, struct err *err)
{
	struct tensor tensor;
	if (!read_and_decode(record, model_function_input(model, function), &tensor, times, err))
		return false;
	run_layers(model, function, weights, &tensor, team, times->layers);
	times->phases[PROFILE_SERIALISE] = serialise(&tensor);
	tensor_release(&tensor);
	return true;
}

bool function_load_weights(const struct model *model, const struct model_function *function, const void *bytes,
			   size_t byte_count, double *seconds, struct err *err)
{
	struct model_weights weights;
	double start = stopwatch_cpu_seconds();
	model_weights_init(&weights, model, function);
	bool ok = model_weights_load(&weights, bytes, byte_count, err);
	*seconds = stopwatch_cpu_seconds() - start;
	model_weights_release(&weights);
	return ok;
}
