#include "calibrate/work_search.h"

#include <gsl/gsl_multimin.h>
#include <math.h>

#include "base/check.h"
#include "base/num.h"

enum { POLISHES_MAX = 300 };

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
		polish->fit.model.seconds[polish->members[i]] = num_rounded(exp(gsl_vector_get(x, i)), FIT_DIGITS);
	return fit_missed_by(polish->data, polish->conditions, &polish->fit.model);
}

static void run_simplex(struct polish *polish, gsl_multimin_fminimizer *simplex, double first_step, double enough)
{
	gsl_multimin_function function = {.f = polish_missed, .n = polish->count, .params = polish};
	gsl_vector *start = gsl_vector_alloc(polish->count);
	gsl_vector *step = gsl_vector_alloc(polish->count);
	for (size_t i = 0; i < polish->count; i++)
		gsl_vector_set(start, i, log(polish->fit.model.seconds[polish->members[i]]));
	gsl_vector_set_all(step, first_step);
	gsl_multimin_fminimizer_set(simplex, &function, start, step);
	for (int i = 0; i < POLISHES_MAX && gsl_multimin_fminimizer_minimum(simplex) > enough; i++)
		if (gsl_multimin_fminimizer_iterate(simplex) != GSL_SUCCESS ||
		    gsl_multimin_fminimizer_size(simplex) < 1e-6)
			break;
	gsl_vector_free(step);
	gsl_vector_free(start);
}

/* The wait that the means of warm or of cold groups leave, where it is told. */
static void place_wait(const struct fit_data *data, const struct fit_conditions *conditions, bool is_cold,
		       struct work_fit *fit)
{
	enum work_parameter which = is_cold ? FIT_COLD_WAIT : FIT_WAIT;
	double *wait = &fit->model.seconds[which];
	enum parameter_state *state = &fit->parameters[which].state;
	double left = 0;
	double weights = 0;
	if (*state == PARAMETER_UNIDENTIFIED)
		return;
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		if (group->is_cold != is_cold)
			continue;
		double mean = fit_mean_seconds(data, i);
		double predicted = fit_predict(&fit->model, conditions, group);
		double weight = (double)group->seconds.count / (mean * mean);
		left += weight * (mean - predicted);
		weights += weight;
	}
	if (weights == 0)
		return;
	*wait = num_rounded(fmax(0, *wait + left / weights), FIT_DIGITS);
	*state = *wait > 0 ? PARAMETER_FITTED : PARAMETER_AT_ZERO;
}

/* The parameter at this value, and the waits that the means then leave; what is cold alone leaves warm ones alone. */
static void try_value(const struct fit_data *data, const struct fit_conditions *conditions,
		      enum work_parameter parameter, double seconds, struct work_fit *fit)
{
	fit->parameters[parameter].state = PARAMETER_FITTED;
	fit->model.seconds[parameter] = num_rounded(seconds, FIT_DIGITS);
	if (parameter != FIT_COLD)
		place_wait(data, conditions, false, fit);
	place_wait(data, conditions, true, fit);
}

/* Values from most downwards, in equal ratios; one is taken that misses by less than anything before. */
static double try_values(const struct fit_data *data, const struct fit_conditions *conditions,
			 enum work_parameter parameter, double most, double least, int count, double missed,
			 const struct work_fit *begin, struct work_fit *fit)
{
	for (int i = 0; i <= count; i++) {
		struct work_fit tried = *begin;
		try_value(data, conditions, parameter, most * pow(least / most, (double)i / count), &tried);
		double off = fit_missed_by(data, conditions, &tried.model);
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
		from.model.seconds[FIT_PARALLEL] = num_rounded(parallel, FIT_DIGITS);
	}
	return try_values(data, conditions, FIT_SINGLE, fastest, fastest / 128, VALUES, missed, &from, fit);
}

/* The CPU time of the fit, shared otherwise between one thread and several: slow sizes tell the sum of both best. */
static double try_shares(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			 struct work_fit *fit)
{
	enum { SHARES = 16, VALUES = 24 };
	static const double within = 0.1;
	const struct work_fit begin = *fit;
	double total = begin.model.seconds[FIT_SINGLE] + begin.model.seconds[FIT_PARALLEL];
	for (int k = 1; k < SHARES && total > 0; k++) {
		struct work_fit from = begin;
		double single = total * k / SHARES;
		from.parameters[FIT_PARALLEL].state = PARAMETER_FITTED;
		from.model.seconds[FIT_PARALLEL] = num_rounded(total - single, FIT_DIGITS);
		missed = try_values(data, conditions, FIT_SINGLE, single + within * total,
				    fmax(single - within * total, single / SHARES), VALUES, missed, &from, fit);
	}
	return missed;
}

