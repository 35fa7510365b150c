#include "cli/experiment_options.h"

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/parallel.h"
#include "base/printable.h"
#include "cli/interrupt.h"
#include "cli/progress.h"
#include "report/failures.h"

static int load(struct cli *cli, struct study_request *request, struct study *out)
{
	int64_t seed = 0;
	int64_t replications = 0;
	request->load.overlays = options_list(&cli->options, "with", &request->load.overlay_count);
	request->load.sets = options_list(&cli->options, "set", &request->load.set_count);
	if (options_given(&cli->options, "seed")) {
		seed = options_int(&cli->options, "seed");
		request->seed = &seed;
	}
	if (options_given(&cli->options, "replications")) {
		replications = options_int(&cli->options, "replications");
		request->replications = &replications;
	}
	struct diag diag;
	diag_init(&diag);
	bool io_failed = false;
	study_load(request, &cli->arena, &diag, out, &io_failed);
	int status = cli_report(cli, &diag);
	diag_release(&diag);
	return io_failed ? CLI_FAILED : status;
}

int experiment_options_load(struct cli *cli, const char *path, bool with_sweep, struct study *out)
{
	return experiment_options_load_over(cli, path, with_sweep, NULL, out);
}

int experiment_options_load_over(struct cli *cli, const char *path, bool with_sweep, const struct yaml_node *over,
				 struct study *out)
{
	struct study_request request = {.load = {.path = path, .over = over}, .with_sweep = with_sweep};
	return load(cli, &request, out);
}

int experiment_options_check(struct cli *cli, const char *path, size_t *point_count)
{
	struct study study;
	struct study_request request = {.load = {.path = path}, .with_sweep = true, .is_check = true};
	int status = load(cli, &request, &study);
	*point_count = study.sweep.point_count;
	return status;
}

int experiment_options_jobs(const struct cli *cli)
{
	return options_given(&cli->options, "jobs") ? (int)options_int(&cli->options, "jobs") : parallel_processors();
}

struct shared_progress {
	pthread_mutex_t lock;
	struct progress progress;
	size_t done;
};

static void count_replication(void *context)
{
	struct shared_progress *shared = context;
	pthread_mutex_lock(&shared->lock);
	progress_update(&shared->progress, (double)++shared->done, NULL);
	pthread_mutex_unlock(&shared->lock);
}

bool experiment_options_replicate(struct cli *cli, struct study *study)
{
	size_t count = study->sweep.point_count;
	double total = 0;
	for (size_t i = 0; i < count; i++)
		total += (double)study->jobs[i].replications.min;
	struct shared_progress shared = {.lock = PTHREAD_MUTEX_INITIALIZER};
	progress_init(&shared.progress, "replications", total, false);
	interrupt_catch();
	struct run_control control = {
		.jobs = experiment_options_jobs(cli),
		.interrupt = interrupt_flag(),
		.progress = count_replication,
		.progress_context = &shared,
	};
	bool finished = study_run(study, &control, &cli->arena);
	progress_release(&shared.progress);
	if (!finished)
		fprintf(stderr,
			"%s: interrupted after %zu of %.0f replications; what follows is of the finished ones\n",
			cli->name, shared.done, total);
	return finished;
}

void experiment_options_describe(const struct study *study, const struct setting *setting, struct buf *out)
{
	const struct experiment *experiment = &study->experiment;
	bool is_batch = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (is_batch)
		buf_printf(out, "%s: %lld images in %lld records on %s", experiment->name, (long long)setting->images,
			   (long long)setting->records, setting->platform->name);
	else
		buf_printf(out, "%s: requests come as '%s' on %s", experiment->name,
			   arrival_names[setting->arrivals.kind], setting->platform->name);
	if (setting->platform->kind == PLATFORM_FUNCTIONS && setting->parallel < INT64_MAX)
		buf_printf(out, ", %s x %lld", schedule_names[setting->schedule], (long long)setting->parallel);
	buf_add_char(out, '\n');
}

/* Who speaks: the command, and the point where there are several. */
static void say_point(const struct cli *cli, const struct study *study, size_t point)
{
	fprintf(stderr, "%s: ", cli->name);
	if (study->sweep.key_count > 0)
		fprintf(stderr, "point %zu: ", point + 1);
}

/* False where no bound stopped a replication. */
static bool say_end(const struct cli *cli, const struct study *study, size_t point)
{
	const struct run_job *job = &study->jobs[point];
	enum outcome_end end = job->result.end;
	if (end != OUTCOME_EVENT_BUDGET && end != OUTCOME_HORIZON && end != OUTCOME_IN_FLIGHT)
		return false;
	say_point(cli, study, point);
	if (end == OUTCOME_EVENT_BUDGET)
		fprintf(stderr,
			"a replication was stopped after limits.events = %llu events; raise it, or simulate fewer "
			"records\n",
			(unsigned long long)job->setting->event_budget);
	else if (end == OUTCOME_HORIZON)
		fprintf(stderr,
			"a replication was stopped at limits.horizon_seconds = %g; raise it, or see whether the work "
			"can ever end\n",
			seconds_from_ns(job->setting->horizon_ns));
	else
		fprintf(stderr,
			"a replication was stopped when more than limits.in_flight = %lld requests were under way: "
			"more come than are served; lower their rate, or raise parallelism, concurrency or, at 600 "
			"bytes each, the bound\n",
			(long long)job->setting->in_flight_max);
	return true;
}

static bool has_intervals(const struct study *study)
{
	for (size_t i = 0; i < study->sweep.point_count; i++)
		if (study->jobs[i].result.replications == 1)
			return false;
	return true;
}

int experiment_options_judge(struct cli *cli, const struct study *study)
{
	if (!has_intervals(study))
		fprintf(stderr,
			"%s: warning: one replication says nothing about chance, so there are no intervals; try "
			"--replications 10\n",
			cli->name);
	int status = CLI_OK;
	struct buf reasons;
	buf_init(&reasons);
	for (size_t i = 0; i < study->sweep.point_count; i++) {
		const struct run_result *result = &study->jobs[i].result;
		if (result->replications == 0)
			continue;
		if (say_end(cli, study, i))
			status = CLI_FAILED;
		if (result->metrics[METRIC_FAILED_RECORDS].mean == 0)
			continue;
		status = CLI_FAILED;
		say_point(cli, study, i);
		buf_clear(&reasons);
		failures_describe(study->jobs[i].setting, result, &reasons);
		printable_make(reasons.text, "");
		fprintf(stderr, "%.4g of %.6g records failed: %s\n", result->metrics[METRIC_FAILED_RECORDS].mean,
			result->metrics[METRIC_FAILED_RECORDS].mean + result->metrics[METRIC_COMPLETED_RECORDS].mean,
			buf_text(&reasons));
	}
	buf_release(&reasons);
	return status;
}
