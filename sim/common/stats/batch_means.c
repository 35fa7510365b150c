#include "stats/batch_means.h"

#include <math.h>

#include "base/check.h"
#include "stats/summary.h"

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

struct batch_means batch_means_of(const double *values, size_t count, size_t batches)
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

void batch_means_errors(const struct batch_means *means, double confidence, double *low_error, double *high_error)
{
	double student = student_t_factor((double)(means->batches - 1), confidence);
	double skew = means->skewness / (6 * sqrt((double)means->batches));
	*low_error = transformed(student, skew) * means->standard_error;
	*high_error = -transformed(-student, skew) * means->standard_error;
}
