/* A tail is seen as one, a body that is wide or long is none, and rows' own quantiles come back. */
#include <gsl/gsl_cdf.h>

#include "base/num.h"
#include "calibrate/log_samples.h"
#include "random/quantile.h"
#include "random/stream.h"
#include "tests/tap.h"

static const struct platform_cpu *cpu(void)
{
	static const struct platform_cpu one = {.mb_per_vcpu = 1769, .period_seconds = 0.02, .speed_spread = 0.01};
	return &one;
}

static void add(struct log_samples *samples, int64_t memory_mb, double seconds)
{
	struct diag diag;
	struct report_row row;
	diag_init(&diag);
	report_row_init(&row);
	row.memory_mb = memory_mb;
	row.duration_ms = 1000 * seconds;
	log_samples_add(samples, "f", &row, &diag);
	CHECK(!diag_has_errors(&diag));
	diag_release(&diag);
}

/* 118 rows of 10 s at 128 MB and as many of 2.5 s at 512 MB that differ by 4 %. */
static void add_body(struct log_samples *samples)
{
	struct stream luck;
	stream_init(&luck, 1, 0, stream_id_from_name("rows"), 0);
	for (int i = 0; i < 118; i++) {
		add(samples, 128, 10 * (1 + 0.04 * stream_normal(&luck)));
		add(samples, 512, 2.5 * (1 + 0.04 * stream_normal(&luck)));
	}
}

static double factor_at(const struct scatter *scatter, double share)
{
	const struct quantile_table table = scatter_factors(scatter);
	CHECK(quantile_table_is_valid(&table));
	return quantile_at(&table, share);
}

static double total_seconds(const struct function_samples *function, bool of_centers)
{
	double seconds = 0;
	for (size_t i = 0; i < function->group_count; i++) {
		const struct sample_group *group = &function->groups[i];
		seconds += (double)group->seconds.count * (of_centers ? group->center_seconds : group->seconds.mean);
	}
	return seconds;
}

static void one_far_row(struct arena *arena)
{
	struct log_samples without;
	struct log_samples with;
	log_samples_init(&without, arena);
	log_samples_init(&with, arena);
	add_body(&without);
	add_body(&with);
	add(&with, 128, 38);
	log_samples_finish(&without, cpu());
	log_samples_finish(&with, cpu());
	const struct function_samples *plain = &without.functions[0];
	const struct function_samples *tailed = &with.functions[0];
	const struct scatter *scatter = &tailed->scatter;
	t_int(plain->scatter.tail_rows, 0, "a body has no tail");
	t_int(scatter->tail_rows, 1, "one row of 3.8 medians is one");
	t_near(scatter->tail_from, 3.8, 0.02, 0, "it says from where on");
	/* 28 s of 118 x 12.5 s. */
	t_near(scatter->tail_share, 28.0 / (119 * 10 + 118 * 2.5), 0.02, 0, "and what it adds");
	double variance = scatter_row_variance(plain);
	t_near(scatter_row_variance(tailed), variance, 0.01, 0, "the body's spread stays");
	double ratio = factor_at(scatter, 0.95) / factor_at(&plain->scatter, 0.95);
	t_ok(fabs(ratio - 1) < 0.03, "so does the 95th percentile: %.3f of it", ratio);
	t_ok(factor_at(scatter, 1) > 3.3, "the largest is kept");
	t_near(total_seconds(tailed, true), total_seconds(tailed, false), 1e-9, 0, "all rows take what they took");
	double more = tailed->groups[1].center_seconds / plain->groups[1].center_seconds;
	t_near(more, 1 + scatter->tail_share, 0.001, 0, "every size has its share of the tail");
	t_ok(plain->groups[0].center_seconds == plain->groups[0].seconds.mean, "without one a mean is the mean");
}

/* The mean of the factors, and what they differ by beyond the sandboxes' speeds. */
static void quantiles_come_back(struct arena *arena)
{
	struct log_samples samples;
	struct stream luck;
	log_samples_init(&samples, arena);
	stream_init(&luck, 1, 0, stream_id_from_name("rows"), 0);
	for (int i = 0; i < 4000; i++)
		add(&samples, 512, 3 + stream_exponential(&luck, 1));
	log_samples_finish(&samples, cpu());
	const struct scatter *scatter = &samples.functions[0].scatter;
	const struct quantile_table table = scatter_factors(scatter);
	t_int(scatter->factor_rows, 4000, "they rest on all rows");
	t_near(quantile_mean(&table), 1, 1e-12, 0, "their mean is 1");
	t_near(factor_at(scatter, 0.5), (3 + log(2)) / 4, 0.01, 0, "median");
	t_near(factor_at(scatter, 0.95), (3 + log(20)) / 4, 0.02, 0, "p95");
	t_near(factor_at(scatter, 0.99), (3 + log(100)) / 4, 0.04, 0, "p99");
	t_near(quantile_variance(&table), 0.25 * 0.25 - 0.01 * 0.01, 0.08, 0, "variance, without that of speeds");
}

