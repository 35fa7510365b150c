#include "calibrate/scatter.h"

#include <math.h>

#include "base/num.h"
#include "calibrate/log_samples.h"

/* Deviations of logarithms above the median from which a row is of the tail; quantiles of the normal distribution. */
static const double TAIL_FROM = 5;
static const double NORMAL_75 = 0.6745;
static const double NORMAL_95 = 1.6449;

/* What more rows than this share do is no tail. */
static const double TAIL_MOST = 0.05;

/* Fewer rows than this tell a spread, but no quantiles. */
enum { QUANTILE_ROWS = 30 };

/* Ratios are counted in parts of a thousand million. */
static const double PARTS = 1e9;

static double median_ns(const struct sample_group *group)
{
	return fmax(1, (double)histogram_quantile(&group->times_ns, 0.5));
}

struct ratios {
	struct histogram *out;
	double unit_ns;
	double share; /* of the unit, what varies; the ratio is its own */
};

static void add_ratio(void *context, int64_t value_ns, int64_t count)
{
	const struct ratios *ratios = context;
	double ratio = (double)value_ns / ratios->unit_ns;
	if (ratios->share != 1)
		ratio = fmax(0, 1 + (ratio - 1) / ratios->share);
	for (int64_t i = 0; i < count; i++)
		histogram_add(ratios->out, llround(fmin(ratio, 1e6) * PARTS));
}

/*
 * Of the logarithms of the body's rows above the median, by whichever quantile says more, were they normal, and as much
 * more as few rows may tell too little by luck; no less than sandboxes differ by.
 */
static double body_deviation(const struct function_samples *function, const struct platform_cpu *cpu,
			     struct arena *arena)
{
	static const double standard_errors = 2;
	static const double error_of_one = 1.29; /* of NORMAL_95's, relative, told by one row; of n, over their root */
	struct histogram ratios;
	histogram_init(&ratios, arena);
	for (size_t i = 0; i < function->group_count; i++) {
		const struct sample_group *group = &function->groups[i];
		struct ratios to = {&ratios, median_ns(group), 1};
		if (group->times_ns.count > 1)
			histogram_each(&group->times_ns, add_ratio, &to);
	}
	histogram_sort(&ratios);
	if (ratios.count == 0)
		return cpu->speed_spread;
	double at_75 = log((double)histogram_quantile(&ratios, 0.75) / PARTS) / NORMAL_75;
	double at_95 = log((double)histogram_quantile(&ratios, 0.95) / PARTS) / NORMAL_95;
	double luck = 1 + standard_errors * error_of_one / sqrt((double)ratios.count);
	return fmax(fmax(at_75, at_95) * luck, cpu->speed_spread);
}

/* A group's rows on both sides of a limit. */
struct sides {
	double limit_ns;
	int64_t tail_rows;
	double tail_seconds;
	double least_tail_ns;
	double body_mean;
	double body_squares;
};

static void count_tail(void *context, int64_t value_ns, int64_t count)
{
	struct sides *sides = context;
	if ((double)value_ns <= sides->limit_ns)
		return;
	sides->tail_rows += count;
	sides->tail_seconds += (double)count * seconds_from_ns(value_ns);
	sides->least_tail_ns = fmin(sides->least_tail_ns, (double)value_ns);
}

static void add_squares(void *context, int64_t value_ns, int64_t count)
{
	struct sides *sides = context;
	double off = seconds_from_ns(value_ns) / sides->body_mean - 1;
	if ((double)value_ns <= sides->limit_ns)
		sides->body_squares += (double)count * off * off;
}

/* Rows that come a period of the quota later than the median are of the body. */
static struct sides split(const struct sample_group *group, double deviation, const struct platform_cpu *cpu)
{
	double median = median_ns(group);
	struct sides sides = {
		.limit_ns = median * exp(TAIL_FROM * deviation) + cpu->period_seconds * 1e9,
		.least_tail_ns = INFINITY,
		.body_mean = group->seconds.mean,
	};
	if (group->times_ns.count < 2)
		return sides;
	histogram_each(&group->times_ns, count_tail, &sides);
	double body_rows = (double)(group->seconds.count - (uint64_t)sides.tail_rows);
	double all_seconds = group->seconds.mean * (double)group->seconds.count;
	if (sides.tail_rows > 0)
		sides.body_mean = (all_seconds - sides.tail_seconds) / body_rows;
	histogram_each(&group->times_ns, add_squares, &sides);
	return sides;
}

