/* A state machine as an experiment's `workflow`: blocks of steps, with where each state stands. */
#ifndef LAMINA_IMPORT_WORKFLOW_H
#define LAMINA_IMPORT_WORKFLOW_H /* private to deploy */

#include "deploy/import_parts.h"

/*
 * The machine's steps as the value of `workflow`, to be added where its place is; functions that they call are marked
 * as used. NULL with diag errors.
 */
struct yaml_node *import_workflow(struct importing *importing, const struct inventory_item *machine);

bool import_is_express(const struct inventory_item *machine);

#endif
