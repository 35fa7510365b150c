/*
 * A closer search for work that takes what the rows took, where least squares alone do not come close. Short work ends
 * in steps of the CPU quota's periods, over which nothing leads from one fit to the next: they are tried one by one,
 * then a simplex (Nelder-Mead) goes on from the best of them over what the simulator's CPU gives.
 */
#ifndef LAMINA_WORK_SEARCH_H
#define LAMINA_WORK_SEARCH_H

#include "calibrate/fit_data.h"

/* The fit misses by `missed`, and may by `close`; makes it better where it can, returns by how much it then misses. */
double work_search(const struct fit_data *data, const struct fit_conditions *conditions, double missed, double close,
		   struct work_fit *fit);

#endif
