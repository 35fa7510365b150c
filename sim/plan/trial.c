#include "plan/trial.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

int64_t trial_replications(const struct setting *setting)
{
	if (setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE)
		return TRIAL_REPLICATIONS;
	double visits = (double)setting->records * (double)setting->function_count;
	double affordable = floor(TRIAL_VISITS_MAX / visits);
	return (int64_t)fmin(TRIAL_REPLICATIONS, fmax(TRIAL_REPLICATIONS_FEW, affordable));
}

struct setting *trial_setting(const struct space *space, const struct plan_choice *choice, struct arena *arena)
{
	const struct space_size *size = &space->sizes[choice->shape.size];
	struct setting *setting = setting_copy(size->setting, arena);
	setting->schedule = choice->shape.schedule;
	setting->parallel = choice->shape.parallel;
	for (size_t i = 0; i < setting->function_count; i++)
		setting->functions[i].memory_mb = size->tables[i].memory_mb[choice->options[i]];
	return setting;
}

double trial_seconds_of(const struct trial *trial, const struct trial_control *control, int64_t replication)
{
	return trial->result.samples[control->seconds_metric][replication];
}

double trial_usd_of(const struct trial *trial, int64_t replication)
{
	return trial->result.samples[METRIC_COST_USD][replication];
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
	double completed = run_result_metric(&trial->result, METRIC_COMPLETED_RECORDS)->mean;
	double per_record = run_result_metric(&trial->result, METRIC_MAKESPAN_SECONDS)->mean / fmax(completed, 1);
	return (double)trial->setting->in_flight_max * per_record;
}

/*
 * Replications in which records are lost; of an excerpt, those that a whole run would have, and where a workflow has
 * fail steps of its own, those that have others beside.
 */
static double failing_replications(const struct trial *trial)
{
	const double *failed = trial->result.samples[METRIC_FAILED_RECORDS];
	double failing = 0;
	for (int64_t i = 0; i < trial->result.replications; i++)
		failing += failed[i] > 0;
	double lost = run_result_lost_records(&trial->result);
	if (trial->excerpt.shorter > 0 || lost < trial->failed)
		failing = (double)trial->result.replications * (1 - exp(-lost));
	return failing;
}

static void summarise(struct trial *trial, const struct trial_control *control)
{
	const struct run_result *result = &trial->result;
	trial->seconds = result->metrics[control->seconds_metric].mean;
	trial->usd = result->metrics[METRIC_COST_USD].mean;
	trial->failed = result->metrics[METRIC_FAILED_RECORDS].mean;
	trial->fails = failing_replications(trial) > control->failing_share * (double)result->replications;
	trial->seconds_at = trial->seconds;
	trial->usd_at = trial->usd;
	if (control->share > 0) {
		trial->seconds_at = at_share(trial, control->seconds_metric, control->share);
		trial->usd_at = at_share(trial, METRIC_COST_USD, control->share);
	}
	trial->is_stopped = result->end != OUTCOME_COMPLETE;
	if (result->end == OUTCOME_IN_FLIGHT) {
		trial->seconds = fmax(trial->seconds, overload_seconds(trial));
		trial->seconds_at = fmax(trial->seconds_at, trial->seconds);
	}
}

static struct run_job job_of(const struct trial_control *control, const struct setting *setting)
{
	return (struct run_job){
		.setting = setting,
		.seed = control->seed,
		.replications = {.min = control->replications, .max = control->replications},
	};
}

/* One job, or the two that stand for a long batch. */
static void add_jobs(struct trial *trial, const struct trial_control *control, struct run_job *jobs, size_t *count)
{
	if (!trial->setting)
		trial->setting = trial_setting(control->space, &trial->choice, control->arena);
	if (control->runs_per_month > 0)
		trial->setting->runs_per_month = control->runs_per_month;
	trial->excerpt = excerpt_of(trial->setting, control->replications, control->visits_max);
	const struct setting *longer = trial->setting;
	if (trial->excerpt.shorter > 0) {
		longer = excerpt_setting(trial->setting, trial->excerpt.longer, control->arena);
		jobs[(*count)++] =
			job_of(control, excerpt_setting(trial->setting, trial->excerpt.shorter, control->arena));
	}
	jobs[(*count)++] = job_of(control, longer);
}

