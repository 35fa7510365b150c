/*
 * A plan for a workflow: which memory each of its functions gets, so that it is done by a deadline, or a record is
 * within a latency, for the least money. Memory on the critical path buys time; off it, slack is what may be spent.
 *
 * The model is the mean: a function's time and cost by memory (stage.h, on sandboxes that exist), hops, waits,
 * branches as long as the longest, a map's items in waves of its concurrency, choices and rounds by their probability.
 * Luck makes joins longer than that, and new sandboxes take longer: what is proposed is simulated, and the model's
 * deadline moved until the simulation keeps the bound. As a branch that is seldom taken makes others look as if they
 * had slack, the same is done with likely branches only, and with all branches in a row; what is simulated better is
 * taken. The search is exact in the model (series_parallel.h).
 */
#ifndef LAMINA_WORKFLOW_PLAN_H
#define LAMINA_WORKFLOW_PLAN_H

#include "plan/plan.h"
#include "plan/series_parallel.h"

/* The workflow as it is, with other memories, simulated. */
struct workflow_trial {
	const struct setting *setting;
	int64_t *memory_mb; /* of each function */
	struct run_result result;
	double seconds; /* mean of what is bounded */
	double usd;     /* mean of a run */
	bool fails;     /* records end without a result */
};

struct workflow_plan {
	struct workflow_trial best;
	struct workflow_trial now; /* the memories that the experiment states */
	double model_seconds;      /* of a record */
	double model_usd;          /* of a run, what depends on memory */
	double bound_usd;          /* no plan of the model costs less */
	double fastest_seconds;    /* of a record, in the model */
	bool is_proven;
	struct sp_graph graph;            /* the last instance, and ... */
	double deadline_seconds;          /* ... its deadline */
	struct workflow_trial other_kind; /* as the other of standard and express; memory_mb NULL: is none */
	int kind;                         /* which that is */
};

/*
 * Of the request, experiment, setting, bounds, headroom, seed and run count. PLAN_REFUSED where it asks for what is not
 * planned of a workflow; the diag then says so.
 */
enum plan_end workflow_plan_run(const struct plan_request *request, struct arena *arena, struct diag *diag,
				struct workflow_plan *out);

/*
 * What of branches counts as time: of choices the mean, or only what is likely, which is what joins mostly wait for; or
 * each branch of every step, as luck may make it the one that is waited for.
 */
enum branch_time { BRANCH_MEAN, BRANCH_LIKELY, BRANCH_EACH, BRANCH_TIMES };

/* The setting's graph, with an option for each size that a function may get; sizes_mb as the options. */
bool workflow_plan_instance(const struct plan_request *request, enum branch_time branches, struct arena *arena,
			    struct diag *diag, struct sp_graph *out, int64_t ***sizes_mb);

/* How much longer the simulation takes than the model, relative. */
double workflow_plan_doubt(const struct plan_request *request, const struct workflow_plan *plan);

#endif
