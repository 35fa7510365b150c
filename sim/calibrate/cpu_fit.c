#include "calibrate/cpu_fit.h"

#include <math.h>

#include "base/num.h"
#include "calibrate/fit_data.h"

/* As small as a half of what is looked for becomes: far below what a log tells. */
enum { HALVINGS = 40 };

/* What is moved between 0 and 1 until the group takes as long as it was logged. */
struct search {
	struct work_fit *fit;
	const struct fit_conditions *conditions;
	const struct sample_group *group;
	void (*set)(struct work_fit *fit, double seconds, double share);
	double seconds;
};

static double predict_now(const struct search *search)
{
	return fit_predict(&search->fit->model, search->conditions, search->group);
}

static double predict(const struct search *search, double share)
{
	search->set(search->fit, search->seconds, share);
	return predict_now(search);
}

/* The largest share with which the request takes no longer than logged, where more of it takes longer. */
static double largest_share(const struct search *search)
{
	double low = 0;
	double high = 1;
	if (predict(search, 1) <= search->group->seconds.mean)
		return 1;
	for (int i = 0; i < HALVINGS; i++) {
		double middle = (low + high) / 2;
		*(predict(search, middle) <= search->group->seconds.mean ? &low : &high) = middle;
	}
	predict(search, low);
	return low;
}

static void set_single(struct work_fit *fit, double seconds, double share)
{
	fit->model.seconds[FIT_SINGLE] = seconds * share;
}

static void set_one_thread(struct work_fit *fit, double seconds, double share)
{
	fit->model.seconds[FIT_SINGLE] = seconds * share;
	fit->model.seconds[FIT_PARALLEL] = seconds * (1 - share);
}

static void set_parallel(struct work_fit *fit, double seconds, double share)
{
	fit->model.seconds[FIT_PARALLEL] = seconds * share;
}

static void set_cold(struct work_fit *fit, double seconds, double share)
{
	fit->model.seconds[FIT_COLD] = seconds * share;
}

static void tell(struct work_fit *fit, enum work_parameter which, double error)
{
	struct fitted_parameter *parameter = &fit->parameters[which];
	double *seconds = &fit->model.seconds[which];
	*seconds = num_rounded(*seconds, 9);
	bool is_zero = !(*seconds > 0);
	parameter->state = is_zero ? PARAMETER_AT_ZERO : PARAMETER_FITTED;
	parameter->standard_error = is_zero ? (double)NAN : error;
}

/* All CPU time on one thread, or as much of it as the time logged allows; then on all; then less of it. */
static void place_cpu(struct search *search)
{
	search->set = set_single;
	if (largest_share(search) == 1)
		return;
	bool has_threads = cpu_share(search->conditions->cpu, search->group->memory_mb) > 1;
	search->set = set_one_thread;
	if (has_threads && predict(search, 0) <= search->group->seconds.mean) {
		largest_share(search);
		return;
	}
	search->fit->model.seconds[FIT_SINGLE] = 0;
	search->fit->model.seconds[FIT_PARALLEL] = 0;
	search->set = has_threads ? set_parallel : set_single;
	largest_share(search);
}

/* What is left of the time logged is waiting, which moves where the next request finds the quota's period. */
static void place_wait(const struct search *search, enum work_parameter which)
{
	enum { CORRECTIONS = 8 };
	double *seconds = &search->fit->model.seconds[which];
	double logged = search->group->seconds.mean;
	for (int i = 0; i < CORRECTIONS; i++)
		*seconds = fmax(0, *seconds + logged - predict_now(search));
	/* The search ends within this. */
	if (*seconds < 1e-6 * logged)
		*seconds = 0;
}

/* What is left of a new sandbox's first request: CPU time as far as it has more of it, then waiting. */
static void fit_cold(const struct sample_group *warm, const struct sample_group *cold,
		     const struct fit_conditions *conditions, struct work_fit *fit)
{
	struct search search = {
		.fit = fit,
		.conditions = conditions,
		.group = cold,
		.set = set_cold,
		.seconds = fmax(0, cold->cpu_seconds.mean - warm->cpu_seconds.mean),
	};
	largest_share(&search);
	place_wait(&search, FIT_COLD_WAIT);
	tell(fit, FIT_COLD,
	     hypot(summary_standard_error(&cold->cpu_seconds), summary_standard_error(&warm->cpu_seconds)));
	tell(fit, FIT_COLD_WAIT, hypot(summary_standard_error(&cold->seconds), summary_standard_error(&warm->seconds)));
}

bool cpu_fit_solve(const struct function_samples *samples, const struct fit_conditions *conditions, struct cpu_fit *out)
{
	for (size_t i = 0; i < samples->group_count; i++) {
		const struct sample_group *group = &samples->groups[i];
		if (group->memory_mb != samples->groups[0].memory_mb || group->images != samples->groups[0].images ||
		    group->cpu_seconds.count != group->seconds.count)
			return false;
	}
	if (samples->group_count == 0)
		return false;
	/* Warm ones come first. */
	const struct sample_group *first = &samples->groups[0];
	*out = (struct cpu_fit){.logged_cpu_seconds = first->cpu_seconds.mean};
	struct work_fit *fit = &out->fit;
	double variance = scatter_row_variance(samples);
	fit->row_variance = isnan(variance) ? 0 : variance;
	work_model_init(&fit->model, conditions, conditions->threads_max,
			work_model_variation(fit->row_variance, samples->scatter.speed_variance));
	struct quantile_table factors = scatter_factors(&samples->scatter);
	if (factors.count > 0 && fit->model.variation > 0)
		work_model_set_factors(&fit->model, &factors);
	struct search search = {
		.fit = fit,
		.conditions = conditions,
		.group = first,
		.seconds = out->logged_cpu_seconds,
	};
	place_cpu(&search);
	place_wait(&search, FIT_WAIT);
	tell(fit, FIT_SINGLE, summary_standard_error(&first->cpu_seconds));
	tell(fit, FIT_WAIT, summary_standard_error(&first->seconds));
	if (fit->model.seconds[FIT_PARALLEL] > 0)
		tell(fit, FIT_PARALLEL, summary_standard_error(&first->cpu_seconds));
	if (samples->group_count > 1)
		fit_cold(first, &samples->groups[1], conditions, fit);
	return true;
}
