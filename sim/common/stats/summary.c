/* One-pass moments; the quantile of Student's distribution is GSL's. */
#include "stats/summary.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/check.h"

void summary_init(struct summary *summary)
{
	*summary = (struct summary){.min = INFINITY, .max = -INFINITY};
}

void summary_add(struct summary *summary, double value)
{
	summary->count++;
	double delta = value - summary->mean;
	summary->mean += delta / (double)summary->count;
	summary->squares += delta * (value - summary->mean);
	summary->min = fmin(summary->min, value);
	summary->max = fmax(summary->max, value);
}

double summary_mean(const struct summary *summary)
{
	return summary->count ? summary->mean : (double)NAN;
}

double summary_min(const struct summary *summary)
{
	return summary->count ? summary->min : (double)NAN;
}

double summary_max(const struct summary *summary)
{
	return summary->count ? summary->max : (double)NAN;
}

double summary_variance(const struct summary *summary)
{
	return summary->count >= 2 ? summary->squares / (double)(summary->count - 1) : (double)NAN;
}

double summary_deviation(const struct summary *summary)
{
	return sqrt(summary_variance(summary));
}

double summary_standard_error(const struct summary *summary)
{
	return summary_deviation(summary) / sqrt((double)summary->count);
}

double summary_half_width(const struct summary *summary, double confidence)
{
	if (summary->count < 2)
		return INFINITY;
	return student_t_factor((double)(summary->count - 1), confidence) * summary_standard_error(summary);
}

double student_t_factor(double degrees, double confidence)
{
	CHECK(degrees >= 1);
	CHECK(confidence > 0 && confidence < 1);
	return gsl_cdf_tdist_Pinv((1 + confidence) / 2, degrees);
}

/* Three summaries kept in step. */

void paired_init(struct paired *paired)
{
	summary_init(&paired->first);
	summary_init(&paired->second);
	summary_init(&paired->difference);
}

void paired_add(struct paired *paired, double first, double second)
{
	summary_add(&paired->first, first);
	summary_add(&paired->second, second);
	summary_add(&paired->difference, first - second);
}

double paired_variance_ratio(const struct paired *paired)
{
	double independent = summary_variance(&paired->first) + summary_variance(&paired->second);
	return independent / summary_variance(&paired->difference);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

void sample_quantiles_sort(double *values, size_t count)
{
	if (count > 0)
		qsort(values, count, sizeof values[0], compare_doubles);
}

double sample_quantiles_value(const double *sorted, size_t count, double p)
{
	CHECK(p >= 0 && p <= 1);
	if (count == 0)
		return (double)NAN;
	double position = p * (double)(count - 1);
	size_t below = (size_t)position;
	if (below + 1 >= count)
		return sorted[count - 1];
	return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}
