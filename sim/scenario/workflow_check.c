#include "scenario/workflow_check.h"

#include <math.h>

#include "base/num.h"

struct checker {
	const struct graph *graph;
	const struct platform *platform;
	const struct yaml_node *const *nodes;
	struct diag *diag;
	int64_t payload_most;
	/* The least that what ends early in a scope hands on, and writes without what came before it. */
	int64_t least_bytes;
	double least_entries;
};

/* So that sums of products of these stay numbers. */
static const double ENTRIES_MAX = 1e15;

static bool is_of_service(const struct checker *checker)
{
	return workflow_is_of_service(checker->graph->kind);
}

/* --- what is handed on --- */

static int64_t sequence_hands_on(struct checker *checker, int32_t first, int64_t comes);

/* Of a sequence that is a scope. */
static int64_t scope_hands_on(struct checker *checker, int32_t first, int64_t comes)
{
	int64_t around = checker->least_bytes;
	checker->least_bytes = INT64_MAX;
	int64_t bytes = min_int64(sequence_hands_on(checker, first, comes), checker->least_bytes);
	checker->least_bytes = around;
	return bytes;
}

/* The least that all branches of a step hand on, together or by themselves; of a choice, that go on. */
static int64_t branches_hand_on(struct checker *checker, const struct step *step, int64_t comes)
{
	bool is_stated = step->kind == STEP_MAP && step->writer < 0 && !step->counts_messages;
	int64_t items = is_stated ? item_count_min(&step->items) : 1;
	int64_t tokens = div_ceil_int64(items, step->kind == STEP_MAP ? step->batch : 1);
	int64_t share = tokens > 0 ? comes / tokens : 0;
	int64_t sum = 0;
	int64_t least = INT64_MAX;
	for (uint32_t i = 0; i < step->branch_count; i++) {
		const struct step_branch *branch = &checker->graph->branches[step->first_branch + i];
		bool is_scope = step->kind == STEP_PARALLEL || step->kind == STEP_MAP;
		int64_t bytes = is_scope
					? scope_hands_on(checker, branch->first, step->kind == STEP_MAP ? share : comes)
					: sequence_hands_on(checker, branch->first, comes);
		sum += bytes;
		int64_t *of = branch->ends ? &checker->least_bytes : &least;
		*of = min_int64(*of, bytes);
	}
	if (step->kind == STEP_CHOICE)
		return least == INT64_MAX ? 0 : least;
	return step->kind == STEP_MAP ? sum * min_int64(tokens, 10000000) : sum;
}

static int64_t step_hands_on(struct checker *checker, int32_t index, int64_t comes)
{
	const struct step *step = &checker->graph->steps[index];
	int64_t bytes = step->branch_count > 0 ? branches_hand_on(checker, step, comes) : comes;
	if (step->payload_bytes >= 0)
		bytes = step->is_stored ? 0 : step->payload_bytes;
	if (step->caught > GRAPH_END)
		sequence_hands_on(checker, step->caught, comes);
	if (checker->payload_most == 0 || bytes <= checker->payload_most)
		return bytes;
	diag_error(checker->diag, checker->nodes[index]->place,
		   "'%s' hands on %.4g kB; a workflow of %s passes on %.4g kB: %s", step->name, (double)bytes / 1024,
		   checker->platform->name, (double)checker->payload_most / 1024,
		   step->kind == STEP_TASK ? "say 'data: store'"
					   : "say 'data: store' of the tasks in it, or 'payload_kb' of what is kept");
	return 0;
}

static int64_t sequence_hands_on(struct checker *checker, int32_t first, int64_t comes)
{
	for (int32_t at = first; at >= 0; at = checker->graph->steps[at].next)
		comes = step_hands_on(checker, at, comes);
	return comes;
}

/* --- what is written into the history --- */

static double sequence_entries(struct checker *checker, int32_t first);

/* Of a sequence that is a scope. */
static double scope_entries(struct checker *checker, int32_t first)
{
	double around = checker->least_entries;
	checker->least_entries = ENTRIES_MAX;
	double entries = fmin(sequence_entries(checker, first), checker->least_entries);
	checker->least_entries = around;
	return entries;
}

static void check_history(const struct checker *checker, double entries, struct diag_place place, const char *of)
{
	int64_t most = checker->platform->workflow.history_entries_max;
	if (most > 0 && entries > (double)most)
		diag_error(checker->diag, place,
			   "%s takes at least %.0f entries of an execution's history; %s keeps %lld: make its maps "
			   "'distributed: true', whose children have their own",
			   of, entries, checker->platform->name, (long long)most);
}

