/* The cut, the batches, and what to doubt. */
#include "stats/steady.h"

#include <math.h>

#include "base/check.h"
#include "stats/summary.h"

enum { MSER_BATCH = 5 };

/* One-sided 5 % point of the normal distribution: the lag-1 correlation of b independent means is about N(0, 1/b). */
#define CORRELATION_DEVIATIONS 1.645

size_t steady_warm_up(const double *values, size_t count, struct arena *arena, bool *at_limit)
{
	*at_limit = false;
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
	*at_limit = best == limit && limit > 0;
	return best * MSER_BATCH;
}

static double lag_correlation(const double *means, size_t count, double mean)
{
	double product = 0;
	double squares = 0;
	for (size_t i = 0; i < count; i++) {
		squares += (means[i] - mean) * (means[i] - mean);
		if (i > 0)
			product += (means[i] - mean) * (means[i - 1] - mean);
	}
	return squares > 0 ? product / squares : 0;
}

struct steady steady_estimate(const double *values, size_t count, double confidence, struct arena *arena)
{
	bool at_limit;
	struct steady steady = {.half_width = (double)INFINITY, .mean = (double)NAN};
	steady.discarded = steady_warm_up(values, count, arena, &at_limit);
	size_t left = count - steady.discarded;
	struct summary whole;
	summary_init(&whole);
	for (size_t i = steady.discarded; i < count; i++)
		summary_add(&whole, values[i]);
	steady.mean = summary_mean(&whole);
	if (left < STEADY_COUNT_MIN) {
		steady.doubt = STEADY_FEW;
		return steady;
	}
	double means[STEADY_BATCHES];
	struct summary batches;
	summary_init(&batches);
	for (size_t i = 0; i < STEADY_BATCHES; i++) {
		/* Batch i, of a length that differs by one at most. */
		size_t begin = steady.discarded + i * left / STEADY_BATCHES;
		size_t end = steady.discarded + (i + 1) * left / STEADY_BATCHES;
		double sum = 0;
		for (size_t j = begin; j < end; j++)
			sum += values[j];
		means[i] = sum / (double)(end - begin);
		summary_add(&batches, means[i]);
	}
	steady.half_width = summary_half_width(&batches, confidence);
	steady.batch_correlation = lag_correlation(means, STEADY_BATCHES, summary_mean(&batches));
	if (at_limit)
		steady.doubt = STEADY_WARMING;
	else if (steady.batch_correlation > CORRELATION_DEVIATIONS / sqrt(STEADY_BATCHES))
		steady.doubt = STEADY_CORRELATED;
	return steady;
}

const char *steady_doubt_text(enum steady_doubt doubt)
{
	static const char *const texts[] = {
		[STEADY_FINE] = "",
		[STEADY_FEW] = "too few observations are left after the warm-up to give an interval; simulate longer",
		[STEADY_WARMING] = "the run may not have reached its steady state; simulate at least twice as long",
		[STEADY_CORRELATED] = "the run is too short for how slowly it varies; simulate several times as long",
	};
	return texts[doubt];
}
