/*
 * A workflow as the planner sees it: which times and costs its functions may have, by memory (stage.h, on sandboxes
 * that exist), and what they come to.
 *
 * In the mean it is a series-parallel graph: hops, waits, branches as long as the longest, a map's items in waves of
 * its concurrency, choices and rounds by their probability. Luck makes joins longer than that, and new sandboxes take
 * longer: so that what is proposed is simulated, and what the simulation tells of the critical path is a point of a
 * path_model.h.
 *
 * Who may call it: workflow_plan.h.
 */
#ifndef LAMINA_WORKFLOW_MODEL_H
#define LAMINA_WORKFLOW_MODEL_H /* private to plan */

#include "plan/path_model.h"
#include "plan/plan.h"
#include "plan/series_parallel.h"

struct workflow_model {
	struct sp_graph graph; /* its functions have an option for each size that they may get */
	int64_t **sizes_mb;    /* of each option of each function */
	/* All sizes that hold a function and end in time, those among them that others are no worse than: ascending. */
	struct sp_options *every;
	int64_t **every_mb;
};

/* False, with diag errors, where a function fits into no size. */
bool workflow_model_make(const struct plan_request *request, const struct setting *setting, struct arena *arena,
			 struct diag *diag, struct workflow_model *out);

/* A simulation with these options, of what is bounded, as a point; in the arena. */
void workflow_model_learn(const struct plan_request *request, const struct workflow_model *model,
			  const struct trial *trial, const size_t *options, struct arena *arena,
			  struct path_point *out);

#endif
