#include "compare/measurement.h"

#include <math.h>

#include "base/num.h"
#include "stats/summary.h"

static const double MONTH_SECONDS = 730 * 3600.0;

/* Steady traffic lasts at least so long, where that is affordable; else at least this. */
static const double SPAN_SECONDS = 1800;
static const double SPAN_LEAST_SECONDS = 300;

/* Where the experiment's own load is so high that not even this is. */
static const double SPAN_SHORTEST_SECONDS = 120;

/* Requests that come once the last has come are not: only time ends such traffic. */
#define REQUESTS_UNBOUNDED 1000000000000LL

struct effort measurement_usual(const struct compare_request *request)
{
	bool is_quick = request->is_quick;
	return (struct effort){
		.seconds_min = SPAN_SHORTEST_SECONDS,
		.requests_min = is_quick ? 500 : 3000,
		.requests_max = is_quick ? 8000 : 30000,
		.replications = is_quick ? 5 : 10,
		.factor = 1,
	};
}

struct effort measurement_of_curve(const struct compare_request *request, double factor)
{
	bool is_quick = request->is_quick;
	return (struct effort){
		.seconds_min = SPAN_SHORTEST_SECONDS,
		.requests_min = is_quick ? 300 : 1000,
		.requests_max = is_quick ? 8000 : 16000,
		.replications = is_quick ? 3 : 4,
		.factor = factor,
	};
}

struct effort measurement_of_planning(const struct compare_request *request, const struct setting *setting)
{
	static const double TRIAL_REQUESTS = 20000;
	bool is_quick = request->is_quick;
	struct effort effort = {
		.seconds_min = 60,
		.requests_min = is_quick ? 400 : 1000,
		.requests_max = is_quick ? 1000 : 3000,
		.factor = 1,
	};
	bool is_batch = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	double rate = measurement_load(setting);
	double requests = is_batch ? (double)setting->records * (double)(setting->function_count + 1)
				   : fmax(effort.requests_min, rate * effort.seconds_min);
	double most = is_quick ? 4 : 6;
	effort.replications = (int64_t)fmax(3, fmin(most, floor(TRIAL_REQUESTS / requests)));
	return effort;
}

static double mean_of_rates(const double *rates, size_t count)
{
	double sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += rates[i];
	return sum / (double)count;
}

static double trace_rate(const struct trace *trace)
{
	double last_ns = trace->counts ? (double)trace->count * (double)trace->stretch_ns
				       : (double)trace->requests[trace->count - 1].time_ns;
	return last_ns > 0 ? 1e9 * (double)trace->total / last_ns : 0;
}

static double mean_rate(const struct arrival_process *arrivals)
{
	switch ((enum arrival_kind)arrivals->kind) {
	case ARRIVALS_BURSTS:
		return (arrivals->rate_per_second * arrivals->calm_seconds +
			arrivals->burst_rate_per_second * arrivals->burst_seconds) /
		       (arrivals->calm_seconds + arrivals->burst_seconds);
	case ARRIVALS_DAILY:
		return mean_of_rates(arrivals->daily_rates_per_second, arrivals->daily_rate_count);
	case ARRIVALS_TRACE:
		return trace_rate(arrivals->trace);
	default:
		return arrivals->rate_per_second;
	}
}

static bool is_batch(const struct setting *setting)
{
	return setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
}

static bool is_steady(const struct setting *setting)
{
	int kind = setting->arrivals.kind;
	return kind == ARRIVALS_DETERMINISTIC || kind == ARRIVALS_POISSON || kind == ARRIVALS_BURSTS;
}

double measurement_load(const struct setting *setting)
{
	return is_batch(setting) ? (double)setting->images : mean_rate(&setting->arrivals);
}

double measurement_runs_per_month(const struct setting *setting)
{
	double seconds = seconds_from_ns(setting->arrivals.duration_ns);
	if (seconds == 0)
		seconds = (double)setting->records / mean_rate(&setting->arrivals);
	return MONTH_SECONDS / seconds;
}

bool measurement_scales(const struct setting *setting)
{
	return measurement_load(setting) > 0 && (is_batch(setting) || is_steady(setting));
}

double measurement_factor_max(const struct compare_request *request, const struct setting *setting)
{
	if (is_batch(setting))
		return fmax(1, measurement_of_curve(request, 1).requests_max / (double)setting->records);
	return fmax(1, measurement_of_curve(request, 1).requests_max / SPAN_LEAST_SECONDS / measurement_load(setting));
}

/* Whole records, so that the last is like the others. */
static void scale_batch(struct setting *setting, double factor)
{
	int64_t records = llround(fmax(1, factor * (double)setting->records));
	if (records == setting->records)
		return;
	setting->records = records;
	setting->images = records * setting->images_per_record;
	for (size_t i = 0; i < setting->function_count; i++)
		setting->functions[i].last_work = setting->functions[i].work;
}

