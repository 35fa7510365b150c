#include "calibrate/work_fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "calibrate/fit_data.h"
#include "calibrate/varying.h"
#include "calibrate/work_search.h"

enum { ITERATIONS_MAX = 100, CORRECTIONS = 4 };

enum { VARIATIONS_MAX = 6 };

/*
 * A column within this of what others explain is not told apart from them. Below one vCPU, several threads differ from
 * one by up to 4 % through the losses of being stopped, which no log shows.
 */
#define DEPENDENT 0.05

/*
 * Which parameters are told, in order. Sizes that are close to each other tell waiting too, but badly. That all CPU is
 * parallel where one thread's is not told apart from it would promise much above one vCPU: it is believed only where
 * the rest misses by more than such losses. A parallel part that few sizes tell, badly, is believed only where
 * there is evidence for it.
 */
#define CALL_PARTS FIT_CALL_SINGLE, FIT_CALL_WAIT, FIT_CALL_PARALLEL
static const struct fit_order {
	double wait_dependent; /* instead, of waiting */
	double cpu_dependent;
	double when_off;     /* tried where the best until then misses the means by more, root mean square */
	bool needs_evidence; /* believed where that was off by more than rows scatter, or this agrees beyond luck */
	enum work_parameter parameters[FIT_PARAMETERS];
} fit_orders[] = {
	{0.05, DEPENDENT, 0, false, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}},
	{0.05, DEPENDENT, 0, false, {FIT_SINGLE, FIT_PARALLEL, FIT_WAIT, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}},
	{0.005, DEPENDENT, 0, false, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}},
	{0.005, DEPENDENT, 0, false, {FIT_SINGLE, FIT_PARALLEL, FIT_WAIT, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}},
	{0.05, DEPENDENT, 0.015, true, {FIT_PARALLEL, FIT_WAIT, FIT_SINGLE, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}},
	{0.005, 0.005, 0.005, true, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}},
};
enum { FIT_ORDERS = ARRAY_LEN(fit_orders) };

/* A fit within this of the means, root mean square, leaves nothing to look for. */
static const double CLOSE = 0.002;

/* A miss is more than so many standard errors of a mean, and no less than so much of it. */
static const double MISS_STANDARD_ERRORS = 3;
static const double MISS_LEAST = 0.01;
static const double MISS_UNTOLD = 0.03; /* where the rows tell no scatter */

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

static struct subset identified(const struct fit_data *data, const struct fit_order *order)
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
			   struct work_fit *fit)
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

/* The best fit of any choice; false where none leaves all of them at 0 or above. */
static bool fit_parameters(const struct subset *all, struct work_fit *fit)
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
		set_parameters(all, best_bits, &best, fit);
	return best.is_feasible;
}

/* Makes the columns give, for what was fitted, the time that the simulator's CPU gives. */
static void correct_columns(struct fit_data *data, const struct fit_conditions *conditions, const struct work_fit *fit)
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

static struct work_fit no_fit(const struct fit_data *data, const struct fit_conditions *conditions, int64_t threads)
{
	struct work_fit fit = {0};
	work_model_init(&fit.model, conditions, threads, data->variation);
	struct quantile_table factors = scatter_factors(data->scatter);
	if (factors.count > 0 && data->variation > 0)
		work_model_set_factors(&fit.model, &factors);
	fit.model.alternations = data->alternations;
	fit.model.varying = data->varying;
	return fit;
}

/* What a fit may miss by. */
static double close_to(const struct fit_data *data)
{
	return (double)data->samples->completed * CLOSE * CLOSE;
}

