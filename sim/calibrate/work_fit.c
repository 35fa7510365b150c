#include "calibrate/work_fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

#include "base/num.h"

enum { ITERATIONS_MAX = 100, CORRECTIONS = 4, PHASES = 32, GROUPS_MAX = 2 * SAMPLES_SIZES_MAX };

/* What the solver finds is kept to so many digits: more than its tolerance, fewer than BLAS's own last bits. */
enum { DIGITS_KEPT = 9 };

/*
 * A column within this of what others explain is not told apart from them. Below one vCPU, several threads differ from
 * one by up to 4 % through the losses of being stopped, which no log shows.
 */
static const double DEPENDENT = 0.05;

const char *const work_parameter_names[FIT_PARAMETERS] = {
	[FIT_SINGLE] = "single-threaded CPU",
	[FIT_WAIT] = "fixed wait",
	[FIT_PARALLEL] = "parallel CPU",
	[FIT_COLD] = "cold CPU",
};

struct fit_data {
	const struct function_samples *samples;
	double columns[GROUPS_MAX][FIT_PARAMETERS]; /* seconds per second of the parameter */
	size_t count;
	double relative_variance; /* of one row about its size's mean; NaN where no size has two rows */
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

/* Thread time per second over long work, with the losses of being stopped. */
static double cpu_rate(const struct platform_cpu *cpu, int64_t memory_mb, int64_t threads)
{
	const int64_t work_ns = 1000 * NS_PER_SECOND;
	struct cpu_quota quota;
	cpu_quota_init(&quota, cpu, memory_mb, 0);
	return (double)work_ns / (double)cpu_quota_run(&quota, 0, work_ns, threads);
}

static double pooled_variance(const struct function_samples *samples)
{
	double squares = 0;
	double degrees = 0;
	for (size_t i = 0; i < samples->group_count; i++) {
		const struct summary *seconds = &samples->groups[i].seconds;
		squares += seconds->squares / (seconds->mean * seconds->mean);
		degrees += (double)seconds->count - 1;
	}
	return degrees > 0 ? squares / degrees : (double)NAN;
}

static void fit_data_init(struct fit_data *data, const struct function_samples *samples, const struct platform_cpu *cpu,
			  int64_t threads)
{
	data->samples = samples;
	data->count = samples->group_count;
	data->relative_variance = pooled_variance(samples);
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &samples->groups[i];
		double single = 1 / cpu_rate(cpu, group->memory_mb, 1);
		data->columns[i][FIT_SINGLE] = single;
		data->columns[i][FIT_WAIT] = 1;
		data->columns[i][FIT_PARALLEL] = 1 / cpu_rate(cpu, group->memory_mb, threads);
		data->columns[i][FIT_COLD] = group->is_cold ? single : 0;
	}
}

static double root_weight(const struct fit_data *data, size_t group)
{
	return sqrt((double)data->samples->groups[group].seconds.count);
}

static double mean_seconds(const struct fit_data *data, size_t group)
{
	return data->samples->groups[group].seconds.mean;
}

