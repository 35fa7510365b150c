/* The options of `lamina plan` that say what is wanted, checked against each other. */
#ifndef LAMINA_PLAN_REQUEST_H
#define LAMINA_PLAN_REQUEST_H

#include "cli/command.h"
#include "plan/plan.h"

/*
 * Fills *out but for its experiment, replications and front. False when errors were added to the diag. is_served:
 * requests come over time; is_workflow: and are walked through one.
 */
bool plan_request_read(const struct cli *cli, bool is_served, bool is_workflow, struct plan_request *out,
		       struct diag *diag);

#endif
