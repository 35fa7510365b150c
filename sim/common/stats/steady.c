#include "stats/steady.h"

#include <math.h>
#include <string.h>

#include "base/check.h"
#include "stats/summary.h"

/*
 * The mean of a correlated series, from means of successive batches. Two things keep their Student interval from
 * covering where a run is not very long, and both are corrected as N-Skart does (Tafazzoli, Wilson, Lada and Steiger,
 * "Performance of Skart", INFORMS Journal on Computing 23(2), 2011): what correlation is left from one batch to the
 * next, as of an autoregression of first order; and skewness, by Willink's transformation of the Student quantiles.
 * Correlation below 0 is taken as none, since one estimated from few batches may be so by chance.
 */
enum { BATCH_MEANS_MAX = 100 };

struct batch_means {
	size_t batches;
	double mean;
	double standard_error; /* of the mean, with the correlation that is left */
	double skewness;       /* of the batch means */
};

/* Above this the batches are one slow swing, and a correlation of few of them says no more. */
static const double CORRELATION_MOST = 0.8;

/* Of the first neighbours; 1 / count makes up for the mean being estimated from the same batches. */
static double left_correlation(const double *means, size_t count, double mean)
{
	double product = 0;
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		squares += (means[i] - mean) * (means[i] - mean);
		if (i > 0)
			product += (means[i] - mean) * (means[i - 1] - mean);
	}
	double correlation = squares > 0 ? product / squares + 1 / (double)count : 0;
	return fmin(fmax(correlation, 0), CORRELATION_MOST);
}

static double skewness(const double *means, const struct summary *summary)
{
	double n = (double)summary->count;
	double cubes = 0;
	if (!(summary->squares > 0))
		return 0;
	for (size_t i = 0; i < summary->count; i++)
		cubes += pow(means[i] - summary->mean, 3);
	return n / ((n - 1) * (n - 2)) * cubes / pow(summary_deviation(summary), 3);
}

/* batches at least 3, at most BATCH_MEANS_MAX and count. */
static struct batch_means batch_means_of(const double *values, size_t count, size_t batches)
{
	CHECK(batches >= 3 && batches <= BATCH_MEANS_MAX && batches <= count);
	double means[BATCH_MEANS_MAX];
	struct summary summary;
	summary_init(&summary);
	for (size_t i = 0; i < batches; i++) {
		/* Batch i, of a length that differs by one at most. */
		size_t begin = i * count / batches;
		size_t end = (i + 1) * count / batches;
		double sum = 0;
		for (size_t j = begin; j < end; j++)
			sum += values[j];
		means[i] = sum / (double)(end - begin);
		summary_add(&summary, means[i]);
	}
	double left = left_correlation(means, batches, summary.mean);
	return (struct batch_means){
		.batches = batches,
		.mean = summary.mean,
		.standard_error = summary_standard_error(&summary) * sqrt((1 + left) / (1 - left)),
		.skewness = skewness(means, &summary),
	};
}

/* Willink, "A confidence interval and test for the mean of an asymmetric distribution", Commun. Stat. 34, 2005. */
static double transformed(double student, double skew)
{
	if (fabs(skew) < 1e-6)
		return student;
	return (cbrt(1 + 6 * skew * (student - skew)) - 1) / (2 * skew);
}

/* The mean's error at which low and high end an interval: mean - low_error and mean + high_error. */
static void batch_means_errors(const struct batch_means *means, double confidence, double *low_error,
			       double *high_error)
{
	double student = student_t_factor((double)(means->batches - 1), confidence);
	double skew = means->skewness / (6 * sqrt((double)means->batches));
	*low_error = transformed(student, skew) * means->standard_error;
	*high_error = -transformed(-student, skew) * means->standard_error;
}

enum { MSER_BATCH = 5 };

/* Few batches for intervals, so that little correlation is left; many to tell what the run is worth. */
enum { INTERVAL_BATCHES = 20, WORTH_BATCHES = BATCH_MEANS_MAX };

/*
 * Independent observations that an interval of the mean takes, one of any quantile, and those beyond the quantile. With
 * 20 beyond it p99 of M/M/3 at load 0.7 would be held by 87 of 100 intervals, as few busy periods reach so far and runs
 * that miss them take themselves for precise; with 50 by 92, with 85 by 94 (1,000 and 300 runs).
 */
static const double MEAN_NEEDS = 300;
static const double QUANTILE_NEEDS = 100;
static const double BEYOND_NEEDS = 50;

/* A beginning is a warm-up where chance makes it as different in one of so many runs. */
static const double WARM_UP_CHANCE = 0.001;

size_t steady_mser(const double *values, size_t count, struct arena *arena)
{
	size_t batches = count / MSER_BATCH;
	if (batches < 2)
		return 0;
	double *means = ARENA_ARRAY(arena, double, batches);
	for (size_t i = 0; i < batches; i++) {
		double sum = 0;
		for (size_t j = 0; j < MSER_BATCH; j++)
			sum += values[i * MSER_BATCH + j];
		means[i] = sum / MSER_BATCH;
	}
	/* From the end, so that each cut's variance follows from the one behind it. */
	size_t limit = batches / 2;
	size_t best = limit;
	double best_error = (double)INFINITY;
	struct summary rest;
	summary_init(&rest);
	for (size_t cut = batches; cut-- > 0;) {
		summary_add(&rest, means[cut]);
		double error = rest.squares / ((double)rest.count * (double)rest.count);
		if (cut <= limit && error <= best_error) {
			best = cut;
			best_error = error;
		}
	}
	return best * MSER_BATCH;
}

