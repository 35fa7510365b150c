/*
 * The `workflow` section of an experiment: steps in blocks, in place of the chain that `functions` makes by itself
 * (man lamina-experiment, WORKFLOWS). Its keys are read with the experiment; its steps are made into a graph where
 * functions and platform are known.
 */
#ifndef LAMINA_WORKFLOW_SECTION_H
#define LAMINA_WORKFLOW_SECTION_H /* private to scenario */

#include "base/arena.h"
#include "base/diag.h"
#include "doc/bind.h"
#include "platform/platform.h"
#include "serving/arrivals.h"
#include "serving/step_graph.h"

struct workflow_section {
	int kind; /* enum workflow_kind */
	double payload_kb;
	const char *resource;          /* "": none */
	const struct yaml_node *steps; /* NULL: there is no workflow */
};
extern const struct bind_schema workflow_section_schema;

/* What a workflow's steps may name. */
struct workflow_surroundings {
	const struct platform *platform;
	const char *const *functions;
	size_t function_count;
	int64_t messages_max;      /* of the source's batch; 0: no batches come */
	const struct trace *trace; /* by which requests come; or NULL */
};

/* False when errors were added to the diag: at their lines, all that there are. */
bool workflow_compile(const struct workflow_section *section, const struct workflow_surroundings *surroundings,
		      struct arena *arena, struct diag *diag, struct graph *out);

#endif
