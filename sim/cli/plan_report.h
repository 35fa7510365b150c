/* What `lamina plan` found out, as text, JSON or CSV. */
#ifndef LAMINA_PLAN_REPORT_H
#define LAMINA_PLAN_REPORT_H /* private to cli */

#include "cli/command.h"
#include "experiment/study.h"
#include "plan/plan.h"
#include "report/trust.h"

struct plan_report {
	struct cli *cli;
	const struct study *study;
	const struct plan_request *request;
	const struct plan *plan;
	const struct trust *trust; /* in the model; NULL where what it rests on is not there */
	const char *stated;        /* functions of KNOWN_CURRENT as the experiment states them (plan_emit.h) */
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
