/* Sweeps into files of results: clocks that jump, and files that somebody has changed. */
#include "base/check.h"
#include "results/campaign.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "results/merge.h"
#include "tests/tap.h"

static const char text[] = "apiVersion: lamina/v1\n"
			   "name: small\n"
			   "platform: aws-lambda\n"
			   "workload: {images: 40}\n"
			   "functions: {f: {work: {cpu_seconds: 0.4, variation: 0.5}}, g: {work: {wait_seconds: 1}}}\n"
			   "replications: {min: 2, max: 40, until: {metric: cost_usd, half_width: 0.01}}\n"
			   "sweep: {matrix: {seed: {from: 1, to: 9, step: 1}, functions.f.memory_mb: [256, 512]}}\n";

struct fixture {
	struct arena arena;
	struct diag diag;
	struct study study;
	char folder[64];
	int files;
};

static const char *new_path(struct fixture *f)
{
	return arena_printf(&f->arena, "%s/%d.sqlite", f->folder, f->files++);
}

static struct fixture *fixture_new(void)
{
	struct fixture *f = mem_alloc(sizeof *f);
	struct err err;
	arena_init(&f->arena);
	diag_init(&f->diag);
	snprintf(f->folder, sizeof f->folder, "/tmp/lamina-campaign.XXXXXX");
	CHECK(mkdtemp(f->folder));
	const char *path = arena_printf(&f->arena, "%s/e.yaml", f->folder);
	CHECK(file_write(path, text, strlen(text), &err));
	struct study_request request = {
		.load = {.path = path}, .with_sweep = true, .is_check = true, .with_identity = true};
	bool ok = study_load(&request, &f->arena, &f->diag, &f->study, NULL);
	diag_print(&f->diag, stdout);
	CHECK(ok);
	return f;
}

static void fixture_free(struct fixture *f)
{
	char command[128];
	snprintf(command, sizeof command, "rm -r %s", f->folder);
	CHECK(system(command) == 0);
	diag_release(&f->diag);
	arena_release(&f->arena);
	mem_free(f);
}

static double no_time(void)
{
	return 0;
}

/* Forwards, backwards, far away. */
static double jumping(void)
{
	static const double times[] = {0, 1e9, -1e9, 5, 4.9, 1e300, 0.001};
	static int calls;
	return times[calls++ % 7];
}

static struct results_experiment experiment_of(const struct fixture *f)
{
	return (struct results_experiment){
		.name = "small",
		.yaml = text,
		.points = (int64_t)f->study.sweep.point_count,
		.keys = f->study.sweep.keys,
		.key_count = f->study.sweep.key_count,
	};
}

struct variant {
	int jobs;
	double (*now_seconds)(void);
	const char *version;
	bool force;
};

static enum campaign_end sweep(struct fixture *f, const char *path, const struct variant *variant,
			       struct campaign_counts *counts)
{
	struct err err;
	bool is_damaged;
	struct results *results = results_create(path, &is_damaged, &err);
	CHECK(results);
	struct campaign_request request = {
		.study = &f->study,
		.results = results,
		.version = variant->version ? variant->version : "1",
		.jobs = variant->jobs,
		.now_seconds = variant->now_seconds,
		.force = variant->force,
	};
	struct results_experiment experiment = experiment_of(f);
	CHECK(campaign_prepare(&request, &experiment, &err));
	enum campaign_end end = campaign_run(&request, counts, &err);
	results_close(results);
	return end;
}

static bool is_same(struct results *a, struct results *b, int64_t id_a, int64_t id_b, struct arena *arena)
{
	struct err err;
	struct results_content x;
	struct results_content y;
	CHECK(results_read(a, id_a, arena, &x, &err) && results_read(b, id_b, arena, &y, &err));
	bool same = x.point.ordinal == y.point.ordinal && x.count == y.count && x.finished == x.count &&
		    y.finished == y.count && digest_equal(&x.point.identity, &y.point.identity) && x.count >= 2;
	for (int64_t i = 0; same && i < x.count; i++)
		for (int m = 0; m < METRICS; m++)
			same = same && (x.samples[i].metrics[m] == y.samples[i].metrics[m] ||
					(isnan(x.samples[i].metrics[m]) && isnan(y.samples[i].metrics[m])));
	for (int64_t i = 0; same && i < x.count; i++)
		same = same &&
		       memcmp(x.samples[i].functions, y.samples[i].functions, 2 * sizeof x.samples[i].functions[0]) ==
			       0 &&
		       memcmp(&x.samples[i].bill, &y.samples[i].bill, sizeof x.samples[i].bill) == 0;
	return same;
}

static bool are_same(const char *path_a, const char *path_b)
{
	struct err err;
	struct arena arena;
	int64_t *ids[2];
	size_t counts[2];
	arena_init(&arena);
	struct results *a = results_open(path_a, &err);
	struct results *b = results_open(path_b, &err);
	CHECK(a && b);
	CHECK(results_list(a, true, &arena, &ids[0], &counts[0], &err));
	CHECK(results_list(b, true, &arena, &ids[1], &counts[1], &err));
	bool same = counts[0] == counts[1] && counts[0] > 0;
	for (size_t i = 0; same && i < counts[0]; i++)
		same = is_same(a, b, ids[0][i], ids[1][i], &arena);
	results_close(a);
	results_close(b);
	arena_release(&arena);
	return same;
}

