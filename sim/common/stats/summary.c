/* One-pass moments; the quantile of Student's distribution is GSL's. */
#include "stats/summary.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

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
