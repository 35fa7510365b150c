/*
 * Means as sums of columns, a column being the seconds that one second of a parameter makes at each size: Levenberg and
 * Marquardt's least squares of GSL on ln(model / mean), and the columns corrected to what the simulator's CPU gives.
 *
 * Example: at 512 MB one thread's CPU has a column of 1 / 0.289 and waiting one of 1; a fit of 0.87 and 1 s is 4 s.
 */
#ifndef LAMINA_LINEAR_FIT_H
#define LAMINA_LINEAR_FIT_H /* private to calibrate */

#include "calibrate/fit_data.h"

/* In which order parameters are told apart: a column within so much of what those before it explain is not. */
struct linear_order {
	double wait_dependent; /* of waiting */
	double cpu_dependent;
	enum work_parameter parameters[FIT_PARAMETERS];
};

/* A choice of parameters that are not 0. */
struct subset {
	const struct fit_data *data;
	enum work_parameter members[FIT_PARAMETERS];
	size_t count;
};

struct solution {
	double values[FIT_PARAMETERS];
	double standard_errors[FIT_PARAMETERS];
	double chi_squared;
	bool is_feasible;
};

/* The columns of long work on so many threads. */
void linear_fit_set_columns(struct fit_data *data, const struct fit_conditions *conditions, int64_t threads);

/* Makes the columns give, for what was fitted, the time that the simulator's CPU gives. */
void linear_fit_correct_columns(struct fit_data *data, const struct fit_conditions *conditions,
				const struct work_fit *fit);

/* The parameters that the columns tell. */
struct subset linear_fit_told(const struct fit_data *data, const struct linear_order *order);

/* The members of `all` whose bits are set. */
struct subset linear_fit_choose(const struct subset *all, unsigned int bits);

struct solution linear_fit_solve(struct subset *subset);

/* The parameters of `all` as the solution for those of its members whose bits are set has them. */
void linear_fit_set(const struct subset *all, unsigned int bits, const struct solution *solution, struct work_fit *fit);

/* The best fit of any choice of them; false where none leaves all of them at 0 or above. */
bool linear_fit_best(const struct subset *all, struct work_fit *fit);

#endif
