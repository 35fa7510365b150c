/*
 * An experiment's `plan:`: what the planner may vary, and how uncertain its inputs are. All of it has defaults, which
 * the planner takes from platform, profile and workload.
 */
#ifndef LAMINA_PLAN_SECTION_H
#define LAMINA_PLAN_SECTION_H /* private to scenario */

#include "doc/bind.h"

/* Sizes from..to in steps; a member that is 0 is the platform's. */
struct plan_memory {
	int64_t from_mb;
	int64_t to_mb;
	int64_t step_mb;
};

/* Record sizes from, from + step, ..., to; all 0: as the planner sees fit. */
struct plan_images {
	int64_t from;
	int64_t to;
	int64_t step;
};

struct plan_parallel {
	int64_t from;
	int64_t to; /* 0: as many as the account may run at once */
};

/* What the planner moves, one at a time, to see whether its choice holds. */
enum uncertain_input {
	UNCERTAIN_CPU_SPEED,
	UNCERTAIN_NETWORK,
	UNCERTAIN_COLD_START,
	UNCERTAIN_MEMORY,
	UNCERTAIN_INPUTS
};

extern const char *const uncertain_inputs[UNCERTAIN_INPUTS]; /* "CPU speed" */

/* Standard uncertainties, relative. */
struct plan_uncertainty {
	double share[UNCERTAIN_INPUTS];
	const char *source[UNCERTAIN_INPUTS]; /* in words; NULL: none is stated, and the usual one holds */
};

/* What a plan of a workflow varies beside memory: "kind", "architecture", ..., NULL. */
extern const char *const plan_varied[];

struct plan_section {
	struct plan_memory memory;
	struct plan_images images_per_record;
	struct plan_parallel parallel;
	struct bind_texts schedules; /* names of schedule_names; none: all */
	struct bind_texts keep;      /* of a workflow, what is not varied: names of plan_varied */
	struct plan_uncertainty uncertainty;
};

extern const struct bind_schema plan_section_schema;

/* The usual ones, from text in memory; file is its name in messages. False when errors were added. */
bool plan_uncertainty_parse(const char *file, const char *text, size_t length, struct arena *arena, struct diag *diag,
			    struct plan_uncertainty *out);

/* What is stated, put over the usual ones. */
struct plan_uncertainty plan_uncertainty_over(const struct plan_uncertainty *usual,
					      const struct plan_uncertainty *stated);

#endif