/* Of the execution that the map is in; those of a distributed map's children are their own. */
static double map_entries(const struct checker *checker, int32_t index, double body)
{
	const struct step *step = &checker->graph->steps[index];
	bool is_stated = step->writer < 0 && !step->counts_messages;
	double items = is_stated ? (double)item_count_min(&step->items) : 0;
	if (!step->is_distributed)
		return items * (body + (double)step_history[STEP_MAP].per_item);
	if (step->child_kind == WORKFLOW_STANDARD)
		check_history(checker, body + HISTORY_OF_EXECUTION, checker->nodes[index]->place,
			      "a child of this map");
	return 0;
}

static double step_entries(struct checker *checker, int32_t index)
{
	const struct step *step = &checker->graph->steps[index];
	const struct history_entries *own = &step_history[step->kind];
	double sum = 0;
	double least = ENTRIES_MAX;
	for (uint32_t i = 0; i < step->branch_count; i++) {
		const struct step_branch *branch = &checker->graph->branches[step->first_branch + i];
		bool is_scope = step->kind == STEP_PARALLEL || step->kind == STEP_MAP;
		double entries =
			is_scope ? scope_entries(checker, branch->first) : sequence_entries(checker, branch->first);
		sum += entries;
		double *of = branch->ends ? &checker->least_entries : &least;
		*of = fmin(*of, entries);
	}
	if (step->kind == STEP_CHOICE)
		sum = least;
	if (step->kind == STEP_MAP)
		sum = map_entries(checker, index, sum);
	if (step->kind == STEP_LOOP)
		sum = (step->again == 1 ? (double)step->at_most : 1) * (sum + (double)own->per_item);
	if (!step->has_no_state)
		sum += (double)(own->per_step + own->per_try);
	return sum < ENTRIES_MAX ? sum : ENTRIES_MAX;
}

static double sequence_entries(struct checker *checker, int32_t first)
{
	double sum = 0;
	for (int32_t at = first; at >= 0; at = checker->graph->steps[at].next)
		sum += step_entries(checker, at);
	return sum < ENTRIES_MAX ? sum : ENTRIES_MAX;
}

void workflow_check(const struct graph *graph, const struct platform *platform, const struct yaml_node *const *nodes,
		    const struct yaml_node *root, struct diag *diag)
{
	struct checker checker = {
		.graph = graph,
		.platform = platform,
		.nodes = nodes,
		.diag = diag,
		.payload_most = (int64_t)(platform->workflow.payload_mb * 1e6),
	};
	if (!is_of_service(&checker))
		return;
	scope_hands_on(&checker, 0, graph->payload_bytes);
	double entries = scope_entries(&checker, 0) + HISTORY_OF_EXECUTION;
	if (graph->kind == WORKFLOW_STANDARD)
		check_history(&checker, entries, root->place, "this workflow");
}

/* --- choices --- */

/* Probabilities as close to 1 together as numbers with a few digits come. */
static const double SUM_WITHIN = 1e-6;

void workflow_check_choice(const struct yaml_node *list, struct step_branch *branches, struct diag *diag)
{
	const struct yaml_node *rest_of = NULL;
	struct step_branch *rest = NULL;
	struct step_branch *branch = branches;
	double sum = 0;
	for (const struct yaml_node *item = list->first; item; item = item->next, branch++) {
		if (yaml_get(item, "probability")) {
			sum += branch->probability;
			if (branch->probability == 0 && branch->first != GRAPH_END)
				diag_warning(diag, item->place,
					     "the steps of a branch whose probability is 0 are never reached");
		} else if (rest) {
			diag_error(diag, item->place,
				   "only one branch of a choice may leave out its 'probability' and get the rest");
			return;
		} else {
			rest = branch;
			rest_of = item;
		}
	}
	if (rest)
		rest->probability = 1 - sum;
	if (rest ? sum > 1 + SUM_WITHIN : fabs(sum - 1) > SUM_WITHIN)
		diag_error(diag, list->place, "the probabilities of a choice sum to %.9g, not to 1%s", sum,
			   rest || sum > 1 ? "" : "; a branch without one gets the rest");
	else if (rest && rest->probability <= SUM_WITHIN && rest->first != GRAPH_END)
		diag_error(diag, rest_of->place,
			   "this branch can never be reached: the others' probabilities sum to 1");
}
