/*
 * What the profiler holds of one function: its parameters, a record for every size, and the samples of every phase
 * and layer; and how these become the function's and its layers' rows of the profile.
 */
#ifndef LAMINA_MEASURED_FUNCTION_H
#define LAMINA_MEASURED_FUNCTION_H

#include "kernels/timing/function_run.h"
#include "kernels/timing/samples.h"

struct measured_function {
	struct timed_network *network;
	const struct model_function *function;
	const int64_t *images; /* sizes, ascending */
	size_t size_count;
	const int64_t *threads;
	size_t thread_count;
	struct network_weights weights;
	struct timed_function **timed;  /* one for each size */
	struct scratch_record *records; /* one for each size */
	struct samples *phases;         /* [phase][size]: single-threaded, whatever the team */
	struct samples *layers;         /* [layer][thread count][size] */
	struct samples load;            /* loading the weights does not depend on the record */
	struct function_times times;    /* of the last run */
	struct profile_memory_point *memory;
	size_t memory_count;
};

/* Everything in the arena, without records and parameters. images and threads must outlive it. */
void measured_function_init(struct measured_function *measured, struct timed_network *network,
			    const struct model_function *function, const int64_t *images, size_t size_count,
			    const int64_t *threads, size_t thread_count, struct arena *arena);
void measured_function_release(struct measured_function *measured);

/* Makes the records, uint8 images for pictures that the network takes, float32 tensors for all others. */
bool measured_function_make_records(struct measured_function *measured, struct err *err);

/* Makes the parameters and times their loading a few times. */
bool measured_function_load(struct measured_function *measured, struct team *team, struct err *err);

/* Runs the function on the record of a size; the times are kept unless this is a warm-up. */
bool measured_function_run(struct measured_function *measured, size_t size, size_t thread, struct kept_memory *kept,
			   struct team *team, bool is_warm_up, struct err *err);

/* Fewest samples of any layer. */
size_t measured_function_repeats(const struct measured_function *measured);

void measured_function_fill(const struct measured_function *measured, struct arena *arena,
			    struct profile_function *out);
/* layer counts from the function's first. */
void measured_function_fill_layer(const struct measured_function *measured, size_t layer, struct arena *arena,
				  struct profile_layer *out);

#endif
