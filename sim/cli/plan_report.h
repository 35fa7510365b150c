/* What `lamina plan` found out, as text, JSON or CSV. */
#ifndef LAMINA_PLAN_REPORT_H
#define LAMINA_PLAN_REPORT_H

#include "cli/plan_request.h"
#include "experiment/study.h"
#include "plan/named.h"
#include "plan/pareto.h"
#include "plan/provision.h"
#include "plan/sensitivity.h"
#include "plan/split.h"
#include "plan/survivors.h"
#include "plan/versus.h"

struct plan_report {
	struct cli *cli;
	struct study *study;
	struct plan_request request;
	struct space_request space_request;
	struct space space;
	struct search_goal goal;
	struct planner planner;
	struct planner_answer answer;
	double visits_max;  /* of a trial (excerpt.h) */
	struct trial whole; /* the plan once as it is, where trials are of excerpts; setting NULL: there is none */
	struct survivors survivors;
	struct rival rivals[PLANNER_RIVALS_MAX];
	size_t rival_count;
	double best_share;
	struct provision provision;
	bool has_split; /* it was asked for */
	struct split_answer split;
	struct sensitivity_row sensitivity[SENSITIVITY_ROWS];
	size_t sensitivity_count;
	struct trial named[NAMED_PLANS]; /* setting NULL: there is none */
	struct versus versus[NAMED_PLANS];
};

/* The whole report; the caller prints it. */
void plan_report_text(const struct plan_report *report, struct buf *out);
void plan_report_json(const struct plan_report *report, struct buf *out);
void plan_report_csv(const struct plan_report *report, struct buf *out);

/*
 * Where the simulation is far from the model: what that means, in words without a subject; else false.
 */
bool plan_report_doubt(const struct plan_report *report, struct buf *out);

/* "2048, 1280, 1024, 768", in the arena. */
const char *plan_report_memories(const struct setting *setting, struct arena *arena);

#endif
