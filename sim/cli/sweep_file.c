#define _GNU_SOURCE /* qsort_r */
#include "cli/sweep_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/num.h"
#include "base/version.h"
#include "cli/experiment_options.h"
#include "cli/interrupt.h"
#include "results/campaign.h"
#include "results/merge.h"
#include "results/shard.h"

struct only {
	size_t key;
	const struct yaml_node *value;
};

struct sweep_file {
	struct cli *cli;
	struct study study;
	struct digest *identities; /* of its points */
	bool *is_repeated;         /* points that are the same as an earlier one */
	int64_t repeated;
	struct shard shard; /* count 0: the whole */
	const char *path;
	struct results_experiment experiment;
	struct only *only;
	size_t only_count;
	struct results *results; /* NULL in a dry run without a file */
	struct progress progress;
	double started_seconds;
	double told_seconds; /* on lines, where there is no terminal */
	int64_t points;      /* that are meant */
	int64_t done_before; /* replications */
	int64_t failed_before;
	double wanted; /* replications of the points that are meant */
};

bool sweep_file_is(const char *path)
{
	static const char *const endings[] = {".sqlite", ".sqlite3", ".db"};
	const char *dot = path ? strrchr(path, '.') : NULL;
	for (size_t i = 0; dot && i < ARRAY_LEN(endings); i++)
		if (strcmp(dot, endings[i]) == 0)
			return true;
	return false;
}

static const char *const own_options[] = {
	"shard", "only", "retry-failed", "force", "keep-going", "fail-fast", "any-version", "any-experiment",
};

int sweep_file_refuse_options(const struct cli *cli)
{
	for (size_t i = 0; i < ARRAY_LEN(own_options); i++)
		if (options_given(&cli->options, own_options[i]))
			return cli_wrong_usage(cli, "--%s is for sweeps into a file of results: -o FILE.sqlite",
					       own_options[i]);
	return CLI_OK;
}

static double now_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* --- which points --------------------------------------------------------------------------------------------- */

static bool matches_only(const struct sweep_file *file, size_t point)
{
	for (size_t i = 0; i < file->only_count; i++) {
		size_t key = file->only[i].key;
		const struct yaml_node *value = sweep_value(&file->study.sweep, point, key);
		bool any = false;
		for (size_t k = 0; k < file->only_count; k++)
			any = any || (file->only[k].key == key && value && yaml_equal(file->only[k].value, value));
		if (!any)
			return false;
	}
	return true;
}

static bool is_meant(void *context, size_t point)
{
	const struct sweep_file *file = context;
	return !file->is_repeated[point] && shard_has(&file->shard, point) && matches_only(file, point);
}

/* Points in the order of their identities, earlier ones first. */
static int by_identity(const void *a, const void *b, void *context)
{
	const struct digest *identities = context;
	uint32_t i = *(const uint32_t *)a;
	uint32_t k = *(const uint32_t *)b;
	int order = memcmp(identities[i].bytes, identities[k].bytes, DIGEST_BYTES);
	return order != 0 ? order : i < k ? -1 : 1;
}

/* Two ways to write the same point would be one row, with two places. */
static void find_repeated(struct sweep_file *file)
{
	size_t count = file->study.sweep.point_count;
	uint32_t *order = mem_alloc(count * sizeof order[0]);
	for (size_t i = 0; i < count; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, count, sizeof order[0], by_identity, file->identities);
	file->is_repeated = ARENA_ARRAY(&file->cli->arena, bool, count);
	for (size_t i = 1; i < count; i++) {
		if (!digest_equal(&file->identities[order[i]], &file->identities[order[i - 1]]))
			continue;
		file->is_repeated[order[i]] = true;
		file->repeated++;
	}
	mem_free(order);
	if (file->repeated > 0)
		fprintf(stderr, "%s: points that are the same as earlier ones, and have no row of their own: %lld\n",
			file->cli->name, (long long)file->repeated);
}

static int add_only(struct sweep_file *file, const char *pair)
{
	struct cli *cli = file->cli;
	const struct sweep *sweep = &file->study.sweep;
	const char *equals = strchr(pair, '=');
	struct diag diag;
	size_t key = 0;
	CHECK(equals);
	const char *name = arena_strndup(&cli->arena, pair, (size_t)(equals - pair));
	while (key < sweep->key_count && strcmp(sweep->keys[key], name) != 0)
		key++;
	if (key == sweep->key_count)
		return cli_wrong_usage(cli, "--only: '%s' is not swept", diag_excerpt(name, &cli->arena));
	diag_init(&diag);
	struct only *only = &file->only[file->only_count++];
	only->key = key;
	only->value = yaml_parse("--only", equals + 1, strlen(equals + 1), &cli->arena, &diag);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	return only->value || status != CLI_OK ? status : cli_wrong_usage(cli, "--only: '%s' has no value", name);
}