/* Traffic that goes on has found instances before: the ramp of a start is not what its month consists of. */
static void begin_in_traffic(struct setting *setting)
{
	if (setting->warm_sandboxes == 0 && setting->platform->kind == PLATFORM_FUNCTIONS)
		setting->warm_sandboxes = slice_instances(setting, mean_rate(&setting->arrivals));
}

static void scale_traffic(struct setting *setting, const struct effort *effort)
{
	double rate = effort->factor * mean_rate(&setting->arrivals);
	double requests = fmin(effort->requests_max, fmax(effort->requests_min, rate * SPAN_SECONDS));
	double seconds = fmax(requests / rate, effort->seconds_min);
	setting->arrivals.rate_per_second *= effort->factor;
	setting->arrivals.burst_rate_per_second *= effort->factor;
	setting->arrivals.duration_ns = ns_from_seconds(seconds);
	begin_in_traffic(setting);
	for (size_t i = 0; i < setting->function_count; i++)
		setting->functions[i].sandbox.provisioned =
			llround(effort->factor * (double)setting->functions[i].sandbox.provisioned);
	setting->images = 0;
	setting->records = REQUESTS_UNBOUNDED;
	slice_bound_crowd(setting);
}

struct setting *measurement_setting(const struct setting *setting, const struct effort *effort, struct arena *arena)
{
	struct setting *scaled = setting_copy(setting, arena);
	if (is_batch(setting))
		scale_batch(scaled, effort->factor);
	else if (is_steady(setting))
		scale_traffic(scaled, effort);
	return scaled;
}

static struct run_job job_of(const struct compare_request *request, const struct setting *setting, int64_t replications)
{
	return (struct run_job){
		.setting = setting,
		.seed = request->wanted.seed,
		.replications = {.min = replications, .max = replications},
	};
}

/* A month of traffic at its own rate: tiers of prices and what is free are the month's. */
static double month_usd(const struct measurement *item, const struct slice *slice, bool is_sliced, int64_t i)
{
	if (is_sliced)
		return slice->seconds > 0 ? slice->usd / slice->seconds * MONTH_SECONDS : (double)NAN;
	return item->result.samples[METRIC_MONTH_USD][i];
}

/* Dollars of a run for what is kept ready or idle, mean. */
static double standing_usd(const struct run_result *result)
{
	double standing = 0;
	for (size_t i = 0; result && i < result->function_count; i++)
		standing += result->functions[i].cause_usd[CAUSE_STANDING];
	return standing;
}

static double idle_share(const struct measurement *item, const struct run_result *half)
{
	const struct setting *setting = item->setting;
	const struct run_result *result = &item->result;
	double total = result->metrics[METRIC_COST_USD].mean - (half ? half->metrics[METRIC_COST_USD].mean : 0);
	if (setting->platform->kind == PLATFORM_FUNCTIONS)
		return total > 0 ? (standing_usd(result) - standing_usd(half)) / total : 0;
	/* A machine is at work while its slower stage is. */
	const struct platform_machine *machine = &setting->platform->machine;
	double per_image = fmax(machine->feed_seconds_per_image, 1 / machine->device_images_per_second);
	return fmax(0, 1 - per_image * result->metrics[METRIC_IMAGES_PER_SECOND].mean);
}

/* Whether the last requests were served about as they came. */
static bool keeps_up(const struct measurement *item)
{
	double lasts = seconds_from_ns(item->setting->arrivals.duration_ns);
	double late = item->result.metrics[METRIC_MAKESPAN_SECONDS].mean - lasts;
	return is_batch(item->setting) || lasts == 0 || late <= slice_patience_seconds(item->setting);
}

const char *measurement_quota_reason(const struct setting *setting, struct arena *arena)
{
	const struct platform_limits *limits = &setting->platform->limits;
	if (!is_steady(setting) || setting->platform->kind != PLATFORM_FUNCTIONS || setting->graph)
		return NULL;
	double rate = mean_rate(&setting->arrivals);
	double least = slice_instances_least(setting, rate);
	double calls = rate * (double)setting->function_count;
	double calls_most = limits->invocations_per_place * (double)limits->concurrency;
	if (least > (double)limits->concurrency)
		return arena_printf(arena, "they keep %.0f sandboxes busy, and limits.concurrency is %lld", ceil(least),
				    (long long)limits->concurrency);
	if (calls_most > 0 && calls > calls_most && setting->invocation == INVOCATION_SYNC)
		return arena_printf(arena, "%.4g calls a second, and limits.concurrency of %lld lets %.4g through",
				    calls, (long long)limits->concurrency, calls_most);
	return NULL;
}

