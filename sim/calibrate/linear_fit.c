#include "calibrate/linear_fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

#include "base/num.h"

enum { ITERATIONS_MAX = 100 };

/* Thread time per second over long work, with the losses of being stopped. */
static double cpu_rate(const struct platform_cpu *cpu, int64_t memory_mb, int64_t threads)
{
	const int64_t work_ns = 1000 * NS_PER_SECOND;
	struct cpu_quota quota;
	cpu_quota_init(&quota, cpu, memory_mb, 0);
	return (double)work_ns / (double)cpu_quota_run(&quota, 0, work_ns, threads);
}

void linear_fit_set_columns(struct fit_data *data, const struct fit_conditions *conditions, int64_t threads)
{
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double *column = data->columns[i];
		double images = fit_images(conditions, group);
		column[FIT_CALL_SINGLE] = conditions->slowness / cpu_rate(conditions->cpu, group->memory_mb, 1);
		column[FIT_CALL_WAIT] = 1;
		column[FIT_CALL_PARALLEL] = conditions->slowness / cpu_rate(conditions->cpu, group->memory_mb, threads);
		column[FIT_SINGLE] = images * column[FIT_CALL_SINGLE];
		column[FIT_WAIT] = images;
		column[FIT_PARALLEL] = images * column[FIT_CALL_PARALLEL];
		column[FIT_COLD] = group->is_cold ? column[FIT_CALL_SINGLE] : 0;
		column[FIT_COLD_WAIT] = group->is_cold ? 1 : 0;
	}
}

static double root_weight(const struct fit_data *data, size_t group)
{
	return sqrt((double)data->samples->groups[group].seconds.count);
}

/* Gram-Schmidt: whether the column adds to those that were chosen before, whose orthonormal basis grows by it. */
static bool adds_direction(const struct fit_data *data, enum work_parameter parameter, double dependent,
			   double basis[][FIT_GROUPS_MAX], size_t basis_count)
{
	double *rest = basis[basis_count];
	double before = 0;
	double after = 0;
	for (size_t i = 0; i < data->count; i++) {
		rest[i] = data->columns[i][parameter] / fit_mean_seconds(data, i);
		before += rest[i] * rest[i];
	}
	for (size_t b = 0; b < basis_count; b++) {
		double along = 0;
		for (size_t i = 0; i < data->count; i++)
			along += rest[i] * basis[b][i];
		for (size_t i = 0; i < data->count; i++)
			rest[i] -= along * basis[b][i];
	}
	for (size_t i = 0; i < data->count; i++)
		after += rest[i] * rest[i];
	if (!(before > 0) || sqrt(after) <= dependent * sqrt(before))
		return false;
	for (size_t i = 0; i < data->count; i++)
		rest[i] /= sqrt(after);
	return true;
}

struct subset linear_fit_told(const struct fit_data *data, const struct linear_order *order)
{
	struct subset subset = {.data = data};
	double basis[FIT_PARAMETERS][FIT_GROUPS_MAX];
	for (size_t i = 0; i < FIT_PARAMETERS; i++) {
		enum work_parameter parameter = order->parameters[i];
		double dependent = work_parameter_is_wait(parameter) ? order->wait_dependent : order->cpu_dependent;
		if (adds_direction(data, parameter, dependent, basis, subset.count))
			subset.members[subset.count++] = parameter;
	}
	return subset;
}

static double model_seconds(const struct subset *subset, const gsl_vector *x, size_t group)
{
	double seconds = 0;
	for (size_t i = 0; i < subset->count; i++)
		seconds += gsl_vector_get(x, i) * subset->data->columns[group][subset->members[i]];
	return seconds;
}

/* A model of no time has no logarithm; what leads there is answered with a large residual. */
static double safe_seconds(const struct subset *subset, const gsl_vector *x, size_t group)
{
	return fmax(model_seconds(subset, x, group), 1e-6 * fit_mean_seconds(subset->data, group));
}

static int residuals(const gsl_vector *x, void *context, gsl_vector *out)
{
	const struct subset *subset = context;
	for (size_t i = 0; i < subset->data->count; i++) {
		double ratio = safe_seconds(subset, x, i) / fit_mean_seconds(subset->data, i);
		gsl_vector_set(out, i, root_weight(subset->data, i) * log(ratio));
	}
	return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *x, void *context, gsl_matrix *out)
{
	const struct subset *subset = context;
	for (size_t i = 0; i < subset->data->count; i++) {
		double scale = root_weight(subset->data, i) / safe_seconds(subset, x, i);
		for (size_t p = 0; p < subset->count; p++)
			gsl_matrix_set(out, i, p, scale * subset->data->columns[i][subset->members[p]]);
	}
	return GSL_SUCCESS;
}