static void clocks_that_jump(struct fixture *f, const char *want)
{
	struct campaign_counts counts;
	const char *path = new_path(f);
	t_int(sweep(f, path, &(struct variant){3, jumping, NULL, false}, &counts), CAMPAIGN_FINISHED,
	      "with a clock that jumps, a sweep ends");
	t_int(counts.complete, 18, "with every point");
	t_ok(are_same(path, want), "and gives the same");
	t_int(sweep(f, path, &(struct variant){1, jumping, NULL, false}, &counts), CAMPAIGN_FINISHED, "once more");
	t_int(counts.replications, 0, "nothing is simulated again");
}

/* Written again and again while points are half done: what is planned after that is simulated, too. */
static void forced_sweeps(struct fixture *f, const char *want)
{
	struct campaign_counts counts;
	struct campaign_counts again;
	const char *path = new_path(f);
	sweep(f, path, &(struct variant){1, no_time, NULL, false}, &counts);
	t_int(sweep(f, path, &(struct variant){2, jumping, NULL, true}, &again), CAMPAIGN_FINISHED,
	      "a forced sweep ends");
	t_int(again.replications, counts.replications, "and simulates all that the file had");
	t_ok(are_same(path, want), "and gives the same");
}

static void change(const char *path, const char *sql)
{
	sqlite3 *db;
	CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	if (code != SQLITE_OK)
		printf("# %s: %s\n", sql, sqlite3_errmsg(db));
	CHECK(code == SQLITE_OK);
	sqlite3_close(db);
}

/* Whatever somebody changes in a file: the next sweep notices and makes it as it was. */
static void changes_are_noticed(struct fixture *f, const char *want)
{
	static const char *const changes[] = {
		"UPDATE run SET cost_usd = cost_usd * 2 WHERE run_id = (SELECT MIN(run_id) FROM run)",
		"UPDATE run SET ended = 'horizon' WHERE run_id = (SELECT MAX(run_id) FROM run)",
		"UPDATE run SET ended = 'nonsense' WHERE run_id = (SELECT MAX(run_id) FROM run)",
		"UPDATE run SET makespan_seconds = NULL",
		"UPDATE run SET checksum = checksum + 1 WHERE point_id = 3",
		"UPDATE run_function SET invocations = invocations + 1 WHERE position = 1",
		"UPDATE run_bill SET usd = 0 WHERE item = 'requests'",
		"DELETE FROM run_bill",
		"DELETE FROM run_function WHERE position = 0",
		"DELETE FROM run WHERE point_id = 5",
		"DELETE FROM summary",
		"UPDATE summary SET cost_usd = 1",
		"DELETE FROM setting",
		"UPDATE setting SET seed = 77 WHERE point_id = 2",
		"UPDATE point SET ordinal = 17 - ordinal",
		"UPDATE point SET ordinal = NULL",
		"UPDATE point SET random_seed = 5",
		"UPDATE point_function SET name = 'h'",
		"DELETE FROM point_function",
		"DELETE FROM point",
		"UPDATE program SET lamina_version = '0'",
		"INSERT INTO failure VALUES(1, 0, 'x')",
	};
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		const char *path = new_path(f);
		struct campaign_counts counts;
		struct variant variant = {2, no_time, NULL, false};
		sweep(f, path, &variant, &counts);
		change(path, changes[i]);
		/* A recorded failure stands until somebody says otherwise. */
		variant.force = strstr(changes[i], "failure") != NULL;
		t_int(sweep(f, path, &variant, &counts), CAMPAIGN_FINISHED, "the next sweep ends");
		bool same = are_same(path, want);
		t_ok(same && counts.complete == 18, "%s", changes[i]);
	}
}

static void merging(struct fixture *f, const char *want)
{
	struct campaign_counts counts;
	struct merge_counts merged = {0};
	struct merge_rules rules = {0};
	struct err err;
	bool is_damaged;
	const char *other = new_path(f);
	sweep(f, other, &(struct variant){2, no_time, "2", false}, &counts);
	struct results *into = results_create(new_path(f), &is_damaged, &err);
	struct results *first = results_open(want, &err);
	struct results *second = results_open(other, &err);
	CHECK(into && first && second && results_begin(into, &err));
	t_ok(merge_part(into, first, &rules, &merged, &err), "a part goes into a new file");
	t_ok(!merge_part(into, second, &rules, &merged, &err), "one of another version is refused");
	t_has(err.text, "--any-version", "which says what would take it in");
	rules.any_version = true;
	merged = (struct merge_counts){0};
	t_ok(merge_part(into, second, &rules, &merged, &err), "which does");
	t_int(merged.replications, 0, "and brings nothing new, since the figures are the same");
	results_close(second);
	change(other, "UPDATE run SET cost_usd = 2");
	second = results_open(other, &err);
	t_ok(second && !merge_part(into, second, &rules, &merged, &err), "a damaged part is refused");
	t_has(err.text, "damaged", "with that word");
	CHECK(results_end(into, &err));
	results_close(first);
	results_close(second);
	results_close(into);
}

int main(void)
{
	struct fixture *f = fixture_new();
	struct campaign_counts counts;
	const char *want = new_path(f);
	t_int(sweep(f, want, &(struct variant){1, no_time, NULL, false}, &counts), CAMPAIGN_FINISHED, "a sweep");
	t_int(counts.complete, 18, "of all points");
	t_ok(counts.replications > 2 * 18, "with more than the least replications");
	clocks_that_jump(f, want);
	forced_sweeps(f, want);
	changes_are_noticed(f, want);
	merging(f, want);
	fixture_free(f);
	return t_done();
}