static int choose_points(struct sweep_file *file)
{
	struct cli *cli = file->cli;
	struct err err;
	size_t count;
	const char *const *pairs = options_list(&cli->options, "only", &count);
	file->only = ARENA_ARRAY(&cli->arena, struct only, count);
	for (size_t i = 0; i < count; i++)
		if (add_only(file, pairs[i]) != CLI_OK)
			return CLI_WRONG;
	const char *shard = options_text(&cli->options, "shard");
	if (shard && !shard_parse(shard, getenv, &file->shard, &err))
		return cli_wrong_usage(cli, "%s", err.text);
	file->path = shard_path(&file->shard, file->path, &cli->arena);
	return CLI_OK;
}

/* --- what the file is about ----------------------------------------------------------------------------------- */

/* Which points there are, in which order and by which keys: what two files have to agree on. */
static struct digest digest_of_points(const struct sweep_file *file)
{
	const struct sweep *sweep = &file->study.sweep;
	struct buf bytes;
	buf_init(&bytes);
	for (size_t i = 0; i < sweep->key_count; i++)
		buf_add_bytes(&bytes, sweep->keys[i], strlen(sweep->keys[i]) + 1);
	buf_add_bytes(&bytes, file->identities, sweep->point_count * sizeof file->identities[0]);
	struct digest digest = digest_of(buf_text(&bytes), bytes.length);
	buf_release(&bytes);
	return digest;
}

/* The tree that was bound, with what the command line says of luck; what it stands on is in it. */
static void describe_experiment(struct sweep_file *file)
{
	struct arena *arena = &file->cli->arena;
	const struct study *study = &file->study;
	struct diag diag;
	struct diag_place place = {.file = "command line"};
	struct yaml_node *root = yaml_copy(study->root, arena);
	struct buf text;
	diag_init(&diag);
	if (study->luck.has_seed)
		yaml_set(root, "seed", arena_printf(arena, "%lld", (long long)study->luck.seed), place, arena, &diag);
	if (study->luck.replications > 0)
		yaml_set(root, "replications", arena_printf(arena, "{min: %lld}", (long long)study->luck.replications),
			 place, arena, &diag);
	diag_release(&diag);
	for (struct yaml_node **at = &root->first; *at; at = &(*at)->next) {
		if (strcmp((*at)->key, "base") == 0) {
			*at = (*at)->next;
			break;
		}
	}
	buf_init(&text);
	yaml_write(root, &text);
	file->experiment = (struct results_experiment){
		.name = study->experiment.name,
		.yaml = arena_strdup(arena, buf_text(&text)),
		.digest = digest_of_points(file),
		.points = (int64_t)study->sweep.point_count - file->repeated,
		.keys = study->sweep.keys,
		.key_count = study->sweep.key_count,
	};
	file->experiment.sources = identity_sources(&study->library, arena, &file->experiment.source_count);
	buf_release(&text);
}

/* A file of another experiment or version was hardly meant. */
static int check_origin(const struct sweep_file *file)
{
	struct cli *cli = file->cli;
	const struct results_experiment *old = results_experiment_of(file->results);
	const char *version = results_version(file->results);
	struct err err;
	if (!old->name)
		return CLI_OK;
	bool is_other =
		strcmp(old->name, file->experiment.name) != 0 && !digest_equal(&old->digest, &file->experiment.digest);
	if (is_other && !options_flag(&cli->options, "any-experiment")) {
		err_set(&err,
			"'%s' holds the experiment '%s', not '%s'; name another file, or make it one of this with "
			"--any-experiment",
			file->path, old->name, file->experiment.name);
		return cli_failed(cli, &err);
	}
	if (strcmp(version, lamina_version()) != 0 && !options_flag(&cli->options, "any-version") &&
	    !options_flag(&cli->options, "force")) {
		err_set(&err,
			"'%s' was simulated by Lamina %s, and this is %s: figures may differ. --any-version goes on "
			"all the same, --force simulates all of it again",
			file->path, version, lamina_version());
		return cli_failed(cli, &err);
	}
	return CLI_OK;
}

