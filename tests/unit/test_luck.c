/*
 * Common random numbers on the paper's own pipeline: what is drawn does not depend on the setting, so that two memory
 * sizes meet the same luck and their difference varies far less than on independent luck.
 */
#include "base/check.h"
#include "base/file.h"
#include "experiment/study.h"
#include "stats/summary.h"
#include "tests/tap.h"
#include "tests/unit/toy.h"

enum { REPLICATIONS = 200 };

struct fixture {
	struct arena arena;
	struct diag diag;
	struct study study;
};

/* The paper's 20 records of 1000 images at the sweep's points, simulated with a seed. */
static void fixture_init(struct fixture *f, const char *sweep, int64_t seed)
{
	arena_init(&f->arena);
	diag_init(&f->diag);
	int64_t replications = REPLICATIONS;
	const char *sets[] = {sweep};
	struct study_request request = {
		.load = {.path = data_file_find("configs/paper/common.yaml", &f->arena), .sets = sets, .set_count = 1},
		.with_sweep = true,
		.seed = &seed,
		.replications = &replications,
	};
	bool ok = study_load(&request, &f->arena, &f->diag, &f->study, NULL);
	if (!ok)
		diag_print(&f->diag, stdout);
	CHECK(ok);
	struct run_control control = {.jobs = 2};
	study_run(&f->study, &control, &f->arena);
}

static void fixture_release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

static const double *samples(const struct fixture *f, size_t point, const char *metric)
{
	return f->study.jobs[point].result.samples[outcome_find_metric(metric)];
}

static double ratio_of(const double *first, const double *second)
{
	struct paired paired;
	paired_init(&paired);
	for (int i = 0; i < REPLICATIONS; i++)
		paired_add(&paired, first[i], second[i]);
	return paired_variance_ratio(&paired);
}

/* Costs at 2048 and 3008 MB are two thirds of each other, and so is their luck: less of it cancels. */
static void variance(void)
{
	static const struct {
		const char *metric;
		size_t point;
	} cases[] = {{"makespan_seconds", 1},
		     {"record_seconds", 1},
		     {"record_seconds", 2},
		     {"record_billed_seconds", 1},
		     {"cost_usd", 1}};
	static const char sweep[] = "sweep={matrix: {defaults.memory_mb: [3008, 2560, 2048]}}";
	struct fixture f;
	struct fixture other;
	fixture_init(&f, sweep, 1);
	fixture_init(&other, sweep, 2);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const double *base = samples(&f, 0, cases[i].metric);
		double common = ratio_of(base, samples(&f, cases[i].point, cases[i].metric));
		double independent = ratio_of(base, samples(&other, cases[i].point, cases[i].metric));
		t_ok(common >= 10, "%s, 3008 MB and point %zu: the difference varies %.1f times less", cases[i].metric,
		     cases[i].point, common);
		t_ok(independent < 1.5, "on independent luck it does not (%.2f)", independent);
	}
	fixture_release(&f);
	fixture_release(&other);
}

/* Every record in a sandbox of its own: whatever the memory, the same sandboxes and requests meet the same luck. */
static void memory_sizes(void)
{
	struct toy toy;
	toy_network(&toy, 40, SCHEDULE_PER_RECORD, 40);
	struct outcome small = toy_simulate(&toy, 1);
	toy_memory(&toy, 2000);
	struct outcome large = toy_simulate(&toy, 1);
	t_ok(large.makespan_ns < small.makespan_ns, "two settings");
	for (size_t i = 0; i < small.function_count; i++) {
		const struct function_outcome *a = &small.functions[i];
		const struct function_outcome *b = &large.functions[i];
		t_int(a->init_ns, b->init_ns, "cold starts are the same");
		t_int(a->phase_ns[WORK_RECORD_GET], b->phase_ns[WORK_RECORD_GET], "so are GETs");
		t_int(a->phase_ns[WORK_RECORD_PUT], b->phase_ns[WORK_RECORD_PUT], "and PUTs");
	}
	toy_release(&toy);
}

/* Draws for stragglers and crashes that do not happen, and longer cold starts, leave all other luck alone. */
static void other_streams(void)
{
	struct toy toy;
	toy_network(&toy, 40, SCHEDULE_PER_RECORD, 40);
	struct outcome before = toy_simulate(&toy, 1);
	toy.setting.failures = (struct failures){
		.error_rate = 1e-12, .crashes_per_hour = 1e-12, .straggler_rate = 1e-12, .straggler_slowdown = 2};
	struct outcome after = toy_simulate(&toy, 1);
	t_int(after.makespan_ns, before.makespan_ns, "more draws on one stream move nothing");
	t_ok(memcmp(before.functions, after.functions, before.function_count * sizeof before.functions[0]) == 0,
	     "in no function");
	toy.platform.sandbox.cold_start_seconds = toy_between(&toy.arena, 1, 9);
	after = toy_simulate(&toy, 1);
	t_ok(after.functions[0].init_ns > before.functions[0].init_ns, "longer cold starts");
	t_int(after.functions[0].phase_ns[WORK_RECORD_GET], before.functions[0].phase_ns[WORK_RECORD_GET],
	      "leave the store's latencies alone");
	t_int(after.functions[3].phase_ns[WORK_RECORD_PUT], before.functions[3].phase_ns[WORK_RECORD_PUT],
	      "of the last function, too");
	toy_release(&toy);
}

int main(void)
{
	variance();
	memory_sizes();
	other_streams();
	return t_done();
}
