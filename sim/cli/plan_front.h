/* `lamina plan --pareto`: the time-cost front with the plans that people know marked on it, as table and as figure. */
#ifndef LAMINA_PLAN_FRONT_H
#define LAMINA_PLAN_FRONT_H

#include "cli/plan_report.h"

/* Prints the front, or writes it where --output says; returns an enum cli_exit. */
int plan_front_run(struct plan_report *report);

#endif
