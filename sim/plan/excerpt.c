#include "plan/excerpt.h"

#include <math.h>

#include "base/check.h"
#include "base/num.h"
#include "plan/stage.h"
#include "stats/summary.h"

/* With fewer, the first wave, which is cold, and the last one would be most of it. */
enum { WAVES_MIN = 3 };

/* The longer batch's part of the visits that a batch as it is may take: what is carried on needs no more. */
static const double EFFORT = 0.2;

static const enum metric_id sums[] = {
	METRIC_MAKESPAN_SECONDS, METRIC_COST_USD,       METRIC_MONTH_USD, METRIC_GB_SECONDS,
	METRIC_INVOCATIONS,      METRIC_COLD_STARTS,    METRIC_THROTTLES, METRIC_COMPLETED_RECORDS,
	METRIC_FAILED_RECORDS,   METRIC_STORE_REFUSALS, METRIC_RETRIES};

struct excerpt excerpt_of(const struct setting *setting, int64_t replications, double visits_max)
{
	int64_t records = setting->records;
	double visits = (double)records * (double)setting->function_count * (double)replications;
	bool is_batch = setting->arrivals.kind == ARRIVALS_ALL_AT_ONCE;
	if (!is_batch || visits_max == 0 || visits <= visits_max || setting->parallel >= records)
		return (struct excerpt){0};
	double affordable = EFFORT * visits_max * (double)records / visits;
	int64_t waves = (int64_t)(affordable / (double)setting->parallel);
	if (waves < WAVES_MIN)
		waves = WAVES_MIN;
	int64_t rest = records % setting->parallel;
	struct excerpt excerpt = {
		.shorter = waves / 2 * setting->parallel + rest,
		.longer = waves * setting->parallel + rest,
	};
	return excerpt.longer < records ? excerpt : (struct excerpt){0};
}

struct setting *excerpt_setting(const struct setting *setting, int64_t records, struct arena *arena)
{
	struct setting *part = ARENA_NEW(arena, struct setting);
	*part = *setting;
	part->images -= (setting->records - records) * setting->images_per_record;
	part->records = records;
	/* A month of as much as the whole: its tiers are those of the volume. */
	part->runs_per_month *= (double)setting->records / (double)records;
	return part;
}

/* What stands of all functions. */
static struct stage_standing standing_of(const struct setting *setting)
{
	struct stage_standing standing = {.step_seconds = setting->platform->price.provisioned_step_seconds,
					  .clock_least_seconds = setting->platform->price.cached_minimum_seconds,
					  .beside_usd = stage_beside_usd(setting)};
	for (size_t i = 0; i < setting->function_count; i++) {
		struct stage stage;
		struct stage_figures figures;
		stage_init(&stage, setting, i);
		stage_at(&stage, setting->functions[i].memory_mb, &figures);
		standing.step_usd += figures.step_usd;
		standing.clock_usd += figures.clock_usd;
	}
	return standing;
}

static double mean_of(const double *samples, int64_t count)
{
	double sum = 0;
	for (int64_t i = 0; i < count; i++)
		sum += samples[i];
	return sum / (double)count;
}

/* What each record more adds, in the mean. */
static double slope_of(const struct excerpt *excerpt, const double *shorter, const double *longer, int64_t count)
{
	return (mean_of(longer, count) - mean_of(shorter, count)) / (double)(excerpt->longer - excerpt->shorter);
}

/* Of all calls without their waits for a place, in the mean of the replications. */
static double call_seconds(const struct run_result *result)
{
	double sum = 0;
	for (size_t i = 0; i < result->function_count; i++) {
		const struct function_result *function = &result->functions[i];
		double calls = function_result_metric(function, FUNCTION_METRIC_INVOCATIONS)->mean;
		for (int cause = 0; cause < CAUSES; cause++)
			sum += cause == CAUSE_QUEUE ? 0 : calls * function->cause_seconds[cause];
	}
	return sum;
}

/* A job takes record after record: the later ones take what their calls take, over the number of jobs. */
static double record_slope(const struct setting *setting, const struct excerpt *excerpt,
			   const struct run_result *shorter, const struct run_result *longer)
{
	double later_seconds =
		(call_seconds(longer) - call_seconds(shorter)) / (double)(excerpt->longer - excerpt->shorter);
	return (later_seconds + seconds_from_ns(setting->pause_ns)) / (double)setting->parallel;
}

static void carry_on(double records, const struct excerpt *excerpt, double slope, double *longer, int64_t count)
{
	double mean = mean_of(longer, count);
	double whole = mean + slope * (records - (double)excerpt->longer);
	double growth = records / (double)excerpt->longer;
	for (int64_t i = 0; i < count; i++)
		longer[i] = whole + growth * (longer[i] - mean);
}

static void summarise(struct run_result *result, enum metric_id metric)
{
	struct summary summary;
	summary_init(&summary);
	for (int64_t i = 0; i < result->replications; i++)
		summary_add(&summary, result->samples[metric][i]);
	result->metrics[metric] = (struct estimate){
		.mean = summary_mean(&summary),
		.half_width = summary_half_width(&summary, 0.95),
		.min = summary_min(&summary),
		.max = summary_max(&summary),
	};
}

void excerpt_carry_over(const struct setting *setting, const struct excerpt *excerpt, const struct run_result *shorter,
			struct run_result *longer)
{
	const enum metric_id seconds = METRIC_MAKESPAN_SECONDS;
	const enum metric_id usd = METRIC_COST_USD;
	const enum metric_id month = METRIC_MONTH_USD;
	int64_t count = longer->replications;
	double records = (double)setting->records;
	struct stage_standing standing = standing_of(setting);
	bool is_alone = setting->schedule == SCHEDULE_PER_RECORD && setting->orchestrator == ORCHESTRATOR_DRIVER &&
			run_result_metric(longer, METRIC_THROTTLES)->mean == 0 &&
			setting->dispatch_ns + setting->answer_ns == 0;
	double repeats = records / (double)excerpt->longer;
	CHECK(shorter->replications == count);
	for (int64_t i = 0; i < count; i++) {
		longer->samples[month][i] /= longer->samples[usd][i] * repeats;
		shorter->samples[usd][i] -= stage_standing_usd(&standing, shorter->samples[seconds][i]);
		longer->samples[usd][i] -= stage_standing_usd(&standing, longer->samples[seconds][i]);
	}
	for (size_t k = 0; k < ARRAY_LEN(sums); k++) {
		enum metric_id metric = sums[k];
		double slope = slope_of(excerpt, shorter->samples[metric], longer->samples[metric], count);
		if (metric == seconds && is_alone)
			slope = record_slope(setting, excerpt, shorter, longer);
		if (metric != month)
			carry_on(records, excerpt, slope, longer->samples[metric], count);
	}
	for (int64_t i = 0; i < count; i++) {
		longer->samples[usd][i] += stage_standing_usd(&standing, longer->samples[seconds][i]);
		longer->samples[month][i] *= longer->samples[usd][i];
	}
	for (size_t k = 0; k < ARRAY_LEN(sums); k++)
		summarise(longer, sums[k]);
}
