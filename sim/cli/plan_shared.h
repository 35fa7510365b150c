/* `lamina plan` of an experiment whose requests share instances, or whose instances are paid for by the clock. */
#ifndef LAMINA_PLAN_SHARED_H
#define LAMINA_PLAN_SHARED_H /* private to cli */

#include "cli/command.h"
#include "experiment/study.h"
#include "plan/plan.h"

/* Whether it is one: what `plan_shared` is for. */
bool plan_shared_is_due(const struct setting *setting);

/* Plans memory and requests at once, and prints; an enum cli_exit. */
int plan_shared(struct cli *cli, const struct study *study, const struct plan_request *request);

#endif
