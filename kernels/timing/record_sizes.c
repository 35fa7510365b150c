#include "kernels/timing/record_sizes.h"
#include "base/num.h"

#include <string.h>

#include "kernels/record/record_batch.h"
#include "kernels/timing/function_run.h"
#include "kernels/timing/host_speed.h"

/* What each thread past the first adds, for estimates: convolutions are compute-bound, the rest waits for memory. */
#define THREAD_GAIN 0.8

/* Part of the free memory that measuring may take. */
#define MEMORY_SHARE 0.8

/* Reference speeds, records and weights, which no choice of sizes makes shorter. */
#define FIXED_SECONDS 5.0

double record_sizes_cell_seconds(int64_t images, int64_t threads, double seconds_per_image)
{
	return (double)images * seconds_per_image / (1 + THREAD_GAIN * (double)(threads - 1));
}

/* The smallest, the largest, the one below it and one in the middle, as far as they differ. */
static void choose_memory_sizes(struct record_sizes *sizes)
{
	size_t last = sizes->count - 1;
	size_t wanted[PROFILER_MEMORY_SIZES_MAX] = {0, sizes->count / 2, last ? last - 1 : 0, last};
	sizes->memory_count = 0;
	for (size_t i = 0; i < PROFILER_MEMORY_SIZES_MAX; i++)
		if (sizes->memory_count == 0 || wanted[i] > sizes->memory[sizes->memory_count - 1])
			sizes->memory[sizes->memory_count++] = wanted[i];
}

static double predict(struct record_sizes *sizes, const struct profiler_options *options, double seconds_per_image)
{
	double seconds = FIXED_SECONDS;
	int64_t most_threads = options->threads[options->thread_count - 1];
	choose_memory_sizes(sizes);
	for (size_t i = 0; i < sizes->memory_count; i++)
		seconds += record_sizes_cell_seconds(sizes->images[sizes->memory[i]], most_threads, seconds_per_image);
	for (size_t i = 0; i < sizes->count; i++)
		for (size_t thread = 0; thread < options->thread_count; thread++)
			seconds += record_sizes_cell_seconds(sizes->images[i], options->threads[thread],
							     seconds_per_image);
	return seconds;
}

static size_t largest_record_bytes(const struct timed_function *timed)
{
	struct tensor input = {.images = timed->images, .shape = timed_function_input(timed)};
	struct tensor output = {.images = timed->images, .shape = timed_function_output(timed)};
	size_t in = record_batch_bytes(&input);
	size_t out = record_batch_bytes(&output);
	return max_size(in, out);
}

/* Whether a record of this size can be run; err says why not. */
static bool is_possible(struct timed_network *network, const struct profiler_options *options, int64_t images,
			struct err *err)
{
	double available = (double)host_available_bytes();
	double weights = 0;
	double peak = 0;
	for (size_t i = 0; i < options->function_count; i++) {
		const struct model_function *function = &network->functions[options->functions[i]];
		const struct timed_function *timed = timed_network_function(network, function, images, err);
		if (!timed)
			return false;
		size_t record = largest_record_bytes(timed);
		double tensors = (double)timed->execution.plan.bytes;
		if (record > RECORD_BYTES_MAX)
			return err_set(err,
				       "a record of function '%s' would take %.1f GB, more than the %.1f GB of a "
				       "protobuf message",
				       function->name, 1e-9 * (double)record, 1e-9 * (double)RECORD_BYTES_MAX);
		weights += (double)timed_network_parameter_bytes(network, function);
		peak = tensors + (double)record > peak ? tensors + (double)record : peak;
	}
	if (weights + peak > MEMORY_SHARE * available)
		return err_set(err, "they would take %.1f GB of memory, and %.1f GB are free", 1e-9 * (weights + peak),
			       1e-9 * available);
	return true;
}

static bool drop_impossible(struct record_sizes *sizes, struct timed_network *network,
			    const struct profiler_options *options, struct diag *diag, struct err *err)
{
	size_t count = 0;
	while (count < sizes->count && is_possible(network, options, sizes->images[count], err))
		count++;
	if (count == sizes->count)
		return true;
	long long first = (long long)sizes->images[count];
	if (options->images_are_wanted || count == 0)
		return err_prefix(err, "records of %lld images cannot be measured", first);
	diag_warning(diag, (struct diag_place){.file = network->path},
		     "records of %lld and more images are not measured: %s", first, err->text);
	sizes->count = count;
	return true;
}

bool record_sizes_choose(struct record_sizes *sizes, struct timed_network *network,
			 const struct profiler_options *options, double seconds_per_image, struct diag *diag,
			 struct err *err)
{
	*sizes = (struct record_sizes){.count = options->image_count};
	memcpy(sizes->images, options->images, options->image_count * sizeof *sizes->images);
	if (!drop_impossible(sizes, network, options, diag, err))
		return false;
	sizes->predicted_seconds = predict(sizes, options, seconds_per_image);
	return true;
}
