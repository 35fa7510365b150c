/* Tables of quantiles: interpolation, clamping, the mean, and that the index changes nothing. */
#include <string.h>

#include "base/arena.h"
#include "base/check.h"
#include "random/quantile.h"
#include "tests/tap.h"

static const double probability[] = {0.1, 0.5, 0.9, 0.99};
static const double value[] = {3, 7, 20, 100};
static const struct quantile_table table = {.probability = probability, .value = value, .count = 4};

static void test_values(void)
{
	t_near(quantile_at(&table, 0), 3, 0, 0, "below the first probability: the first value");
	t_near(quantile_at(&table, 0.1), 3, 0, 0, "at the first");
	t_near(quantile_at(&table, 0.3), 5, 1e-15, 0, "half way between two");
	t_near(quantile_at(&table, 0.5), 7, 0, 0, "at a point");
	t_near(quantile_at(&table, 0.945), 60, 1e-14, 0, "in the tail");
	t_near(quantile_at(&table, 1), 100, 0, 0, "above the last: the last");
	/* 0.1 * 3 + 0.4 * 5 + 0.4 * 13.5 + 0.09 * 60 + 0.01 * 100 */
	t_near(quantile_mean(&table), 14.1, 1e-14, 0, "mean");
	const struct quantile_table constant = {.probability = probability, .value = value, .count = 1};
	t_near(quantile_at(&constant, 0.7), 3, 0, 0, "one point is a constant");
	t_near(quantile_mean(&constant), 3, 1e-15, 0, "and its own mean");
}

static void test_draws(void)
{
	struct stream stream;
	stream_init(&stream, 1, 0, 1, 0);
	double sum = 0;
	int below_median = 0;
	enum { DRAWS = 1000000 };
	for (int i = 0; i < DRAWS; i++) {
		double x = quantile_draw(&table, &stream);
		sum += x;
		below_median += x < 7;
	}
	t_near(sum / DRAWS, 14.1, 0.005, 0, "draws have the table's mean");
	t_near(below_median, DRAWS / 2.0, 0.005, 0, "half of them are below the median");
}

/* Random tables, some with points close together, probed at random and exactly at their points. */
static void test_index(void)
{
	struct arena arena;
	struct stream stream;
	arena_init(&arena);
	stream_init(&stream, 2, 0, 1, 0);
	int faults = 0;
	for (int trial = 0; trial < 300; trial++) {
		size_t count = 1 + stream_below(&stream, 40);
		double *p = ARENA_ARRAY(&arena, double, count);
		double *v = ARENA_ARRAY(&arena, double, count);
		double at = 0;
		double height = -5;
		for (size_t i = 0; i < count; i++) {
			at += stream_below(&stream, 3) ? stream_uniform(&stream) / 50 : 1e-12;
			height += stream_exponential(&stream, 1);
			p[i] = at;
			v[i] = height;
		}
		struct quantile_table plain = {.probability = p, .value = v, .count = count};
		struct quantile_table indexed = plain;
		quantile_table_index(&indexed, &arena);
		for (int i = 0; i < 1000; i++) {
			double x = i < (int)count ? p[i] : stream_uniform(&stream);
			faults += quantile_at(&plain, x) != quantile_at(&indexed, x);
		}
		faults += quantile_at(&plain, 1) != quantile_at(&indexed, 1);
	}
	t_int(faults, 0, "300 random tables: the same bits with and without an index");
	arena_release(&arena);
}

static void test_validity(void)
{
	static const struct {
		const char *name;
		double p[3];
		double v[3];
		bool valid;
	} cases[] = {
		{"rising", {0, 0.5, 1}, {1, 2, 3}, true},
		{"equal values", {0, 0.5, 1}, {1, 1, 3}, true},
		{"equal probabilities", {0, 0.5, 0.5}, {1, 2, 3}, false},
		{"falling values", {0, 0.5, 1}, {1, 3, 2}, false},
		{"a probability above 1", {0, 0.5, 1.5}, {1, 2, 3}, false},
		{"a negative probability", {-0.1, 0.5, 1}, {1, 2, 3}, false},
		{"not a number", {0, (double)NAN, 1}, {1, 2, 3}, false},
		{"an infinite value", {0, 0.5, 1}, {1, 2, (double)INFINITY}, false},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct quantile_table t = {.probability = cases[i].p, .value = cases[i].v, .count = 3};
		t_ok(quantile_table_is_valid(&t) == cases[i].valid, "%s: %s", cases[i].name,
		     cases[i].valid ? "valid" : "refused");
	}
	struct quantile_table empty = {.count = 0};
	t_ok(!quantile_table_is_valid(&empty), "an empty table is refused");
}

int main(void)
{
	test_values();
	test_draws();
	test_index();
	test_validity();
	return t_done();
}
