#include "calibrate/fit_data.h"

#include <math.h>

/* What a size weighs at least in the choice between fits, of the mean over sizes. */
static const double LEAST_WEIGHT = 0.1;

double fit_mean_seconds(const struct fit_data *data, size_t group)
{
	return data->samples->groups[group].center_seconds;
}

double fit_images(const struct fit_conditions *conditions, const struct sample_group *group)
{
	bool is_told = group->images > 0 && conditions->images > 0;
	return is_told ? (double)group->images / (double)conditions->images : 1;
}

double fit_predict(const struct work_model *model, const struct fit_conditions *conditions,
		   const struct sample_group *group)
{
	return work_model_batch_seconds(model, conditions, group->memory_mb, fit_images(conditions, group),
					group->is_cold);
}

double fit_fastest_seconds(const struct fit_data *data)
{
	double fastest = INFINITY;
	for (size_t i = 0; i < data->count; i++)
		fastest = fmin(fastest, fit_mean_seconds(data, i));
	return fastest;
}

double fit_squares_off(const struct fit_data *data, const struct fit_conditions *conditions,
		       const struct work_model *model, double least_rows)
{
	double squares = 0;
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double predicted = fit_predict(model, conditions, group);
		double off = log(predicted / fit_mean_seconds(data, i));
		squares += fmax((double)group->seconds.count, least_rows) * off * off;
	}
	return squares;
}

double fit_missed_by(const struct fit_data *data, const struct fit_conditions *conditions,
		     const struct work_model *model)
{
	double per_size = (double)data->samples->completed / (double)data->count;
	return fit_squares_off(data, conditions, model, LEAST_WEIGHT * per_size);
}