/* Gram-Schmidt: whether the column adds to those that were chosen before, whose orthonormal basis grows by it. */
static bool adds_direction(const struct fit_data *data, enum work_parameter parameter, double basis[][GROUPS_MAX],
			   size_t basis_count)
{
	double *rest = basis[basis_count];
	double before = 0;
	double after = 0;
	for (size_t i = 0; i < data->count; i++) {
		rest[i] = data->columns[i][parameter] / mean_seconds(data, i);
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
	if (!(before > 0) || sqrt(after) <= DEPENDENT * sqrt(before))
		return false;
	for (size_t i = 0; i < data->count; i++)
		rest[i] /= sqrt(after);
	return true;
}

static struct subset identified(const struct fit_data *data)
{
	static const enum work_parameter order[] = {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, FIT_COLD};
	struct subset subset = {.data = data};
	double basis[FIT_PARAMETERS][GROUPS_MAX];
	for (size_t i = 0; i < FIT_PARAMETERS; i++)
		if (adds_direction(data, order[i], basis, subset.count))
			subset.members[subset.count++] = order[i];
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
	return fmax(model_seconds(subset, x, group), 1e-6 * mean_seconds(subset->data, group));
}

static int residuals(const gsl_vector *x, void *context, gsl_vector *out)
{
	const struct subset *subset = context;
	for (size_t i = 0; i < subset->data->count; i++) {
		double ratio = safe_seconds(subset, x, i) / mean_seconds(subset->data, i);
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
	double fastest = INFINITY;
	for (size_t i = 0; i < subset->data->count; i++)
		fastest = fmin(fastest, mean_seconds(subset->data, i));
	gsl_vector_set_all(x, fastest / (double)subset->count);
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

static struct solution solve(struct subset *subset)
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

/* The members of `all` whose bits are set. */
static struct subset choose(const struct subset *all, unsigned int bits)
{
	struct subset chosen = {.data = all->data};
	for (size_t i = 0; i < all->count; i++)
		if (bits >> i & 1)
			chosen.members[chosen.count++] = all->members[i];
	return chosen;
}

/* The best fit of any choice, into the parameters of `all`. */
static double fit_parameters(const struct subset *all, struct fitted_parameter parameters[FIT_PARAMETERS])
{
	struct solution best = {.chi_squared = INFINITY};
	unsigned int best_bits = 0;
	for (unsigned int bits = 1; bits < 1u << all->count; bits++) {
		struct subset subset = choose(all, bits);
		struct solution solution = solve(&subset);
		if (solution.is_feasible && solution.chi_squared < best.chi_squared) {
			best = solution;
			best_bits = bits;
		}
	}
	CHECK(best.is_feasible);
	for (size_t i = 0; i < all->count; i++) {
		enum work_parameter parameter = all->members[i];
		bool is_member = best_bits >> i & 1;
		parameters[parameter] = (struct fitted_parameter){
			.state = is_member ? PARAMETER_FITTED : PARAMETER_AT_ZERO,
			.seconds = num_rounded(best.values[parameter], DIGITS_KEPT),
			.standard_error =
				is_member ? num_rounded(best.standard_errors[parameter], DIGITS_KEPT) : (double)NAN,
		};
	}
	return best.chi_squared;
}

/* Makes the columns give, for what was fitted, the time that the simulator's CPU gives. */
static void correct_columns(struct fit_data *data, const struct platform_cpu *cpu, const struct work_fit *fit)
{
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double *column = data->columns[i];
		double wait = fit->parameters[FIT_WAIT].seconds;
		double linear = -wait;
		for (int p = 0; p < FIT_PARAMETERS; p++)
			linear += fit->parameters[p].seconds * column[p];
		double exact = work_fit_predict(fit, cpu, group->memory_mb, group->is_cold) - wait;
		if (!(linear > 0 && exact > 0))
			continue;
		for (int p = 0; p < FIT_PARAMETERS; p++)
			column[p] *= p == FIT_WAIT ? 1 : exact / linear;
	}
}

bool work_fit_solve(const struct function_samples *samples, const struct platform_cpu *cpu, int64_t threads,
		    struct work_fit *out)
{
	*out = (struct work_fit){.threads = threads, .group_count = samples->group_count};
	if (samples->group_count == 0)
		return false;
	struct fit_data *data = mem_alloc(sizeof *data);
	fit_data_init(data, samples, cpu, threads);
	const struct subset all = identified(data);
	double chi_squared = fit_parameters(&all, out->parameters);
	for (int i = 0; i < CORRECTIONS; i++) {
		correct_columns(data, cpu, out);
		chi_squared = fit_parameters(&all, out->parameters);
	}
	out->row_variance = isfinite(data->relative_variance) ? data->relative_variance : 0;
	out->relative_rms = num_rounded(sqrt(chi_squared / (double)samples->completed), DIGITS_KEPT);
	mem_free(data);
	return true;
}

double work_fit_predict(const struct work_fit *fit, const struct platform_cpu *cpu, int64_t memory_mb, bool is_cold)
{
	int64_t single_ns = ns_from_seconds(fit->parameters[FIT_SINGLE].seconds);
	int64_t parallel_ns = ns_from_seconds(fit->parameters[FIT_PARALLEL].seconds);
	int64_t cold_ns = is_cold ? ns_from_seconds(fit->parameters[FIT_COLD].seconds) : 0;
	double seconds = 0;
	for (int64_t phase = 0; phase < PHASES; phase++) {
		struct cpu_quota quota;
		cpu_quota_init(&quota, cpu, memory_mb, phase * ns_from_seconds(cpu->period_seconds) / PHASES);
		int64_t end_ns = cpu_quota_run(&quota, 0, cold_ns, 1);
		end_ns = cpu_quota_run(&quota, end_ns, single_ns, 1);
		end_ns = cpu_quota_run(&quota, end_ns, parallel_ns, fit->threads);
		seconds += seconds_from_ns(end_ns);
	}
	return fit->parameters[FIT_WAIT].seconds + seconds / PHASES;
}
