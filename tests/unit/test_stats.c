/* Summaries, intervals, quantiles, pairs and warm-up on numbers whose answers are known, and their coverage. */
#include "base/arena.h"
#include "base/check.h"
#include "random/stream.h"
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
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
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
	static const double before_nothing[] = {1, 2, NAN};
	t_near(sample_quantiles_value(before_nothing, 2, 1), 2, 0, 0, "nothing behind the greatest is looked at");
	t_ok(isnan(sample_quantiles_value(sorted, 0, 0.5)), "nothing has no median");
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

static struct steady settle(const double *values, size_t count, struct arena *arena)
{
	struct steady steady;
	steady_init(&steady, values, count, arena);
	return steady;
}

static void test_warm_up(void)
{
	enum { COUNT = 20000 };
	static double values[COUNT];
	struct arena arena;
	arena_init(&arena);
	fill_series(values, COUNT, 50, 0.99, 1);
	/* 0.99^n * 50 falls below the series' own deviation of 7 after 195 steps. */
	size_t cut = steady_mser(values, COUNT, &arena);
	t_ok(cut >= 100 && cut <= 1500, "warm-up found: %zu of %d", cut, COUNT);
	t_int((long long)settle(values, COUNT, &arena).discarded, COUNT / 10, "a tenth of the run is more");
	for (size_t i = 0; i < COUNT / 5; i++)
		values[i] += 100;
	struct steady steady = settle(values, COUNT, &arena);
	t_ok(steady.discarded >= COUNT / 5 && steady.discarded < COUNT / 4, "a longer one is left out as a whole: %zu",
	     steady.discarded);
	t_ok(!steady.is_warming, "and the rest is settled");
	for (size_t i = 0; i < COUNT; i++)
		values[i] = (double)i;
	steady = settle(values, COUNT, &arena);
	t_ok(steady.is_warming && isnan(steady_mean(&steady, 0.95).low), "a series that only rises is warming up");
	fill_series(values, COUNT, 0, 0.99, 4);
	t_int((long long)settle(values, COUNT, &arena).discarded, COUNT / 10, "a high beginning is not taken for one");
	arena_release(&arena);
}

/* (1 - memory) / (1 + memory) of an autoregressive series' observations are as good as independent in the mean. */
static void test_worth(void)
{
	enum { COUNT = 100000 };
	static double values[COUNT];
	struct arena arena;
	arena_init(&arena);
	fill_series(values, COUNT, 0, 0, 2);
	t_near(settle(values, COUNT, &arena).independent, 0.9 * COUNT, 0.35, 0,
	       "independent ones are worth themselves");
	fill_series(values, COUNT, 0, 0.9, 2);
	/* Zeroes and ones round the median have correlations of 2 / pi asin(memory^k), leaving 0.0753 of them. */
	t_near(settle(values, COUNT, &arena).independent, 0.0753 * 0.9 * COUNT, 0.35, 0, "related ones are worth less");
	for (size_t i = 0; i < COUNT; i++)
		values[i] = 7;
	struct steady steady = settle(values, COUNT, &arena);
	struct steady_estimate tail = steady_quantile(&steady, 0.99, 0.95);
	t_ok(tail.low == 7 && tail.high == 7, "what never varies is known");
	arena_release(&arena);
}

static void test_steady_intervals(void)
{
	enum { COUNT = 20000 };
	static double values[COUNT];
	struct arena arena;
	arena_init(&arena);
	fill_series(values, COUNT, 0, 0.9, 5);
	struct steady steady = settle(values, COUNT, &arena);
	struct steady_estimate mean = steady_mean(&steady, 0.95);
	t_ok(mean.low < 10 && 10 < mean.high && mean.high - mean.low < 1, "mean: %.2f to %.2f", mean.low, mean.high);
	struct steady_estimate tail = steady_quantile(&steady, 0.95, 0.95);
	/* The series' deviation is 1 / sqrt(1 - memory^2). */
	double truth = 10 + 1.6448536 / sqrt(1 - 0.81);
	t_ok(tail.low < truth && truth < tail.high && tail.high - tail.low < 2, "p95: %.2f to %.2f for %.2f", tail.low,
	     tail.high, truth);
	t_ok(isnan(steady_quantile(&steady, 0.999, 0.95).low), "it is too short for p99.9");
	fill_series(values, COUNT, 0, 0.9995, 3);
	steady = settle(values, COUNT, &arena);
	t_ok(steady.independent < 100 && isnan(steady_mean(&steady, 0.95).low) &&
		     isnan(steady_quantile(&steady, 0.5, 0.95).low),
	     "a run short for its memory has no intervals");
	steady = settle(values, 50, &arena);
	t_ok(steady.independent == 0 && isnan(steady_mean(&steady, 0.95).high), "fifty values give no interval");
	steady = settle(values, 0, &arena);
	t_ok(isnan(steady_mean(&steady, 0.95).value), "none give no mean");
	arena_release(&arena);
}

/* Batch means of skewed observations, as N-Skart corrects them, worked out here once more: 20 batches of 900. */
static void test_skewed_interval(void)
{
	enum { COUNT = 20000, BATCHES = 20 };
	static double values[COUNT];
	struct arena arena;
	struct summary batches;
	arena_init(&arena);
	fill_series(values, COUNT, 0, 0, 6);
	for (size_t i = 0; i < COUNT; i++)
		values[i] = exp(2 * (values[i] - 10));
	struct steady steady = settle(values, COUNT, &arena);
	struct steady_estimate mean = steady_mean(&steady, 0.95);
	t_int((long long)steady.count, 900 * BATCHES, "what the warm-up leaves");
	double means[BATCHES] = {0};
	summary_init(&batches);
	for (size_t i = 0; i < steady.count; i++)
		means[i / 900] += steady.values[i] / 900;
	for (int i = 0; i < BATCHES; i++)
		summary_add(&batches, means[i]);
	double cubes = 0;
	double product = 0;
	for (int i = 0; i < BATCHES; i++) {
		double off = means[i] - summary_mean(&batches);
		cubes += off * off * off;
		product += i > 0 ? off * (means[i - 1] - summary_mean(&batches)) : 0;
	}
	double skewness = 20.0 / (19 * 18) * cubes / pow(summary_deviation(&batches), 3);
	double correlation = fmax(0, product / batches.squares + 1.0 / BATCHES);
	double error = summary_standard_error(&batches) * sqrt((1 + correlation) / (1 - correlation));
	double beta = skewness / (6 * sqrt(BATCHES));
	double low = (cbrt(1 + 6 * beta * (2.0930240544 - beta)) - 1) / (2 * beta);
	double high = (cbrt(1 + 6 * beta * (-2.0930240544 - beta)) - 1) / (2 * beta);
	t_ok(skewness > 0.1, "batches are skewed: %g", skewness);
	t_near(mean.low, summary_mean(&batches) - low * error, 1e-6, 0, "the interval's low end");
	t_near(mean.high, summary_mean(&batches) - high * error, 1e-6, 0, "its high end");
	arena_release(&arena);
}

int main(void)
{
	test_summary();
	test_student();
	test_quantile_values();
	test_paired();
	test_warm_up();
	test_worth();
	test_steady_intervals();
	test_skewed_interval();
	return t_done();
}
