/* `lamina plan --pareto`: the time-cost front with the plans that people know marked on it, as table and as figure. */
#ifndef LAMINA_PLAN_FRONT_H
#define LAMINA_PLAN_FRONT_H /* private to cli */

#include "cli/plan_report.h"

/* Whether what --output names can be written: CLI_OK, or CLI_FAILED with words. */
int plan_front_try(struct cli *cli);

/*
 * Prints the front, or writes it where --output says: as a table where that ends in .csv or .json, else as a figure;
 * returns an enum cli_exit.
 */
int plan_front_print(const struct plan_report *report);

#endif