/*
 * Short work takes the same time over some range of it, so that nothing leads from one step to the next: they are
 * tried, with and without what is cold, then those around the best.
 */
static double search_steps(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			   struct work_fit *fit)
{
	enum { PARALLELS = 16, VALUES = 32, BEGINNINGS = 2, ROUNDS = 2 };
	static const enum work_parameter stepped[] = {FIT_SINGLE, FIT_PARALLEL, FIT_COLD};
	enum { STEPPED = ARRAY_LEN(stepped) };
	struct work_fit begin = *fit;
	double fastest = fit_fastest_seconds(data);
	for (int i = 0; i < BEGINNINGS; i++) {
		bool has_parallel = begin.parameters[FIT_PARALLEL].state != PARAMETER_UNIDENTIFIED;
		double most = fastest * (double)fit->model.threads;
		missed = try_singles(data, conditions, fastest, 0, missed, &begin, fit);
		for (int k = 0; has_parallel && k < PARALLELS; k++)
			missed = try_singles(data, conditions, fastest, most * pow(2, -0.5 * k), missed, &begin, fit);
		begin.model.seconds[FIT_COLD] = 0;
		begin.model.seconds[FIT_COLD_WAIT] = 0;
	}
	if (fit->parameters[FIT_PARALLEL].state != PARAMETER_UNIDENTIFIED)
		missed = try_shares(data, conditions, missed, fit);
	for (size_t i = 0; i < ROUNDS * STEPPED; i++) {
		enum work_parameter parameter = stepped[i % STEPPED];
		double best = fit->model.seconds[parameter];
		begin = *fit;
		if (best > 0)
			missed = try_values(data, conditions, parameter, best * 1.2, best / 1.2, VALUES, missed, &begin,
					    fit);
	}
	return missed;
}

/* Values about the parameter's own, the best being kept; what it has more, `from` has less, unless they are one. */
static double scan_about(struct polish *polish, enum work_parameter to, enum work_parameter from, double within,
			 double missed)
{
	enum { VALUES = 12 };
	double *seconds = polish->fit.model.seconds;
	const double to_begin = seconds[to];
	const double from_begin = seconds[from];
	double best = 0;
	for (int k = -VALUES; k <= VALUES + 1; k++) {
		double more = k > VALUES ? best : to_begin * expm1(within * k / VALUES);
		seconds[from] = num_rounded(fmax(0, from_begin - more), FIT_DIGITS);
		seconds[to] = num_rounded(to_begin + more, FIT_DIGITS);
		double now = fit_missed_by(polish->data, polish->conditions, &polish->fit.model);
		best = now < missed ? more : best;
		missed = fmin(now, missed);
	}
	return missed;
}

/* Beyond a step, where the simplex does not get, less may be missed: each parameter alone, then CPU as a whole. */
static double scan_members(struct polish *polish, double missed)
{
	static const double scales[] = {0.15, 0.02};
	const double *seconds = polish->fit.model.seconds;
	for (size_t s = 0; s < ARRAY_LEN(scales); s++) {
		for (size_t i = 0; i < polish->count; i++)
			missed = scan_about(polish, polish->members[i], polish->members[i], scales[s], missed);
		if (seconds[FIT_SINGLE] > 0 && seconds[FIT_PARALLEL] > 0)
			missed = scan_about(polish, FIT_SINGLE, FIT_PARALLEL, scales[s], missed);
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
		if (fit->model.seconds[p] > 0)
			polish.members[polish.count++] = (enum work_parameter)p;
	if (polish.count == 0)
		return missed;
	gsl_multimin_fminimizer *simplex =
		gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, polish.count);
	for (size_t i = 0; i < ARRAY_LEN(first_steps) && missed > enough; i++) {
		polish.fit = *fit;
		run_simplex(&polish, simplex, first_steps[i], enough);
		double polished = polish_missed(gsl_multimin_fminimizer_x(simplex), &polish);
		if (polished < missed) {
			missed = polished;
			*fit = polish.fit;
		}
		polish.fit = *fit;
		missed = missed > enough ? scan_members(&polish, missed) : missed;
		*fit = polish.fit;
	}
	gsl_multimin_fminimizer_free(simplex);
	return missed;
}

