#include "kernels/timing/function_run.h"

#include "kernels/record/record_batch.h"
#include "kernels/timing/samples.h"

/* The record's bytes are given back before anything is computed. */
static bool read_and_decode(const struct scratch_record *record, struct kept_memory *kept, struct tensor *input,
			    struct function_times *times, struct err *err)
{
	uint8_t *bytes = kept_memory_take(kept, record->bytes);
	double start = stopwatch_cpu_seconds();
	bool ok = scratch_record_read(record, bytes, err);
	times->phases[PROFILE_READ] = stopwatch_cpu_seconds() - start;
	if (ok) {
		*input = kept_memory_tensor(kept, record->images, record->shape);
		start = stopwatch_cpu_seconds();
		ok = record_batch_decode("a temporary record", bytes, record->bytes, input, err);
		times->phases[PROFILE_DECODE] = stopwatch_cpu_seconds() - start;
		if (!ok)
			kept_memory_give(kept, input->data);
	}
	kept_memory_give(kept, bytes);
	return ok;
}

static double run_layer(const struct model *model, size_t layer, const struct model_weights *weights,
			const struct tensor *input, struct tensor *output, struct team *team)
{
	double start = stopwatch_cpu_seconds();
	model_run_layer(model, layer, weights, input, output, team);
	return (stopwatch_cpu_seconds() - start) / team->threads;
}

/* Runs the layers one by one; tensor holds the input before and the output after. */
static void run_layers(const struct model *model, const struct model_function *function,
		       const struct model_weights *weights, struct kept_memory *kept, struct tensor *tensor,
		       struct team *team, double *seconds)
{
	for (size_t i = 0; i < function->count; i++) {
		const struct layer *layer = &model->layers[function->first + i];
		if (layer_in_place(layer)) {
			seconds[i] = run_layer(model, function->first + i, weights, tensor, tensor, team);
			continue;
		}
		struct tensor output = kept_memory_tensor(kept, tensor->images, layer->output);
		seconds[i] = run_layer(model, function->first + i, weights, tensor, &output, team);
		kept_memory_give(kept, tensor->data);
		*tensor = output;
	}
}

static double serialise(const struct tensor *output, struct kept_memory *kept)
{
	uint8_t *bytes = kept_memory_take(kept, record_batch_bytes(output));
	double start = stopwatch_cpu_seconds();
	record_batch_pack(output, bytes);
	double seconds = stopwatch_cpu_seconds() - start;
	kept_memory_give(kept, bytes);
	return seconds;
}

bool function_run(const struct model *model, const struct model_function *function, const struct model_weights *weights,
		  const struct scratch_record *record, struct kept_memory *kept, struct team *team,
		  struct function_times *times, struct err *err)
{
	struct tensor tensor;
	CHECK(shape_equal(record->shape, model_function_input(model, function)));
	if (!read_and_decode(record, kept, &tensor, times, err))
		return false;
	run_layers(model, function, weights, kept, &tensor, team, times->layers);
	times->phases[PROFILE_SERIALISE] = serialise(&tensor, kept);
	kept_memory_give(kept, tensor.data);
	return true;
}

bool function_load_weights(struct model_weights *weights, const void *bytes, size_t byte_count, double *seconds,
			   struct err *err)
{
	double start = stopwatch_cpu_seconds();
	bool ok = model_weights_load(weights, bytes, byte_count, err);
	*seconds = stopwatch_cpu_seconds() - start;
	return ok;
}
