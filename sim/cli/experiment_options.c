#include "cli/experiment_options.h"

#include <pthread.h>
#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "base/parallel.h"
#include "base/version.h"
#include "cli/interrupt.h"
#include "report/advice.h"

static int load_study(struct cli *cli, struct study_request *request, struct study *out)
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
	return load_study(cli, &request, out);
}

int experiment_options_load_with_blanks(struct cli *cli, const char *path, struct study *out)
{
	struct study_request request = {.load = {.path = path, .allows_blanks = true}};
	return load_study(cli, &request, out);
}

int experiment_options_check(struct cli *cli, const char *path, struct study *out)
{
	struct study_request request = {.load = {.path = path}, .with_sweep = true, .is_check = true};
	return load_study(cli, &request, out);
}

static void collect_identity(void *context, size_t point, const struct run_job *job)
{
	buf_add_bytes(context, job->identity.bytes, DIGEST_BYTES);
}

int experiment_options_identify(struct cli *cli, const char *path, struct study *out, struct digest **identities)
{
	struct buf bytes;
	struct study_request request = {
		.load = {.path = path},
		.with_sweep = true,
		.is_check = true,
		.with_identity = true,
		.shown = collect_identity,
		.show_context = &bytes,
	};
	buf_init(&bytes);
	int status = load_study(cli, &request, out);
	*identities = ARENA_ARRAY(&cli->arena, struct digest, bytes.length / DIGEST_BYTES);
	memcpy(*identities, buf_text(&bytes), bytes.length);
	buf_release(&bytes);
	return status;
}

int experiment_options_jobs(const struct cli *cli)
{
	return options_given(&cli->options, "jobs") ? (int)options_int(&cli->options, "jobs") : parallel_processors();
}

static void count_replication(void *context)
{
	struct replicating *replicating = context;
	pthread_mutex_lock(&replicating->lock);
	progress_update(&replicating->progress, (double)++replicating->done, NULL);
	pthread_mutex_unlock(&replicating->lock);
}

void replicating_begin(struct replicating *replicating, const struct cli *cli, double total)
{
	*replicating = (struct replicating){.lock = PTHREAD_MUTEX_INITIALIZER, .total = total};
	progress_init(&replicating->progress, "replications", total, false);
	interrupt_catch();
	replicating->control = (struct run_control){
		.jobs = experiment_options_jobs(cli),
		.interrupt = interrupt_flag(),
		.progress = count_replication,
		.progress_context = replicating,
	};
}

bool replicating_end(struct replicating *replicating, const struct cli *cli)
{
	progress_release(&replicating->progress);
	if (!interrupt_requested())
		return true;
	fprintf(stderr, "%s: interrupted after %zu of %.0f replications; %s\n", cli->name, replicating->done,
		replicating->total,
		replicating->done > 0 ? "what follows is of the finished ones" : "there is nothing to show");
	return false;
}

bool experiment_options_replicate(struct cli *cli, struct study *study)
{
	struct replicating replicating;
	replicating_begin(&replicating, cli, study->least_replications);
	bool finished = study_run(study, &replicating.control, &cli->arena);
	return replicating_end(&replicating, cli) && finished;
}

void experiment_options_write_head(const char *experiment, const char *platform, struct json *json)
{
	if (experiment)
		json_field_text(json, "experiment", experiment);
	json_field_text(json, "platform", platform);
	json_field_text(json, "lamina_version", lamina_version());
}

