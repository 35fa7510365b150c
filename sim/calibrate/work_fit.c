#include "calibrate/work_fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <gsl/gsl_multimin.h>
#include <math.h>

#include "base/num.h"

enum { ITERATIONS_MAX = 100, CORRECTIONS = 4, POLISHES_MAX = 300, IN_ROW = 8, GROUPS_MAX = 2 * SAMPLES_SIZES_MAX };

/* What the solver finds is kept to so many digits: more than its tolerance, fewer than BLAS's own last bits. */
enum { DIGITS_KEPT = 9 };

/*
 * A column within this of what others explain is not told apart from them. Below one vCPU, several threads differ from
 * one by up to 4 % through the losses of being stopped, which no log shows.
 */
static const double DEPENDENT = 0.05;

/*
 * Which parameters are told, in order. Sizes that are close to each other tell waiting too, but badly. That all CPU is
 * parallel where one thread's is not told apart from it would promise much above one vCPU: it is believed only where
 * the rest misses by more than such losses.
 */
static const struct fit_order {
	double wait_dependent; /* instead, of waiting */
	double when_off;       /* tried where the best until then misses the means by more, root mean square */
	enum work_parameter parameters[FIT_PARAMETERS];
} fit_orders[] = {
	{0.05, 0, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, FIT_COLD, FIT_COLD_WAIT}},
	{0.05, 0, {FIT_SINGLE, FIT_PARALLEL, FIT_WAIT, FIT_COLD, FIT_COLD_WAIT}},
	{0.005, 0, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, FIT_COLD, FIT_COLD_WAIT}},
	{0.005, 0, {FIT_SINGLE, FIT_PARALLEL, FIT_WAIT, FIT_COLD, FIT_COLD_WAIT}},
	{0.05, 0.015, {FIT_PARALLEL, FIT_WAIT, FIT_SINGLE, FIT_COLD, FIT_COLD_WAIT}},
};
enum { FIT_ORDERS = sizeof fit_orders / sizeof fit_orders[0] };

/* A fit within this of the means, root mean square, leaves nothing to look for. */
static const double CLOSE = 0.002;

/* A miss is more than so many standard errors of a mean, and no less than so much of it. */
static const double MISS_STANDARD_ERRORS = 3;
static const double MISS_LEAST = 0.01;
static const double MISS_UNTOLD = 0.03; /* where the rows tell no scatter */

