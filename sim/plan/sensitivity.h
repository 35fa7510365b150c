/*
 * How the choice moves when what it rests on is a little different: each uncertain input is moved by its standard
 * uncertainty, down and up, and the plan is searched for anew (with the factors that the trials gave).
 */
#ifndef LAMINA_SENSITIVITY_H
#define LAMINA_SENSITIVITY_H /* private to plan */

#include "plan/planner.h"

enum { SENSITIVITY_ROWS = 2 * UNCERTAIN_INPUTS };

struct sensitivity_row {
	const char *input; /* "CPU speed" */
	const char *basis; /* where its uncertainty comes from, with source */
	double change;     /* -0.1: a tenth less */
	bool has_plan;     /* there is a plan within the bounds at all */
	struct plan_choice choice;
	char memories[512]; /* of that plan: "2048, 1280, ..." */
	int64_t images_per_record;
	double regret;      /* what keeping the recommended plan costs over the new one, relative to its objective */
	bool still_fits;    /* memory */
	bool still_allowed; /* seconds and dollars of the recommended plan, by model and factor */
};

/* Rows of inputs whose uncertainty is 0 are left out; *count gets the others' number. */
void sensitivity_find(const struct planner *planner, const struct trial *best,
		      const struct plan_uncertainty *uncertainty, struct sensitivity_row rows[SENSITIVITY_ROWS],
		      size_t *count);

/* The regret from which on keeping a plan is worth a word. */
#define SENSITIVITY_REGRET 0.02

#endif
