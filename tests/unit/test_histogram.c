/* Quantiles of times: exact while there are few, within 0.2 % when there are many, from 1 ns to the largest time. */
#include "base/check.h"
#include "stats/histogram.h"

#include "random/stream.h"
#include "tests/tap.h"

static void test_exact(struct arena *arena)
{
	struct histogram histogram;
	histogram_init(&histogram, arena);
	t_int(histogram_quantile(&histogram, 0.5), 0, "nothing was added");
	for (int64_t i = 1000; i >= 1; i--)
		histogram_add(&histogram, i * 7);
	histogram_sort(&histogram);
	t_int(histogram_quantile(&histogram, 0), 7, "the smallest");
	t_int(histogram_quantile(&histogram, 0.5), 3500, "the median");
	t_int(histogram_quantile(&histogram, 0.999), 6993, "99.9 %");
	t_int(histogram_quantile(&histogram, 1), 7000, "the largest");
}

/* Few values, and ranks that are not whole: the least value that at least so many are not above, found by counting. */
static void test_ranks(struct arena *arena)
{
	for (int count = 1; count <= 40; count++) {
		struct histogram histogram;
		histogram_init(&histogram, arena);
		for (int i = 0; i < count; i++)
			histogram_add(&histogram, i * 41 % count * 10);
		histogram_sort(&histogram);
		int wrong = 0;
		for (int percent = 0; percent <= 100; percent++) {
			int64_t plain = 0;
			for (int at_most = 1; 100 * at_most < percent * count; at_most++)
				plain += 10;
			wrong += histogram_quantile(&histogram, percent / 100.0) != plain;
		}
		t_ok(wrong == 0, "every percentage of %d values (%d wrong)", count, wrong);
	}
}

static void test_many(struct arena *arena)
{
	static const double shares[] = {0.001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.9999};
	struct histogram histogram;
	histogram_init(&histogram, arena);
	size_t used = 0;
	for (int64_t i = 1; i <= 1000000; i++) {
		histogram_add(&histogram, i * 1000);
		if (i == 2 * HISTOGRAM_EXACT_MAX)
			used = arena->bytes_used;
	}
	t_int((long long)arena->bytes_used, (long long)used, "memory stops growing");
	histogram_sort(&histogram);
	for (size_t i = 0; i < ARRAY_LEN(shares); i++) {
		char name[32];
		snprintf(name, sizeof name, "quantile %g", shares[i]);
		t_near((double)histogram_quantile(&histogram, shares[i]), shares[i] * 1e9, 0.002, 1000, name);
	}
}

struct buckets {
	const struct histogram *histogram;
	int64_t count;
	int64_t end;
	bool is_apart;
};

static void check_bucket(void *context, int64_t value, int64_t count)
{
	struct buckets *buckets = context;
	int64_t width = histogram_width_at(buckets->histogram, value);
	buckets->is_apart = buckets->is_apart && value - width / 2 >= buckets->end;
	buckets->end = value - width / 2 + width;
	buckets->count += count;
}

/* What is visited lies in buckets that do not overlap; while values are exact these have no width. */
static void test_widths(struct arena *arena)
{
	struct histogram histogram;
	histogram_init(&histogram, arena);
	histogram_add(&histogram, 1000000);
	t_int(histogram_width_at(&histogram, 1000000), 0, "an exact value has no width");
	for (int64_t i = 1; i <= 2 * HISTOGRAM_EXACT_MAX; i++)
		histogram_add(&histogram, i * 1000);
	t_int(histogram_width_at(&histogram, 255), 0, "small values have buckets of their own");
	t_int(histogram_width_at(&histogram, (1 << 20) - 1), 1 << 11, "256 buckets to a doubling");
	t_int(histogram_width_at(&histogram, 1 << 20), 1 << 12, "and to the next");
	struct buckets buckets = {.histogram = &histogram, .is_apart = true};
	histogram_each(&histogram, check_bucket, &buckets);
	t_ok(buckets.is_apart, "buckets do not overlap");
	t_int(buckets.count, histogram.count, "every value is visited");
}

static void test_extremes(struct arena *arena)
{
	struct histogram histogram;
	histogram_init(&histogram, arena);
	for (int i = 0; i <= HISTOGRAM_EXACT_MAX; i++)
		histogram_add(&histogram, i % 2 ? INT64_MAX : 0);
	histogram_sort(&histogram);
	t_int(histogram_quantile(&histogram, 0.25), 0, "zero");
	t_near((double)histogram_quantile(&histogram, 1), 0x1p63, 0.002, 0, "the largest time");
}

/* The value at each rank, where values are counted in buckets and stand far apart. */
static void test_ranks_of_many(struct arena *arena)
{
	enum { HALF = HISTOGRAM_EXACT_MAX };
	struct histogram histogram;
	histogram_init(&histogram, arena);
	for (int i = 0; i < 2 * HALF; i++)
		histogram_add(&histogram, i % 2 ? 1000000 : 10);
	histogram_sort(&histogram);
	t_near((double)histogram_quantile(&histogram, 0.5), 10, 0.002, 0, "the last one of the lower half");
	t_near((double)histogram_quantile(&histogram, 0.5 + 0.5 / HALF), 1000000, 0.002, 0, "the next one");
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	test_exact(&arena);
	test_ranks(&arena);
	test_many(&arena);
	test_widths(&arena);
	test_extremes(&arena);
	test_ranks_of_many(&arena);
	arena_release(&arena);
	return t_done();
}