/* The best of the corrected fits with one order of parameters and number of threads; returns by how much it misses. */
static double fit_once(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
		       int64_t threads, struct work_fit *out)
{
	double least = INFINITY;
	set_columns(data, conditions, threads);
	const struct subset all = identified(data, order);
	struct work_fit fit = no_fit(data, conditions, threads);
	for (int i = 0; i <= CORRECTIONS && fit_parameters(&all, &fit); i++) {
		double missed = fit_missed_by(data, conditions, &fit.model);
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
	struct work_fit fit = no_fit(data, conditions, out->model.threads);
	set_columns(data, conditions, fit.model.threads);
	const struct subset all = identified(data, order);
	for (unsigned int bits = 1; bits < 1u << all.count; bits++) {
		struct subset subset = choose(&all, bits);
		set_columns(data, conditions, fit.model.threads);
		for (int i = 0; i <= CORRECTIONS; i++) {
			struct solution solution = solve(&subset);
			if (!solution.is_feasible)
				break;
			set_parameters(&all, bits, &solution, &fit);
			double missed = fit_missed_by(data, conditions, &fit.model);
			if (missed < least) {
				least = missed;
				*out = fit;
			}
			correct_columns(data, conditions, &fit);
		}
	}
	return least;
}

/* What the best of the corrected fits leaves off, a closer look mends: at each choice, at each step, by a simplex. */
static double look_closer(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
			  double missed, double close, struct work_fit *fit)
{
	missed = fit_choices(data, conditions, order, missed, fit);
	return missed > close ? work_search(data, conditions, missed, close, fit) : missed;
}

/* A closer look at each number of threads; one is taken that misses by clearly less than `least`. */
static double other_threads(struct fit_data *data, const struct fit_conditions *conditions,
			    const struct fit_order *order, double least, double close, struct work_fit *out)
{
	int64_t looked_at = out->model.threads;
	for (int64_t threads = conditions->threads_max; threads >= conditions->threads_min && least > close;
	     threads--) {
		struct work_fit fit = no_fit(data, conditions, threads);
		if (threads == looked_at)
			continue;
		double missed = fit_once(data, conditions, order, threads, &fit);
		missed = look_closer(data, conditions, order, missed, close, &fit);
		if (missed + close < least) {
			least = missed;
			*out = fit;
		}
	}
	return least;
}

/* What chance does less often than this is not taken for chance. */
static const double SELDOM = 0.01;

static int parameters_above_0(const struct work_fit *fit)
{
	int count = 0;
	for (int p = 0; p < FIT_PARAMETERS; p++)
		count += fit->model.seconds[p] > 0;
	return count;
}

/*
 * Whether the fit misses the means by more than they differ by the luck of their rows (F test of what lies between
 * sizes against what lies within them). Where rows tell no scatter, much is.
 */
static bool is_beyond_scatter(const struct fit_data *data, double missed, const struct work_fit *fit)
{
	double rows = (double)data->samples->completed;
	double means = (double)data->count;
	if (!isfinite(data->relative_variance) || !isfinite(missed))
		return missed > rows * MISS_UNTOLD * MISS_UNTOLD;
	double degrees = fmax(1, means - parameters_above_0(fit));
	double least = fmax(data->relative_variance, 1e-12);
	return gsl_cdf_fdist_Q(missed / degrees / least, degrees, fmax(1, rows - means)) < SELDOM;
}

/*
 * Whether means agree with a fit so much better than with a simpler one that luck would seldom do it (F test): rows
 * that differ much may have means that are exact, and single rows tell no scatter. As many means as parameters tell
 * nothing.
 */
static bool is_beyond_luck(const struct fit_data *data, double simple_missed, const struct work_fit *simple,
			   double missed, const struct work_fit *fit)
{
	static const double luck = 0.05; /* of means alone, which are few */
	int parameters = parameters_above_0(fit);
	double more = fmax(1, parameters - parameters_above_0(simple));
	double degrees = (double)data->count - parameters;
	if (!(degrees > 0) || !(missed < simple_missed))
		return false;
	double ratio = (simple_missed - missed) / more / (fmax(missed, 1e-9 * simple_missed) / degrees);
	return gsl_cdf_fdist_Q(ratio, more, degrees) < luck;
}

static bool is_worth_trying(const struct fit_data *data, const struct fit_order *order, double missed)
{
	double rows = (double)data->samples->completed;
	return order->when_off == 0 || missed > rows * order->when_off * order->when_off;
}

/* With a parallel part besides, the only one of what was 0 that may become more; returns by how much that misses. */
static double add_parallel(const struct fit_data *data, const struct fit_conditions *conditions, int64_t threads,
			   double missed, double close, struct work_fit *fit)
{
	const struct work_fit simple = *fit;
	fit->model.threads = threads;
	for (int p = 0; p < FIT_PARAMETERS; p++)
		if (fit->model.seconds[p] == 0)
			fit->parameters[p].state = PARAMETER_UNIDENTIFIED;
	fit->parameters[FIT_PARALLEL] = (struct fitted_parameter){PARAMETER_AT_ZERO, (double)NAN};
	missed = work_search(data, conditions, missed, close, fit);
	for (int p = 0; p < FIT_PARAMETERS; p++)
		if (fit->model.seconds[p] == 0)
			fit->parameters[p] = simple.parameters[p];
	return missed;
}

/*
 * Over long work no more than one vCPU is the same for one thread and for several, but several use up a period's share
 * sooner, so that short work ends in other steps. A parallel part that nothing else tells is believed where means agree
 * with it beyond luck.
 */
static double tell_parallel_by_steps(const struct fit_data *data, const struct fit_conditions *conditions,
				     double missed, double close, struct work_fit *out)
{
	static const double when_off = 0.01;
	const struct work_fit simple = *out;
	const double simple_missed = missed;
	double rows = (double)data->samples->completed;
	if (simple.parameters[FIT_PARALLEL].state != PARAMETER_UNIDENTIFIED || missed <= rows * when_off * when_off)
		return missed;
	for (int64_t threads = conditions->threads_max; threads >= conditions->threads_min && missed > close;
	     threads--) {
		struct work_fit fit = simple;
		double found = add_parallel(data, conditions, threads, simple_missed, close, &fit);
		if (found + close < missed && is_beyond_luck(data, simple_missed, &simple, found, &fit)) {
			missed = found;
			*out = fit;
		}
	}
	return missed;
}

/* The first fit that comes close, else the one that misses least by far, made better. */
static double fit_any(struct fit_data *data, const struct fit_conditions *conditions, double close,
		      struct work_fit *out)
{
	double least = INFINITY;
	const struct fit_order *best = fit_orders;
	for (size_t i = 0; i < FIT_ORDERS; i++) {
		const struct fit_order *order = &fit_orders[i];
		if (!is_worth_trying(data, order, least))
			continue;
		const struct work_fit simple = *out;
		const double simple_missed = least;
		for (int64_t threads = conditions->threads_max; threads >= conditions->threads_min; threads--) {
			struct work_fit fit;
			double missed = fit_once(data, conditions, order, threads, &fit);
			if (missed + close < least &&
			    (!order->needs_evidence || is_beyond_scatter(data, simple_missed, &simple) ||
			     is_beyond_luck(data, simple_missed, &simple, missed, &fit))) {
				least = missed;
				best = order;
				*out = fit;
			}
			if (least <= close)
				return least;
		}
	}
	least = look_closer(data, conditions, best, least, close, out);
	least = least > close ? other_threads(data, conditions, best, least, close, out) : least;
	return tell_parallel_by_steps(data, conditions, least, close, out);
}

/* Variations of requests beyond their sandboxes' speeds: what is taken, and what is tried instead. */
struct variations {
	double values[VARIATIONS_MAX];
	size_t count;
};

/* The platform's spread of speeds is part of what rows differ by, and may be all of it where that is within luck. */
static struct variations told_variations(const struct fit_data *data)
{
	static const double standard_errors = 3;
	double speeds = data->samples->scatter.speed_variance;
	double left = data->relative_variance - speeds;
	double degrees = (double)(data->samples->completed - (int64_t)data->count);
	struct variations out = {.values = {work_model_variation(data->relative_variance, speeds)}, .count = 1};
	if (left > 0 && left <= standard_errors * sqrt(2 / degrees) * speeds)
		out.values[out.count++] = 0;
	return out;
}

/*
 * Averages tell no scatter, but requests that differ end in smoother steps: more sizes than warm requests have
 * parameters, a variation included, may tell it.
 */
static struct variations untold_variations(const struct fit_data *data)
{
	enum { TELLING = 5 };
	return (struct variations){{0, 0.05, 0.1, 0.15, 0.2, 0.3}, data->count < TELLING ? 1 : VARIATIONS_MAX};
}

/* Another variation than the first is taken where it mends most of what that leaves off. */
static double fit_variations(struct fit_data *data, const struct fit_conditions *conditions,
			     const struct variations *variations, struct work_fit *out)
{
	static const double mended = 0.25; /* half of it, squared */
	double close = close_to(data);
	double most = INFINITY;
	double least = INFINITY;
	for (size_t i = 0; i < variations->count && least > close; i++) {
		data->variation = variations->values[i];
		struct work_fit fit = no_fit(data, conditions, conditions->threads_max);
		double missed = fit_any(data, conditions, close, &fit);
		if (missed < least && missed < most) {
			least = missed;
			*out = fit;
		}
		if (i == 0)
			most = mended * missed;
	}
	return least;
}

/* How often waiting and CPU alternate with which the corrected fits come closest; returns by how much that misses. */
static double screen_alternations(struct fit_data *data, const struct fit_conditions *conditions, struct work_fit *out)
{
	static const int64_t tried[] = {2, 5, 10, 20, 50, 100, 200};
	double least = INFINITY;
	for (size_t i = 0; i < ARRAY_LEN(tried); i++) {
		struct work_fit fit;
		data->alternations = tried[i];
		double missed = fit_once(data, conditions, &fit_orders[0], out->model.threads, &fit);
		if (missed < least) {
			least = missed;
			*out = fit;
		}
	}
	data->alternations = out->model.alternations;
	return least;
}

/*
 * Small pieces of CPU and waiting take less than their sum. That they alternate is believed where it mends half of what
 * following each other once leaves off, and more than one size tells.
 */
static double fit_alternations(struct fit_data *data, const struct fit_conditions *conditions, double least,
			       struct work_fit *out)
{
	enum { TELLING = 3 };
	static const double mended = 0.5;
	static const double when_off = 0.02;
	double rows = (double)data->samples->completed;
	double close = close_to(data);
	if (data->count < TELLING || least <= rows * when_off * when_off)
		return least;
	struct work_fit fit = *out;
	data->variation = out->model.variation;
	double missed = screen_alternations(data, conditions, &fit);
	if (missed > close)
		missed = look_closer(data, conditions, &fit_orders[0], missed, close, &fit);
	if (missed > mended * least)
		return least;
	*out = fit;
	return missed;
}

/* part is NULL where all varies together. */
static bool solve_varying(const struct function_samples *samples, const struct varying_part *part,
			  const struct fit_conditions *conditions, struct work_fit *out)
{
	*out = (struct work_fit){0};
	work_model_init(&out->model, conditions, conditions->threads_max, 0);
	if (samples->group_count == 0)
		return false;
	struct fit_data *data = mem_alloc(sizeof *data);
	*data = (struct fit_data){
		.samples = samples,
		.count = samples->group_count,
		.scatter = part ? &part->scatter : &samples->scatter,
		.varying = part ? part->varying : VARYING_ALL,
		.relative_variance = scatter_row_variance(samples),
		.alternations = 1,
	};
	bool is_told = isfinite(data->relative_variance);
	struct variations variations = part      ? (struct variations){{part->variation}, 1}
				       : is_told ? told_variations(data)
						 : untold_variations(data);
	double missed = fit_variations(data, conditions, &variations, out);
	missed = fit_alternations(data, conditions, missed, out);
	missed = work_search_finely(data, conditions, missed, close_to(data), out);
	double squares = fit_squares_off(data, conditions, &out->model, 0);
	out->row_variance = is_told ? data->relative_variance : 0;
	out->relative_rms = num_rounded(sqrt(squares / (double)samples->completed), FIT_DIGITS);
	mem_free(data);
	return isfinite(missed);
}

bool work_fit_solve(const struct function_samples *samples, const struct fit_conditions *conditions,
		    struct work_fit *out)
{
	return solve_varying(samples, NULL, conditions, out);
}

bool work_fit_solve_part(const struct function_samples *samples, const struct varying_part *part,
			 const struct fit_conditions *conditions, struct work_fit *out)
{
	return solve_varying(samples, part, conditions, out);
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
