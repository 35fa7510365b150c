/*
 * What a function does (work_model.h), from how long it took at several memory sizes. Means of each size are fitted
 * relative to themselves, weighted by their number of rows: GSL non-linear least squares (Levenberg-Marquardt) on
 * ln(model / mean), for every choice of parameters that are 0; the best fit without a negative parameter is taken. Work
 * of the order of a quota period ends in steps, so rates are then corrected to what the simulator's CPU gives and
 * fitted again; where that does not come close, all steps are tried and a simplex (Nelder-Mead) goes on from the best
 * over what the CPU gives itself.
 *
 * Example: 512 and 1024 MB, which are 0.289 and 0.579 of a vCPU, took 4 and 2.5 s. With w of waiting and c of CPU,
 * w + c / 0.289 = 4 and w + c / 0.579 = 2.5: c is 0.87 s and w 1 s. A third size would tell by how much that misses.
 *
 * A parameter that the sizes cannot tell apart from others (waiting at one size; parallel work below one vCPU) is not
 * fitted and stays at its default, 0. Which of two that are alike is fitted, and how many threads share the parallel
 * part, is a choice: the first of a list of them is kept unless another one misses the means by clearly less. One that
 * sizes hardly tell is kept only where the rest misses by more than rows scatter, or where the means agree with it more
 * than luck would have them (F test).
 */
#ifndef LAMINA_WORK_FIT_H
#define LAMINA_WORK_FIT_H /* private to calibrate */

#include "calibrate/log_samples.h"
#include "calibrate/work_model.h"

enum parameter_state {
	PARAMETER_UNIDENTIFIED, /* stays at its default */
	PARAMETER_FITTED,
	PARAMETER_AT_ZERO, /* a negative value would fit better, which nothing can be */
};

struct fitted_parameter {
	enum parameter_state state;
	double standard_error; /* NaN where the rows do not tell */
};

struct work_fit {
	struct work_model model;
	struct fitted_parameter parameters[FIT_PARAMETERS]; /* of the model's seconds */
	double row_variance; /* of a row relative to its size's mean; 0 where each size has one row */
	double relative_rms; /* of ln(model / mean) over the sizes, weighted by rows */
};

/* False where there is no completed row, or where no work takes anything like the times of those that there are. */
bool work_fit_solve(const struct function_samples *samples, const struct fit_conditions *conditions,
		    struct work_fit *out);

/* The same where rows told that a part of the work varies alone, or speeds less than was thought (varying.h). */
struct varying_part;
bool work_fit_solve_part(const struct function_samples *samples, const struct varying_part *part,
			 const struct fit_conditions *conditions, struct work_fit *out);

/* Whether the fit misses the group's mean by more than its rows' scatter, or where they tell none, by much. */
bool work_fit_misses(const struct work_fit *fit, const struct sample_group *group, double predicted_seconds);

#endif
