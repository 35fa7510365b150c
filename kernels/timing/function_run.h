/*
 * One function of a pipeline on one record, as on a serverless platform: read the record, decode it to tensors,
 * compute layer by layer, serialise the output record. Every phase and layer is timed by itself, with the memory that
 * it takes and gives back: pages are touched for the first time in the layer that fills them, as in a fresh sandbox.
 */
#ifndef LAMINA_FUNCTION_RUN_H
#define LAMINA_FUNCTION_RUN_H

#include "kernels/model/forward.h"
#include "kernels/timing/scratch_record.h"
#include "profile/profile.h"

struct function_times {
	/* Seconds of computing, shared out evenly over the threads: other programs on the host do not count. */
	double phases[PROFILE_PHASES]; /* PROFILE_LOAD_WEIGHTS is not touched */
	double *layers;                /* of the function's layers, function->count of them: the caller's */
};

/* The record must have the function's input shape. False where it cannot be read. */
bool function_run(const struct model *model, const struct model_function *function, const struct model_weights *weights,
		  const struct scratch_record *record, struct team *team, struct function_times *times,
		  struct err *err);

/* Seconds to make the function's parameters from bytes in memory (a weights file that was downloaded). */
bool function_load_weights(const struct model *model, const struct model_function *function, const void *bytes,
			   size_t byte_count, double *seconds, struct err *err);

#endif