static bool mend(struct sweep_file *file, struct err *err)
{
	struct merge_counts counts = {0};
	fprintf(stderr, "%s: %s: what is whole of it is kept, the file itself is put aside as '%s.damaged'\n",
		file->cli->name, err->text, file->path);
	file->results =
		merge_what_is_whole(file->path, 4 * (int64_t)file->study.sweep.point_count + 1000, &counts, err);
	if (!file->results)
		return false;
	fprintf(stderr, "%s: %lld replications of %lld points were whole\n", file->cli->name,
		(long long)counts.replications, (long long)counts.points);
	return true;
}

static int open_file(struct sweep_file *file)
{
	struct err err;
	bool is_damaged;
	file->results = results_create(file->path, &is_damaged, &err);
	if (!file->results && (!is_damaged || !mend(file, &err)))
		return cli_failed(file->cli, &err);
	return check_origin(file);
}

/* --- how far it is -------------------------------------------------------------------------------------------- */

static void say_time(double seconds, char out[32])
{
	if (!(seconds >= 0) || seconds > 3e7)
		snprintf(out, 32, "unknown");
	else if (seconds < 3600)
		snprintf(out, 32, "%d:%02d", (int)seconds / 60, (int)seconds % 60);
	else
		snprintf(out, 32, "%d:%02d:%02d", (int)(seconds / 3600), (int)seconds / 60 % 60, (int)seconds % 60);
}

enum { FIRST_LINE_SECONDS = 10, LINE_EVERY_SECONDS = 60 };

/* Where there is no terminal, lines: the first after ten seconds, then one a minute. */
static void show_progress(void *context, const struct campaign_counts *counts)
{
	struct sweep_file *file = context;
	double now = now_seconds();
	double elapsed = now - file->started_seconds;
	double done = (double)(counts->replications + counts->reused);
	double rate = elapsed > 0 ? (double)counts->replications / elapsed : 0;
	double left = rate > 0 ? fmax(0, file->wanted - done) / rate : -1;
	char note[64];
	char time[32];
	snprintf(note, sizeof note, "%.4g a second%s", rate, counts->failed > 0 ? ", some failed" : "");
	progress_update(&file->progress, done, note);
	double due = file->told_seconds > 0 ? file->told_seconds + LINE_EVERY_SECONDS
					    : file->started_seconds + FIRST_LINE_SECONDS;
	if (file->progress.is_shown || now < due)
		return;
	file->told_seconds = now;
	say_time(left, time);
	fprintf(stderr, "%s: %.0f of %.0f replications, %s, %s left\n", file->cli->name, done, file->wanted, note,
		time);
}

/* Counts the finished replications of the points that this sweep is to simulate. */
static void count_finished(struct sweep_file *file)
{
	struct err err;
	int64_t least = (int64_t)(file->study.least_replications / (double)file->study.sweep.point_count);
	if (!file->results || !results_begin_reading(file->results, &err))
		return;
	for (size_t i = 0; i < file->study.sweep.point_count; i++) {
		int64_t id;
		int64_t replications;
		bool is_failed;
		if (!is_meant(file, i) || !results_find(file->results, &file->identities[i], &id, &err) || id == 0 ||
		    !results_count(file->results, id, &replications, &is_failed, &err))
			continue;
		file->done_before += replications < least ? replications : least;
		file->failed_before += is_failed;
	}
	results_end_reading(file->results);
}

/* For progress; how often a point is simulated seldom varies. */
static void count_points(struct sweep_file *file)
{
	size_t all = file->study.sweep.point_count;
	for (size_t i = 0; i < all; i++)
		file->points += is_meant(file, i);
	file->wanted = file->study.least_replications * (double)file->points / (double)all;
}

static int dry_run(struct sweep_file *file)
{
	struct cli *cli = file->cli;
	struct results_progress progress = {.seconds_per_replication = (double)NAN};
	struct err err;
	char time[32];
	if (results_exists(file->path)) {
		file->results = results_open(file->path, &err);
		if (!file->results || !results_progress(file->results, &progress, &err))
			return cli_failed(cli, &err);
		int status = check_origin(file);
		if (status != CLI_OK)
			return status;
	}
	count_points(file);
	count_finished(file);
	double left = file->wanted - (double)file->done_before;
	int jobs = experiment_options_jobs(cli);
	say_time(left > 0 ? left * progress.seconds_per_replication / jobs : 0, time);
	printf("%s: %lld points, %.0f replications\n", file->path, (long long)file->points, file->wanted);
	printf("done: %lld replications\n", (long long)file->done_before);
	if (file->failed_before > 0)
		printf("failed points: %lld%s\n", (long long)file->failed_before,
		       options_flag(&cli->options, "retry-failed") ? ", to be tried again" : "");
	printf("to do: %.0f replications\n", left);
	printf("expected time: %s with %d process%s%s\n", time, jobs, jobs == 1 ? "" : "es",
	       isnan(progress.seconds_per_replication) ? "; nothing was timed yet" : "");
	results_close(file->results);
	return CLI_OK;
}

