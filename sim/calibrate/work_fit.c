#include "calibrate/work_fit.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "calibrate/fit_data.h"
#include "calibrate/linear_fit.h"
#include "calibrate/varying.h"
#include "calibrate/work_search.h"

enum { CORRECTIONS = 4 };

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
	double when_off;     /* tried where the best until then misses the means by more, root mean square */
	bool needs_evidence; /* believed where that was off by more than rows scatter, or this agrees beyond luck */
	struct linear_order told;
} fit_orders[] = {
	{0, false, {0.05, DEPENDENT, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}}},
	{0, false, {0.05, DEPENDENT, {FIT_SINGLE, FIT_PARALLEL, FIT_WAIT, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}}},
	{0, false, {0.005, DEPENDENT, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}}},
	{0, false, {0.005, DEPENDENT, {FIT_SINGLE, FIT_PARALLEL, FIT_WAIT, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}}},
	{0.015, true, {0.05, DEPENDENT, {FIT_PARALLEL, FIT_WAIT, FIT_SINGLE, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}}},
	{0.005, true, {0.005, 0.005, {FIT_SINGLE, FIT_WAIT, FIT_PARALLEL, CALL_PARTS, FIT_COLD, FIT_COLD_WAIT}}},
};
enum { FIT_ORDERS = ARRAY_LEN(fit_orders) };

/* A fit within this of the means, root mean square, leaves nothing to look for. */
static const double CLOSE = 0.002;

/* A miss is more than so many standard errors of a mean, and no less than so much of it. */
static const double MISS_STANDARD_ERRORS = 3;
static const double MISS_LEAST = 0.01;
static const double MISS_UNTOLD = 0.03; /* where the rows tell no scatter */

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

/* What a closer look leaves off by this, no other number of threads or variation mends. */
static bool is_far_off(const struct fit_data *data, double missed)
{
	static const double far = 0.1; /* of a mean, root mean square */
	return missed > (double)data->samples->completed * far * far;
}

/* The best of the corrected fits with one order of parameters and number of threads; returns by how much it misses. */
static double fit_once(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
		       int64_t threads, struct work_fit *out)
{
	double least = INFINITY;
	linear_fit_set_columns(data, conditions, threads);
	const struct subset all = linear_fit_told(data, &order->told);
	struct work_fit fit = no_fit(data, conditions, threads);
	for (int i = 0; i <= CORRECTIONS && linear_fit_best(&all, &fit); i++) {
		double missed = fit_missed_by(data, conditions, &fit.model);
		if (missed < least) {
			least = missed;
			*out = fit;
		}
		linear_fit_correct_columns(data, conditions, &fit);
	}
	return least;
}

/* Each choice of parameters corrected by itself; one is taken that misses by less than `least`. */
static double fit_choices(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
			  double least, struct work_fit *out)
{
	struct work_fit fit = no_fit(data, conditions, out->model.threads);
	linear_fit_set_columns(data, conditions, fit.model.threads);
	const struct subset all = linear_fit_told(data, &order->told);
	for (unsigned int bits = 1; bits < 1u << all.count; bits++) {
		struct subset subset = linear_fit_choose(&all, bits);
		linear_fit_set_columns(data, conditions, fit.model.threads);
		for (int i = 0; i <= CORRECTIONS; i++) {
			struct solution solution = linear_fit_solve(&subset);
			if (!solution.is_feasible)
				break;
			linear_fit_set(&all, bits, &solution, &fit);
			double missed = fit_missed_by(data, conditions, &fit.model);
			if (missed < least) {
				least = missed;
				*out = fit;
			}
			linear_fit_correct_columns(data, conditions, &fit);
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

/*
 * What the coarse fit says of an order that another one is better than may be far from what short work's steps say of
 * it; it is looked at closer where the better one misses the means beyond luck.
 */
static double other_order(struct fit_data *data, const struct fit_conditions *conditions, const struct fit_order *order,
			  double least, double close, struct work_fit *out)
{
	struct work_fit fit = no_fit(data, conditions, conditions->threads_max);
	double missed = fit_once(data, conditions, order, conditions->threads_max, &fit);
	missed = look_closer(data, conditions, order, missed, close, &fit);
	missed = missed > close ? other_threads(data, conditions, order, missed, close, &fit) : missed;
	if (missed + close >= least)
		return least;
	*out = fit;
	return missed;
}

/* As many means as parameters tell no number of threads: the preferred one, where it comes close as well. */
static double most_threads(struct fit_data *data, const struct fit_conditions *conditions,
			   const struct fit_order *order, double least, double close, struct work_fit *out)
{
	struct work_fit fit = no_fit(data, conditions, conditions->threads_max);
	bool is_told = out->model.seconds[FIT_PARALLEL] == 0 || data->count > (size_t)parameters_above_0(out);
	if (is_told || out->model.threads == conditions->threads_max)
		return least;
	double missed = fit_once(data, conditions, order, conditions->threads_max, &fit);
	missed = look_closer(data, conditions, order, missed, close, &fit);
	if (missed > close)
		return least;
	*out = fit;
	return missed;
}

/* The parameters that are told in the order, one bit each. */
static unsigned int members_of(struct fit_data *data, const struct fit_conditions *conditions,
			       const struct fit_order *order)
{
	unsigned int members = 0;
	linear_fit_set_columns(data, conditions, conditions->threads_max);
	const struct subset all = linear_fit_told(data, &order->told);
	for (size_t i = 0; i < all.count; i++)
		members |= 1u << all.members[i];
	return members;
}

static bool is_among(unsigned int members, const unsigned int *others, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (others[i] == members)
			return true;
	return false;
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
				return most_threads(data, conditions, order, least, close, out);
		}
	}
	least = look_closer(data, conditions, best, least, close, out);
	if (is_far_off(data, least))
		return least;
	least = least > close ? other_threads(data, conditions, best, least, close, out) : least;
	unsigned int looked_at[FIT_ORDERS] = {members_of(data, conditions, best)};
	size_t count = 1;
	for (size_t i = 0; i < FIT_ORDERS && least > close && is_beyond_scatter(data, least, out); i++) {
		unsigned int members = members_of(data, conditions, &fit_orders[i]);
		if (is_worth_trying(data, &fit_orders[i], least) && !is_among(members, looked_at, count)) {
			looked_at[count++] = members;
			least = other_order(data, conditions, &fit_orders[i], least, close, out);
		}
	}
	return tell_parallel_by_steps(data, conditions, least, close, out);
}

/* Variations of requests beyond their sandboxes' speeds: what is taken, and what is tried instead. */
struct variations {
	double values[VARIATIONS_MAX];
	size_t count;
};

/*
 * The platform's spread of speeds is part of what rows differ by, and may be all of it where that is within luck; also
 * where rows of one sandbox do not tell it, if means then agree.
 */
static struct variations told_variations(const struct fit_data *data, const struct fit_conditions *conditions,
					 double told)
{
	static const double standard_errors = 3;
	double speeds = conditions->cpu->speed_spread * conditions->cpu->speed_spread;
	double degrees = (double)(data->samples->completed - (int64_t)data->count);
	struct variations out = {.values = {told}, .count = 1};
	double left = data->relative_variance - speeds;
	if (told > 0 && left <= standard_errors * sqrt(2 / degrees) * speeds)
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
		if (is_far_off(data, missed))
			break;
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
	double variation =
		part ? part->variation : work_model_variation(data->relative_variance, samples->scatter.speed_variance);
	bool is_part = part && part->varying != VARYING_ALL;
	struct variations variations = is_part   ? (struct variations){{variation}, 1}
				       : is_told ? told_variations(data, conditions, variation)
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