static void no_tails(struct arena *arena)
{
	struct log_samples samples;
	struct stream luck;
	stream_init(&luck, 2, 0, stream_id_from_name("rows"), 0);
	log_samples_init(&samples, arena);
	for (int i = 0; i < 2000; i++)
		add(&samples, 512, stream_exponential(&luck, 4));
	log_samples_finish(&samples, cpu());
	t_ok(samples.functions[0].scatter.tail_rows <= 4, "exponential times have none (%lld of 2,000)",
	     (long long)samples.functions[0].scatter.tail_rows);
	log_samples_init(&samples, arena);
	for (int i = 0; i < 100; i++)
		add(&samples, 512, i < 90 ? 1 : 3);
	log_samples_finish(&samples, cpu());
	t_int(samples.functions[0].scatter.tail_rows, 0, "a tenth of the rows is no tail");
	log_samples_init(&samples, arena);
	for (int i = 0; i < 100; i++)
		add(&samples, 512, i < 97 ? 0.04 : 0.06);
	log_samples_finish(&samples, cpu());
	t_int(samples.functions[0].scatter.tail_rows, 0, "a period of the quota more is none");
	log_samples_init(&samples, arena);
	for (int i = 0; i < 20; i++)
		add(&samples, 512, 1 + 0.01 * i);
	log_samples_finish(&samples, cpu());
	t_int((long long)samples.functions[0].scatter.count, 0, "twenty rows tell no quantiles");
}

/* Rows of a deviation of 14 % in their logarithms, and one of 2.15 medians: a tail of many rows, luck of few. */
static int64_t tail_of(int rows, struct arena *arena)
{
	struct log_samples samples;
	log_samples_init(&samples, arena);
	for (int i = 0; i < rows; i++)
		add(&samples, 512, 2 * exp(0.14 * gsl_cdf_ugaussian_Pinv((i + 0.5) / rows)));
	add(&samples, 512, 2 * 2.15);
	log_samples_finish(&samples, cpu());
	return samples.functions[0].scatter.tail_rows;
}

/* Twenty calls on each of so many sandboxes whose speeds differ by 1 %, as the platform has it; calls by 2 %. */
static struct scatter of_sandboxes(int sandboxes, bool is_named, struct arena *arena)
{
	struct log_samples samples;
	struct stream luck;
	struct diag diag;
	diag_init(&diag);
	log_samples_init(&samples, arena);
	stream_init(&luck, 3, 0, stream_id_from_name("rows"), 0);
	for (int i = 0; i < sandboxes; i++) {
		double speed = 1 + 0.01 * stream_normal(&luck);
		for (int k = 0; k < 4000 / sandboxes; k++) {
			char name[32];
			struct report_row row;
			report_row_init(&row);
			snprintf(name, sizeof name, "2026/01/01/[1]%d", i);
			row.memory_mb = 512;
			row.duration_ms = 1000 * speed * (1 + 0.02 * stream_normal(&luck));
			row.sandbox = is_named ? name : "";
			log_samples_add(&samples, "f", &row, &diag);
		}
	}
	log_samples_finish(&samples, cpu());
	diag_release(&diag);
	return samples.functions[0].scatter;
}

static void sandboxes_told_apart(struct arena *arena)
{
	struct scatter many = of_sandboxes(200, true, arena);
	t_int(many.sandboxes, 200, "sandboxes of several calls");
	t_near(sqrt(many.call_variance), 0.02, 0.03, 0, "what calls on one differ by");
	t_near(sqrt(many.speed_variance), 0.01, 0.1, 0, "and sandboxes");
	struct scatter one = of_sandboxes(1, true, arena);
	t_ok(one.speed_variance < 1e-6, "calls on one sandbox tell nothing of speeds, which are drawn on top");
	struct scatter unnamed = of_sandboxes(200, false, arena);
	t_ok(isnan(unnamed.call_variance) && unnamed.speed_variance == 0.01 * 0.01,
	     "without names the platform's speeds are part of what rows differ by");
}

int main(void)
{
	struct arena arena;
	arena_init(&arena);
	one_far_row(&arena);
	quantiles_come_back(&arena);
	no_tails(&arena);
	t_int(tail_of(45, &arena), 0, "few rows do not tell whether a far one is of a tail");
	t_int(tail_of(4000, &arena), 1, "many do");
	sandboxes_told_apart(&arena);
	arena_release(&arena);
	return t_done();
}