/* --- the sweep ------------------------------------------------------------------------------------------------ */

static int judge(const struct sweep_file *file, enum campaign_end end, const struct campaign_counts *counts,
		 const struct err *err)
{
	const char *name = file->cli->name;
	if (end == CAMPAIGN_STUCK)
		cli_failed(file->cli, err);
	if (counts->unwritten > 0)
		fprintf(stderr,
			"%s: finished replications that could not be written, and have to be simulated again: %lld\n",
			name, (long long)counts->unwritten);
	if (counts->damaged > 0)
		fprintf(stderr, "%s: replications in the file that were damaged, and were simulated again: %lld\n",
			name, (long long)counts->damaged);
	fprintf(stderr, "%s: %lld of %lld points complete; %lld replications simulated, %lld were there\n", name,
		(long long)counts->complete, (long long)file->points,
		(long long)(counts->replications - counts->unwritten), (long long)counts->reused);
	if (counts->failed > 0)
		fprintf(stderr,
			"%s: points that failed: %lld; 'lamina export --rows failures' says why, --retry-failed "
			"tries them again\n",
			name, (long long)counts->failed);
	if (counts->with_failed_records > 0)
		fprintf(stderr, "%s: points at which records failed (failed_records): %lld\n", name,
			(long long)counts->with_failed_records);
	if (counts->cut_short > 0)
		fprintf(stderr, "%s: points at which a bound of 'limits' stopped a replication: %lld\n", name,
			(long long)counts->cut_short);
	if (end == CAMPAIGN_INTERRUPTED || end == CAMPAIGN_STUCK)
		fprintf(stderr, "%s: what was written is in '%s'; the same command goes on from there\n", name,
			file->path);
	bool failed = end != CAMPAIGN_FINISHED || counts->failed > 0 || counts->with_failed_records > 0 ||
		      counts->cut_short > 0;
	return failed ? CLI_FAILED : CLI_OK;
}

static int simulate(struct sweep_file *file)
{
	struct cli *cli = file->cli;
	struct campaign_counts counts;
	struct err err;
	int status = open_file(file);
	if (status != CLI_OK) {
		results_close(file->results);
		return status;
	}
	struct campaign_request request = {
		.study = &file->study,
		.results = file->results,
		.version = lamina_version(),
		.jobs = experiment_options_jobs(cli),
		.force = options_flag(&cli->options, "force"),
		.retry_failed = options_flag(&cli->options, "retry-failed"),
		.fail_fast = options_flag(&cli->options, "fail-fast"),
		.interrupt = interrupt_flag(),
		.now_seconds = now_seconds,
		.is_meant = is_meant,
		.meant_context = file,
		.progress = show_progress,
		.progress_context = file,
	};
	enum campaign_end end = CAMPAIGN_STUCK;
	if (campaign_prepare(&request, &file->experiment, &err)) {
		count_points(file);
		progress_init(&file->progress, "replications", file->wanted, false);
		file->started_seconds = now_seconds();
		end = campaign_run(&request, &counts, &err);
		progress_release(&file->progress);
	}
	status = judge(file, end, &counts, &err);
	results_close(file->results);
	return status;
}

int sweep_file_run(struct cli *cli, const char *experiment_path, const char *path)
{
	struct sweep_file file = {.cli = cli, .path = path};
	if (options_given(&cli->options, "baseline"))
		return cli_wrong_usage(cli, "--baseline is for sweeps that are printed, not for files of results");
	if (options_given(&cli->options, "format"))
		return cli_wrong_usage(cli, "--format is for sweeps that are printed; 'lamina export' prints files");
	int status = experiment_options_identify(cli, experiment_path, &file.study, &file.identities);
	if (status == CLI_OK)
		status = choose_points(&file);
	if (status != CLI_OK)
		return status;
	find_repeated(&file);
	describe_experiment(&file);
	if (options_flag(&cli->options, "dry-run"))
		return dry_run(&file);
	interrupt_catch();
	return simulate(&file);
}
