/*
 * How many sandboxes of each function to keep provisioned, where requests come over time. A provisioned sandbox is
 * paid for by the clock and computes at a lower rate, so that the n-th one pays for itself when it is busy for more
 * than a certain share of the time (0.6 at AWS's prices), and it saves cold starts, which may be what a bound on
 * latency needs.
 *
 * A function that is restored from snapshots has none where the platform does not sell both together: then they are
 * tried for the best plan without snapshots, and compared.
 *
 * Numbers are chosen together with memory by turns: with the plan's memories, the number of one function after the
 * other is moved by halving steps while the simulated objective falls; with these numbers, the planner searches for
 * memories again. Every comparison is a simulation on the same luck. The result is a local optimum of simulations: the
 * planner's proof is of memory for the numbers found, not of the numbers.
 *
 * A batch uses all its sandboxes or has no use for them: none, what the experiment states, and as many of a function as
 * there are jobs are what is compared, each with memories of its own. As many as there are jobs are tried where the
 * model says that they might do better, and where nothing else keeps the bounds.
 */
#ifndef LAMINA_PROVISION_H
#define LAMINA_PROVISION_H

#include "base/buf.h"
#include "plan/planner.h"

struct provision {
	bool is_offered;    /* the platform sells it, and it is a question here */
	size_t tried;       /* settings that were simulated */
	struct trial none;  /* the best plan without any; setting NULL: none keeps the bounds */
	struct trial rival; /* the best plan tried that has some */
	bool rival_allowed;
	struct trial nearest; /* where nothing keeps the bounds: what comes nearest to it with some; or setting NULL */
	struct planner_answer answer; /* the planner's, or a better one; the settings of its space have its numbers */
};

/* Sandboxes of all functions that a setting provisions. */
int64_t provision_total(const struct setting *setting);

/* What planner_find found, or a better plan that has other numbers. False when interrupted. */
bool provision_choose(const struct planner_answer *found, struct provision *out);

/* "12 of resize, 3 of crop", or "none". */
void provision_numbers(const struct setting *setting, struct buf *out);

/* Why these numbers, without a full stop; only where it is offered. */
void provision_words(const struct provision *provision, const struct search_goal *goal, const struct trial *best,
		     struct buf *out);

#endif
