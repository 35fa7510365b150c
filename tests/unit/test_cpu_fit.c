/* Rows of one size that tell their CPU time tell what is work and what is waiting, and give their time back. */
#include <math.h>

#include "base/check.h"
#include "calibrate/cpu_fit.h"
#include "tests/tap.h"

static const struct fit_conditions *conditions(void)
{
	static int64_t up_to_mb[] = {1769, 10240};
	static int64_t vcpus[] = {2, 6};
	static const struct platform_cpu cpu = {
		.mb_per_vcpu = 1769,
		.visible_up_to_mb = {up_to_mb, 2},
		.visible_vcpus = {vcpus, 2},
		.period_seconds = 0.02,
		.tick_seconds = 0.004,
		.resume_seconds = 0.0003,
	};
	static struct fit_conditions of = {.slowness = 1, .threads_min = 6, .threads_max = 6, .in_row = 1};
	of.cpu = &cpu;
	return &of;
}

struct logged {
	int64_t memory_mb;
	double ms;
	double cpu_ms;
	bool is_cold;
};

static const struct example {
	const char *name;
	struct logged rows[3];
	double single;
	double wait; /* NaN: whatever is left */
	double parallel;
	double cold;
} examples[] = {
	{"half of a vCPU, and waiting", {{885, 700, 200, false}, {885, 500, 200, false}}, 0.2, NAN, 0, 0},
	{"waiting above a vCPU", {{3538, 600, 400, false}}, 0.4, 0.2, 0, 0},
	{"all of the time", {{1769, 400, 400, false}}, 0.4, 0, 0, 0},
	{"more than one thread does",
	 {{3538, 500, 750, false}},
	 0.2615,
	 0,
	 0.4885,
	 0}, /* being stopped costs a little */
	{"more than all do", {{3538, 500, 4000, false}}, 0, 0, 1, 0},
	{"more than is given", {{885, 500, 450, false}}, 0.25, 0, 0, 0},
	{"a new sandbox's work", {{1769, 300, 200, false}, {1769, 700, 450, true}}, 0.2, 0.1, 0, 0.25},
	{"a new sandbox's init, which is no part of its time",
	 {{1769, 300, 200, false}, {1769, 400, 900, true}},
	 0.2,
	 0.1,
	 0,
	 0.1},
	{"cold rows alone", {{1769, 700, 450, true}}, 0.45, 0.25, 0, 0},
};

static bool solve(const struct logged *rows, size_t count, struct arena *arena, struct log_samples *samples,
		  struct cpu_fit *out)
{
	struct diag diag;
	diag_init(&diag);
	log_samples_init(samples, arena);
	for (size_t i = 0; i < count && rows[i].memory_mb > 0; i++) {
		struct report_row row;
		report_row_init(&row);
		row.memory_mb = rows[i].memory_mb;
		row.duration_ms = rows[i].ms;
		row.cpu_ms = rows[i].cpu_ms;
		row.init_ms = rows[i].is_cold ? 300 : (double)NAN;
		log_samples_add(samples, "f", &row, &diag);
	}
	diag_release(&diag);
	return cpu_fit_solve(&samples->functions[0], conditions(), out);
}

static void test_examples(void)
{
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		const struct example *example = &examples[i];
		struct arena arena;
		struct log_samples samples;
		struct cpu_fit found;
		arena_init(&arena);
		t_ok(solve(example->rows, 3, &arena, &samples, &found), "%s", example->name);
		const double *seconds = found.fit.model.seconds;
		t_near(seconds[FIT_SINGLE], example->single, 0.01, 0.004, "one thread's CPU");
		t_near(seconds[FIT_PARALLEL], example->parallel, 0.02, 0.002, "all threads' CPU");
		t_near(seconds[FIT_COLD], example->cold, 0.01, 0.002, "what is cold");
		if (!isnan(example->wait))
			t_near(seconds[FIT_WAIT], example->wait, 0.01, 0.002, "waiting");
		const struct function_samples *function = &samples.functions[0];
		for (size_t k = 0; k < function->group_count; k++) {
			const struct sample_group *group = &function->groups[k];
			double again =
				work_model_seconds(&found.fit.model, conditions(), group->memory_mb, group->is_cold);
			t_near(again, group->seconds.mean, 0.003, 0, "the time logged comes back");
		}
		arena_release(&arena);
	}
}

static void test_errors(void)
{
	static const struct logged rows[] = {{1769, 400, 190, false}, {1769, 400, 210, false}};
	struct arena arena;
	struct log_samples samples;
	struct cpu_fit found;
	arena_init(&arena);
	solve(rows, 2, &arena, &samples, &found);
	t_near(found.fit.parameters[FIT_SINGLE].standard_error, 0.01, 1e-6, 0,
	       "the mean's standard error is the CPU's");
	t_near(found.logged_cpu_seconds, 0.2, 1e-9, 0, "the mean that was logged");
	solve(rows, 1, &arena, &samples, &found);
	t_ok(isnan(found.fit.parameters[FIT_SINGLE].standard_error), "one row tells no error");
	arena_release(&arena);
}

static void test_others(void)
{
	static const struct logged sizes[] = {{512, 400, 100, false}, {1024, 300, 100, false}};
	static const struct logged untold[] = {{512, 400, 100, false}, {512, 300, NAN, false}};
	struct arena arena;
	struct log_samples samples;
	struct cpu_fit found;
	arena_init(&arena);
	t_ok(!solve(sizes, 2, &arena, &samples, &found), "several sizes are fitted to their times");
	t_ok(!solve(untold, 2, &arena, &samples, &found), "and so are rows without their CPU time");
	arena_release(&arena);
}

int main(void)
{
	test_examples();
	test_errors();
	test_others();
	return t_done();
}
