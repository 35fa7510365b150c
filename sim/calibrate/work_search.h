/*
 * A closer search for work that takes what the rows took, where least squares alone do not come close. Short work ends
 * in steps of the CPU quota's periods, over which nothing leads from one fit to the next: they are tried one by one,
 * then a simplex goes on from the best of them over what the simulator's CPU gives (J. A. Nelder, R. Mead, "A simplex
 * method for function minimization", The Computer Journal 7, 1965).
 *
 * Why steps: 512 MB have 5.79 ms of each period of 20 ms. Work of 11.5 ms ends after 5.79 ms in the first period and
 * 5.71 ms in the second, at 25.7 ms; work of 11.7 ms needs a third period and ends at 40.1 ms. Between the two there is
 * no time at all that a derivative could follow.
 *
 * Where means are missed by far more than a period there is nothing to look for. A simplex that ends at a step is
 * helped beyond it by values about each parameter's own.
 *
 * What always holds: a fit is replaced only by one that misses by less. The simplex moves over the logarithms of what
 * is above 0, so that it makes nothing negative and nothing of 0; only the steps before it set a parameter to 0 or
 * above.
 */
#ifndef LAMINA_WORK_SEARCH_H
#define LAMINA_WORK_SEARCH_H /* private to calibrate */

#include "calibrate/fit_data.h"

/* The fit misses by `missed`, and may by `close`; makes it better where it can, returns by how much it then misses. */
double work_search(const struct fit_data *data, const struct fit_conditions *conditions, double missed, double close,
		   struct work_fit *fit);

/*
 * Short work is stopped or is not: such a mean needs more sandboxes than the search had, and the fit what these say.
 * Where the same work on one thread fits as well, it is taken.
 */
double work_search_finely(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			  double close, struct work_fit *fit);

#endif