/* Sets tail and body apart; leaves all as it is where there is no tail. */
static void set_apart(struct function_samples *function, const struct platform_cpu *cpu, double deviation)
{
	struct scatter *scatter = &function->scatter;
	double body_seconds = 0;
	double more_seconds = 0;
	double squares = 0;
	double degrees = 0;
	scatter->tail_from = INFINITY;
	for (size_t i = 0; i < function->group_count; i++) {
		struct sample_group *group = &function->groups[i];
		struct sides sides = split(group, deviation, cpu);
		int64_t telling = group->times_ns.count > 1 ? group->times_ns.count : 0;
		scatter->rows += telling;
		scatter->tail_rows += sides.tail_rows;
		scatter->tail_from = fmin(scatter->tail_from, sides.least_tail_ns / median_ns(group));
		body_seconds += sides.body_mean * (double)group->seconds.count;
		more_seconds += sides.tail_seconds - sides.body_mean * (double)sides.tail_rows;
		squares += sides.body_squares;
		double telling_degrees = telling > 0 ? (double)(telling - sides.tail_rows - 1) : 0;
		degrees += telling_degrees;
		group->center_seconds = sides.body_mean;
		group->body_variance = telling_degrees > 0 ? sides.body_squares / telling_degrees : (double)NAN;
	}
	if (scatter->tail_rows == 0 || (double)scatter->tail_rows > TAIL_MOST * (double)scatter->rows) {
		scatter->tail_rows = 0;
		for (size_t i = 0; i < function->group_count; i++)
			function->groups[i].center_seconds = function->groups[i].seconds.mean;
		return;
	}
	scatter->tail_share = more_seconds / body_seconds;
	scatter->body_variance = squares / degrees;
	for (size_t i = 0; i < function->group_count; i++)
		function->groups[i].center_seconds *= 1 + scatter->tail_share;
}

/*
 * Warm requests where they tell enough: what only the first does in a sandbox does not vary with the request. Of what
 * is a share of the groups' times, or all of them where shares is NULL; groups of which it is 0 do not tell it.
 */
static void gather_ratios(const struct function_samples *function, const double *shares, struct histogram *ratios)
{
	int64_t warm = 0;
	for (size_t i = 0; i < function->group_count; i++)
		warm += function->groups[i].is_cold ? 0 : function->groups[i].times_ns.count;
	for (size_t i = 0; i < function->group_count; i++) {
		const struct sample_group *group = &function->groups[i];
		struct ratios to = {ratios, group->center_seconds * 1e9, shares ? shares[i] : 1};
		if (group->times_ns.count > 1 && to.share > 0 && !(group->is_cold && warm >= QUANTILE_ROWS))
			histogram_each(&group->times_ns, add_ratio, &to);
	}
}

/* Order statistics, all at the ends, ever fewer towards the middle; ranks from 0. */
static size_t choose_ranks(int64_t rows, int64_t ranks[SCATTER_POINTS_MAX])
{
	enum { ALL = 8, HALF_MAX = SCATTER_POINTS_MAX / 2 };
	size_t count = 0;
	int64_t half = (rows - 1) / 2;
	for (int64_t rank = 0; rank <= half && count < HALF_MAX; count++) {
		ranks[count] = rank;
		rank += rank < ALL ? 1 : (rank + 3) / 4;
	}
	size_t low = count;
	for (size_t i = low; i-- > 0;)
		if (rows - 1 - ranks[i] > ranks[count - 1])
			ranks[count++] = rows - 1 - ranks[i];
	return count;
}

/*
 * Sandboxes' speeds are drawn apart, so that the body shrinks towards its median by what they make of it; what lies
 * beyond the body keeps its distance from it.
 */
static void shrink(struct scatter *scatter, double median, double kept, double limit)
{
	for (size_t i = 0; i < scatter->count; i++)
		scatter->factor[i] -= (1 - kept) * (fmin(scatter->factor[i], limit) - median);
}

struct quantile_table scatter_factors(const struct scatter *scatter)
{
	return (struct quantile_table){
		.probability = scatter->probability, .value = scatter->factor, .count = scatter->count};
}