/* Which limit the load exceeds, where one does by itself; else what became of the calls. */
static const char *overload_reason(const struct measurement *item, struct arena *arena)
{
	const struct estimate *metrics = item->result.metrics;
	double refused = metrics[METRIC_THROTTLES].mean;
	const char *quota = measurement_quota_reason(item->setting, arena);
	if (quota)
		return arena_printf(arena, "more requests come than it serves: %s", quota);
	if (is_batch(item->setting) || refused == 0)
		return "more requests come than it serves";
	return arena_printf(arena, "more requests come than it serves: %.2g %% of calls are refused",
			    100 * refused / (refused + metrics[METRIC_INVOCATIONS].mean));
}

static void judge(const struct compare_request *request, struct measurement *item, struct arena *arena)
{
	const struct run_result *result = &item->result;
	const struct plan_request *wanted = &request->wanted;
	double failed = run_result_lost_records(result);
	double done = result->metrics[METRIC_COMPLETED_RECORDS].mean;
	double seconds = measurement_mean(item->seconds, item->replications);
	double usd = measurement_mean(item->usd, item->replications);
	item->serves = false;
	if (result->end != OUTCOME_COMPLETE || !keeps_up(item))
		item->why_not = overload_reason(item, arena);
	else if (failed > (1 - wanted->share) * (failed + done))
		item->why_not = "too many requests are left without a result";
	else if (wanted->seconds_max > 0 && seconds > wanted->seconds_max)
		item->why_not = "it is too slow for the bound";
	else if (wanted->usd_max > 0 && usd > wanted->usd_max)
		item->why_not = "it costs more than the bound";
	else
		item->serves = true;
}

static void evaluate(const struct compare_request *request, struct measurement *item, const struct run_result *half,
		     struct arena *arena)
{
	int seconds_metric = outcome_find_metric(request->wanted.seconds_metric);
	int64_t count = item->result.replications;
	bool is_run = is_batch(item->setting);
	item->replications = count;
	item->usd = ARENA_ARRAY(arena, double, (size_t)count);
	item->thousand = ARENA_ARRAY(arena, double, (size_t)count);
	item->is_stopped = item->result.end != OUTCOME_COMPLETE;
	item->seconds = item->result.samples[seconds_metric];
	for (int64_t i = 0; i < count; i++) {
		struct slice slice = slice_of(&item->result, half, i);
		double served = is_run ? (double)item->setting->images : slice.records;
		double usd = is_run ? slice.usd : month_usd(item, &slice, half != NULL, i);
		item->usd[i] = item->is_stopped ? (double)NAN : usd;
		item->thousand[i] = served > 0 && !item->is_stopped ? 1000 * slice.usd / served : (double)NAN;
	}
	item->why_not = "";
	item->idle_usd = idle_share(item, half) * measurement_mean(item->usd, count);
	judge(request, item, arena);
}

/* Where the shortest run has more requests than would do, fewer of them tell as much; three make an interval. */
static int64_t affordable_replications(const struct setting *setting, const struct effort *effort)
{
	double requests = effort->factor * measurement_load(setting) * effort->seconds_min;
	if (!is_steady(setting) || requests <= effort->requests_max)
		return effort->replications;
	double affordable = floor((double)effort->replications * effort->requests_max / requests);
	return affordable > 3 ? (int64_t)affordable : effort->replications < 3 ? effort->replications : 3;
}

bool measurement_take(const struct compare_request *request, struct measurement *items, size_t count,
		      struct effort effort, struct arena *arena)
{
	struct run_job *jobs = ARENA_ARRAY(arena, struct run_job, 2 * count);
	size_t job_count = 0;
	if (count > 0)
		effort.replications = affordable_replications(items[0].setting, &effort);
	for (size_t i = 0; i < count; i++) {
		struct setting *setting = measurement_setting(items[i].setting, &effort, arena);
		if (!is_batch(setting))
			setting->runs_per_month = measurement_runs_per_month(setting);
		items[i].setting = setting;
		jobs[job_count++] = job_of(request, setting, effort.replications);
		if (slice_is_due(setting))
			jobs[job_count++] = job_of(request, slice_first_half(setting, arena), effort.replications);
	}
	if (!replicate(jobs, job_count, request->run, arena))
		return false;
	const struct run_job *job = jobs;
	for (size_t i = 0; i < count; i++) {
		items[i].result = job++->result;
		bool is_sliced = slice_is_due(items[i].setting);
		evaluate(request, &items[i], is_sliced ? &job->result : NULL, arena);
		job += is_sliced;
	}
	return true;
}

struct estimate measurement_estimate(const double *samples, int64_t count)
{
	struct summary summary;
	summary_init(&summary);
	for (int64_t i = 0; i < count; i++)
		summary_add(&summary, samples[i]);
	return estimate_of(&summary);
}

double measurement_mean(const double *samples, int64_t count)
{
	return measurement_estimate(samples, count).mean;
}
