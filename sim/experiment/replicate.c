#include "experiment/replicate.h"

#include <string.h>

#include "base/num.h"
#include "base/parallel.h"
#include "experiment/sample.h"
#include "serving/simulate.h"
#include "stats/summary.h"

struct batch_task {
	struct run_job *job;
	uint32_t replication;
	struct sample *sample;
};

struct batch {
	struct batch_task *tasks;
	size_t count;
	const struct run_control *control;
};

static void run_task(void *context, size_t index)
{
	struct batch *batch = context;
	struct batch_task *task = &batch->tasks[index];
	const struct run_control *control = batch->control;
	if (control->interrupt && *control->interrupt)
		return;
	struct arena arena;
	arena_init(&arena);
	struct outcome outcome;
	struct simulate_options options = {
		.seed = task->job->seed,
		.replication = task->replication,
		.interrupt = control->interrupt,
	};
	simulate(task->job->setting, &options, &arena, &outcome);
	sample_take(task->job->setting, &outcome, task->sample);
	arena_release(&arena);
	if (control->progress && task->sample->is_finished)
		control->progress(control->progress_context);
}

struct estimate run_result_difference(const struct run_result *result, const struct run_result *base,
				      enum metric_id metric)
{
	int64_t pairs = min_int64(result->replications, base->replications);
	struct paired paired;
	paired_init(&paired);
	for (int64_t i = 0; i < pairs; i++)
		paired_add(&paired, result->samples[metric][i], base->samples[metric][i]);
	return estimate_of(&paired.difference);
}

/* The replications before the first unfinished one: what an interrupted run may be judged by. */
static int64_t finished_prefix(const struct sample *samples, int64_t count)
{
	int64_t finished = 0;
	while (finished < count && samples[finished].is_finished)
		finished++;
	return finished;
}

/* The replications of one job, as far as they were planned. */
struct replications_so_far {
	struct sample *samples;
	int64_t planned;
};

/* Adds a job's next replications to the batch. */
static void plan(struct run_job *job, struct replications_so_far *so_far, struct batch *batch, struct arena *scratch)
{
	if (!samples_want_more(&job->replications, so_far->samples, so_far->planned))
		return;
	int64_t planned = so_far->planned + samples_next_batch(&job->replications, so_far->planned);
	struct sample *samples = ARENA_ARRAY(scratch, struct sample, (size_t)planned);
	if (so_far->planned > 0)
		memcpy(samples, so_far->samples, (size_t)so_far->planned * sizeof samples[0]);
	for (int64_t k = so_far->planned; k < planned; k++) {
		samples[k].functions = ARENA_ARRAY(scratch, struct function_sample, job->setting->function_count);
		if (job->setting->graph)
			samples[k].steps = ARENA_ARRAY(scratch, struct step_sample, job->setting->graph->step_count);
		batch->tasks[batch->count++] = (struct batch_task){job, (uint32_t)k, &samples[k]};
	}
	*so_far = (struct replications_so_far){samples, planned};
}

bool replicate(struct run_job *jobs, size_t count, const struct run_control *control, struct arena *arena)
{
	struct arena scratch;
	arena_init(&scratch);
	struct replications_so_far *so_far = ARENA_ARRAY(&scratch, struct replications_so_far, count);
	bool interrupted = false;
	struct batch batch = {.control = control};
	do {
		size_t most = 0;
		for (size_t i = 0; i < count; i++)
			most += (size_t)samples_next_batch(&jobs[i].replications, so_far[i].planned);
		batch.tasks = ARENA_ARRAY(&scratch, struct batch_task, most);
		batch.count = 0;
		for (size_t i = 0; i < count; i++)
			plan(&jobs[i], &so_far[i], &batch, &scratch);
		parallel_for(batch.count, control->jobs, run_task, &batch);
		interrupted = control->interrupt && *control->interrupt;
	} while (batch.count > 0 && !interrupted);
	for (size_t i = 0; i < count; i++) {
		int64_t finished = finished_prefix(so_far[i].samples, so_far[i].planned);
		CHECK(interrupted || finished == so_far[i].planned);
		const struct setting *setting = jobs[i].setting;
		samples_gather(so_far[i].samples, finished, sample_functions_of(setting, arena),
			       setting->function_count, arena, &jobs[i].result);
		if (setting->graph)
			samples_gather_steps(so_far[i].samples, finished, setting->graph, arena, &jobs[i].result);
	}
	arena_release(&scratch);
	return !interrupted;
}

double run_result_lost_records(const struct run_result *result)
{
	static const double ROUNDING = 1e-9;
	double failed = result->metrics[METRIC_FAILED_RECORDS].mean;
	double lost = failed;
	for (size_t i = 0; i < result->step_count; i++)
		if (result->steps[i].step->kind == STEP_FAIL)
			lost -= result->steps[i].metrics[STEP_METRIC_FAILED].mean;
	return lost > ROUNDING * failed ? lost : 0;
}

const struct estimate *run_result_metric(const struct run_result *result, enum metric_id metric)
{
	return &result->metrics[metric];
}

const struct estimate *function_result_metric(const struct function_result *function, enum function_metric_id metric)
{
	return &function->metrics[metric];
}
