#include "plan/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct setting *trial_setting(const struct space *space, const struct plan_choice *choice, struct arena *arena)
{
	const struct space_size *size = &space->sizes[choice->shape.size];
	struct setting *setting = ARENA_NEW(arena, struct setting);
	*setting = *size->setting;
	setting->functions = ARENA_ARRAY(arena, struct setting_function, setting->function_count);
	memcpy(setting->functions, size->setting->functions, setting->function_count * sizeof *setting->functions);
	setting->schedule = choice->shape.schedule;
	setting->parallel = choice->shape.parallel;
	for (size_t i = 0; i < setting->function_count; i++)
		setting->functions[i].memory_mb = size->tables[i].memory_mb[choice->options[i]];
	return setting;
}

static int metric_index(const char *name)
{
	int index = outcome_find_metric(name);
	CHECK(index >= 0);
	return index;
}

double trial_seconds_of(const struct trial *trial, const struct trial_control *control, int64_t replication)
{
	return trial->result.samples[control->seconds_metric][replication];
}

double trial_usd_of(const struct trial *trial, int64_t replication)
{
	return trial->result.samples[metric_index("cost_usd")][replication];
}

double trial_share_within(const struct trial *trial, const struct trial_control *control, double seconds_max)
{
	int64_t within = 0;
	for (int64_t i = 0; i < trial->result.replications; i++)
		within += trial_seconds_of(trial, control, i) <= seconds_max;
	return (double)within / (double)trial->result.replications;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The least value that `share` of the replications do not exceed. */
static double at_share(const struct trial *trial, int metric, double share)
{
	size_t count = (size_t)trial->result.replications;
	struct arena scratch;
	arena_init(&scratch);
	double *sorted = ARENA_ARRAY(&scratch, double, count);
	memcpy(sorted, trial->result.samples[metric], count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, compare_doubles);
	double rank = ceil(share * (double)count);
	size_t index = rank < 1 ? 0 : (size_t)rank - 1;
	double value = sorted[index < count ? index : count - 1];
	arena_release(&scratch);
	return value;
}

bool trial_works(const struct trial *trial)
{
	return !trial->is_stopped && !trial->fails;
}

/* Where more requests come than are served: what the last one would wait, by Little's law on those that wait. */
static double overload_seconds(const struct trial *trial)
{
	double completed = run_result_metric(&trial->result, "completed_records")->mean;
	double per_record = run_result_metric(&trial->result, "makespan_seconds")->mean / fmax(completed, 1);
	return (double)trial->setting->in_flight_max * per_record;
}

static double failing_replications(const struct trial *trial)
{
	const double *failed = trial->result.samples[metric_index("failed_records")];
	double failing = 0;
	for (int64_t i = 0; i < trial->result.replications; i++)
		failing += failed[i] > 0;
	return failing;
}

static void summarise(struct trial *trial, const struct trial_control *control)
{
	const struct run_result *result = &trial->result;
	trial->seconds = result->metrics[control->seconds_metric].mean;
	trial->usd = result->metrics[metric_index("cost_usd")].mean;
	trial->failed = result->metrics[metric_index("failed_records")].mean;
	trial->fails = failing_replications(trial) > control->failing_share * (double)result->replications;
	trial->seconds_at = trial->seconds;
	trial->usd_at = trial->usd;
	if (control->share > 0) {
		trial->seconds_at = at_share(trial, control->seconds_metric, control->share);
		trial->usd_at = at_share(trial, metric_index("cost_usd"), control->share);
	}
	trial->is_stopped = result->end != OUTCOME_COMPLETE;
	if (result->end == OUTCOME_IN_FLIGHT) {
		trial->seconds = fmax(trial->seconds, overload_seconds(trial));
		trial->seconds_at = fmax(trial->seconds_at, trial->seconds);
	}
}

bool trial_run(struct trial *trials, size_t count, const struct trial_control *control)
{
	struct run_job *jobs = ARENA_ARRAY(control->arena, struct run_job, count);
	for (size_t i = 0; i < count; i++) {
		if (!trials[i].setting)
			trials[i].setting = trial_setting(control->space, &trials[i].choice, control->arena);
		if (control->runs_per_month > 0)
			trials[i].setting->runs_per_month = control->runs_per_month;
		jobs[i] = (struct run_job){
			.setting = trials[i].setting,
			.seed = control->seed,
			.replications = {.min = control->replications, .max = control->replications},
		};
	}
	if (!replicate(jobs, count, control->run, control->arena))
		return false;
	for (size_t i = 0; i < count; i++) {
		trials[i].result = jobs[i].result;
		summarise(&trials[i], control);
	}
	return true;
}
