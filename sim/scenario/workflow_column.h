/*
 * What a trace of requests says of each one's way through a workflow: in one of its columns, which branch of a choice
 * it takes (`column` beside `choice`, `is` in each branch), or how many items a map has ({column: NAME}). Requests by
 * trace come one by one, so that a record is a row.
 */
#ifndef LAMINA_WORKFLOW_COLUMN_H
#define LAMINA_WORKFLOW_COLUMN_H /* private to scenario */

#include "base/arena.h"
#include "base/diag.h"
#include "doc/yaml.h"
#include "scenario/trace_file.h"
#include "serving/step_graph.h"

/* The columns that steps ask for, into the request. steps may be NULL. False where there are too many. */
bool workflow_columns_find(const struct yaml_node *steps, struct diag *diag, struct trace_request *out);

struct column_reader {
	const struct trace *trace; /* NULL: requests come otherwise */
	bool is_polled;            /* they come in batches, which are no rows */
	struct arena *arena;
	struct diag *diag;
};

/* name: what stands behind `column`. Which branch each value takes, and how probable these are. */
void workflow_column_choose(const struct column_reader *reader, const struct yaml_node *name,
			    const struct yaml_node *list, struct step *step, struct step_branch *branches);

/* Items, and how they are distributed. */
void workflow_column_count(const struct column_reader *reader, const struct yaml_node *name, double most,
			   struct step *step);

#endif