const char *const work_parameter_names[FIT_PARAMETERS] = {
	[FIT_SINGLE] = "single-threaded CPU", [FIT_WAIT] = "fixed wait",
	[FIT_PARALLEL] = "parallel CPU",      [FIT_COLD] = "cold CPU",
	[FIT_COLD_WAIT] = "cold wait",
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

static void set_columns(struct fit_data *data, const struct fit_conditions *conditions, int64_t threads)
{
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double *column = data->columns[i];
		column[FIT_SINGLE] = conditions->slowness / cpu_rate(conditions->cpu, group->memory_mb, 1);
		column[FIT_WAIT] = 1;
		column[FIT_PARALLEL] = conditions->slowness / cpu_rate(conditions->cpu, group->memory_mb, threads);
		column[FIT_COLD] = group->is_cold ? column[FIT_SINGLE] : 0;
		column[FIT_COLD_WAIT] = group->is_cold ? 1 : 0;
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
static bool adds_direction(const struct fit_data *data, enum work_parameter parameter, double dependent,
			   double basis[][GROUPS_MAX], size_t basis_count)
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
	if (!(before > 0) || sqrt(after) <= dependent * sqrt(before))
		return false;
	for (size_t i = 0; i < data->count; i++)
		rest[i] /= sqrt(after);
	return true;
}

static bool is_wait(int parameter)
{
	return parameter == FIT_WAIT || parameter == FIT_COLD_WAIT;
}

static struct subset identified(const struct fit_data *data, const struct fit_order *order)
{
	struct subset subset = {.data = data};
	double basis[FIT_PARAMETERS][GROUPS_MAX];
	for (size_t i = 0; i < FIT_PARAMETERS; i++) {
		enum work_parameter parameter = order->parameters[i];
		double dependent = is_wait(parameter) ? order->wait_dependent : DEPENDENT;
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

/* The parameters of `all` as the solution for those of its members whose bits are set has them. */
static void set_parameters(const struct subset *all, unsigned int bits, const struct solution *solution,
			   struct fitted_parameter parameters[FIT_PARAMETERS])
{
	for (size_t i = 0; i < all->count; i++) {
		enum work_parameter parameter = all->members[i];
		bool is_member = bits >> i & 1;
		parameters[parameter] = (struct fitted_parameter){
			.state = is_member ? PARAMETER_FITTED : PARAMETER_AT_ZERO,
			.seconds = is_member ? num_rounded(solution->values[parameter], DIGITS_KEPT) : 0,
			.standard_error = is_member ? num_rounded(solution->standard_errors[parameter], DIGITS_KEPT)
						    : (double)NAN,
		};
	}
}

/* The best fit of any choice; false where none leaves all of them at 0 or above. */
static bool fit_parameters(const struct subset *all, struct fitted_parameter parameters[FIT_PARAMETERS])
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
	if (best.is_feasible)
		set_parameters(all, best_bits, &best, parameters);
	return best.is_feasible;
}

static double waited_seconds(const struct work_fit *fit, bool is_cold)
{
	return fit->parameters[FIT_WAIT].seconds + (is_cold ? fit->parameters[FIT_COLD_WAIT].seconds : 0);
}

/* By how much the fit misses the means: the sum of ln(model / mean) squared, over rows. */
static double missed_by(const struct fit_data *data, const struct fit_conditions *conditions,
			const struct work_fit *fit)
{
	double missed = 0;
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double predicted = work_fit_predict(fit, conditions, group->memory_mb, group->is_cold);
		double off = log(predicted / mean_seconds(data, i));
		missed += (double)group->seconds.count * off * off;
	}
	return missed;
}

/* Makes the columns give, for what was fitted, the time that the simulator's CPU gives. */
static void correct_columns(struct fit_data *data, const struct fit_conditions *conditions, const struct work_fit *fit)
{
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double *column = data->columns[i];
		double linear = 0;
		for (int p = 0; p < FIT_PARAMETERS; p++)
			linear += is_wait(p) ? 0 : fit->parameters[p].seconds * column[p];
		double exact = work_fit_predict(fit, conditions, group->memory_mb, group->is_cold) -
			       waited_seconds(fit, group->is_cold);
		if (!(linear > 0 && exact > 0))
			continue;
		for (int p = 0; p < FIT_PARAMETERS; p++)
			column[p] *= is_wait(p) ? 1 : exact / linear;
	}
}

/* The best of the corrected fits with one order of parameters and number of threads; returns by how much it misses. */
static double fit_once(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
		       int64_t threads, struct work_fit *out)
{
	double least = INFINITY;
	set_columns(data, conditions, threads);
	const struct subset all = identified(data, order);
	struct work_fit fit;
	work_fit_init(&fit, conditions, threads, isfinite(data->relative_variance) ? data->relative_variance : 0);
	for (int i = 0; i <= CORRECTIONS && fit_parameters(&all, fit.parameters); i++) {
		double missed = missed_by(data, conditions, &fit);
		if (missed < least) {
			least = missed;
			*out = fit;
		}
		correct_columns(data, conditions, &fit);
	}
	return least;
}

/* Each choice of parameters corrected by itself; one is taken that misses by less than `least`. */
static double fit_choices(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
			  double least, struct work_fit *out)
{
	struct work_fit fit;
	work_fit_init(&fit, conditions, out->threads, out->row_variance);
	set_columns(data, conditions, fit.threads);
	const struct subset all = identified(data, order);
	for (unsigned int bits = 1; bits < 1u << all.count; bits++) {
		struct subset subset = choose(&all, bits);
		set_columns(data, conditions, fit.threads);
		for (int i = 0; i <= CORRECTIONS; i++) {
			struct solution solution = solve(&subset);
			if (!solution.is_feasible)
				break;
			set_parameters(&all, bits, &solution, fit.parameters);
			double missed = missed_by(data, conditions, &fit);
			if (missed < least) {
				least = missed;
				*out = fit;
			}
			correct_columns(data, conditions, &fit);
		}
	}
	return least;
}

/* What a simplex moves over: the logarithms of the parameters that are above 0. */
struct polish {
	const struct fit_data *data;
	const struct fit_conditions *conditions;
	struct work_fit fit;
	enum work_parameter members[FIT_PARAMETERS];
	size_t count;
};

