/* Claims against an experiment whose times are known by hand, and the summary over them. */
#include "base/check.h"
#include "report/validation.h"

#include <math.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/tap.h"

/* One warm call takes 1 s, whatever happens. */
static const char experiment[] = "apiVersion: lamina/v1\n"
				 "name: known\n"
				 "platform: aws-lambda-2019\n"
				 "workload: {images: 1}\n"
				 "pipeline: {warm_sandboxes: 1}\n"
				 "functions: {f: {work: {wait_seconds: 1}}}\n"
				 "replications: {min: 1}\n"
				 "sweep: {matrix: {defaults.memory_mb: [128, 256]}}\n";

static const char claims[] = "claim_defaults: {mechanism: CPU share, source: by hand, unit: s, function: f,\n"
			     "  metric: duration_mean_seconds, at: {defaults.memory_mb: 128}}\n"
			     "claims:\n"
			     "  - {quantity: fitted, measured: 0.1, kind: fitted}\n"
			     "  - {quantity: high, measured: 0.8, spread: 0.08}\n"
			     "  - {quantity: low, measured: 1.6, at: {defaults.memory_mb: 256}}\n"
			     "  - {quantity: exact, measured: 1000, unit: ms, scale: 1000, mechanism: billing}\n"
			     "  - {quantity: simulated, measured: 10, basis: simulator}\n"
			     "  - {quantity: written, measured: 20, basis: documentation}\n";

static const char *write_experiment(const char *rest, struct arena *arena)
{
	struct err err;
	char *path = arena_printf(arena, "/tmp/lamina-validation-%d.yaml", (int)getpid());
	char *text = arena_printf(arena, "%s%s", experiment, rest);
	t_ok(file_write(path, text, strlen(text), &err), "the experiment is written");
	return path;
}

static void test_rows_and_summary(void)
{
	struct arena arena;
	struct diag diag;
	struct validation validation;
	bool io_failed = false;
	arena_init(&arena);
	diag_init(&diag);
	const char *path = write_experiment(claims, &arena);
	t_ok(validation_load(&path, 1, &(struct load_request){0}, &arena, &diag, &validation, &io_failed),
	     "claims are read");
	diag_print(&diag, stdout);
	struct run_control control = {.jobs = 1};
	t_ok(study_run(&validation.parts[0].study, &control, &arena), "the study runs");
	validation_evaluate(&validation, &arena);
	t_int((long long)validation.row_count, 6, "every claim is a row");
	t_str(validation.rows[1].claim->source, "by hand", "claim_defaults fill what a claim does not say");
	t_str(validation.rows[3].claim->unit, "ms", "a claim's own words win");
	t_near(validation.rows[1].claim->predicted, 1, 1e-9, 0, "predicted by the simulation");
	t_near(claim_error_percent(validation.rows[2].claim), -37.5, 1e-9, 0, "an error has a sign");
	t_int((long long)validation.mechanism_count, 2, "two mechanisms");
	t_int((long long)validation.line_count, 5, "CPU share: predicted, fitted, simulators, documentation; billing");
	const struct validation_line *cpu = &validation.lines[0];
	t_str(cpu->mechanism, "CPU share", "in order of appearance");
	t_str(cpu->set, validation_set_predicted, "what is judged comes first");
	t_int((long long)cpu->rows, 2, "measurements that took no part in fitting, and nothing else");
	t_near(cpu->bias_percent, -6.25, 1e-9, 0, "the mean of 25 and -37.5");
	t_near(cpu->mean_abs_error_percent, 31.25, 1e-9, 0, "and without their signs");
	t_near(cpu->worst_error_percent, -37.5, 1e-9, 0, "the worst keeps its sign");
	t_near(cpu->mean_spread_percent, 10, 1e-9, 0, "spread of the rows that have one");
	t_int(validation_judge(cpu), VALIDATION_MISSED, "31 % miss a bar of 2 %");
	t_str(validation.lines[1].set, validation_set_fitted, "fitted rows have a line");
	t_near(validation.lines[1].bias_percent, 900, 1e-9, 0, "of their own");
	t_int(validation_judge(&validation.lines[1]), VALIDATION_NO_BAR, "which no bar is for");
	t_near(validation.lines[2].bias_percent, -90, 1e-9, 0, "so have other simulators");
	t_near(validation.lines[3].bias_percent, -95, 1e-9, 0, "and documentation");
	t_int(validation_judge(&validation.lines[4]), VALIDATION_MET, "an exact bill is exact");
	unlink(path);
	diag_release(&diag);
	arena_release(&arena);
}