/* Straight lines between quantiles have another mean than the rows. */
static void scale_to_one(struct scatter *scatter)
{
	const struct quantile_table table = scatter_factors(scatter);
	double mean = quantile_mean(&table);
	for (size_t i = 0; i < scatter->count; i++)
		scatter->factor[i] /= mean;
}

double scatter_row_variance(const struct function_samples *samples)
{
	double squares = 0;
	double degrees = 0;
	if (samples->scatter.tail_rows > 0)
		return samples->scatter.body_variance;
	for (size_t i = 0; i < samples->group_count; i++) {
		const struct summary *seconds = &samples->groups[i].seconds;
		squares += seconds->squares / (seconds->mean * seconds->mean);
		degrees += (double)seconds->count - 1;
	}
	return degrees > 0 ? squares / degrees : (double)NAN;
}

/*
 * As the platform has them, but no more than is left of the rows' variance beside what calls on one sandbox differ by.
 * Rows of one sandbox tell nothing of speeds.
 */
double scatter_speed_variance(const struct function_samples *function, const struct platform_cpu *cpu,
			      double computed_share)
{
	double speeds = cpu->speed_spread * computed_share;
	double left = scatter_row_variance(function) - function->scatter.call_variance;
	return isnan(left) ? speeds * speeds : fmin(speeds * speeds, fmax(0, left));
}

/* All of the time is computed, as far as is known before the fit (varying.h). */
static void tell_speeds(struct function_samples *function, const struct platform_cpu *cpu)
{
	struct scatter *scatter = &function->scatter;
	scatter->call_variance = sandbox_table_call_variance(&function->sandboxes, &scatter->sandboxes);
	scatter->speed_variance = scatter_speed_variance(function, cpu, 1);
}

/* The ratios' quantiles; limit, where the body ends. */
static void set_factors(struct scatter *scatter, const struct histogram *ratios, double kept, double limit)
{
	int64_t ranks[SCATTER_POINTS_MAX];
	scatter->count = choose_ranks(ratios->count, ranks);
	for (size_t i = 0; i < scatter->count; i++) {
		double share = (double)(ranks[i] + 1) / (double)ratios->count;
		scatter->probability[i] = (double)ranks[i] / (double)(ratios->count - 1);
		scatter->factor[i] = (double)histogram_quantile(ratios, share) / PARTS;
	}
	double median = (double)histogram_quantile(ratios, 0.5) / PARTS;
	shrink(scatter, median, kept, median * limit);
	scale_to_one(scatter);
}

void scatter_measure_part(const struct function_samples *function, const double *shares, double variance,
			  double speed_variance, struct scatter *out, struct arena *arena)
{
	struct histogram ratios;
	histogram_init(&ratios, arena);
	gather_ratios(function, shares, &ratios);
	histogram_sort(&ratios);
	*out = function->scatter;
	out->factor_rows = ratios.count;
	out->count = 0;
	if (ratios.count >= QUANTILE_ROWS)
		set_factors(out, &ratios, sqrt(variance / (variance + speed_variance)),
			    exp(TAIL_FROM * sqrt(log1p(variance + speed_variance))));
}

void scatter_measure(struct function_samples *function, const struct platform_cpu *cpu, struct arena *arena)
{
	struct scatter *scatter = &function->scatter;
	struct histogram ratios;
	*scatter = (struct scatter){.body_variance = (double)NAN};
	for (size_t i = 0; i < function->group_count; i++)
		histogram_sort(&function->groups[i].times_ns);
	double deviation = body_deviation(function, cpu, arena);
	set_apart(function, cpu, deviation);
	histogram_init(&ratios, arena);
	gather_ratios(function, NULL, &ratios);
	histogram_sort(&ratios);
	scatter->factor_rows = ratios.count;
	double variance = scatter_row_variance(function);
	tell_speeds(function, cpu);
	double kept = variance > 0 ? sqrt(fmax(0, 1 - scatter->speed_variance / variance)) : 0;
	if (ratios.count < QUANTILE_ROWS || (kept == 0 && scatter->tail_rows == 0))
		return;
	set_factors(scatter, &ratios, kept, exp(TAIL_FROM * deviation));
}
