/*
 * Whether CPU or waiting varies alone from request to request, as the scatter of rows changes over memory sizes. What
 * varies by a factor moves the time at a size by the share that it has in it: CPU by more where memory is small,
 * waiting by more where it is large, and by nothing where throttling hides it (work_model.h). So each of the three
 *
 *	all       the same relative scatter at every size
 *	CPU       as CPU's share
 *	waiting   as waiting's share
 *
 * has a variance of rows at each size in mind, up to one factor that is fitted; the one with which the variances that
 * were observed are likeliest is taken, all where it is not clearly another one. Variances of normal rows are
 * chi-squared; rows have longer tails, so that a deviance of that has to be the larger.
 *
 * Before the first fit all of a row's time is taken for computed, which sandboxes' speeds make longer or shorter. The
 * fit tells how much of it is: speeds show in nothing else, and what they do not make varies from request to request.
 *
 * Example: 50 files written, 100 requests a size (SLAPP, f1, 2020): 1.2 % at 256 MB, where CPU is throttled all the
 * time, 9.9 % at 1,024 and 11 % at 3,008 MB, where half of the time is the disk's: that is waiting.
 */
#ifndef LAMINA_VARYING_H
#define LAMINA_VARYING_H /* private to calibrate */

#include "calibrate/work_fit.h"

struct varying_part {
	enum work_varying varying; /* all where speeds alone are told otherwise */
	double variation;
	struct scatter scatter; /* of it */
};

/* False where what the fit took varies as it took it, or rows do not tell. The fit is one in which all varies. */
bool varying_find(const struct function_samples *samples, const struct fit_conditions *conditions,
		  const struct work_fit *fit, struct arena *arena, struct varying_part *out);

#endif