/* Starts from equal shares of the fastest group's time, which is positive everywhere. */
static void start_values(const struct subset *subset, gsl_vector *x)
{
	gsl_vector_set_all(x, fit_fastest_seconds(subset->data) / (double)subset->count);
}

/*
 * Variance of a row's relative error: its scatter about its size's mean, or what the model leaves unexplained between
 * sizes where that is more.
 */
static double error_variance(const struct subset *subset, double chi_squared)
{
	double degrees = (double)subset->data->count - (double)subset->count;
	double unexplained = degrees > 0 ? chi_squared / degrees : (double)NAN;
	return fmax(subset->data->relative_variance, unexplained);
}

static void read_solution(const struct subset *subset, gsl_multifit_nlinear_workspace *space, struct solution *out)
{
	const gsl_vector *f = gsl_multifit_nlinear_residual(space);
	const gsl_vector *x = gsl_multifit_nlinear_position(space);
	gsl_matrix *covariance = gsl_matrix_alloc(subset->count, subset->count);
	gsl_blas_ddot(f, f, &out->chi_squared);
	gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(space), 0, covariance);
	double variance = error_variance(subset, out->chi_squared);
	out->is_feasible = true;
	for (size_t i = 0; i < subset->count; i++) {
		enum work_parameter parameter = subset->members[i];
		out->values[parameter] = gsl_vector_get(x, i);
		out->standard_errors[parameter] = sqrt(variance * gsl_matrix_get(covariance, i, i));
		out->is_feasible = out->is_feasible && out->values[parameter] >= 0;
	}
	gsl_matrix_free(covariance);
}

struct solution linear_fit_solve(struct subset *subset)
{
	struct solution solution = {0};
	gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
	gsl_multifit_nlinear_workspace *space =
		gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, subset->data->count, subset->count);
	gsl_multifit_nlinear_fdf fdf = {
		.f = residuals,
		.df = jacobian,
		.n = subset->data->count,
		.p = subset->count,
		.params = subset,
	};
	gsl_vector *start = gsl_vector_alloc(subset->count);
	start_values(subset, start);
	int info;
	gsl_multifit_nlinear_init(start, &fdf, space);
	gsl_multifit_nlinear_driver(ITERATIONS_MAX, 1e-10, 1e-12, 0, NULL, NULL, &info, space);
	read_solution(subset, space, &solution);
	gsl_vector_free(start);
	gsl_multifit_nlinear_free(space);
	return solution;
}

struct subset linear_fit_choose(const struct subset *all, unsigned int bits)
{
	struct subset chosen = {.data = all->data};
	for (size_t i = 0; i < all->count; i++)
		if (bits >> i & 1)
			chosen.members[chosen.count++] = all->members[i];
	return chosen;
}

void linear_fit_set(const struct subset *all, unsigned int bits, const struct solution *solution, struct work_fit *fit)
{
	for (size_t i = 0; i < all->count; i++) {
		enum work_parameter parameter = all->members[i];
		bool is_member = bits >> i & 1;
		fit->model.seconds[parameter] = is_member ? num_rounded(solution->values[parameter], FIT_DIGITS) : 0;
		fit->parameters[parameter] = (struct fitted_parameter){
			.state = is_member ? PARAMETER_FITTED : PARAMETER_AT_ZERO,
			.standard_error =
				is_member ? num_rounded(solution->standard_errors[parameter], FIT_DIGITS) : (double)NAN,
		};
	}
}

bool linear_fit_best(const struct subset *all, struct work_fit *fit)
{
	struct solution best = {.chi_squared = INFINITY};
	unsigned int best_bits = 0;
	for (unsigned int bits = 1; bits < 1u << all->count; bits++) {
		struct subset subset = linear_fit_choose(all, bits);
		struct solution solution = linear_fit_solve(&subset);
		if (solution.is_feasible && solution.chi_squared < best.chi_squared) {
			best = solution;
			best_bits = bits;
		}
	}
	if (best.is_feasible)
		linear_fit_set(all, best_bits, &best, fit);
	return best.is_feasible;
}

void linear_fit_correct_columns(struct fit_data *data, const struct fit_conditions *conditions,
				const struct work_fit *fit)
{
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double *column = data->columns[i];
		double linear = 0;
		for (int p = 0; p < FIT_PARAMETERS; p++)
			linear += work_parameter_is_wait(p) ? 0 : fit->model.seconds[p] * column[p];
		double images = fit_images(conditions, group);
		double exact = fit_predict(&fit->model, conditions, group) -
			       work_model_wait_seconds(&fit->model, images, group->is_cold);
		if (!(linear > 0 && exact > 0))
			continue;
		for (int p = 0; p < FIT_PARAMETERS; p++)
			column[p] *= work_parameter_is_wait(p) ? 1 : exact / linear;
	}
}