/* Errors of 25 and -37.5 %, apart by year or by vCPU share. */
static void test_groups(void)
{
	static const char parts[] =
		"sweep: {matrix: {defaults.memory_mb: [128, 2048]}}\n"
		"claim_defaults: {mechanism: m, source: by hand, unit: s, function: f, metric: duration_mean_seconds}\n"
		"claims:\n"
		"  - {quantity: a, measured: 0.8, year: 2021, at: {defaults.memory_mb: 128}}\n"
		"  - {quantity: b, measured: 1.6, year: 2020, at: {defaults.memory_mb: 2048}}\n"
		"  - {quantity: c, measured: 1.6, year: 2020, at: {defaults.memory_mb: 2048}, mechanism: alike}\n"
		"  - {quantity: d, measured: 1.6, year: 2021, at: {defaults.memory_mb: 128}, mechanism: alike}\n";
	struct arena arena;
	struct diag diag;
	struct validation validation;
	bool io_failed = false;
	arena_init(&arena);
	diag_init(&diag);
	struct err err;
	const char *path = arena_printf(&arena, "/tmp/lamina-validation-%d.yaml", (int)getpid());
	char *text =
		arena_printf(&arena, "%.*s%s", (int)(strstr(experiment, "sweep:") - experiment), experiment, parts);
	t_ok(file_write(path, text, strlen(text), &err), "the experiment is written");
	t_ok(validation_load(&path, 1, &(struct load_request){0}, &arena, &diag, &validation, &io_failed),
	     "claims of two years are read");
	diag_print(&diag, stdout);
	struct run_control control = {.jobs = 1};
	t_ok(study_run(&validation.parts[0].study, &control, &arena), "the study runs");
	validation_evaluate(&validation, &arena);
	static const struct {
		const char *mechanism, *set;
		double bias;
	} want[] = {
		{"m", "predicted", -6.25},
		{"m", "predicted, below one vCPU", 25},
		{"m", "predicted, one vCPU or more", -37.5},
		{"m", "predicted, 2020", -37.5},
		{"m", "predicted, 2021", 25},
		{"alike", "predicted", -37.5},
	};
	t_int((long long)validation.line_count, 6, "groups where they differ, and only there");
	for (size_t i = 0; i < ARRAY_LEN(want) && i < validation.line_count; i++) {
		t_str(validation.lines[i].mechanism, want[i].mechanism, want[i].set);
		t_str(validation.lines[i].set, want[i].set, "in this order");
		t_near(validation.lines[i].bias_percent, want[i].bias, 1e-9, 0, "with its bias");
	}
	unlink(path);
	diag_release(&diag);
	arena_release(&arena);
}

static void test_verdicts(void)
{
	static const struct claim_bar plain = {.mechanism = "a", .error_percent = 10};
	static const struct claim_bar with_spread = {.mechanism = "b", .error_percent = 10, .or_spread = true};
	static const struct claim_bar exact = {.mechanism = "c", .error_percent = 0};
	static const struct {
		const char *what;
		const struct claim_bar *bar;
		size_t judged;
		double error, spread;
		enum validation_verdict want;
	} cases[] = {
		{"no bar", NULL, 5, 1, NAN, VALIDATION_NO_BAR},
		{"nothing judged", &plain, 0, NAN, NAN, VALIDATION_NO_BAR},
		{"at the bar", &plain, 1, 10, NAN, VALIDATION_MET},
		{"above the bar", &plain, 1, 10.01, NAN, VALIDATION_MISSED},
		{"a plain bar knows no spread", &plain, 1, 11, 12, VALIDATION_MISSED},
		{"within the spread", &with_spread, 1, 11, 12, VALIDATION_MET},
		{"beyond bar and spread", &with_spread, 1, 13, 12, VALIDATION_MISSED},
		{"no spread known", &with_spread, 1, 13, NAN, VALIDATION_MISSED},
		{"rounding of binary fractions is exact", &exact, 1, 1e-13, NAN, VALIDATION_MET},
		{"the last printed digit is not", &exact, 1, 1e-4, NAN, VALIDATION_MISSED},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct validation_line line = {
			.mechanism = "m",
			.rows = cases[i].judged,
			.mean_abs_error_percent = cases[i].error,
			.mean_spread_percent = cases[i].spread,
			.bar = cases[i].bar,
		};
		t_int(validation_judge(&line), cases[i].want, cases[i].what);
	}
}

static void test_mistakes(void)
{
	static const struct {
		const char *rest, *want;
	} cases[] = {
		{"", "no 'claims' to compare with"},
		{"claim_defaults: 5\nclaims: [{quantity: q}]\n", "'claim_defaults' must be a mapping"},
		{"claims: [{quantity: q, unit: s, measured: 1, metric: makespan_seconds}]\n", "names 2 points"},
		{"claims: [{quantity: q, unit: s, measured: 1, metric: no_such}]\n", "no run metric 'no_such'"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena arena;
		struct diag diag;
		struct validation validation;
		bool io_failed = false;
		arena_init(&arena);
		diag_init(&diag);
		const char *path = write_experiment(cases[i].rest, &arena);
		t_ok(!validation_load(&path, 1, &(struct load_request){0}, &arena, &diag, &validation, &io_failed),
		     "refused: %s", cases[i].want);
		t_has(diag.count > 0 ? diag.entries[0].text : "", cases[i].want, "in these words");
		t_ok(!io_failed, "the file itself was readable");
		unlink(path);
		diag_release(&diag);
		arena_release(&arena);
	}
}

int main(void)
{
	test_rows_and_summary();
	test_groups();
	test_verdicts();
	test_mistakes();
	return t_done();
}