static double polish_missed(const gsl_vector *x, void *context)
{
	struct polish *polish = context;
	for (size_t i = 0; i < polish->count; i++)
		polish->fit.parameters[polish->members[i]].seconds =
			num_rounded(exp(gsl_vector_get(x, i)), DIGITS_KEPT);
	return missed_by(polish->data, polish->conditions, &polish->fit);
}

static void run_simplex(struct polish *polish, gsl_multimin_fminimizer *simplex, double first_step, double enough)
{
	gsl_multimin_function function = {.f = polish_missed, .n = polish->count, .params = polish};
	gsl_vector *start = gsl_vector_alloc(polish->count);
	gsl_vector *step = gsl_vector_alloc(polish->count);
	for (size_t i = 0; i < polish->count; i++)
		gsl_vector_set(start, i, log(polish->fit.parameters[polish->members[i]].seconds));
	gsl_vector_set_all(step, first_step);
	gsl_multimin_fminimizer_set(simplex, &function, start, step);
	for (int i = 0; i < POLISHES_MAX && gsl_multimin_fminimizer_minimum(simplex) > enough; i++)
		if (gsl_multimin_fminimizer_iterate(simplex) != GSL_SUCCESS ||
		    gsl_multimin_fminimizer_size(simplex) < 1e-6)
			break;
	gsl_vector_free(step);
	gsl_vector_free(start);
}

/* The parameter at this value, and the wait that the means then leave. */
static void try_value(const struct fit_data *data, const struct fit_conditions *conditions,
		      enum work_parameter parameter, double seconds, struct work_fit *fit)
{
	struct fitted_parameter *wait = &fit->parameters[FIT_WAIT];
	double left = 0;
	double weights = 0;
	fit->parameters[parameter].state = PARAMETER_FITTED;
	fit->parameters[parameter].seconds = num_rounded(seconds, DIGITS_KEPT);
	if (wait->state == PARAMETER_UNIDENTIFIED)
		return;
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double mean = mean_seconds(data, i);
		double predicted = work_fit_predict(fit, conditions, group->memory_mb, group->is_cold);
		double weight = group->is_cold ? 0 : (double)group->seconds.count / (mean * mean);
		left += weight * (mean - predicted);
		weights += weight;
	}
	if (weights == 0)
		return;
	wait->seconds = num_rounded(fmax(0, wait->seconds + left / weights), DIGITS_KEPT);
	wait->state = wait->seconds > 0 ? PARAMETER_FITTED : PARAMETER_AT_ZERO;
}

/* Values from most downwards, in equal ratios; one is taken that misses by less than anything before. */
static double try_values(const struct fit_data *data, const struct fit_conditions *conditions,
			 enum work_parameter parameter, double most, double least, int count, double missed,
			 const struct work_fit *begin, struct work_fit *fit)
{
	for (int i = 0; i <= count; i++) {
		struct work_fit tried = *begin;
		try_value(data, conditions, parameter, most * pow(least / most, (double)i / count), &tried);
		double off = missed_by(data, conditions, &tried);
		if (off < missed) {
			missed = off;
			*fit = tried;
		}
	}
	return missed;
}

/* All of one thread's work from the fastest mean down to a part of it, with so much parallel work. */
static double try_singles(const struct fit_data *data, const struct fit_conditions *conditions, double fastest,
			  double parallel, double missed, const struct work_fit *begin, struct work_fit *fit)
{
	enum { VALUES = 28 };
	struct work_fit from = *begin;
	if (from.parameters[FIT_PARALLEL].state != PARAMETER_UNIDENTIFIED) {
		from.parameters[FIT_PARALLEL].state = parallel > 0 ? PARAMETER_FITTED : PARAMETER_AT_ZERO;
		from.parameters[FIT_PARALLEL].seconds = num_rounded(parallel, DIGITS_KEPT);
	}
	return try_values(data, conditions, FIT_SINGLE, fastest, fastest / 128, VALUES, missed, &from, fit);
}

/*
 * Short work takes the same time over some range of it, so that nothing leads from one step to the next: they are
 * tried, with and without what is cold, then those around the best.
 */
