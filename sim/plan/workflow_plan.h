/*
 * A plan for a workflow: which memory each of its functions gets, and what beside it (workflow_layout.h), so that it is
 * done by a deadline, or a record within a latency, for the least money; or within a budget in the least time. Memory
 * on the critical path buys time; off it, slack is what may be spent.
 *
 * For each layout that is tried: the mean says where to begin, exactly (series_parallel.h); from then on simulations
 * say what the critical path is, luck and all, and what would be better if that were so is simulated next
 * (path_model.h), until the model has nothing better. Layouts of which the model says so after their first simulation
 * are left at that. Where there are few layouts all are tried, else each key by itself until none is better. In the
 * end all plans that may be better are simulated, where they are few (workflow_exhaustive.h), else what is around the
 * best (workflow_neighbours.h): a plan is called optimal after the former, and in the model only without it. Where
 * requests come over time, sandboxes are provisioned where that is better still (workflow_provision.h).
 */
#ifndef LAMINA_WORKFLOW_PLAN_H
#define LAMINA_WORKFLOW_PLAN_H

#include "plan/plan.h"
#include "plan/series_parallel.h"
#include "plan/workflow_layout.h"

struct workflow_plan {
	struct trial best;
	struct trial now; /* as the experiment is */
	struct knobs knobs;
	struct layout layout;    /* of best, */
	int64_t layouts;         /* of so many ... */
	int64_t layouts_tried;   /* ... that were simulated, ... */
	int64_t layouts_refused; /* ... or are none */
	bool is_exhausted;       /* all that may be better was simulated (workflow_exhaustive.h): of ... */
	int64_t plans;           /* ... so many, of sizes and all else, ... */
	int64_t plans_simulated; /* ... so many */
	double doubt;            /* by how much a simulation is below the model, which bounds it, relative */
	double bound_usd;        /* of a run, with this layout: no other memories cost less in the model */
	bool is_proven;          /* the model has nothing better with this layout ... */
	bool is_whole;           /* ... nor with another */
	struct sp_graph graph;   /* its functions in the mean, ... */
	double mean_seconds;     /* ... what the plan takes a record, ... */
	double mean_usd;         /* ... and costs, of a record's calls, ... */
	struct sp_answer least;  /* ... and what no plan as fast in the mean costs less than */
};

/*
 * Of the request, experiment, setting, bounds, share, headroom, seed and run count. PLAN_REFUSED where it asks for what
 * is not planned of a workflow; the diag then says so.
 */
enum plan_end workflow_plan_run(const struct plan_request *request, struct arena *arena, struct diag *diag,
				struct workflow_plan *out);

#endif
