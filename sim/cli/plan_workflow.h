/* `lamina plan` of an experiment that has a workflow. */
#ifndef LAMINA_PLAN_WORKFLOW_H
#define LAMINA_PLAN_WORKFLOW_H /* private to cli */

#include "cli/command.h"
#include "experiment/study.h"
#include "plan/plan.h"

/* Plans, prints, and writes the certificate where one is asked for; an enum cli_exit. */
int plan_workflow(struct cli *cli, const struct study *study, const struct plan_request *request);

#endif
