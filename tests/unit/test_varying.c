/* What varies alone, CPU or waiting, is told by how scatter changes over sizes, and its own quantiles come back. */
#include "base/num.h"
#include "calibrate/varying.h"
#include "random/stream.h"
#include "tests/tap.h"

static const double CPU_SECONDS = 2;
static const double WAIT_SECONDS = 4;
static const int64_t sizes_mb[] = {512, 1024, 1769};
enum { ROWS = 200 };

static const struct fit_conditions *conditions(void)
{
	static int64_t up_to_mb[] = {10240};
	static int64_t vcpus[] = {2};
	static const struct platform_cpu cpu = {
		.mb_per_vcpu = 1769,
		.period_seconds = 0.02,
		.tick_seconds = 0.004,
		.visible_up_to_mb = {up_to_mb, 1},
		.visible_vcpus = {vcpus, 1},
	};
	static const struct fit_conditions one = {
		.cpu = &cpu, .slowness = 1, .threads_min = 1, .threads_max = 1, .in_row = 1, .gap_seconds = 0};
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

/* Rows of 2 s of CPU and 4 s of waiting, of which what varies does so by 20 %, and all else by 0.5 %. */
static const struct function_samples *rows(enum work_varying varying, int count, struct log_samples *samples,
					   struct arena *arena)
{
	struct stream luck;
	stream_init(&luck, 1, 0, stream_id_from_name("rows"), 0);
	log_samples_init(samples, arena);
	for (size_t s = 0; s < ARRAY_LEN(sizes_mb); s++)
		for (int i = 0; i < count; i++) {
			double factor = stream_gamma(&luck, 25, 0.04);
			double cpu = CPU_SECONDS * 1769 / (double)sizes_mb[s] * (varying == VARYING_WAIT ? 1 : factor);
			double wait = WAIT_SECONDS * (varying == VARYING_CPU ? 1 : factor);
			add(samples, sizes_mb[s], (cpu + wait) * (1 + 0.005 * stream_normal(&luck)));
		}
	log_samples_finish(samples, conditions()->cpu);
	return &samples->functions[0];
}

static void told(enum work_varying varying, const char *what)
{
	struct arena arena;
	struct log_samples samples;
	struct work_fit fit;
	struct varying_part part;
	arena_init(&arena);
	const struct function_samples *function = rows(varying, ROWS, &samples, &arena);
	CHECK(work_fit_solve(function, conditions(), &fit));
	bool is_apart = varying_find(function, conditions(), &fit, &arena, &part);
	t_int(is_apart, varying != VARYING_ALL, "whether something is alone");
	t_int(part.varying, varying, what);
	if (is_apart) {
		const struct quantile_table factors = scatter_factors(&part.scatter);
		t_near(part.variation, 0.2, 0.1, 0, "by how much");
		t_near(quantile_mean(&factors), 1, 1e-9, 0, "its mean");
		t_near(quantile_variance(&factors), 0.04, 0.2, 0, "its quantiles");
		t_ok(work_fit_solve_part(function, &part, conditions(), &fit), "%s: the means are fitted", what);
		t_int(fit.model.varying, varying, "with it");
		t_near(fit.model.seconds[FIT_SINGLE], CPU_SECONDS, 0.05, 0, "CPU");
		t_near(fit.model.seconds[FIT_WAIT], WAIT_SECONDS, 0.1, 0, "waiting");
	}
	arena_release(&arena);
}

/* Few rows tell no variance. */
static void not_told(void)
{
	struct arena arena;
	struct log_samples samples;
	struct work_fit fit;
	struct varying_part part;
	arena_init(&arena);
	const struct function_samples *function = rows(VARYING_WAIT, 19, &samples, &arena);
	CHECK(work_fit_solve(function, conditions(), &fit));
	t_ok(!varying_find(function, conditions(), &fit, &arena, &part), "19 rows a size do not tell what varies");
	arena_release(&arena);
}

/* What waits for others by far the most differs by 2 %, as sandboxes' speeds do, which such rows hardly show. */
static void speeds_show_in_what_is_computed(void)
{
	struct arena arena;
	struct log_samples samples;
	struct work_fit fit;
	struct varying_part part;
	struct stream luck;
	struct platform_cpu cpu = *conditions()->cpu;
	struct fit_conditions own = *conditions();
	cpu.speed_spread = 0.02;
	own.cpu = &cpu;
	arena_init(&arena);
	stream_init(&luck, 2, 0, stream_id_from_name("rows"), 0);
	log_samples_init(&samples, &arena);
	for (size_t s = 0; s < ARRAY_LEN(sizes_mb); s++)
		for (int i = 0; i < ROWS; i++) {
			double seconds = WAIT_SECONDS + 0.2 * 1769 / (double)sizes_mb[s];
			add(&samples, sizes_mb[s], seconds * (1 + 0.02 * stream_normal(&luck)));
		}
	log_samples_finish(&samples, &cpu);
	const struct function_samples *function = &samples.functions[0];
	CHECK(work_fit_solve(function, &own, &fit));
	t_ok(fit.model.variation < 0.01, "at first all of it is taken for speeds (variation %.4f)",
	     fit.model.variation);
	t_ok(varying_find(function, &own, &fit, &arena, &part), "the fit says otherwise");
	t_int(part.varying, VARYING_ALL, "all varies");
	t_near(part.variation, 0.02, 0.1, 0, "by what rows differ by");
	CHECK(work_fit_solve_part(function, &part, &own, &fit));
	t_near(fit.model.variation, 0.02, 0.1, 0, "and so it is fitted");
	arena_release(&arena);
}

int main(void)
{
	told(VARYING_ALL, "all");
	told(VARYING_CPU, "CPU");
	told(VARYING_WAIT, "waiting");
	not_told();
	speeds_show_in_what_is_computed();
	return t_done();
}
