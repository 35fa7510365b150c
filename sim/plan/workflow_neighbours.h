/*
 * What is around the best plan of a workflow, simulated: critical paths bend with memory, so that planes which were
 * learnt far away (path_model.h) tell little of what is near. In a box around the best, which shrinks where nothing in
 * it is better, they are learnt anew (a trust region: Conn, Gould and Toint, "Trust-Region Methods", SIAM 2000); then
 * one function's memory is changed by itself, or exchanged for another's.
 *
 * Who may call it: workflow_plan.h.
 */
#ifndef LAMINA_WORKFLOW_NEIGHBOURS_H
#define LAMINA_WORKFLOW_NEIGHBOURS_H /* private to plan */

#include "plan/workflow_search.h"

/* Makes the search's best better, where it can; nothing where all plans were simulated. */
void workflow_neighbours(struct workflow_search *search);

#endif
