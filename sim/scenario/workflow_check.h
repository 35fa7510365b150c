/*
 * What of a workflow can be told before it runs: that its state and its history cannot but pass the platform's limits,
 * and that some of it can never be reached.
 */
#ifndef LAMINA_WORKFLOW_CHECK_H
#define LAMINA_WORKFLOW_CHECK_H /* private to scenario */

#include "base/diag.h"
#include "doc/yaml.h"
#include "platform/platform.h"
#include "serving/step_graph.h"

/* nodes: where each step of the graph is written; root: where all of them are. Mistakes go into the diag. */
void workflow_check(const struct graph *graph, const struct platform *platform, const struct yaml_node *const *nodes,
		    const struct yaml_node *root, struct diag *diag);

/* Gives the one branch that leaves its probability out the rest; without one they must sum to 1. */
void workflow_check_choice(const struct yaml_node *list, struct step_branch *branches, struct diag *diag);

#endif