void experiment_options_write_job_head(const struct study *study, const struct run_job *job, struct json *json)
{
	experiment_options_write_head(study->experiment.name, job->setting->platform->name, json);
	json_field_int(json, "seed", (int64_t)job->seed);
	json_field_int(json, "replications", job->result.replications);
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

void judgement_init(struct judgement *judgement, const struct cli *cli, const struct study *study)
{
	*judgement = (struct judgement){.speaker = cli->name, .has_points = study->sweep.key_count > 0};
	buf_init(&judgement->text);
}

/* Who speaks: the command, and the point where there are several. */
static void say_point(struct judgement *judgement, size_t point)
{
	buf_printf(&judgement->text, "%s: ", judgement->speaker);
	if (judgement->has_points)
		buf_printf(&judgement->text, "point %zu: ", point + 1);
}

static void say_end(struct judgement *judgement, const struct run_job *job, size_t point)
{
	enum outcome_end end = job->result.end;
	struct buf *text = &judgement->text;
	if (end != OUTCOME_EVENT_BUDGET && end != OUTCOME_HORIZON && end != OUTCOME_IN_FLIGHT)
		return;
	judgement->has_failures = true;
	say_point(judgement, point);
	if (end == OUTCOME_EVENT_BUDGET)
		buf_printf(text,
			   "a replication was stopped after limits.events = %llu events; raise it, or simulate fewer "
			   "records\n",
			   (unsigned long long)job->setting->event_budget);
	else if (end == OUTCOME_HORIZON)
		buf_printf(text,
			   "a replication was stopped at limits.horizon_seconds = %g; raise it, or see whether the "
			   "work can ever end\n",
			   seconds_from_ns(job->setting->horizon_ns));
	else
		buf_printf(text,
			   "a replication was stopped when more than limits.in_flight = %lld requests were under way: "
			   "more come than are served; lower their rate, or raise parallelism, concurrency or, at 600 "
			   "bytes each, the bound\n",
			   (long long)job->setting->in_flight_max);
}

/* Where a workflow's own fail steps end records, and nothing else does. */
static void say_stated_failures(struct judgement *judgement, const struct run_result *result)
{
	struct buf where;
	buf_init(&where);
	for (size_t i = 0; i < result->step_count; i++) {
		const struct step_result *step = &result->steps[i];
		double failed = step->metrics[STEP_METRIC_FAILED].mean;
		if (step->step->kind == STEP_FAIL && failed > 0)
			buf_printf(&where, "%s%s (%s) %.4g", where.length > 0 ? ", " : "", step->step->name,
				   step->step->error, failed);
	}
	printable_make(where.text, "");
	buf_printf(&judgement->text, "%.4g of %.6g records fail where the workflow says so: %s\n",
		   result->metrics[METRIC_FAILED_RECORDS].mean,
		   result->metrics[METRIC_FAILED_RECORDS].mean + result->metrics[METRIC_COMPLETED_RECORDS].mean,
		   buf_text(&where));
	buf_release(&where);
}

void judgement_add(struct judgement *judgement, const struct run_job *job, size_t point)
{
	const struct run_result *result = &job->result;
	judgement->lacks_intervals = judgement->lacks_intervals || result->replications == 1;
	if (result->replications == 0)
		return;
	say_end(judgement, job, point);
	double failed = result->metrics[METRIC_FAILED_RECORDS].mean;
	if (failed == 0)
		return;
	say_point(judgement, point);
	if (run_result_lost_records(result) == 0) {
		say_stated_failures(judgement, result);
		return;
	}
	judgement->has_failures = true;
	struct buf reasons;
	buf_init(&reasons);
	failures_describe(job->setting, result, &reasons);
	printable_make(reasons.text, "");
	buf_printf(&judgement->text, "%.4g of %.6g records failed: %s\n", failed,
		   failed + result->metrics[METRIC_COMPLETED_RECORDS].mean, buf_text(&reasons));
	buf_release(&reasons);
}

int judgement_end(struct judgement *judgement)
{
	if (judgement->lacks_intervals)
		fprintf(stderr,
			"%s: warning: one replication says nothing about chance, so there are no intervals; try "
			"--replications 10\n",
			judgement->speaker);
	fputs(buf_text(&judgement->text), stderr);
	buf_release(&judgement->text);
	return judgement->has_failures ? CLI_FAILED : CLI_OK;
}

int experiment_options_judge(struct cli *cli, const struct study *study)
{
	struct judgement judgement;
	judgement_init(&judgement, cli, study);
	for (size_t i = 0; i < study->sweep.point_count; i++)
		judgement_add(&judgement, &study->jobs[i], i);
	return judgement_end(&judgement);
}
