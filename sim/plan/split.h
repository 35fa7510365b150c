/*
 * How the layers of a network are split over functions: every way to join neighbouring functions of the profile into
 * one, from a function for each to one for all. Joined functions save cold starts, imports, and the passing of
 * intermediate results through the store; they need the memory of the largest of them for all of the time.
 *
 * Cuts are those that were measured: decoding and serialising were timed at the ends of the profile's functions. A
 * profile of a finer pipeline (lamina profile) gives more of them.
 *
 * Every split is searched to the optimum of the planner's model (search.h); those that the model puts within its error
 * of the best are planned to the end, by simulation on the same luck.
 */
#ifndef LAMINA_SPLIT_H
#define LAMINA_SPLIT_H /* private to plan */

#include "base/buf.h"
#include "plan/planner.h"

enum {
	SPLIT_CUTS_MAX = 11,   /* 2^11 splits */
	SPLIT_TRIALS_MAX = 12, /* splits that are planned to the end */
};

struct split_request {
	const struct space_request *space; /* the experiment as it stands */
	const struct profile *profile;
	const struct search_goal *goal;
	const struct trial_control *control; /* its space is that of the experiment as it stands */
};

struct split_answer {
	struct yaml_node *root; /* the experiment with the best split */
	bool is_given;          /* which is that of the experiment */
	size_t split_count;
	size_t tried;
	struct trial best;
	bool given_found;
	struct trial given; /* the best plan of the experiment's own split */
};

/* Adds an error where the experiment's functions cannot be joined. */
bool split_check(const struct experiment *experiment, const struct profile *profile, struct diag *diag);

/*
 * After split_check. Everything lives in the arena of request->control. PLANNER_INFEASIBLE where no split keeps the
 * bounds: then the answer's root is the experiment's.
 */
enum planner_end split_choose(const struct split_request *request, struct split_answer *out);

/* Why this split, without a full stop. */
void split_words(const struct split_answer *split, struct buf *out);

#endif
