/*
 * `pipeline.split`: how a network is cut into functions where the experiment does not take those of its profile: the
 * names of the layers after which it is cut, a number of functions, or auto (profile_split.h).
 */
#ifndef LAMINA_PIPELINE_SPLIT_H
#define LAMINA_PIPELINE_SPLIT_H

#include "scenario/resolve.h"

/*
 * The profile that the experiment names, cut as it says; each is read and cut once. NULL without diag errors where it
 * names none, with errors where it cannot be had.
 */
const struct profile *experiment_profile(const struct experiment *experiment, struct library *library,
					 struct diag *diag);

#endif
