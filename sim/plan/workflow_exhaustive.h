/*
 * All plans of a workflow that may be better than the best known one, simulated, where they are few enough: then that
 * one is the best, whatever a model says. What a plan costs is reckoned from three simulations of its layout and what
 * calls cost with other memories in the mean; by how much simulations disagree is measured as they are made, from the
 * cheapest on, and what would cost more than the best, or than is allowed, even so, is left out. No time rules any out.
 *
 * Who may call it: workflow_plan.h.
 */
#ifndef LAMINA_WORKFLOW_EXHAUSTIVE_H
#define LAMINA_WORKFLOW_EXHAUSTIVE_H /* private to plan */

#include "plan/workflow_search.h"

/* Sets what `out` says of how many plans there are, and whether none can be better. */
void workflow_exhaustive(struct workflow_search *search);

#endif
