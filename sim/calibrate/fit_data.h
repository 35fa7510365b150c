/*
 * The means that a function's work is fitted to, and by how much a model of it misses them.
 */
#ifndef LAMINA_FIT_DATA_H
#define LAMINA_FIT_DATA_H /* private to calibrate */

#include "calibrate/work_fit.h"

enum { FIT_GROUPS_MAX = SAMPLES_GROUPS_MAX };

/* What the solver finds is kept to so many digits: more than its tolerance, fewer than BLAS's own last bits. */
enum { FIT_DIGITS = 9 };

struct fit_data {
	const struct function_samples *samples;
	double columns[FIT_GROUPS_MAX][FIT_PARAMETERS]; /* seconds per second of the parameter */
	size_t count;
	const struct scatter *scatter;
	double relative_variance;  /* of one row about its size's mean; NaN where no size has two rows */
	enum work_varying varying; /* from request to request */
	double variation;          /* of that, as rows tell or as is tried */
	int64_t alternations;      /* of waiting and CPU, as is tried */
};

double fit_mean_seconds(const struct fit_data *data, size_t group);

/* The group's images over those that the model's seconds are of. */
double fit_images(const struct fit_conditions *conditions, const struct sample_group *group);

/* The group's mean as the model has it. */
double fit_predict(const struct work_model *model, const struct fit_conditions *conditions,
		   const struct sample_group *group);

/* Of the sizes' means the least. */
double fit_fastest_seconds(const struct fit_data *data);

/* The sum of ln(model / mean) squared, over rows; each size counts as at least so many. */
double fit_squares_off(const struct fit_data *data, const struct fit_conditions *conditions,
		       const struct work_model *model, double least_rows);

/* The same with a share for sizes of few rows: a bill is as large as the model's time at each size. */
double fit_missed_by(const struct fit_data *data, const struct fit_conditions *conditions,
		     const struct work_model *model);

#endif