static double search_steps(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			   struct work_fit *fit)
{
	enum { PARALLELS = 8, VALUES = 32, BEGINNINGS = 2 };
	static const enum work_parameter stepped[] = {FIT_SINGLE, FIT_PARALLEL};
	struct work_fit begin = *fit;
	double fastest = INFINITY;
	for (size_t i = 0; i < data->count; i++)
		fastest = fmin(fastest, mean_seconds(data, i));
	for (int i = 0; i < BEGINNINGS; i++) {
		bool has_parallel = begin.parameters[FIT_PARALLEL].state != PARAMETER_UNIDENTIFIED;
		double most = fastest * (double)fit->threads;
		missed = try_singles(data, conditions, fastest, 0, missed, &begin, fit);
		for (int k = 0; has_parallel && k < PARALLELS; k++)
			missed = try_singles(data, conditions, fastest, ldexp(most, -k), missed, &begin, fit);
		begin.parameters[FIT_COLD].seconds = 0;
		begin.parameters[FIT_COLD_WAIT].seconds = 0;
	}
	for (size_t i = 0; i < sizeof stepped / sizeof stepped[0]; i++) {
		double best = fit->parameters[stepped[i]].seconds;
		begin = *fit;
		if (best > 0)
			missed = try_values(data, conditions, stepped[i], best * 1.2, best / 1.2, VALUES, missed,
					    &begin, fit);
	}
	return missed;
}

/* From the fit on, with first steps to both sides; returns by how much the better of them misses. */
static double polish_fit(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			 double enough, struct work_fit *fit)
{
	static const double first_steps[] = {0.3, -0.1, 0.03, -0.3, 0.1};
	struct polish polish = {.data = data, .conditions = conditions};
	for (int p = 0; p < FIT_PARAMETERS; p++)
		if (fit->parameters[p].seconds > 0)
			polish.members[polish.count++] = (enum work_parameter)p;
	if (polish.count == 0)
		return missed;
	gsl_multimin_fminimizer *simplex =
		gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, polish.count);
	for (size_t i = 0; i < sizeof first_steps / sizeof first_steps[0] && missed > enough; i++) {
		polish.fit = *fit;
		run_simplex(&polish, simplex, first_steps[i], enough);
		double polished = polish_missed(gsl_multimin_fminimizer_x(simplex), &polish);
		if (polished < missed) {
			missed = polished;
			*fit = polish.fit;
		}
	}
	gsl_multimin_fminimizer_free(simplex);
	return missed;
}

/* What the best of the corrected fits leaves off, a closer look mends: at each choice, at each step, by a simplex. */
static double look_closer(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
			  double missed, double close, struct work_fit *fit)
{
	missed = fit_choices(data, conditions, order, missed, fit);
	if (missed > close)
		missed = search_steps(data, conditions, missed, fit);
	return missed > close ? polish_fit(data, conditions, missed, close / 4, fit) : missed;
}

/* The first fit that comes close, else the one that misses least by far, made better. */
static double fit_any(struct fit_data *data, const struct fit_conditions *conditions, double close,
		      struct work_fit *out)
{
	double least = INFINITY;
	double rows = (double)data->samples->completed;
	const struct fit_order *best = fit_orders;
	for (size_t i = 0; i < FIT_ORDERS; i++) {
		const struct fit_order *order = &fit_orders[i];
		if (order->when_off > 0 && least <= rows * order->when_off * order->when_off)
			continue;
		for (int64_t threads = conditions->threads_max; threads >= conditions->threads_min; threads--) {
			struct work_fit fit;
			double missed = fit_once(data, conditions, order, threads, &fit);
			if (missed + close < least) {
				least = missed;
				best = order;
				*out = fit;
			}
			if (least <= close)
				return least;
		}
	}
	return look_closer(data, conditions, best, least, close, out);
}

bool work_fit_solve(const struct function_samples *samples, const struct fit_conditions *conditions,
		    struct work_fit *out)
{
	work_fit_init(out, conditions, conditions->threads_max, 0);
	if (samples->group_count == 0)
		return false;
	struct fit_data *data = mem_alloc(sizeof *data);
	*data = (struct fit_data){
		.samples = samples,
		.count = samples->group_count,
		.relative_variance = log_samples_row_variance(samples),
	};
	double close = (double)samples->completed * CLOSE * CLOSE;
	double missed = fit_any(data, conditions, close, out);
	out->relative_rms = num_rounded(sqrt(missed / (double)samples->completed), DIGITS_KEPT);
	mem_free(data);
	return isfinite(missed);
}

/*
 * Lognormal, which is close to the gamma of visit.c where requests differ little, and has quantiles for all that differ
 * more; requests at neighbouring beginnings get factors far apart.
 */
