/* Summaries, intervals, quantiles, pairs and warm-up on numbers whose answers are known, and their coverage. */
#include "base/arena.h"
#include "random/stream.h"
#include "stats/paired.h"
#include "stats/sample_quantiles.h"
#include "stats/steady.h"
#include "stats/summary.h"
#include "tests/tap.h"

static void test_summary(void)
{
	static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9};
	struct summary all;
	summary_init(&all);
	t_ok(isnan(summary_mean(&all)) && isnan(summary_variance(&all)), "nothing has no mean");
	t_ok(isinf(summary_half_width(&all, 0.95)), "and no interval");
	for (int i = 0; i < 8; i++)
		summary_add(&all, values[i]);
	t_near(summary_mean(&all), 5, 1e-15, 0, "mean");
	t_near(summary_variance(&all), 32.0 / 7, 1e-15, 0, "unbiased variance");
	t_near(summary_min(&all), 2, 0, 0, "least");
	t_near(summary_max(&all), 9, 0, 0, "greatest");
	/* t(7, 0.975) = 2.364624, the usual table */
	t_near(summary_half_width(&all, 0.95), 2.364624251592785 * sqrt(32.0 / 7 / 8), 1e-9, 0,
	       "half width: t times deviation by root n");
	/* A large offset must not drown the variance. */
	struct summary offset;
	summary_init(&offset);
	for (int i = 0; i < 8; i++)
		summary_add(&offset, 1e9 + values[i]);
	t_near(summary_variance(&offset), 32.0 / 7, 1e-7, 0, "variance beside a large mean");
}

static void test_student(void)
{
	static const struct {
		double degrees;
		double confidence;
		double factor;
	} rows[] = {
		{1, 0.95, 12.7062047364}, {4, 0.95, 2.7764451052},  {9, 0.90, 1.8331129327},
		{29, 0.95, 2.0452296421}, {29, 0.99, 2.7563859037}, {1e6, 0.95, 1.9599663},
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		double factor = student_t_factor(rows[i].degrees, rows[i].confidence);
		t_ok(fabs(factor / rows[i].factor - 1) < 1e-6, "t(%g, %g) = %.7f", rows[i].degrees, rows[i].confidence,
		     factor);
	}
}

