/*
 * The search for a workflow's plan, of which other files are parts: what has been simulated, which of two trials is
 * better, and one layout's way from the mean over what simulations tell of critical paths to what seems best.
 *
 * Who may call it: workflow_plan.h, and the parts workflow_exhaustive.h and workflow_neighbours.h.
 */
#ifndef LAMINA_WORKFLOW_SEARCH_H
#define LAMINA_WORKFLOW_SEARCH_H /* private to plan */

#include "plan/workflow_model.h"
#include "plan/workflow_plan.h"

enum {
	WORKFLOW_LAYOUTS_ALL = 128, /* so many are all tried */
	WORKFLOW_LAYOUTS_MAX = 160, /* so many at most */
};

struct workflow_search {
	const struct plan_request *request;
	struct trial_control control;
	struct diag *diag;
	struct layout *tried;
	size_t tried_count;
	struct workflow_plan *out;
	const int64_t *provisioned; /* sandboxes, by function; NULL: as the experiment has it */
	double visits;              /* that were simulated */
	bool is_interrupted;
	bool is_cut; /* of some layout not all that may be better was looked at */
};

/* A layout, and what was learnt of it. */
struct workflow_attempt {
	struct workflow_search *search;
	const struct setting *setting;
	const struct layout *layout;
	struct workflow_model model;
	struct path_model path;
	size_t *options;
	double seconds_max; /* that the model is asked for */
	int misses;
	bool has_kept;
};

/* Whether it keeps the request's bounds. */
bool workflow_keeps(const struct trial *trial, const struct plan_request *request);

bool workflow_wants_least_cost(const struct plan_request *request);

/* By a part of what is wanted; `by` 0: at all. */
bool workflow_is_better(const struct trial *trial, const struct trial *than, double by,
			const struct plan_request *request);

/* Simulates the setting; the trial lives as long as the search. */
void workflow_try_setting(struct workflow_search *search, const struct setting *setting, struct trial *out);

/* False where the layout is refused. Its options are those next to the best. */
bool workflow_attempt_init(struct workflow_attempt *attempt, struct workflow_search *search,
			   const struct layout *layout);

/* Simulates the attempt's options and learns from it. False where there is no use in going on. */
bool workflow_try_options(struct workflow_attempt *attempt);

/* What the model has for best, and whether that is no better than the best there is. */
void workflow_ask_model(const struct workflow_attempt *attempt, struct path_answer *out);
bool workflow_is_beaten(const struct workflow_attempt *attempt, const struct path_answer *answer);

bool workflow_was_tried(const struct path_model *path, const size_t *options);

/* A layout that was not tried before, as far as the model says that something of it may be the best. */
void workflow_try_layout(struct workflow_search *search, const struct layout *layout);

/* Whether so much has been simulated that no further layout is. */
bool workflow_search_is_spent(const struct workflow_search *search);

#endif
