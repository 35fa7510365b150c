/* Claims: the point they name, the value they take, and the words of their mistakes. */
#include "base/check.h"
#include "experiment/claims.h"
#include "tests/tap.h"

static const char head[] = "apiVersion: lamina/v1\n"
			   "name: claims\n"
			   "platform: aws-lambda-2019\n"
			   "workload: {images: 2}\n"
			   "replications: {min: 2}\n"
			   "functions: {f: {memory_mb: 1792, work: {cpu_seconds: 2, memory_mb: 700}}}\n"
			   "sweep: {matrix: {functions.f.memory_mb: [896, 1792], workload.images: [2, 4]}}\n";

struct fixture {
	struct arena arena;
	struct diag diag;
	struct study study;
	struct claims claims;
};

static bool setup(struct fixture *f, const char *claims_text)
{
	memset(f, 0, sizeof *f);
	library_init(&f->study.library, &f->arena);
	const char *text = arena_printf(&f->arena, "%s%s", head, claims_text);
	f->study.root = yaml_parse("claims.yaml", text, strlen(text), &f->arena, &f->diag);
	CHECK(f->study.root);
	CHECK(experiment_bind(f->study.root, "claims.yaml", &f->arena, &f->diag, &f->study.experiment));
	CHECK(sweep_expand(&f->study.experiment, &f->arena, &f->diag, &f->study.sweep));
	f->study.jobs = ARENA_ARRAY(&f->arena, struct run_job, f->study.sweep.point_count);
	for (size_t i = 0; i < f->study.sweep.point_count; i++) {
		struct experiment *experiment = ARENA_NEW(&f->arena, struct experiment);
		struct setting *setting = ARENA_NEW(&f->arena, struct setting);
		CHECK(sweep_bind_point(&f->study.sweep, i, f->study.root, "claims.yaml", &f->arena, &f->diag,
				       experiment));
		CHECK(experiment_resolve(experiment, &f->study.library, &f->arena, &f->diag, setting));
		f->study.jobs[i] =
			(struct run_job){.setting = setting, .seed = 1, .replications = experiment->replications};
	}
	return claims_read(&f->study, &f->arena, &f->diag, &f->claims);
}

static void release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

static void test_values(void)
{
	struct fixture f;
	struct run_control control = {.jobs = 1};
	bool ok = setup(
		&f,
		"claims:\n"
		"  - {quantity: a, unit: requests, measured: 5, metric: invocations,\n"
		"     at: {functions.f.memory_mb: 896, workload.images: 4}}\n"
		"  - {quantity: b, unit: ms, measured: 2000, metric: duration_mean_seconds, function: f, scale: 1000,\n"
		"     kind: fitted, at: {functions.f.memory_mb: 1792, workload.images: 2}}\n"
		"  - {quantity: c, unit: MB, measured: 768, metric: peak_memory_mb, function: f, round_up: 256,\n"
		"     at: {functions.f.memory_mb: 1792, workload.images: 2}}\n");
	diag_print(&f.diag, stdout);
	t_ok(ok, "claims are read");
	t_int(f.claims.count, 3, "all of them");
	t_int(f.claims.items[0].point, 1, "the point of the first");
	t_int(f.claims.items[1].point, 2, "the point of the second");
	t_int(f.claims.items[0].kind, CLAIM_PREDICTED, "predicted unless it says otherwise");
	t_int(f.claims.items[1].kind, CLAIM_FITTED, "as it says");
	t_ok(study_run(&f.study, &control, &f.arena), "the study runs");
	claims_evaluate(&f.study, &f.claims);
	t_near(f.claims.items[0].predicted, 4, 0, 0, "a metric of the run");
	t_near(claim_error_percent(&f.claims.items[0]), -20, 1e-12, 0, "its error");
	t_near(f.claims.items[1].predicted, 2000, 0.05, 0, "a function's metric in another unit");
	t_near(f.claims.items[2].predicted, 768, 0, 0, "memory rounded up");
	release(&f);
}

/* Of skewed replications, the value that half of them exceed. */
static void test_medians(void)
{
	struct fixture f;
	struct run_control control = {.jobs = 1};
	double seconds[] = {31, 1, 2, 3, 4};
	bool ok = setup(&f, "claim_defaults: {unit: s, measured: 3, metric: record_p99_seconds,\n"
			    "                 at: {functions.f.memory_mb: 1792, workload.images: 2}}\n"
			    "claims: [{quantity: a}, {quantity: b, statistic: median, scale: 10, less: 1}]\n");
	t_ok(ok, "claims of medians are read");
	t_ok(study_run(&f.study, &control, &f.arena), "the study runs");
	struct run_result *result = &f.study.jobs[f.claims.items[0].point].result;
	result->replications = ARRAY_LEN(seconds);
	result->metrics[METRIC_RECORD_P99_SECONDS].mean = 8.2;
	result->samples[METRIC_RECORD_P99_SECONDS] = seconds;
	claims_evaluate(&f.study, &f.claims);
	t_near(f.claims.items[0].predicted, 8.2, 0, 0, "the mean, unless it says otherwise");
	t_near(f.claims.items[1].predicted, 20, 1e-12, 0, "the median");
	t_ok(f.claims.items[1].half_width > 10 && f.claims.items[1].half_width < 150,
	     "its interval is within the values");
	t_near(seconds[0], 31, 0, 0, "replications stay in their order");
	release(&f);
}

static const struct {
	const char *text;
	const char *message;
} mistakes[] = {
	{"claims: [{quantity: a, unit: s, measured: 1, metric: duration_mean_seconds, function: f, statistic: "
	 "median}]\n",
	 "a function's metrics have no median over replications"},
	{"claims: [{quantity: a, unit: s, measured: 1, metric: makespan}]\n", "there is no run metric 'makespan'"},
	{"claims: [{quantity: a, unit: s, measured: 1, metric: cost_usd, function: f}]\n",
	 "there is no function metric 'cost_usd'"},
	{"claims: [{quantity: a, unit: s, measured: 1, metric: cost_usd}]\n",
	 "the claim 'a' names 4 points of the sweep, not one"},
	{"claims: [{quantity: a, unit: s, measured: 1, metric: cost_usd, at: {workload.images: 3}}]\n",
	 "the claim 'a' names 0 points of the sweep, not one"},
	{"claims: [{quantity: a, unit: s, metric: cost_usd}]\n", "missing key 'measured' in a claim"},
	{"claims: [{quantity: a, unit: s, measured: 1, metric: peak_memory_mb, function: g,\n"
	 "  at: {workload.images: 2, functions.f.memory_mb: 896}}]\n",
	 "there is no function 'g'"},
};

static void test_mistakes(void)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct fixture f;
		t_ok(!setup(&f, mistakes[i].text), "refused: %s", mistakes[i].message);
		bool found = false;
		for (size_t k = 0; k < f.diag.count; k++)
			found = found || strcmp(f.diag.entries[k].text, mistakes[i].message) == 0;
		if (!t_ok(found, "in these words"))
			diag_print(&f.diag, stdout);
		release(&f);
	}
}

int main(void)
{
	test_values();
	test_medians();
	test_mistakes();
	return t_done();
}