bool trial_run(struct trial *trials, size_t count, const struct trial_control *control)
{
	struct run_job *jobs = ARENA_ARRAY(control->arena, struct run_job, 2 * count);
	size_t job_count = 0;
	for (size_t i = 0; i < count; i++)
		add_jobs(&trials[i], control, jobs, &job_count);
	if (!replicate(jobs, job_count, control->run, control->arena))
		return false;
	const struct run_job *job = jobs;
	for (size_t i = 0; i < count; i++, job++) {
		struct trial *trial = &trials[i];
		const struct run_result *shorter = &job->result;
		job += trial->excerpt.shorter > 0;
		trial->result = job->result;
		if (trial->excerpt.shorter > 0)
			excerpt_carry_over(trial->setting, &trial->excerpt, shorter, &trial->result);
		summarise(trial, control);
	}
	return true;
}

bool slice_is_due(const struct setting *setting)
{
	const struct platform *platform = setting->platform;
	bool is_by_the_clock = platform->kind == PLATFORM_MACHINE || platform->price.billed_by == BILLED_BY_INSTANCE;
	return is_by_the_clock && setting->arrivals.kind != ARRIVALS_ALL_AT_ONCE;
}

struct setting *slice_first_half(const struct setting *setting, struct arena *arena)
{
	struct setting *half = setting_copy(setting, arena);
	if (half->arrivals.duration_ns > 0)
		half->arrivals.duration_ns /= 2;
	else
		half->records = half->records > 1 ? half->records / 2 : 1;
	return half;
}

struct slice slice_of(const struct run_result *whole, const struct run_result *half, int64_t replication)
{
	struct slice slice = {
		whole->samples[METRIC_COST_USD][replication],
		whole->samples[METRIC_MAKESPAN_SECONDS][replication],
		whole->samples[METRIC_COMPLETED_RECORDS][replication],
	};
	if (half) {
		slice.usd -= half->samples[METRIC_COST_USD][replication];
		slice.seconds -= half->samples[METRIC_MAKESPAN_SECONDS][replication];
		slice.records -= half->samples[METRIC_COMPLETED_RECORDS][replication];
	}
	return slice;
}

/* Time that a request has on a device for itself, where as many go together as may. */
static double device_seconds(const struct setting_function *function)
{
	const struct phase *phase = &function->work.phases[WORK_DEVICE];
	double each_ns = (double)(phase->device_ns - phase->device_call_ns);
	return (each_ns + (double)phase->device_call_ns / (double)setting_device_batch(function)) / 1e9;
}

/*
 * Devices that keep so many requests on an instance, waiting or having their turn: at a load of rho there are
 * rho + rho^2 / (2 (1 - rho)) of them, as of any queue with times that are always the same (Pollaczek and Khinchin).
 */
static double devices_for(double device_seconds, double requests)
{
	double load = 1 + requests - sqrt(1 + requests * requests);
	return device_seconds / load;
}

/* What a function's requests, and its guests', ask of its instances in a second. */
struct instance_load {
	double cpu_seconds;
	double request_seconds; /* that requests are there for, each with the vCPUs that it can use */
	double device_seconds;
};

/* vCPUs that a request's threads use at most. */
static double phase_vcpus(const struct phase *phase, double vcpus)
{
	return fmin(vcpus, phase->threads > 1 ? (double)phase->threads : 1);
}

static struct instance_load load_of(const struct setting *setting, size_t home, double rate_per_second)
{
	struct instance_load load = {0};
	double vcpus = cpu_share(&setting->platform->cpu, setting->functions[home].memory_mb);
	for (size_t k = 0; k < setting->function_count; k++) {
		if (setting_home(setting, k) != home)
			continue;
		const struct setting_function *of = &setting->functions[k];
		double cpu_ns = 0;
		double request_ns = 0;
		double other_ns = 0;
		for (int i = 0; i < WORK_PHASES; i++) {
			const struct phase *phase = &of->work.phases[i];
			cpu_ns += phase->cold_only ? 0 : (double)phase->cpu_ns;
			request_ns += phase->cold_only ? 0 : (double)phase->cpu_ns / phase_vcpus(phase, vcpus);
			other_ns += phase->cold_only ? 0 : (double)phase->wait_ns + (double)phase->device_ns;
		}
		load.cpu_seconds += rate_per_second * cpu_ns / 1e9;
		load.request_seconds += rate_per_second * (request_ns + other_ns) / 1e9;
		load.device_seconds += rate_per_second * device_seconds(of);
	}
	return load;
}

