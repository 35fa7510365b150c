/*
 * Provisioned sandboxes of a workflow's functions, where requests come over time: with the best plan's memories and all
 * else, the number of one function after the other is moved by halving steps while simulations are better (as
 * provision.h does it for a chain); then memories around that are tried again.
 *
 * Who may call it: workflow_plan.h.
 */
#ifndef LAMINA_WORKFLOW_PROVISION_H
#define LAMINA_WORKFLOW_PROVISION_H /* private to plan */

#include "plan/workflow_search.h"

/* Makes the search's best better, where it can. */
void workflow_provision(struct workflow_search *search);

#endif
