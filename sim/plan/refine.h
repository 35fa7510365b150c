/*
 * A plan's parallelism, refined by simulation. The model's jobs stay in step, so that of all parallelisms with the
 * same number of waves the least is enough (pipeline_shape.h). Under luck a few jobs more take over what slow ones
 * would have to do, and a deadline then leaves smaller memory than the least parallelism needs. So parallelisms a
 * little above the least one of the plan's number of waves, and of one more and one fewer, are tried, each with the
 * memory that the model gives for it and what simulating that makes of the model's time and cost, until these agree.
 *
 * Example: 200 records, half of whose sandboxes take 8 s longer to start. The model has 67 jobs in three waves; one job
 * that is late has all others wait for it, and the deadline asks for 251 MB. With 68 jobs 222 MB are enough.
 */
#ifndef LAMINA_REFINE_H
#define LAMINA_REFINE_H /* private to plan */

#include "plan/planner.h"

enum { REFINE_VISITS_MAX = 400000 }; /* to functions, that are simulated */

/* *plan becomes the best of itself and all that was tried; what they teach is in *after. False when interrupted. */
bool refine_parallel(const struct planner *planner, struct trial *plan, struct planner *after);

#endif