/* Whether a period more or less is told at the fastest size. */
static bool ends_in_steps(const struct fit_data *data, const struct fit_conditions *conditions)
{
	static const double told = 0.01;
	return conditions->cpu->period_seconds > told * fit_fastest_seconds(data);
}

/*
 * Steps move a mean by no more than a period. Where means are missed by much more, no search over them comes close.
 */
static bool is_hopeless(const struct fit_data *data, const struct fit_conditions *conditions,
			const struct work_model *model)
{
	static const double much = 0.1; /* of a mean, root mean square */
	double squares = 0;
	for (size_t i = 0; i < data->count; i++) {
		const struct sample_group *group = &data->samples->groups[i];
		double mean = fit_mean_seconds(data, i);
		double off = fabs(fit_predict(model, conditions, group) - mean) - conditions->cpu->period_seconds;
		squares += off > 0 ? (double)group->seconds.count * off * off / (mean * mean) : 0;
	}
	return squares > (double)data->samples->completed * much * much;
}

double work_search(const struct fit_data *data, const struct fit_conditions *conditions, double missed, double close,
		   struct work_fit *fit)
{
	if (is_hopeless(data, conditions, &fit->model))
		return missed;
	if (ends_in_steps(data, conditions))
		missed = search_steps(data, conditions, missed, fit);
	return missed > close ? polish_fit(data, conditions, missed, close / 4, fit) : missed;
}

/* Simpler work that takes about as long. */
enum simplification {
	ONE_THREAD,      /* the same CPU time on one thread, none of it cold, and the waits that the means then leave */
	WITHOUT_WAITING, /* likewise, what was waited for computed as well */
	SIMPLIFICATIONS,
};

static void leave_out(struct work_fit *fit, enum work_parameter parameter)
{
	enum parameter_state *state = &fit->parameters[parameter].state;
	fit->model.seconds[parameter] = 0;
	*state = *state == PARAMETER_UNIDENTIFIED ? *state : PARAMETER_AT_ZERO;
}

static struct work_fit simplified(const struct fit_data *data, const struct fit_conditions *conditions,
				  const struct work_fit *fit, enum simplification simplification)
{
	struct work_fit plain = *fit;
	double *seconds = plain.model.seconds;
	double single = seconds[FIT_SINGLE] + seconds[FIT_PARALLEL];
	leave_out(&plain, FIT_PARALLEL);
	leave_out(&plain, FIT_COLD);
	try_value(data, conditions, FIT_SINGLE, single, &plain);
	if (simplification == WITHOUT_WAITING) {
		seconds[FIT_SINGLE] = num_rounded(seconds[FIT_SINGLE] + seconds[FIT_WAIT], FIT_DIGITS);
		leave_out(&plain, FIT_WAIT);
	}
	return plain;
}

/* The best of values about what one thread computes, each with the waits that the means then leave. */
static double scan_single(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			  struct work_fit *fit)
{
	enum { VALUES = 30 };
	static const double within = 1.35;
	const struct work_fit begin = *fit;
	double single = begin.model.seconds[FIT_SINGLE];
	return single > 0 ? try_values(data, conditions, FIT_SINGLE, single * within, single / within, VALUES, missed,
				       &begin, fit)
			  : missed;
}

/*
 * A little waiting and a little computing more are alike until work ends in another period, which is where the simplex
 * does not get past: it begins with each kind of work, the simplest that comes close being taken.
 */
double work_search_finely(const struct fit_data *data, const struct fit_conditions *conditions, double missed,
			  double close, struct work_fit *fit)
{
	if (!ends_in_steps(data, conditions) || is_hopeless(data, conditions, &fit->model))
		return missed;
	fit->model.is_fine = true;
	missed = fit_missed_by(data, conditions, &fit->model);
	const struct work_fit begin = *fit;
	const double begin_missed = missed;
	for (int i = 0; i < SIMPLIFICATIONS && missed > close; i++) {
		struct work_fit plain = simplified(data, conditions, &begin, (enum simplification)i);
		double plain_missed = fit_missed_by(data, conditions, &plain.model);
		plain_missed = scan_single(data, conditions, plain_missed, &plain);
		plain_missed = polish_fit(data, conditions, plain_missed, close / 4, &plain);
		if (plain_missed < missed) {
			missed = plain_missed;
			*fit = plain;
		}
	}
	if (missed > close) {
		struct work_fit full = begin;
		double full_missed = polish_fit(data, conditions, begin_missed, close / 4, &full);
		if (full_missed < missed) {
			missed = full_missed;
			*fit = full;
		}
	}
	return missed;
}
