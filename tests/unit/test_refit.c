/* Leaving one experiment out: three sources of which the rate of a connection is known by hand. */
#include "experiment/refit.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/tap.h"

/* 100 MB over one connection, whatever else there is. */
static const char experiment[] =
	"apiVersion: lamina/v1\n"
	"name: known\n"
	"platform: aws-lambda-2019\n"
	"platform_values:\n"
	"  network: {burst_mb_per_second: 100000, refill_mb_per_second: 100000, cpu_seconds_per_mb: 0}\n"
	"  store: {get_seconds: {probability: [0.5], value: [0.000001]}}\n"
	"workload: {images: 1}\n"
	"pipeline: {warm_sandboxes: 1}\n"
	"functions: {f: {work: {download_mb: 100}}}\n"
	"replications: {min: 1}\n"
	"claim_defaults: {mechanism: m, unit: s, function: f, metric: duration_mean_seconds}\n"
	"claims:\n"
	"  - {quantity: a, source: a, measured: 2}\n"
	"  - {quantity: b, source: b, measured: 2, kind: fitted}\n"
	"  - {quantity: c, source: c, measured: 4}\n"
	"  - {quantity: d, source: d, measured: 40, mechanism: another}\n"
	"  - {quantity: e, source: e, measured: 40, basis: documentation}\n"
	"  - {quantity: f, source: f, measured: 40, kind: stated}\n";

static const char parameters[] =
	"refits: {rate: {mechanisms: [m], parameters: {platform_values.store.connection_mb_per_second: {start: 90, "
	"min: 1, max: 1000}}}}\n";

static const char *write_file(const char *name, const char *text, struct arena *arena)
{
	struct err err;
	char *path = arena_printf(arena, "/tmp/lamina-refit-%d-%s.yaml", (int)getpid(), name);
	t_ok(file_write(path, text, strlen(text), &err), "%s", name);
	return path;
}

int main(void)
{
	struct arena arena;
	struct diag diag;
	struct refits refits;
	struct refit_result *results;
	size_t count = 0;
	bool io_failed = false;
	arena_init(&arena);
	diag_init(&diag);
	const char *paths[] = {write_file("experiment", experiment, &arena)};
	const char *file = write_file("parameters", parameters, &arena);
	t_ok(refits_read(file, &arena, &diag, &refits, &io_failed), "what can be refitted is read");
	struct run_control control = {.jobs = 1};
	struct refit_request own;
	struct refit_request request = {paths, 1, &control};
	t_ok(refit_sources(&refits.items[0], &request, &arena, &diag, &own, &results, &count), "so are its sources");
	t_int((long long)count, 3, "other mechanisms, documentation and what is stated are none");
	t_int((long long)own.path_count, 1, "they are of one experiment");
	for (size_t i = 0; i < count; i++)
		t_ok(refit_without(&refits.items[0], &own, &arena, &diag, &results[i]), "%s", results[i].source);
	diag_print(&diag, stdout);
	t_near(results[0].before.bias_percent, 100 * (100.0 / 90 / 2 - 1), 1e-4, 0,
	       "before, with the platform's 90 MB/s");
	t_near(results[2].values[0], 50, 0.01, 0, "without c the others say 50 MB/s");
	t_near(results[2].after.bias_percent, -50, 0.01, 0, "with which c takes half of what was measured");
	t_near(results[0].values[0], 50 / sqrt(2), 0.01, 0, "without a the others say what is between them");
	t_near(results[0].after.mean_abs_percent, 100 * (sqrt(2) - 1), 0.02, 0, "with which a takes too long");
	t_int((long long)results[1].after.rows, 1, "a fitted row is predicted when it is left out");
	unlink(paths[0]);
	unlink(file);
	diag_release(&diag);
	arena_release(&arena);
	return t_done();
}