static void test_quantile_values(void)
{
	static const double sorted[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	t_near(sample_quantiles_value(sorted, 10, 0.5), 5.5, 1e-15, 0, "median between two");
	sample_quantiles_sort(NULL, 0);
	t_ok(isnan(sample_quantiles_value(NULL, 0, 0.5)), "of nothing there is no median");
	t_near(sample_quantiles_value(sorted, 10, 0), 1, 0, 0, "least");
	t_near(sample_quantiles_value(sorted, 10, 1), 10, 0, 0, "greatest");
	t_near(sample_quantiles_value(sorted, 10, 0.9), 9.1, 1e-14, 0, "as R's type 7");
	/* The sign test's interval for n = 10: P(B <= 1) = 0.0107, so ranks 2 and 9. */
	struct quantile_estimate median = sample_quantiles_estimate(sorted, 10, 0.5, 0.95);
	t_near(median.low, 2, 0, 0, "median of ten: from the second");
	t_near(median.high, 9, 0, 0, "to the ninth");
	struct quantile_estimate tail = sample_quantiles_estimate(sorted, 10, 0.99, 0.95);
	t_ok(isinf(tail.high), "ten values do not bound p99 from above");
	/* P(Binomial(10, 0.99) < 9) = 0.0043 and P(< 10) = 0.096 */
	t_near(tail.low, 9, 0, 0, "but from below");
	t_ok(isnan(sample_quantiles_value(sorted, 0, 0.5)), "nothing has no median");
}

/* How often intervals of nominal 95 % hold the true quantile: at least that often, and not much more. */
static void test_quantile_coverage(double p, size_t count)
{
	enum { EXPERIMENTS = 2000 };
	double sample[1000];
	int held = 0;
	for (uint64_t i = 0; i < EXPERIMENTS; i++) {
		struct stream stream;
		stream_init(&stream, 7, 0, stream_id_from_name("coverage"), i);
		for (size_t j = 0; j < count; j++)
			sample[j] = stream_lognormal(&stream, 0, 2);
		sample_quantiles_sort(sample, count);
		struct quantile_estimate estimate = sample_quantiles_estimate(sample, count, p, 0.95);
		double z = p == 0.5 ? 0 : p == 0.95 ? 1.6448536269514722 : 2.3263478740408408;
		double truth = exp(2 * z);
		held += estimate.low <= truth && truth <= estimate.high;
	}
	double coverage = (double)held / EXPERIMENTS;
	t_ok(coverage > 0.94 && coverage < 0.99, "p%g from %zu: %.3f of the intervals hold it", 100 * p, count,
	     coverage);
}

static void test_paired(void)
{
	struct paired paired;
	struct stream stream;
	paired_init(&paired);
	stream_init(&stream, 1, 0, 1, 0);
	for (int i = 0; i < 1000; i++) {
		double shared = 10 * stream_normal(&stream);
		paired_add(&paired, 5 + shared + stream_normal(&stream), 4 + shared + stream_normal(&stream));
	}
	/* (101 + 101) / 2 */
	double ratio = paired_variance_ratio(&paired);
	t_ok(ratio > 80 && ratio < 125, "shared luck cancels: variance falls %.0f times", ratio);
	double half_width = summary_half_width(&paired.difference, 0.95);
	t_near(half_width, 1.96 * sqrt(2.0 / 1000), 0.1, 0, "the interval is that of the differences");
	t_ok(fabs(summary_mean(&paired.difference) - 1) < half_width, "and holds the difference");
}

/* An autoregressive series around 10 that starts 50 above it. */
static void fill_series(double *values, size_t count, double start, double memory, uint64_t seed)
{
	struct stream stream;
	stream_init(&stream, seed, 0, stream_id_from_name("series"), 0);
	double state = start;
	for (size_t i = 0; i < count; i++) {
		state = memory * state + stream_normal(&stream);
		values[i] = 10 + state;
	}
}

static void test_steady(void)
{
	enum { COUNT = 20000 };
	static double values[COUNT];
	struct arena arena;
	arena_init(&arena);
	fill_series(values, COUNT, 50, 0.99, 1);
	struct steady steady = steady_estimate(values, COUNT, 0.95, &arena);
	/* 0.99^n * 50 falls below the series' own deviation of 7 after 195 steps. */
	t_ok(steady.discarded >= 100 && steady.discarded <= 1500, "warm-up found: %zu of %d", steady.discarded, COUNT);
	t_ok(steady.doubt == STEADY_FINE, "long enough");
	t_ok(fabs(steady.mean - 10) < 2 * steady.half_width, "mean %.2f +- %.2f", steady.mean, steady.half_width);
	fill_series(values, COUNT, 0, 0, 2);
	steady = steady_estimate(values, COUNT, 0.95, &arena);
	t_ok(steady.discarded < COUNT / 10, "nearly nothing is deleted where nothing warms up (%zu)", steady.discarded);
	for (size_t i = 0; i < COUNT; i++)
		values[i] = (double)i;
	steady = steady_estimate(values, COUNT, 0.95, &arena);
	t_ok(steady.doubt == STEADY_WARMING, "a series that only rises is still warming up");
	fill_series(values, COUNT, 0, 0.9995, 3);
	steady = steady_estimate(values, COUNT, 0.95, &arena);
	t_ok(steady.doubt != STEADY_FINE, "a run short for its memory is doubted");
	steady = steady_estimate(values, 50, 0.95, &arena);
	t_ok(steady.doubt == STEADY_FEW && isinf(steady.half_width), "fifty values give no interval");
	steady = steady_estimate(values, 0, 0.95, &arena);
	t_ok(steady.doubt == STEADY_FEW && isnan(steady.mean), "none give no mean");
	for (int doubt = STEADY_FEW; doubt <= STEADY_CORRELATED; doubt++)
		t_has(steady_doubt_text((enum steady_doubt)doubt), "simulate", "every doubt says what helps");
	arena_release(&arena);
}

int main(void)
{
	test_summary();
	test_student();
	test_quantile_values();
	test_quantile_coverage(0.5, 20);
	test_quantile_coverage(0.95, 200);
	test_quantile_coverage(0.99, 1000);
	test_paired();
	test_steady();
	return t_done();
}