/* A request's time that has a vCPU, or its function's share of one, to itself. */
static double alone_seconds(const struct setting *setting)
{
	double alone = 0;
	for (size_t i = 0; i < setting->function_count && setting->platform->kind == PLATFORM_FUNCTIONS; i++)
		alone += setting_home(setting, i) == i ? load_of(setting, i, 1).request_seconds : 0;
	return alone;
}

double slice_patience_seconds(const struct setting *setting)
{
	static const double LEAST_SECONDS = 60;
	static const double SHARE = 0.05;
	static const double TIMES = 4;
	return fmax(LEAST_SECONDS, SHARE * seconds_from_ns(setting->arrivals.duration_ns)) +
	       TIMES * alone_seconds(setting);
}

double slice_instances_least(const struct setting *setting, double rate_per_second)
{
	double total = 0;
	for (size_t i = 0; i < setting->function_count; i++) {
		const struct setting_function *of = &setting->functions[i];
		if (setting_home(setting, i) != i)
			continue;
		struct instance_load load = load_of(setting, i, rate_per_second);
		double places = (double)(of->sandbox.requests_max > 1 ? of->sandbox.requests_max : 1);
		double by_cpu = load.cpu_seconds / cpu_share(&setting->platform->cpu, of->memory_mb);
		total += fmax(fmax(by_cpu, load.request_seconds / places), load.device_seconds);
	}
	return total;
}

void slice_bound_crowd(struct setting *setting)
{
	const struct arrival_process *arrivals = &setting->arrivals;
	int kind = arrivals->kind;
	bool is_steady = kind == ARRIVALS_DETERMINISTIC || kind == ARRIVALS_POISSON || kind == ARRIVALS_BURSTS;
	if (!is_steady || setting->graph || arrivals->duration_ns == 0)
		return;
	double patience = slice_patience_seconds(setting);
	double rate = kind == ARRIVALS_BURSTS ? fmax(arrivals->rate_per_second, arrivals->burst_rate_per_second)
					      : arrivals->rate_per_second;
	/* Few that come by chance at the same time are no crowd. */
	static const double FEW = 100;
	setting->in_flight_max = (int64_t)ceil(FEW + rate * patience);
	/* Where instances that are always full would not do, the crowd need not grow for long to show it. */
	const struct platform_limits *limits = &setting->platform->limits;
	double times = slice_instances_least(setting, arrivals->rate_per_second) / (double)limits->concurrency;
	if (setting->platform->kind == PLATFORM_FUNCTIONS && kind != ARRIVALS_BURSTS && times > 1)
		setting->in_flight_max =
			(int64_t)ceil(FEW + fmin(rate * patience, 2 * rate * alone_seconds(setting) / times));
	setting->horizon_ns = arrivals->duration_ns + ns_from_seconds(patience);
}

static double instances_for(const struct setting *setting, size_t home, double rate_per_second)
{
	const struct setting_function *of = &setting->functions[home];
	const struct platform *platform = setting->platform;
	double target = platform->sandbox.target_share > 0 ? platform->sandbox.target_share : 1;
	double vcpus = cpu_share(&platform->cpu, of->memory_mb);
	double places = (double)(of->sandbox.requests_max > 1 ? of->sandbox.requests_max : 1);
	struct instance_load load = load_of(setting, home, rate_per_second);
	double by_cpu = load.cpu_seconds / (vcpus * target);
	double by_requests = load.request_seconds / (places * target);
	return fmax(fmax(by_cpu, by_requests), devices_for(load.device_seconds, places * target));
}

int64_t slice_instances(const struct setting *setting, double rate_per_second)
{
	double fewest = HUGE_VAL;
	for (size_t i = 0; i < setting->function_count; i++)
		if (setting_home(setting, i) == i)
			fewest = fmin(fewest, instances_for(setting, i, rate_per_second));
	double most = (double)setting->platform->limits.concurrency;
	return (int64_t)fmin(most, fmax(1, ceil(fewest)));
}
