/*
 * One function of a pipeline on one record, as on a serverless platform: read the record, decode it to tensors,
 * compute layer by layer, serialise the output record. Every phase and layer is timed by itself, on memory that was
 * touched before: its clock sees arithmetic and copies, and no page faults.
 */
#ifndef LAMINA_FUNCTION_RUN_H
#define LAMINA_FUNCTION_RUN_H

#include "kernels/model/forward.h"
#include "kernels/timing/kept_memory.h"
#include "kernels/timing/scratch_record.h"
#include "profile/profile.h"

struct function_times {
	/* Seconds of computing, shared out evenly over the threads: other programs on the host do not count. */
	double phases[PROFILE_PHASES]; /* PROFILE_LOAD_WEIGHTS is not touched */
	double *layers;                /* of the function's layers, function->count of them: the caller's */
};

/* The record must have the function's input shape. False where it cannot be read. */
bool function_run(const struct model *model, const struct model_function *function, const struct model_weights *weights,
		  const struct scratch_record *record, struct kept_memory *kept, struct team *team,
		  struct function_times *times, struct err *err);

/*
 * Seconds to fill the function's parameters, which were filled before, from bytes in memory (a weights file that was
 * downloaded).
 */
bool function_load_weights(struct model_weights *weights, const void *bytes, size_t byte_count, double *seconds,
			   struct err *err);

#endif
