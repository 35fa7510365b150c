#include "experiment/replicate.h"

#include <math.h>
#include <string.h>

#include "base/parallel.h"
#include "serving/simulate.h"
#include "stats/summary.h"

/* What is kept of one replication. */
struct sample {
	bool is_finished;
	enum outcome_end end;
	double metrics[METRICS];
	struct bill bill;
	double bytes_in;
	double bytes_out;
	struct function_outcome *functions;
};

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

static void keep_outcome(const struct outcome *outcome, struct sample *sample)
{
	struct function_outcome total;
	outcome_total(outcome, &total);
	for (int i = 0; i < METRICS; i++)
		sample->metrics[i] = outcome_metrics[i].value(outcome);
	for (size_t i = 0; i < outcome->function_count; i++)
		sample->functions[i] = outcome->functions[i];
	sample->bill = outcome->bill;
	sample->bytes_in = (double)total.bytes_in;
	sample->bytes_out = (double)total.bytes_out;
	sample->end = outcome->end;
	sample->is_finished = outcome->end != OUTCOME_INTERRUPTED;
}

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
	keep_outcome(&outcome, task->sample);
	arena_release(&arena);
	if (control->progress)
		control->progress(control->progress_context);
}

static struct estimate estimate_of(const struct summary *summary)
{
	return (struct estimate){
		.mean = summary_mean(summary),
		.half_width = summary_half_width(summary, 0.95),
		.min = summary_min(summary),
		.max = summary_max(summary),
	};
}

static void add_causes(const struct run_job *job, const struct function_outcome *part, struct function_result *out)
{
	double ns[CAUSES];
	double usd[CAUSES];
	cause_times(part, ns);
	cause_costs(part, &job->setting->platform->price, usd);
	for (int cause = 0; cause < CAUSES; cause++) {
		out->cause_seconds[cause] += ns[cause] / 1e9;
		out->cause_usd[cause] += usd[cause];
	}
}

static void gather_function(const struct run_job *job, const struct sample *samples, int64_t count, size_t function,
			    struct function_result *out)
{
	const struct setting_function *setting = &job->setting->functions[function];
	*out = (struct function_result){
		.name = setting->name,
		.memory_mb = setting->memory_mb,
		.peak_memory_mb = setting->work.peak_memory_mb,
	};
	for (int metric = 0; metric < FUNCTION_METRICS; metric++) {
		struct summary summary;
		summary_init(&summary);
		for (int64_t i = 0; i < count; i++)
			summary_add(&summary, function_metrics[metric].value(&samples[i].functions[function]));
		out->metrics[metric] = estimate_of(&summary);
	}
	double invocations = 0;
	for (int64_t i = 0; i < count; i++) {
		const struct function_outcome *part = &samples[i].functions[function];
		invocations += (double)part->invocations;
		for (int failure = 0; failure < FAILURES; failure++)
			out->failures[failure] +=
				(double)function_failure_count(part, (enum failure)failure) / (double)count;
		for (int phase = 0; phase < WORK_PHASES; phase++)
			out->phase_seconds[phase] += (double)part->phase_ns[phase] / 1e9;
		add_causes(job, part, out);
	}
	for (int cause = 0; cause < CAUSES; cause++) {
		out->cause_seconds[cause] = invocations > 0 ? out->cause_seconds[cause] / invocations : 0;
		out->cause_usd[cause] /= (double)count;
	}
	for (int phase = 0; phase < WORK_PHASES; phase++)
		out->phase_seconds[phase] = invocations > 0 ? out->phase_seconds[phase] / invocations : 0;
}

static void gather_bill(const struct sample *samples, int64_t count, struct run_result *result)
{
	double n = (double)count;
	for (int64_t i = 0; i < count; i++) {
		for (int item = 0; item < BILL_ITEMS; item++) {
			result->bill.lines[item].quantity += samples[i].bill.lines[item].quantity / n;
			result->bill.lines[item].usd += samples[i].bill.lines[item].usd / n;
		}
		result->bill.total_usd += samples[i].bill.total_usd / n;
		result->bytes_in += samples[i].bytes_in / n;
		result->bytes_out += samples[i].bytes_out / n;
		if (samples[i].end > result->end)
			result->end = samples[i].end;
	}
}

static void gather(struct run_job *job, const struct sample *samples, int64_t count, struct arena *arena)
{
	struct run_result *result = &job->result;
	*result = (struct run_result){.replications = count, .function_count = job->setting->function_count};
	for (int metric = 0; metric < METRICS; metric++) {
		struct summary summary;
		summary_init(&summary);
		result->samples[metric] = ARENA_ARRAY(arena, double, (size_t)count);
		for (int64_t i = 0; i < count; i++) {
			result->samples[metric][i] = samples[i].metrics[metric];
			summary_add(&summary, samples[i].metrics[metric]);
		}
		result->metrics[metric] = estimate_of(&summary);
	}
	gather_bill(samples, count, result);
	result->functions = ARENA_ARRAY(arena, struct function_result, result->function_count);
	for (size_t i = 0; i < result->function_count; i++)
		gather_function(job, samples, count, i, &result->functions[i]);
}

struct estimate run_result_difference(const struct run_result *result, const struct run_result *base,
				      enum metric_id metric)
{
	int64_t pairs = result->replications < base->replications ? result->replications : base->replications;
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

/* Whether the interval of the job's stopping metric is still too wide. */
static bool wants_more(const struct run_job *job, const struct sample *samples, int64_t done)
{
	const struct replications *rule = &job->replications;
	const char *name = rule->until.metric;
	int metric = name && name[0] ? outcome_find_metric(name) : -1;
	if (done < rule->min)
		return true;
	if (done >= rule->max || metric < 0)
		return false;
	struct summary summary;
	summary_init(&summary);
	for (int64_t i = 0; i < done; i++)
		summary_add(&summary, samples[i].metrics[metric]);
	return summary_half_width(&summary, 0.95) > rule->until.half_width * fabs(summary_mean(&summary));
}

/* The first batch has min replications, each later one half of what there is: the same for any number of threads. */
static int64_t next_batch(const struct run_job *job, int64_t done)
{
	int64_t batch = done == 0 ? job->replications.min : (done + 1) / 2;
	int64_t most = job->replications.max > job->replications.min ? job->replications.max : job->replications.min;
	return batch < most - done ? batch : most - done;
}

/* The replications of one job, as far as they were planned. */
struct replications_so_far {
	struct sample *samples;
	int64_t planned;
};

/* Adds a job's next replications to the batch. */
static void plan(struct run_job *job, struct replications_so_far *so_far, struct batch *batch, struct arena *scratch)
{
	if (!wants_more(job, so_far->samples, so_far->planned))
		return;
	int64_t planned = so_far->planned + next_batch(job, so_far->planned);
	struct sample *samples = ARENA_ARRAY(scratch, struct sample, (size_t)planned);
	if (so_far->planned > 0)
		memcpy(samples, so_far->samples, (size_t)so_far->planned * sizeof samples[0]);
	for (int64_t k = so_far->planned; k < planned; k++) {
		samples[k].functions = ARENA_ARRAY(scratch, struct function_outcome, job->setting->function_count);
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
			most += (size_t)next_batch(&jobs[i], so_far[i].planned);
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
		gather(&jobs[i], so_far[i].samples, finished, arena);
	}
	arena_release(&scratch);
	return !interrupted;
}

const struct estimate *run_result_metric(const struct run_result *result, enum metric_id metric)
{
	return &result->metrics[metric];
}

const struct estimate *function_result_metric(const struct function_result *function, enum function_metric_id metric)
{
	return &function->metrics[metric];
}