/* Whether values from begin to end are others than those behind them, by more than chance. */
static bool differs(const double *values, size_t begin, size_t end, size_t count)
{
	if (end <= begin || count - end < STEADY_COUNT_MIN)
		return false;
	struct batch_means rest = batch_means_of(values + end, count - end, INTERVAL_BATCHES);
	struct summary piece;
	summary_init(&piece);
	for (size_t i = begin; i < end; i++)
		summary_add(&piece, values[i]);
	/* A shorter piece varies more. */
	double error = rest.standard_error * sqrt(1 + (double)(count - end) / (double)(end - begin));
	double factor = student_t_factor(INTERVAL_BATCHES - 1, 1 - WARM_UP_CHANCE);
	return fabs(summary_mean(&piece) - rest.mean) > factor * error;
}

/* Half of what equals the value counts as below it, so that a value that is often observed is a middle, too. */
static void mark_below(const struct steady *steady, double value, double half, double *out)
{
	for (size_t i = 0; i < steady->count; i++)
		out[i] = steady->values[i] < value ? 1 : steady->values[i] == value ? half : 0;
}

static double worth(const struct steady *steady)
{
	if (steady->count < STEADY_COUNT_MIN)
		return 0;
	double *below = ARENA_ARRAY(steady->scratch, double, steady->count);
	struct summary all;
	summary_init(&all);
	mark_below(steady, sample_quantiles_value(steady->sorted, steady->count, 0.5), 0.5, below);
	for (size_t i = 0; i < steady->count; i++)
		summary_add(&all, below[i]);
	if (!(all.squares > 0))
		return (double)INFINITY;
	struct batch_means means = batch_means_of(below, steady->count, WORTH_BATCHES);
	return summary_variance(&all) / (means.standard_error * means.standard_error);
}

void steady_init(struct steady *steady, const double *values, size_t count, struct arena *arena)
{
	size_t tenth = count / 10;
	size_t cut = steady_mser(values, count, arena);
	bool is_later = cut > tenth && differs(values, tenth, cut, count);
	size_t discarded = is_later ? cut : tenth;
	*steady = (struct steady){
		.values = values + discarded,
		.count = count - discarded,
		.discarded = discarded,
		.scratch = arena,
	};
	double *sorted = ARENA_ARRAY(arena, double, steady->count);
	if (steady->count > 0)
		memcpy(sorted, steady->values, steady->count * sizeof sorted[0]);
	sample_quantiles_sort(sorted, steady->count);
	steady->sorted = sorted;
	steady->independent = worth(steady);
	/* What only rises is one slow swing, of which nothing can be more than chance. */
	bool is_swing = steady->count >= STEADY_COUNT_MIN && steady->independent < QUANTILE_NEEDS;
	steady->is_warming = cut + MSER_BATCH > count / 2 && (is_later || is_swing);
}

static bool can_tell(const struct steady *steady, double needed)
{
	return !steady->is_warming && steady->count >= STEADY_COUNT_MIN && steady->independent >= needed;
}

struct steady_estimate steady_mean(const struct steady *steady, double confidence)
{
	struct steady_estimate estimate = {.low = (double)NAN, .high = (double)NAN, .needed = MEAN_NEEDS};
	struct summary all;
	summary_init(&all);
	for (size_t i = 0; i < steady->count; i++)
		summary_add(&all, steady->values[i]);
	estimate.value = summary_mean(&all);
	if (!can_tell(steady, estimate.needed))
		return estimate;
	struct batch_means means = batch_means_of(steady->values, steady->count, INTERVAL_BATCHES);
	double low_error;
	double high_error;
	batch_means_errors(&means, confidence, &low_error, &high_error);
	estimate.low = estimate.value - low_error;
	estimate.high = estimate.value + high_error;
	return estimate;
}

/* The sorted value that a share of the run does not exceed; NaN where the run has none. */
static double at_share(const struct steady *steady, double share, double (*rounded)(double))
{
	double rank = rounded(share * (double)steady->count);
	return rank >= 1 && rank <= (double)steady->count ? steady->sorted[(size_t)rank - 1] : (double)NAN;
}

struct steady_estimate steady_quantile(const struct steady *steady, double p, double confidence)
{
	CHECK(p > 0 && p < 1);
	struct steady_estimate estimate = {
		.value = sample_quantiles_value(steady->sorted, steady->count, p),
		.low = (double)NAN,
		.high = (double)NAN,
		.needed = fmax(QUANTILE_NEEDS, BEYOND_NEEDS / fmin(p, 1 - p)),
	};
	if (!can_tell(steady, estimate.needed))
		return estimate;
	double *below = ARENA_ARRAY(steady->scratch, double, steady->count);
	mark_below(steady, estimate.value, 1, below);
	struct batch_means means = batch_means_of(below, steady->count, INTERVAL_BATCHES);
	double error = student_t_factor(INTERVAL_BATCHES - 1, confidence) * means.standard_error;
	double low = at_share(steady, p - error, floor);
	double high = at_share(steady, p + error, ceil);
	/* An interval that is open at one end is none. */
	if (isnan(low) || isnan(high))
		return estimate;
	estimate.low = low;
	estimate.high = high;
	return estimate;
}
