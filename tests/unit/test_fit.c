/* Fitting: known parameters are found again, bounds hold, and the words of its mistakes. */
#include "base/buf.h"
#include "base/check.h"
#include "experiment/fit.h"
#include "experiment/study.h"
#include "tests/tap.h"

static const char head[] = "apiVersion: lamina/v1\n"
			   "name: fit\n"
			   "platform: aws-lambda-2019\n"
			   "workload: {images: 4}\n"
			   "pipeline: {parallel: 4}\n"
			   "replications: {min: 4}\n"
			   "functions: {f: {memory_mb: 1792, work: {cpu_seconds: 2, cold_cpu_seconds: 1}}}\n";

struct fixture {
	struct arena arena;
	struct diag diag;
	struct experiment experiment;
	struct library library;
	struct yaml_node *root;
	struct fit fit;
};

static bool setup(struct fixture *f, const char *fit_text)
{
	memset(f, 0, sizeof *f);
	library_init(&f->library, &f->arena);
	const char *text = arena_printf(&f->arena, "%s%s", head, fit_text);
	f->root = yaml_parse("fit.yaml", text, strlen(text), &f->arena, &f->diag);
	return f->root && experiment_bind(f->root, "fit.yaml", &f->arena, &f->diag, &f->experiment) &&
	       fit_read(&f->experiment, &f->arena, &f->diag, &f->fit);
}

static void release(struct fixture *f)
{
	diag_release(&f->diag);
	arena_release(&f->arena);
}

static bool solve(struct fixture *f)
{
	struct run_control control = {.jobs = 1};
	return fit_solve(&f->fit, f->root, "fit.yaml", &f->library, &control, &f->arena, &f->diag);
}

/* A warm call at one vCPU takes cpu_seconds and little else; four cold ones take cold_cpu_seconds more. */
static void test_recovers(void)
{
	struct fixture f;
	bool ok = setup(&f, "fit:\n"
			    "  parameters:\n"
			    "    functions.f.work.cpu_seconds: {start: 1, min: 0.1, max: 50}\n"
			    "    functions.f.work.cold_cpu_seconds: {start: 2, min: 0.1, max: 50}\n"
			    "  targets:\n"
			    "    - {set: {pipeline.warm_sandboxes: 4}, metric: record_billed_seconds, value: 7,"
			    " spread: 0.1, source: warm}\n"
			    "    - {metric: record_billed_seconds, value: 12, spread: 0.1, source: cold}\n") &&
		  solve(&f);
	diag_print(&f.diag, stdout);
	t_ok(ok, "it fits");
	t_ok(f.fit.converged, "it converges");
	t_near(f.fit.parameters[0].value, 7, 0.03, 0, "the warm work");
	t_near(f.fit.parameters[1].value, 5, 0.05, 0, "the cold work");
	t_near(f.fit.targets[0].predicted, 7, 0.01, 0, "the first target is met");
	t_near(f.fit.targets[1].predicted, 12, 0.01, 0, "the second target is met");
	t_ok(isnan(f.fit.parameters[0].standard_error), "two numbers from two targets: no standard error");
	struct buf overlay;
	buf_init(&overlay);
	fit_write_overlay(&f.fit, &f.arena, &overlay);
	t_has(buf_text(&overlay), "functions:\n  f:\n    work:\n", "the overlay is nested");
	buf_release(&overlay);
	release(&f);
}

static void test_bound(void)
{
	struct fixture f;
	bool ok = setup(&f, "fit:\n"
			    "  parameters: {functions.f.work.cpu_seconds: {start: 2, min: 1, max: 3}}\n"
			    "  targets:\n"
			    "    - {metric: record_billed_seconds, value: 9, spread: 1, source: far}\n"
			    "    - {metric: record_billed_seconds, value: 9.5, spread: 1, source: away}\n") &&
		  solve(&f);
	t_ok(ok && f.fit.parameters[0].at_bound, "a parameter stops at its bound and says so");
	t_near(f.fit.parameters[0].value, 3, 1e-6, 0, "which is its value");
	release(&f);
}

/* One number that is the mean of four: its standard error is theirs over the root of four. */
static void test_standard_error(void)
{
	struct fixture f;
	bool ok = setup(&f, "fit:\n"
			    "  parameters: {functions.f.work.cpu_seconds: {start: 5, min: 1, max: 50}}\n"
			    "  targets:\n"
			    "    - {metric: record_billed_seconds, value: 8, spread: 1, source: a}\n"
			    "    - {metric: record_billed_seconds, value: 8.2, spread: 1, source: b}\n"
			    "    - {metric: record_billed_seconds, value: 8.6, spread: 1, source: c}\n"
			    "    - {metric: record_billed_seconds, value: 9, spread: 1, source: d}\n") &&
		  solve(&f);
	t_ok(ok && f.fit.converged, "four measurements of one thing");
	t_near(f.fit.targets[0].predicted, 8.45, 0.002, 0, "their mean is predicted");
	t_near(f.fit.parameters[0].standard_error, 0.443 / 2, 0.03, 0, "with a quarter of their variance");
	release(&f);
}

static const struct {
	const char *text;
	const char *message;
} mistakes[] = {
	{"", "the experiment has no 'fit'"},
	{"fit: {targets: []}\n", "missing key 'parameters' in fit"},
	{"fit:\n  parameters: {workload.imags: {start: 1, min: 1, max: 2}}\n  targets: []\n",
	 "unknown key 'workload.imags'; did you mean 'workload.images'?"},
	{"fit:\n  parameters: {workload.images: {start: 5, min: 1, max: 2}}\n"
	 "  targets: [{metric: cost_usd, value: 1, spread: 1, source: x}]\n",
	 "'start' must lie between 'min' and 'max'"},
	{"fit:\n  parameters: {workload.images: {start: 1, min: 1, max: 2}}\n"
	 "  targets: [{metric: cost, value: 1, spread: 1, source: x}]\n",
	 "there is no metric 'cost'"},
	{"fit:\n  parameters: {workload.images: {start: 1, min: 1, max: 2}}\n  targets: []\n",
	 "0 targets cannot tell 1 parameters apart"},
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
	test_recovers();
	test_bound();
	test_standard_error();
	test_mistakes();
	return t_done();
}