void work_fit_init(struct work_fit *fit, const struct fit_conditions *conditions, int64_t threads, double row_variance)
{
	enum { STRIDE = 13 };
	double sum = 0;
	double spread = conditions->cpu->speed_spread;
	double deviation = fmax(sqrt(log1p(row_variance)), spread);
	*fit = (struct work_fit){.threads = threads, .row_variance = row_variance};
	for (int i = 0; i < FIT_REQUESTS; i++) {
		double share = (i * STRIDE % FIT_REQUESTS + 0.5) / FIT_REQUESTS;
		fit->factors[i] = exp(deviation * gsl_cdf_ugaussian_Pinv(share));
		sum += fit->factors[i];
	}
	for (int i = 0; i < FIT_REQUESTS; i++)
		fit->factors[i] *= FIT_REQUESTS / sum;
}

static int64_t work_ns(const struct work_fit *fit, enum work_parameter parameter, double factor)
{
	return ns_from_seconds(fit->parameters[parameter].seconds * factor);
}

/* A request's CPU work, phase by phase as visit.c runs it; what is cold does not vary with the request. */
static int64_t run_ns(struct cpu_quota *quota, int64_t begin_ns, const struct work_fit *fit, double slowness,
		      double factor, bool is_cold)
{
	int64_t now_ns = begin_ns;
	if (is_cold)
		now_ns = cpu_quota_run(quota, now_ns, work_ns(fit, FIT_COLD, slowness), 1);
	now_ns = cpu_quota_run(quota, now_ns, work_ns(fit, FIT_SINGLE, slowness * factor), 1);
	return cpu_quota_run(quota, now_ns, work_ns(fit, FIT_PARALLEL, slowness * factor), fit->threads) - begin_ns;
}

/*
 * Mean CPU phases of a sandbox's requests. The first finds the quota whole, the others what the one before has left,
 * which soon is always the same; their factors are factors[from] and the next ones.
 */
static double run_seconds(struct cpu_quota *quota, const struct work_fit *fit, const struct fit_conditions *conditions,
			  int from, bool is_cold)
{
	int64_t in_row = is_cold || conditions->in_row < 1 ? 1 : conditions->in_row;
	double wait = waited_seconds(fit, is_cold);
	int64_t now_ns = 0;
	double early = 0;
	double late = 0;
	for (int i = 0; i < IN_ROW && i < in_row; i++) {
		double factor = fit->factors[(from + i) % FIT_REQUESTS];
		int64_t taken_ns = run_ns(quota, now_ns, fit, conditions->slowness, factor, is_cold);
		now_ns += taken_ns + ns_from_seconds(wait * factor + conditions->gap_seconds);
		*(i < IN_ROW / 2 ? &early : &late) += seconds_from_ns(taken_ns);
	}
	if (in_row <= IN_ROW)
		return (early + late) / (double)in_row;
	return (early + late / (IN_ROW - IN_ROW / 2) * (double)(in_row - IN_ROW / 2)) / (double)in_row;
}

double work_fit_predict(const struct work_fit *fit, const struct fit_conditions *conditions, int64_t memory_mb,
			bool is_cold)
{
	int64_t period_ns = ns_from_seconds(conditions->cpu->period_seconds);
	double seconds = 0;
	for (int i = 0; i < FIT_REQUESTS; i++) {
		struct cpu_quota quota;
		cpu_quota_init(&quota, conditions->cpu, memory_mb, period_ns * i / FIT_REQUESTS);
		seconds += run_seconds(&quota, fit, conditions, i, is_cold);
	}
	return waited_seconds(fit, is_cold) + seconds / FIT_REQUESTS;
}

bool work_fit_misses(const struct work_fit *fit, const struct sample_group *group, double predicted_seconds)
{
	enum { TELL_SCATTER = 5 };
	const struct summary *seconds = &group->seconds;
	double count = (double)seconds->count;
	double variance = seconds->count < TELL_SCATTER
				  ? fit->row_variance
				  : seconds->squares / (count - 1) / (seconds->mean * seconds->mean);
	double least = variance > 0 ? MISS_LEAST : MISS_UNTOLD;
	return fabs(predicted_seconds / seconds->mean - 1) > fmax(least, MISS_STANDARD_ERRORS * sqrt(variance / count));
}
